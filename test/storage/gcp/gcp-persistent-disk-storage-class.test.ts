import { Size } from 'cdk8s';
import {
  FsType,
  GcpDiskReplicationType,
  GcpPersistentDiskStorageClass,
  GcpPersistentDiskType,
  PersistentVolumeClaim,
  ReclaimPolicy,
  VolumeBindingMode,
} from '../../../lib';
import type { GcpPersistentDiskStorageClassProps } from '../../../lib';
import { find, newChart, synth } from '../../support/manifests';
import { expectRefused, expectRefusedAlone } from '../../support/refused';
import { schemaErrors } from '../../support/strict-schema';

const { REGIONAL_PD } = GcpDiskReplicationType;
const HYPERDISK_HA = GcpPersistentDiskType.HYPERDISK_BALANCED_HIGH_AVAILABILITY;
const { HYPERDISK_BALANCED, HYPERDISK_EXTREME, HYPERDISK_ML, HYPERDISK_THROUGHPUT, PD_BALANCED, PD_EXTREME, PD_SSD } =
  GcpPersistentDiskType;
const keyIn = (location: string) => `projects/p/locations/${location}/keyRings/r/cryptoKeys/k`;

const ALL: Required<GcpPersistentDiskStorageClassProps> = {
  name: 'disks',
  reclaimPolicy: ReclaimPolicy.DELETE,
  allowVolumeExpansion: false,
  volumeBindingMode: VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
  mountOptions: ['noatime'],
  labels: { team: 'a' },
  defaultClass: true,
  type: HYPERDISK_HA,
  replicationType: REGIONAL_PD,
  zones: ['europe-west1-b', 'europe-west1-c'],
  diskEncryptionKmsKey: keyIn('europe-west1'),
  provisionedIopsOnCreate: 5000,
  provisionedThroughputOnCreate: 250,
  fsType: FsType.XFS,
  parameters: { labels: 'team=a', 'availability-class': 'regional-hard-failover' },
};

function render(props: GcpPersistentDiskStorageClassProps) {
  const manifests = synth((chart) => new GcpPersistentDiskStorageClass(chart, 'disks', props));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  return find(manifests, 'StorageClass', 'disks');
}

