import { posix } from 'node:path';
import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { StorageMedium } from '../storage/storage-medium';
import type { VolumeClaimMount } from '../storage/volume-claim-template';
import { emptyDirName, renderEmptyDir, SEEDED } from './empty-dir-mount';
import type { EmptyDirMount } from './empty-dir-mount';
import { targetOf } from './mount-target';
import { renderNativeSidecar } from './native-sidecar';
import { hardened } from './security-context';
import type { WorkloadProps } from './workload-props';

/** The pods of a workload, before they are hardened and their mounts are put into the containers. */
export interface PodSource extends WorkloadProps {
  readonly containers: k8s.Container[];
  readonly initContainers?: k8s.Container[];
  readonly nativeSidecars?: k8s.Container[];
  readonly emptyDirs?: EmptyDirMount[];
  readonly volumes?: k8s.Volume[];
}

/** What a volume is made of, and who says so. */
export interface KnownStorage {
  readonly medium?: StorageMedium;
  readonly prop: string;
  readonly value: string;
}

/** A volume of a claim, and where it is seen. */
export interface ClaimedVolume {
  readonly name: string;
  readonly mounts: VolumeClaimMount[];
  /** The prop that it comes from, for messages. */
  readonly prop: string;
  /** What it is made of, where that is known. */
  readonly storage?: KnownStorage;
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** Enough for the scheduler to place the pod; a limit would be a guess about an unknown image. */
export const REQUESTS: k8s.ResourceRequirements = {
  requests: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString('128Mi') },
};

export function renderPodMetadata(pods: PodSource, selector: { [key: string]: string }): k8s.ObjectMeta {
  const { containers, initContainers = [] } = pods;
  const [first] = containers;
  const annotations = {
    // Spares kubectl exec and logs a line about which of several containers they took.
    ...(first && containers.length + initContainers.length > 1 && { [DEFAULT_CONTAINER]: first.name }),
    ...pods.podAnnotations,
  };
  return {
    labels: { ...pods.podLabels, ...selector },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

export function renderPodSpec(pods: PodSource, claimed: ClaimedVolume[]): k8s.PodSpec {
  const user = pods.runAsUser ?? 1000;
  const group = pods.runAsGroup ?? user;
  const volumes = [...(pods.emptyDirs ?? []).map(renderEmptyDir), ...(pods.volumes ?? [])];
  const render = (container: k8s.Container) => renderContainer(container, mountsOf(container, pods, claimed));
  return {
    ...(pods.serviceAccount && { serviceAccountName: pods.serviceAccount.name }),
    automountServiceAccountToken: pods.automountServiceAccountToken ?? false,
    // Variables of other Services in the namespace are taken for settings by images that read e.g. CONSUL_PORT.
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: group,
      fsGroup: pods.fsGroup ?? group,
      // Changing a big volume file by file delays each start, and opens a database's folder, which it then refuses.
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
      ...(pods.sysctls && { sysctls: Object.entries(pods.sysctls).map(([name, value]) => ({ name, value })) }),
    },
    terminationGracePeriodSeconds: (pods.terminationGracePeriod ?? Duration.seconds(30)).toSeconds(),
    ...(pods.initContainers?.length && {
      initContainers: pods.initContainers.map((container) =>
        pods.nativeSidecars?.includes(container) ? renderNativeSidecar(render(container)) : render(container),
      ),
    }),
    containers: pods.containers.map(render),
    ...(volumes.length > 0 && { volumes }),
    ...(pods.imagePullSecrets && { imagePullSecrets: pods.imagePullSecrets.map(({ name }) => ({ name })) }),
    ...(pods.nodeSelector && { nodeSelector: pods.nodeSelector }),
    ...(pods.tolerations && { tolerations: pods.tolerations }),
    ...(pods.nodeAffinity && { affinity: { nodeAffinity: pods.nodeAffinity } }),
    ...(pods.priorityClassName !== undefined && { priorityClassName: pods.priorityClassName }),
  };
}

function renderContainer(container: k8s.Container, volumeMounts: k8s.VolumeMount[]): k8s.Container {
  return {
    ...container,
    resources: container.resources ?? REQUESTS,
    securityContext: hardened(container.securityContext),
    ...(volumeMounts.length > 0 && { volumeMounts }),
  };
}

/** A path as it is compared with others: two spellings of one hide each other. */
export function normalPath(path: string): string {
  return posix.normalize(path).replace(/\/$/, '');
}

/** Where a container sees the pod's volumes. */
export function mountsOf(container: k8s.Container, pods: PodSource, claimed: ClaimedVolume[]): k8s.VolumeMount[] {
  return [
    ...claimed.flatMap(({ name, mounts }) =>
      mounts
        .filter((mount) => targetOf(pods.containers, mount) === container.name)
        .map(({ path, subPath, readOnly }) => ({
          name,
          mountPath: path,
          ...(subPath !== undefined && { subPath }),
          ...(readOnly && { readOnly }),
        })),
    ),
    ...(pods.emptyDirs ?? [])
      .filter((mount) =>
        (mount.containers ?? [targetOf(pods.containers, { path: mount.path })]).includes(container.name),
      )
      .map((mount) => ({
        name: emptyDirName(mount),
        mountPath: mount.path,
        ...(mount.seed !== undefined && { subPath: SEEDED }),
      })),
    ...(container.volumeMounts ?? []),
  ];
}
