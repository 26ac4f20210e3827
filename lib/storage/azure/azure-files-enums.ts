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

/**
 * Temperature of a share, which prices storage against access.
 *
 * @see https://learn.microsoft.com/azure/storage/files/storage-files-planning#storage-tiers
 */
export enum AzureFilesShareAccessTier {
  /** Much access. The default of Standard accounts. */
  TRANSACTION_OPTIMIZED = 'TransactionOptimized',
  /** Files that people share. */
  HOT = 'Hot',
  /** Little access, cheap storage. */
  COOL = 'Cool',
  /** The only one of Premium accounts. */
  PREMIUM = 'Premium',
}

/**
 * Default temperature of a storage account.
 */
export enum AzureFilesAccountAccessTier {
  /** Much access. */
  HOT = 'Hot',
  /** Little access. */
  COOL = 'Cool',
  /** That of Premium accounts. */
  PREMIUM = 'Premium',
}

/**
 * By which way the cluster reaches a storage account that the driver makes.
 */
export enum AzureFilesNetworkEndpointType {
  /** By an address in the virtual network. */
  PRIVATE_ENDPOINT = 'privateEndpoint',
  /** By the public address, open to the cluster's subnets alone. What NFS takes unless told otherwise. */
  SERVICE_ENDPOINT = 'serviceEndpoint',
}

/**
 * Whether a storage account that the driver makes can be reached by its public address.
 */
export enum AzureFilesPublicNetworkAccess {
  /** As its firewall says. */
  ENABLED = 'Enabled',
  /** By private endpoints only. */
  DISABLED = 'Disabled',
  /** As the network security perimeter says. */
  SECURED_BY_PERIMETER = 'SecuredByPerimeter',
}

/**
 * What root of a client may do on an NFS share.
 */
export enum AzureFilesRootSquashType {
  /** Root is root. */
  NO_ROOT_SQUASH = 'NoRootSquash',
  /** Root is nobody. */
  ROOT_SQUASH = 'RootSquash',
  /** Everybody is nobody. */
  ALL_SQUASH = 'AllSquash',
}

/**
 * When the driver gives the files of a share to the pod's `fsGroup`. The pod's own `fsGroupChangePolicy` has no effect.
 */
export enum AzureFilesFsGroupChangePolicy {
  /** When the root folder is not the group's already. */
  ON_ROOT_MISMATCH = 'OnRootMismatch',
  /** At each mount. */
  ALWAYS = 'Always',
  /** Never: right for shares with very many files. */
  NONE = 'None',
}

/**
 * By which interface the driver makes, grows and deletes shares.
 */
export enum AzureFilesDataPlaneApi {
  /** Azure Resource Manager, which the account's firewall does not concern. */
  OFF = 'false',
  /** The account's own interface with its key: hardly any limit of calls, but the driver must get through the firewall. */
  SHARED_KEY = 'true',
  /** The account's own interface with a token. Driver 1.33 or later. */
  OAUTH = 'oauth',
}
