import type { Chart } from 'cdk8s';
import { Duration, Size } from 'cdk8s';
import { Cpu, RestartPolicy, ServiceAccount } from 'cdk8s-plus-27';
import { BackupEncryption, BlobCredentials, BlobRestoreJob, DatabaseEngine, StatefulDatabase } from '../../lib';
import type { BlobRestoreJobProps, StatefulDatabaseProps } from '../../lib';
import { podsOf } from '../support/cluster';
import { DISK, DUMP_PASSWORD, ENCRYPTION_KEY, IDENTITY, PULL_SECRET } from '../support/elsewhere';
import { invariantErrors } from '../support/invariants';
import { renderedJob } from '../support/job';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { BLOBS, blobs, DATABASE, newBackup, newDatabase, plainSpec } from '../support/samples';
import { DRIVERS, REMOTE, expectScripts, filesIn, readmeOf } from '../support/scripts';
import { trafficIn } from '../support/traffic';

function newRestore(
  props: Partial<BlobRestoreJobProps> = {},
  databaseProps: Partial<StatefulDatabaseProps> = {},
): { chart: Chart; restore: BlobRestoreJob } {
  const { chart, database } = newDatabase(databaseProps);
  return { chart, restore: new BlobRestoreJob(chart, 'restore', { database, store: BLOBS, ...props }) };
}

function render(props: Partial<BlobRestoreJobProps> = {}, database: Partial<StatefulDatabaseProps> = {}) {
  const { chart, restore } = newRestore(props, database);
  const manifests = manifestsOf(chart);
  expect(invariantErrors(manifests)).toEqual([]);
  const { spec } = find(manifests, 'CronJob', 'restore');
  return { manifests, restore, spec, job: renderedJob(manifests, 'restore') };
}

function refused(props: Partial<BlobRestoreJobProps>, ...problems: string[]): void {
  const { chart, database } = newDatabase();
  const make = () => new BlobRestoreJob(chart, 'restore', { database, store: BLOBS, ...props });
  expectRefused(chart, make, "BlobRestoreJob 'test/restore'", ...problems);
}

