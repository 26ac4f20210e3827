import type { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Cpu } from 'cdk8s-plus-27';
import { checkKnownProps } from '../private/known-props';
import { Problems } from '../private/problems';
import { checkSize, quantity } from '../storage/quantity';

/**
 * How much of a node a container may use.
 */
export interface ContainerLimits {
  /**
   * Processor that is set aside for the container. It gets no limit: one would stall it while processors are idle.
   *
   * @default Cpu.millis(100)
   */
  readonly cpu?: Cpu;

  /** Memory that is set aside for the container, and its limit: above it the container is killed. */
  readonly memory: Size;

  /**
   * Space on the node that is set aside for logs, what is written beside the volumes, and `emptyDirs`, and its limit: above it the pod is evicted.
   * The kubelet keeps up to 50 MiB of logs of a container, unless it is told otherwise.
   */
  readonly ephemeralStorage: Size;
}

/**
 * The `resources` of a container.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 *
 * @example
 * const resources = ContainerResources.of({ memory: Size.mebibytes(256), ephemeralStorage: Size.mebibytes(128) });
 */
export class ContainerResources {
  /**
   * Sets aside what the container may use, so that its node has it: requests of memory and ephemeral storage are their limits.
   *
   * @throws if a size breaks a rule, naming each
   */
  public static of(limits: ContainerLimits): k8s.ResourceRequirements {
    checkKnownProps('ContainerResources.of', 'ContainerLimits', limits);
    const { cpu, memory, ephemeralStorage } = limits;
    const problems = new Problems();
    checkSize(problems, 'memory', memory);
    checkSize(problems, 'ephemeralStorage', ephemeralStorage);
    problems.throwIfAny('ContainerResources.of');
    const both = { memory: quantity(memory), 'ephemeral-storage': quantity(ephemeralStorage) };
    return { requests: { cpu: k8s.Quantity.fromString(cpu?.amount ?? '100m'), ...both }, limits: both };
  }

  private constructor() {
    // It has static members only.
  }
}