describe('a class of persistent disks', () => {
  test('takes every prop', () => {
    expect(render(ALL)).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'disks',
        labels: { team: 'a' },
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'pd.csi.storage.gke.io',
      // The driver refuses a key that it does not know, so each is spelled out here.
      parameters: {
        type: 'hyperdisk-balanced-high-availability',
        'replication-type': 'regional-pd',
        'disk-encryption-kms-key': keyIn('europe-west1'),
        'provisioned-iops-on-create': '5000',
        // Without a unit it would be 250 bytes, which the driver rounds up to 1 MiB.
        'provisioned-throughput-on-create': '250Mi',
        'csi.storage.k8s.io/fstype': 'xfs',
        labels: 'team=a',
        'availability-class': 'regional-hard-failover',
      },
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['noatime'],
      allowedTopologies: [
        { matchLabelExpressions: [{ key: 'topology.gke.io/zone', values: ['europe-west1-b', 'europe-west1-c'] }] },
      ],
    });
  });

  test.each<GcpPersistentDiskStorageClassProps>([
    { replicationType: REGIONAL_PD },
    { replicationType: REGIONAL_PD, type: PD_BALANCED },
    { replicationType: REGIONAL_PD, type: PD_SSD, zones: ['us-east1-b', 'us-east1-c', 'us-east1-d'] },
    { replicationType: GcpDiskReplicationType.NONE, type: HYPERDISK_EXTREME },
    { type: HYPERDISK_HA },
    // A key of all regions, and one of several, which no zone tells.
    { diskEncryptionKmsKey: keyIn('global'), zones: ['us-east1-b'] },
    { diskEncryptionKmsKey: keyIn('europe'), zones: ['europe-west1-b'] },
    { diskEncryptionKmsKey: `${keyIn('us-east1')}/cryptoKeyVersions/1` },
    // A zone for machine learning, and one of a cloud of its own.
    { zones: ['us-central1-ai1a'] },
    { zones: ['u-europe-central2-a'] },
  ])('may be %j', (props) => {
    expect(render(props).kind).toBe('StorageClass');
  });

  test.each<[GcpPersistentDiskStorageClassProps, number]>([
    [{ replicationType: REGIONAL_PD }, 200],
    [{ type: PD_EXTREME }, 500],
    [{ type: HYPERDISK_BALANCED }, 4],
    [{ type: HYPERDISK_HA }, 4],
    [{ type: HYPERDISK_EXTREME }, 64],
    [{ type: HYPERDISK_THROUGHPUT }, 2048],
    [{ type: HYPERDISK_ML }, 4],
  ])('refuses claims that Google makes no disk for: %j', (props, gibibytes) => {
    const chart = newChart();
    const storageClass = new GcpPersistentDiskStorageClass(chart, 'disks', props);
    const least = gibibytes === 2048 ? '2Ti' : `${gibibytes}Gi`;
    expectRefused(
      chart,
      () => new PersistentVolumeClaim(chart, 'x', { storageClass, size: Size.gibibytes(gibibytes - 1) }),
      "PersistentVolumeClaim 'test/x'",
      `'size' must be at least ${least} with the class 'disks', got "${gibibytes - 1}Gi": it has no smaller volumes: ` +
        'the driver would silently make one of that size, at its price, or fail; ask for as much',
    );
    new PersistentVolumeClaim(chart, 'x', { storageClass, size: Size.gibibytes(gibibytes) });
  });

  test.each<GcpPersistentDiskStorageClassProps>([{}, { type: PD_SSD, replicationType: REGIONAL_PD }])(
    'makes disks of any size with %j',
    (props) => {
      expect(new GcpPersistentDiskStorageClass(newChart(), 'x', props).minimumSize).toBeUndefined();
    },
  );

  test.each<[string, GcpPersistentDiskStorageClassProps, ...string[]]>([
    ...[PD_EXTREME, HYPERDISK_BALANCED].map((type): [string, GcpPersistentDiskStorageClassProps, string] => [
      `a regional disk of ${type}`,
      { replicationType: REGIONAL_PD, type },
      '\'replicationType\' must be NONE unless type is PD_STANDARD, PD_BALANCED or PD_SSD, got "regional-pd": Google refuses each claim: no other type has a copy in a second zone; take HYPERDISK_BALANCED_HIGH_AVAILABILITY, or leave it out',
    ]),
    [
      'a regional disk of one zone',
      { replicationType: REGIONAL_PD, zones: ['us-east1-b'] },
      '\'zones\' must name at least 2 zones with disks that are in 2, got ["us-east1-b"]: the driver refuses each claim; name another, or leave it out for any',
    ],
    [
      'a Hyperdisk of high availability in one zone',
      { type: HYPERDISK_HA, zones: ['us-east1-b'] },
      '\'zones\' must name at least 2 zones with disks that are in 2, got ["us-east1-b"]: the driver refuses each claim; name another, or leave it out for any',
    ],
    [
      'a key by its name',
      { diskEncryptionKmsKey: 'my-key' },
      '\'diskEncryptionKmsKey\' must be the path of a key, got "my-key": Google refuses each claim; write it as projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>',
    ],
    [
      'a key of another region',
      { diskEncryptionKmsKey: keyIn('us-east1'), zones: ['us-east4-b'] },
      `'diskEncryptionKmsKey' must be of the region of zones, got "${keyIn('us-east1')}": Google refuses each claim: a disk is encrypted with a key of its own region; take a key of that one`,
    ],
    ...[undefined, PD_SSD, HYPERDISK_THROUGHPUT].map((type): [string, GcpPersistentDiskStorageClassProps, string] => [
      `operations of ${type}`,
      { ...(type && { type }), provisionedIopsOnCreate: 5000 },
      "'provisionedIopsOnCreate' must come with type PD_EXTREME, HYPERDISK_EXTREME, HYPERDISK_BALANCED or HYPERDISK_BALANCED_HIGH_AVAILABILITY, got 5000: Google refuses each claim: of others the size decides; leave it out",
    ]),
    ...[undefined, PD_EXTREME, HYPERDISK_EXTREME].map((type): [string, GcpPersistentDiskStorageClassProps, string] => [
      `throughput of ${type}`,
      { ...(type && { type }), provisionedThroughputOnCreate: 250 },
      "'provisionedThroughputOnCreate' must come with type HYPERDISK_THROUGHPUT, HYPERDISK_ML, HYPERDISK_BALANCED or HYPERDISK_BALANCED_HIGH_AVAILABILITY, got 250: Google refuses each claim: of others the size or the operations decide; leave it out",
    ]),
    [
      'no performance',
      { type: HYPERDISK_BALANCED, provisionedIopsOnCreate: 0, provisionedThroughputOnCreate: 0.5 },
      "'provisionedIopsOnCreate' must be a whole number at least 1, got 0: Google refuses each claim",
      "'provisionedThroughputOnCreate' must be a whole number at least 1, got 0.5: Google refuses each claim",
    ],
    [
      'a region for a zone',
      { zones: ['us-east1'] },
      "'zones[0]' must be the name of a zone, got \"us-east1\": no node has another label, and the volume could be used nowhere; write it as 'europe-west1-b'",
    ],
  ])('refuses %s', (_, props, ...problems) => {
    expectRefusedAlone(
      (chart) => new GcpPersistentDiskStorageClass(chart, 'x', props),
      "GcpPersistentDiskStorageClass 'test/x'",
      ...problems,
    );
  });
});

test.each([
  [
    GcpPersistentDiskType,
    [
      ...['pd-standard', 'pd-balanced', 'pd-ssd', 'pd-extreme', 'hyperdisk-balanced'],
      'hyperdisk-balanced-high-availability',
      ...['hyperdisk-extreme', 'hyperdisk-throughput', 'hyperdisk-ml'],
    ],
  ],
  [GcpDiskReplicationType, ['none', 'regional-pd']],
])('an enum has the words of the driver: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
