import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { SecretValue } from 'cdk8s-plus-27';
import { checkSecretKey } from '../../private/names';
import { Problems } from '../../private/problems';
import type { DatabaseEngineSpec } from '../database-engine-spec';
import { readScripts, verbsOf } from '../read-script';

/** The majors whose image is known here. */
const MAJORS = [5, 6, 7, 8];

const REPLICA_SET = '--replSet';
const COPIER = 'private-files';
const PRIVATE = { path: '/private', memory: true, sizeLimit: Size.mebibytes(1), containers: [COPIER] };

/**
 * Options of `DatabaseEngine.mongo`.
 */
export interface MongoOptions {
  /**
   * Version as `major.minor.patch`, e.g. `8.0.29`. Any release of 5 to 8.
   *
   * **Raise the major one at a time**, setting the feature compatibility version in between: a server refuses data that are
   * more than one major behind.
   *
   * @see https://www.mongodb.com/docs/manual/release-notes/8.0-upgrade-replica-set/
   */
  readonly version: string;

  /**
   * Name of the replica set that the members form. `MongoReplicaSetInitiation` forms it.
   *
   * @default - a single server without replication
   */
  readonly replicaSet?: string;

  /**
   * Whether the server asks for a login. **Without, whoever reaches the port can read and delete everything**: leave the
   * NetworkPolicy on, and use it for demonstrations only.
   *
   * @default true
   */
  readonly authentication?: boolean;

  /**
   * The secret that the members of a replica set know each other by: 6 to 1024 characters of base64. Obligatory for a replica set
   * with authentication.
   *
   * @default - none
   */
  readonly keyFile?: SecretValue;
}

export function mongoSpec(options: MongoOptions): DatabaseEngineSpec {
  const authentication = options.authentication ?? true;
  validate(options, authentication);
  const { replicaSet, keyFile } = options;
  // During initialization the server listens on localhost alone; a recovering one does not listen yet.
  const listens = { tcpSocket: { port: k8s.IntOrString.fromNumber(27017) } };
  return {
    name: 'mongo',
    image: `mongo:${options.version}`,
    version: options.version,
    port: 27017,
    mountPath: '/data/db',
    runAsUser: 999,
    runAsGroup: 999,
    // A primary steps down, lets clients go for up to 15 s, and writes a checkpoint.
    terminationGracePeriod: Duration.seconds(120),
    emptyDirs: [{ path: '/data/configdb' }, { path: '/tmp' }, ...(keyFile ? [PRIVATE] : [])],
    replicates: replicaSet !== undefined,
    backupScripts: {
      ...verbsOf(readScripts(join(__dirname, 'backup'))),
      checkEnding: '.js',
      ...(replicaSet !== undefined && { env: { REPLICA_SET: replicaSet } }),
    },
    user: 'root',
    databaseName: 'admin',
    ...(authentication && {
      // The image makes the administrator only if both are set.
      env: { MONGO_INITDB_ROOT_USERNAME: 'root' },
      userVariable: 'MONGO_INITDB_ROOT_USERNAME',
      passwordVariable: 'MONGO_INITDB_ROOT_PASSWORD',
    }),
    // As arguments, not as command: that would skip the image's entrypoint, and with it the administrator and --auth.
    args: [
      'mongod',
      ...(replicaSet !== undefined ? [REPLICA_SET, replicaSet] : []),
      '--bind_ip_all',
      ...(keyFile ? ['--keyFile', `${PRIVATE.path}/keyFile`] : []),
    ],
    parameterArgs: ['--setParameter', '{name}={value}'],
    ...(keyFile && renderKeyFile(keyFile)),
    startupProbe: { ...listens, periodSeconds: 10, failureThreshold: 8640 },
    livenessProbe: { ...listens, periodSeconds: 20, failureThreshold: 6 },
    readinessProbe: readiness(options.version),
  };
}

/** A Secret's files belong to root and are open to the pod's group; the server refuses such a key. So a copy of its own lies in memory. */
function renderKeyFile({ secret, key }: SecretValue): Pick<DatabaseEngineSpec, 'initContainers' | 'volumes'> {
  const volume = 'secret-files';
  return {
    initContainers: [
      {
        name: COPIER,
        command: ['sh', '-c', 'umask 377; rm -f /private/*; cp /secret/* /private/'],
        volumeMounts: [{ name: volume, mountPath: '/secret', readOnly: true }],
      },
    ],
    // Always projected: pods that are there have it so, and another form would restart them.
    volumes: [
      { name: volume, projected: { sources: [{ secret: { name: secret.name, items: [{ key, path: 'keyFile' }] } }] } },
    ],
  };
}

/** The replica set that an engine's arguments name. */
export function replicaSetOf({ args = [] }: DatabaseEngineSpec): string | undefined {
  return args.includes(REPLICA_SET) ? args[args.indexOf(REPLICA_SET) + 1] : undefined;
}

/** Asks by the pod's own address. The shell writes into HOME, which is the data volume, unless told otherwise. */
function readiness(version: string): k8s.Probe {
  const shell = version.startsWith('5.') ? 'mongo' : 'mongosh';
  const ask = `exec env HOME=/tmp ${shell} --quiet --norc --host "$HOSTNAME" --eval "quit(db.adminCommand('ping').ok ? 0 : 1)"`;
  // mongosh is a Node program: it takes seconds and a good part of a processor to start.
  return { exec: { command: ['sh', '-c', ask] }, periodSeconds: 30, timeoutSeconds: 20, failureThreshold: 3 };
}

function validate(options: MongoOptions, authentication: boolean): void {
  const problems = new Problems();
  const { version, replicaSet, keyFile } = options;
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    problems.add(
      'version',
      "must be 'major.minor.patch'",
      version,
      "a shorter tag moves under the data; write '8.0.29'",
    );
  } else if (!MAJORS.includes(parseInt(version, 10))) {
    const wayOut =
      'another major may keep its data elsewhere, where no volume is mounted; use one of these, or DatabaseEngine.of';
    problems.add('version', `must be of a known major, ${MAJORS.join(', ')}`, version, wayOut);
  }
  if (replicaSet !== undefined && !/^[A-Za-z0-9][\w-]*$/.test(replicaSet)) {
    problems.add('replicaSet', 'must be a name of letters, digits, _ and -', replicaSet, "write 'myReplicaSet'");
  }
  if (replicaSet !== undefined && authentication && !keyFile) {
    const wayOut =
      'members with authentication must know each other, or the server does not start; give a Secret of base64 text';
    problems.add('keyFile', 'must be given for a replica set', keyFile, wayOut);
  }
  if (keyFile && (replicaSet === undefined || !authentication)) {
    const wayOut = 'it turns authentication on, for members of a replica set; leave it out';
    problems.add('keyFile', 'must be left out without replica set and authentication', `key ${keyFile.key}`, wayOut);
  }
  if (keyFile) checkSecretKey(problems, 'keyFile.key', keyFile.key);
  problems.throwIfAny('DatabaseEngine.mongo');
}
