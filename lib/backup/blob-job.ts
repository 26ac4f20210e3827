import type { SecretValue, k8s } from 'cdk8s-plus-27';
import { withName } from '../database/database';
import type { DatabaseEngine } from '../database/database-engine';
import { checkImage, checkInteger, checkSecretKey, checkUnique } from '../private/names';
import type { Problems } from '../private/problems';
import type { SecretFiles } from '../workload/secret-files';
import type { BackupEncryption } from './backup-encryption';
import type { BlobJobProps, DatabaseJobProps } from './blob-job-props';
import type { BlobStore } from './blob-store';
import { checkJob, env } from './step-job';

/** What every step on the store must know. */
export function blobEnv({ _parts: store }: BlobStore, encryption?: BackupEncryption): k8s.EnvVar[] {
  return env({ ...store.env, ENCRYPTION: encryption?.scheme });
}

/** Where backups lie, and how they are sealed. */
type Backups = Pick<DatabaseJobProps, 'store' | 'encryption'>;

/** A database, and who logs in to it. */
type Connection = Pick<DatabaseJobProps, 'database' | 'user' | 'password' | 'databaseName' | 'parallel'>;

/** Who a job logs in as: what its props say goes before what the database says. */
export function loginOf({ user, password, database }: Connection): { user: string; password?: SecretValue } {
  const backup = database.backupUser && withName(database.backupUser);
  const name = user ?? backup?.name ?? database.user;
  const passwords = new Map([
    [database.user, database.password],
    [backup?.name, backup?.password],
  ]);
  const known = password ?? passwords.get(name);
  return { user: name, ...(known && { password: known }) };
}

/** The database that a job connects to: what the application writes is in that of its user, not in the administrator's. */
export function connectedDatabase({ databaseName, database }: Connection): string {
  return databaseName ?? database.applicationDatabaseName ?? database.databaseName;
}

/** What every step on the database must know. */
export function databaseEnv(props: Connection): k8s.EnvVar[] {
  const { database } = props;
  return env({
    DB_HOST: database.address,
    DB_PORT: String(database.port),
    DB_USER: loginOf(props).user,
    DB_NAME: connectedDatabase(props),
    PARALLEL: parallelOf(props.parallel),
    ...database.engine.spec.backupScripts?.env,
  });
}

/** One is what the scripts do by themselves. */
export function parallelOf(parallel = 1): string | undefined {
  return parallel === 1 ? undefined : String(parallel);
}

export function checkParallel(problems: Problems, { spec }: DatabaseEngine, parallel?: number): void {
  if (parallel === undefined) return;
  checkInteger(problems, 'parallel', parallel, 1, 1024, 'leave it out for one session');
  if (parallel === 1 || spec.backupScripts?.parallel) return;
  const wayOut = 'its scripts dump and load with one session; leave it out';
  problems.add('parallel', `must be left out with the engine ${spec.name}`, parallel, wayOut);
}

/** What only the steps on the store see. */
export function blobSecrets({ _parts: store }: BlobStore, encryption?: BackupEncryption): SecretFiles {
  return { ...store.secrets, 'encryptionKey.txt': encryption?.key };
}

export function databaseSecrets(props: Connection): SecretFiles {
  return { 'dbPassword.txt': loginOf(props).password };
}

export function rcloneImage(props: BlobJobProps): string {
  return props.rcloneImage ?? 'rclone/rclone:1.75.0';
}

export function checkBlobJob(problems: Problems, props: BlobJobProps, { store, encryption }: Backups): void {
  checkImage(problems, 'rcloneImage', rcloneImage(props));
  checkJob(problems, props);
  const { serviceAccount: identity, inTheClear } = store._parts;
  if (inTheClear && !encryption) {
    const wayOut =
      'a backup, with the hashes of passwords, would travel in the clear; give the store an endpoint of https://, or the job encryption';
    problems.add('encryption', 'must be given with an endpoint of http://', undefined, wayOut);
  }
  if (props.serviceAccount && identity && props.serviceAccount.name !== identity.name) {
    const wayOut = `its pods have the workload identity's '${identity.name}'; grant that one what they need`;
    problems.add('serviceAccount', 'must be left out with a workload identity', props.serviceAccount.name, wayOut);
  }
}

export function checkDatabaseJob(problems: Problems, props: DatabaseJobProps): void {
  checkBlobJob(problems, props, props);
  if (props.encryption) checkSecretKey(problems, 'encryption.key', props.encryption.key.key);
  if (props.password) checkSecretKey(problems, 'password.key', props.password.key);
  const { database } = props;
  checkParallel(problems, database.engine, props.parallel);
  const { spec } = database.engine;
  if (!spec.backupScripts) {
    const wayOut = 'nobody knows how to dump it; give the spec of DatabaseEngine.of backupScripts';
    problems.add('database', 'must have an engine with backup scripts', database.node.path, wayOut);
  }
  if (spec.administratorIsLocal && loginOf(props).user === spec.user && props.user === undefined) {
    const wayOut = `'${spec.user}' can log in only beside the server; give the database a backupUser, or the job a user that may read all, and its password`;
    problems.add('user', `must be given with the engine ${spec.name}`, undefined, wayOut);
  }
  if (props.user !== undefined && props.user !== database.user && !loginOf(props).password) {
    problems.add('password', 'must be given with a user', undefined, "the database's own is that of another user");
  }
  for (const [prop, value] of Object.entries({ user: props.user, databaseName: props.databaseName })) {
    if (value === '') problems.add(prop, 'must not be empty', value, 'leave it out for that of the database');
  }
}

/** Which databases of the server a backup holds. */
export function checkDatabases(problems: Problems, props: DatabaseJobProps, databases?: string[]): void {
  const { database } = props;
  const { spec } = database.engine;
  const connected = connectedDatabase(props);
  if (databases !== undefined && !spec.backupScripts?.wholeServer) {
    const wayOut = 'its backup holds one database; name it with databaseName';
    problems.add('databases', `must be left out with the engine ${spec.name}`, databases, wayOut);
    return;
  }
  if (databases?.length === 0) {
    problems.add('databases', 'must name a database', databases, 'leave it out for all databases of the server');
  } else if (databases) {
    for (const name of databases.filter((one) => one === '' || /[\r\n]/.test(one))) {
      problems.add('databases', 'must be names of one line each', name, "write ['shop', 'blog']");
    }
    checkUnique(problems, 'databases', databases, 'databases of one name', 'name each once');
    if (!databases.includes(connected)) {
      const wayOut = 'add it, or set databaseName to one that is in the list';
      problems.add('databases', `must hold '${connected}', which the job connects to`, databases, wayOut);
    }
  }
  checkApplicationUserSees(problems, props, databases);
}

/** MariaDB hides databases from a user that may not see them: a backup would lack them without a word. */
function checkApplicationUserSees(problems: Problems, props: DatabaseJobProps, databases?: string[]): void {
  const { database, user } = props;
  const { spec } = database.engine;
  const own = database.applicationDatabaseName;
  if (!spec.administratorIsLocal || !spec.backupScripts?.wholeServer || own === undefined) return;
  if (user === undefined || user !== database.applicationUserName) return;
  if (databases?.length === 1 && databases[0] === own) return;
  const rule = `must be ['${own}'] with the application user`;
  const wayOut = `it sees no other database of the server; write databases: ['${own}'], or leave user out and give the database a backupUser`;
  problems.add('databases', rule, databases, wayOut);
}
