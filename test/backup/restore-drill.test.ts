import { Cron, Duration, Size } from 'cdk8s';
import { Cpu, RestartPolicy, ServiceAccount } from 'cdk8s-plus-27';
import { BackupEncryption, BlobBackupCronJob, BlobCredentials, DatabaseEngine, RestoreDrill } from '../../lib';
import type { BlobBackupCronJobProps, RestoreDrillProps, StatefulDatabaseProps } from '../../lib';
import { namespaceNamed, podsOf } from '../support/cluster';
import type { ClusterPod } from '../support/cluster';
import {
  DISK,
  DUMP_PASSWORD,
  ENCRYPTION_KEY,
  IDENTITY,
  PULL_SECRET,
  SHOP_PASSWORD,
  OBJECT_STORE,
  SMB,
} from '../support/elsewhere';
import { invariantErrors } from '../support/invariants';
import { renderedJob } from '../support/job';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { blobs, newBackup, newDatabase } from '../support/samples';
import { expectScripts } from '../support/scripts';
import { trafficIn } from '../support/traffic';

function newDrill(
  props: Partial<RestoreDrillProps> = {},
  backupProps: Partial<BlobBackupCronJobProps> = {},
  databaseProps: Partial<StatefulDatabaseProps> = {},
) {
  const { chart, backup } = newBackup(backupProps, databaseProps);
  return { chart, drill: new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly(), ...props }) };
}

function render(...given: Parameters<typeof newDrill>) {
  const { chart, drill } = newDrill(...given);
  const manifests = manifestsOf(chart);
  expect(invariantErrors(manifests)).toEqual([]);
  const { spec } = find(manifests, 'CronJob', 'drill');
  return { manifests, drill, spec, job: renderedJob(manifests, 'drill') };
}

