import type { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkIdentity } from '../private/identity';
import { checkInteger, checkSeconds } from '../private/names';
import type { Problems } from '../private/problems';
import type { AntiAffinity } from './anti-affinity';
import type { WorkloadProps } from './workload-props';

/**
 * What happens to running pods when the template changes.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
 */
export enum UpdateStrategy {
  /** They are replaced one by one, from the last to the first, each when the one before is ready. */
  ROLLING_UPDATE = 'RollingUpdate',

  /** They stay as they are until someone deletes them. */
  ON_DELETE = 'OnDelete',
}

/**
 * What happens to a claim whose pod is gone for good.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
 */
export enum ClaimRetention {
  /** It stays, with its data, and a later pod of the same name finds it again. */
  RETAIN = 'Retain',

  /** It is deleted, and where the class's reclaim policy is Delete, **its data with it**. */
  DELETE = 'Delete',
}

/**
 * What a workload that keeps volumes takes: a set, or a database that is one.
 */
export interface StatefulWorkloadProps extends WorkloadProps {
  /**
   * How many pods.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * What happens to the claims when the set is deleted.
   *
   * @default ClaimRetention.RETAIN
   */
  readonly whenDeleted?: ClaimRetention;

  /**
   * What happens to the claims of the pods that go when the set is scaled down.
   *
   * @default ClaimRetention.RETAIN
   */
  readonly whenScaled?: ClaimRetention;

  /**
   * What happens to running pods when the template changes.
   *
   * @default UpdateStrategy.ROLLING_UPDATE
   */
  readonly updateStrategy?: UpdateStrategy;

  /**
   * The lowest ordinal that a rolling update replaces: with 2, pods 0 and 1 stay as they are.
   *
   * @default 0
   */
  readonly partition?: number;

  /**
   * How long a pod must have been ready before the next one is touched.
   *
   * @default Duration.seconds(0)
   */
  readonly minReady?: Duration;

  /**
   * Whether two pods may share a node, whose loss then takes both.
   *
   * @default AntiAffinity.PREFERRED where there is more than one pod
   */
  readonly antiAffinity?: AntiAffinity;

  /**
   * Whether the pods are spread evenly over the zones, as far as nodes allow.
   *
   * @default true where there is more than one pod
   */
  readonly zoneSpread?: boolean;

  /**
   * Whether evictions, as by a drain, take one pod at a time. A pod that is not ready never blocks a drain.
   *
   * @default true where there is more than one pod
   */
  readonly podDisruptionBudget?: boolean;

  /**
   * Whether a NetworkPolicy lets in the set's own members and nobody else: clients get in by `ClientAccess`. It has an effect
   * only where the cluster's network plugin enforces policies.
   *
   * @default true
   */
  readonly networkPolicy?: boolean;
}

/** Checks what a set and a database take alike. */
export function checkStatefulWorkload(problems: Problems, props: StatefulWorkloadProps): void {
  const most = 2147483647;
  if (props.replicas !== undefined)
    checkInteger(problems, 'replicas', props.replicas, 0, most, 'that many pods are made');
  if (props.minReady) checkSeconds(problems, 'minReady', props.minReady, 0, 'write Duration.seconds(10)');
  if (props.partition !== undefined) {
    checkInteger(problems, 'partition', props.partition, 0, most, 'it is the lowest ordinal that an update replaces');
    if (props.updateStrategy === UpdateStrategy.ON_DELETE && props.partition > 0) {
      problems.add('partition', 'must be left out with OnDelete', props.partition, 'it divides a rolling update only');
    }
  }
  if (props.podDisruptionBudget === true && (props.replicas ?? 1) <= 1) {
    const wayOut =
      'one that allows to evict the only pod protects nothing, and one that does not blocks every drain for ever; leave it out';
    problems.add('podDisruptionBudget', 'must not be true with less than two pods', true, wayOut);
  }
}

export function hasNetworkPolicy(props: StatefulWorkloadProps): boolean {
  return props.networkPolicy ?? true;
}

export function hasPodDisruptionBudget(props: StatefulWorkloadProps): boolean {
  return (props.replicas ?? 1) > 1 && (props.podDisruptionBudget ?? true);
}

/** All that is made under the set's name must be new to the chart. */
export function checkSetObjects(
  problems: Problems,
  construct: Construct,
  props: StatefulWorkloadProps,
  name: string,
  namespace?: string,
): void {
  const types = [k8s.KubeStatefulSet.GVK];
  if (hasNetworkPolicy(props)) types.push(k8s.KubeNetworkPolicy.GVK);
  if (hasPodDisruptionBudget(props)) types.push(k8s.KubePodDisruptionBudget.GVK);
  for (const type of types) checkIdentity(problems, construct, 'name', type, name, namespace);
}
