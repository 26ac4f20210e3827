import { App, Chart, Cron, Duration, Size } from 'cdk8s';
import { Cpu, Namespaces, ServiceAccount } from 'cdk8s-plus-27';
import {
  AntiAffinity,
  BlobBackupCronJob,
  BlobCredentials,
  BlobRestoreJob,
  BlobStore,
  ClientAccess,
  CloudNativePgDatabase,
  DataDurability,
  DatabaseEngine,
  GcsCredentials,
  RestoreDrill,
  S3Credentials,
  StatefulDatabase,
  SynchronousMethod,
} from '../../lib';
import type { CloudNativePgDatabaseProps } from '../../lib';
import {
  ARCHIVING,
  CLUSTER,
  OTHER_KEY,
  SHOP_USER,
  SUPERUSER,
  newCluster,
  operatorObject,
  renderCluster,
} from '../support/cloudnative-pg';
import { DISK, DUMP_PASSWORD, IDENTITY, PULL_SECRET, SMB, STORAGE_KEY } from '../support/elsewhere';
import { renderedJob } from '../support/job';
import { find, manifestsOf, newChart } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { AZURE, BLOBS, blobs } from '../support/samples';

const NEVER = Cron.schedule({ day: '1', month: '1', hour: '0', minute: '0' });

function refused(props: Partial<CloudNativePgDatabaseProps>, ...problems: string[]): void {
  expectRefusedAlone(
    (chart) => new CloudNativePgDatabase(chart, 'orders', { ...CLUSTER, ...props }),
    "CloudNativePgDatabase 'test/orders'",
    ...problems,
  );
}