describe('a drill', () => {
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

  test('fetches, restores with the image of the database, and reports', () => {
    const { job } = render({}, {}, { image: 'mirror.example.com/postgres:17.11-bookworm' });
    expect(job.steps).toEqual(['fetch', 'drill', 'report']);
    expect(job.pod.containers.map(({ name }) => name)).toEqual(['report']);
    expect(job.step('drill').image).toBe('mirror.example.com/postgres:17.11-bookworm');
    expect(job.step('fetch').image).toBe('rclone/rclone:1.75.0');
    expect(job.step('report').image).toBe('rclone/rclone:1.75.0');
    expect(job.pod.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999 });
    // One of them is a database server.
    const limits = { memory: '1Gi', 'ephemeral-storage': '11Gi' };
    for (const name of job.steps) {
      expect(job.step(name).resources).toEqual({ requests: { cpu: '100m', ...limits }, limits });
    }
  });

  test('looks where the backup puts its backups, by the same credentials', () => {
    const { job } = render(
      {},
      {
        store: blobs({ prefix: 'shop', endpoint: 'https://x.example.com' }),
        encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY),
      },
    );
    for (const name of ['fetch', 'report']) {
      expect(job.envOf(name)).toEqual({
        STORAGE_ACCOUNT: 'shopbackups',
        CONTAINER_NAME: 'backup',
        BLOB_PREFIX: 'shop',
        BLOB_ENDPOINT: 'https://x.example.com',
        ENCRYPTION: 'rcloneCrypt',
      });
      expect(job.secretsOf(name)).toEqual({
        '/backupCredentials/storageKey.txt': 'backupcredentials/account-key',
        '/backupCredentials/encryptionKey.txt': 'backupkey/sealed',
      });
    }
  });

  // What is not there cannot be used by mistake against the real database.
  test('has nothing of the database: no login, no address, no Secret', () => {
    const { job } = render({}, { user: 'dump', password: SHOP_PASSWORD, databaseName: 'orders' });
    for (const name of job.steps) {
      expect(Object.keys(job.envOf(name)).filter((variable) => /^(DB|PG)/.test(variable))).toEqual([]);
      expect(Object.values(job.secretsOf(name))).not.toContain('shop/pw');
    }
    expect(named(job.pod.volumes, 'backupcredentialsvolume')).toEqual({
      name: 'backupcredentialsvolume',
      secret: {
        secretName: 'backupcredentials',
        defaultMode: 0o440,
        items: [{ key: 'account-key', path: 'storageKey.txt' }],
      },
    });
    const text = JSON.stringify(job.pod);
    for (const word of ['dbpassword', 'dump-password', 'dbpass', '"shop"', '"orders"', 'db:5432']) {
      expect({ word, found: text.includes(word) }).toEqual({ word, found: false });
    }
  });

  // Not even of a Secret that it shares with the storage key.
  test('has no password of the database where one Secret holds both', () => {
    const { job } = render({}, { password: DUMP_PASSWORD });
    expect(JSON.stringify(job.pod.volumes)).not.toContain('dump-password');
  });

  test('gives the server that it starts no secret at all, and no environment that it does not need', () => {
    const { job } = render({}, { encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY) });
    expect(job.secretsOf('drill')).toEqual({});
    expect(job.envOf('drill')).toEqual({});
    expect(job.step('drill').volumeMounts.map(({ mountPath }) => mountPath)).toEqual(['/tmp', '/scratch']);
  });

  test('tells the server what the engine adds', () => {
    const engine = DatabaseEngine.mongo({ version: '8.0.29', replicaSet: 'rs0', keyFile: SHOP_PASSWORD });
    expect(render({}, {}, { engine }).job.envOf('drill')).toEqual({ REPLICA_SET: 'rs0' });
  });

  test('is known to Azure by the workload identity of the backup', () => {
    const store = blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) });
    const { job, spec } = render({}, { store });
    expect(spec.jobTemplate.spec.template.metadata.labels).toEqual({
      app: 'drill',
      'azure.workload.identity/use': 'true',
    });
    expect(job.pod.serviceAccountName).toBe('backup-identity');
    for (const name of ['fetch', 'report']) expect(job.envOf(name).BLOB_AUTHENTICATION).toBe('workloadIdentity');
    expect(job.envOf('drill')).not.toHaveProperty('BLOB_AUTHENTICATION');
    expect(job.pod.volumes.map(({ name }) => name)).toEqual(['tmp', 'scratch', 'scripts']);
  });

  test('runs the scripts of its backup', () => {
    expectScripts(render().job, 'backup-scripts');
  });

  test('is where the backup is, unless the chart or the prop says otherwise', () => {
    expect(render({}, {}, { namespace: 'shop' }).drill.namespace).toBe('shop');
    expect(render({ namespace: 'ops' }, {}, { namespace: 'shop' }).drill.namespace).toBe('ops');
    expect(render().drill.namespace).toBeUndefined();
    const { backup } = newBackup({}, { namespace: 'shop' });
    const drill = new RestoreDrill(newChart({ namespace: 'web' }), 'drill', { backup, schedule: Cron.weekly() });
    expect(drill.namespace).toBe('web');
  });

  test('judges the age of the backup when it is told what is too old', () => {
    expect(render({ recoveryPointObjective: Duration.hours(26) }).job.envOf('drill').RPO_SECONDS).toBe('93600');
  });

  test('sees its checks, and only the server does', () => {
    const checks = { 'orders.sql': 'SELECT count(*) > 1000 FROM orders' };
    const { manifests, job } = render({ checks });
    expect(find(manifests, 'ConfigMap', 'drill-checks')).toMatchObject({
      metadata: { labels: { app: 'drill' } },
      data: checks,
    });
    expect(named(job.pod.volumes, 'checks')).toEqual({ name: 'checks', configMap: { name: 'drill-checks' } });
    expect(named(job.step('drill').volumeMounts, 'checks')).toEqual({
      name: 'checks',
      mountPath: '/checks',
      readOnly: true,
    });
    for (const name of ['fetch', 'report']) {
      expect(job.step(name).volumeMounts.filter((mount) => mount.name === 'checks')).toEqual([]);
    }
  });

  // No check has such a name, as it would have an ending.
  test('finds what runs before and after the restore beside its checks', () => {
    const { manifests, job } = render({ before: 'CREATE ROLE readers', after: 'ANALYZE' });
    const data = { before: 'CREATE ROLE readers', after: 'ANALYZE' };
    expect(find(manifests, 'ConfigMap', 'drill-checks').data).toEqual(data);
    expect(named(job.step('drill').volumeMounts, 'checks').mountPath).toBe('/checks');
  });

  test.each([undefined, {}])('makes no ConfigMap of its own without checks: %j', (checks) => {
    const { manifests, job } = render(checks && { checks });
    expect(identities(manifests)).toEqual([
      'ConfigMap backup-scripts',
      'ConfigMap db-scripts',
      'CronJob backup',
      'CronJob drill',
      'NetworkPolicy backup',
      'NetworkPolicy backup-access',
      'NetworkPolicy db',
      'NetworkPolicy drill',
      'Service db',
      'StatefulSet db',
    ]);
    expect(job.pod.volumes.map(({ name }) => name)).not.toContain('checks');
  });

  test('takes every prop', () => {
    const { chart, backup } = newBackup({}, { namespace: 'shop' });
    const props: Required<RestoreDrillProps> = {
      name: 'exercise',
      backup,
      recoveryPointObjective: Duration.days(1),
      checks: { 'a.sql': 'SELECT true' },
      before: 'CREATE ROLE readers',
      after: 'REFRESH MATERIALIZED VIEW totals',
      parameters: { work_mem: '64MB' },
      parallel: 4,
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
    const drill = new RestoreDrill(chart, 'x', props);
    const manifests = manifestsOf(chart);
    expect(invariantErrors(manifests)).toEqual([]);
    const meta = { name: 'exercise', namespace: 'ops', labels: { app: 'exercise', team: 'a' } };
    const { metadata, spec } = find(manifests, 'CronJob', 'exercise');
    expect(metadata).toEqual(meta);
    expect(find(manifests, 'NetworkPolicy', 'exercise').metadata).toEqual(meta);
    expect(find(manifests, 'ConfigMap', 'exercise-checks').metadata).toEqual({ ...meta, name: 'exercise-checks' });
    expect(spec).toMatchObject({
      schedule: '0 0 1 * *',
      timeZone: 'UTC',
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 2,
      jobTemplate: { spec: { backoffLimit: 1, activeDeadlineSeconds: 7200 } },
    });
    expect(spec).not.toHaveProperty('suspend');
    const { template } = spec.jobTemplate.spec;
    expect(template.metadata).toMatchObject({ labels: { app: 'exercise', version: '1' }, annotations: { note: 'x' } });
    expect(template.spec).toMatchObject({
      restartPolicy: 'OnFailure',
      serviceAccountName: 'drill',
      automountServiceAccountToken: true,
      priorityClassName: 'low',
      terminationGracePeriodSeconds: 5,
      imagePullSecrets: [{ name: 'registry-login' }],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      securityContext: {
        runAsUser: 1001,
        runAsGroup: 1002,
        fsGroup: 1003,
        sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }],
      },
    });
    const job = renderedJob(manifests, 'exercise');
    expect(job.envOf('drill')).toEqual({ RPO_SECONDS: '86400', SERVER_PARAMETERS: 'work_mem=64MB', PARALLEL: '4' });
    expect(job.step('report').image).toBe('mirror.example.com/rclone:1.75.0');
    // Its scratch volume is not on the node.
    const limits = { memory: '2Gi', 'ephemeral-storage': '1Gi' };
    for (const name of job.steps) {
      expect(job.step(name).resources).toEqual({ requests: { cpu: '1', ...limits }, limits });
    }
    const { ephemeral } = named(job.pod.volumes, 'scratch');
    expect(ephemeral.volumeClaimTemplate.spec.storageClassName).toBe('managed-csi');
    expect(drill).toMatchObject({ cronJobName: 'exercise', namespace: 'ops', selector: { app: 'exercise' } });
    expect(drill.apiObject.name).toBe('exercise');
  });
});

