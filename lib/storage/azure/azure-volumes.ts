import type { k8s } from 'cdk8s-plus-27';
import { checkKnownProps } from '../../private/known-props';
import { Problems } from '../../private/problems';
import { FsType } from '../fs-type';
import type { AzureDiskCachingMode } from './azure-disk-enums';
import { AZURE_DISK, AZURE_DISK_FACTS, AZURE_FILES } from './azure-drivers';
import { AzureFilesProtocol } from './azure-files-enums';
import { checkContainerName, checkStorageAccountName } from './azure-names';

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

export function azureDiskVolume(options: AzureDiskVolumeOptions): k8s.CsiPersistentVolumeSource {
  checkKnownProps('VolumeSource.azureDisk', 'AzureDiskVolumeOptions', options);
  const { diskUri, fsType = FsType.EXT4, cachingMode, readOnly } = options;
  const problems = new Problems();
  AZURE_DISK_FACTS.checkHandle(problems, 'diskUri', diskUri);
  problems.throwIfAny('VolumeSource.azureDisk');
  return {
    driver: AZURE_DISK,
    volumeHandle: diskUri,
    fsType,
    ...(cachingMode && { volumeAttributes: { cachingMode: cachingMode } }),
    ...(readOnly && { readOnly }),
  };
}

export function azureFilesVolume(options: AzureFilesVolumeOptions): k8s.CsiPersistentVolumeSource {
  checkKnownProps('VolumeSource.azureFiles', 'AzureFilesVolumeOptions', options);
  const { resourceGroup, storageAccount, shareName, folderName, protocol = AzureFilesProtocol.SMB } = options;
  const problems = new Problems();
  if (!/^[\w.()-]{1,90}$/.test(resourceGroup)) {
    problems.add('resourceGroup', 'must be the name of a resource group', resourceGroup, 'give the name, not the id');
  }
  checkStorageAccountName(problems, 'storageAccount', storageAccount);
  checkContainerName(problems, 'shareName', shareName);
  problems.throwIfAny('VolumeSource.azureFiles');
  // In this form the driver can grow the share; what follows ## only tells the folders of one share apart.
  const share = `${resourceGroup}#${storageAccount}#${shareName}`;
  return {
    driver: AZURE_FILES,
    volumeHandle: folderName === undefined ? share : `${share}##${folderName}`,
    volumeAttributes: {
      resourceGroup,
      storageAccount,
      shareName,
      ...(folderName !== undefined && { folderName }),
      ...(protocol === AzureFilesProtocol.NFS && { protocol }),
    },
  };
}