describe('a Cluster', () => {
  test('has what the operator lacks by default, and seconds where it waits for minutes', () => {
    expect(renderCluster().spec).toEqual({
      instances: 3,
      imageName: 'ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie',
      primaryUpdateMethod: 'switchover',
      smartShutdownTimeout: 15,
      stopDelay: 180,
      bootstrap: {
        initdb: {
          database: 'shop',
          owner: 'shop',
          secret: { name: 'shop-user' },
          dataChecksums: true,
          encoding: 'UTF8',
        },
      },
      storage: { size: '32Gi' },
      resources: {
        requests: { cpu: '250m', memory: '1Gi', 'ephemeral-storage': '1Gi' },
        limits: { memory: '1Gi', 'ephemeral-storage': '1Gi' },
      },
      postgresql: {},
      affinity: { podAntiAffinityType: 'preferred', topologyKey: 'kubernetes.io/hostname' },
      topologySpreadConstraints: [
        {
          labelSelector: { matchLabels: { 'cnpg.io/cluster': 'orders', 'cnpg.io/podRole': 'instance' } },
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
        },
      ],
    });
  });

  // A budget for the only instance would block each drain for ever.
  test('of one instance has no spread and no budget', () => {
    const { spec } = renderCluster({ instances: 1 });
    expect(spec).toMatchObject({ instances: 1, enablePDB: false, affinity: { enablePodAntiAffinity: false } });
    expect(spec).not.toHaveProperty('topologySpreadConstraints');
  });

  test('takes everything that can be said', () => {
    const app = new App();
    const database = new CloudNativePgDatabase(new Chart(app, 'first'), 'first', { ...CLUSTER, ...ARCHIVING });
    // All but `importFrom`, which stands in place of `recoverFrom`.
    const props: Required<Omit<CloudNativePgDatabaseProps, 'importFrom'>> = {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      image: `registry.example.com/pg:17.11@sha256:${'a'.repeat(64)}`,
      clientImage: 'registry.example.com/postgres:17.11',
      name: 'orders',
      namespace: 'shop',
      labels: { team: 'shop' },
      instances: 5,
      synchronous: { method: SynchronousMethod.FIRST, number: 2, durability: DataDurability.PREFERRED },
      storage: { size: Size.gibibytes(50), storageClass: DISK },
      walStorage: { size: Size.gibibytes(10), storageClass: DISK },
      resources: { cpu: Cpu.units(2), memory: Size.gibibytes(4), ephemeralStorage: Size.gibibytes(2) },
      parameters: { max_connections: '200' },
      sharedPreloadLibraries: ['pg_stat_statements', 'auto_explain'],
      applicationUser: { ...SHOP_USER, databaseName: 'orders' },
      password: SUPERUSER,
      continuousBackup: {
        store: BLOBS,
        schedule: Cron.schedule({ minute: '30', hour: '1' }),
        recoveryWindow: Duration.days(30),
        recoveryPointObjective: Duration.minutes(1),
        serverName: 'orders-2',
        memory: Size.gibibytes(2),
      },
      recoverFrom: { database, targetTime: '2026-01-02T03:04:05Z' },
      antiAffinity: AntiAffinity.REQUIRED,
      zoneSpread: false,
      podDisruptionBudget: false,
      nodeSelector: { disk: 'fast' },
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      tolerations: [{ key: 'databases', operator: 'Exists' }],
      priorityClassName: 'high',
      imagePullSecrets: [PULL_SECRET],
      smartShutdownTimeout: Duration.seconds(5),
      stopDelay: Duration.seconds(60),
      networkPolicy: true,
      operatorNamespace: 'operators',
      apiServerPorts: [16443],
      deletionPolicy: false,
    };
    const chart = new Chart(app, 'second');
    new CloudNativePgDatabase(chart, 'db', props);
    const manifests = manifestsOf(chart);
    const cluster = operatorObject(manifests, 'Cluster');
    expect(cluster.metadata).toEqual({ name: 'orders', namespace: 'shop', labels: { team: 'shop' } });
    expect(cluster.spec).toEqual({
      instances: 5,
      imageName: props.image,
      imagePullSecrets: [{ name: 'registry-login' }],
      primaryUpdateMethod: 'switchover',
      smartShutdownTimeout: 5,
      stopDelay: 60,
      enablePDB: false,
      enableSuperuserAccess: true,
      superuserSecret: { name: 'superuser' },
      bootstrap: {
        recovery: {
          source: 'origin',
          database: 'orders',
          owner: 'shop',
          secret: { name: 'shop-user' },
          recoveryTarget: { targetTime: '2026-01-02T03:04:05Z' },
        },
      },
      externalClusters: [
        {
          name: 'origin',
          plugin: {
            name: 'barman-cloud.cloudnative-pg.io',
            parameters: { barmanObjectName: 'orders-origin', serverName: 'first' },
          },
        },
      ],
      storage: { size: '50Gi', storageClass: 'managed-csi' },
      walStorage: { size: '10Gi', storageClass: 'managed-csi' },
      resources: {
        requests: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '2Gi' },
        limits: { memory: '4Gi', 'ephemeral-storage': '2Gi' },
      },
      postgresql: {
        parameters: { archive_timeout: '60', max_connections: '200' },
        shared_preload_libraries: ['pg_stat_statements', 'auto_explain'],
        synchronous: { method: 'first', number: 2, dataDurability: 'preferred', failoverQuorum: false },
      },
      affinity: {
        podAntiAffinityType: 'required',
        topologyKey: 'kubernetes.io/hostname',
        nodeSelector: { disk: 'fast' },
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
        tolerations: [{ key: 'databases', operator: 'Exists' }],
      },
      priorityClassName: 'high',
      plugins: [
        {
          name: 'barman-cloud.cloudnative-pg.io',
          isWALArchiver: true,
          parameters: { barmanObjectName: 'orders', serverName: 'orders-2' },
        },
      ],
    });
    expect(manifests.map(({ kind }) => kind).filter((kind) => kind.startsWith('Validating'))).toEqual([]);
  });

  // A standby that is promoted must have all that was acknowledged.
  test('with synchronous standbys fails over only to one that has all commits', () => {
    expect(renderCluster({ synchronous: {} }).spec.postgresql.synchronous).toEqual({
      method: 'any',
      number: 1,
      dataDurability: 'required',
      failoverQuorum: true,
    });
  });
});

