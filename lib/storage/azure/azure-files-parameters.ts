import type { CommonStorageClassProps } from '../storage-class-props';
import type { AzureFilesStorageClassProps } from './azure-files-storage-class-props';

export type AzureFilesParameter = Exclude<
  keyof AzureFilesStorageClassProps,
  keyof CommonStorageClassProps | 'provisioner'
>;

/** Every parameter by the name that the driver's page gives it; a prop that is missing here does not compile. */
export const AZURE_FILES_PARAMETERS: { readonly [Prop in AzureFilesParameter]: string } = {
  skuName: 'skuName',
  storageAccount: 'storageAccount',
  resourceGroup: 'resourceGroup',
  subscriptionId: 'subscriptionID',
  location: 'location',
  createAccount: 'createAccount',
  tags: 'tags',
  tagValueDelimiter: 'tagValueDelimiter',
  matchTags: 'matchTags',
  selectRandomMatchingAccount: 'selectRandomMatchingAccount',
  accountQuota: 'accountQuota',
  accountAccessTier: 'accountAccessTier',
  enableLargeFileShares: 'enableLargeFileShares',
  requireInfraEncryption: 'requireInfraEncryption',
  disableDeleteRetentionPolicy: 'disableDeleteRetentionPolicy',
  allowBlobPublicAccess: 'allowBlobPublicAccess',
  allowSharedKeyAccess: 'allowSharedKeyAccess',
  publicNetworkAccess: 'publicNetworkAccess',
  networkEndpointType: 'networkEndpointType',
  vnetResourceGroup: 'vnetResourceGroup',
  vnetName: 'vnetName',
  subnetNames: 'subnetName',
  vnetLinkName: 'vnetLinkName',
  privateDnsZoneResourceGroup: 'privateDNSZoneResourceGroup',
  server: 'server',
  storageEndpointSuffix: 'storageEndpointSuffix',
  protocol: 'protocol',
  shareName: 'shareName',
  shareNamePrefix: 'shareNamePrefix',
  folderName: 'folderName',
  createFolderIfNotExist: 'createFolderIfNotExist',
  shareAccessTier: 'shareAccessTier',
  provisionedIops: 'provisionedIOPS',
  provisionedBandwidth: 'provisionedBandwidth',
  fsGroupChangePolicy: 'fsGroupChangePolicy',
  useDataPlaneApi: 'useDataPlaneAPI',
  storeAccountKey: 'storeAccountKey',
  latestAccountKey: 'getLatestAccountKey',
  secretName: 'secretName',
  secretNamespace: 'secretNamespace',
  enableMultichannel: 'enableMultichannel',
  clientId: 'clientID',
  tenantId: 'tenantID',
  mountWithManagedIdentity: 'mountWithManagedIdentity',
  mountWithWorkloadIdentityToken: 'mountWithWorkloadIdentityToken',
  mountWithOAuthToken: 'mountWithOAuthToken',
  rootSquashType: 'rootSquashType',
  mountPermissions: 'mountPermissions',
  encryptInTransit: 'encryptInTransit',
};

export const SMB_ONLY: AzureFilesParameter[] = [
  'storeAccountKey',
  'latestAccountKey',
  'secretName',
  'secretNamespace',
  'enableMultichannel',
  'clientId',
  'tenantId',
  'mountWithManagedIdentity',
  'mountWithWorkloadIdentityToken',
  'mountWithOAuthToken',
];

export const NFS_ONLY: AzureFilesParameter[] = ['rootSquashType', 'mountPermissions', 'encryptInTransit'];

/** What the driver does with an account that it makes, and with no other. */
export const NEW_ACCOUNT_ONLY: AzureFilesParameter[] = [
  'createAccount',
  'tags',
  'selectRandomMatchingAccount',
  'accountQuota',
  'accountAccessTier',
  'enableLargeFileShares',
  'requireInfraEncryption',
  'disableDeleteRetentionPolicy',
  'allowBlobPublicAccess',
  'allowSharedKeyAccess',
  'publicNetworkAccess',
];

export const IN_TREE: AzureFilesParameter[] = [
  'skuName',
  'storageAccount',
  'location',
  'resourceGroup',
  'shareName',
  'secretNamespace',
  'tags',
];
