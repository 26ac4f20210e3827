import * as velero from '../../imports/velero.io';
import { ArkAccessMode } from './ark-access-mode';
import type { ArkBackupOptions } from './ark-backup-options';
import { EXEC_TIMEOUT } from './ark-hook';
import type { ArkRestoreProps } from './ark-restore';
import { TTL } from './backup-rules';
import type { Emitter } from './emitter';
import { goDuration } from './go-duration';
import { given, hooksSpec, onErrorOf, strings } from './spec-parts';

/** Writes objects of `velero.io`. */
export const veleroEmitter: Emitter = {
  backupLocationType: velero.BackupStorageLocation.GVK,
  snapshotLocationType: velero.VolumeSnapshotLocation.GVK,
  backupType: velero.Backup.GVK,
  scheduleType: velero.Schedule.GVK,
  restoreType: velero.Restore.GVK,

  backupLocation: (scope, metadata, props) =>
    new velero.BackupStorageLocation(scope, 'Resource', {
      metadata,
      spec: {
        provider: providerOf(props.store._parts),
        objectStorage: {
          bucket: props.store._parts.bucket,
          prefix: props.prefix,
          caCert: encoded(props.store._parts.caCert),
        },
        default: props.isDefault ? true : undefined,
        accessMode: props.accessMode && ACCESS_MODES[props.accessMode],
        credential: props.credential && { name: props.credential.secret.name, key: props.credential.key },
        backupSyncPeriod: props.backupSyncPeriod && goDuration(props.backupSyncPeriod),
        validationFrequency: props.validationFrequency && goDuration(props.validationFrequency),
        config: strings(props.store._parts.config(props.server)),
      },
    }),

  snapshotLocation: (scope, metadata, props) =>
    new velero.VolumeSnapshotLocation(scope, 'Resource', {
      metadata,
      spec: {
        provider: providerOf(props.snapshotter._parts),
        credential: props.credential && { name: props.credential.secret.name, key: props.credential.key },
        config: strings(props.snapshotter._parts.config),
      },
    }),

  backup: (scope, metadata, props) => new velero.Backup(scope, 'Resource', { metadata, spec: backupSpec(props) }),

  schedule: (scope, metadata, props) =>
    new velero.Schedule(scope, 'Resource', {
      metadata,
      spec: {
        schedule: props.schedule.expressionString,
        paused: props.paused,
        skipImmediately: props.skipImmediately,
        template: {
          ...backupSpec(props),
          hooks: hooksSpec(
            props.hooks,
            velero.ScheduleSpecTemplateHooksResourcesPreExecOnError,
            velero.ScheduleSpecTemplateHooksResourcesPostExecOnError,
          ),
        },
      },
    }),

  restore: (scope, metadata, props) =>
    new velero.Restore(scope, 'Resource', {
      metadata,
      spec: {
        backupName: props.backup?.backupName,
        scheduleName: props.schedule?.scheduleName,
        includedNamespaces: props.includedNamespaces,
        excludedNamespaces: props.excludedNamespaces,
        includedResources: props.includedResources,
        excludedResources: props.excludedResources,
        namespaceMapping: props.namespaceMapping,
        labelSelector: props.labelSelector,
        orLabelSelectors: props.orLabelSelectors,
        restorePVs: props.restorePVs,
        includeClusterResources: props.includeClusterResources,
        existingResourcePolicy: props.existingResourcePolicy,
        hooks: restoreHooks(props),
        preserveNodePorts: props.preserveNodePorts,
        restoreStatus: props.restoreStatus && { includedResources: props.restoreStatus },
        itemOperationTimeout: props.itemOperationTimeout && goDuration(props.itemOperationTimeout),
        resourceModifier: configMap(props.resourceModifier),
        uploaderConfig: given({
          parallelFilesDownload: props.parallelFilesDownload,
          writeSparseFiles: props.writeSparseFiles,
        }),
      },
    }),
};

/** Its own plugins are called as Ark called what it had built in, after its group. */
function providerOf({ provider }: { readonly provider: string }): string {
  return provider.includes('/') ? provider : `velero.io/${provider}`;
}

/** As bytes stand in an object. */
function encoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString('base64');
}

const ACCESS_MODES = {
  [ArkAccessMode.READ_ONLY]: velero.BackupStorageLocationSpecAccessMode.READ_ONLY,
  [ArkAccessMode.READ_WRITE]: velero.BackupStorageLocationSpecAccessMode.READ_WRITE,
};

function backupSpec(options: ArkBackupOptions): velero.BackupSpec {
  return {
    includedNamespaces: options.includedNamespaces,
    excludedNamespaces: options.excludedNamespaces,
    includedResources: options.includedResources,
    excludedResources: options.excludedResources,
    includedClusterScopedResources: options.includedClusterScopedResources,
    excludedClusterScopedResources: options.excludedClusterScopedResources,
    includedNamespaceScopedResources: options.includedNamespaceScopedResources,
    excludedNamespaceScopedResources: options.excludedNamespaceScopedResources,
    labelSelector: options.labelSelector,
    orLabelSelectors: options.orLabelSelectors,
    includeClusterResources: options.includeClusterResources,
    snapshotVolumes: options.snapshotVolumes,
    snapshotMoveData: options.snapshotMoveData,
    defaultVolumesToFsBackup: options.defaultVolumesToFsBackup,
    storageLocation: options.storageLocation?.locationName,
    volumeSnapshotLocations: options.volumeSnapshotLocation && [options.volumeSnapshotLocation.locationName],
    ttl: goDuration(options.ttl ?? TTL),
    csiSnapshotTimeout: options.csiSnapshotTimeout && goDuration(options.csiSnapshotTimeout),
    itemOperationTimeout: options.itemOperationTimeout && goDuration(options.itemOperationTimeout),
    orderedResources:
      options.orderedResources &&
      Object.fromEntries(
        Object.entries(options.orderedResources).map(([resource, names]) => [resource, names.join(',')]),
      ),
    resourcePolicy: configMap(options.resourcePolicy),
    uploaderConfig: given({ parallelFilesUpload: options.parallelFilesUpload }),
    hooks: hooksSpec(
      options.hooks,
      velero.BackupSpecHooksResourcesPreExecOnError,
      velero.BackupSpecHooksResourcesPostExecOnError,
    ),
  };
}

/** The server looks for a hook's namespace among those that it has restored into. */
function restoreHooks({ hooks = [], namespaceMapping = {} }: ArkRestoreProps): velero.RestoreSpecHooks | undefined {
  if (hooks.length === 0) return undefined;
  return {
    resources: hooks.map((hook) => ({
      name: hook.name,
      includedNamespaces: hook.includedNamespaces?.map((name) => namespaceMapping[name] ?? name),
      includedResources: ['pods'],
      labelSelector: hook.labelSelector,
      postHooks: hook.exec.map((exec) => ({
        exec: {
          container: exec.container,
          command: exec.command,
          onError: onErrorOf(exec.onError, velero.RestoreSpecHooksResourcesPostHooksExecOnError),
          execTimeout: goDuration(exec.execTimeout ?? EXEC_TIMEOUT),
          waitTimeout: exec.waitTimeout && goDuration(exec.waitTimeout),
          waitForReady: exec.waitForReady,
        },
      })),
    })),
  };
}

/** The one kind of object that rules may stand in. */
function configMap(name: string | undefined): { kind: string; name: string } | undefined {
  return name === undefined ? undefined : { kind: 'ConfigMap', name };
}
