import type { Duration } from 'cdk8s';
import type { IArkBackupLocation } from './ark-backup-location';
import type { ArkBackupHook } from './ark-hook';
import type { ArkResourceFilter } from './ark-resource-filter';
import type { IArkVolumeSnapshotLocation } from './ark-volume-snapshot-location';

/**
 * What a backup takes along: common to `ArkBackup` and `ArkSchedule`.
 */
export interface ArkBackupOptions extends ArkResourceFilter {
  /**
   * Whether snapshots are taken of volumes that are not copied file by file. There is no default: without snapshots, and without
   * `ArkPodVolumes`, **a backup holds the claims and none of their data**, and is complete.
   */
  readonly snapshotVolumes: boolean;

  /**
   * Where the snapshots are kept.
   *
   * @default - the only one of the server
   */
  readonly volumeSnapshotLocation?: IArkVolumeSnapshotLocation;

  /**
   * Where the backup is kept.
   *
   * @default - the default location of the server, which this app must make
   */
  readonly storageLocation?: IArkBackupLocation;

  /**
   * How long the backup is kept; then **the server deletes it, with its snapshots**. It is always written: of a manifest without it Ark
   * would keep the backup for ever.
   *
   * @default Duration.days(30)
   */
  readonly ttl?: Duration;

  /**
   * Commands in pods, before and after their volumes are copied, see `ArkDatabaseHook`.
   *
   * @default - none
   */
  readonly hooks?: ArkBackupHook[];

  /**
   * Whether all volumes of pods are copied file by file, but those that `ArkPodVolumes` excludes. **The data folder of a running database
   * is no use when it is copied so.** Velero only.
   *
   * @default false - those that `ArkPodVolumes` names
   */
  readonly defaultVolumesToFsBackup?: boolean;

  /**
   * Whether snapshots are moved to the backup location, where they outlive their region. Velero only, with `csiSnapshots` and a node agent.
   *
   * @default false
   */
  readonly snapshotMoveData?: boolean;

  /**
   * How long the driver may take for a snapshot. Velero only.
   *
   * @default - 10 minutes
   */
  readonly csiSnapshotTimeout?: Duration;

  /**
   * How long what goes on beside the backup, such as moving a snapshot, may take. Velero only.
   *
   * @default - 4 hours
   */
  readonly itemOperationTimeout?: Duration;

  /**
   * Objects of a resource, as `namespace/name`, in the order in which they are backed up. Velero only.
   *
   * @default - none
   */
  readonly orderedResources?: { [resource: string]: string[] };

  /**
   * Name of a ConfigMap in the server's namespace with rules of how each volume is backed up. Velero only.
   *
   * @default - none
   * @see https://velero.io/docs/v1.18/resource-filtering/#resource-policies
   */
  readonly resourcePolicy?: string;

  /**
   * How many files are copied at a time. Velero only.
   *
   * @default - the number of CPUs of the node
   */
  readonly parallelFilesUpload?: number;
}
