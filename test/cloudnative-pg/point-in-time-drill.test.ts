import { Cron, Duration, Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Cpu, RestartPolicy, ServiceAccount } from 'cdk8s-plus-27';
import {
  BlobCredentials,
  BlobStore,
  CloudNativePgDatabase,
  DatabaseEngine,
  PointInTimeDrill,
  S3Credentials,
  StatefulDatabase,
} from '../../lib';
import type { CloudNativePgDatabaseProps, PointInTimeDrillProps, PostgresArchive } from '../../lib';
import { DISK, DUMP_PASSWORD, IDENTITY, PASSWORD, PULL_SECRET, SHOP_PASSWORD, SMB } from '../support/elsewhere';
import { invariantErrors } from '../support/invariants';
import { renderedJob } from '../support/job';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import { expectRefusedAlone } from '../support/refused';
import { BLOBS, blobs, newDatabase } from '../support/samples';
import { filesIn, START } from '../support/scripts';

const engine = DatabaseEngine.postgres({ version: '17.11' });
const SOURCE: PostgresArchive = { store: BLOBS, serverName: 'orders' };

function render(props: Partial<PointInTimeDrillProps> = {}, chart = newChart()) {
  const drill = new PointInTimeDrill(chart, 'drill', { source: SOURCE, engine, schedule: Cron.weekly(), ...props });
  const manifests = manifestsOf(chart);
  expect(invariantErrors(manifests)).toEqual([]);
  return { manifests, drill, spec: find(manifests, 'CronJob', 'drill').spec, job: renderedJob(manifests, 'drill') };
}

