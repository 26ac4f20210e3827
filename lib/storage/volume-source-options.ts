import type { AzureDiskCachingMode } from './azure/azure-disk-enums';
import type { AzureFilesProtocol } from './azure/azure-files-enums';
import type { FsType } from './fs-type';

/**
 * Options of `VolumeSource.nfs`.
 */
export interface NfsVolumeOptions {
  /** Name or address of the server, which the nodes, not the pods, look up. */
  readonly server: string;

  /** Absolute path of the folder on the server. */
  readonly path: string;

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * Options of `VolumeSource.csi`.
 */
export interface CsiVolumeOptions {
  /** Name of the driver, as `kubectl get csidrivers` shows it. */
  readonly driver: string;

  /**
   * What the driver knows the volume by. Two volumes of the cluster must not have the same: to a node they would be one.
   */
  readonly volumeHandle: string;

  /**
   * The file system that the volume has; one without any is given it.
   *
   * @default - the driver's
   */
  readonly fsType?: string;

  /**
   * What else the driver is told.
   *
   * @default - nothing
   */
  readonly attributes?: { [key: string]: string };

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * Options of `VolumeSource.azureDisk`.
 */
export interface AzureDiskVolumeOptions {
  /** Id of the disk: `/subscriptions/<s>/resourceGroups/<g>/providers/Microsoft.Compute/disks/<name>`. */
  readonly diskUri: string;

  /**
   * The file system that the disk has; one without any is given it.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * What the host caches. PremiumV2 and Ultra disks need NONE.
   *
   * @default AzureDiskCachingMode.READ_ONLY
   */
  readonly cachingMode?: AzureDiskCachingMode;

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * Options of `VolumeSource.azureFiles`.
 */
export interface AzureFilesVolumeOptions {
  /** Resource group of the account. */
  readonly resourceGroup: string;

  /** Name of the account. */
  readonly storageAccount: string;

  /** Name of the share. */
  readonly shareName: string;

  /**
   * Folder of the share. If it is missing, no pod starts.
   *
   * @default - the root of the share
   */
  readonly folderName?: string;

  /**
   * How nodes mount the share.
   *
   * @default AzureFilesProtocol.SMB
   */
  readonly protocol?: AzureFilesProtocol;
}

/**
 * Options of `VolumeSource.ebs`.
 */
export interface EbsVolumeOptions {
  /** Id of the volume: `vol-` and 17 hexadecimal digits, 8 of old ones. */
  readonly volumeId: string;

  /**
   * The file system that the volume has; one without any is given it.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}
