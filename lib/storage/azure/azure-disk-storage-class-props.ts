import type { Duration } from 'cdk8s';
import type { FsType } from '../fs-type';
import type { CommonStorageClassProps } from '../storage-class-props';
import type {
  AzureDiskCachingMode,
  AzureDiskEncryptionType,
  AzureDiskNetworkAccessPolicy,
  AzureDiskPerfProfile,
  AzureDiskPublicNetworkAccess,
  AzureDiskSku,
} from './azure-disk-enums';

/**
 * Properties of `AzureDiskStorageClass`. Each is a parameter of the driver by the same name; what is not given is left to the
 * driver.
 *
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureDiskStorageClassProps extends CommonStorageClassProps {
  /**
   * Performance and redundancy of the disks.
   *
   * @default AzureDiskSku.STANDARD_SSD_LRS
   */
  readonly skuName?: AzureDiskSku;

  /**
   * What the host caches.
   *
   * @default AzureDiskCachingMode.READ_ONLY; NONE where nothing else works: with PremiumV2, Ultra and shared Premium disks
   */
  readonly cachingMode?: AzureDiskCachingMode;

  /**
   * The file system that a new disk is given.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * Zones that disks may be made in, as the nodes' label `topology.disk.csi.azure.com/zone` has them: `westeurope-1`.
   *
   * @default - any
   */
  readonly zones?: string[];

  /**
   * Region of the disks, e.g. `westeurope`.
   *
   * @default - the cluster's
   */
  readonly location?: string;

  /**
   * Resource group of the disks.
   *
   * @default - the cluster's node resource group, **which goes with the cluster, and the disks with it**
   */
  readonly resourceGroup?: string;

  /**
   * Subscription of the disks. Needs `resourceGroup`.
   *
   * @default - the cluster's
   */
  readonly subscriptionId?: string;

  /**
   * Tags of the disks.
   *
   * @default - only those of the driver, which name claim and volume
   */
  readonly tags?: { [key: string]: string };

  /**
   * What stands between two tags, for tags that contain a comma.
   *
   * @default ','
   */
  readonly tagValueDelimiter?: string;

  /**
   * Operations per second. Only PremiumV2 and Ultra.
   *
   * @default - by its size; PremiumV2: Azure's baseline
   */
  readonly diskIopsReadWrite?: number;

  /**
   * Throughput in MB/s. Only PremiumV2 and Ultra.
   *
   * @default - by its size; PremiumV2: Azure's baseline
   */
  readonly diskMbpsReadWrite?: number;

  /**
   * Size of a sector in bytes, 512 or 4096. Only PremiumV2 and Ultra.
   *
   * @default 4096
   */
  readonly logicalSectorSize?: number;

  /**
   * How the block device is set up.
   *
   * @default AzureDiskPerfProfile.NONE
   */
  readonly perfProfile?: AzureDiskPerfProfile;

  /**
   * How many nodes may attach a disk at a time. More than one is for claims with `volumeMode: Block` alone, whose user keeps
   * the nodes from writing over each other.
   *
   * @default 1
   */
  readonly maxShares?: number;

  /**
   * Whether a disk may go beyond its performance for a while, at a price. Premium disks above 512 GiB that are not shared.
   *
   * @default false
   */
  readonly enableBursting?: boolean;

  /**
   * Whether a disk has more performance than its size gives. A smaller claim is raised to 513 GiB. Not PremiumV2 and Ultra.
   *
   * @default false
   */
  readonly enablePerformancePlus?: boolean;

  /**
   * Whether writes are accelerated. Only virtual machines of the M series can.
   *
   * @default false
   */
  readonly writeAcceleratorEnabled?: boolean;

  /**
   * Id of the disk encryption set with the customer's key. **Without that key the data are lost.**
   *
   * @default - Azure's own key
   */
  readonly diskEncryptionSetId?: string;

  /**
   * With whose keys the disks are encrypted. Needs `diskEncryptionSetId`.
   *
   * @default AzureDiskEncryptionType.CUSTOMER_KEY
   */
  readonly diskEncryptionType?: AzureDiskEncryptionType;

  /**
   * Who can export a disk as a whole.
   *
   * @default AzureDiskNetworkAccessPolicy.DENY_ALL
   */
  readonly networkAccessPolicy?: AzureDiskNetworkAccessPolicy;

  /**
   * Id of the disk access whose private endpoint can export a disk. With networkAccessPolicy ALLOW_PRIVATE, and only then.
   *
   * @default - none
   */
  readonly diskAccessId?: string;

  /**
   * Whether a disk can be exported over the internet.
   *
   * @default AzureDiskPublicNetworkAccess.DISABLED
   */
  readonly publicNetworkAccess?: AzureDiskPublicNetworkAccess;

  /**
   * How long to gather disks before attaching them in one call, in whole milliseconds.
   *
   * @default Duration.millis(1000)
   */
  readonly attachDiskInitialDelay?: Duration;

  /**
   * What Azure counts the usage by.
   *
   * @default - name and version of the driver
   */
  readonly userAgent?: string;
}
