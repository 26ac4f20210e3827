import type { Manifest } from './manifests';

/*
 * Objects as Ark 0.10 itself writes them, which no schema may refuse or cut: its Go types leave few fields out, so that what was
 * not given is "", 0, "0s" or null.
 */

interface ArkObject extends Manifest {
  readonly spec: object;
  readonly status: object;
}

function ark(kind: string, spec: object, status: object): ArkObject {
  return { apiVersion: 'ark.heptio.com/v1', kind, metadata: { name: `of-ark-${kind.toLowerCase()}` }, spec, status };
}

const noFilters = {
  includedNamespaces: null,
  excludedNamespaces: null,
  includedResources: null,
  excludedResources: null,
};
const filters = {
  includedNamespaces: ['wp'],
  excludedNamespaces: ['kube-system'],
  includedResources: ['*'],
  excludedResources: ['nodes'],
};
const selector = {
  matchLabels: { app: 'mariadb' },
  matchExpressions: [
    { key: 'tier', operator: 'In', values: ['data'] },
    { key: 'test', operator: 'DoesNotExist' },
  ],
};
const pod = { kind: 'Pod', namespace: 'wp', name: 'myblog-mariadb-0', uid: 'd0f5a2f8-6f3b-4d8e-8f68-3c2b1f0f6a11' };
const restic = {
  volume: 'data',
  backupStorageLocation: 'default',
  repoIdentifier: 'azure:ark:/restic/wp',
};

const emptyBackup = {
  ...noFilters,
  labelSelector: null,
  ttl: '0s',
  includeClusterResources: null,
  hooks: { resources: null },
  storageLocation: '',
  volumeSnapshotLocations: null,
};
const exec = { container: 'mariadb', command: ['sync'], onError: 'Fail', timeout: '1m30s' };
const fullBackup = {
  ...filters,
  labelSelector: selector,
  snapshotVolumes: true,
  ttl: '720h0m0s',
  includeClusterResources: false,
  hooks: {
    resources: [
      { name: 'flush', ...filters, labelSelector: selector, hooks: [{ exec }], pre: [{ exec }], post: [{ exec }] },
      {
        name: '',
        ...noFilters,
        hooks: null,
        pre: [{ exec: null }, { exec: { container: '', command: null, onError: '', timeout: '0s' } }],
      },
    ],
  },
  storageLocation: 'default',
  volumeSnapshotLocations: ['azure-default'],
};

const time = '2019-01-10T12:00:00Z';

/** Each kind as it is when its maker gave no more than Ark itself always gives. */
export const FRESH: ArkObject[] = [
  ark('Backup', emptyBackup, {
    version: 0,
    expiration: null,
    phase: '',
    validationErrors: null,
    startTimestamp: null,
    completionTimestamp: null,
    volumeSnapshotsAttempted: 0,
    volumeSnapshotsCompleted: 0,
  }),
  ark(
    'Schedule',
    { template: emptyBackup, schedule: '0 7 * * *' },
    { phase: '', lastBackup: null, validationErrors: null },
  ),
  ark(
    'Restore',
    { backupName: 'mybackup', ...noFilters, namespaceMapping: null },
    { phase: '', validationErrors: null, warnings: 0, errors: 0, failureReason: '' },
  ),
  ark(
    'DownloadRequest',
    { target: { kind: 'BackupLog', name: 'mybackup' } },
    { phase: '', downloadURL: '', expiration: null },
  ),
  ark('DeleteBackupRequest', { backupName: 'mybackup' }, { phase: '', errors: null }),
  ark(
    'PodVolumeBackup',
    { node: '', pod: {}, ...restic, tags: null },
    { phase: '', path: '', snapshotID: '', message: '' },
  ),
  ark('PodVolumeRestore', { pod: {}, ...restic, snapshotID: '' }, { phase: '', message: '' }),
  ark(
    'ResticRepository',
    { volumeNamespace: 'wp', backupStorageLocation: 'default', resticIdentifier: '', maintenanceFrequency: '24h0m0s' },
    { phase: '', message: '', lastMaintenanceTime: null },
  ),
  ark(
    'BackupStorageLocation',
    { provider: 'azure', config: null, objectStorage: { bucket: 'ark', prefix: '' } },
    { lastSyncedTime: null },
  ),
  ark('VolumeSnapshotLocation', { provider: 'azure', config: null }, {}),
];

/** Each kind with every field that it has, after Ark dealt with it. */
export const FULL: ArkObject[] = [
  ark('Backup', fullBackup, {
    version: 1,
    expiration: time,
    phase: 'Completed',
    volumeBackups: {
      pv: { snapshotID: 'snapshot', type: 'Premium_LRS', availabilityZone: '1', iops: 500 },
      other: null,
    },
    validationErrors: ['none'],
    startTimestamp: time,
    completionTimestamp: time,
    volumeSnapshotsAttempted: 2,
    volumeSnapshotsCompleted: 1,
  }),
  ark(
    'Schedule',
    { template: fullBackup, schedule: '@every 6h' },
    { phase: 'Enabled', lastBackup: time, validationErrors: ['none'] },
  ),
  ark(
    'Restore',
    {
      backupName: 'myschedule-20190110120000',
      scheduleName: 'myschedule',
      ...filters,
      namespaceMapping: { wp: 'wp-restored' },
      labelSelector: selector,
      restorePVs: true,
      includeClusterResources: true,
    },
    { phase: 'Completed', validationErrors: ['none'], warnings: 1, errors: 2, failureReason: 'none' },
  ),
  ark(
    'DownloadRequest',
    { target: { kind: 'RestoreResults', name: 'myrestore' } },
    { phase: 'Processed', downloadURL: 'https://example.com/', expiration: time },
  ),
  ark('DeleteBackupRequest', { backupName: 'mybackup' }, { phase: 'Processed', errors: ['none'] }),
  ark(
    'PodVolumeBackup',
    {
      node: 'node-1',
      pod: { ...pod, apiVersion: 'v1', resourceVersion: '1', fieldPath: 'spec' },
      ...restic,
      tags: { backup: 'mybackup' },
    },
    { phase: 'Completed', path: '/host_pods/volume', snapshotID: '4b3d1ad2', message: 'none' },
  ),
  ark(
    'PodVolumeRestore',
    { pod: { ...pod, apiVersion: 'v1', resourceVersion: '1', fieldPath: 'spec' }, ...restic, snapshotID: '4b3d1ad2' },
    { phase: 'Failed', message: 'none' },
  ),
  ark(
    'ResticRepository',
    {
      volumeNamespace: 'wp',
      backupStorageLocation: 'default',
      resticIdentifier: 'azure:ark:/restic/wp',
      maintenanceFrequency: '24h0m0s',
    },
    { phase: 'Ready', message: 'none', lastMaintenanceTime: time },
  ),
  ark(
    'BackupStorageLocation',
    {
      provider: 'azure',
      config: { resourceGroup: 'aks-backups', storageAccount: 'aksbackupsva4ai' },
      objectStorage: { bucket: 'ark', prefix: 'cluster-1' },
    },
    { phase: 'Available', accessMode: 'ReadWrite', lastSyncedRevision: 'b2f3', lastSyncedTime: time },
  ),
  ark(
    'VolumeSnapshotLocation',
    { provider: 'azure', config: { apiTimeout: '20m', resourceGroup: 'aks-backups' } },
    { phase: 'Available' },
  ),
];
