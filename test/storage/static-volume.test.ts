import { Size } from 'cdk8s';
import {
  AccessMode,
  AwsEbsProvisioner,
  AzureFilesProtocol,
  PersistentVolumeClaim,
  StaticVolume,
  VolumeSource,
} from '../../lib';
import type { StaticVolumeProps } from '../../lib';
import { find, identities, manifestsOf, newChart, synth } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { schemaErrors } from '../support/strict-schema';

const DISK_URI = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/d';
const EBS = VolumeSource.ebs({ volumeId: 'vol-049df61146c4d7901' });
const AZURE_DISK = VolumeSource.azureDisk({ diskUri: DISK_URI });
const PERSISTENT_DISK = VolumeSource.gcpPersistentDisk({ project: 'p', zones: ['europe-west1-b'], diskName: 'd' });
const REGIONAL_DISK = VolumeSource.gcpPersistentDisk({
  project: 'p',
  zones: ['europe-west1-b', 'europe-west1-c'],
  diskName: 'd',
});
const EXPORT = VolumeSource.nfs({ server: '192.168.0.55', path: '/exports/assets' });
const SHARE = VolumeSource.azureFiles({
  resourceGroup: 'files',
  storageAccount: 'tomaskubefiles',
  shareName: 'share',
  protocol: AzureFilesProtocol.NFS,
});
const size = Size.gibibytes(1);

function render(props: Partial<StaticVolumeProps>) {
  const manifests = synth((chart) => new StaticVolume(chart, 'data', { source: EXPORT, size, ...props }));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  return { manifests, volume: find(manifests, 'PersistentVolume', 'data').spec };
}

