import { Duration, Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Cpu, ServiceAccount } from 'cdk8s-plus-27';
import {
  AntiAffinity,
  ClaimRetention,
  ClientAccess,
  DatabaseEngine,
  HeadlessService,
  InitScriptsRunAs,
  Pod,
  StatefulDatabase,
  UpdateStrategy,
  VolumeDataSource,
} from '../../lib';
import type { DatabaseResources, DatabaseStorage, DatabaseUser, StatefulDatabaseProps } from '../../lib';
import {
  DISK,
  EXPORTER_PASSWORD,
  NFS,
  OBJECT_STORE,
  PASSWORD,
  PULL_SECRET,
  SHOP_PASSWORD,
  SMB,
} from '../support/elsewhere';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { CONTAINER, DATABASE, newDatabase, plainSpec } from '../support/samples';
import { schemaErrors } from '../support/strict-schema';

const LABEL = "use a-z, 0-9 and '-', beginning and ending with a letter or digit";
const LABEL_VALUE = "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit";

/** Expects that a database with these props is refused, and that the same id is free again. */
function refusedDatabase(props: Partial<StatefulDatabaseProps>, ...problems: string[]): void {
  const chart = newChart();
  const make = () => new StatefulDatabase(chart, 'db', { ...DATABASE, ...props });
  expectRefused(chart, make, "StatefulDatabase 'test/db'", ...problems);
  new StatefulDatabase(chart, 'db', DATABASE);
}

function partsOf(chart: Chart, server = 'postgresql') {
  const { spec, ...object } = find(manifestsOf(chart), 'StatefulSet', 'db');
  const pod = spec.template.spec;
  return { ...object, spec, pod, server: named(pod.containers, server) };
}

describe('a database by default', () => {
  const { chart, database } = newDatabase();
  const manifests = manifestsOf(chart);
  const { spec, pod, server } = partsOf(chart);
  const initialize = named(pod.initContainers, 'initialize');

  test('is a set, a Service and a policy, all of its name', () => {
    expect(identities(manifests)).toEqual(['ConfigMap db-scripts', 'NetworkPolicy db', 'Service db', 'StatefulSet db']);
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  });

  test('is reached at its name, on the port of its engine', () => {
    expect(find(manifests, 'Service', 'db').spec).toEqual({
      clusterIP: 'None',
      selector: { app: 'db' },
      // Only when it is ready: a client that is let in earlier meets a server that recovers.
      ports: [{ name: 'postgresql', port: 5432 }],
    });
    expect(database).toMatchObject({
      address: 'db',
      port: 5432,
      user: 'postgres',
      databaseName: 'postgres',
      password: PASSWORD,
      accessPorts: [{ port: 5432, protocol: 'TCP' }],
      networkPolicy: true,
    });
    expect(database.namespace).toBeUndefined();
    expect(server.ports).toEqual([{ name: 'postgresql', containerPort: 5432 }]);
  });

  test('keeps its data in a claim of its own, which nobody deletes but the user', () => {
    expect(spec.volumeClaimTemplates).toMatchObject([
      { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '32Gi' } } } },
    ]);
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    expect(database.statefulSet.pod(0).claimName('data')).toBe('data-db-0');
  });

  test('sees the claim where the image keeps its data, while it is made and while it runs', () => {
    for (const container of [server, initialize]) {
      expect(named(container.volumeMounts, 'data')).toEqual({ name: 'data', mountPath: '/var/lib/postgresql/data' });
      expect(named(container.env, 'PGDATA').value).toBe('/var/lib/postgresql/data/pgdata');
    }
    expect(named(initialize.env, 'DATA_VOLUME').value).toBe('/var/lib/postgresql/data');
  });

  test('runs as the user that owns the data, and writes only where it must', () => {
    expect(pod.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999, fsGroup: 999 });
    expect(server.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(pod.volumes).toEqual([
      { name: 'var-run-postgresql', emptyDir: { sizeLimit: '16Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      // A quarter of the memory: the runtime's 64 MiB make parallel queries fail.
      { name: 'dev-shm', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } },
      { name: 'scripts', configMap: { name: 'db-scripts', optional: true } },
      {
        name: 'passwords',
        secret: {
          secretName: 'dbpass',
          defaultMode: 0o440,
          items: [{ key: 'dbpassword', path: 'POSTGRES_PASSWORD' }],
        },
      },
    ]);
    for (const { volumeMounts } of [server, initialize]) {
      expect(volumeMounts.map(({ mountPath }) => mountPath).sort()).toEqual([
        '/dev/shm',
        '/passwords',
        '/scripts',
        '/tmp',
        '/var/lib/postgresql/data',
        '/var/run/postgresql',
      ]);
    }
  });

  test('has the time to write its checkpoint, and no preStop that would take it away', () => {
    expect(pod.terminationGracePeriodSeconds).toBe(120);
    // The image's stop signal is a fast shutdown already.
    expect(server).not.toHaveProperty('lifecycle');
  });

  // Through the entrypoint: a command of ours would skip it, and with it the password and the scripts.
  test('leaves the start of the server to the image', () => {
    expect(server).not.toHaveProperty('command');
    expect(server).not.toHaveProperty('args');
  });

  test('has the memory that it asks for and no limit of processors, which would stall it', () => {
    expect(server.resources).toEqual({
      requests: { cpu: '250m', memory: '1Gi', 'ephemeral-storage': '1Gi' },
      limits: { memory: '1Gi', 'ephemeral-storage': '1Gi' },
    });
    expect(initialize.resources).toEqual(server.resources);
  });

  test('has the three probes of its engine, on the server alone', () => {
    const { startupProbe, livenessProbe, readinessProbe } = DATABASE.engine.spec;
    expect(server).toMatchObject({ startupProbe, livenessProbe, readinessProbe });
    // A server of Kubernetes refuses probes on an init container.
    expect(initialize).not.toHaveProperty('startupProbe');
    expect(initialize).not.toHaveProperty('readinessProbe');
    expect(initialize).not.toHaveProperty('ports');
  });

  test('is made by an init container of the same image, so that half a database is never taken for a whole one', () => {
    expect(initialize.image).toBe(server.image);
    expect(initialize.command).toEqual([
      'sh',
      '-c',
      '[ ! -e /scripts/initialize.sh ] || exec sh /scripts/initialize.sh "$@"\n' +
        "echo 'initialize: there is no ConfigMap db-scripts' >&2\n" +
        '{ [ -s "$PGDATA/PG_VERSION" ]; } || ' +
        "{ echo 'initialize: and no database: apply the ConfigMap. Nothing was changed' >&2; exit 1; }\n",
      'initialize',
    ]);
    const { data } = find(manifests, 'ConfigMap', 'db-scripts');
    expect(data).toEqual({
      README: expect.stringMatching(
        /^Scripts of the database 'db', for its own pods\.\nWritten by cdk8s-stateful \d+\.\d+\.\d+; .*\n.*\/docs\/volume-backup\.md\n$/,
      ),
      'initialize.sh': DATABASE.engine.spec.initializeScript,
      ...DATABASE.engine.spec.initializeFiles,
    });
  });

  test('makes nobody but the administrator, whose password is only referenced', () => {
    // In a file, so that it stands in no environment; and the server, whose image would put it there, is not told of it.
    expect(named(initialize.env, 'POSTGRES_PASSWORD_FILE')).toEqual({
      name: 'POSTGRES_PASSWORD_FILE',
      value: '/passwords/POSTGRES_PASSWORD',
    });
    expect(server.env.map(({ name }) => name).sort()).toEqual(['PGDATA', 'POSTGRES_INITDB_ARGS']);
    expect(initialize.env.map(({ name }) => name)).not.toContain('APPLICATION_USER');
  });

  test('gives its objects to who made it', () => {
    expect(database.apiObject).toBe(database.statefulSet.apiObject);
    expect(database.service.serviceName).toBe('db');
    expect(database.pods).toBe(database.statefulSet);
    expect(database.image).toBe('postgres:17.11-bookworm');
  });
});

