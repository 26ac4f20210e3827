import { Duration, Size } from 'cdk8s';
import {
  AzureDiskCachingMode,
  AzureDiskEncryptionType,
  AzureDiskNetworkAccessPolicy,
  AzureDiskPerfProfile,
  AzureDiskPublicNetworkAccess,
  AzureDiskSku,
  AzureDiskStorageClass,
  FsType,
  PersistentVolumeClaim,
  ReclaimPolicy,
  StorageMedium,
  VolumeBindingMode,
} from '../../../lib';
import type { AzureDiskStorageClassProps } from '../../../lib';
import { find, newChart, synth } from '../../support/manifests';
import { expectRefused, expectRefusedAlone } from '../../support/refused';
import { schemaErrors } from '../../support/strict-schema';

const PREMIUM = AzureDiskSku.PREMIUM_LRS;
const PREMIUM_V2 = AzureDiskSku.PREMIUM_V2_LRS;
const DISK_ACCESS = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/diskAccesses/a';
const ENCRYPTION_SET = '/subscriptions/s/resourcegroups/g/providers/microsoft.compute/diskencryptionsets/e';

/** Every prop, of which no class can have all: those of Premium and of PremiumV2 exclude each other. */
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
  location: 'westeurope',
  resourceGroup: 'disks',
  subscriptionId: '0000',
  tags: { a: '1', b: '2' },
  tagValueDelimiter: ';',
  diskIopsReadWrite: 3000,
  diskMbpsReadWrite: 125,
  logicalSectorSize: 512,
  perfProfile: AzureDiskPerfProfile.BASIC,
  maxShares: 2,
  enableBursting: true,
  enablePerformancePlus: true,
  writeAcceleratorEnabled: true,
  diskEncryptionSetId: ENCRYPTION_SET,
  diskEncryptionType: AzureDiskEncryptionType.PLATFORM_AND_CUSTOMER_KEYS,
  networkAccessPolicy: AzureDiskNetworkAccessPolicy.ALLOW_PRIVATE,
  diskAccessId: DISK_ACCESS,
  publicNetworkAccess: AzureDiskPublicNetworkAccess.DISABLED,
  attachDiskInitialDelay: Duration.seconds(2),
  userAgent: 'pid-1',
};

function render(props: AzureDiskStorageClassProps) {
  const manifests = synth((chart) => new AzureDiskStorageClass(chart, 'disks', props));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  return find(manifests, 'StorageClass', 'disks');
}