describe('a restore', () => {
  // It would take the place of what is newer: nothing but a person may begin one.
  test('is never begun by itself: it is suspended, and its day never comes', () => {
    const { jobTemplate, ...spec } = render().spec;
    expect(spec).toEqual({
      schedule: '0 0 31 2 *',
      suspend: true,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
    });
    // Whoever began it looks at why it failed.
    expect(jobTemplate.spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 21600,
      template: { spec: { restartPolicy: 'Never' } },
    });
  });

  test('fetches with one image, and restores with that of the database', () => {
    const { job } = render({}, { image: 'mirror.example.com/postgres:17.11-bookworm' });
    expect(job.steps).toEqual(['fetch', 'restore']);
    expect(job.step('fetch').image).toBe('rclone/rclone:1.75.0');
    expect(job.step('restore').image).toBe('mirror.example.com/postgres:17.11-bookworm');
    expect(job.pod.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999 });
    const limits = { memory: '512Mi', 'ephemeral-storage': '11Gi' };
    for (const name of job.steps) {
      expect(job.step(name).resources).toEqual({ requests: { cpu: '100m', ...limits }, limits });
    }
  });

  test('takes the newest backup, into the database that it is of, if that is empty', () => {
    const { job } = render();
    expect(job.envOf('fetch')).toEqual({ STORAGE_ACCOUNT: 'shopbackups', CONTAINER_NAME: 'backup' });
    expect(job.envOf('restore')).toEqual({ DB_HOST: 'db', DB_PORT: '5432', DB_USER: 'postgres', DB_NAME: 'postgres' });
  });

  test('leaves what is there alone unless it is told to replace it', () => {
    expect(render({ replace: false }).job.envOf('restore')).not.toHaveProperty('REPLACE');
    expect(render({ replace: true }).job.envOf('restore').REPLACE).toBe('true');
  });

  test('tells each step only what it needs', () => {
    const { job } = render({ encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY), backup: 'db_20261121063800' });
    expect(job.secretsOf('fetch')).toEqual({
      '/backupCredentials/storageKey.txt': 'backupcredentials/account-key',
      '/backupCredentials/encryptionKey.txt': 'backupkey/sealed',
    });
    expect(job.secretsOf('restore')).toEqual({ '/backupCredentials/dbPassword.txt': 'dbpass/dbpassword' });
    expect(job.envOf('fetch')).toMatchObject({ BACKUP: 'db_20261121063800', ENCRYPTION: 'rcloneCrypt' });
    expect(Object.keys(job.envOf('restore')).filter((name) => !name.startsWith('DB_'))).toEqual([]);
  });

  test('mounts one Secret where all secrets are in one', () => {
    const { job } = render({ password: DUMP_PASSWORD });
    expect(named(job.pod.volumes, 'backupcredentialsvolume').secret.secretName).toBe('backupcredentials');
    expect(job.secretsOf('restore')).toEqual({
      '/backupCredentials/dbPassword.txt': 'backupcredentials/dump-password',
    });
    expect(job.secretsOf('fetch')).toEqual({ '/backupCredentials/storageKey.txt': 'backupcredentials/account-key' });
  });

  test('is known to Azure by a workload identity', () => {
    const store = blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) });
    const { job, spec } = render({ store });
    expect(spec.jobTemplate.spec.template.metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
    expect(job.pod.serviceAccountName).toBe('backup-identity');
    expect(job.envOf('fetch').BLOB_AUTHENTICATION).toBe('workloadIdentity');
    expect(job.secretsOf('fetch')).toEqual({});
  });

  test('has its scripts as a backup has them, where the app makes none', () => {
    const { job, manifests } = render();
    expectScripts(job, 'restore-scripts');
    const { metadata, data } = find(manifests, 'ConfigMap', 'restore-scripts');
    expect(metadata).toEqual({ name: 'restore-scripts', labels: { app: 'restore-scripts' } });
    expect(data).toEqual({
      README: readmeOf('restore'),
      ...DRIVERS,
      ...REMOTE,
      ...filesIn('database/postgres/backup'),
    });
    const names = manifests.map((manifest) => `${manifest.kind} ${manifest.metadata.name}`);
    expect(names.indexOf('ConfigMap restore-scripts')).toBeLessThan(names.indexOf('CronJob restore'));
  });

  test('lets nobody in to its pods', () => {
    const { manifests, restore } = render();
    expect(find(manifests, 'NetworkPolicy', 'restore')).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'restore', labels: { app: 'restore' } },
      spec: { podSelector: { matchLabels: restore.selector }, policyTypes: ['Ingress'] },
    });
    const isLetIn = trafficIn(manifests);
    const pods = podsOf(manifests);
    const own = named(pods, 'restore');
    for (const from of [named(pods, 'db'), { ...own, name: 'another' }, { address: '203.0.113.7' }]) {
      expect([1, 443, 5432, 65535].filter((port) => isLetIn({ from, to: own, port }))).toEqual([]);
    }
    expect(isLetIn({ from: own, to: named(pods, 'db'), port: 5432 })).toBe(true);
    expect(isLetIn({ from: own, to: { address: '203.0.113.7' }, port: 443 })).toBe(true);
  });

  test('is let in to a database that a policy closes, and to no other', () => {
    const { manifests } = render({ namespace: 'ops' }, { namespace: 'shop' });
    const { metadata, spec } = find(manifests, 'NetworkPolicy', 'restore-access');
    expect(metadata.namespace).toBe('shop');
    expect(spec.ingress).toEqual([
      {
        from: [
          {
            podSelector: { matchLabels: { app: 'restore' } },
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ops' } },
          },
        ],
        ports: [{ port: 5432, protocol: 'TCP' }],
      },
    ]);
    expect(identities(render({}, { networkPolicy: false }).manifests)).not.toContain('NetworkPolicy restore-access');
  });

  test('restores into a database that this app does not make', () => {
    const chart = newChart();
    const attributes = { engine: DATABASE.engine, address: 'new.example.com', namespace: 'shop' };
    const database = StatefulDatabase.fromAttributes(chart, 'db', attributes);
    const restore = new BlobRestoreJob(chart, 'restore', { database, store: BLOBS });
    expect(identities(manifestsOf(chart))).toEqual([
      'ConfigMap shop/restore-scripts',
      'CronJob shop/restore',
      'NetworkPolicy shop/restore',
    ]);
    expect(restore.namespace).toBe('shop');
    expect(renderedJob(manifestsOf(chart), 'restore').secretsOf('restore')).toEqual({});
  });

  // The one reads where the other writes.
  test('shares the place of a backup, and the permission has a name of its own', () => {
    const { chart, database, backup } = newBackup();
    new BlobRestoreJob(chart, 'restore', { database, store: backup.store });
    expect(identities(manifestsOf(chart))).toEqual(
      expect.arrayContaining(['NetworkPolicy backup-access', 'NetworkPolicy restore-access']),
    );
  });

  test('takes every prop', () => {
    const { chart, database } = newDatabase({ namespace: 'shop' });
    // Of a name and a time only one.
    const { before: _, ...props }: Required<BlobRestoreJobProps> = {
      name: 'bring-back',
      database,
      store: blobs({ prefix: 'a', endpoint: 'https://x.example.com' }),
      encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY),
      user: 'dump',
      password: DUMP_PASSWORD,
      databaseName: 'orders',
      backup: 'db_20261121063800',
      before: '2026-11-21T06:38:00Z',
      replace: true,
      sourceDatabase: 'orders',
      targetDatabase: 'orders_again',
      parallel: 4,
      scratch: { size: Size.gibibytes(50), storageClass: DISK },
      cpu: Cpu.units(1),
      memory: Size.gibibytes(2),
      timeout: Duration.hours(2),
      retries: 1,
      restartPolicy: RestartPolicy.ON_FAILURE,
      rcloneImage: 'mirror.example.com/rclone:1.75.0',
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
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      priorityClassName: 'high',
      serviceAccount: new ServiceAccount(chart, 'Account', { metadata: { name: 'restore' } }),
      automountServiceAccountToken: true,
      runAsUser: 1001,
      runAsGroup: 1002,
      fsGroup: 1003,
      sysctls: { 'net.ipv4.tcp_syncookies': '1' },
      terminationGracePeriod: Duration.seconds(5),
    };
    const restore = new BlobRestoreJob(chart, 'x', props);
    const manifests = manifestsOf(chart);
    expect(invariantErrors(manifests)).toEqual([]);
    const { metadata, spec } = find(manifests, 'CronJob', 'bring-back');
    expect(metadata).toEqual({ name: 'bring-back', namespace: 'shop', labels: { app: 'bring-back', team: 'a' } });
    expect(find(manifests, 'NetworkPolicy', 'bring-back').metadata).toEqual(metadata);
    expect(find(manifests, 'ConfigMap', 'bring-back-scripts').metadata).toEqual({
      name: 'bring-back-scripts',
      namespace: 'shop',
      labels: { app: 'bring-back-scripts' },
    });
    expect(spec.suspend).toBe(true);
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 1, activeDeadlineSeconds: 7200 });
    const { template } = spec.jobTemplate.spec;
    expect(template.metadata).toMatchObject({
      labels: { app: 'bring-back', version: '1' },
      annotations: { note: 'x' },
    });
    expect(template.spec).toMatchObject({
      restartPolicy: 'OnFailure',
      serviceAccountName: 'restore',
      automountServiceAccountToken: true,
      priorityClassName: 'high',
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
    const job = renderedJob(manifests, 'bring-back');
    expect(job.envOf('fetch')).toEqual({
      STORAGE_ACCOUNT: 'shopbackups',
      CONTAINER_NAME: 'backup',
      BLOB_PREFIX: 'a',
      BLOB_ENDPOINT: 'https://x.example.com',
      ENCRYPTION: 'rcloneCrypt',
      BACKUP: 'db_20261121063800',
    });
    expect(job.envOf('restore')).toEqual({
      DB_HOST: 'db.shop',
      DB_PORT: '5432',
      DB_USER: 'dump',
      DB_NAME: 'orders',
      PARALLEL: '4',
      DATABASE: 'orders',
      TARGET_DATABASE: 'orders_again',
      REPLACE: 'true',
    });
    expect(job.step('fetch').image).toBe('mirror.example.com/rclone:1.75.0');
    // Its scratch volume is not on the node.
    const limits = { memory: '2Gi', 'ephemeral-storage': '1Gi' };
    for (const name of job.steps) {
      expect(job.step(name).resources).toEqual({ requests: { cpu: '1', ...limits }, limits });
    }
    const { ephemeral } = named(job.pod.volumes, 'scratch');
    expect(ephemeral.volumeClaimTemplate.spec.storageClassName).toBe('managed-csi');
    expect(restore).toMatchObject({ cronJobName: 'bring-back', namespace: 'shop', selector: { app: 'bring-back' } });
    expect(restore.apiObject.name).toBe('bring-back');
  });
});