test('a database takes every prop', () => {
  const chart = newChart();
  const storage: Required<DatabaseStorage> = {
    size: Size.gibibytes(8),
    storageClass: DISK,
    claimName: 'volume',
    subPath: 'data',
    labels: { keep: 'yes' },
    annotations: { note: 'kept' },
    dataSource: VolumeDataSource.snapshot('before'),
  };
  const resources: Required<DatabaseResources> = {
    cpu: Cpu.units(2),
    memory: Size.gibibytes(4),
    ephemeralStorage: Size.gibibytes(2),
  };
  const applicationUser: Required<DatabaseUser> = { name: 'shop', password: SHOP_PASSWORD, databaseName: 'orders' };
  // A backup user is for engines whose administrator is local: see mariadb-engine.test.ts.
  const props: Required<Omit<StatefulDatabaseProps, 'backupUser'>> = {
    name: 'db',
    namespace: 'shop',
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
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'high',
    serviceAccount: ServiceAccount.fromServiceAccountName(chart, 'Account', 'reader'),
    automountServiceAccountToken: true,
    runAsUser: 1001,
    runAsGroup: 1002,
    fsGroup: 1003,
    sysctls: { 'net.ipv4.tcp_keepalive_time': '60' },
    terminationGracePeriod: Duration.minutes(10),
    replicas: 1,
    whenDeleted: ClaimRetention.DELETE,
    whenScaled: ClaimRetention.DELETE,
    updateStrategy: UpdateStrategy.ON_DELETE,
    partition: 0,
    minReady: Duration.seconds(5),
    antiAffinity: AntiAffinity.REQUIRED,
    zoneSpread: true,
    podDisruptionBudget: false,
    networkPolicy: true,
    engine: DatabaseEngine.postgres({ version: '17.11' }),
    password: PASSWORD,
    storage,
    image: 'registry.example.com/postgres:17.12-bookworm',
    selector: { app: 'db', env: 'prod' },
    serviceName: 'sql',
    clientServiceName: 'orders',
    servicePortName: 'sql-port',
    portName: 'pg',
    containerName: 'server',
    user: 'admin',
    databaseName: 'main',
    applicationUser,
    parameters: { max_connections: '200', 'pg_stat_statements.track': 'all' },
    initScripts: { '10-tables.sql': 'CREATE TABLE t ();' },
    initScriptsRunAs: InitScriptsRunAs.ADMINISTRATOR,
    resources,
    // All that it takes: see metrics/metrics.test.ts.
    metrics: { password: EXPORTER_PASSWORD },
    sidecars: [{ name: 'pooler', image: 'example.com/pooler:1', ports: [{ containerPort: 6432 }] }],
    nativeSidecars: [{ name: 'proxy', image: 'example.com/proxy:1', ports: [{ containerPort: 4000 }] }],
    initContainers: [{ name: 'later', image: 'example.com/init:1' }],
    volumeClaimTemplates: [
      { name: 'more', size: Size.gibibytes(1), mounts: [{ path: '/more', container: 'pooler' }, { path: '/dump' }] },
    ],
    emptyDirs: [{ path: '/cache', containers: ['pooler'] }],
    volumes: [{ name: 'config', configMap: { name: 'config' } }],
    volumeMounts: [{ name: 'config', mountPath: '/config' }],
    openPorts: [6432],
  };
  const database = new StatefulDatabase(chart, 'x', props);
  const manifests = manifestsOf(chart);
  expect(identities(manifests)).toEqual([
    'ConfigMap shop/db-init',
    'ConfigMap shop/db-scripts',
    'NetworkPolicy shop/db',
    'Service shop/orders',
    'Service shop/sql',
    'StatefulSet shop/db',
  ]);
  expect(manifests.flatMap(schemaErrors)).toEqual([
    '.spec.template.spec.initContainers[1].restartPolicy: is no field that 1.27 knows',
  ]);
  const { metadata, spec, pod, server } = partsOf(chart, 'server');
  expect(metadata.labels).toEqual({ app: 'db', env: 'prod', team: 'a' });
  expect(spec).toMatchObject({
    serviceName: 'sql',
    selector: { matchLabels: { app: 'db', env: 'prod' } },
    minReadySeconds: 5,
    updateStrategy: { type: 'OnDelete' },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
  });
  expect(spec.template.metadata.labels).toEqual({ app: 'db', env: 'prod', version: '1' });
  expect(spec.template.metadata.annotations).toMatchObject({ note: 'x' });
  expect(pod).toMatchObject({
    serviceAccountName: 'reader',
    automountServiceAccountToken: true,
    securityContext: {
      runAsUser: 1001,
      runAsGroup: 1002,
      fsGroup: 1003,
      sysctls: [{ name: 'net.ipv4.tcp_keepalive_time', value: '60' }],
    },
    terminationGracePeriodSeconds: 600,
    imagePullSecrets: [{ name: 'registry-login' }],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'high',
  });
  expect(pod.affinity.podAntiAffinity).toHaveProperty('requiredDuringSchedulingIgnoredDuringExecution');
  expect(pod.topologySpreadConstraints).toHaveLength(1);
  const claims = spec.volumeClaimTemplates.map((claim) => ({ ...claim, name: claim.metadata.name }));
  expect(named(claims, 'volume').metadata.labels).toEqual({ keep: 'yes' });
  expect(named(claims, 'volume').spec).toMatchObject({
    storageClassName: 'managed-csi',
    resources: { requests: { storage: '8Gi' } },
  });
  expect(named(claims, 'more').spec.resources.requests).toEqual({ storage: '1Gi' });
  // What names no container is the server's, and is seen by the container that makes the database: parameters may name it.
  for (const mounts of [server.volumeMounts, named(pod.initContainers, 'initialize').volumeMounts]) {
    expect(named(mounts, 'volume')).toEqual({
      name: 'volume',
      mountPath: '/var/lib/postgresql/data',
      subPath: 'data',
    });
    expect(named(mounts, 'more').mountPath).toBe('/dump');
    expect(named(mounts, 'config').mountPath).toBe('/config');
    expect(mounts.map(({ name }) => name)).not.toContain('cache');
  }
  expect(pod.initContainers.map(({ name }) => name)).toEqual(['initialize', 'proxy', 'later']);
  expect(find(manifests, 'Service', 'sql').spec.ports).toEqual([{ name: 'sql-port', port: 5432 }]);
  expect(find(manifests, 'Service', 'orders').spec).toEqual(find(manifests, 'Service', 'sql').spec);
  const { containers } = find(manifests, 'StatefulSet', 'db').spec.template.spec;
  expect(named(containers, 'server').ports).toEqual([{ name: 'pg', containerPort: 5432 }]);
  expect(find(manifests, 'NetworkPolicy', 'db').spec.ingress).toContainEqual({ ports: [{ port: 6432 }] });

  const initialize = named(pod.initContainers, 'initialize');
  expect(server.image).toBe('registry.example.com/postgres:17.12-bookworm');
  expect(initialize.image).toBe(server.image);
  // As the server understands them, so that a wrong one is found while the database is made.
  const args = ['-c', 'max_connections=200', '-c', 'pg_stat_statements.track=all'];
  expect(server.args).toEqual(args);
  expect(initialize.args).toEqual(args);
  expect(server.resources).toEqual({
    requests: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '2Gi' },
    limits: { memory: '4Gi', 'ephemeral-storage': '2Gi' },
  });
  expect(named(pod.volumes, 'dev-shm').emptyDir.sizeLimit).toBe('1Gi');
  for (const { env } of [server, initialize]) {
    expect(named(env, 'POSTGRES_USER').value).toBe('admin');
    expect(named(env, 'POSTGRES_DB').value).toBe('main');
  }
  expect(named(initialize.env, 'APPLICATION_USER').value).toBe('shop');
  expect(named(initialize.env, 'APPLICATION_DATABASE').value).toBe('orders');
  expect(named(initialize.env, 'APPLICATION_PASSWORD_FILE').value).toBe('/passwords/APPLICATION_PASSWORD');
  expect(named(pod.volumes, 'passwords').projected.sources[1]).toEqual({
    secret: { name: 'shop', items: [{ key: 'pw', path: 'APPLICATION_PASSWORD' }] },
  });
  // It is needed once, and stays out of the server's environment.
  expect(server.env.map(({ name }) => name)).not.toContain('APPLICATION_PASSWORD');

  const scripts = find(manifests, 'ConfigMap', 'db-init');
  expect(scripts.metadata.labels).toEqual({ app: 'db', env: 'prod' });
  // Before those of the user, which may need it.
  expect(scripts.data).toEqual({
    '00-application-user.sh': DATABASE.engine.spec.applicationUserScript,
    '10-tables.sql': 'CREATE TABLE t ();',
  });
  expect(named(pod.volumes, 'init-scripts').configMap).toEqual({ name: 'db-init', optional: true });
  expect(named(initialize.volumeMounts, 'init-scripts').mountPath).toBe('/docker-entrypoint-initdb.d');
  expect(server.volumeMounts.map(({ name }) => name)).not.toContain('init-scripts');

  expect(pod.containers.map(({ name }) => name).sort()).toEqual(['metrics', 'metrics-user', 'pooler', 'server']);
  expect(named(pod.containers, 'pooler').volumeMounts).toEqual([
    { name: 'more', mountPath: '/more' },
    { name: 'cache', mountPath: '/cache' },
  ]);
  expect(named(pod.volumes, 'config').configMap).toEqual({ name: 'config' });
  expect(named(pod.initContainers, 'later').image).toBe('example.com/init:1');
  expect(database).toMatchObject({
    address: 'sql.shop',
    namespace: 'shop',
    user: 'admin',
    databaseName: 'main',
    image: 'registry.example.com/postgres:17.12-bookworm',
  });
});

