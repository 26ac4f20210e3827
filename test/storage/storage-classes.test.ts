import type { Chart } from 'cdk8s';
import {
  AwsEbsStorageClass,
  AzureDiskSku,
  AzureDiskStorageClass,
  AzureFilesStorageClass,
  GcpDiskReplicationType,
  GcpPersistentDiskStorageClass,
  StorageClass,
  StorageMedium,
  VolumeBindingMode,
} from '../../lib';
import type { CommonStorageClassProps, IStorageClass } from '../../lib';
import { find, identities, manifestsOf, newChart, synth } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { schemaErrors } from '../support/strict-schema';

type Props = CommonStorageClassProps & { readonly zones?: string[]; readonly parameters?: { [key: string]: string } };

interface Class {
  readonly type: string;
  readonly make: (chart: Chart, id: string, props?: Props) => IStorageClass;
  readonly provisioner: string;
  readonly medium: StorageMedium;
  /** What a parameter is a prop of. */
  readonly props?: { readonly [parameter: string]: string };
  /** Zones of one region, and one of another. */
  readonly zones?: readonly [string, string, string];
}

const AWS: Class = {
  type: 'AwsEbsStorageClass',
  make: (chart, id, props) => new AwsEbsStorageClass(chart, id, props),
  provisioner: 'ebs.csi.aws.com',
  medium: StorageMedium.DISK,
  props: {
    type: 'type',
    iops: 'iops',
    iopsPerGB: 'iopsPerGb',
    allowAutoIOPSPerGBIncrease: 'allowAutoIopsPerGbIncrease',
    throughput: 'throughput',
    encrypted: 'encrypted',
    kmsKeyId: 'kmsKeyId',
    'csi.storage.k8s.io/fstype': 'fsType',
    fstype: 'fsType',
  },
  zones: ['eu-west-1a', 'eu-west-1b', 'us-east-1a'],
};
const AZURE: Class = {
  type: 'AzureDiskStorageClass',
  make: (chart, id, props) => new AzureDiskStorageClass(chart, id, props),
  provisioner: 'disk.csi.azure.com',
  medium: StorageMedium.DISK,
  props: {
    skuName: 'skuName',
    storageAccountType: 'skuName',
    cachingMode: 'cachingMode',
    fsType: 'fsType',
    'csi.storage.k8s.io/fstype': 'fsType',
    resourceGroup: 'resourceGroup',
    DiskIOPSReadWrite: 'diskIopsReadWrite',
    DiskMBpsReadWrite: 'diskMbpsReadWrite',
    diskEncryptionSetID: 'diskEncryptionSetId',
  },
  zones: ['westeurope-1', 'westeurope-2', 'northeurope-1'],
};
const GCP: Class = {
  type: 'GcpPersistentDiskStorageClass',
  make: (chart, id, props) => new GcpPersistentDiskStorageClass(chart, id, props),
  provisioner: 'pd.csi.storage.gke.io',
  medium: StorageMedium.DISK,
  props: {
    type: 'type',
    'replication-type': 'replicationType',
    'disk-encryption-kms-key': 'diskEncryptionKmsKey',
    'provisioned-iops-on-create': 'provisionedIopsOnCreate',
    'provisioned-throughput-on-create': 'provisionedThroughputOnCreate',
    'csi.storage.k8s.io/fstype': 'fsType',
    fstype: 'fsType',
  },
  zones: ['europe-west1-b', 'europe-west1-c', 'us-east1-b'],
};
const FILES: Class = {
  type: 'AzureFilesStorageClass',
  make: (chart, id, props) => new AzureFilesStorageClass(chart, id, props),
  provisioner: 'file.csi.azure.com',
  medium: StorageMedium.SMB,
  props: {
    protocol: 'protocol',
    skuName: 'skuName',
    storageAccountType: 'skuName',
    storageAccount: 'storageAccount',
    shareName: 'shareName',
  },
};
const OTHER: Class = {
  type: 'StorageClass',
  make: (chart, id, props) => new StorageClass(chart, id, { provisioner: 'smb.csi.k8s.io', ...props }),
  provisioner: 'smb.csi.k8s.io',
  medium: StorageMedium.SMB,
};

const ZONED = [AWS, AZURE, GCP].map((one): [string, Class & Required<Pick<Class, 'zones'>>] => [
  one.type,
  { ...one, zones: one.zones! },
]);
const TYPED = [AWS, AZURE, GCP, FILES].map((one): [string, Class] => [one.type, one]);
const CLASSES: [string, Class][] = [...TYPED, [OTHER.type, OTHER]];

describe.each(CLASSES)('each class: %s', (type, { make, provisioner, medium }) => {
  test('leaves everything to the driver, and keeps the data, unless told otherwise', () => {
    const manifests = synth((chart) => make(chart, 'some'));
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(manifests).toEqual([
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'some' },
        provisioner,
        reclaimPolicy: 'Retain',
        allowVolumeExpansion: true,
        volumeBindingMode: medium === StorageMedium.DISK ? 'WaitForFirstConsumer' : 'Immediate',
      },
    ]);
  });

  test('tells claims what its volumes are', () => {
    const storageClass = make(newChart(), 'some', { name: 'other', allowVolumeExpansion: false });
    expect(storageClass).toMatchObject({ storageClassName: 'other', medium, allowVolumeExpansion: false });
    expect(storageClass.minimumSize).toBeUndefined();
  });

  test('has no namespace, in a chart that has one', () => {
    const chart = newChart({ namespace: 'shop' });
    make(chart, 'some');
    expect(identities(manifestsOf(chart))).toEqual(['StorageClass some']);
  });

  test('refuses a name that the chart has already', () => {
    const chart = newChart();
    make(chart, 'a', { name: 'fast' });
    expectRefused(
      chart,
      () => make(chart, 'b', { name: 'fast' }),
      `${type} 'test/b'`,
      '\'name\' must make a StorageClass that its chart does not have yet, got "fast": ' +
        "'test/a/Resource' is the same object to kubectl, which would keep only one of them; choose another name or namespace",
    );
  });

  test('refuses a mount option that is two', () => {
    expectRefusedAlone(
      (chart) => make(chart, 'x', { mountOptions: ['noatime', 'a,b'] }),
      `${type} 'test/x'`,
      "'mountOptions[1]' must be one option, without blanks and commas, got \"a,b\": no server checks it, and with a wrong one no pod starts; write one each, as ['noatime', 'nconnect=4']",
    );
  });
});

