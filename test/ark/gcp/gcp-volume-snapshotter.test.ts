import { ArkGcpSnapshotType, ArkProfile, ArkVolumeSnapshotter } from '../../../lib';
import type { ArkGcpVolumeSnapshotterOptions } from '../../../lib';
import { expectSnapshotterRefused, serverOf, snapshotSpec, unknownTo, VELERO } from '../../support/ark';

const ALL: Required<ArkGcpVolumeSnapshotterOptions> = {
  snapshotLocation: 'europe-west1',
  project: 'backups',
  volumeProject: 'shop',
  snapshotType: ArkGcpSnapshotType.ARCHIVE,
};

test.each(VELERO)('snapshots of Google Cloud have all that can be said to %s', (profile) => {
  expect(snapshotSpec(ArkVolumeSnapshotter.gcp(ALL), profile)).toEqual({ provider: 'velero.io/gcp', config: ALL });
});

test('have nothing of Ark but their provider', () => {
  expect(snapshotSpec(ArkVolumeSnapshotter.gcp(), ArkProfile.ARK_0_10)).toEqual({ provider: 'gcp' });
});

test.each(['eu', 'asia', 'us-central1', 'northamerica-northeast1'])('lie in %s', (snapshotLocation) => {
  const spec = snapshotSpec(ArkVolumeSnapshotter.gcp({ snapshotLocation }));
  expect(spec).toHaveProperty('config', { snapshotLocation });
});

test.each(['europe-west1-b', '', 'EU'])('are refused in %j', (snapshotLocation) => {
  expectSnapshotterRefused(
    ArkVolumeSnapshotter.gcp({ snapshotLocation }),
    serverOf(),
    `'snapshotter.snapshotLocation' must be a region, or several, got "${snapshotLocation}": a zone keeps none, and the first backup would ` +
      "find out; write it as 'europe-west1'",
  );
});

test('are refused by Ark with what came with Velero', () => {
  expectSnapshotterRefused(
    ArkVolumeSnapshotter.gcp(ALL),
    serverOf(ArkProfile.ARK_0_10),
    ...Object.entries(ALL).map(([option, value]) =>
      unknownTo(ArkProfile.ARK_0_10, `snapshotter.${option}`, `"${value}"`, ...VELERO),
    ),
  );
});
