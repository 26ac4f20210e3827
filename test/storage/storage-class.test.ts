import { ReclaimPolicy, StorageClass, StorageMedium, VolumeBindingMode } from '../../lib';
import type { StorageClassAttributes, StorageClassProps } from '../../lib';
import { find, identities, manifestsOf, newChart, synth } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { schemaErrors } from '../support/strict-schema';

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
    ['gp2', StorageMedium.DISK],
    ['standard-rwo', StorageMedium.DISK],
    ['premium-rwo', StorageMedium.DISK],
    ['standard-rwx', StorageMedium.NFS],
    ['premium-rwx', StorageMedium.NFS],
    ['zonal-rwx', StorageMedium.NFS],
    ['enterprise-rwx', StorageMedium.NFS],
    ['enterprise-multishare-rwx', StorageMedium.NFS],
  ])('%s is known from AKS, EKS or GKE to be %s', (name, medium) => {
    expect(mediumOf(name)).toBe(medium);
  });

  test.each([
    ['blob.csi.azure.com', StorageMedium.OBJECT],
    ['disk.csi.azure.com', StorageMedium.DISK],
    ['ebs.csi.aws.com', StorageMedium.DISK],
    ['efs.csi.aws.com', StorageMedium.NFS],
    ['ebs.csi.eks.amazonaws.com', StorageMedium.DISK],
    ['file.csi.azure.com', StorageMedium.SMB],
    ['filestore.csi.storage.gke.io', StorageMedium.NFS],
    ['gcsfuse.csi.storage.gke.io', StorageMedium.OBJECT],
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
    // kind, GKE and OpenStack all have one.
    expect(mediumOf('standard')).toBeUndefined();
    expect(mediumOf('constructor')).toBeUndefined();
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
      "StorageClass.fromStorageClassName 'test/Class'",
      '\'storageClassName\' must be a DNS subdomain of at most 253 characters, got "Fast": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    );
  });
});

describe('what is known of a storage class of the cluster', () => {
  test('is what it is said to be', () => {
    const attributes: Required<StorageClassAttributes> = {
      provisioner: 'file.csi.azure.com',
      parameters: { StorageAccountType: 'Premium_LRS' },
      allowVolumeExpansion: false,
    };
    const storageClass = StorageClass.fromStorageClassName(newChart(), 'Class', 'shares', attributes);
    expect(storageClass.medium).toBe(StorageMedium.SMB);
    expect(storageClass.allowVolumeExpansion).toBe(false);
    expect(storageClass.minimumSize?.toGibibytes()).toBe(100);
  });

  test('is by its name whether it lets claims grow', () => {
    const known = (name: string) => StorageClass.fromStorageClassName(newChart(), 'Class', name).allowVolumeExpansion;
    expect(known('standard-rwo')).toBe(true);
    expect(known('premium-rwx')).toBe(true);
    // That of EKS does not, unless somebody has changed it.
    expect(known('gp2')).toBeUndefined();
  });

  test('is nothing without a provisioner', () => {
    const storageClass = StorageClass.fromStorageClassName(newChart(), 'Class', 'shares');
    expect(storageClass.allowVolumeExpansion).toBeUndefined();
    expect(storageClass.minimumSize).toBeUndefined();
  });

  test.each([
    ['file.csi.azure.com', { skuName: 'PremiumV2_ZRS' }, 32],
    ['kubernetes.io/azure-file', { skuname: 'premium_lrs' }, 100],
    ['disk.csi.azure.com', { skuName: 'Premium_LRS' }, undefined],
    ['disk.csi.azure.com', { EnableBursting: 'true' }, 513],
    ['disk.csi.azure.com', { enablePerformancePlus: 'true' }, 513],
    ['ebs.csi.aws.com', { enableBursting: 'true' }, undefined],
    ['ebs.csi.aws.com', { type: 'st1' }, 125],
    ['ebs.csi.eks.amazonaws.com', { Type: 'IO2' }, 4],
    ['kubernetes.io/aws-ebs', { type: 'sc1' }, 125],
    ['ebs.csi.aws.com', { iopsPerGB: '50' }, 60],
    ['ebs.csi.aws.com', { type: 'gp2', iopsPerGB: '50' }, undefined],
    ['ebs.csi.aws.com', { iopsPerGB: '50', allowAutoIOPSPerGBIncrease: 'true' }, undefined],
    // Nothing can be said of what the driver refuses.
    ['ebs.csi.aws.com', { iopsPerGB: '0' }, undefined],
    ['ebs.csi.aws.com', { iopsPerGB: 'many' }, undefined],
    ['pd.csi.storage.gke.io', {}, undefined],
    ['pd.csi.storage.gke.io', { 'replication-type': 'regional-pd' }, 200],
    ['kubernetes.io/gce-pd', { type: 'pd-standard', 'replication-type': 'regional-pd' }, 200],
    ['pd.csi.storage.gke.io', { type: 'pd-ssd', 'replication-type': 'regional-pd' }, undefined],
    ['pd.csi.storage.gke.io', { type: 'hyperdisk-throughput' }, 2048],
  ])('is how small a volume of %s can be: %j', (provisioner, parameters, gibibytes) => {
    const storageClass = StorageClass.fromStorageClassName(newChart(), 'Class', 'some', { provisioner, parameters });
    expect(storageClass.minimumSize?.toGibibytes()).toBe(gibibytes);
  });
});

