import type { Size } from 'cdk8s';
import type {
  AzureFilesAccountAccessTier,
  AzureFilesNetworkEndpointType,
  AzureFilesPublicNetworkAccess,
  AzureFilesSku,
} from './azure-files-enums';

/**
 * Of `AzureFilesStorageClass`: in which storage account the shares lie, and how the cluster reaches it.
 *
 * Without `storageAccount` the driver takes an account that fits, else makes one.
 *
 * @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureFilesAccountProps {
  /**
   * Performance, redundancy and billing of the account. Shares of Premium skus have at least 100 GiB, those of v2 skus 32 GiB.
   *
   * @default - that of `storageAccount`, else Standard_LRS; for NFS Premium_LRS
   */
  readonly skuName?: AzureFilesSku;

  /**
   * An account that exists already: 3 to 24 of a-z and 0-9.
   *
   * @default - the driver takes an account that fits, else makes one
   */
  readonly storageAccount?: string;

  /**
   * Resource group of the account.
   *
   * @default - the cluster's
   */
  readonly resourceGroup?: string;

  /**
   * Subscription of the account. Needs `resourceGroup`.
   *
   * @default - the cluster's
   */
  readonly subscriptionId?: string;

  /**
   * Region of the account, e.g. `westeurope`.
   *
   * @default - the cluster's
   */
  readonly location?: string;

  /**
   * Whether to make a new account rather than to look for one that fits.
   *
   * @default false
   */
  readonly createAccount?: boolean;

  /**
   * Tags of an account that the driver makes.
   *
   * @default - only `k8s-azure-created-by: azure`
   */
  readonly tags?: { [key: string]: string };

  /**
   * What stands between two tags, for tags that contain a comma.
   *
   * @default ','
   */
  readonly tagValueDelimiter?: string;

  /**
   * Whether only an account with these `tags` fits.
   *
   * @default false
   */
  readonly matchTags?: boolean;

  /**
   * Whether to take any account that fits, rather than the first by name.
   *
   * @default false
   */
  readonly selectRandomMatchingAccount?: boolean;

  /**
   * How much may be in an account before another is looked for, in whole GiB, at least 100 GiB.
   *
   * @default Size.gibibytes(102400)
   */
  readonly accountQuota?: Size;

  /**
   * Temperature of an account that the driver makes.
   *
   * @default - Azure's for the sku
   */
  readonly accountAccessTier?: AzureFilesAccountAccessTier;

  /**
   * Whether an account that the driver makes may have shares above 5 TiB. Premium ones can anyway.
   *
   * @default false
   */
  readonly enableLargeFileShares?: boolean;

  /**
   * Whether an account that the driver makes encrypts a second time, in the infrastructure.
   *
   * @default false
   */
  readonly requireInfraEncryption?: boolean;

  /**
   * Whether an account that the driver makes forgets a deleted share at once. **Without that policy a deleted share cannot be
   * brought back.**
   *
   * @default false
   */
  readonly disableDeleteRetentionPolicy?: boolean;

  /**
   * Whether blobs of an account that the driver makes may be made public.
   *
   * @default false
   */
  readonly allowBlobPublicAccess?: boolean;

  /**
   * Whether an account that the driver makes can be used by its key. For SMB it must, unless `storeAccountKey` is off.
   *
   * @default true
   */
  readonly allowSharedKeyAccess?: boolean;

  /**
   * Whether an account that the driver makes can be reached by its public address.
   *
   * @default - Azure's
   */
  readonly publicNetworkAccess?: AzureFilesPublicNetworkAccess;

  /**
   * By which way the cluster reaches the account. The cluster's identity must be allowed to change the virtual network.
   *
   * @default - the public address; for NFS a service endpoint
   */
  readonly networkEndpointType?: AzureFilesNetworkEndpointType;

  /**
   * Resource group of the virtual network.
   *
   * @default - the cluster's virtual network's
   */
  readonly vnetResourceGroup?: string;

  /**
   * Name of the virtual network.
   *
   * @default - the cluster's
   */
  readonly vnetName?: string;

  /**
   * Names of the subnets; a private endpoint lies in one.
   *
   * @default - all of the virtual network
   */
  readonly subnetNames?: string[];

  /**
   * Name of the link between the virtual network and the private DNS zone.
   *
   * @default - the network's name and `-vnetlink`
   */
  readonly vnetLinkName?: string;

  /**
   * Resource group of the private DNS zone. Only with a private endpoint.
   *
   * @default - the virtual network's
   */
  readonly privateDnsZoneResourceGroup?: string;

  /**
   * Address of the account, where it is not Azure's usual one, e.g. that of a private link.
   *
   * @default - `<account>.file.core.windows.net`, or as the cloud has it
   */
  readonly server?: string;

  /**
   * End of the account's address, e.g. `core.chinacloudapi.cn`.
   *
   * @default - that of the cluster's cloud
   */
  readonly storageEndpointSuffix?: string;
}