describe('the server of a drill', () => {
  const parametersOf = (parameters: { [name: string]: string }, own?: { [name: string]: string }) => {
    const { chart, backup } = newBackup({}, { parameters });
    new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly(), ...(own && { parameters: own }) });
    return renderedJob(manifestsOf(chart), 'drill').envOf('drill').SERVER_PARAMETERS;
  };

  // Without them what was dumped does not load: a drill that fails each week is switched off.
  test('preloads what the database preloads, and takes no size, no certificate and no archive over', () => {
    expect(
      parametersOf({
        shared_preload_libraries: 'pg_stat_statements,auto_explain',
        'auto_explain.log_min_duration': '1s',
        shared_buffers: '8GB',
        ssl: 'on',
        archive_command: 'cp %p /archive/%f',
      }),
    ).toBe('shared_preload_libraries=pg_stat_statements,auto_explain\nauto_explain.log_min_duration=1s');
    expect(parametersOf({ max_connections: '200' })).toBeUndefined();
  });

  test('takes parameters of its own, which go before those of the database', () => {
    expect(parametersOf({ 'shared-preload-libraries': 'a' }, { shared_preload_libraries: 'b', jit: 'off' })).toBe(
      'shared_preload_libraries=a\nshared_preload_libraries=b\njit=off',
    );
  });

  test('is refused with a parameter that is none', () => {
    const { chart, backup } = newBackup();
    expect(
      () =>
        new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly(), parameters: { 'a b': 'c', d: 'e\nf' } }),
    ).toThrow(
      "RestoreDrill 'test/drill':\n" +
        "- 'parameters' must be names of letters, digits, _ . and -, with values of one line, got \"a b=c\": write { shared_preload_libraries: 'pg_stat_statements' }\n" +
        '- \'parameters\' must be names of letters, digits, _ . and -, with values of one line, got "d=e\\nf": write',
    );
  });
});