describe('a drill of a physical archive', () => {
  test('runs on its schedule, one at a time, and not again when it failed', () => {
    const { jobTemplate, ...spec } = render().spec;
    expect(spec).toEqual({
      schedule: '0 0 * * 0',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
    });
    expect(jobTemplate.spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 21600,
      template: { spec: { restartPolicy: 'Never', automountServiceAccountToken: false } },
    });
  });

  test('fetches, recovers with the official image, and reports', () => {
    const { job } = render();
    expect(job.steps).toEqual(['fetch', 'recover', 'report']);
    expect(job.step('fetch').image).toBe('rclone/rclone:1.75.0');
    expect(job.step('recover').image).toBe('postgres:17.11-bookworm');
    expect(job.step('report').image).toBe('rclone/rclone:1.75.0');
    expect(job.step('fetch').command).toEqual(['sh', '-c', START, 'fetch-archive']);
    expect(job.step('recover').command).toEqual(['sh', '/scratch/scripts/recover.sh', '1']);
    expect(job.step('report').command).toEqual(['sh', '/scratch/scripts/report.sh', '1']);
    expect(job.pod.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999 });
  });

  // What is not there cannot do harm.
  test('has no Role, no login of a database, and no way but to the store', () => {
    const { manifests, job } = render();
    expect(identities(manifests)).toEqual(['ConfigMap drill-scripts', 'CronJob drill', 'NetworkPolicy drill']);
    expect(job.secretsOf('recover')).toEqual({});
    expect(find(manifests, 'NetworkPolicy', 'drill').spec).toEqual({
      podSelector: { matchLabels: { app: 'drill' } },
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
            { port: 443, protocol: 'TCP' },
          ],
        },
      ],
    });
  });

  test('carries its scripts, and those that it shares with backups', () => {
    const { data } = find(render().manifests, 'ConfigMap', 'drill-scripts');
    const { README, ...files } = data;
    const own = Object.entries(filesIn('cloudnative-pg/point-in-time-drill')).filter(([name]) => !name.endsWith('.ts'));
    expect(own.map(([name]) => name)).toEqual([
      'fetch-archive.sh',
      'heartbeat.sh',
      'recover.sh',
      'restore-wal.sh',
      'timelines.awk',
    ]);
    const pick = (folder: string, ...names: string[]) =>
      Object.fromEntries(Object.entries(filesIn(folder)).filter(([name]) => names.includes(name)));
    expect(files).toEqual({
      ...Object.fromEntries(own),
      ...pick('database/scripts', 'lib.sh', 'step.sh'),
      ...pick('backup/scripts', 'store.sh', 'report.sh'),
      ...pick('database/postgres/backup', 'client.sh'),
      ...pick('backup/stores/azure', 'remote.sh'),
    });
    expect(README).toContain("Scripts of the drill 'drill', contract 1. A run copies them first.\n");
    expect(README).toContain('/docs/point-in-time-drill.md\n');
  });

  test.each([
    [undefined, 'orders'],
    ['production/sql', 'production/sql/orders'],
  ])('looks in the folder of its server, below the prefix %j', (prefix, folder) => {
    const store = blobs(prefix === undefined ? {} : { prefix });
    const { job } = render({ source: { store, serverName: 'orders' } });
    const env = { STORAGE_ACCOUNT: 'shopbackups', CONTAINER_NAME: 'backup', BLOB_PREFIX: folder };
    expect(job.envOf('report')).toEqual(env);
    expect(job.envOf('fetch')).toEqual({ ...env, TARGET_SECONDS: '14400', SCRATCH_BYTES: '10737418240' });
    for (const step of ['fetch', 'report']) {
      expect(job.secretsOf(step)).toEqual({ '/backupCredentials/storageKey.txt': 'backupcredentials/account-key' });
    }
  });

  test('gives up a recovery in time to report it', () => {
    expect(render().job.envOf('recover')).toEqual({ DEADLINE_SECONDS: '19440' });
    expect(render({ timeout: Duration.minutes(10) }).job.envOf('recover')).toEqual({ DEADLINE_SECONDS: '540' });
  });

  test('is known to Azure by a workload identity', () => {
    const store = blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) });
    const { job } = render({ source: { store, serverName: 'orders' } });
    expect(job.pod.serviceAccountName).toBe('backup-identity');
    expect(job.envOf('fetch').BLOB_AUTHENTICATION).toBe('workloadIdentity');
    expect(job.envOf('recover')).not.toHaveProperty('BLOB_AUTHENTICATION');
  });

  test('sees its checks, and only the server does', () => {
    const checks = { 'orders.sql': 'SELECT count(*) > 1000 FROM orders' };
    const { manifests, job } = render({ checks, databaseName: 'shop' });
    expect(find(manifests, 'ConfigMap', 'drill-checks').data).toEqual(checks);
    expect(named(job.step('recover').volumeMounts, 'checks').mountPath).toBe('/checks');
    for (const step of ['fetch', 'report']) {
      expect(job.step(step).volumeMounts.map(({ name }) => name)).not.toContain('checks');
    }
  });

  describe('with a heartbeat', () => {
    const heartbeat = (props: Partial<PointInTimeDrillProps['heartbeat']> = {}) => {
      const { chart, database } = newDatabase({ namespace: 'shop' });
      return render({ heartbeat: { database, ...props } }, chart);
    };

    test('logs in to the live database in its first step alone', () => {
      const { job } = heartbeat();
      expect(job.steps).toEqual(['heartbeat', 'fetch', 'recover', 'report']);
      expect(job.step('heartbeat').image).toBe('postgres:17.11-bookworm');
      expect(job.step('heartbeat').command).toEqual(['sh', '-c', START, 'heartbeat']);
      expect(job.envOf('heartbeat')).toEqual({
        DB_HOST: 'db.shop',
        DB_PORT: '5432',
        DB_USER: 'postgres',
        DB_NAME: 'postgres',
      });
      const password = 'dbpass/dbpassword';
      expect(job.secretsOf('heartbeat')).toEqual({ '/backupCredentials/dbPassword.txt': password });
      for (const step of ['fetch', 'recover', 'report'])
        expect(Object.values(job.secretsOf(step))).not.toContain(password);
    });

    test('is let in, and out to its port', () => {
      const { manifests, drill } = heartbeat();
      expect(drill.namespace).toBe('shop');
      expect(find(manifests, 'NetworkPolicy', 'drill-access').spec.podSelector).toEqual({ matchLabels: { app: 'db' } });
      expect(find(manifests, 'NetworkPolicy', 'drill').spec.egress[0]!.ports).toContainEqual({
        port: 5432,
        protocol: 'TCP',
      });
    });

    test('waits for 15 minutes, and looks into the database of the application', () => {
      const { job } = heartbeat();
      expect(job.envOf('fetch').RPO_SECONDS).toBe('900');
      expect(job.envOf('recover')).toMatchObject({ RPO_SECONDS: '900', DB_NAME: 'postgres' });
    });

    test('logs in as another user', () => {
      const { job } = heartbeat({ user: 'drill', password: SHOP_PASSWORD });
      expect(job.envOf('heartbeat').DB_USER).toBe('drill');
      expect(job.secretsOf('heartbeat')).toEqual({ '/backupCredentials/dbPassword.txt': 'shop/pw' });
    });
  });

  describe('of a database of the app', () => {
    const ofDatabase = (
      props: Partial<CloudNativePgDatabaseProps> = {},
      drillProps: Partial<PointInTimeDrillProps> = {},
    ) => {
      const chart = newChart();
      const database = new CloudNativePgDatabase(chart, 'orders', {
        engine,
        storage: { size: Size.gibibytes(1) },
        applicationUser: { name: 'shop', password: { ...SHOP_PASSWORD, key: 'password' } },
        namespace: 'shop',
        continuousBackup: { store: blobs({ prefix: 'sql' }), serverName: 'orders-2' },
        ...props,
      });
      const make = () => new PointInTimeDrill(chart, 'drill', { database, schedule: Cron.weekly(), ...drillProps });
      return { chart, database, make };
    };

    test('takes its archive, its engine and its database, and the database does not change', () => {
      const { chart, make } = ofDatabase();
      const before = manifestsOf(chart);
      expect(make().namespace).toBe('shop');
      const manifests = manifestsOf(chart);
      expect(manifests.filter(({ metadata }) => !metadata.name.startsWith('drill'))).toEqual(before);
      const job = renderedJob(manifests, 'drill');
      expect(job.envOf('fetch').BLOB_PREFIX).toBe('sql/orders-2');
      expect(job.step('recover').image).toBe('postgres:17.11-bookworm');
      expect(job.envOf('recover').DB_NAME).toBe('shop');
    });

    test('uses the image of its clients, e.g. on a mirror', () => {
      const { chart, make } = ofDatabase({ clientImage: 'mirror.example.com/postgres:17.11' });
      make();
      const job = renderedJob(manifestsOf(chart), 'drill');
      expect(job.step('recover').image).toBe('mirror.example.com/postgres:17.11');
    });

    test('is let in for its heartbeat', () => {
      const { chart, database } = ofDatabase();
      new PointInTimeDrill(chart, 'drill', { database, schedule: Cron.weekly(), heartbeat: { database } });
      const manifests = manifestsOf(chart);
      const job = renderedJob(manifests, 'drill');
      expect(job.envOf('heartbeat')).toEqual({
        DB_HOST: 'orders-rw.shop',
        DB_PORT: '5432',
        DB_USER: 'shop',
        DB_NAME: 'shop',
      });
      expect(find(manifests, 'NetworkPolicy', 'drill-access').spec.podSelector).toEqual({
        matchLabels: { 'cnpg.io/cluster': 'orders', 'cnpg.io/podRole': 'instance' },
      });
    });

    test('is refused without an archive, with two, or with none', () => {
      expect(ofDatabase({ continuousBackup: undefined }).make).toThrow(
        "PointInTimeDrill 'test/drill':\n- 'database' must have a continuousBackup, got \"test/orders\": without it the database archives nothing that could be recovered",
      );
      expect(ofDatabase({}, { source: SOURCE }).make).toThrow(
        "PointInTimeDrill 'test/drill':\n- 'source' must be left out with a database, got \"orders\": it has an archive of its own",
      );
      expect(() => render({ source: undefined, engine: undefined })).toThrow(
        "PointInTimeDrill 'test/drill':\n- 'source' must be given without a database, got nothing: one of them says what is recovered\n- 'engine' must be given without a database, got nothing: it is of the major of the server",
      );
    });
  });

  test('takes every prop', () => {
    const chart = newChart();
    const database = StatefulDatabase.fromAttributes(chart, 'db', {
      engine,
      address: 'orders-rw',
      user: 'shop',
      password: PASSWORD,
    });
    // A database stands in place of the source.
    const props: Required<Omit<PointInTimeDrillProps, 'database'>> = {
      name: 'exercise',
      source: SOURCE,
      engine,
      image: 'mirror.example.com/postgres:17.11',
      target: Duration.days(2),
      heartbeat: { database, user: 'drill', password: SHOP_PASSWORD },
      recoveryPointObjective: Duration.minutes(5),
      databaseName: 'shop',
      checks: { 'a.sql': 'SELECT true' },
      parameters: { 'shared-preload-libraries': 'timescaledb' },
      schedule: Cron.monthly(),
      timeZone: 'UTC',
      startingDeadline: Duration.minutes(10),
      successfulJobsHistory: 1,
      failedJobsHistory: 2,
      suspend: false,
      scratch: { size: Size.gibibytes(50), storageClass: DISK },
      cpu: Cpu.units(1),
      memory: Size.gibibytes(2),
      timeout: Duration.hours(2),
      retries: 1,
      restartPolicy: RestartPolicy.ON_FAILURE,
      rcloneImage: 'mirror.example.com/rclone:1.75.0',
      namespace: 'ops',
      labels: { team: 'a' },
      podLabels: { version: '1' },
      podAnnotations: { note: 'x' },
      imagePullSecrets: [PULL_SECRET],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }],
        },
      },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      priorityClassName: 'low',
      serviceAccount: new ServiceAccount(chart, 'Account', { metadata: { name: 'drill' } }),
      automountServiceAccountToken: true,
      runAsUser: 1001,
      runAsGroup: 1002,
      fsGroup: 1003,
      sysctls: { 'net.ipv4.tcp_syncookies': '1' },
      terminationGracePeriod: Duration.seconds(5),
    };
    const drill = new PointInTimeDrill(chart, 'x', props);
    const manifests = manifestsOf(chart);
    expect(invariantErrors(manifests)).toEqual([]);
    const meta = { namespace: 'ops', labels: { app: 'exercise', team: 'a' } };
    for (const [kind, name] of [
      ['CronJob', 'exercise'],
      ['NetworkPolicy', 'exercise'],
      ['ConfigMap', 'exercise-scripts'],
      ['ConfigMap', 'exercise-checks'],
    ] as const) {
      expect(find(manifests, kind, name).metadata).toEqual({ name, ...meta });
    }
    const { spec } = find(manifests, 'CronJob', 'exercise');
    expect(spec).toMatchObject({
      schedule: '0 0 1 * *',
      timeZone: 'UTC',
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 2,
      jobTemplate: { spec: { backoffLimit: 1, activeDeadlineSeconds: 7200 } },
    });
    const job = renderedJob(manifests, 'exercise');
    expect(job.envOf('heartbeat')).toEqual({
      DB_HOST: 'orders-rw',
      DB_PORT: '5432',
      DB_USER: 'drill',
      DB_NAME: 'postgres',
    });
    expect(job.envOf('fetch')).toMatchObject({
      TARGET_SECONDS: '172800',
      RPO_SECONDS: '300',
      SCRATCH_BYTES: '53687091200',
    });
    expect(job.envOf('recover')).toEqual({
      DB_NAME: 'shop',
      RPO_SECONDS: '300',
      DEADLINE_SECONDS: '6480',
      SERVER_PARAMETERS: 'shared_preload_libraries=timescaledb',
    });
    for (const step of ['heartbeat', 'recover']) expect(job.step(step).image).toBe('mirror.example.com/postgres:17.11');
    for (const step of ['fetch', 'report']) expect(job.step(step).image).toBe('mirror.example.com/rclone:1.75.0');
    expect(named(job.pod.volumes, 'scratch').ephemeral.volumeClaimTemplate.spec.storageClassName).toBe('managed-csi');
    expect(drill).toMatchObject({ cronJobName: 'exercise', namespace: 'ops', selector: { app: 'exercise' } });
    expect(drill.apiObject.name).toBe('exercise');
  });

  test('takes no prop that there is not', () => {
    const more = { shedule: 'weekly' } as object;
    expect(() => render(more)).toThrow(/'shedule'/);
  });
});

