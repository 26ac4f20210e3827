import * as ark from '../../imports/ark.heptio.com';
import type { ArkBackupOptions } from './ark-backup-options';
import { TTL } from './backup-rules';
import type { Emitter } from './emitter';
import { goDuration } from './go-duration';
import { hooksSpec, strings } from './spec-parts';

/** Writes objects of `ark.heptio.com`. */
export const arkEmitter: Emitter = {
  backupLocationType: ark.BackupStorageLocation.GVK,
  snapshotLocationType: ark.VolumeSnapshotLocation.GVK,
  backupType: ark.Backup.GVK,
  scheduleType: ark.Schedule.GVK,
  restoreType: ark.Restore.GVK,

  backupLocation: (scope, metadata, props) =>
    new ark.BackupStorageLocation(scope, 'Resource', {
      metadata,
      spec: {
        provider: props.store._parts.provider,
        objectStorage: { bucket: props.store._parts.bucket, prefix: props.prefix },
        config: strings(props.store._parts.config(props.server)),
      },
    }),

  snapshotLocation: (scope, metadata, props) =>
    new ark.VolumeSnapshotLocation(scope, 'Resource', {
      metadata,
      spec: {
        provider: props.snapshotter._parts.provider,
        config: strings(props.snapshotter._parts.config),
      },
    }),

  backup: (scope, metadata, props) => new ark.Backup(scope, 'Resource', { metadata, spec: backupSpec(props) }),

  schedule: (scope, metadata, props) =>
    new ark.Schedule(scope, 'Resource', {
      metadata,
      spec: {
        schedule: props.schedule.expressionString,
        template: {
          ...(backupSpec(props) as ark.ScheduleSpecTemplate),
          hooks: hooksSpec(
            props.hooks,
            ark.ScheduleSpecTemplateHooksResourcesPreExecOnError,
            ark.ScheduleSpecTemplateHooksResourcesPostExecOnError,
          ) as ark.ScheduleSpecTemplateHooks,
        },
      },
    }),

  restore: (scope, metadata, props) =>
    new ark.Restore(scope, 'Resource', {
      metadata,
      spec: {
        backupName: props.backup?.backupName,
        scheduleName: props.schedule?.scheduleName,
        includedNamespaces: props.includedNamespaces,
        excludedNamespaces: props.excludedNamespaces,
        includedResources: props.includedResources,
        excludedResources: props.excludedResources,
        namespaceMapping: props.namespaceMapping,
        labelSelector: props.labelSelector as ark.RestoreSpecLabelSelector,
        restorePVs: props.restorePVs,
        includeClusterResources: props.includeClusterResources,
      },
    }),
};

function backupSpec(options: ArkBackupOptions): ark.BackupSpec {
  return {
    includedNamespaces: options.includedNamespaces,
    excludedNamespaces: options.excludedNamespaces,
    includedResources: options.includedResources,
    excludedResources: options.excludedResources,
    labelSelector: options.labelSelector as ark.BackupSpecLabelSelector,
    includeClusterResources: options.includeClusterResources,
    snapshotVolumes: options.snapshotVolumes,
    storageLocation: options.storageLocation?.locationName,
    volumeSnapshotLocations: options.volumeSnapshotLocation && [options.volumeSnapshotLocation.locationName],
    ttl: goDuration(options.ttl ?? TTL),
    hooks: hooksSpec(
      options.hooks,
      ark.BackupSpecHooksResourcesPreExecOnError,
      ark.BackupSpecHooksResourcesPostExecOnError,
    ) as ark.BackupSpecHooks,
  };
}
