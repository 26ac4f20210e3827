import { EnvValue } from 'cdk8s-plus-27';
import type { ISecret, SecretValue, k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { checkKnownProps } from '../private/known-props';
import { checkDnsLabel, checkImage, checkPort, checkSecretKey } from '../private/names';
import { Problems } from '../private/problems';
import type { IClientAccessTarget } from '../workload/client-access';
import type { DatabaseEngine } from './database-engine';
import type { ConnectionVariables, DatabaseEngineSpec } from './database-engine-spec';
import type { MetricsEndpoint } from './metrics/metrics-endpoint';
import type { DatabaseBackupUser, DatabaseUser } from './stateful-database-props';

/**
 * A database server, made here or elsewhere: what clients and backups need to know.
 */
export interface IDatabase extends IConstruct {
  /** The kind of server. */
  readonly engine: DatabaseEngine;

  /** The image that the server runs, whose clients fit it. */
  readonly image: string;

  /** Host name of the server. */
  readonly address: string;

  /** TCP port of the server. */
  readonly port: number;

  /** The administrator. */
  readonly user: string;

  /** The administrator's password, unless the server asks for no login. */
  readonly password?: SecretValue;

  /** The database to connect to. */
  readonly databaseName: string;

  /**
   * Parameters of the server, as far as they are known: a drill takes those over without which a dump does not load.
   *
   * @default - not known
   */
  readonly parameters?: { [name: string]: string };

  /**
   * The database of the application user, where one was made with the server: what the application has, and so what a backup is of.
   *
   * @default - there is no application user; a backup is of `databaseName`
   */
  readonly applicationDatabaseName?: string;

  /**
   * The application user, where one was made with the server.
   *
   * @default - not known
   */
  readonly applicationUserName?: string;

  /**
   * The user that backup and restore jobs log in as, unless their props name another.
   *
   * @default - the administrator
   */
  readonly backupUser?: DatabaseBackupUser;

  /** Namespace of the server, where it is known. */
  readonly namespace?: string;

  /** The server's pods, where it has any, for `ClientAccess`. */
  readonly pods?: IClientAccessTarget;

  /**
   * Where its pods serve metrics, for `DatabasePodMonitor`.
   *
   * @default - they serve none, or it is not known
   */
  readonly metricsEndpoint?: MetricsEndpoint;

  /**
   * Environment of a client, in the variables that the engine's clients read: PGHOST, PGPORT … for PostgreSQL. Of the
   * application user where there is one, else of the administrator; without a login where the server asks for none.
   *
   * For the `env` of a container here and of the L1 classes of cdk8s-plus; `connectionEnvValues` is for `kplus.Container`.
   *
   * The password is a reference to its Secret, which must be in the client's namespace too.
   * A variable that you add after these may use them: Kubernetes replaces `$(PGPASSWORD)` in the pod.
   *
   * @throws if the administrator can log in only from inside the pod and there is no application user
   */
  connectionEnv(): k8s.EnvVar[];

  /**
   * The same environment as `connectionEnv`, for the `envVariables` of a `kplus.Container`.
   *
   * @throws if the administrator can log in only from inside the pod and there is no application user
   */
  connectionEnvValues(): { [name: string]: EnvValue };
}

/**
 * A database that this app does not make.
 */
export interface DatabaseAttributes {
  /** The kind of server. */
  readonly engine: DatabaseEngine;

  /** Host name or address of the server, as clients reach it. */
  readonly address: string;

  /**
   * The image whose clients are used for backups, with a tag or digest that does not move. Of PostgreSQL, its major must not be below
   * the server's.
   *
   * @default - the engine's
   */
  readonly image?: string;

  /**
   * TCP port of the server.
   *
   * @default - the engine's
   */
  readonly port?: number;

  /**
   * The administrator.
   *
   * @default - the engine's
   */
  readonly user?: string;

  /**
   * The administrator's password.
   *
   * @default - the server asks for no login
   */
  readonly password?: SecretValue;

  /**
   * The database to connect to.
   *
   * @default - the engine's
   */
  readonly databaseName?: string;

  /**
   * The database of the application, where it is another one: what a backup is of.
   *
   * @default - `databaseName`
   */
  readonly applicationDatabaseName?: string;

  /**
   * The application user, if it is another than `user`. A backup of MariaDB that logs in as this user must name the database that it sees.
   *
   * @default - not known
   */
  readonly applicationUserName?: string;

  /**
   * The user that backup and restore jobs log in as. It must exist: nothing makes it.
   *
   * @default - `user`
   */
  readonly backupUser?: DatabaseBackupUser;

  /**
   * Parameters of the server without which a dump of it does not load, e.g. `{ shared_preload_libraries: 'pg_stat_statements' }`.
   *
   * @default - none: a drill has a server with the image's
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Namespace of the server, if it runs in this cluster.
   *
   * @default - that of `pods`, where it is known
   */
  readonly namespace?: string;

  /**
   * The server's pods, if it runs in this cluster behind a NetworkPolicy.
   *
   * @default - not known: clients get no permission
   */
  readonly pods?: IClientAccessTarget;
}

/** A user of backups, whose name is known. */
export function withName(user: DatabaseBackupUser): DatabaseBackupUser & { readonly name: string } {
  return { ...user, name: user.name ?? 'backup' };
}

/** The database of an application user: its own, where databases have names. */
export function databaseOf(user: DatabaseUser, spec: DatabaseEngineSpec): string {
  return user.databaseName ?? spec.applicationDatabaseName ?? user.name;
}

export function checkBackupUser(problems: Problems, { name, password }: DatabaseBackupUser): void {
  if (name === '') problems.add('backupUser.name', 'must not be empty', name, "leave it out for 'backup'");
  checkSecretKey(problems, 'backupUser.password.key', password.key);
}

/** How a client of a database logs in. */
export interface Login {
  readonly user: string;
  readonly password?: SecretValue;
  readonly databaseName: string;
  /** Where clients find the server, if not at its own address. */
  readonly host?: string;
}

export class ImportedDatabase extends Construct implements IDatabase {
  public readonly engine: DatabaseEngine;
  public readonly image: string;
  public readonly address: string;
  public readonly port: number;
  public readonly user: string;
  public readonly password?: SecretValue;
  public readonly databaseName: string;
  public readonly applicationDatabaseName?: string;
  public readonly applicationUserName?: string;
  public readonly backupUser?: DatabaseBackupUser;
  public readonly parameters?: { [name: string]: string };
  public readonly namespace?: string;
  public readonly pods?: IClientAccessTarget;

  public constructor(scope: Construct, id: string, attributes: DatabaseAttributes) {
    super(scope, id);
    const what = `StatefulDatabase.fromAttributes '${this.node.path}'`;
    checkKnownProps(this, 'DatabaseAttributes', attributes, what);
    const { engine } = attributes;
    this.engine = engine;
    this.image = attributes.image ?? engine.spec.image;
    this.address = attributes.address;
    this.port = attributes.port ?? engine.spec.port;
    this.user = attributes.user ?? engine.spec.user;
    if (attributes.password) this.password = attributes.password;
    this.databaseName = attributes.databaseName ?? engine.spec.databaseName;
    if (attributes.parameters) this.parameters = attributes.parameters;
    if (attributes.applicationDatabaseName !== undefined)
      this.applicationDatabaseName = attributes.applicationDatabaseName;
    if (attributes.applicationUserName !== undefined) this.applicationUserName = attributes.applicationUserName;
    if (attributes.backupUser) this.backupUser = withName(attributes.backupUser);
    const problems = new Problems(this);
    checkImage(problems, 'image', this.image);
    checkPort(problems, 'port', this.port);
    if (attributes.namespace !== undefined) checkDnsLabel(problems, 'namespace', attributes.namespace);
    if (this.address === '' || /[\s:/]/.test(this.address)) {
      problems.add(
        'address',
        'must be a host name',
        this.address,
        "write it without scheme and port, as 'db.example.com'",
      );
    }
    if (engine.spec.administratorIsLocal && attributes.user === undefined) {
      const wayOut = `the administrator '${engine.spec.user}' can log in only beside the server; name a user for clients`;
      problems.add('user', `must be given with the engine ${engine.spec.name}`, undefined, wayOut);
    }
    if (attributes.password) checkSecretKey(problems, 'password.key', attributes.password.key);
    if (attributes.backupUser) checkBackupUser(problems, attributes.backupUser);
    problems.throwIfAny(what);
    const namespace = attributes.namespace ?? attributes.pods?.toPodSelectorConfig().namespaces?.names?.[0];
    if (namespace !== undefined) this.namespace = namespace;
    if (attributes.pods) this.pods = attributes.pods;
  }

  public connectionEnv(): k8s.EnvVar[] {
    return renderConnectionEnv(this, this);
  }

  public connectionEnvValues(): { [name: string]: EnvValue } {
    return renderConnectionEnvValues(this, this);
  }
}

const DEFAULT_VARIABLES: ConnectionVariables = {
  host: 'DB_HOST',
  port: 'DB_PORT',
  user: 'DB_USER',
  password: 'DB_PASSWORD',
  databaseName: 'DB_NAME',
};

export function renderConnectionEnv(database: IDatabase, login: Login): k8s.EnvVar[] {
  return connectionVariables(database, login).map(([name, value]) =>
    typeof value === 'string' ? { name, value } : secretEnv(name, value),
  );
}

export function renderConnectionEnvValues(database: IDatabase, login: Login): { [name: string]: EnvValue } {
  return Object.fromEntries(
    connectionVariables(database, login).map(([name, value]) => [
      name,
      typeof value === 'string' ? EnvValue.fromValue(value) : EnvValue.fromSecretValue(value),
    ]),
  );
}

/** What a client is told, by the names of its variables: a text, or the Secret that holds it. */
function connectionVariables(database: IDatabase, login: Login): [string, string | SecretValue][] {
  const variables = database.engine.spec.connectionVariables ?? DEFAULT_VARIABLES;
  const { user, password, databaseName, host = database.address } = login;
  const place: [string, string][] = [
    [variables.host, host],
    [variables.port, String(database.port)],
    [variables.databaseName, databaseName],
  ];
  return password ? [...place, [variables.user, user], [variables.password, password]] : place;
}

export function secretEnv(name: string, { secret, key }: { secret: ISecret; key: string }): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret.name, key } } };
}
