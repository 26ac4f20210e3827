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
