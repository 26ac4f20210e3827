import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { checkDnsLabel, checkMountPath } from '../private/names';
import type { Problems } from '../private/problems';
import { checkSize, quantity } from '../storage/quantity';

/**
 * A path that a container may write to besides its volumes. **What is written there is lost with the pod.**
 *
 * Containers here have a read-only root: sockets, lock files and temporary files need such a path.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
 */
export interface EmptyDirMount {
  /** Absolute path in the container. */
  readonly path: string;

  /**
   * Name of the volume.
   *
   * @default - made of the path: `/var/run/postgresql` is `var-run-postgresql`
   */
  readonly name?: string;

  /**
   * How much it may hold; a pod that writes more is evicted (from memory: gets "no space left").
   *
   * @default Size.mebibytes(64)
   */
  readonly sizeLimit?: Size;

  /**
   * Whether it is kept in memory, where it counts against the container's memory limit. `/dev/shm` must be.
   *
   * @default false
   */
  readonly memory?: boolean;

  /**
   * Names of the containers that share it. Init containers may be named too.
   *
   * @default - the first container
   */
  readonly containers?: string[];
}

export function emptyDirName(mount: EmptyDirMount): string {
  return (
    mount.name ??
    mount.path
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
  );
}

export function checkEmptyDirMount(problems: Problems, prop: string, mount: EmptyDirMount): void {
  checkMountPath(problems, `${prop}.path`, mount.path);
  checkDnsLabel(problems, `${prop}.name`, emptyDirName(mount));
  if (mount.sizeLimit) checkSize(problems, `${prop}.sizeLimit`, mount.sizeLimit);
}

export function renderEmptyDir(mount: EmptyDirMount): k8s.Volume {
  return {
    name: emptyDirName(mount),
    emptyDir: {
      ...(mount.memory && { medium: 'Memory' }),
      sizeLimit: quantity(mount.sizeLimit ?? Size.mebibytes(64)),
    },
  };
}