describe('the network of a drill', () => {
  const { chart, drill } = newDrill();
  const manifests = manifestsOf(chart);
  const isLetIn = trafficIn(manifests);
  const pods = podsOf(manifests);
  const own = named(pods, 'drill');
  const WORLD = { address: '203.0.113.7' };
  const PORTS = [1, 22, 53, 80, 443, 3306, 5432, 8080, 27017, 65535];

  const openOf = (to: ClusterPod | typeof WORLD, protocol: 'TCP' | 'UDP' | 'SCTP') =>
    PORTS.filter((port) => isLetIn({ from: own, to, port, protocol }));

  test('ends at the name service and the blob store', () => {
    expect(openOf(WORLD, 'TCP')).toEqual([53, 443]);
    expect(openOf(WORLD, 'UDP')).toEqual([53]);
    expect(openOf(WORLD, 'SCTP')).toEqual([]);
  });

  // Without a policy of its own, too: the drill itself is shut in.
  test.each([true, false])('does not lead to a database, whose policy is there: %s', (networkPolicy) => {
    const all = manifestsOf(newDrill({}, {}, { networkPolicy }).chart);
    const from = named(podsOf(all), 'drill');
    const to = named(podsOf(all), 'db');
    expect(to.ports.map(({ containerPort }) => containerPort)).toEqual([5432]);
    expect(PORTS.filter((port) => trafficIn(all)({ from, to, port }))).toEqual(networkPolicy ? [] : [53, 443]);
  });

  test('does not lead to any other pod, but for those two ports', () => {
    const stranger = { ...own, name: 'stranger', labels: { app: 'stranger' } };
    const elsewhere = { ...stranger, ...namespaceNamed('elsewhere') };
    for (const to of [stranger, elsewhere]) expect(openOf(to, 'TCP')).toEqual([53, 443]);
    // That lets nobody in.
    expect(openOf(named(pods, 'backup'), 'TCP')).toEqual([]);
  });

  test('lets nobody in, not even another drill', () => {
    const another = { ...own, name: 'another' };
    for (const from of [...pods.filter((pod) => pod !== own), another, WORLD]) {
      expect(PORTS.filter((port) => isLetIn({ from, to: own, port }))).toEqual([]);
    }
  });

  test('is closed by a policy for its pods and no others', () => {
    expect(find(manifests, 'NetworkPolicy', 'drill')).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'drill', labels: { app: 'drill' } },
      spec: {
        podSelector: { matchLabels: drill.selector },
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
      },
    });
  });

  test('leaves the backup on its way', () => {
    expect(isLetIn({ from: named(pods, 'backup'), to: named(pods, 'db'), port: 5432 })).toBe(true);
  });
});

