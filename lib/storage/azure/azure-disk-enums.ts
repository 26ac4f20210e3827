/**
 * Performance and redundancy of an Azure Disk. One that ends in LRS is bound to its zone, one in ZRS can be attached in any of
 * its region.
 *
 * @see https://learn.microsoft.com/azure/virtual-machines/disks-types
 */
export enum AzureDiskSku {
  /** Hard disk. */
  STANDARD_LRS = 'Standard_LRS',
  /** SSD for little load. */
  STANDARD_SSD_LRS = 'StandardSSD_LRS',
  /** SSD for little load, copies in three zones. */
  STANDARD_SSD_ZRS = 'StandardSSD_ZRS',
  /** SSD. */
  PREMIUM_LRS = 'Premium_LRS',
  /** SSD, copies in three zones. */
  PREMIUM_ZRS = 'Premium_ZRS',
  /** SSD whose performance is bought apart from its size. Zonal virtual machines only, in some regions; no host cache. */
  PREMIUM_V2_LRS = 'PremiumV2_LRS',
  /** SSD for the highest load. Zonal virtual machines only, of a node pool with ultra SSD enabled; no host cache. */
  ULTRA_SSD_LRS = 'UltraSSD_LRS',
}

/**
 * What the host of a virtual machine caches of a disk.
 */
export enum AzureDiskCachingMode {
  /** Nothing. */
  NONE = 'None',
  /** Reads. */
  READ_ONLY = 'ReadOnly',
  /** Reads and writes; deprecated. **What the host has not written yet is lost with it.** */
  READ_WRITE = 'ReadWrite',
}

/**
 * How the driver sets up the block device. A preview.
 *
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/perf-profiles.md
 */
export enum AzureDiskPerfProfile {
  /** As the node does. */
  NONE = 'none',
  /** For a mixed load. */
  BASIC = 'basic',
}

/**
 * Who can export the disk as a whole, by a link with a signature.
 */
export enum AzureDiskNetworkAccessPolicy {
  /** Whoever has such a link, from everywhere. */
  ALLOW_ALL = 'AllowAll',
  /** Nobody. */
  DENY_ALL = 'DenyAll',
  /** By the private endpoint of a disk access. */
  ALLOW_PRIVATE = 'AllowPrivate',
}

/**
 * Whether the disk can be exported over the internet.
 */
export enum AzureDiskPublicNetworkAccess {
  /** As the network access policy says. */
  ENABLED = 'Enabled',
  /** No. */
  DISABLED = 'Disabled',
}

/**
 * With whose keys a disk is encrypted at rest.
 */
export enum AzureDiskEncryptionType {
  /** The customer's. */
  CUSTOMER_KEY = 'EncryptionAtRestWithCustomerKey',
  /** The customer's and Azure's. */
  PLATFORM_AND_CUSTOMER_KEYS = 'EncryptionAtRestWithPlatformAndCustomerKeys',
}
