import type { Size } from 'cdk8s';
import type { Cpu, SecretValue, k8s } from 'cdk8s-plus-27';
import type { IStorageClass } from '../storage/i-storage-class';
import type { VolumeClaimTemplate } from '../storage/volume-claim-template';
import type { VolumeDataSource } from '../storage/volume-data-source';
import type { EmptyDirMount } from '../workload/empty-dir-mount';
import type { StatefulWorkloadProps } from '../workload/stateful-workload-props';
import type { DatabaseEngine } from './database-engine';
import type { DatabaseMetrics } from './metrics/database-metrics';

/**
 * The volume that a database keeps its data on.
 */
export interface DatabaseStorage {
  /** Size that each claim asks for. A volume can grow later where its class allows it, and never shrinks. */
  readonly size: Size;

  /**
   * Class of the volumes. Its reclaim policy decides whether a *deleted claim* takes the data along.
   *
   * @default - the cluster's default class, whichever that is when the claim is made
   */
  readonly storageClass?: IStorageClass;

  /**
   * Name of the claim template; the claims are called `<claimName>-<name of the database>-<ordinal>`. **Another name is
   * another, empty volume.**
   *
   * @default 'data'
   */
  readonly claimName?: string;

  /**
   * The folder of the volume that the engine keeps its data in; made at the first start if it is missing. Set it to adopt data of a set
   * that mounts its claim by a `subPath`. **Another folder is another, empty one**: the database would be made anew there.
   *
   * @default - the root of the volume
   */
  readonly subPath?: string;

  /**
   * Labels of the claims. They cannot be changed later.
   *
   * @default - none; the controller adds the selector labels
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the claims. They cannot be changed later.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };

  /**
   * What the volumes are filled with when they are made, e.g. a snapshot: the database in it starts as it was. It cannot be changed later.
   *
   * @default - they begin empty
   */
  readonly dataSource?: VolumeDataSource;
}

/**
 * What the server may use.
 */
export interface DatabaseResources {
  /**
   * Processor that is set aside for the server. There is no limit: one would stall it while processors are idle.
   *
   * @default Cpu.millis(250)
   */
  readonly cpu?: Cpu;

  /**
   * Memory that is set aside for the server, and its limit: above it the server is killed and recovers.
   *
   * @default Size.gibibytes(1)
   */
  readonly memory?: Size;

  /**
   * Space on the node for logs and temporary files outside of the volume, and its limit: above it the pod is evicted.
   *
   * @default Size.gibibytes(1)
   */
  readonly ephemeralStorage?: Size;
}

/**
 * An ordinary user, without the right to administer the server.
 */
export interface DatabaseUser {
  /** Name of the user. */
  readonly name: string;

  /** The user's password. It is read when the database is made; a later change of the Secret changes no password. */
  readonly password: SecretValue;

  /**
   * The database that the user owns; it is made if there is none of the name.
   *
   * @default - named as the user
   */
  readonly databaseName?: string;
}

/**
 * The user that backup and restore jobs log in as, where the administrator can log in only from inside the pod.
 *
 * **It may do everything on the server**, from every pod that reaches it: read and drop all databases, make users and grant them all
 * that it may itself. A restore of a whole server needs this. If you only dump, make a user with fewer rights instead: docs/backup.md has
 * the SQL.
 */
export interface DatabaseBackupUser {
  /**
   * Name of the user.
   *
   * @default 'backup'
   */
  readonly name?: string;

  /**
   * The user's password. It is read when the database is made; a later change of the Secret changes no password. A line feed at its end
   * does not count.
   */
  readonly password: SecretValue;
}

/**
 * Who runs the init scripts of a database with an application user.
 */
export enum InitScriptsRunAs {
  /** The application user, in its own database: it owns what the scripts make. */
  APPLICATION_USER = 'applicationUser',

  /** The administrator, in `databaseName`, where the application does not see what they make. */
  ADMINISTRATOR = 'administrator',
}

/**
 * Properties of `StatefulDatabase`.
 */
export interface StatefulDatabaseProps extends StatefulWorkloadProps {
  /** The kind of server, and its version. */
  readonly engine: DatabaseEngine;

  /**
   * The administrator's password. It is read when the database is made; a later change of the Secret changes no password.
   *
   * @default - none, which only an engine without authentication accepts
   */
  readonly password?: SecretValue;

  /** The volume of each member. */
  readonly storage: DatabaseStorage;

  /**
   * The image, where it comes from a mirror or has been added to. It must hold the engine's version.
   *
   * @default - the engine's
   */
  readonly image?: string;

  /**
   * Labels that the pods are found by. **No selector of a set that exists can be changed**: choose once.
   *
   * @default - `app: <name>`
   */
  readonly selector?: { [key: string]: string };

  /**
   * Name of the headless Service, which every address of the database ends with.
   *
   * @default - that of the database
   */
  readonly serviceName?: string;

