import { Size } from 'cdk8s';
import { Cpu, RestartPolicy, k8s } from 'cdk8s-plus-27';
import type { SecretValue } from 'cdk8s-plus-27';
import { withName } from '../database/database';
import { SCRIPTS } from '../database/read-script';
import { propsOf } from '../private/known-props';
import { checkImage, checkInteger, checkSeconds, checkSecretKey, checkUnique } from '../private/names';
import type { Problems } from '../private/problems';
import { checkSize, kibibytes, quantity } from '../storage/quantity';
import type { PodSource } from '../workload/pod-spec';
import { renderSecretFiles } from '../workload/secret-files';
import type { SecretFiles } from '../workload/secret-files';
import type { BackupEncryption } from './backup-encryption';
import { CONTRACT, stepCommand } from './backup-scripts';
import { checkContainer } from './blob-container';
import type { BlobContainer } from './blob-container';
import type { BlobJobProps, DatabaseJobProps } from './blob-job-props';

/** As the documents call it. */
const CREDENTIALS = { volume: 'backupcredentialsvolume', path: '/backupCredentials' };
const SCRATCH = 'scratch';

/** A step of a job: a container, and what it may see. */
export interface Step {
  readonly name: string;
  readonly image: string;
  /** Whether the image has the scripts, and knows which it runs. */
  readonly ownScripts?: boolean;
  readonly env: k8s.EnvVar[];
  /** Which of the secret files it sees: a step that needs none gets none. */
  readonly secrets: string[];
  readonly volumeMounts?: k8s.VolumeMount[];
}

/** A job's pod, before it is hardened: its steps run one after the other. */
export interface JobSource {
  readonly steps: Step[];
  readonly secrets: SecretFiles;
  /** Name of the ConfigMap of the scripts. */
  readonly scripts: string;
  readonly volumes?: k8s.Volume[];
  readonly memory: Size;
  readonly runAsUser: number;
  readonly runAsGroup: number;
}

