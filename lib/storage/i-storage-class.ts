import type { Size } from 'cdk8s';
import type { StorageMedium } from './storage-medium';

/**
 * A StorageClass, made here or elsewhere.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export interface IStorageClass {
  /** The name that claims write in `storageClassName`. */
  readonly storageClassName: string;

  /**
   * What its volumes are made of, where it is known; rules about what may live on them apply only then.
   */
  readonly medium?: StorageMedium;

  /**
   * Whether its claims may grow, where it is known.
   */
  readonly allowVolumeExpansion?: boolean;

  /**
   * The smallest volume that it makes, where it is known. A smaller claim would silently get this much, or fail.
   */
  readonly minimumSize?: Size;
}
