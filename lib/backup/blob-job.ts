import { Size } from 'cdk8s';
import { Cpu, RestartPolicy, k8s } from 'cdk8s-plus-27';
import type { SecretValue } from 'cdk8s-plus-27';
import { readScript } from '../database/read-script';
import { checkImage, checkInteger, checkSeconds, checkSecretKey } from '../private/names';
import type { Problems } from '../private/problems';
import { checkSize, quantity } from '../storage/quantity';
import { inlineScript } from '../workload/inline-script';
import type { PodSource } from '../workload/pod-spec';
import type { BackupEncryption } from './backup-encryption';
import { checkContainer } from './blob-container';
import type { BlobContainer } from './blob-container';
import type { BlobJobProps, DatabaseJobProps } from './blob-job-props';

/** As the documents call it. */
const CREDENTIALS = { volume: 'backupcredentialsvolume', path: '/backupCredentials' };
const SCRATCH = 'scratch';

/** The files that the scripts read secrets from, with the Secret each comes from. */
export interface SecretFiles {
  readonly [file: string]: SecretValue | undefined;
}

/** A step of a job: a container, and what it may see. */
export interface Step {
  readonly name: string;
  readonly image: string;
  /** Text in sh; none where the image knows by itself. */
  readonly script?: string;
  readonly env: k8s.EnvVar[];
  /** Which of the secret files it sees: a step that needs none gets none. */
  readonly secrets: string[];
  readonly volumeMounts?: k8s.VolumeMount[];
}

/** A job's pod, before it is hardened: its steps run one after the other. */
export interface JobSource {
  readonly steps: Step[];
  readonly secrets: SecretFiles;
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

/** What every step on the database must know. */
export function databaseEnv(props: DatabaseJobProps): k8s.EnvVar[] {
  const { database } = props;
  return env({
    DB_HOST: database.address,
    DB_PORT: String(database.port),
    DB_USER: props.user ?? database.user,
    DB_NAME: props.databaseName ?? database.databaseName,
    ...database.engine.spec.backupScripts?.env,
  });
}

export function blobSecrets(container: BlobContainer, encryption?: BackupEncryption): SecretFiles {
  return { 'storageKey.txt': container.credentials.key, 'encryptionKey.txt': encryption?.key };
}

export function databaseSecrets({ password, database }: DatabaseJobProps): SecretFiles {
  return { 'dbPassword.txt': password ?? database.password };
}

/** A script for rclone's image, after the functions that it uses. */
export function blobScript(...names: string[]): string {
  return ['blob-store.sh', ...names].map((name) => readScript(__dirname, name)).join('');
}

export function rcloneImage(props: BlobJobProps): string {
  return props.rcloneImage ?? 'rclone/rclone:1.75.0';
}

/** The pod of a job, for the rules and the rendering that all pods have in common. */
export function renderJobPod(props: BlobJobProps, source: JobSource, container: BlobContainer): PodSource {
  const containers = source.steps.map((step) => renderStep(step, props, source));
  const { serviceAccount } = container.credentials;
  return {
    ...props,
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
    volumes: [renderScratch(props), ...renderSecrets(source.secrets), ...(source.volumes ?? [])],
  };
}

function renderStep(step: Step, props: BlobJobProps, source: JobSource): k8s.Container {
  const memory = quantity(props.memory ?? source.memory);
  const present = step.secrets.filter((file) => source.secrets[file]);
  return {
    name: step.name,
    image: step.image,
    ...(step.script !== undefined && { command: ['sh', '-c', inlineScript(step.script), step.name] }),
    env: step.env,
    resources: {
      requests: {
        cpu: k8s.Quantity.fromString((props.cpu ?? Cpu.millis(100)).amount),
        memory,
        // The node must have the room; what a pod asks for is what its last container does, once.
        ...(step === source.steps.at(-1) &&
          !props.scratch?.storageClass && { 'ephemeral-storage': scratchSize(props) }),
      },
      limits: { memory },
    },
    volumeMounts: [
      { name: SCRATCH, mountPath: '/scratch' },
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

function scratchSize(props: BlobJobProps): k8s.Quantity {
  return quantity(props.scratch?.size ?? Size.gibibytes(10));
}

function renderScratch(props: BlobJobProps): k8s.Volume {
  const size = scratchSize(props);
  const storageClass = props.scratch?.storageClass;
  if (!storageClass) return { name: SCRATCH, emptyDir: { sizeLimit: size } };
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: size } },
    storageClassName: storageClass.storageClassName,
  };
  return { name: SCRATCH, ephemeral: { volumeClaimTemplate: { spec } } };
}

/** One volume of all secret files; the plain form of it where all of them come from one Secret. */
function renderSecrets(files: SecretFiles): k8s.Volume[] {
  const given = Object.entries(files).flatMap(([file, value]) => (value ? [{ file, ...value }] : []));
  if (given.length === 0) return [];
  const names = [...new Set(given.map(({ secret }) => secret.name))];
  const itemsOf = (name: string) =>
    given.filter(({ secret }) => secret.name === name).map(({ file, key }) => ({ key, path: file }));
  const { volume } = CREDENTIALS;
  // Readable by the pod's group alone, which is how the kubelet gives it to a user that is not root.
  const defaultMode = 0o440;
  const [only] = names;
  return names.length === 1 && only !== undefined
    ? [{ name: volume, secret: { secretName: only, items: itemsOf(only), defaultMode } }]
    : [
        {
          name: volume,
          projected: { defaultMode, sources: names.map((name) => ({ secret: { name, items: itemsOf(name) } })) },
        },
      ];
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
  if (spec.administratorIsLocal && props.user === undefined && database.user === spec.user) {
    const wayOut = `'${spec.user}' can log in only beside the server; name a user that may read all, and its password`;
    problems.add('user', `must be given with the engine ${spec.name}`, undefined, wayOut);
  }
  if (props.user !== undefined && props.user !== database.user && !props.password) {
    problems.add('password', 'must be given with a user', undefined, "the database's own is that of another user");
  }
  for (const [prop, value] of Object.entries({ user: props.user, databaseName: props.databaseName })) {
    if (value === '') problems.add(prop, 'must not be empty', value, 'leave it out for that of the database');
  }
}