describe('a volume that exists already', () => {
  test('and its claim name each other, without any class, and outlive each other', () => {
    expect(render({}).manifests).toEqual([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'data' },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany'],
          persistentVolumeReclaimPolicy: 'Retain',
          // Left out, the default class would be filled into the claim, and the two would never be bound.
          storageClassName: '',
          claimRef: { namespace: 'default', name: 'data' },
          nfs: { server: '192.168.0.55', path: '/exports/assets' },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { namespace: 'default', name: 'data' },
        spec: {
          accessModes: ['ReadWriteMany'],
          storageClassName: '',
          volumeName: 'data',
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ]);
  });

  test('takes every prop', () => {
    const props: Required<StaticVolumeProps> = {
      name: 'claim',
      volumeName: 'volume',
      namespace: 'shop',
      labels: { tier: 'db' },
      source: AZURE_DISK,
      size: Size.gibibytes(32),
      accessMode: AccessMode.READ_WRITE_ONCE_POD,
      zone: 'westeurope-1',
      mountOptions: ['noatime'],
    };
    const manifests = synth((chart) => new StaticVolume(chart, 'x', props), { namespace: 'other' });
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    const volume = find(manifests, 'PersistentVolume', 'volume');
    expect(volume.metadata).toEqual({ name: 'volume', labels: { tier: 'db' } });
    expect(volume.spec).toEqual({
      capacity: { storage: '32Gi' },
      accessModes: ['ReadWriteOncePod'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
      claimRef: { namespace: 'shop', name: 'claim' },
      mountOptions: ['noatime'],
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [{ key: 'topology.disk.csi.azure.com/zone', operator: 'In', values: ['westeurope-1'] }],
            },
          ],
        },
      },
      csi: { driver: 'disk.csi.azure.com', volumeHandle: DISK_URI, fsType: 'ext4' },
    });
    const claim = find(manifests, 'PersistentVolumeClaim', 'claim');
    expect(claim.metadata).toEqual({ name: 'claim', namespace: 'shop', labels: { tier: 'db' } });
    expect(claim.spec.volumeName).toBe('volume');
  });

  test('is in no namespace, and its claim in that of the chart', () => {
    const chart = newChart({ namespace: 'shop' });
    const volume = new StaticVolume(chart, 'data', { source: EXPORT, size });
    expect(identities(manifestsOf(chart))).toEqual(['PersistentVolume data', 'PersistentVolumeClaim shop/data']);
    expect(volume).toMatchObject({ claimName: 'data', volumeName: 'data', namespace: 'shop' });
    expect(volume.apiObject.kind).toBe('PersistentVolumeClaim');
    expect(volume.persistentVolume.kind).toBe('PersistentVolume');
  });

  test.each([
    [EXPORT, 'ReadWriteMany'],
    [SHARE, 'ReadWriteMany'],
    [EBS, 'ReadWriteOnce'],
    [VolumeSource.csi({ driver: 'example.com', volumeHandle: 'v' }), 'ReadWriteOnce'],
  ])('is for as many nodes as its medium allows', (source, mode) => {
    expect(render({ source }).volume.accessModes).toEqual([mode]);
  });

  test('of EBS knows its zone by the label of its driver', () => {
    const { nodeSelectorTerms } = render({ source: EBS, zone: 'eu-west-1a' }).volume.nodeAffinity.required;
    expect(nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'topology.ebs.csi.aws.com/zone', operator: 'In', values: ['eu-west-1a'] }] },
    ]);
  });

  // Else pods are sent where the disk cannot follow, and never start.
  test.each<[VolumeSource, string | undefined, string[]]>([
    [PERSISTENT_DISK, undefined, ['europe-west1-b']],
    [PERSISTENT_DISK, 'europe-west1-b', ['europe-west1-b']],
    [REGIONAL_DISK, undefined, ['europe-west1-b', 'europe-west1-c']],
    [REGIONAL_DISK, 'europe-west1-c', ['europe-west1-c']],
    [
      VolumeSource.csi({ driver: 'pd.csi.storage.gke.io', volumeHandle: 'projects/p/zones/us-east1-b/disks/d' }),
      undefined,
      ['us-east1-b'],
    ],
  ])('of a persistent disk is in the zones that its source names: %#', (source, zone, values) => {
    const { nodeSelectorTerms } = render({ source, ...(zone && { zone }) }).volume.nodeAffinity.required;
    expect(nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'topology.gke.io/zone', operator: 'In', values }] },
    ]);
  });

  test('of a regional disk by its handle is in no zone that is known', () => {
    const volumeHandle = 'projects/p/regions/us-east1/disks/d';
    const source = VolumeSource.csi({ driver: 'pd.csi.storage.gke.io', volumeHandle });
    expect(render({ source }).volume.nodeAffinity).toBeUndefined();
  });

  // Other nodes cannot mount it, and these no volume of the other driver.
  test('of EKS Auto Mode is on nodes of Auto Mode alone', () => {
    const source = VolumeSource.ebs({ volumeId: 'vol-0123abcd', driver: AwsEbsProvisioner.EKS_AUTO_MODE });
    const auto = { key: 'eks.amazonaws.com/compute-type', operator: 'In', values: ['auto'] };
    const zone = { key: 'topology.ebs.csi.eks.amazonaws.com/zone', operator: 'In', values: ['eu-west-1a'] };
    const termsOf = (props: Partial<StaticVolumeProps>) =>
      render({ source, ...props }).volume.nodeAffinity.required.nodeSelectorTerms;
    expect(termsOf({})).toEqual([{ matchExpressions: [auto] }]);
    expect(termsOf({ zone: 'eu-west-1a' })).toEqual([{ matchExpressions: [zone, auto] }]);
  });

  test.each<[string, Partial<StaticVolumeProps>, ...string[]]>([
    [
      'a name that a claim cannot have',
      { name: 'Data', volumeName: 'data' },
      "'name' must be a DNS subdomain of at most 253 characters, got \"Data\": use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    ],
    [
      'a name that a volume cannot have',
      { volumeName: 'a_b' },
      "'volumeName' must be a DNS subdomain of at most 253 characters, got \"a_b\": use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    ],
    [
      'a namespace that cannot be',
      { namespace: 'a.b' },
      "'namespace' must be a DNS label of at most 63 characters, got \"a.b\": use a-z, 0-9 and '-', beginning and ending with a letter or digit",
    ],
    [
      'a label that cannot be',
      { labels: { a: '-' } },
      "'labels['a']' must be a label value of at most 63 characters, got \"-\": use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
    ],
    [
      'no size',
      { size: Size.gibibytes(0) },
      '\'size\' must be a whole number of KiB above 0, got "0Gi": write it as Size.gibibytes(32)',
    ],
    [
      'many nodes on a disk',
      { source: EBS, accessMode: AccessMode.READ_WRITE_MANY },
      '\'accessMode\' must be READ_WRITE_ONCE or READ_WRITE_ONCE_POD on a disk, got "ReadWriteMany": one node at a time can attach it, and claim or pod would wait for ever; for many nodes take a share, e.g. over NFS',
    ],
    [
      'many readers on a disk',
      { source: AZURE_DISK, accessMode: AccessMode.READ_ONLY_MANY },
      '\'accessMode\' must be READ_WRITE_ONCE or READ_WRITE_ONCE_POD on a disk, got "ReadOnlyMany": one node at a time can attach it, and claim or pod would wait for ever; for many nodes take a share, e.g. over NFS',
    ],
    [
      'one pod without a driver that keeps others off',
      { accessMode: AccessMode.READ_WRITE_ONCE_POD },
      '\'accessMode\' must not be READ_WRITE_ONCE_POD without a CSI driver, got "ReadWriteOncePod": Kubernetes keeps other pods off a volume of CSI drivers only; take READ_WRITE_ONCE',
    ],
    [
      'a mount option that is two',
      { mountOptions: ['a b'] },
      "'mountOptions[0]' must be one option, without blanks and commas, got \"a b\": no server checks it, and with a wrong one no pod starts; write one each, as ['noatime', 'nconnect=4']",
    ],
    [
      'a mount option that the driver of NFS shares sets',
      { source: SHARE, mountOptions: ['vers=4'] },
      '\'mountOptions[0]\' must not be one that the driver sets itself, got "vers=4": it mounts with vers=4,minorversion=1,sec=sys, and no pod starts with a second; leave it out',
    ],
    [
      'a zone of a share',
      { zone: 'westeurope-1' },
      "'zone' must be left out where the node label of the driver is not known, got \"westeurope-1\": shares need no zone; for other volumes write nodeAffinity into 'persistentVolume'",
    ],
    [
      'the id of a zone, which nodes are not labeled with',
      { source: EBS, zone: 'euw1-az1' },
      "'zone' must be the name of a zone, got \"euw1-az1\": no node has another label, and the volume could be used nowhere; write it as 'eu-west-1a'",
    ],
    [
      'a zone that the disk is not in',
      { source: REGIONAL_DISK, zone: 'europe-west1-d' },
      '\'zone\' must be one of the source, got "europe-west1-d": the disk is in europe-west1-b, europe-west1-c; leave it out',
    ],
    [
      'a zone without its region',
      { source: AZURE_DISK, zone: '1' },
      "'zone' must be a region and the number of a zone, got \"1\": no node has another label, and the volume could be used nowhere; write it as 'westeurope-1'",
    ],
  ])('refuses %s', (_, props, ...problems) => {
    expectRefusedAlone(
      (chart) => new StaticVolume(chart, 'x', { source: EXPORT, size, ...props }),
      "StaticVolume 'test/x'",
      ...problems,
    );
  });

  test('refuses a claim that the chart has already', () => {
    const chart = newChart({ namespace: 'shop' });
    new PersistentVolumeClaim(chart, 'data', { size });
    expectRefused(
      chart,
      () => new StaticVolume(chart, 'x', { name: 'data', source: EXPORT, size }),
      "StaticVolume 'test/x'",
      '\'name\' must make a PersistentVolumeClaim that its chart does not have yet, got "data": ' +
        "'test/data/Resource' is the same object to kubectl, which would keep only one of them; choose another name or namespace",
    );
  });

  test('refuses a volume that the chart has already, whatever the namespaces', () => {
    const chart = newChart();
    new StaticVolume(chart, 'data', { namespace: 'a', source: EXPORT, size });
    expectRefused(
      chart,
      () => new StaticVolume(chart, 'x', { name: 'data', namespace: 'b', source: EXPORT, size }),
      "StaticVolume 'test/x'",
      '\'volumeName\' must make a PersistentVolume that its chart does not have yet, got "data": ' +
        "'test/data/Volume' is the same object to kubectl, which would keep only one of them; choose another name or namespace",
    );
  });
});
