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

/** The pods' spec, which may ask for nodes already, with what keeps them apart from each other. */
export function withSpread(
  spec: k8s.PodSpec,
  matchLabels: { [key: string]: string },
  antiAffinity: AntiAffinity,
  zoneSpread: boolean,
): k8s.PodSpec {
  const labelSelector = { matchLabels };
  const term = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
  const affinity: k8s.Affinity = {
    ...spec.affinity,
    ...(antiAffinity === AntiAffinity.PREFERRED && {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
    }),
    ...(antiAffinity === AntiAffinity.REQUIRED && {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
    }),
  };
  return {
    ...spec,
    ...(Object.keys(affinity).length > 0 && { affinity }),
    ...(zoneSpread && {
      topologySpreadConstraints: [
        { labelSelector, maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    }),
  };
}
