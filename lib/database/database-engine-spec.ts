import type { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { EmptyDirMount } from '../workload/empty-dir-mount';
import type { DatabaseExporter } from './metrics/database-exporter';

/**
 * Names of the environment variables that an engine's clients read.
 */
export interface ConnectionVariables {
  /** The server's address. */
  readonly host: string;

  /** The server's port. */
  readonly port: string;

  /** The user. */
  readonly user: string;

  /** The user's password. */
  readonly password: string;

  /** The database. */
  readonly databaseName: string;
}

/**
 * Names of the environment variables from which an image makes an ordinary user with a database of its own.
 */
export interface ApplicationVariables {
  /** The user. */
  readonly user: string;

  /** The user's password. */
  readonly password: string;

  /** The database. */
  readonly databaseName: string;
}

/**
 * How the data of an engine are dumped, restored and tried out: functions in POSIX sh, the verbs, which the steps of a backup job call
 * in containers of the engine's own image. docs/backup.md lists them, with what each finds and leaves.
 *
 * @see docs/backup.md
 */
export interface DatabaseBackupScripts {
  /** The text of `engine.sh`, which defines the verbs. */
  readonly verbs: string;

  /**
   * Further files that the verbs read, by their names: `"$here/NAME"`.
   *
   * @default - none
   */
  readonly files?: { [fileName: string]: string };

  /**
   * Further files of a copy from server to server: `copy.sh`, which is read after `engine.sh` and may define verbs anew, and what it reads.
   *
   * @default - none: a copy dumps and restores as backups do
   */
  readonly copyFiles?: { [fileName: string]: string };

  /**
   * Ending of the files in `/checks` that a drill runs.
   *
   * @default '.sql'
   */
  readonly checkEnding?: string;

  /**
   * Parameters of a database that the server of its drill takes over, as what was dumped does not load without them: names, or `prefix.*`. In
   * `engine.sh` they are lines `NAME=VALUE` in SERVER_PARAMETERS.
   *
   * @default - none
   */
  readonly drillParameters?: string[];

  /**
   * Further environment of the steps that run in the engine's image.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /**
   * Whether a backup holds all databases of the server, or those that DATABASES names, a line each. Without, it holds the one in DB_NAME.
   *
   * @default false
   */
  readonly wholeServer?: boolean;

  /**
   * Whether `dump` and `load` work with as many sessions at the same time as PARALLEL says.
   *
   * @default false
   */
  readonly parallel?: boolean;
}

/**
 * What an engine does in its own container before and after its volumes are copied, as Velero's hooks run it:
 * `[sh, /scripts/volume-NAME.sh, argument…]`. The files stand in the ConfigMap `<database>-scripts`.
 *
 * Each run is a session of its own, so what is bound to a session of the server ends with it. The login is that of the
 * container's environment. Each exits with 0 only if all is well; else the last line on stderr says what failed and what to do.
 * docs/volume-backup.md says which is for what.
 *
 * @see https://velero.io/docs/v1.18/backup-hooks/
 */
export interface DatabaseVolumeBackupScripts {
  /**
   * Brings what is in memory to the volume, before an atomic snapshot of the one volume that holds everything. Such a snapshot
   * is good without it too; the server that starts on it only recovers for longer.
   *
   * @default - there is nothing to be done
   */
  readonly checkpoint?: string;

  /**
   * Dumps all databases into the folder `$1`, which must be on a volume of its own. The last whole dump stays until the new
   * one is whole.
   *
   * A copy of files under a running server (pod-volume backup) is worth nothing: exclude the data volume, and copy this one.
   *
   * @default - its data cannot be dumped
   */
  readonly dump?: string;

  /**
   * Loads the last dump of the folder `$1` into a server that holds no data yet. One that holds some is left alone.
   *
   * @default - its data cannot be loaded
   */
  readonly load?: string;

  /**
   * Stops all writing to the data folder until `unlock`, for at most `$1` seconds, whatever happens in between.
   *
   * @default - its files cannot be held still
   */
  readonly lock?: string;

  /**
   * Ends `lock`, and fails if it had ended before: what was copied is then not of one moment.
   *
   * @default - its files cannot be held still
   */
  readonly unlock?: string;

  /**
   * Further files beside these, by their names, e.g. functions that they share: `. "${0%/*}/NAME"`.
   *
   * @default - none
   */
  readonly files?: { [fileName: string]: string };
}

/**
 * What a database engine knows of its image: all that `StatefulDatabase` needs to run it.
 */
export interface DatabaseEngineSpec {
  /** Name of the engine, and of its port: at most 15 of a-z, 0-9 and `-`. */
  readonly name: string;

  /** The image, with a tag or digest that does not move. */
  readonly image: string;

  /**
   * Version of the server in the image.
   *
   * @default - not known, and not compared with a mirror's tag
   */
  readonly version?: string;

  /** TCP port that the server listens on. */
  readonly port: number;

  /** Absolute path at which the image declares the VOLUME of its data, where the claim is mounted. */
  readonly mountPath: string;

  /** User id that the server runs as and that owns the data. */
  readonly runAsUser: number;

  /** Group id that the server runs as. */
  readonly runAsGroup: number;

  /** How long the server needs to flush and stop before it may be killed. */
  readonly terminationGracePeriod: Duration;

  /**
   * Whether members replicate by themselves, so that more than one makes sense.
   *
   * @default false
   */
  readonly replicates?: boolean;

  /**
   * The construct that runs several of this server, where there is one; the error for more than one member names it.
   *
   * @default - none is known
   */
  readonly replicatedBy?: string;

  /**
   * Paths besides the data that the server writes to. Who makes its database sees them too, and the `containers` that a path names.
   *
   * @default - none
   */
  readonly emptyDirs?: EmptyDirMount[];

  /**
   * Whether the server shares memory between processes under `/dev/shm`; it then gets a quarter of its memory there, in
   * place of the container runtime's 64 MiB.
   *
   * @default false
   */
  readonly sharedMemory?: boolean;

  /**
   * Fixed environment of the server.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /** The administrator that the image makes, by default. */
  readonly user: string;

  /** The database that the image makes, by default. */
  readonly databaseName: string;

  /**
   * The database of an application user that is given none: what the variables of its clients hold.
   *
   * @default - it has the name of the user
   */
  readonly applicationDatabaseName?: string;

  /**
   * Variable from which the image reads the administrator's name.
   *
   * @default - the name cannot be chosen
   */
  readonly userVariable?: string;

  /**
   * Variable from which the image reads the administrator's password.
   *
   * @default - the server asks for no login
   */
  readonly passwordVariable?: string;

  /**
   * Whether the image, or `initializeScript`, reads each of the passwords also from the file that `<variable>_FILE` names. They are then
   * mounted at `/passwords`. With an `initializeScript` the server itself is not told of them: its image may put them into its environment.
   *
   * @default false
   */
  readonly passwordFiles?: boolean;

  /**
   * Whether the administrator can log in only from inside the pod, so that clients need a user of their own.
   *
   * @default false
   */
  readonly administratorIsLocal?: boolean;

  /**
   * Variable from which the image reads the database's name.
   *
   * @default - the name cannot be chosen
   */
  readonly databaseVariable?: string;

  /**
   * Arguments of the server that always stand.
   *
   * @default - none
   */
  readonly args?: string[];

  /**
   * Arguments that tell the server how much memory its data may take, in which `{bytes}` stands for `memoryShare` of the container's limit.
   * Parameters of users come after them.
   *
   * @default - the server is not told
   */
  readonly memoryArgs?: string[];

  /**
   * Which part of the container's limit `memoryArgs` give to the data, from 0 to 1. Above the limit the server is killed.
   *
   * @default 1
   */
  readonly memoryShare?: number;

  /**
   * The arguments of each server parameter, in which `{name}` and `{value}` stand for it.
   *
   * @default - parameters cannot be set
   */
  readonly parameterArgs?: string[];

  /**
   * Server parameters that are not for users to set, in lower case with `_`, each with what it belongs to.
   *
   * @default - none
   */
  readonly reservedParameters?: { [name: string]: string };

  /**
   * Folder whose scripts the image runs when it makes the database.
   *
   * @default - there is none
   */
  readonly initScriptsPath?: string;

  /**
   * Endings of the files that are run there.
   *
   * @default - any
   */
  readonly initScriptEndings?: string[];

  /**
   * Init script in sh that makes the application user from APPLICATION_USER, APPLICATION_PASSWORD and APPLICATION_DATABASE. The scripts
   * after it must run in the database of that user, as that user, unless INIT_SCRIPTS_RUN_AS is `administrator`.
   *
   * @default - application users are not made
   */
  readonly applicationUserScript?: string;

  /**
   * Variables from which the image reads the application user that it makes.
   *
   * @default - the image makes none
   */
  readonly applicationVariables?: ApplicationVariables;

  /**
   * Init script in sh that makes the user of backups from BACKUP_USER and BACKUP_PASSWORD, which with `passwordFiles` is the content of
   * the file BACKUP_PASSWORD_FILE. For engines with `administratorIsLocal`.
   *
   * @default - backup users are not made
   */
  readonly backupUserScript?: string;

  /**
   * Names of users that the image makes for itself.
   *
   * @default - none
   */
  readonly reservedUsers?: string[];

  /**
   * Containers that run to their end before the server, and before `initializeScript`: what its image needs of the pod. Without an image or
   * resources of their own they get the server's. They see a path of `emptyDirs` that names them.
   *
   * @default - none
   */
  readonly initContainers?: k8s.Container[];

  /**
   * Volumes that the containers of `initContainers` mount, e.g. of a Secret.
   *
   * @default - none
   */
  readonly volumes?: k8s.Volume[];

  /**
   * Text in sh that an init container of the same image runs to make the database before the server starts. It gets the
   * server's environment and arguments, and `mountPath` as DATA_VOLUME. It stands in the ConfigMap `<database>-scripts`, so it can change
   * without a restart, and pods of an older template run it too.
   *
   * @default - the server makes it when it starts
   */
  readonly initializeScript?: string;

  /**
   * Further files beside `initializeScript`, by their names: what it sources as `"${0%/*}/NAME"`, and what you run by hand in the server's
   * container as `sh /scripts/NAME`. A change restarts no database either.
   *
   * @default - none
   */
  readonly initializeFiles?: { [fileName: string]: string };

  /**
   * A test in sh that is true where the data are made and whole, e.g. `[ -s "$PGDATA/PG_VERSION" ]`. The pod starts on them even if its
   * ConfigMap is missing. Part of the pod template: **a change restarts databases**. Must be given with `initializeScript`.
   *
   * @default - there is no `initializeScript`
   */
  readonly initializedTest?: string;

  /** Has the server started? The other probes wait for it; after its last failure the server is restarted. */
  readonly startupProbe: k8s.Probe;

  /** Does the server take clients? */
  readonly readinessProbe: k8s.Probe;

  /**
   * Must the server be restarted? It must not fail while the server recovers from a crash.
   *
   * @default - the server is never restarted for not answering
   */
  readonly livenessProbe?: k8s.Probe;

  /**
   * Names of the variables that clients read.
   *
   * @default - DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME
   */
  readonly connectionVariables?: ConnectionVariables;

  /**
   * How its data are dumped, restored and tried out.
   *
   * @default - it has no backups
   */
  readonly backupScripts?: DatabaseBackupScripts;

  /**
   * What it does before and after its volumes are copied.
   *
   * @default - they are copied without its knowing
   */
  readonly volumeBackupScripts?: DatabaseVolumeBackupScripts;

  /**
   * The exporter of its metrics.
   *
   * @default - `metrics` are refused
   */
  readonly exporter?: DatabaseExporter;
}
