import { AksStorageClass, StorageClass, StorageMedium } from '../../../lib';
import { newChart } from '../../support/manifests';

describe('the classes that AKS comes with', () => {
  test.each([
    ['DEFAULT', 'default', 'disk.csi.azure.com', StorageMedium.DISK, undefined],
    ['MANAGED_CSI', 'managed-csi', 'disk.csi.azure.com', StorageMedium.DISK, undefined],
    ['MANAGED_CSI_PREMIUM', 'managed-csi-premium', 'disk.csi.azure.com', StorageMedium.DISK, undefined],
    ['MANAGED_CSI_PREMIUM_V2', 'managed-csi-premium-v2', 'disk.csi.azure.com', StorageMedium.DISK, undefined],
    ['AZUREFILE_CSI', 'azurefile-csi', 'file.csi.azure.com', StorageMedium.SMB, undefined],
    // A smaller claim would silently be given, and paid for as, 100 GiB.
    ['AZUREFILE_CSI_PREMIUM', 'azurefile-csi-premium', 'file.csi.azure.com', StorageMedium.SMB, 100],
    ['AZUREBLOB_FUSE_PREMIUM', 'azureblob-fuse-premium', 'blob.csi.azure.com', StorageMedium.OBJECT, undefined],
    ['AZUREBLOB_NFS_PREMIUM', 'azureblob-nfs-premium', 'blob.csi.azure.com', StorageMedium.OBJECT, undefined],
    ['MANAGED', 'managed', 'disk.csi.azure.com', StorageMedium.DISK, undefined],
    ['MANAGED_PREMIUM', 'managed-premium', 'disk.csi.azure.com', StorageMedium.DISK, undefined],
    ['AZUREFILE', 'azurefile', 'file.csi.azure.com', StorageMedium.SMB, undefined],
    ['AZUREFILE_PREMIUM', 'azurefile-premium', 'file.csi.azure.com', StorageMedium.SMB, 100],
  ] as const)('%s', (constant, storageClassName, provisioner, medium, gibibytes) => {
    const storageClass = AksStorageClass[constant];
    expect(storageClass).toMatchObject({ storageClassName, provisioner, medium, allowVolumeExpansion: true });
    expect(storageClass.minimumSize?.toGibibytes()).toBe(gibibytes);
  });

  test('are known by their names, but for the one whose name every cloud uses', () => {
    for (const { storageClassName, medium, minimumSize } of Object.values(AksStorageClass) as AksStorageClass[]) {
      const known = StorageClass.fromStorageClassName(newChart(), 'Class', storageClassName);
      const expected = storageClassName === 'default' ? {} : { medium, minimumSize, allowVolumeExpansion: true };
      expect(known).toMatchObject({ storageClassName, ...expected });
    }
    expect(StorageClass.fromStorageClassName(newChart(), 'Class', 'default').medium).toBeUndefined();
  });
});
