import type { SnapshotterParts } from '../cloud-parts';
import { checkSupported, VELERO_PROFILES } from '../profile-facts';

/**
 * How a snapshot of Google Cloud is kept.
 */
export enum ArkGcpSnapshotType {
  /** To be restored fast. */
  STANDARD = 'STANDARD',

  /** Cheaper, and billed for 90 days at least. */
  ARCHIVE = 'ARCHIVE',
}

/**
 * Options of `ArkVolumeSnapshotter.gcp`. All are Velero's only: Ark has none.
 */
export interface ArkGcpVolumeSnapshotterOptions {
  /**
   * Where snapshots are kept: a region, e.g. `europe-west1`, or several, e.g. `eu`.
   *
   * @default - the project's default: the regions that are nearest to the disk
   */
  readonly snapshotLocation?: string;

  /**
   * The project that snapshots lie in, where a restore looks for those of another one.
   *
   * @default - `volumeProject`
   */
  readonly project?: string;

  /**
   * The project of the disks.
   *
   * @default - that of the credentials
   */
  readonly volumeProject?: string;

  /**
   * How snapshots are kept.
   *
   * @default ArkGcpSnapshotType.STANDARD
   */
  readonly snapshotType?: ArkGcpSnapshotType;
}

export function gcpVolumeSnapshotter(options: ArkGcpVolumeSnapshotterOptions): SnapshotterParts {
  const { snapshotLocation, project, volumeProject, snapshotType } = options;
  return {
    provider: 'gcp',
    config: { snapshotLocation, project, volumeProject, snapshotType },
    check: (problems, server) => {
      checkSupported(problems, server.profile, VELERO_PROFILES, {
        'snapshotter.snapshotLocation': snapshotLocation,
        'snapshotter.project': project,
        'snapshotter.volumeProject': volumeProject,
        'snapshotter.snapshotType': snapshotType,
      });
      if (snapshotLocation !== undefined && !/^[a-z]+(-[a-z]+\d+)?$/.test(snapshotLocation)) {
        const wayOut = "a zone keeps none, and the first backup would find out; write it as 'europe-west1'";
        problems.add('snapshotter.snapshotLocation', 'must be a region, or several', snapshotLocation, wayOut);
      }
    },
  };
}
