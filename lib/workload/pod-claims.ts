import type { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';
import { AccessMode } from '../storage/access-mode';
import type { IPersistentVolumeClaim } from '../storage/persistent-volume-claim';
import { checkVolumeClaimMounts } from '../storage/volume-claim-template';
import type { VolumeClaimMount, VolumeClaimTemplate } from '../storage/volume-claim-template';
import type { ClaimedVolume } from './pod-spec';

/**
 * A claim as a volume of a pod.
 */
export interface PodClaim {
  /** Name of the volume in the pod. */
  readonly name: string;

  /** The claim. */
  readonly claim: IPersistentVolumeClaim;

  /** Where the containers see the volume. */
  readonly mounts: VolumeClaimMount[];
}

/** The claims, by the props that name them. */
export function claimsByProp(claims: PodClaim[] = []): { [prop: string]: IPersistentVolumeClaim } {
  return Object.fromEntries(claims.map(({ claim }, index) => [`claims[${index}].claim`, claim]));
}

/** One node at a time mounts such a volume: the second pod would wait on another. */
export function checkShared(problems: Problems, claims: PodClaim[] = [], replicas = 1): void {
  if (replicas <= 1) return;
  for (const [prop, { accessMode }] of Object.entries(claimsByProp(claims))) {
    if (accessMode !== AccessMode.READ_WRITE_ONCE && accessMode !== AccessMode.READ_WRITE_ONCE_POD) continue;
    const wayOut =
      'a pod on another node would wait for ever; write replicas: 1, take a share with READ_WRITE_MANY, or a PersistentStatefulSet, ' +
      'whose pods have a volume each';
    problems.add(prop, 'must be for many nodes with more than one replica', accessMode, wayOut);
  }
}

export function claimedVolumes(claims: PodClaim[] = []): ClaimedVolume[] {
  return claims.map(({ name, claim, mounts }, index) => {
    const { medium, claimName } = claim;
    const storage = { prop: `claims[${index}].claim`, value: claimName, ...(medium && { medium }) };
    return { name, mounts, prop: `claims[${index}]`, storage };
  });
}

/** The claims that a set makes. */
export function claimedTemplates(templates: VolumeClaimTemplate[]): ClaimedVolume[] {
  return templates.map(({ name, mounts, storageClass }, index) => {
    const prop = `volumeClaimTemplates[${index}]`;
    const { medium, storageClassName = '' } = storageClass ?? {};
    const storage = { prop: `${prop}.storageClass`, value: storageClassName, ...(medium && { medium }) };
    return { name, mounts, prop, storage };
  });
}

export function checkPodClaims(problems: Problems, claimed: ClaimedVolume[]): void {
  for (const volume of claimed) checkVolumeClaimMounts(problems, volume.prop, volume);
}

/** The claims as volumes, before the further ones. */
export function renderPodClaims(props: {
  readonly claims?: PodClaim[];
  readonly volumes?: k8s.Volume[];
}): k8s.Volume[] {
  return [
    ...(props.claims ?? []).map(({ name, claim }) => ({ name, persistentVolumeClaim: { claimName: claim.claimName } })),
    ...(props.volumes ?? []),
  ];
}
