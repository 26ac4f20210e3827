import type { ApiObject, ApiObjectMetadata, GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ArkBackupLocationProps } from './ark-backup-location';
import type { ArkBackupOptions } from './ark-backup-options';
import { arkEmitter } from './ark-emitter';
import { ArkProfile } from './ark-profile';
import type { ArkRestoreProps } from './ark-restore';
import type { ArkScheduleProps } from './ark-schedule';
import type { ArkVolumeSnapshotLocationProps } from './ark-volume-snapshot-location';
import { veleroEmitter } from './velero-emitter';

type Emit<Props> = (scope: Construct, metadata: ApiObjectMetadata, props: Props) => ApiObject;

/** Writes the objects of one API group; what its server does not know was refused before. */
export interface Emitter {
  readonly backupLocationType: GroupVersionKind;
  readonly snapshotLocationType: GroupVersionKind;
  readonly backupType: GroupVersionKind;
  readonly scheduleType: GroupVersionKind;
  readonly restoreType: GroupVersionKind;
  readonly backupLocation: Emit<ArkBackupLocationProps>;
  readonly snapshotLocation: Emit<ArkVolumeSnapshotLocationProps>;
  readonly backup: Emit<ArkBackupOptions>;
  readonly schedule: Emit<ArkScheduleProps>;
  readonly restore: Emit<ArkRestoreProps>;
}

export function emitterOf(profile: ArkProfile): Emitter {
  return profile === ArkProfile.ARK_0_10 ? arkEmitter : veleroEmitter;
}