describe('continuous backup', () => {
  test('archives to the folder of the store that is called as the database, as often as work may be lost', () => {
    const manifests = manifestsOf(newCluster(ARCHIVING).chart);
    expect(operatorObject(manifests, 'ObjectStore').spec).toEqual({
      configuration: {
        destinationPath: `https://${AZURE.account}.blob.core.windows.net/${AZURE.container}`,
        azureCredentials: { storageKey: { name: 'backupcredentials', key: 'account-key' } },
        wal: { compression: 'gzip' },
        data: { compression: 'gzip', immediateCheckpoint: true },
      },
      retentionPolicy: '7d',
      instanceSidecarConfiguration: {
        env: [{ name: 'AZURE_STORAGE_ACCOUNT', value: AZURE.account }],
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1Gi' } },
      },
    });
    expect(operatorObject(manifests, 'Cluster').spec).toMatchObject({
      postgresql: { parameters: { archive_timeout: '300' } },
      plugins: [{ parameters: { barmanObjectName: 'orders', serverName: 'orders' } }],
    });
  });

  // Of five fields the operator warns, takes the minutes for seconds, and makes one each hour.
  test('has a schedule of six fields, seconds first', () => {
    const { spec } = operatorObject(manifestsOf(newCluster(ARCHIVING).chart), 'ScheduledBackup');
    expect(spec).toEqual({
      schedule: '0 0 0 * * *',
      immediate: true,
      cluster: { name: 'orders' },
      target: 'prefer-standby',
      method: 'plugin',
      pluginConfiguration: { name: 'barman-cloud.cloudnative-pg.io' },
      backupOwnerReference: 'none',
    });
  });

  const configurationOf = (store: BlobStore) => {
    const manifests = manifestsOf(newCluster({ continuousBackup: { store } }).chart);
    const { configuration, instanceSidecarConfiguration } = operatorObject(manifests, 'ObjectStore').spec;
    delete configuration.wal;
    delete configuration.data;
    return { configuration, env: instanceSidecarConfiguration.env, cluster: operatorObject(manifests, 'Cluster').spec };
  };

  test('goes to Azure by a key, and by a workload identity', () => {
    expect(configurationOf(blobs({ prefix: 'shop' })).configuration.destinationPath).toBe(
      `https://${AZURE.account}.blob.core.windows.net/${AZURE.container}/shop`,
    );
    const { configuration, cluster } = configurationOf(
      blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) }),
    );
    expect(configuration.azureCredentials).toEqual({ useDefaultAzureCredentials: true });
    expect(cluster).toMatchObject({
      serviceAccountName: 'backup-identity',
      inheritedMetadata: { labels: { 'azure.workload.identity/use': 'true' } },
    });
  });

  test('goes to S3 by a key, and by a role', () => {
    const s3 = { bucket: 'shop', region: 'eu-central-1', prefix: 'a' };
    const byKey = configurationOf(
      BlobStore.s3({ ...s3, credentials: S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD) }),
    );
    expect(byKey).toMatchObject({
      configuration: {
        destinationPath: 's3://shop/a',
        s3Credentials: {
          accessKeyId: { name: 'backupcredentials', key: 'account-key' },
          secretAccessKey: { name: 'backupcredentials', key: 'dump-password' },
        },
      },
      env: [{ name: 'AWS_DEFAULT_REGION', value: 'eu-central-1' }],
    });
    const byRole = configurationOf(BlobStore.s3({ ...s3, credentials: S3Credentials.workloadIdentity(IDENTITY) }));
    expect(byRole.configuration.s3Credentials).toEqual({ inheritFromIAMRole: true });
    expect(byRole.cluster.serviceAccountName).toBe('backup-identity');
    const endpoint = 'https://minio.example.com:9000';
    const minio = BlobStore.s3({
      bucket: 'shop',
      endpoint,
      credentials: S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD),
    });
    expect(configurationOf(minio)).toMatchObject({ configuration: { endpointURL: endpoint }, env: undefined });
  });

  test('goes to Google Cloud by a key, and by a workload identity', () => {
    const byKey = BlobStore.gcs({ bucket: 'shop', credentials: GcsCredentials.serviceAccountKey(STORAGE_KEY) });
    expect(configurationOf(byKey).configuration).toEqual({
      destinationPath: 'gs://shop',
      googleCredentials: { applicationCredentials: { name: 'backupcredentials', key: 'account-key' } },
    });
    const byIdentity = BlobStore.gcs({ bucket: 'shop', credentials: GcsCredentials.workloadIdentity(IDENTITY) });
    expect(configurationOf(byIdentity)).toMatchObject({
      configuration: { googleCredentials: { gkeEnvironment: true } },
      cluster: { serviceAccountName: 'backup-identity' },
    });
  });

  test('refuses a store that Barman cannot use, or would use in another way than it says', () => {
    refused(
      { continuousBackup: { store: BlobStore.of({ type: 'sftp', path: 'backups' }) } },
      '\'continuousBackup.store\' must be of Azure, S3 or Google Cloud, got "sftp": what rclone knows besides, Barman does not; take ' +
        'BlobStore.azure, BlobStore.s3 or BlobStore.gcs',
    );
    refused(
      { continuousBackup: { store: blobs({ endpoint: 'https://shop.blob.core.chinacloudapi.cn' }) } },
      '\'continuousBackup.store.endpoint\' must end with .blob.core.windows.net, got "https://shop.blob.core.chinacloudapi.cn": Barman takes ' +
        "any other host for an emulator and asks for a connection string; use an account of Azure's public cloud",
    );
    const store = BlobStore.s3({
      bucket: 'shop',
      endpoint: 'http://minio:9000',
      forcePathStyle: true,
      options: { storage_class: 'STANDARD_IA' },
      credentials: S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD),
    });
    refused(
      { continuousBackup: { store } },
      '\'continuousBackup.store.options\' must be left out with continuousBackup, got ["storage_class"]: rclone reads them and Barman does ' +
        "not; give 'continuousBackup' a store without",
      "'continuousBackup.store.forcePathStyle' must be left out with continuousBackup, got true: Barman chooses the style by the endpoint, and " +
        'takes no other; leave it out',
      '\'continuousBackup.store.endpoint\' must be https:// with continuousBackup, got "http://minio:9000": base backups and WAL hold all rows ' +
        'and are not encrypted before they are sent; use https://',
    );
  });

  test('refuses what the operator or its plugin reads in another way', () => {
    const continuousBackup = {
      store: BLOBS,
      serverName: 'a/b',
      schedule: Cron.schedule({ minute: '0 0', hour: '2' }),
      recoveryWindow: Duration.hours(36),
      recoveryPointObjective: Duration.seconds(0),
      memory: Size.kibibytes(0),
    };
    refused(
      { continuousBackup },
      "'continuousBackup.serverName' must be a folder's name of letters, digits, '-', '_' and '.', got \"a/b\": it is a folder of the store; " +
        "write it as 'orders-2'",
      "'continuousBackup.schedule' must have five fields without spaces in them, got \"0 0 2 * * *\": the operator's has a sixth, seconds, " +
        "which is added here; write Cron.daily() or Cron.schedule({ minute: '0', hour: '2' })",
      "'continuousBackup.recoveryWindow' must be a whole number from 1 to 36500, got 1.5: the plugin counts days; write Duration.days(14)",
      "'continuousBackup.recoveryPointObjective' must be a whole number from 1 to 2147483647, got 0: with 0 a quiet database archives nothing " +
        'until 16 MiB are written; write Duration.minutes(5)',
      '\'continuousBackup.memory\' must be a whole number of KiB above 0, got "0Ki": write it as Size.gibibytes(32)',
    );
    refused(
      { continuousBackup: { store: BLOBS, recoveryPointObjective: Duration.days(2) } },
      '\'continuousBackup.recoveryPointObjective\' must be a day at most, got "2 days": write Duration.minutes(5)',
    );
  });

  // Neither could be recovered, and both operators would only log that the archive is not empty.
  test('refuses a folder that another database of the app archives to', () => {
    const { chart } = newCluster(ARCHIVING);
    const again = () =>
      new CloudNativePgDatabase(chart, 'copy', {
        ...CLUSTER,
        continuousBackup: { store: BLOBS, serverName: 'orders' },
      });
    expectRefused(
      chart,
      again,
      "CloudNativePgDatabase 'test/copy'",
      "'continuousBackup.serverName' must be a folder that no other database archives to, got \"orders\": 'test/orders' does: neither could be " +
        'recovered; give one of them a prefix or a serverName',
    );
  });
});