describe('a storage class of the chart', () => {
  test('keeps the data, lets them grow, and makes a disk where its pod is', () => {
    const manifests = synth((chart) => new StorageClass(chart, 'gp3', { provisioner: 'ebs.csi.aws.com' }));
    expect(manifests).toEqual([
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'gp3' },
        provisioner: 'ebs.csi.aws.com',
        reclaimPolicy: 'Retain',
        allowVolumeExpansion: true,
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ]);
  });

  test.each([['nfs.csi.k8s.io'], ['example.com/own']])('makes at once what %s makes', (provisioner) => {
    const manifests = synth((chart) => new StorageClass(chart, 'x', { provisioner }));
    expect(find(manifests, 'StorageClass', 'x').volumeBindingMode).toBe('Immediate');
  });

  test('takes every prop', () => {
    const props: Required<StorageClassProps> = {
      name: 'my.class',
      provisioner: 'file.csi.azure.com',
      parameters: { protocol: 'nfs' },
      reclaimPolicy: ReclaimPolicy.DELETE,
      allowVolumeExpansion: false,
      volumeBindingMode: VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
      mountOptions: ['nconnect=4'],
      labels: { team: 'a' },
      defaultClass: true,
    };
    const chart = newChart();
    const storageClass = new StorageClass(chart, 'x', props);
    const manifests = manifestsOf(chart);
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(find(manifests, 'StorageClass', 'my.class')).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'my.class',
        labels: { team: 'a' },
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'file.csi.azure.com',
      parameters: { protocol: 'nfs' },
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['nconnect=4'],
    });
    expect(storageClass).toMatchObject({
      storageClassName: 'my.class',
      medium: StorageMedium.NFS,
      allowVolumeExpansion: false,
    });
    expect(storageClass.minimumSize?.toGibibytes()).toBe(100);
  });

  test('has no namespace, in a chart that has one', () => {
    const chart = newChart({ namespace: 'shop', labels: { team: 'a' } });
    const { apiObject } = new StorageClass(chart, 'x', { provisioner: 'example.com' });
    expect(identities(manifestsOf(chart))).toEqual(['StorageClass x']);
    expect((apiObject.toJson() as { metadata: unknown }).metadata).toEqual({ name: 'x', labels: { team: 'a' } });
  });

  test('refuses a name that the chart has already', () => {
    const chart = newChart({ namespace: 'shop' });
    new StorageClass(chart, 'a', { name: 'fast', provisioner: 'example.com' });
    expectRefused(
      chart,
      () => new StorageClass(chart, 'b', { name: 'fast', provisioner: 'example.com' }),
      "StorageClass 'test/b'",
      '\'name\' must make a StorageClass that its chart does not have yet, got "fast": ' +
        "'test/a/Resource' is the same object to kubectl, which would keep only one of them; choose another name or namespace",
    );
  });

  test('names all that is wrong with its props at once', () => {
    expectRefusedAlone(
      (chart) =>
        new StorageClass(chart, 'x', {
          name: 'Fast',
          provisioner: 'example.com',
          labels: { a: '-' },
          mountOptions: ['noatime', ''],
        }),
      "StorageClass 'test/x'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "Fast": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      "'labels['a']' must be a label value of at most 63 characters, got \"-\": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      '\'mountOptions[1]\' must be one option, without blanks and commas, got "": ' +
        "no server checks it, and with a wrong one no pod starts; write one each, as ['noatime', 'nconnect=4']",
    );
  });
});

test.each([
  [ReclaimPolicy, ['Retain', 'Delete']],
  [VolumeBindingMode, ['WaitForFirstConsumer', 'Immediate']],
])('an enum is written as the server knows it: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