describe('a database', () => {
  test('is named as its construct, and its Service as itself', () => {
    const { chart } = newDatabase({ name: 'orders' });
    expect(identities(manifestsOf(chart))).toEqual([
      'ConfigMap orders-scripts',
      'NetworkPolicy orders',
      'Service orders',
      'StatefulSet orders',
    ]);
  });

  test.each([
    ["the chart's", {}, { namespace: 'shop' }],
    ['its own', { namespace: 'shop' }, { namespace: 'other' }],
  ])('lives with all its objects in %s namespace', (_, props, chartProps) => {
    const { chart, database } = newDatabase({ ...props, initScripts: { 'a.sql': '' } }, chartProps);
    expect(manifestsOf(chart).map(({ metadata }) => metadata.namespace)).toEqual(Array(5).fill('shop'));
    expect(database).toMatchObject({ address: 'db.shop', namespace: 'shop' });
  });

  // The image takes the one for the default of the other: a user shop would log in to a database shop that is nowhere named.
  test.each([
    [{ user: 'admin' }, 'admin', 'postgres'],
    [{ databaseName: 'main' }, 'postgres', 'main'],
  ])('tells the image user and database, where %j alone was chosen', (props, user, databaseName) => {
    const { env } = partsOf(newDatabase(props).chart).server;
    expect(named(env, 'POSTGRES_USER').value).toBe(user);
    expect(named(env, 'POSTGRES_DB').value).toBe(databaseName);
  });

  test('gives the group of a chosen user to group and volumes', () => {
    const { pod } = partsOf(newDatabase({ runAsUser: 1001 }).chart);
    expect(pod.securityContext).toMatchObject({ runAsUser: 1001, runAsGroup: 1001, fsGroup: 1001 });
  });

  test('rounds its shared memory down to whole KiB', () => {
    const { pod } = partsOf(newDatabase({ resources: { memory: Size.kibibytes(1027) } }).chart);
    expect(named(pod.volumes, 'dev-shm').emptyDir.sizeLimit).toBe('256Ki');
  });

  // Kubernetes changes the selector of a headless Service in place, and no client need be told.
  test('takes over the Service of the one before it, but for what finds its own pods', () => {
    const own = find(manifestsOf(newDatabase().chart), 'Service', 'db');
    const { chart, database } = newDatabase({ name: 'db-17', clientServiceName: 'db' });
    const taken = find(manifestsOf(chart), 'Service', 'db');
    expect(taken).toEqual({
      ...own,
      metadata: { name: 'db', labels: { app: 'db-17' } },
      spec: { ...own.spec, selector: { app: 'db-17' } },
    });
    expect(named(database.connectionEnv(), 'PGHOST').value).toBe('db');
    expect(database.connectionEnvValues().PGHOST?.value).toBe('db');
    // Jobs, and the set itself, go on with its own.
    expect([database.address, database.clientService?.dnsName]).toEqual(['db-17', 'db']);
    expect(find(manifestsOf(chart), 'StatefulSet', 'db-17').spec.serviceName).toBe('db-17');
    expect(
      named(newDatabase({ clientServiceName: 'x' }, { namespace: 'shop' }).database.connectionEnv(), 'PGHOST').value,
    ).toBe('x.shop');
  });

  test('makes a ConfigMap only where there are scripts', () => {
    expect(identities(manifestsOf(newDatabase({ initScripts: {} }).chart))).not.toContain('ConfigMap db-init');
  });

  test('gives its clients the environment of the administrator', () => {
    expect(newDatabase().database.connectionEnv()).toEqual(
      expect.arrayContaining([
        { name: 'PGHOST', value: 'db' },
        { name: 'PGPORT', value: '5432' },
        { name: 'PGUSER', value: 'postgres' },
        { name: 'PGDATABASE', value: 'postgres' },
        { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'dbpass', key: 'dbpassword' } } },
      ]),
    );
  });

  test.each([
    [{}, 'shop'],
    [{ databaseName: 'orders' }, 'orders'],
  ])('gives its clients that of the application user, where there is one: %j', (more, databaseName) => {
    const applicationUser = { name: 'shop', password: SHOP_PASSWORD, ...more };
    const { database, chart } = newDatabase({ applicationUser });
    expect(database.connectionEnv()).toEqual(
      expect.arrayContaining([
        { name: 'PGUSER', value: 'shop' },
        { name: 'PGDATABASE', value: databaseName },
        { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'shop', key: 'pw' } } },
      ]),
    );
    // And the administrator stays who may back it up.
    expect(database).toMatchObject({ user: 'postgres', password: PASSWORD });
    const initialize = named(partsOf(chart).pod.initContainers, 'initialize');
    expect(named(initialize.env, 'APPLICATION_DATABASE').value).toBe(databaseName);
  });

  test('lets in the clients that are given access, at its port', () => {
    const { chart, database } = newDatabase();
    new ClientAccess(chart, 'access', { from: new Pod(chart, 'client', { containers: [CONTAINER] }), to: database });
    expect(find(manifestsOf(chart), 'NetworkPolicy', 'access').spec).toEqual({
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 5432, protocol: 'TCP' }] },
      ],
    });
  });

  test('can be named in policies of cdk8s-plus', () => {
    const { database } = newDatabase();
    expect(database.toPodSelector()).toBe(database);
    expect(database.toPodSelectorConfig().labelSelector._toKube()).toEqual({ matchLabels: { app: 'db' } });
    expect(database.toNetworkPolicyPeerConfig()).toEqual({ podSelector: database.toPodSelectorConfig() });
  });

  test('lives on NFS, which keeps owners and modes', () => {
    expect(() => newDatabase({ storage: { size: Size.gibibytes(1), storageClass: NFS } })).not.toThrow();
  });

  test('takes an image whose tag tells no version, or that is pinned by its digest', () => {
    expect(() => newDatabase({ image: 'registry.example.com/our-postgres:stable' })).not.toThrow();
    expect(() => newDatabase({ image: `postgres@sha256:${'0'.repeat(64)}` })).not.toThrow();
  });
});

