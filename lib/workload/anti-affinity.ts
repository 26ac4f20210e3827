import type { k8s } from 'cdk8s-plus-27';

/**
 * Whether two pods of a set may share a node.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
 */
export enum AntiAffinity {
  /** They may. */
  NONE = 'none',

  /** They do only where there is no other node. */
  PREFERRED = 'preferred',

  /** They never do: a pod without a node of its own stays pending. */
  REQUIRED = 'required',
}

export function renderSpread(
  matchLabels: { [key: string]: string },
  antiAffinity: AntiAffinity,
  zoneSpread: boolean,
): Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'> {
  const labelSelector = { matchLabels };
  const term = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
  return {
    ...(antiAffinity === AntiAffinity.PREFERRED && {
      affinity: {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
      },
    }),
    ...(antiAffinity === AntiAffinity.REQUIRED && {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    }),
    ...(zoneSpread && {
      topologySpreadConstraints: [
        { labelSelector, maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    }),
  };
}
