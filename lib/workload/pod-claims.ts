import type { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';
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