describe('the backup that is restored', () => {
  test.each(['2026-11-21T06:38:00Z', '2024-02-29T23:59:59Z'])('is the newest not after %s', (before) => {
    expect(render({ before }).job.envOf('fetch').BEFORE).toBe(before);
  });

  test.each([
    '',
    'yesterday',
    '2026-11-21',
    '20261121063800',
    '2026-11-21T06:38:00',
    '2026-11-21T06:38:00+01:00',
    // As text it is after all backups of the year: the newest would be restored, and not the one that was meant.
    '2026-21-11T06:38:00Z',
    '2026-02-30T00:00:00Z',
    '2026-11-21T24:00:00Z',
  ])('is that of no time %j', (before) => {
    refused(
      { before },
      `'before' must be a time in UTC, got ${JSON.stringify(before)}: write it as '2026-11-21T06:38:00Z'`,
    );
  });

  test.each(['', 'newest', '20261121063800', 'db_20261121063800.json', 'db_2026112106380', 'drill_20261121063800'])(
    'is not called %j',
    (backup) => {
      refused(
        { backup },
        `'backup' must be the name of a backup, got "${backup}": write it as 'db_20261121063800', without '.json'`,
      );
    },
  );

  test.each(['', 'a\nb'])('has no database called %j', (sourceDatabase) => {
    refused(
      { sourceDatabase },
      `'sourceDatabase' must be a name of one line, got ${JSON.stringify(sourceDatabase)}: leave it out for all databases of the backup`,
    );
  });

  test('holds one database alone with an engine that dumps one', () => {
    const { chart, database } = newDatabase({ engine: DatabaseEngine.mongo({ version: '8.0.29' }) });
    expectRefused(
      chart,
      () => new BlobRestoreJob(chart, 'restore', { database, store: BLOBS, sourceDatabase: 'shop' }),
      "BlobRestoreJob 'test/restore'",
      '\'sourceDatabase\' must be left out with the engine mongo, got "shop": its backup holds one database',
    );
  });

  test('is not chosen in two ways', () => {
    refused(
      { backup: 'db_20261121063800', before: '2026-11-21T06:38:00Z' },
      '\'before\' must be left out with backup, got "2026-11-21T06:38:00Z": the name says which one it is',
    );
  });
});