describe('a recovery', () => {
  test('reads a place of a store, deletes nothing there, and goes to the newest without a time', () => {
    const manifests = manifestsOf(newCluster({ recoverFrom: { store: BLOBS, serverName: 'gone' } }).chart);
    expect(operatorObject(manifests, 'ObjectStore', 'orders-origin').spec).not.toHaveProperty('retentionPolicy');
    const { spec } = operatorObject(manifests, 'Cluster');
    expect(spec.bootstrap.recovery).toEqual({
      source: 'origin',
      database: 'shop',
      owner: 'shop',
      secret: { name: 'shop-user' },
    });
    expect(spec).not.toHaveProperty('plugins');
  });

  // The plugin would refuse to archive among other files, and the Cluster stay in "Setting up primary" without end.
  test('needs a folder of its own for what it archives', () => {
    refused(
      { ...ARCHIVING, recoverFrom: { store: BLOBS, serverName: 'orders' } },
      '\'continuousBackup.serverName\' must be new for a database that is recovered, got "orders": it would archive among the files of its past, ' +
        "which the plugin refuses, and the recovery would not end; write serverName: 'orders-2'",
    );
  });

  test('refuses a past that is not said, or said twice, and times that never come', () => {
    refused(
      { recoverFrom: {} },
      "'recoverFrom' must have 'database', or 'store' and 'serverName', got []: write { database }, or { store, serverName } of backups that " +
        "another app's database made",
    );
    const { database } = newCluster(ARCHIVING);
    refused(
      { recoverFrom: { database, serverName: 'x' } },
      "'recoverFrom' must have 'database', or 'store' and 'serverName', got [\"database\",\"serverName\"]: 'database' says where its backups are; " +
        'leave one of the two out',
    );
    const { database: unsaved } = newCluster();
    refused(
      { recoverFrom: { database: unsaved } },
      "'recoverFrom.database' must be one with a continuousBackup, got \"test/orders\": it has no 'continuousBackup', so there is nothing to " +
        'recover from; give it one, or another database',
    );
    refused(
      { recoverFrom: { store: BLOBS, serverName: 'gone', targetTime: '2026-01-02 03:04' } },
      '\'recoverFrom.targetTime\' must be a date, a time with seconds, and a time zone, got "2026-01-02 03:04": without a time zone it would be ' +
        "another moment on another machine; write '2026-11-28T10:15:00Z'",
    );
    refused(
      { recoverFrom: { store: BLOBS, serverName: 'gone', targetTime: '2999-01-02T03:04:05+01' } },
      '\'recoverFrom.targetTime\' must lie in the past, got "2999-01-02T03:04:05+01": the recovery would wait for WAL that does not come, without ' +
        'end; write a time that was archived',
    );
  });

  // The sidecar has one environment for both stores.
  test('refuses to read of one account and write to another at once', () => {
    refused(
      { ...ARCHIVING, recoverFrom: { store: blobs({ account: 'other' }), serverName: 'orders' } },
      `'recoverFrom.store' must have the AZURE_STORAGE_ACCOUNT of 'continuousBackup.store', ${AZURE.account}, got "other": one recovery cannot ` +
        'read one and write the other; recover without continuousBackup first, and add it when the database is up',
    );
  });
});

