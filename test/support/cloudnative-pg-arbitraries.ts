import { Cron, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import fc from 'fast-check';
import {
  AntiAffinity,
  BlobCredentials,
  BlobStore,
  DataDurability,
  DatabaseEngine,
  GcsCredentials,
  S3Credentials,
  SynchronousMethod,
} from '../../lib';
import type { CloudNativePgDatabaseProps, ContinuousBackup, PostgresRecovery, SynchronousReplication } from '../../lib';
import { defined, label, labels, some } from './arbitraries';
import { SHOP_USER, SUPERUSER } from './cloudnative-pg';
import { DISK, DUMP_PASSWORD, IDENTITY, PULL_SECRET, STORAGE_KEY } from './elsewhere';
import { newDatabase } from './samples';

const gibibytes = fc.integer({ min: 2, max: 64 }).map((amount) => Size.gibibytes(amount));
const storage = fc.record({ size: gibibytes, storageClass: fc.constantFrom(DISK, undefined) }).map(defined);

const credentials = {
  azure: fc.constantFrom(BlobCredentials.accountKey(STORAGE_KEY), BlobCredentials.workloadIdentity(IDENTITY)),
  s3: fc.constantFrom(
    S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD),
    S3Credentials.workloadIdentity(IDENTITY),
    S3Credentials.podIdentity(IDENTITY),
  ),
  gcs: fc.constantFrom(GcsCredentials.serviceAccountKey(STORAGE_KEY), GcsCredentials.workloadIdentity(IDENTITY)),
};

function store(): fc.Arbitrary<BlobStore> {
  const prefix = fc.constantFrom('shop', 'production/shop', undefined);
  const endpoint = fc.constantFrom('https://minio.example.com:9000', undefined);
  return fc.oneof(
    fc
      .record({ prefix, credentials: credentials.azure })
      .map((more) => BlobStore.azure(defined({ account: 'backups', container: 'postgresql', ...more }))),
    fc
      .record({ prefix, endpoint, credentials: credentials.s3 })
      .map((more) => BlobStore.s3(defined({ bucket: 'backups', region: 'eu-central-1', ...more }))),
    fc
      .record({ prefix, credentials: credentials.gcs })
      .map((more) => BlobStore.gcs(defined({ bucket: 'backups', ...more }))),
  );
}

function continuousBackup(of: BlobStore): fc.Arbitrary<ContinuousBackup> {
  return some<Omit<ContinuousBackup, 'store'>>({
    schedule: fc.constantFrom(Cron.daily(), Cron.schedule({ minute: '*/30', hour: '1-5', weekDay: 'mon' })),
    recoveryWindow: fc.integer({ min: 1, max: 400 }).map((days) => Duration.days(days)),
    recoveryPointObjective: fc.integer({ min: 1, max: 86_400 }).map((amount) => Duration.seconds(amount)),
    serverName: label().map((name) => `s-${name}`),
    memory: gibibytes,
  }).map((more) => ({ store: of, ...more }));
}

function recovery(of: BlobStore): fc.Arbitrary<PostgresRecovery> {
  const times = ['2026-01-02T03:04:05Z', '2026-01-02 03:04:05.123456+01', '2026-01-02T03:04:05+05:30'];
  return fc
    .record({ serverName: label().map((name) => `past-${name}`), targetTime: fc.constantFrom(...times, undefined) })
    .map((more) => ({ store: of, ...defined(more) }));
}

/** What it begins with, if not empty. */
function past(of: BlobStore): fc.Arbitrary<Pick<CloudNativePgDatabaseProps, 'recoverFrom' | 'importFrom'>> {
  const { database } = newDatabase({ engine: DatabaseEngine.postgres({ version: '14.20' }) });
  return fc.oneof(
    fc.constant({}),
    recovery(of).map((recoverFrom) => ({ recoverFrom })),
    fc.constantFrom('orders', undefined).map((databaseName) => ({
      importFrom: defined({ database, databaseName }),
    })),
  );
}

function synchronous(instances: number): fc.Arbitrary<SynchronousReplication | undefined> {
  if (instances < 2) return fc.constant(undefined);
  return some<SynchronousReplication>({
    method: fc.constantFrom(...Object.values(SynchronousMethod)),
    // The default, 1, is fewer than two.
    number: fc.integer({ min: 1, max: instances - 1 }),
    durability: fc.constantFrom(...Object.values(DataDurability)),
  });
}

const nodeAffinity: k8s.NodeAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['fast'] }] }],
  },
};

/** What says nothing of other props, nor of names. */
type Others = Pick<
  CloudNativePgDatabaseProps,
  | 'labels'
  | 'walStorage'
  | 'resources'
  | 'parameters'
  | 'sharedPreloadLibraries'
  | 'password'
  | 'antiAffinity'
  | 'zoneSpread'
  | 'nodeSelector'
  | 'nodeAffinity'
  | 'tolerations'
  | 'priorityClassName'
  | 'imagePullSecrets'
  | 'smartShutdownTimeout'
  | 'stopDelay'
  | 'networkPolicy'
  | 'operatorNamespace'
  | 'apiServerPorts'
>;

/** Props of a database called `orders`, of all that holds no other by itself. */
export function clusterProps(): fc.Arbitrary<CloudNativePgDatabaseProps> {
  const parameters = fc.constantFrom<{ [name: string]: string }[]>(
    { max_connections: '200' },
    { 'pg_stat_statements.max': '1000', work_mem: '8MB' },
    {},
  );
  const instances = fc.integer({ min: 1, max: 7 });
  return fc
    .tuple(instances, store())
    .chain(([count, place]) =>
      fc.tuple(
        fc.constant(count),
        fc.option(synchronous(count), { nil: undefined }),
        fc.option(continuousBackup(place), { nil: undefined }),
        past(place),
        some<Others>({
          labels: labels(),
          walStorage: storage,
          resources: some({ cpu: fc.constant(Cpu.millis(500)), memory: gibibytes, ephemeralStorage: gibibytes }),
          parameters,
          sharedPreloadLibraries: fc.constant(['pg_stat_statements']),
          password: fc.constant(SUPERUSER),
          antiAffinity: fc.constantFrom(...Object.values(AntiAffinity)),
          zoneSpread: fc.boolean(),
          nodeSelector: labels(),
          nodeAffinity: fc.constant(nodeAffinity),
          tolerations: fc.constant([{ key: 'databases', operator: 'Exists', effect: 'NoSchedule' }]),
          priorityClassName: fc.constant('high'),
          imagePullSecrets: fc.constant([PULL_SECRET]),
          smartShutdownTimeout: fc.integer({ min: 0, max: 60 }).map((amount) => Duration.seconds(amount)),
          stopDelay: fc.integer({ min: 61, max: 1800 }).map((amount) => Duration.seconds(amount)),
          networkPolicy: fc.boolean(),
          operatorNamespace: label(),
          apiServerPorts: fc.constant([6443, 16443]),
        }),
        storage,
        fc.constantFrom('14.20', '15.15', '16.11', '17.11', '18.6'),
        fc.boolean(),
      ),
    )
    .map(([count, standbys, backup, origin, more, of, version, deletionPolicy]) =>
      defined({
        ...more,
        engine: DatabaseEngine.postgres({ version }),
        storage: of,
        applicationUser: SHOP_USER,
        instances: count,
        synchronous: standbys,
        continuousBackup: backup,
        ...origin,
        deletionPolicy,
      }),
    );
}