describe('a database of another engine', () => {
  const bare = (props: Partial<StatefulDatabaseProps> = {}, more = {}) =>
    newDatabase({ engine: DatabaseEngine.of(plainSpec(more)), ...props });

  test('needs neither init container, nor liveness, nor writable folders', () => {
    const { pod, server } = partsOf(bare().chart, 'redis');
    expect(pod).not.toHaveProperty('initContainers');
    expect(pod).not.toHaveProperty('volumes');
    expect(server).not.toHaveProperty('livenessProbe');
    expect(server.volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
    expect(server.env).toEqual([
      { name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: 'dbpass', key: 'dbpassword' } } },
    ]);
    expect(pod.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 1000, fsGroup: 1000 });
    expect(pod.terminationGracePeriodSeconds).toBe(60);
  });

  test('speaks to clients in plain variables', () => {
    expect(bare().database.connectionEnv()).toEqual(
      expect.arrayContaining([
        { name: 'DB_HOST', value: 'db' },
        { name: 'DB_PORT', value: '6379' },
        { name: 'DB_USER', value: 'default' },
        { name: 'DB_NAME', value: '0' },
        { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'dbpass', key: 'dbpassword' } } },
      ]),
    );
  });

  test('has several members where they replicate by themselves, which find each other before they are ready', () => {
    const { chart } = bare({ replicas: 3 }, { replicates: true });
    expect(partsOf(chart, 'redis').spec.replicas).toBe(3);
    expect(find(manifestsOf(chart), 'Service', 'db').spec.publishNotReadyAddresses).toBe(true);
    expect(identities(manifestsOf(chart))).toContain('PodDisruptionBudget db');
  });

  test('sees the init scripts itself, where no init container makes the database', () => {
    const { chart } = bare({ initScripts: { 'a.any': 'x' } }, { initScriptsPath: '/scripts' });
    const { server } = partsOf(chart, 'redis');
    expect(named(server.volumeMounts, 'init-scripts').mountPath).toBe('/scripts');
  });

  test('gets the arguments of its engine before those of its parameters', () => {
    const more = { args: ['serve'], parameterArgs: ['--{name}', '{value}'] };
    const { server } = partsOf(bare({ parameters: { a: '$1 {name}' } }, more).chart, 'redis');
    expect(server.args).toEqual(['serve', '--a', '$1 {name}']);
  });

  test('refuses what its engine cannot do, all at once', () => {
    const chart = newChart();
    expectRefused(
      chart,
      () =>
        new StatefulDatabase(chart, 'db', {
          ...DATABASE,
          engine: DatabaseEngine.of(plainSpec()),
          user: 'u',
          databaseName: 'd',
          applicationUser: { name: 'shop', password: SHOP_PASSWORD },
          parameters: { a: '1' },
          initScripts: { 'a.sql': '' },
          initScriptsRunAs: InitScriptsRunAs.APPLICATION_USER,
          backupUser: { password: SHOP_PASSWORD },
        }),
      "StatefulDatabase 'test/db'",
      '\'parameters\' must be left out with the engine redis, got "a": it takes none; configure its image',
      "'user' must be left out with the engine redis, got \"u\": the image makes its own; leave 'user' out",
      "'databaseName' must be left out with the engine redis, got \"d\": the image makes its own; leave 'databaseName' out",
      '\'applicationUser\' must be left out with the engine redis, got "shop": make it in initScripts',
      '\'backupUser\' must be left out with the engine redis, got "backup": jobs log in as the administrator; give a job ' +
        '`user` and `password` for another',
      '\'initScripts\' must be left out with the engine redis, got "a.sql": its image runs none',
      '\'initScriptsRunAs\' must be left out with the engine redis, got "applicationUser": its image decides who runs them',
    );
  });
});

