import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { checkDnsLabel, checkMountPath, checkSeededName } from '../private/names';
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
   * Folder of the container's image that fills it when the pod starts, for images that expect files in a folder that they also write to,
   * e.g. `/usr/share/elasticsearch/config`. Whole, or the pod does not start. What the container has written stays until the pod is gone.
   *
   * An init container `seed-<name>` makes the copy, of the image of the first of `containers`, which needs `sh` and `cp`. The user of
   * that container must be able to read the folder, and `sizeLimit` to hold it.
   *
   * @default - none: it begins empty
   */
  readonly seed?: string;

  /**
   * Names of the containers that share it. Init containers may be named too.
   *
   * @default - the only container, or else the only one whose image is known to keep its data there; a `StatefulDatabase` gives it to
   * its server
   */
  readonly containers?: string[];
}

/** The folder of the volume that is filled: its root cannot be put in place in one step. */
export const SEEDED = 'content';

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
  if (mount.seed !== undefined) {
    checkMountPath(problems, `${prop}.seed`, mount.seed);
    checkSeededName(problems, `${prop}.name`, emptyDirName(mount));
  }
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
