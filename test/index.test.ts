import * as lib from '../lib';

// A name that goes breaks somebody's chart, in five languages; one that comes is kept for ever.
test('the public names are these', () => {
  expect(Object.keys(lib).sort()).toEqual([
    'AccessMode',
    'AksStorageClass',
    'AntiAffinity',
    'AzureDiskCachingMode',
    'AzureDiskEncryptionType',
    'AzureDiskNetworkAccessPolicy',
    'AzureDiskPerfProfile',
    'AzureDiskPublicNetworkAccess',
    'AzureDiskSku',
    'AzureDiskStorageClass',
    'AzureFilesAccountAccessTier',
    'AzureFilesDataPlaneApi',
    'AzureFilesFsGroupChangePolicy',
    'AzureFilesNetworkEndpointType',
    'AzureFilesProtocol',
    'AzureFilesProvisioner',
    'AzureFilesPublicNetworkAccess',
    'AzureFilesRootSquashType',
    'AzureFilesShareAccessTier',
    'AzureFilesSku',
    'AzureFilesStorageClass',
    'BackupEncryption',
    'BlobBackupCronJob',
    'BlobCredentials',
    'BlobRestoreJob',
    'ClaimRetention',
    'ClientAccess',
    'DatabaseEngine',
    'Deployment',
    'FsType',
    'HeadlessService',
    'MongoReplicaSetInitiation',
    'PersistentStatefulSet',
    'PersistentVolumeClaim',
    'Pod',
    'PodManagementPolicy',
    'ReclaimPolicy',
    'RestoreDrill',
    'StatefulDatabase',
    'StatefulSetPod',
    'StaticVolume',
    'StorageClass',
    'StorageMedium',
    'UpdateStrategy',
    'VolumeBindingMode',
    'VolumeSource',
    'Workload',
  ]);
});

test.each([
  [lib.AntiAffinity, ['none', 'preferred', 'required']],
  [lib.ClaimRetention, ['Retain', 'Delete']],
  [lib.PodManagementPolicy, ['OrderedReady', 'Parallel']],
  [lib.StorageMedium, ['disk', 'smb', 'nfs', 'object']],
  [lib.UpdateStrategy, ['RollingUpdate', 'OnDelete']],
])('an enum is written as the server knows it: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