describe('init scripts of PostgreSQL', () => {
  const applicationUser = { name: 'shop', password: SHOP_PASSWORD };
  const initScripts = { '10-tables.sql': 'CREATE TABLE t ();' };
  const envOf = (more: Partial<StatefulDatabaseProps>) => {
    const { pod } = partsOf(newDatabase({ applicationUser, initScripts, ...more }).chart, 'postgresql');
    return named(pod.initContainers, 'initialize').env.map(({ name, value }) => `${name}=${value}`);
  };

  // Pods that are there must not restart because of a default.
  test('run as the application user without a variable', () => {
    expect(envOf({}).join('\n')).not.toContain('INIT_SCRIPTS_RUN_AS');
    expect(envOf({ initScriptsRunAs: InitScriptsRunAs.APPLICATION_USER })).toEqual(envOf({}));
  });

  test('run as the administrator where they are told to', () => {
    expect(envOf({ initScriptsRunAs: InitScriptsRunAs.ADMINISTRATOR })).toEqual([
      ...envOf({}),
      'INIT_SCRIPTS_RUN_AS=administrator',
    ]);
  });
});

describe('a database is refused', () => {
  // Three of them would be unrelated databases behind one name.
  test('with replicas, where its engine does not replicate', () => {
    refusedDatabase(
      { replicas: 3 },
      "'replicas' must be 1 with the engine postgresql, got 3: it does not replicate by itself: these would be unrelated " +
        'databases behind one name, each with some of the rows; use 1, or CloudNativePgDatabase, whose members replicate and fail over',
    );
    expect(() => newDatabase({ replicas: 0 })).not.toThrow();
  });

  test.each([
    ['azurefile-csi', SMB],
    ['azureblob-fuse-premium', OBJECT_STORE],
  ])('on a volume that no database can own: %s', (name, storageClass) => {
    refusedDatabase(
      { storage: { size: Size.gibibytes(1), storageClass } },
      `'storage.storageClass' must not be a share over SMB nor an object store, got "${name}": its files have no owner, ` +
        'mode and locks of their own, and postgresql fails on it; take a class of disks',
    );
  });

  test('with storage that cannot be', () => {
    refusedDatabase(
      { storage: { size: Size.gibibytes(0), claimName: 'Data', subPath: '/data', labels: { a: '-' } } },
      `'storage.claimName' must be a DNS label of at most 63 characters, got "Data": ${LABEL}`,
      '\'storage.size\' must be a whole number of KiB above 0, got "0Gi": write it as Size.gibibytes(32)',
      `'storage.labels['a']' must be a label value of at most 63 characters, got "-": ${LABEL_VALUE}`,
      "'storage.subPath' must be a relative path inside the volume, without '..', got \"/data\": write it as 'modules'",
    );
  });

  test('in an image of another major, or of no version', () => {
    for (const image of ['mirror/postgres:16.15', 'mirror/postgres:17.11-alpine3.24']) {
      refusedDatabase(
        { image },
        `'image' must hold the version and variant of the engine's, postgres:17.11-bookworm, got "${image}": ` +
          'another major or variant does not fit the data of this one; give both the same',
      );
    }
    // What an image of another name calls its versions is its own business.
    expect(() => newDatabase({ image: 'mirror/our-postgres:2024.1' })).not.toThrow();
    expect(() => newDatabase({ image: 'mirror/postgres:main-17' })).not.toThrow();
    const chart = newChart();
    expect(() => new StatefulDatabase(chart, 'db', { ...DATABASE, image: 'mirror/postgres' })).toThrow(
      "'image' must name a tag other than 'latest', or a digest, got \"mirror/postgres\"",
    );
    expect(chart.toJson()).toEqual([]);
  });

  test.each([undefined, 'mirror/pg:17.11'])('with a volume that the VOLUME of the image %s would hide', (image) => {
    const chart = newChart();
    const engine = DatabaseEngine.postgres({ version: '17.11', mountPath: '/var/lib/postgresql' });
    expect(() => new StatefulDatabase(chart, 'db', { ...DATABASE, engine, image })).toThrow(
      `'engine.mountPath' must hold /var/lib/postgresql/data/pgdata, where ${image ?? 'postgres:17.11-bookworm'} keeps its data, ` +
        'got "/var/lib/postgresql": the image has a VOLUME there that is lost with the container; ' +
        'mount the claim at the path of that VOLUME exactly',
    );
    expect(chart.toJson()).toEqual([]);
  });

  test.each([
    ['data_directory', "the engine's dataDirectory"],
    ['listen_addresses', 'the probes, which connect to 127.0.0.1; close the server by a NetworkPolicy'],
    ['port', 'the port of probes, Service and clients, which is 5432'],
    ['unix_socket_directories', 'the only folder for sockets that may be written to, /var/run/postgresql'],
  ])('with the parameter %s, which others rely on', (name, owner) => {
    refusedDatabase(
      { parameters: { [name]: 'x' } },
      `'parameters' must leave this one alone, got "${name}": it belongs to ${owner}`,
    );
  });

  test.each(['', 'a b', '1a', 'a=b', '-c'])('with the parameter %j, which is no name', (name) => {
    refusedDatabase(
      { parameters: { [name]: 'x' } },
      `'parameters' must have names of letters, digits, _ and ., got "${name}": write { max_connections: '200' }`,
    );
  });

  test('with users and databases that are nobody, or the administrator', () => {
    const empty = (prop: string) =>
      `'${prop}' must not be empty, got "": the image would take it for not set; give a name or leave it out`;
    refusedDatabase(
      { user: '', databaseName: '', applicationUser: { name: '', password: SHOP_PASSWORD, databaseName: '' } },
      empty('user'),
      empty('databaseName'),
      empty('applicationUser.name'),
      empty('applicationUser.databaseName'),
      '\'applicationUser.name\' must be another than the administrator, got "": choose another name',
    );
    const admin = "'applicationUser.name' must be another than the administrator, got";
    refusedDatabase(
      { applicationUser: { name: 'postgres', password: SHOP_PASSWORD } },
      `${admin} "postgres": choose another name`,
    );
    refusedDatabase(
      { user: 'admin', applicationUser: { name: 'admin', password: SHOP_PASSWORD } },
      `${admin} "admin": choose another name`,
    );
  });

  test.each(['a b.sql', 'tables', 'tables.txt', '', '../x.sql', `${'x'.repeat(250)}.sql`])(
    'with the init script %j, which the image would pass over',
    (name) => {
      const shown = name.length > 200 ? `"${'x'.repeat(119)}…` : `"${name}"`;
      refusedDatabase(
        { initScripts: { [name]: '' } },
        `'initScripts' must have file names that end with .sh, .sql, .sql.gz, .sql.xz, .sql.zst, got ${shown}: ` +
          "the image passes over any other, or no ConfigMap can hold it; name it as '10-tables.sql'",
      );
    },
  );

  test('with an init script in the place of the one that makes the application user', () => {
    refusedDatabase(
      {
        initScripts: { '00-application-user.sh': '' },
        applicationUser: { name: 'shop', password: SHOP_PASSWORD },
      },
      '\'initScripts\' must leave this name to applicationUser, got "00-application-user.sh": choose another name',
    );
    expect(() => newDatabase({ initScripts: { '00-application-user.sh': '' } })).not.toThrow();
  });

  test('with a user for init scripts that is not there, or without scripts', () => {
    const initScriptsRunAs = InitScriptsRunAs.ADMINISTRATOR;
    refusedDatabase(
      { initScripts: { 'a.sql': '' }, initScriptsRunAs },
      '\'initScriptsRunAs\' must be left out without applicationUser, got "administrator": the administrator runs them then',
    );
    refusedDatabase(
      { applicationUser: { name: 'shop', password: SHOP_PASSWORD }, initScriptsRunAs },
      '\'initScriptsRunAs\' must be left out without initScripts, got "administrator": there is nothing to run',
    );
  });

  // The way out must be a name that is accepted.
  test('with a way out that fits an engine of one ending', () => {
    const engine = DatabaseEngine.of(plainSpec({ initScriptsPath: '/init', initScriptEndings: ['.js'] }));
    refusedDatabase(
      { engine, initScripts: { tables: '' } },
      '\'initScripts\' must have file names that end with .js, got "tables": ' +
        "the image passes over any other, or no ConfigMap can hold it; name it as '10-tables.js'",
    );
  });

  test('with the container of the server in the place of the one that makes the database', () => {
    expect(() => newDatabase({ containerName: 'initialize' })).toThrow(
      '\'containerName\' must be another than that of an init container, got "initialize": choose another',
    );
  });

  test('without time to stop', () => {
    refusedDatabase(
      { terminationGracePeriod: Duration.seconds(0) },
      "'terminationGracePeriod' must be a whole number from 1 to 2147483647, got 0: with 0 the server is always killed",
    );
    expect(() => newDatabase({ terminationGracePeriod: Duration.seconds(1) })).not.toThrow();
  });

  test('without a password, where its engine asks for one', () => {
    const chart = newChart();
    const props = { engine: DATABASE.engine, storage: DATABASE.storage };
    expectRefused(
      chart,
      () => new StatefulDatabase(chart, 'db', props),
      "StatefulDatabase 'test/db'",
      "'password' must be given with the engine postgresql, got nothing: " +
        'without one the image makes no database; write { secret, key }, with the Secret made by hand',
    );
  });

  test('with the secret where the name of its key should be, which is not shown', () => {
    const wrong = (prop: string, length: number) =>
      `'${prop}' must be the name of a key in the Secret, got "${length} characters that are none": ` +
      "use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here";
    const { secret } = PASSWORD;
    refusedDatabase(
      { password: { secret, key: 'a b' }, applicationUser: { name: 'shop', password: { secret, key: 'a b c' } } },
      wrong('password.key', 3),
      wrong('applicationUser.password.key', 5),
    );
    const attributes = { engine: DATABASE.engine, address: 'db', password: { secret, key: 'a/b' } };
    const chart = newChart();
    expectRefused(
      chart,
      () => StatefulDatabase.fromAttributes(chart, 'db', attributes),
      "StatefulDatabase.fromAttributes 'test/db'",
      wrong('password.key', 3),
    );
    const keyFile = { secret, key: 'a:b' };
    expect(() => DatabaseEngine.mongo({ version: '8.0.29', replicaSet: 'rs', keyFile })).toThrow(
      `DatabaseEngine.mongo:\n- ${wrong('keyFile.key', 3)}`,
    );
  });

  test('with everything that is wrong said at once', () => {
    refusedDatabase(
      {
        name: 'x'.repeat(53),
        replicas: -1,
        namespace: 'A',
        labels: { a: '-' },
        podLabels: { app: 'y' },
        runAsUser: 0,
        containerName: 'C',
        servicePortName: 'PORT',
        serviceName: '9',
        selector: { app: '-' },
        resources: { memory: Size.gibibytes(0), ephemeralStorage: Size.kibibytes(0.5) },
      },
      `'name' must be a DNS label of at most 52 characters, got "${'x'.repeat(53)}": ${LABEL}; ` +
        'the server accepts a longer one and then no pod ever starts',
      '\'serviceName\' must begin with a letter, got "9": Kubernetes before 1.37 refuses such a Service; put a letter first',
      "'replicas' must be a whole number from 0 to 2147483647, got -1: that many pods are made",
      `'containerName' must be a DNS label of at most 63 characters, got "C": ${LABEL}`,
      `'servicePortName' must be a DNS label of at most 63 characters, got "PORT": ${LABEL}`,
      `'selector['app']' must be a label value of at most 63 characters, got "-": ${LABEL_VALUE}`,
      '\'resources.memory\' must be a whole number of KiB above 0, got "0Gi": write it as Size.gibibytes(32)',
      '\'resources.ephemeralStorage\' must be a whole number of KiB above 0, got "0.5Ki": write it as Size.gibibytes(32)',
      `'namespace' must be a DNS label of at most 63 characters, got "A": ${LABEL}`,
      `'labels['a']' must be a label value of at most 63 characters, got "-": ${LABEL_VALUE}`,
      "'runAsUser' must be a whole number from 1 to 2147483647, got 0: " + 'use the id of the image, or 1000',
      '\'emptyDirs[2].sizeLimit\' must be a whole number of KiB above 0, got "0Ki": write it as Size.gibibytes(32)',
      "'podLabels['app']' must be '-', as in the selector, got \"y\": " +
        'the set would not find its own pods; leave it out, or choose another selector before the set exists',
    );
  });

  // Whatever the parts of a database refuse must not be found out when half of it is there.
  test.each<[string, Partial<StatefulDatabaseProps>]>([
    ['an empty selector', { selector: {} }],
    ['a claim of the name of a writable folder', { storage: { size: Size.gibibytes(1), claimName: 'tmp' } }],
    ['a claim of the name of the scripts', { storage: DATABASE.storage, volumes: [{ name: 'data', emptyDir: {} }] }],
    ['a time of half a second to stop', { terminationGracePeriod: Duration.millis(1500) }],
    ['a time of half a second to be ready', { minReady: Duration.millis(1500) }],
    ['next to no memory', { resources: { memory: Size.kibibytes(3) } }],
  ])('with %s, and leaves nothing behind', (_, props) => {
    const chart = newChart();
    expect(() => new StatefulDatabase(chart, 'db', { ...DATABASE, ...props })).toThrow("StatefulDatabase 'test/db':\n");
    expect(chart.toJson()).toEqual([]);
    expect(() => new StatefulDatabase(chart, 'db', DATABASE)).not.toThrow();
  });

  // The init container makes the database on the claim; the server alone would see the other, empty volume.
  test('with a volume over a part of the data', () => {
    const claim = {
      name: 'wal',
      size: Size.gibibytes(1),
      mounts: [{ path: '/var/lib/postgresql/data/pgdata/pg_wal' }],
    };
    const wayOut = 'it would hide a part of the data from the server; mount it elsewhere, or in a container of its own';
    refusedDatabase(
      { emptyDirs: [{ path: '/var/lib/postgresql/data/pgdata' }], volumeClaimTemplates: [claim] },
      "'emptyDirs[0].path' must lie outside of the data, /var/lib/postgresql/data, got " +
        `"/var/lib/postgresql/data/pgdata": ${wayOut}`,
      "'volumeClaimTemplates[0].mounts[0].path' must lie outside of the data, /var/lib/postgresql/data, got " +
        `"/var/lib/postgresql/data/pgdata/pg_wal": ${wayOut}`,
    );
  });

  test('with a reserved parameter, however it is written', () => {
    refusedDatabase(
      { parameters: { Data_Directory: '/tmp' } },
      "'parameters' must leave this one alone, got \"Data_Directory\": it belongs to the engine's dataDirectory",
    );
  });

  // Client-side apply keeps the object in an annotation.
  test('with init scripts that no ConfigMap holds', () => {
    const chart = newChart();
    const text = 'x'.repeat(262_144);
    expectRefused(
      chart,
      () => new StatefulDatabase(chart, 'db', { ...DATABASE, initScripts: { 'a.sql': text } }),
      "StatefulDatabase 'test/db'",
      "'initScripts' must fit into a ConfigMap of 262144 bytes as JSON, got 262320: kubectl apply keeps the whole object in an annotation, " +
        'which has no more room; shorten the texts, or load them from a volume',
    );
  });

  // Ours are of no prop that could be left out.
  test.each<[string, Partial<StatefulDatabaseProps>]>([
    ['"scripts"', { volumes: [{ name: 'scripts', emptyDir: {} }] }],
    ['"passwords"', { volumes: [{ name: 'passwords', emptyDir: {} }] }],
    ['"scripts"', { emptyDirs: [{ path: '/scripts' }] }],
    ['"passwords"', { emptyDirs: [{ path: '/passwords' }] }],
  ])('with a volume of its own called %s', (name, props) => {
    expect(() => newDatabase(props)).toThrow(
      `'volumes' must not have two volumes of one name, got ${name}: claims, emptyDirs and volumes share their names`,
    );
  });

  test('where the Service for clients has the name of another one', () => {
    const chart = newChart();
    new HeadlessService(chart, 'service', { name: 'orders', ports: [{ name: 'x', port: 1 }] });
    const make = (clientServiceName: string) => () =>
      new StatefulDatabase(chart, 'db', { ...DATABASE, clientServiceName });
    const subject = "StatefulDatabase 'test/db'";
    expectRefused(
      chart,
      make('db'),
      subject,
      "'clientServiceName' must be another name than that of the database's own Service, got \"db\": clients have that one already; leave " +
        'it out, or choose a name that a successor of this database can take over',
    );
    expectRefused(
      chart,
      make('orders'),
      subject,
      "'clientServiceName' must make a Service that its chart does not have yet, got \"orders\": 'test/service/Resource' is the same " +
        'object to kubectl, which would keep only one of them; choose another name or namespace',
    );
    expectRefused(
      chart,
      make('9'),
      subject,
      '\'clientServiceName\' must begin with a letter, got "9": Kubernetes before 1.37 refuses such a Service; put a letter first',
    );
  });

  test('where the chart has any of its objects already', () => {
    const chart = newChart();
    new HeadlessService(chart, 'service', { name: 'db', ports: [{ name: 'x', port: 1 }] });
    expectRefused(
      chart,
      () => new StatefulDatabase(chart, 'db', DATABASE),
      "StatefulDatabase 'test/db'",
      '\'serviceName\' must make a Service that its chart does not have yet, got "db": ' +
        "'test/service/Resource' is the same object to kubectl, which would keep only one of them; " +
        'choose another name or namespace',
    );
    new StatefulDatabase(chart, 'a', { ...DATABASE, name: 'orders', initScripts: { 'a.sql': '' } });
    const clash = (prop: string, kind: string, name: string, path: string) =>
      `'${prop}' must make a ${kind} that its chart does not have yet, got "${name}": 'test/a/${path}' is the same object ` +
      'to kubectl, which would keep only one of them; choose another name or namespace';
    expectRefused(
      chart,
      () =>
        new StatefulDatabase(chart, 'b', {
          ...DATABASE,
          name: 'orders',
          selector: { app: 'other' },
          initScripts: { 'a.sql': '' },
        }),
      "StatefulDatabase 'test/b'",
      clash('name', 'StatefulSet', 'orders', 'Resource/Resource'),
      clash('name', 'NetworkPolicy', 'orders', 'Resource/NetworkPolicy'),
      clash('serviceName', 'Service', 'orders', 'Service/Resource'),
      clash('name', 'ConfigMap', 'orders-init', 'InitScripts'),
      clash('name', 'ConfigMap', 'orders-scripts', 'Scripts'),
    );
  });
});