describe('a restore is refused', () => {
  const same = (kind: string, name: string, path: string) =>
    `'name' must make a ${kind} that its chart does not have yet, got "${name}": '${path}' is the same object to kubectl, which ` +
    'would keep only one of them; choose another name or namespace';

  test('with everything that is wrong said at once', () => {
    refused(
      { name: 'A', timeout: Duration.millis(1), targetDatabase: '', runAsUser: 0 },
      "'name' must be a DNS label of at most 52 characters, got \"A\": use a-z, 0-9 and '-', beginning and ending with a letter or " +
        'digit; the names of its Jobs have 11 characters more',
      "'timeout' must be a whole number from 1 to 2147483647, got 0.001: write Duration.hours(6)",
      '\'targetDatabase\' must not be empty, got "": leave it out for that of the database',
      "'runAsUser' must be a whole number from 1 to 2147483647, got 0: use the id of the image, or 1000",
    );
  });

  test('where nobody knows how to restore', () => {
    const { chart, database } = newDatabase({ engine: DatabaseEngine.of(plainSpec()) });
    expectRefused(
      chart,
      () => new BlobRestoreJob(chart, 'restore', { database, store: BLOBS }),
      "BlobRestoreJob 'test/restore'",
      '\'database\' must have an engine with backup scripts, got "test/db": nobody knows how to dump it; give the spec of ' +
        'DatabaseEngine.of backupScripts',
    );
  });

  test('where the administrator cannot log in from outside and there is no user', () => {
    const { chart, database } = newDatabase({ engine: DatabaseEngine.mariadb({ version: '11.8.8' }) });
    expectRefused(
      chart,
      () => new BlobRestoreJob(chart, 'restore', { database, store: BLOBS }),
      "BlobRestoreJob 'test/restore'",
      "'user' must be given with the engine mariadb, got nothing: 'root' can log in only beside the server; give the database a " +
        'backupUser, or the job a user that may read all, and its password',
    );
  });

  test('under the name of what its chart has already', () => {
    const { chart, database } = newBackup();
    expectRefused(
      chart,
      () => new BlobRestoreJob(chart, 'restore', { name: 'backup', database, store: BLOBS }),
      "BlobRestoreJob 'test/restore'",
      "'selector' must find no pods of 'test/backup', got {\"app\":\"backup\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      same('CronJob', 'backup', 'test/backup/Resource'),
      same('NetworkPolicy', 'backup', 'test/backup/NetworkPolicy'),
      same('NetworkPolicy', 'backup-access', 'test/backup/Access/Resource/Resource'),
      same('ConfigMap', 'backup-scripts', 'test/backup/Scripts'),
    );
  });

  test('where its permission would be made in a namespace where the database is not', () => {
    const { database } = newDatabase();
    const chart = newChart({ namespace: 'ops' });
    expectRefused(
      chart,
      () => new BlobRestoreJob(chart, 'restore', { database, store: BLOBS }),
      "BlobRestoreJob 'test/restore'",
      '\'database\' must have a known namespace in a chart that has one, got "test/db": the policy that lets the job in would be ' +
        "made in 'ops' and do nothing; give the database its namespace, or make this in its chart",
    );
  });
});
