import type { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';
import { keepsDataIn, useOf } from './image-data';

/** A path in one container, or in the one that it can only be meant for. */
export interface TargetedMount {
  readonly path: string;
  readonly container?: string;
}

/**
 * The container that sees a mount: the one that it names, the only one, or the only one whose image is known to keep its data
 * there. An init container must be named.
 *
 * @returns undefined where that cannot be told
 */
export function targetOf(containers: k8s.Container[], mount: TargetedMount): string | undefined {
  if (mount.container !== undefined) return mount.container;
  if (containers.length === 1) return containers[0]?.name;
  const keepers = containers.filter((container) => {
    const use = useOf(container);
    return use && keepsDataIn(use, mount.path);
  });
  return keepers.length === 1 ? keepers[0]?.name : undefined;
}

/**
 * @param wayOut how a container is named there, e.g. `container: 'server'`
 */
export function checkTarget(
  problems: Problems,
  prop: string,
  containers: k8s.Container[],
  mount: TargetedMount,
  wayOut: (container: string) => string,
): void {
  const [first] = containers;
  // That there is none is a problem of its own.
  if (!first || targetOf(containers, mount) !== undefined) return;
  const names = containers.map(({ name }) => `'${name}'`).join(', ');
  // Whoever copies the first of them would have the data in the sidecar that stands there.
  const wayOuts = containers.map(({ name }) => wayOut(name)).join(' or ');
  problems.add(
    prop,
    'must name the container in a pod of several',
    undefined,
    `${mount.path} could be meant for ${names}: none of their images, or more than one, is known to keep its data there; ` +
      `write ${wayOuts}`,
  );
}
