import { ArkProfile, ArkVolumeSnapshotter } from '../../../lib';
import type { ArkAwsVolumeSnapshotterOptions } from '../../../lib';
import { expectSnapshotterRefused, serverOf, snapshotSpec, unknownTo, VELERO } from '../../support/ark';

const ALL: Required<ArkAwsVolumeSnapshotterOptions> = {
  region: 'eu-central-1',
  profile: 'backups',
  ebsKmsKeyId: 'alias/velero',
};
const { ebsKmsKeyId: _, ...OLDER } = ALL;

test('snapshots of EBS have all that can be said', () => {
  const provider = 'velero.io/aws';
  expect(snapshotSpec(ArkVolumeSnapshotter.aws(ALL))).toEqual({ provider, config: ALL });
  expect(snapshotSpec(ArkVolumeSnapshotter.aws(OLDER), ArkProfile.VELERO_1_16)).toEqual({ provider, config: OLDER });
});

test('have of Ark their region', () => {
  const { region } = ALL;
  const spec = snapshotSpec(ArkVolumeSnapshotter.aws({ region }), ArkProfile.ARK_0_10);
  expect(spec).toEqual({ provider: 'aws', config: { region } });
});

test.each(['us-gov-west-1', 'cn-north-1', 'ap-southeast-12', 'us-iso-east-1'])('lie in %s', (region) => {
  expect(snapshotSpec(ArkVolumeSnapshotter.aws({ region }))).toHaveProperty('config.region', region);
});

// The plugin looks at it when the first snapshot is taken.
test.each(['', 'eu-central-1a', 'EU-CENTRAL-1', 'Frankfurt'])('are refused in %j', (region) => {
  expectSnapshotterRefused(
    ArkVolumeSnapshotter.aws({ region, ebsKmsKeyId: '' }),
    serverOf(),
    `'snapshotter.region' must be a region of AWS, got ${JSON.stringify(region)}: a zone is none; write it as 'eu-central-1'`,
    '\'snapshotter.ebsKmsKeyId\' must name a key, got "": restored volumes would be encrypted as the snapshot is; leave it out for that',
  );
});

test('are refused what their server does not know', () => {
  const { ARK_0_10, VELERO_1_16, VELERO_1_18 } = ArkProfile;
  const key = (profile: ArkProfile) => unknownTo(profile, 'snapshotter.ebsKmsKeyId', '"alias/velero"', VELERO_1_18);
  const snapshotter = ArkVolumeSnapshotter.aws(ALL);
  expectSnapshotterRefused(snapshotter, serverOf(VELERO_1_16), key(VELERO_1_16));
  const profile = unknownTo(ARK_0_10, 'snapshotter.profile', '"backups"', ...VELERO);
  expectSnapshotterRefused(snapshotter, serverOf(ARK_0_10), profile, key(ARK_0_10));
});