describe('a drill of a physical archive is refused', () => {
  const refused = (props: Partial<PointInTimeDrillProps>, ...lines: string[]) => {
    const all = { source: SOURCE, engine, schedule: Cron.weekly(), ...props };
    const make = (chart: Chart) => new PointInTimeDrill(chart, 'drill', all);
    expectRefusedAlone(make, "PointInTimeDrill 'test/drill'", ...lines);
  };
  const other = (given: DatabaseEngine) =>
    StatefulDatabase.fromAttributes(newChart(), 'db', { engine: given, address: 'db', user: 'shop' });
  const mariadb = DatabaseEngine.mariadb({ version: '11.8.8' });

  test('with what no archive has', () => {
    refused(
      { source: { store: BLOBS, serverName: 'a/b' }, engine: mariadb, image: 'postgres' },
      "'source.serverName' must be a folder's name of letters, digits, '-', '_' and '.', got \"a/b\": it is a folder of the store; write it as 'orders-2'",
      "'engine' must be PostgreSQL, got \"mariadb\": only that has an archive of WAL; write DatabaseEngine.postgres({ version: '17.11' })",
      "'image' must name a tag other than 'latest', or a digest, got \"postgres\": otherwise a pod that moves to another node may start another version on the same data; pin it, as in postgres:17.11-bookworm",
    );
  });

  test('with a store that is reached in the clear', () => {
    const credentials = S3Credentials.accessKey(PASSWORD, DUMP_PASSWORD);
    const store = BlobStore.s3({ bucket: 'backups', endpoint: 'http://minio:9000', credentials });
    refused(
      { source: { store, serverName: 'orders' } },
      `'source.store' must not have an endpoint of http://, got "${store.place}": the database would travel in the clear; give the store an endpoint of https://`,
    );
  });

  // An idle database would fail each week, and its drill would be switched off.
  test('with an RPO that nothing tells', () => {
    refused(
      { recoveryPointObjective: Duration.minutes(10) },
      '\'recoveryPointObjective\' must be left out without a heartbeat, got "600": a database in which nothing happens writes no WAL, so the age of its newest transaction says nothing; give the drill a heartbeat',
    );
  });

  test('with an RPO that leaves no time to recover', () => {
    refused(
      {
        heartbeat: { database: other(engine) },
        recoveryPointObjective: Duration.minutes(31),
        timeout: Duration.hours(1),
      },
      '\'recoveryPointObjective\' must be at most half of timeout, got "1860": the drill waits for it before it recovers anything; set timeout to more',
    );
  });

  test('with a heartbeat of another server, or a user without a password', () => {
    refused(
      { heartbeat: { database: other(mariadb), user: 'drill' } },
      '\'heartbeat.database\' must be a PostgreSQL, got "mariadb": it is the server whose archive is recovered; leave the heartbeat out',
      "'heartbeat.password' must be given with a user, got nothing: the database's own is that of another user",
    );
  });

  test('with checks, parameters and a scratch volume that a drill cannot use', () => {
    refused(
      { checks: { 'orders.txt': ' ' }, parameters: { 'a b': 'c' }, scratch: { storageClass: SMB }, databaseName: '' },
      "'databaseName' must not be empty, got \"\": write 'orders'",
      "'checks' must be files of A-Z, a-z, 0-9, '-', '_' and '.' that end with .sql, got \"orders.txt\": the drill reads no others; write 'orders.sql'",
      "'checks['orders.txt']' must be a query, got \" \": its first row decides whether the check passes",
      "'parameters' must be names of letters, digits, _ . and -, with values of one line, got \"a b=c\": write { shared_preload_libraries: 'pg_stat_statements' }",
      '\'scratch.storageClass\' must not be a share over SMB nor an object store, got "azurefile-csi": its files have no owner and mode of their own, and no server starts on it; take a class of disks',
    );
  });
});
