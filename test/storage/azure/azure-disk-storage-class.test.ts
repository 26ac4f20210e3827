import { Size } from 'cdk8s';
import {
  AzureDiskCachingMode,
  AzureDiskSku,
  AzureDiskStorageClass,
  FsType,
  PersistentVolumeClaim,
  ReclaimPolicy,
  VolumeBindingMode,
} from '../../../lib';
import type { AzureDiskStorageClassProps } from '../../../lib';
import { find, newChart, synth } from '../../support/manifests';
import { expectRefused, expectRefusedAlone } from '../../support/refused';
import { schemaErrors } from '../../support/strict-schema';

const PREMIUM_V2 = AzureDiskSku.PREMIUM_V2_LRS;
const ENCRYPTION_SET = '/subscriptions/s/resourcegroups/g/providers/microsoft.compute/diskencryptionsets/e';

const ALL: Required<AzureDiskStorageClassProps> = {
  name: 'disks',
  reclaimPolicy: ReclaimPolicy.DELETE,
  allowVolumeExpansion: false,
  volumeBindingMode: VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
  mountOptions: ['noatime'],
  labels: { team: 'a' },
  defaultClass: true,
  skuName: PREMIUM_V2,
  cachingMode: AzureDiskCachingMode.NONE,
  fsType: FsType.XFS,
  zones: ['westeurope-1', 'westeurope-2'],
  resourceGroup: 'disks',
  diskIopsReadWrite: 3000,
  diskMbpsReadWrite: 125,
  diskEncryptionSetId: ENCRYPTION_SET,
  parameters: { LogicalSectorSize: '512', tags: 'a=1,b=2' },
};

function render(props: AzureDiskStorageClassProps) {
  const manifests = synth((chart) => new AzureDiskStorageClass(chart, 'disks', props));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  return find(manifests, 'StorageClass', 'disks');
}

describe('a class of Azure Disk', () => {
  test('takes every prop', () => {
    expect(render(ALL)).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'disks',
        labels: { team: 'a' },
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'disk.csi.azure.com',
      // The driver refuses a key that it does not know, so each is spelled out here.
      parameters: {
        skuName: 'PremiumV2_LRS',
        cachingMode: 'None',
        fsType: 'xfs',
        resourceGroup: 'disks',
        DiskIOPSReadWrite: '3000',
        DiskMBpsReadWrite: '125',
        diskEncryptionSetID: ENCRYPTION_SET,
        LogicalSectorSize: '512',
        tags: 'a=1,b=2',
      },
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['noatime'],
      allowedTopologies: [
        {
          matchLabelExpressions: [
            { key: 'topology.disk.csi.azure.com/zone', values: ['westeurope-1', 'westeurope-2'] },
          ],
        },
      ],
    });
  });

  // The driver's own default is ReadOnly, which Ultra's attachment refuses although nothing checks it before.
  test.each([
    [{ skuName: PREMIUM_V2 }, 'None'],
    [{ skuName: AzureDiskSku.ULTRA_SSD_LRS }, 'None'],
    [{ skuName: AzureDiskSku.PREMIUM_LRS }, undefined],
  ])('turns the cache off where there is none: %j', (props, cachingMode) => {
    expect(render(props).parameters.cachingMode).toBe(cachingMode);
  });

  test.each<{ [key: string]: string }>([{ enableBursting: 'true' }, { EnablePerformancePlus: 'true' }])(
    'refuses small claims of large disks: %j',
    (parameters) => {
      const chart = newChart();
      const storageClass = new AzureDiskStorageClass(chart, 'disks', { parameters });
      expectRefused(
        chart,
        () => new PersistentVolumeClaim(chart, 'x', { storageClass, size: Size.gibibytes(512) }),
        "PersistentVolumeClaim 'test/x'",
        "'size' must be at least 513Gi with the class 'disks', got \"512Gi\": it has no smaller volumes: " +
          'the driver would silently make one of that size, at its price, or fail; ask for as much',
      );
    },
  );

  test.each<[string, AzureDiskStorageClassProps, ...string[]]>([
    [
      'a cache of PremiumV2',
      { skuName: PREMIUM_V2, cachingMode: AzureDiskCachingMode.READ_ONLY },
      '\'cachingMode\' must be NONE with PremiumV2 and Ultra disks, got "ReadOnly": they have no host cache: claim or attachment fails; leave it out',
    ],
    [
      'a cache of Ultra',
      { skuName: AzureDiskSku.ULTRA_SSD_LRS, cachingMode: AzureDiskCachingMode.READ_WRITE },
      '\'cachingMode\' must be NONE with PremiumV2 and Ultra disks, got "ReadWrite": they have no host cache: claim or attachment fails; leave it out',
    ],
    [
      'operations of a disk whose size decides',
      { diskIopsReadWrite: 500 },
      "'diskIopsReadWrite' must come with skuName PREMIUM_V2_LRS or ULTRA_SSD_LRS, got 500: the driver refuses each claim: of others the size decides; leave it out",
    ],
    [
      'throughput of a disk whose size decides',
      { skuName: AzureDiskSku.PREMIUM_LRS, diskMbpsReadWrite: 100 },
      "'diskMbpsReadWrite' must come with skuName PREMIUM_V2_LRS or ULTRA_SSD_LRS, got 100: the driver refuses each claim: of others the size decides; leave it out",
    ],
    [
      'no operations',
      { skuName: PREMIUM_V2, diskIopsReadWrite: 0 },
      "'diskIopsReadWrite' must be a whole number at least 1, got 0: the driver or Azure refuses each claim",
    ],
    [
      'part of a MB of throughput',
      { skuName: PREMIUM_V2, diskMbpsReadWrite: 0.5 },
      "'diskMbpsReadWrite' must be a whole number at least 1, got 0.5: the driver or Azure refuses each claim",
    ],
    [
      'a zone without its region',
      { zones: ['1'] },
      "'zones[0]' must be a region and the number of a zone, got \"1\": no node has another label, and the volume could be used nowhere; write it as 'westeurope-1'",
    ],
    [
      'an encryption set that is none',
      { diskEncryptionSetId: 'my-set' },
      '\'diskEncryptionSetId\' must be the id of one of Microsoft.Compute/diskEncryptionSets, got "my-set": write it as /subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Compute/diskEncryptionSets/<name>',
    ],
  ])('refuses %s', (_, props, ...problems) => {
    expectRefusedAlone(
      (chart) => new AzureDiskStorageClass(chart, 'x', props),
      "AzureDiskStorageClass 'test/x'",
      ...problems,
    );
  });
});

test.each([
  [
    AzureDiskSku,
    [
      ...['Standard_LRS', 'StandardSSD_LRS', 'StandardSSD_ZRS'],
      ...['Premium_LRS', 'Premium_ZRS', 'PremiumV2_LRS', 'UltraSSD_LRS'],
    ],
  ],
  [AzureDiskCachingMode, ['None', 'ReadOnly', 'ReadWrite']],
  [FsType, ['ext4', 'ext3', 'ext2', 'xfs', 'btrfs', 'ntfs']],
])('an enum has the words of the driver, which reads them by case: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