  /**
   * Name of a second headless Service of the same pods, for clients: it is the host in `connectionEnv()`. It moves to another database in one
   * apply, so clients keep the name when a database gets a successor. Jobs of backups and copies connect to the database's own Service.
   *
   * @default - none: clients connect to the database's own Service
   * @see docs/upgrading.md
   */
  readonly clientServiceName?: string;

  /**
   * Name of the port in the Service.
   *
   * @default - that of the port in the container
   */
  readonly servicePortName?: string;

  /**
   * Name of the port in the server's container.
   *
   * @default - the engine's name
   */
  readonly portName?: string;

  /**
   * Name of the server's container.
   *
   * @default - the engine's name
   */
  readonly containerName?: string;

  /**
   * The administrator that is made with the database.
   *
   * @default - the engine's, e.g. `postgres`
   */
  readonly user?: string;

  /**
   * The database that is made at the first start.
   *
   * @default - the engine's, e.g. `postgres`
   */
  readonly databaseName?: string;

  /**
   * An ordinary user, made with the database, for the application to log in as.
   *
   * @default - none: clients log in as the administrator
   */
  readonly applicationUser?: DatabaseUser;

  /**
   * The user that backup and restore jobs log in as by default. Only MariaDB needs one: its administrator can log in only from inside the
   * pod. The user is made with the database.
   *
   * **On a database that exists, this prop makes no user**: make it by the SQL in docs/backup.md. The prop then restarts the pod once, and
   * the jobs log in as the user.
   *
   * @default - none: each job needs a `user` and a `password`
   */
  readonly backupUser?: DatabaseBackupUser;

  /**
   * An exporter of metrics for Prometheus in each pod. Nobody reaches its port until you let them in: by `DatabasePodMonitor`, or by `ClientAccess`
   * with `ports`. Adding it **restarts the pods once**; the user is also made on a database that exists.
   *
   * PostgreSQL, MariaDB and Valkey have one.
   *
   * @default - none
   * @see docs/metrics.md
   */
  readonly metrics?: DatabaseMetrics;

  /**
   * Server parameters, e.g. `{ max_connections: '200' }`.
   *
   * @default - the image's
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Scripts that run once, when the database is made, in the order of their names: file name to content. If one fails, no
   * database is made and the pod says so; the next attempt begins anew. They are kept in a ConfigMap: no place for passwords.
   *
   * With an `applicationUser` they run in that user's database. PostgreSQL runs them as that user, so it owns what they make; a script that
   * needs the administrator, e.g. for an extension that is not trusted, begins with `SET ROLE NONE`. A script whose name sorts before
   * `00-application-user.sh` runs as the administrator in `databaseName`. MariaDB runs scripts as root; its tables have no owner, but views,
   * triggers and routines note root as their definer.
   *
   * @default - none
   */
  readonly initScripts?: { [fileName: string]: string };

  /**
   * Who runs the init scripts, of PostgreSQL with an `applicationUser`.
   *
   * @default InitScriptsRunAs.APPLICATION_USER
   */
  readonly initScriptsRunAs?: InitScriptsRunAs;

  /**
   * What the server may use.
   *
   * @default - a quarter of a processor, 1 GiB of memory, 1 GiB of the node's disk
   */
  readonly resources?: DatabaseResources;

  /**
   * Containers beside the server, in the same pod and at the same address, e.g. an exporter of metrics.
   *
   * @default - none
   */
  readonly sidecars?: k8s.Container[];

  /**
   * Sidecars that start before `initContainers` and the server, once the database is made, and run on until the server has stopped: init
   * containers with `restartPolicy: Always`. **Kubernetes 1.29 and later**: an older server refuses the field. A startup probe must not wait
   * for the database, which waits for it.
   *
   * @default - none
   * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
   */
  readonly nativeSidecars?: k8s.Container[];

  /**
   * Containers that run before the server starts, after those that make the database.
   *
   * @default - none
   */
  readonly initContainers?: k8s.Container[];

  /**
   * Further claims of each pod, e.g. for dumps that are made beside the server. Their mounts go to the server unless they name a
   * sidecar or an init container, and lie outside of its data.
   *
   * @default - none
   */
  readonly volumeClaimTemplates?: VolumeClaimTemplate[];

  /**
   * Further paths that may be written to, lost with the pod. One of the server's own, such as `/tmp`, gets another size.
   *
   * @default - none
   */
  readonly emptyDirs?: EmptyDirMount[];

  /**
   * Further volumes, for `volumeMounts` of the server, of sidecars and of init containers.
   *
   * @default - none
   */
  readonly volumes?: k8s.Volume[];

  /**
   * Where the server sees `volumes`: certificates, for instance. The container that makes the database sees all that the server sees.
   *
   * @default - none
   */
  readonly volumeMounts?: k8s.VolumeMount[];

  /**
   * Ports of sidecars that the NetworkPolicy leaves open to everybody. The database's own port is closed beside them.
   *
   * @default - none
   */
  readonly openPorts?: number[];
}