describe('a class of Azure Disk', () => {
  test('leaves everything to the driver, and keeps the data, unless told otherwise', () => {
    expect(render({})).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'disks' },
      provisioner: 'disk.csi.azure.com',
      reclaimPolicy: 'Retain',
      allowVolumeExpansion: true,
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  });

  test('takes every prop of PremiumV2', () => {
    const others = ['enableBursting', 'enablePerformancePlus'];
    const storageClass = render(Object.fromEntries(Object.entries(ALL).filter(([prop]) => !others.includes(prop))));
    expect(storageClass.metadata).toEqual({
      name: 'disks',
      labels: { team: 'a' },
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    });
    expect(storageClass).toMatchObject({
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['noatime'],
    });
    expect(storageClass.allowedTopologies).toEqual([
      {
        matchLabelExpressions: [{ key: 'topology.disk.csi.azure.com/zone', values: ['westeurope-1', 'westeurope-2'] }],
      },
    ]);
    // The driver refuses a key that it does not know, so each is spelled out here.
    expect(storageClass.parameters).toEqual({
      skuName: 'PremiumV2_LRS',
      cachingMode: 'None',
      fsType: 'xfs',
      location: 'westeurope',
      resourceGroup: 'disks',
      subscriptionID: '0000',
      tags: 'a=1;b=2',
      tagValueDelimiter: ';',
      DiskIOPSReadWrite: '3000',
      DiskMBpsReadWrite: '125',
      LogicalSectorSize: '512',
      perfProfile: 'basic',
      maxShares: '2',
      writeAcceleratorEnabled: 'true',
      diskEncryptionSetID: ENCRYPTION_SET,
      diskEncryptionType: 'EncryptionAtRestWithPlatformAndCustomerKeys',
      networkAccessPolicy: 'AllowPrivate',
      diskAccessID: DISK_ACCESS,
      publicNetworkAccess: 'Disabled',
      attachDiskInitialDelay: '2000',
      userAgent: 'pid-1',
    });
  });

  test('takes those of Premium', () => {
    const { enableBursting, enablePerformancePlus } = ALL;
    expect(render({ skuName: PREMIUM, enableBursting, enablePerformancePlus }).parameters).toEqual({
      skuName: 'Premium_LRS',
      enableBursting: 'true',
      enablePerformancePlus: 'true',
    });
  });

  // The driver's own default is ReadOnly, which Ultra's attachment refuses although nothing checks it before.
  test.each([
    [{ skuName: PREMIUM_V2 }, 'None'],
    [{ skuName: AzureDiskSku.ULTRA_SSD_LRS }, 'None'],
    [{ skuName: PREMIUM, maxShares: 2 }, 'None'],
    [{ skuName: PREMIUM }, undefined],
    [{ skuName: AzureDiskSku.STANDARD_SSD_ZRS, maxShares: 2 }, undefined],
  ])('turns the cache off where there is none: %j', (props, cachingMode) => {
    expect(render(props).parameters.cachingMode).toBe(cachingMode);
  });

  test('may bind at once where a disk is in all zones', () => {
    const props = { skuName: AzureDiskSku.PREMIUM_ZRS, volumeBindingMode: VolumeBindingMode.IMMEDIATE };
    expect(render(props).volumeBindingMode).toBe('Immediate');
  });

  test('tells claims what its disks are', () => {
    const storageClass = new AzureDiskStorageClass(newChart(), 'disks', { allowVolumeExpansion: false });
    expect(storageClass.medium).toBe(StorageMedium.DISK);
    expect(storageClass.allowVolumeExpansion).toBe(false);
    expect(storageClass.minimumSize).toBeUndefined();
  });

  test.each([{ skuName: PREMIUM, enableBursting: true }, { enablePerformancePlus: true }])(
    'refuses small claims of large disks: %j',
    (props) => {
      const chart = newChart();
      const storageClass = new AzureDiskStorageClass(chart, 'disks', props);
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
      'a cache of a shared Premium disk',
      { skuName: PREMIUM, maxShares: 2, cachingMode: AzureDiskCachingMode.READ_ONLY },
      '\'cachingMode\' must be NONE with maxShares above 1 on Premium disks, got "ReadOnly": the cache of one node would not see what another writes, and Azure refuses it; leave it out',
    ],
    [
      'a zone that is chosen before the pod',
      { volumeBindingMode: VolumeBindingMode.IMMEDIATE },
      '\'volumeBindingMode\' must be WAIT_FOR_FIRST_CONSUMER with LRS disks, got "Immediate": such a disk is bound to its zone, and made at once it may be where its pod cannot run; leave it out, or take a ZRS skuName',
    ],
    [
      'operations of a disk whose size decides',
      { diskIopsReadWrite: 500 },
      "'diskIopsReadWrite' must come with skuName PREMIUM_V2_LRS or ULTRA_SSD_LRS, got 500: the driver refuses each claim: of others the size decides; leave it out",
    ],
    [
      'throughput of a disk whose size decides',
      { skuName: PREMIUM, diskMbpsReadWrite: 100 },
      "'diskMbpsReadWrite' must come with skuName PREMIUM_V2_LRS or ULTRA_SSD_LRS, got 100: the driver refuses each claim: of others the size decides; leave it out",
    ],
    [
      'sectors of a disk that has its own',
      { logicalSectorSize: 512 },
      "'logicalSectorSize' must come with skuName PREMIUM_V2_LRS or ULTRA_SSD_LRS, got 512: the driver refuses each claim: of others the size decides; leave it out",
    ],
    [
      'sectors of another size',
      { skuName: PREMIUM_V2, logicalSectorSize: 1024 },
      "'logicalSectorSize' must be 512 or 4096, got 1024: Azure has no other",
    ],
    [
      'no operations',
      { skuName: PREMIUM_V2, diskIopsReadWrite: 0 },
      "'diskIopsReadWrite' must be a whole number at least 1, got 0: the driver or Azure refuses each claim",
    ],
    [
      'no throughput',
      { skuName: PREMIUM_V2, diskMbpsReadWrite: 0.5 },
      "'diskMbpsReadWrite' must be a whole number at least 1, got 0.5: the driver or Azure refuses each claim",
    ],
    [
      'no node',
      { maxShares: 0 },
      "'maxShares' must be a whole number at least 1, got 0: the driver or Azure refuses each claim",
    ],
    [
      'a delay of half a millisecond',
      { attachDiskInitialDelay: Duration.seconds(0.0005) },
      "'attachDiskInitialDelay' must be a whole number at least 0, got 0.5: the driver knows whole milliseconds only",
    ],
    [
      'bursting of another disk',
      { enableBursting: true },
      "'enableBursting' must come with skuName PREMIUM_LRS or PREMIUM_ZRS and without maxShares, got true: no other disk bursts on demand; leave it out",
    ],
    [
      'bursting of a shared disk',
      { skuName: PREMIUM, enableBursting: true, maxShares: 2 },
      "'enableBursting' must come with skuName PREMIUM_LRS or PREMIUM_ZRS and without maxShares, got true: no other disk bursts on demand; leave it out",
    ],
    [
      'performance plus of a disk that sells it',
      { skuName: PREMIUM_V2, enablePerformancePlus: true },
      "'enablePerformancePlus' must be off with PremiumV2 and Ultra disks, got true: their performance is bought by diskIopsReadWrite and diskMbpsReadWrite",
    ],
    [
      'encryption without a key',
      { diskEncryptionType: AzureDiskEncryptionType.CUSTOMER_KEY },
      '\'diskEncryptionType\' must come with diskEncryptionSetId, got "EncryptionAtRestWithCustomerKey": the driver refuses each claim: there is no key to encrypt with; give the set or leave it out',
    ],
    [
      'a disk access that nothing uses',
      { diskAccessId: DISK_ACCESS },
      '\'diskAccessId\' must come with networkAccessPolicy ALLOW_PRIVATE, got "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/diskAccesses/a": the driver refuses each claim, or passes over it; set both or none',
    ],
    [
      'a private policy without a disk access',
      { networkAccessPolicy: AzureDiskNetworkAccessPolicy.ALLOW_PRIVATE },
      '\'networkAccessPolicy\' must come with diskAccessId if it is ALLOW_PRIVATE, got "AllowPrivate": the driver refuses each claim: there is no private endpoint; set both or none',
    ],
    [
      'a subscription without its group',
      { subscriptionId: 's' },
      "'subscriptionId' must come with resourceGroup, got \"s\": the driver refuses each claim: the cluster's group is not in another subscription; name the group",
    ],
    [
      'no zone at all',
      { zones: [] },
      "'zones' must name a zone, got []: no disk could be made anywhere; leave it out for any zone",
    ],
    [
      'a zone without its region',
      { zones: ['1'] },
      "'zones[0]' must be a region and the number of a zone, got \"1\": no node has another label, and the volume could be used nowhere; write it as 'westeurope-1'",
    ],
    [
      'a zone twice',
      { zones: ['westeurope-1', 'westeurope-1'] },
      '\'zones\' must not have two of one name, got "westeurope-1": leave one of them out',
    ],
    [
      'a title for a region',
      { location: 'West Europe' },
      "'location' must be a-z and 0-9 only, got \"West Europe\": it is the region's name, not its title; write it as 'westeurope'",
    ],
    [
      'an encryption set that is none',
      { diskEncryptionSetId: 'my-set' },
      '\'diskEncryptionSetId\' must be the id of one of Microsoft.Compute/diskEncryptionSets, got "my-set": write it as /subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Compute/diskEncryptionSets/<name>',
    ],
    [
      'a disk access that is none',
      { networkAccessPolicy: AzureDiskNetworkAccessPolicy.ALLOW_PRIVATE, diskAccessId: '/subscriptions/s' },
      '\'diskAccessId\' must be the id of one of Microsoft.Compute/diskAccesses, got "/subscriptions/s": write it as /subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.Compute/diskAccesses/<name>',
    ],
    [
      'a tag that would be two',
      { tagValueDelimiter: ';', tags: { a: 'b;c' } },
      "'tags['a']' must not contain tagValueDelimiter ';', got \"b;c\": the driver would take what follows for the next tag; set it to another character",
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
  [AzureDiskPerfProfile, ['none', 'basic']],
  [AzureDiskNetworkAccessPolicy, ['AllowAll', 'DenyAll', 'AllowPrivate']],
  [AzureDiskPublicNetworkAccess, ['Enabled', 'Disabled']],
  [AzureDiskEncryptionType, ['EncryptionAtRestWithCustomerKey', 'EncryptionAtRestWithPlatformAndCustomerKeys']],
  [FsType, ['ext4', 'ext3', 'ext2', 'xfs', 'btrfs', 'ntfs']],
])('an enum has the words of the driver, which reads them by case: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