test('a recovery has the identity that reads its past, and refuses two', () => {
  const byIdentity = (name: string) =>
    blobs({
      credentials: BlobCredentials.workloadIdentity(ServiceAccount.fromServiceAccountName(newChart(), name, name)),
    });
  const { database } = newCluster({ continuousBackup: { store: byIdentity('reader') } });
  expect(renderCluster({ recoverFrom: { database } }).spec).toMatchObject({
    serviceAccountName: 'reader',
    inheritedMetadata: { labels: { 'azure.workload.identity/use': 'true' } },
  });
  refused(
    { continuousBackup: { store: byIdentity('writer'), serverName: 'orders-2' }, recoverFrom: { database } },
    "'recoverFrom.store' must have the ServiceAccount of 'continuousBackup.store', writer, got \"reader\": the instances have one; give both roles to it",
  );
});

describe('clients and jobs', () => {
  test('find the primary by its name and speak TLS', () => {
    const { database } = newCluster({}, { namespace: 'shop' });
    expect(database.connectionEnv()).toEqual([
      { name: 'PGHOST', value: 'orders-rw.shop' },
      { name: 'PGPORT', value: '5432' },
      { name: 'PGDATABASE', value: 'shop' },
      { name: 'PGUSER', value: 'shop' },
      { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'shop-user', key: 'password' } } },
      { name: 'PGSSLMODE', value: 'require' },
    ]);
    expect(Object.keys(database.connectionEnvValues())).toEqual(database.connectionEnv().map(({ name }) => name));
    expect(database).toMatchObject({ readOnlyHost: 'orders-ro.shop', caSecretName: 'orders-ca' });
  });

  test('are let in by ClientAccess, as to any database', () => {
    const { chart, database } = newCluster({}, { namespace: 'shop' });
    new ClientAccess(chart, 'from-shop', { from: Namespaces.select(chart, 'Shop', { names: ['web'] }), to: database });
    expect(find(manifestsOf(chart), 'NetworkPolicy', 'from-shop').spec).toMatchObject({
      podSelector: { matchLabels: { 'cnpg.io/cluster': 'orders', 'cnpg.io/podRole': 'instance' } },
      ingress: [{ ports: [{ port: 5432, protocol: 'TCP' }] }],
    });
  });

  // CloudNativePG's images do not have the user that jobs run as.
  test('back it up by the official image of the same major, as the owner, or as the administrator', () => {
    const login = (props: Partial<CloudNativePgDatabaseProps>) => {
      const { chart, database } = newCluster(props);
      const backup = new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: NEVER });
      new RestoreDrill(chart, 'drill', { backup, schedule: NEVER });
      new BlobRestoreJob(chart, 'restore', { database, store: BLOBS });
      const job = renderedJob(manifestsOf(chart), 'backup');
      return { image: job.step('dump').image, env: job.envOf('dump') };
    };
    expect(login({})).toMatchObject({
      image: 'postgres:17.11-bookworm',
      env: { DB_USER: 'shop', DB_HOST: 'orders-rw' },
    });
    expect(login({ password: SUPERUSER }).env).toMatchObject({ DB_USER: 'postgres' });
  });

  test('a drill gets the libraries that the server preloads', () => {
    const { database } = newCluster({ sharedPreloadLibraries: ['a', 'b'], parameters: { work_mem: '8MB' } });
    expect(database.parameters).toEqual({ work_mem: '8MB', shared_preload_libraries: 'a,b' });
  });
});

