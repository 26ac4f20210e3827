import { Cron, Duration, Size } from 'cdk8s';
import type { Chart, ChartProps } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import {
  BlobBackupCronJob,
  BlobCredentials,
  BlobStore,
  DatabaseEngine,
  HeadlessService,
  PersistentStatefulSet,
  StatefulDatabase,
} from '../../lib';
import type {
  AzureBlobStoreOptions,
  BlobBackupCronJobProps,
  DatabaseEngineSpec,
  PersistentStatefulSetProps,
  StatefulDatabaseProps,
} from '../../lib';
import { PASSWORD, STORAGE_KEY } from './elsewhere';
import type { StatefulSetManifest } from './manifests';
import { find, manifestsOf, newChart } from './manifests';

/** A container of an image of which nothing is known, so that only what a test is about applies. */
export const CONTAINER = { name: 'server', image: 'example.com/server:1.0' };

export const DATA = { name: 'data', size: Size.gibibytes(1), mounts: [{ path: '/data' }] };

/** A database with all that it must have and nothing else. */
export const DATABASE: StatefulDatabaseProps = {
  engine: DatabaseEngine.postgres({ version: '17.11' }),
  password: PASSWORD,
  storage: { size: Size.gibibytes(32) },
};

export function newService(chart: Chart, id = 'db'): HeadlessService {
  return new HeadlessService(chart, id, { ports: [{ name: 'sql', port: 5432 }] });
}

/** A set called `db` with its Service, in a chart of its own. */
export function newSet(props: Partial<PersistentStatefulSetProps> = {}): { chart: Chart; set: PersistentStatefulSet } {
  const chart = newChart();
  const service = newService(chart);
  const set = new PersistentStatefulSet(chart, 'set', { name: 'db', service, containers: [CONTAINER], ...props });
  return { chart, set };
}

export function renderSet(props: Partial<PersistentStatefulSetProps> = {}): StatefulSetManifest {
  return find(manifestsOf(newSet(props).chart), 'StatefulSet', 'db');
}

/** A database called `db` of PostgreSQL, in a chart of its own. */
export function newDatabase(
  props: Partial<StatefulDatabaseProps> = {},
  chartProps: ChartProps = {},
): { chart: Chart; database: StatefulDatabase } {
  const chart = newChart(chartProps);
  return { chart, database: new StatefulDatabase(chart, 'db', { ...DATABASE, ...props }) };
}

/** Where backups lie. */
export const AZURE: AzureBlobStoreOptions = {
  account: 'shopbackups',
  container: 'backup',
  credentials: BlobCredentials.accountKey(STORAGE_KEY),
};
export const BLOBS = BlobStore.azure(AZURE);

/** The same, but for what is given. */
export function blobs(change: Partial<AzureBlobStoreOptions> = {}): BlobStore {
  return BlobStore.azure({ ...AZURE, ...change });
}

/** A backup called `backup`, with all that it must have and nothing else, of a database called `db`, in a chart of its own. */
export function newBackup(
  props: Partial<BlobBackupCronJobProps> = {},
  databaseProps: Partial<StatefulDatabaseProps> = {},
  chartProps: ChartProps = {},
): { chart: Chart; database: StatefulDatabase; backup: BlobBackupCronJob } {
  const { chart, database } = newDatabase(databaseProps, chartProps);
  const all = { database, store: BLOBS, schedule: Cron.daily(), ...props };
  return { chart, database, backup: new BlobBackupCronJob(chart, 'backup', all) };
}

/** An engine with all that it must have and nothing else. */
export function plainSpec(more: Partial<DatabaseEngineSpec> = {}): DatabaseEngineSpec {
  const probe = { tcpSocket: { port: k8s.IntOrString.fromNumber(6379) } };
  return {
    name: 'redis',
    image: 'redis:8.2.1',
    port: 6379,
    mountPath: '/data',
    runAsUser: 999,
    runAsGroup: 1000,
    terminationGracePeriod: Duration.seconds(60),
    user: 'default',
    databaseName: '0',
    passwordVariable: 'REDIS_PASSWORD',
    startupProbe: probe,
    readinessProbe: probe,
    ...more,
  };
}
