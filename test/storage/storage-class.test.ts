import { StorageClass, StorageMedium } from '../../lib';
import { newChart } from '../support/manifests';
import { expectRefusedAlone } from '../support/refused';

function mediumOf(name: string, attributes = {}): StorageMedium | undefined {
  return StorageClass.fromStorageClassName(newChart(), 'Class', name, attributes).medium;
}

describe('a storage class of the cluster', () => {
  test('has its name, and makes no object', () => {
    const chart = newChart();
    expect(StorageClass.fromStorageClassName(chart, 'Class', 'fast').storageClassName).toBe('fast');
    expect(chart.toJson()).toEqual([]);
  });

  test.each([
    ['azurefile', StorageMedium.SMB],
    ['azurefile-csi', StorageMedium.SMB],
    ['azurefile-csi-premium', StorageMedium.SMB],
    ['azurefile-premium', StorageMedium.SMB],
    ['azureblob-fuse-premium', StorageMedium.OBJECT],
    ['azureblob-nfs-premium', StorageMedium.OBJECT],
    ['managed', StorageMedium.DISK],
    ['managed-csi', StorageMedium.DISK],
    ['managed-csi-premium', StorageMedium.DISK],
    ['managed-csi-premium-v2', StorageMedium.DISK],
    ['managed-premium', StorageMedium.DISK],
  ])('%s is known from AKS to be %s', (name, medium) => {
    expect(mediumOf(name)).toBe(medium);
  });

  test.each([
    ['blob.csi.azure.com', StorageMedium.OBJECT],
    ['disk.csi.azure.com', StorageMedium.DISK],
    ['ebs.csi.aws.com', StorageMedium.DISK],
    ['efs.csi.aws.com', StorageMedium.NFS],
    ['file.csi.azure.com', StorageMedium.SMB],
    ['kubernetes.io/aws-ebs', StorageMedium.DISK],
    ['kubernetes.io/azure-disk', StorageMedium.DISK],
    ['kubernetes.io/azure-file', StorageMedium.SMB],
    ['kubernetes.io/gce-pd', StorageMedium.DISK],
    ['nfs.csi.k8s.io', StorageMedium.NFS],
    ['pd.csi.storage.gke.io', StorageMedium.DISK],
    ['s3.csi.aws.com', StorageMedium.OBJECT],
    ['smb.csi.k8s.io', StorageMedium.SMB],
  ])('of %s is %s', (provisioner, medium) => {
    expect(mediumOf('some', { provisioner })).toBe(medium);
  });

  test('is of an unknown medium where neither name nor provisioner tells', () => {
    expect(mediumOf('default')).toBeUndefined();
    expect(mediumOf('default', { provisioner: 'example.com/own' })).toBeUndefined();
  });

  // Somebody may have made a class of his own under a name that AKS uses.
  test('is what its provisioner says, rather than its name', () => {
    expect(mediumOf('azurefile', { provisioner: 'disk.csi.azure.com' })).toBe(StorageMedium.DISK);
  });

  test.each([{ protocol: 'nfs' }, { Protocol: 'NFS' }])(
    'of Azure Files with %j keeps owners and modes',
    (parameters) => {
      expect(mediumOf('azurefile', { parameters })).toBe(StorageMedium.NFS);
    },
  );

  test('of Azure Files with another protocol is SMB', () => {
    expect(mediumOf('azurefile', { parameters: { protocol: 'smb' } })).toBe(StorageMedium.SMB);
  });

  test('of a disk is no share, whatever its parameters', () => {
    expect(mediumOf('managed', { parameters: { protocol: 'nfs' } })).toBe(StorageMedium.DISK);
  });

  test('must have a name that a class can have', () => {
    expectRefusedAlone(
      (chart) => StorageClass.fromStorageClassName(chart, 'Class', 'Fast'),
      "ImportedStorageClass 'test/Class'",
      '\'storageClassName\' must be a DNS subdomain of at most 253 characters, got "Fast": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    );
  });
});
