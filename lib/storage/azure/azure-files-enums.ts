/**
 * Which driver makes the shares.
 */
export enum AzureFilesProvisioner {
  /** `file.csi.azure.com`, which every AKS cluster has. */
  CSI = 'file.csi.azure.com',

  /**
   * `kubernetes.io/azure-file`, which was part of Kubernetes: deprecated in 1.21 and **gone since 1.30**; claims of such a
   * class then wait for ever. For clusters that still have it.
   */
  IN_TREE = 'kubernetes.io/azure-file',
}

/**
 * Performance, redundancy and billing of the storage account.
 *
 * @see https://learn.microsoft.com/azure/storage/files/understanding-billing
 */
export enum AzureFilesSku {
  /** Hard disks, three copies in one place. */
  STANDARD_LRS = 'Standard_LRS',
  /** Hard disks, copies in three zones. */
  STANDARD_ZRS = 'Standard_ZRS',
  /** Hard disks, copies in two regions. */
  STANDARD_GRS = 'Standard_GRS',
  /** Hard disks, copies in two regions, the second readable. */
  STANDARD_RAGRS = 'Standard_RAGRS',
  /** Hard disks, copies in three zones and a second region, that readable. */
  STANDARD_RAGZRS = 'Standard_RAGZRS',
  /** SSD, three copies in one place; at least 100 GiB. */
  PREMIUM_LRS = 'Premium_LRS',
  /** SSD, copies in three zones; at least 100 GiB. */
  PREMIUM_ZRS = 'Premium_ZRS',
  /** Hard disks with provisioned performance, three copies in one place; at least 32 GiB. Driver 1.35 or later. */
  STANDARD_V2_LRS = 'StandardV2_LRS',
  /** Hard disks with provisioned performance, copies in three zones; at least 32 GiB. Driver 1.35 or later. */
  STANDARD_V2_ZRS = 'StandardV2_ZRS',
  /** Hard disks with provisioned performance, copies in two regions; at least 32 GiB. Driver 1.35 or later. */
  STANDARD_V2_GRS = 'StandardV2_GRS',
  /** Hard disks with provisioned performance, three zones and a second region; at least 32 GiB. Driver 1.35 or later. */
  STANDARD_V2_GZRS = 'StandardV2_GZRS',
  /** SSD with provisioned performance, three copies in one place; at least 32 GiB. Driver 1.35 or later. */
  PREMIUM_V2_LRS = 'PremiumV2_LRS',
  /** SSD with provisioned performance, copies in three zones; at least 32 GiB. Driver 1.35 or later. */
  PREMIUM_V2_ZRS = 'PremiumV2_ZRS',
}

/**
 * How nodes mount the shares.
 */
export enum AzureFilesProtocol {
  /** Keeps no Linux owner and mode: no database can live on it. */
  SMB = 'smb',
  /** Keeps owner and mode. Premium skus only, and only from the account's own virtual network. */
  NFS = 'nfs',
}