describe('its NetworkPolicy', () => {
  // Without the operator all goes well until it restarts, and then nothing fails over.
  test('lets in the instances and the operator, and out to what they need', () => {
    const { spec } = find(manifestsOf(newCluster(ARCHIVING).chart), 'NetworkPolicy', 'orders');
    const podSelector = { matchLabels: { 'cnpg.io/cluster': 'orders' } };
    expect(spec).toEqual({
      podSelector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector }],
          ports: [
            { port: 5432, protocol: 'TCP' },
            { port: 8000, protocol: 'TCP' },
          ],
        },
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'cnpg-system' } },
              podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } },
            },
          ],
          ports: [{ port: 8000, protocol: 'TCP' }],
        },
      ],
      egress: [
        {
          to: [{ podSelector }],
          ports: [
            { port: 5432, protocol: 'TCP' },
            { port: 8000, protocol: 'TCP' },
          ],
        },
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
            { port: 443, protocol: 'TCP' },
            { port: 6443, protocol: 'TCP' },
          ],
        },
      ],
    });
  });

  test('can be left out, be told where the operator is, and opens the port of a store', () => {
    expect(manifestsOf(newCluster({ networkPolicy: false }).chart).map(({ kind }) => kind)).not.toContain(
      'NetworkPolicy',
    );
    const store = BlobStore.s3({
      bucket: 'shop',
      endpoint: 'https://minio:9000',
      credentials: S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD),
    });
    const props = { operatorNamespace: 'operators', apiServerPorts: [16443], continuousBackup: { store } };
    const text = JSON.stringify(find(manifestsOf(newCluster(props).chart), 'NetworkPolicy', 'orders').spec);
    expect(text).toContain('"operators"');
    expect(text).toContain('{"port":16443,"protocol":"TCP"},{"port":9000,"protocol":"TCP"}');
  });
});