export function env(variables: { [name: string]: string | undefined }): k8s.EnvVar[] {
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** What every step on the container must know. */
export function blobEnv(container: BlobContainer, encryption?: BackupEncryption): k8s.EnvVar[] {
  return env({
    STORAGE_ACCOUNT: container.account,
    CONTAINER_NAME: container.name,
    BLOB_PREFIX: container.prefix,
    BLOB_ENDPOINT: container.endpoint,
    ...(container.credentials.serviceAccount && { BLOB_AUTHENTICATION: 'workloadIdentity' }),
    ENCRYPTION: encryption?.scheme,
  });
}

/** Who a job logs in as: what its props say goes before what the database says. */
function loginOf({ user, password, database }: DatabaseJobProps): { user: string; password?: SecretValue } {
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
export function connectedDatabase({ databaseName, database }: DatabaseJobProps): string {
  return databaseName ?? database.applicationDatabaseName ?? database.databaseName;
}

/** What every step on the database must know. */
export function databaseEnv(props: DatabaseJobProps): k8s.EnvVar[] {
  const { database } = props;
  return env({
    DB_HOST: database.address,
    DB_PORT: String(database.port),
    DB_USER: loginOf(props).user,
    DB_NAME: connectedDatabase(props),
    ...database.engine.spec.backupScripts?.env,
  });
}

export function blobSecrets(container: BlobContainer, encryption?: BackupEncryption): SecretFiles {
  return { 'storageKey.txt': container.credentials.key, 'encryptionKey.txt': encryption?.key };
}

export function databaseSecrets(props: DatabaseJobProps): SecretFiles {
  return { 'dbPassword.txt': loginOf(props).password };
}

export function rcloneImage(props: BlobJobProps): string {
  return props.rcloneImage ?? 'rclone/rclone:1.75.0';
}

/** The pod of a job, for the rules and the rendering that all pods have in common. */
export function renderJobPod(props: BlobJobProps, source: JobSource, container: BlobContainer): PodSource {
  const containers = source.steps.map((step) => renderStep(step, props, source));
  const { serviceAccount } = container.credentials;
  return {
    ...propsOf('WorkloadProps', props),
    runAsUser: props.runAsUser ?? source.runAsUser,
    runAsGroup: props.runAsGroup ?? props.runAsUser ?? source.runAsGroup,
    ...(serviceAccount && {
      serviceAccount,
      // The webhook looks at the pod's label, and mounts the identity's token into every container.
      podLabels: { ...props.podLabels, 'azure.workload.identity/use': 'true' },
    }),
    initContainers: containers.slice(0, -1),
    containers: containers.slice(-1),
    emptyDirs: [{ path: '/tmp', sizeLimit: Size.mebibytes(64), containers: source.steps.map(({ name }) => name) }],
    volumes: [
      renderScratch(props),
      ...(source.steps[0]?.ownScripts ? [] : [{ name: SCRIPTS.volume, configMap: { name: source.scripts } }]),
      ...renderSecretFiles(CREDENTIALS.volume, source.secrets),
      ...(source.volumes ?? []),
    ],
  };
}

function renderStep(step: Step, props: BlobJobProps, source: JobSource): k8s.Container {
  const memory = quantity(props.memory ?? source.memory);
  const disk = quantity(diskOf(props));
  const present = step.secrets.filter((file) => source.secrets[file]);
  const first = step === source.steps[0];
  return {
    name: step.name,
    image: step.image,
    ...(step.ownScripts ? { args: [String(CONTRACT)] } : { command: stepCommand(step.name, first) }),
    env: step.env,
    resources: {
      requests: {
        cpu: k8s.Quantity.fromString((props.cpu ?? Cpu.millis(100)).amount),
        memory,
        'ephemeral-storage': disk,
      },
      limits: { memory, 'ephemeral-storage': disk },
    },
    volumeMounts: [
      { name: SCRATCH, mountPath: '/scratch' },
      ...(first && !step.ownScripts ? [{ name: SCRIPTS.volume, mountPath: SCRIPTS.path, readOnly: true }] : []),
      // One file each: the step that speaks with the database cannot delete backups, and the other way round.
      ...present.map((file) => ({
        name: CREDENTIALS.volume,
        mountPath: `${CREDENTIALS.path}/${file}`,
        subPath: file,
        readOnly: true,
      })),
      ...(step.volumeMounts ?? []),
    ],
  };
}

function scratchSize(props: BlobJobProps): Size {
  return props.scratch?.size ?? Size.gibibytes(10);
}

/** On the node: what the scratch volume takes there, and a gigabyte for logs and /tmp. Steps run one after the other, so each has all of it. */
function diskOf(props: BlobJobProps): Size {
  const scratch = props.scratch?.storageClass ? 0 : kibibytes(scratchSize(props));
  return Size.kibibytes(scratch + 1024 * 1024);
}

function renderScratch(props: BlobJobProps): k8s.Volume {
  const size = quantity(scratchSize(props));
  const storageClass = props.scratch?.storageClass;
  if (!storageClass) return { name: SCRATCH, emptyDir: { sizeLimit: size } };
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: size } },
    storageClassName: storageClass.storageClassName,
  };
  return { name: SCRATCH, ephemeral: { volumeClaimTemplate: { spec } } };
}

export function checkBlobJob(problems: Problems, props: BlobJobProps, { credentials }: BlobContainer): void {
  checkImage(problems, 'rcloneImage', rcloneImage(props));
  if (props.scratch?.size) checkSize(problems, 'scratch.size', props.scratch.size);
  if (props.memory) checkSize(problems, 'memory', props.memory);
  if (props.timeout) checkSeconds(problems, 'timeout', props.timeout, 1, 'write Duration.hours(6)');
  if (props.retries !== undefined) checkInteger(problems, 'retries', props.retries, 0, 100, 'write 2');
  if (props.restartPolicy === RestartPolicy.ALWAYS) {
    problems.add('restartPolicy', 'must be NEVER or ON_FAILURE', props.restartPolicy, 'a Job has an end');
  }
  const { serviceAccount: identity } = credentials;
  if (props.serviceAccount && identity && props.serviceAccount.name !== identity.name) {
    const wayOut = `its pods have the workload identity's '${identity.name}'; grant that one what they need`;
    problems.add('serviceAccount', 'must be left out with a workload identity', props.serviceAccount.name, wayOut);
  }
}

export function checkDatabaseJob(problems: Problems, props: DatabaseJobProps): void {
  checkBlobJob(problems, props, props.container);
  checkContainer(problems, 'container', props.container);
  if (props.encryption) checkSecretKey(problems, 'encryption.key', props.encryption.key.key);
  if (props.password) checkSecretKey(problems, 'password.key', props.password.key);
  const { database } = props;
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