describe.each(TYPED)('each class of a driver: %s', (type, { make, props = {} }) => {
  test('takes free parameters as they are', () => {
    const parameters = { 'New-Parameter': 'Some Value', other: '1' };
    const manifests = synth((chart) => make(chart, 'some', { parameters }));
    expect(find(manifests, 'StorageClass', 'some').parameters).toEqual(parameters);
  });

  // Else the rules of the prop would not see it, and the driver would take one of the two by chance.
  test.each(Object.entries(props).flatMap(([name, prop]) => [name, name.toUpperCase()].map((key) => [key, prop])))(
    'refuses the parameter %s, as there is the prop %s',
    (key, prop) => {
      expectRefusedAlone(
        (chart) => make(chart, 'x', { parameters: { [key]: 'a', other: 'b' } }),
        `${type} 'test/x'`,
        `'parameters['${key}']' must be the prop '${prop}', got "a": ` +
          'a parameter would pass by the rules of the prop, and stand beside it; move it there',
      );
    },
  );

  test('refuses a parameter that is there twice', () => {
    expectRefusedAlone(
      (chart) => make(chart, 'x', { parameters: { 'Some-Name': 'a', 'some-name': 'b' } }),
      `${type} 'test/x'`,
      "'parameters['some-name']' must not be there twice, got \"b\": " +
        'the driver reads names in any case, and takes one of the two by chance; leave one out',
    );
  });
});

const IMMEDIATE = VolumeBindingMode.IMMEDIATE;

describe.each(ZONED)('each class of disks: %s', (type, { make, zones: [zone, near, far] }) => {
  const bindingOf = (props: Props) =>
    find(
      synth((chart) => make(chart, 'some', props)),
      'StorageClass',
      'some',
    ).volumeBindingMode;

  // The volume is made where no pod may be able to run, and stays there.
  test.each([undefined, [zone, near]])('refuses to make a disk before its pod, in one of the zones %j', (zones) => {
    expectRefusedAlone(
      (chart) => make(chart, 'x', { volumeBindingMode: IMMEDIATE, ...(zones && { zones }) }),
      `${type} 'test/x'`,
      '\'volumeBindingMode\' must be WAIT_FOR_FIRST_CONSUMER with disks that are bound to a zone, got "Immediate": ' +
        'a disk that is made before its pod may be where the pod cannot run; leave it out, or name one zone in zones',
    );
  });

  test('makes it at once in the one zone that is named', () => {
    expect(bindingOf({ volumeBindingMode: IMMEDIATE, zones: [zone] })).toBe('Immediate');
  });

  test.each<[string, string[], string]>([
    [
      'no zone at all',
      [],
      "'zones' must name a zone, got []: no disk could be made anywhere; leave it out for any zone",
    ],
    ['a zone twice', [zone, zone], `'zones' must not have two of one name, got "${zone}": leave one of them out`],
    [
      'zones of two regions',
      [zone, far],
      `'zones' must be of one region, got ${JSON.stringify([zone, far])}: the nodes of a cluster are in one region, and a disk of another could be used nowhere; leave the others out`,
    ],
  ])('refuses %s', (_, zones, problem) => {
    expectRefusedAlone((chart) => make(chart, 'x', { zones }), `${type} 'test/x'`, problem);
  });
});

describe('disks of several zones', () => {
  const regional = { replicationType: GcpDiskReplicationType.REGIONAL_PD, volumeBindingMode: IMMEDIATE };

  test('may be made at once where all zones can use them', () => {
    const manifests = synth(
      (chart) =>
        new AzureDiskStorageClass(chart, 'x', { skuName: AzureDiskSku.PREMIUM_ZRS, volumeBindingMode: IMMEDIATE }),
    );
    expect(find(manifests, 'StorageClass', 'x').volumeBindingMode).toBe('Immediate');
  });

  test('may be made at once in the two zones that are named', () => {
    const zones = ['europe-west1-b', 'europe-west1-c'];
    const manifests = synth((chart) => new GcpPersistentDiskStorageClass(chart, 'x', { ...regional, zones }));
    expect(find(manifests, 'StorageClass', 'x').volumeBindingMode).toBe('Immediate');
  });

  test.each([undefined, ['europe-west1-b', 'europe-west1-c', 'europe-west1-d']])(
    'are not made at once in two of the zones %j',
    (zones) => {
      expectRefusedAlone(
        (chart) => new GcpPersistentDiskStorageClass(chart, 'x', { ...regional, ...(zones && { zones }) }),
        "GcpPersistentDiskStorageClass 'test/x'",
        '\'volumeBindingMode\' must be WAIT_FOR_FIRST_CONSUMER with disks that are bound to a zone, got "Immediate": ' +
          'a disk that is made before its pod may be where the pod cannot run; leave it out, or name 2 zones in zones',
      );
    },
  );
});