describe('a drill is refused', () => {
  const same = (kind: string, name: string, path: string) =>
    `'name' must make a ${kind} that its chart does not have yet, got "${name}": '${path}' is the same object to kubectl, which ` +
    'would keep only one of them; choose another name or namespace';

  const refused = (props: Partial<RestoreDrillProps>, ...problems: string[]) => {
    const { chart, backup } = newBackup();
    const make = () => new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly(), ...props });
    expectRefused(chart, make, "RestoreDrill 'test/drill'", ...problems);
  };

  // Every drill would fail: initdb cannot take a folder for itself there.
  test('with a scratch volume on which no server starts', () => {
    for (const storageClass of [SMB, OBJECT_STORE]) {
      refused(
        { scratch: { storageClass } },
        `'scratch.storageClass' must not be a share over SMB nor an object store, got "${storageClass.storageClassName}": ` +
          'its files have no owner and mode of their own, and no server starts on it; take a class of disks',
      );
    }
  });

  test('with everything that is wrong said at once', () => {
    refused(
      {
        name: 'A',
        retries: 101,
        failedJobsHistory: 0,
        recoveryPointObjective: Duration.millis(500),
        checks: { 'orders.sql': ' \n' },
        labels: { team: '-' },
      },
      "'name' must be a DNS label of at most 52 characters, got \"A\": use a-z, 0-9 and '-', beginning and ending with a letter or " +
        'digit; the names of its Jobs have 11 characters more',
      "'retries' must be a whole number from 0 to 100, got 101: write 2",
      "'failedJobsHistory' must be a whole number from 1 to 1000, got 0: with 0 nobody would see that it fails; write 3",
      "'recoveryPointObjective' must be a whole number from 1 to 2147483647, got 0.5: write Duration.hours(26)",
      "'checks['orders.sql']' must be a query, got \" \\n\": its first row decides whether the check passes",
      "'labels['team']' must be a label value of at most 63 characters, got \"-\": use A-Z, a-z, 0-9, '-', '_' and '.', beginning and " +
        'ending with a letter or digit',
    );
  });

  const unread = (name: string, ending: string) =>
    `'checks' must be files of A-Z, a-z, 0-9, '-', '_' and '.' that end with ${ending}, got "${name}": the drill reads no others; ` +
    `write 'orders${ending}'`;

  // The drill would pass over the file, and pass.
  test.each(['orders', 'orders.js', 'orders.sql.gz', '.sql', '.hidden.sql', 'a b.sql', 'a/b.sql', 'ä.sql', ''])(
    'with the check %j, which the drill does not read',
    (name) => {
      refused({ checks: { [name]: 'SELECT true' } }, unread(name, '.sql'));
    },
  );

  test('with a check in the language of another engine', () => {
    const engine = DatabaseEngine.mongo({ version: '8.0.29' });
    const { chart, backup } = newBackup({}, { engine });
    const make = (checks: { [name: string]: string }) => () =>
      new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly(), checks });
    expectRefused(chart, make({ 'a.sql': 'SELECT 1' }), "RestoreDrill 'test/drill'", unread('a.sql', '.js'));
    expect(make({ 'a.js': 'db.orders.countDocuments() > 1000' })).not.toThrow();
  });

  test('with SQL that is none, or for an engine that takes none', () => {
    refused(
      { before: ' \n', after: '' },
      '\'before\' must be SQL, got " \\n": leave it out',
      '\'after\' must be SQL, got "": leave it out',
    );
    const { chart, backup } = newBackup({}, { engine: DatabaseEngine.mongo({ version: '8.0.29' }) });
    expectRefused(
      chart,
      () =>
        new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly(), before: 'SELECT 1', after: 'SELECT 2' }),
      "RestoreDrill 'test/drill'",
      '\'before\' must be left out with the engine mongo, got "SELECT 1": it takes no SQL',
      '\'after\' must be left out with the engine mongo, got "SELECT 2": it takes no SQL',
    );
  });

  test('under the name of what its chart has already', () => {
    const { chart, drill } = newDrill({ checks: { 'a.sql': 'SELECT true' } });
    const { database } = newDatabase();
    const store = blobs({ prefix: 'other' });
    const backup = new BlobBackupCronJob(newChart(), 'other', { database, store, schedule: Cron.daily() });
    expectRefused(
      chart,
      () =>
        new RestoreDrill(chart, 'again', {
          name: drill.cronJobName,
          backup,
          schedule: Cron.weekly(),
          checks: { 'a.sql': 'SELECT true' },
        }),
      "RestoreDrill 'test/again'",
      "'selector' must find no pods of 'test/drill', got {\"app\":\"drill\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      same('CronJob', 'drill', 'test/drill/Resource'),
      same('NetworkPolicy', 'drill', 'test/drill/NetworkPolicy'),
      same('ConfigMap', 'drill-checks', 'test/drill/Checks'),
    );
  });

  // Their pods would be one to the policies.
  test('under the name of its backup', () => {
    refused(
      { name: 'backup' },
      "'selector' must find no pods of 'test/backup', got {\"app\":\"backup\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      same('CronJob', 'backup', 'test/backup/Resource'),
      same('NetworkPolicy', 'backup', 'test/backup/NetworkPolicy'),
      same('ConfigMap', 'backup-scripts', 'test/backup/Scripts'),
    );
  });

  test('with a service account beside a workload identity', () => {
    const store = blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) });
    const serviceAccount = ServiceAccount.fromServiceAccountName(newChart(), 'Other', 'other');
    expect(() => newDrill({ serviceAccount }, { store })).toThrow(
      "'serviceAccount' must be left out with a workload identity, got \"other\": its pods have the workload identity's " +
        "'backup-identity'; grant that one what they need",
    );
  });
});