describe('a Cluster is refused', () => {
  test('under a name that the operator or a Service cannot have', () => {
    refused(
      { name: '1-' + 'a'.repeat(50) },
      `'name' must be a DNS label of at most 50 characters, got "1-${'a'.repeat(50)}": use a-z, 0-9 and '-', beginning and ending with a letter or ` +
        'digit; the operator takes no longer one',
      `'name' must begin with a letter, got "1-${'a'.repeat(50)}": Services are called after it; put a letter first`,
    );
  });

  test('with another engine', () => {
    refused(
      { engine: DatabaseEngine.mariadb({ version: '11.8.8' }), image: 'postgres:17.11' },
      '\'engine\' must be of DatabaseEngine.postgres, got "mariadb": CloudNativePG runs PostgreSQL alone; write DatabaseEngine.postgres({ version: ' +
        "'17.11' })",
    );
  });

  test.each(['pg:latest', 'pg', `pg@sha256:${'a'.repeat(64)}`, 'pg:bookworm'])('with the image %s', (image) => {
    refused(
      { image },
      `'image' must have a tag that begins with the version, got "${image}": the operator reads the version in it, and refuses others and a digest ` +
        "alone; write 'ghcr.io/cloudnative-pg/postgresql:17.11-standard-trixie', with @sha256:… behind it if you want it pinned",
    );
  });

  // The operator begins an upgrade at once, with all instances down.
  test('with an image of another major, or of no minor', () => {
    refused(
      { image: 'pg:18.6-standard-trixie' },
      '\'image\' must hold the major of the engine, 17, got "pg:18.6-standard-trixie": the operator takes another major for an upgrade and begins ' +
        'it at once, with all instances down; give both the same',
    );
    refused(
      { image: 'pg:17-standard-trixie' },
      '\'image\' must name the minor version too, got "pg:17-standard-trixie": it moves on to the next minor in the middle of anything; write ' +
        "'17.11-standard-trixie'",
    );
    expect(() => newCluster({ image: `pg:17-standard-trixie@sha256:${'a'.repeat(64)}` })).not.toThrow();
  });

  test('with an image for jobs that they cannot run in', () => {
    refused(
      { clientImage: 'ghcr.io/cloudnative-pg/postgresql:17.11' },
      '\'clientImage\' must be an image of the official postgres, got "ghcr.io/cloudnative-pg/postgresql:17.11": jobs run as user 999, which its ' +
        "images do not have; leave it out, or name a mirror of 'postgres'",
    );
  });

  test('with standbys that are never there, or a budget for the only instance', () => {
    refused(
      { instances: 2, synchronous: { number: 2 } },
      "'synchronous.number' must be less than 'instances', 2, got 2: so many standbys are never there, and each commit would wait for ever; write " +
        '3 instances and number: 1',
    );
    refused(
      { instances: 1, podDisruptionBudget: true, synchronous: { durability: DataDurability.PREFERRED } },
      "'podDisruptionBudget' must not be true with one instance, got true: it would block every drain of the only instance for ever; leave it out",
      "'synchronous.number' must be less than 'instances', 1, got 1: so many standbys are never there; write 3 instances and number: 1",
    );
    refused(
      { instances: 0 },
      "'instances' must be a whole number at least 1, got 0: write 3, a primary and two standbys".replace(
        'at least 1',
        'from 1 to 2147483647',
      ),
    );
  });

  test('on shares, and without a size', () => {
    refused(
      { storage: { size: Size.gibibytes(100), storageClass: SMB }, walStorage: { size: Size.kibibytes(0) } },
      '\'storage.storageClass\' must not be a share over SMB nor an object store, got "azurefile-csi": its files have no owner, mode and locks of ' +
        'their own, and PostgreSQL fails on it; take a class of disks',
      '\'walStorage.size\' must be a whole number of KiB above 0, got "0Ki": write it as Size.gibibytes(32)',
    );
  });

  test("with the server's own names, and keys that the operator does not read", () => {
    refused(
      { applicationUser: { name: 'postgres', password: OTHER_KEY }, password: OTHER_KEY },
      ...['applicationUser.password.key', 'password.key'].map(
        (prop) =>
          `'${prop}' must be 'password', got "pw": the operator reads the keys 'username' and 'password' of a Secret of the type ` +
          "kubernetes.io/basic-auth; make one, and write key: 'password'",
      ),
      "'applicationUser.name' must be another than the server's own users, got \"postgres\": choose another name, e.g. 'shop'",
      "'applicationUser.databaseName' must be another than the server's own databases, got \"postgres\": choose another name, e.g. 'shop'",
    );
  });

  test("with the operator's parameters, and those that lose data", () => {
    refused(
      {
        ...ARCHIVING,
        parameters: {
          archive_timeout: '60',
          Port: '5433',
          'a b': '1',
          wal_level: 'minimal',
          fsync: 'off',
          shared_preload_libraries: 'x',
        },
      },
      "'parameters' must leave this one alone, got \"archive_timeout\": it belongs to the prop 'continuousBackup.recoveryPointObjective'",
      '\'parameters\' must leave this one alone, got "Port": it belongs to the operator',
      "'parameters' must have names of letters, digits, _ and one ., got \"a b\": write { max_connections: '200' }",
      "'parameters['wal_level']' must not be 'minimal', got \"minimal\": standbys and archives need more of the WAL; leave it out",
      "'parameters['fsync']' must stay on, got \"off\": a crash then leaves a database that cannot be read; leave it out",
      "'parameters' must leave this one alone, got \"shared_preload_libraries\": it belongs to the prop 'sharedPreloadLibraries'",
    );
  });

  test('when it would be killed while it waits', () => {
    refused(
      { smartShutdownTimeout: Duration.seconds(60), stopDelay: Duration.seconds(60) },
      "'stopDelay' must be longer than 'smartShutdownTimeout', got \"1 minute\": the server would be killed while it waits for its sessions, and " +
        'recover from a crash; write more',
    );
  });

  test('beside another of its name', () => {
    const { chart } = newCluster();
    const again = () => new CloudNativePgDatabase(chart, 'again', { ...CLUSTER, name: 'orders' });
    expect(again).toThrow('\'name\' must make a Cluster that its chart does not have yet, got "orders"');
  });
});

// Whoever outgrows one PostgreSQL is told where to go.
test('the error for more than one member of a StatefulDatabase names it', () => {
  const props = { ...CLUSTER, password: SUPERUSER, replicas: 3 };
  const { engine, storage, password, replicas } = props;
  expect(() => new StatefulDatabase(newChart(), 'db', { engine, storage, password, replicas })).toThrow(
    'use 1, or CloudNativePgDatabase, whose members replicate and fail over',
  );
});
