import type { Case, Manifest } from './case';

interface Job {
  readonly spec?: { readonly [field: string]: unknown };
  readonly env?: { readonly [name: string]: string };
  readonly args?: string;
  readonly key?: string;
}

function cronJob({ spec, env = {}, args = 'pg_dump --host=db | restic backup --stdin', key }: Job = {}): Manifest {
  const variables: unknown[] = Object.entries(env).map(([name, value]) => ({ name, value }));
  if (key !== undefined) {
    variables.push({ name: 'RESTIC_PASSWORD', valueFrom: { secretKeyRef: { name: key, key: 'password' } } });
  }
  const container = { name: 'backup', image: 'example.org/backup:1', args: ['sh', '-c', args], env: variables };
  const pod = { restartPolicy: 'Never', containers: [container] };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'backup' },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: pod } } }, ...spec },
  };
}

function schedule(template: { [field: string]: unknown } = {}, spec: { [field: string]: unknown } = {}): Manifest {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: 'daily' },
    spec: { schedule: '0 3 * * *', template, ...spec },
  };
}

function location(bucket: string): Manifest {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: { name: 'default' },
    spec: { provider: 'azure', objectStorage: { bucket } },
  };
}

const BACKUPS = 'backups that a program no longer makes, finds or reads';
const VELERO = { server: 'not asked', unseen: 'what Velero does' } as const;
const ACCEPTED = { server: 'accepted', unseen: BACKUPS } as const;

const OWNED = { useOwnerReferencesInBackup: true };

/** Of Helm, which by default deletes what a hook made before it makes it again. */
function hooked(manifest: Manifest): Manifest {
  const annotations = { 'helm.sh/hook': 'post-install,post-upgrade' };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

/** Cases of jobs that make backups, of schedules and locations. */
export const BACKUP_CASES: readonly Case[] = [
  {
    name: 'a backup is suspended',
    before: [cronJob()],
    after: [cronJob({ spec: { suspend: true } })],
    finds: [['backup-suspended', 'unprotects']],
    ...ACCEPTED,
  },
  {
    name: 'a schedule of Velero is paused',
    before: [schedule()],
    after: [schedule({}, { paused: true })],
    finds: [['backup-suspended', 'unprotects']],
    ...VELERO,
  },
  {
    name: 'a backup goes on',
    before: [cronJob({ spec: { suspend: true } })],
    after: [cronJob()],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'a backup gets a date that never comes',
    before: [cronJob()],
    after: [cronJob({ spec: { schedule: '0 3 31 2 *' } })],
    finds: [['backup-never', 'unprotects']],
    ...ACCEPTED,
  },
  {
    name: 'a backup gets another hour',
    before: [cronJob()],
    after: [cronJob({ spec: { schedule: '0 4 29 2 *' } })],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'a job makes no backup any more',
    before: [cronJob()],
    after: [cronJob({ args: 'echo done' })],
    finds: [['backup-gone', 'unprotects']],
    ...ACCEPTED,
  },
  {
    name: 'a backup is pruned',
    before: [cronJob()],
    after: [],
    finds: [['backup-removed', 'unprotects']],
    ...ACCEPTED,
  },
  {
    name: 'a backup is gone from the YAML, and nothing removes it',
    before: [cronJob()],
    after: [],
    deployer: 'kubectl',
    finds: [['backup-removed', 'note']],
    server: 'accepted',
  },
  {
    name: 'a job that restores is pruned',
    before: [{ ...cronJob(), metadata: { name: 'restore-drill' } }],
    after: [],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'backups are kept for fewer days',
    before: [cronJob({ env: { RETENTION_DAYS: '30' } })],
    after: [cronJob({ env: { RETENTION_DAYS: '7' } })],
    finds: [['backup-retention-shortened', 'loses']],
    ...ACCEPTED,
  },
  {
    name: 'backups of Velero are kept for less time',
    before: [schedule({ ttl: '720h' })],
    after: [schedule({ ttl: '168h0m0s' })],
    finds: [['backup-retention-shortened', 'loses']],
    ...VELERO,
  },
  {
    name: 'backups are kept for more days',
    before: [cronJob({ env: { RETENTION_DAYS: '7' } })],
    after: [cronJob({ env: { RETENTION_DAYS: '30' } })],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'backups go to another bucket',
    before: [cronJob({ env: { BUCKET: 'one' } })],
    after: [cronJob({ env: { BUCKET: 'two' } })],
    finds: [['backup-destination', 'unprotects']],
    ...ACCEPTED,
  },
  {
    name: 'a location of Velero has another bucket',
    before: [location('one')],
    after: [location('two')],
    finds: [['backup-destination', 'unprotects']],
    ...VELERO,
  },
  {
    name: 'a location of Velero is pruned',
    before: [location('one')],
    after: [],
    finds: [['backup-location-removed', 'unprotects']],
    ...VELERO,
  },
  {
    name: 'backups of Velero belong to their schedule from this apply on',
    before: [schedule()],
    after: [schedule({}, OWNED)],
    deployer: 'kubectl',
    finds: [['backup-owned', 'unprotects']],
    ...VELERO,
  },
  {
    name: 'backups of Velero belong to a new schedule that Helm makes again with each upgrade',
    before: [],
    after: [hooked(schedule({}, OWNED))],
    deployer: 'helm',
    finds: [['backup-owned', 'loses']],
    ...VELERO,
  },
  {
    name: 'a schedule to which its backups belong has another time',
    before: [schedule({}, OWNED)],
    after: [schedule({}, { ...OWNED, schedule: '0 4 * * *' })],
    finds: [],
    ...VELERO,
  },
  {
    name: 'a schedule to which its backups belong is pruned',
    before: [schedule({}, OWNED)],
    after: [],
    finds: [['backup-removed', 'loses']],
    ...VELERO,
  },
  {
    name: 'a schedule of Velero covers fewer namespaces',
    before: [schedule({ includedNamespaces: ['shop', 'blog'] })],
    after: [schedule({ includedNamespaces: ['shop'] })],
    finds: [['backup-narrowed', 'unprotects']],
    ...VELERO,
  },
  {
    name: 'the namespaces of a schedule of Velero are listed in another order',
    before: [schedule({ includedNamespaces: ['shop', 'blog'] })],
    after: [schedule({ includedNamespaces: ['blog', 'shop'] })],
    finds: [],
    ...VELERO,
  },
  {
    name: 'backups are encrypted with another key',
    before: [cronJob({ key: 'old' })],
    after: [cronJob({ key: 'new' })],
    finds: [['backup-key', 'unprotects']],
    ...ACCEPTED,
  },
];