describe('a database that somebody else made', () => {
  const attributes = { engine: DATABASE.engine, address: 'db.example.com', password: PASSWORD };

  test('is described by its engine where nothing else is said, and makes no object', () => {
    const chart = newChart();
    const database = StatefulDatabase.fromAttributes(chart, 'ref', attributes);
    expect(database).toMatchObject({ ...attributes, port: 5432, user: 'postgres', databaseName: 'postgres' });
    expect(database.namespace).toBeUndefined();
    expect(database.pods).toBeUndefined();
    expect(chart.toJson()).toEqual([]);
  });

  test('takes every attribute', () => {
    const pods = newDatabase().database.statefulSet;
    const names = { applicationDatabaseName: 'orders', applicationUserName: 'shop' };
    const backupUser = { password: SHOP_PASSWORD };
    const all = {
      ...attributes,
      ...names,
      backupUser,
      port: 6432,
      user: 'u',
      databaseName: 'd',
      namespace: 'shop',
      pods,
    };
    const database = StatefulDatabase.fromAttributes(newChart(), 'ref', all);
    expect(database).toMatchObject({ ...attributes, port: 6432, user: 'u', databaseName: 'd', namespace: 'shop' });
    expect(database).toMatchObject({ ...names, backupUser: { name: 'backup', password: SHOP_PASSWORD } });
    expect(database.pods).toBe(pods);
    expect(database.connectionEnv()).toEqual(
      expect.arrayContaining([
        { name: 'PGHOST', value: 'db.example.com' },
        { name: 'PGPORT', value: '6432' },
        { name: 'PGUSER', value: 'u' },
        { name: 'PGDATABASE', value: 'd' },
        { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'dbpass', key: 'dbpassword' } } },
      ]),
    );
  });

  test.each(['', 'postgres://db', 'db:5432', 'a b'])('must be at a host name, not at %j', (address) => {
    expectRefusedAlone(
      (chart) => StatefulDatabase.fromAttributes(chart, 'ref', { ...attributes, address, port: 0, namespace: 'A' }),
      "StatefulDatabase.fromAttributes 'test/ref'",
      "'port' must be a whole number from 1 to 65535, got 0: that is the range of TCP and UDP ports",
      `'namespace' must be a DNS label of at most 63 characters, got "A": ${LABEL}`,
      `'address' must be a host name, got "${address}": write it without scheme and port, as 'db.example.com'`,
    );
  });
});

test('a path of the server gets another size, and stays in all containers that need it', () => {
  const { chart } = newDatabase({ emptyDirs: [{ path: '/tmp', sizeLimit: Size.gibibytes(5) }] });
  const pod = find(manifestsOf(chart), 'StatefulSet', 'db').spec.template.spec;
  expect(pod.volumes.filter(({ name }) => name === 'tmp')).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '5Gi' } }]);
  for (const container of [...pod.containers, ...pod.initContainers]) {
    expect(named(container.volumeMounts, 'tmp').mountPath).toBe('/tmp');
  }
});

test('a database elsewhere whose administrator is local needs a user for its clients', () => {
  const engine = DatabaseEngine.mariadb({ version: '11.8.8' });
  const attributes = { engine, address: 'db.example.com', password: PASSWORD };
  expect(() => StatefulDatabase.fromAttributes(newChart(), 'db', attributes)).toThrow(
    "'user' must be given with the engine mariadb, got nothing: the administrator 'root' can log in only beside the server; " +
      'name a user for clients',
  );
  expect(StatefulDatabase.fromAttributes(newChart(), 'db', { ...attributes, user: 'dump' }).user).toBe('dump');
});
