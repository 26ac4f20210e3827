import { Size } from 'cdk8s';
import { Cpu, RestartPolicy, k8s } from 'cdk8s-plus-27';
import { SCRIPTS } from '../database/read-script';
import { propsOf } from '../private/known-props';
import { checkInteger, checkSeconds } from '../private/names';
import type { Problems } from '../private/problems';
import { checkSize, kibibytes, quantity } from '../storage/quantity';
import type { PodSource } from '../workload/pod-spec';
import { renderSecretFiles } from '../workload/secret-files';
import type { SecretFiles } from '../workload/secret-files';
import { CONTRACT, stepCommand } from './backup-scripts';
import type { JobProps } from './job-props';
import type { BlobStoreParts } from './stores/store-parts';

/** As the documents call it. */
const CREDENTIALS = { volume: 'backupcredentialsvolume', path: '/backupCredentials' };
const SCRATCH = 'scratch';

/** A step of a job: a container, and what it may see. */
export interface Step {
  readonly name: string;
  /**
   * Name of its script, without the ending.
   *
   * @default - that of the step
   */
  readonly script?: string;
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

/** The pod of a job, for the rules and the rendering that all pods have in common. */
export function renderJobPod(props: JobProps, source: JobSource, store?: BlobStoreParts): PodSource {
  const containers = source.steps.map((step) => renderStep(step, props, source));
  return {
    ...propsOf('WorkloadProps', props),
    runAsUser: props.runAsUser ?? source.runAsUser,
    runAsGroup: props.runAsGroup ?? props.runAsUser ?? source.runAsGroup,
    ...(store?.serviceAccount && { serviceAccount: store.serviceAccount }),
    ...(store?.podLabels && { podLabels: { ...props.podLabels, ...store.podLabels } }),
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

function renderStep(step: Step, props: JobProps, source: JobSource): k8s.Container {
  const memory = quantity(props.memory ?? source.memory);
  const disk = quantity(diskOf(props));
  const present = step.secrets.filter((file) => source.secrets[file]);
  const first = step === source.steps[0];
  return {
    name: step.name,
    image: step.image,
    ...(step.ownScripts ? { args: [String(CONTRACT)] } : { command: stepCommand(step.script ?? step.name, first) }),
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
      ...present.map((file) => secretMount(file)),
      ...(step.volumeMounts ?? []),
    ],
  };
}

/** Where a step sees a secret file, under the name that its script knows. */
export function secretMount(file: string, as = file): k8s.VolumeMount {
  return { name: CREDENTIALS.volume, mountPath: `${CREDENTIALS.path}/${as}`, subPath: file, readOnly: true };
}

function scratchSize(props: JobProps): Size {
  return props.scratch?.size ?? Size.gibibytes(10);
}

/** On the node: what the scratch volume takes there, and a gigabyte for logs and /tmp. Steps run one after the other, so each has all of it. */
function diskOf(props: JobProps): Size {
  const scratch = props.scratch?.storageClass ? 0 : kibibytes(scratchSize(props));
  return Size.kibibytes(scratch + 1024 * 1024);
}

function renderScratch(props: JobProps): k8s.Volume {
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

export function checkJob(problems: Problems, props: JobProps): void {
  if (props.scratch?.size) checkSize(problems, 'scratch.size', props.scratch.size);
  if (props.memory) checkSize(problems, 'memory', props.memory);
  if (props.timeout) checkSeconds(problems, 'timeout', props.timeout, 1, 'write Duration.hours(6)');
  if (props.retries !== undefined) checkInteger(problems, 'retries', props.retries, 0, 100, 'write 2');
  if (props.restartPolicy === RestartPolicy.ALWAYS) {
    problems.add('restartPolicy', 'must be NEVER or ON_FAILURE', props.restartPolicy, 'a Job has an end');
  }
}
