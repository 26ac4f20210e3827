import { App, Chart, Cron, Duration, Size } from 'cdk8s';
import { Cpu, RestartPolicy, ServiceAccount } from 'cdk8s-plus-27';
import {
  BackupEncryption,
  BackupVerification,
  BlobBackupCronJob,
  BlobCredentials,
  DatabaseEngine,
  StatefulDatabase,
} from '../../lib';
import type { BackupRetention, BlobBackupCronJobProps, DatabaseEngineSpec, StatefulDatabaseProps } from '../../lib';
import { podsOf } from '../support/cluster';
import {
  DISK,
  DUMP_PASSWORD,
  ENCRYPTION_KEY,
  IDENTITY,
  PASSWORD,
  PULL_SECRET,
  SHOP_PASSWORD,
  STORAGE_KEY,
} from '../support/elsewhere';
import { invariantErrors } from '../support/invariants';
import { expand, renderedJob } from '../support/job';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { AZURE, BLOBS, blobs, DATABASE, newBackup, newDatabase, plainSpec } from '../support/samples';
import { DRIVERS, REMOTE, expectScripts, filesIn, readmeOf, scriptMaps } from '../support/scripts';
import { trafficIn } from '../support/traffic';

const LABEL = "use a-z, 0-9 and '-', beginning and ending with a letter or digit";
const MARIADB = DatabaseEngine.mariadb({ version: '11.8.8' });

function render(
  props: Partial<BlobBackupCronJobProps> = {},
  database: Partial<StatefulDatabaseProps> = {},
  name = 'backup',
) {
  const { chart, backup } = newBackup(props, database);
  const manifests = manifestsOf(chart);
  expect(invariantErrors(manifests)).toEqual([]);
  const { spec } = find(manifests, 'CronJob', name);
  return { manifests, backup, spec, job: renderedJob(manifests, name) };
}

function policies(manifests: Manifest[]): string[] {
  return identities(manifests).filter((identity) => identity.startsWith('NetworkPolicy'));
}

describe('a backup', () => {
  test('runs on its schedule, one at a time, ends, and leaves its runs to be looked at', () => {
    const { jobTemplate, ...spec } = render().spec;
    expect(spec).toEqual({
      schedule: '0 0 * * *',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
    });
    expect(jobTemplate.spec).toMatchObject({
      backoffLimit: 2,
      activeDeadlineSeconds: 21600,
      // So that a pod that failed stays, with its log.
      template: { spec: { restartPolicy: 'Never', automountServiceAccountToken: false } },
    });
  });

  test('dumps with the image of the database, and uploads with another', () => {
    const { job } = render({}, { image: 'mirror.example.com/postgres:17.11-bookworm' });
    expect(job.steps).toEqual(['dump', 'upload']);
    expect(job.pod.containers.map(({ name }) => name)).toEqual(['upload']);
    expect(job.step('dump').image).toBe('mirror.example.com/postgres:17.11-bookworm');
    expect(job.step('upload').image).toBe('rclone/rclone:1.75.0');
    // The scheduler looks for a node with room for the scratch volume, and for logs and /tmp.
    const limits = { memory: '512Mi', 'ephemeral-storage': '11Gi' };
    for (const name of job.steps) {
      expect(job.step(name).resources).toEqual({ requests: { cpu: '100m', ...limits }, limits });
    }
  });

  test('runs as the user of the database image, whose files the upload reads', () => {
    expect(render().job.pod.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999, fsGroup: 999 });
    const alpine = DatabaseEngine.postgres({ version: '17.11', variant: 'alpine3.24' });
    expect(render({}, { engine: alpine }).job.pod.securityContext).toMatchObject({ runAsUser: 70, runAsGroup: 70 });
    expect(render({ runAsUser: 5 }).job.pod.securityContext).toMatchObject({ runAsUser: 5, runAsGroup: 5 });
  });

  // Whoever breaks into one of them cannot delete both the database and its backups.
  test('tells each step only what it needs: the one has the database, the other the backups', () => {
    const { job } = render();
    expect(job.envOf('dump')).toEqual({ DB_HOST: 'db', DB_PORT: '5432', DB_USER: 'postgres', DB_NAME: 'postgres' });
    expect(job.envOf('upload')).toEqual({ STORAGE_ACCOUNT: 'shopbackups', CONTAINER_NAME: 'backup' });
    expect(job.secretsOf('dump')).toEqual({ '/backupCredentials/dbPassword.txt': 'dbpass/dbpassword' });
    expect(job.secretsOf('upload')).toEqual({ '/backupCredentials/storageKey.txt': 'backupcredentials/account-key' });
  });

  test('reads its secrets from all the Secrets that they are in', () => {
    expect(named(render().job.pod.volumes, 'backupcredentialsvolume')).toEqual({
      name: 'backupcredentialsvolume',
      projected: {
        defaultMode: 0o440,
        sources: [
          { secret: { name: 'dbpass', items: [{ key: 'dbpassword', path: 'dbPassword.txt' }] } },
          { secret: { name: 'backupcredentials', items: [{ key: 'account-key', path: 'storageKey.txt' }] } },
        ],
      },
    });
  });

  test('reads them from one Secret where all of them are in one', () => {
    const { job } = render({ password: DUMP_PASSWORD });
    expect(named(job.pod.volumes, 'backupcredentialsvolume')).toEqual({
      name: 'backupcredentialsvolume',
      secret: {
        secretName: 'backupcredentials',
        defaultMode: 0o440,
        items: [
          { key: 'dump-password', path: 'dbPassword.txt' },
          { key: 'account-key', path: 'storageKey.txt' },
        ],
      },
    });
    expect(job.secretsOf('dump')).toEqual({ '/backupCredentials/dbPassword.txt': 'backupcredentials/dump-password' });
    expect(job.secretsOf('upload')).toEqual({ '/backupCredentials/storageKey.txt': 'backupcredentials/account-key' });
    const readOnly = (name: string) =>
      job.step(name).volumeMounts.flatMap((mount) => (mount.readOnly ? [mount.mountPath] : []));
    expect(readOnly('dump')).toEqual(['/scripts', '/backupCredentials/dbPassword.txt']);
    expect(readOnly('upload')).toEqual(['/backupCredentials/storageKey.txt']);
  });

  test('mounts no Secret where there is none: no login, and a workload identity', () => {
    const { chart } = newDatabase();
    const database = StatefulDatabase.fromAttributes(chart, 'trusting', { engine: DATABASE.engine, address: 'old' });
    const store = blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) });
    new BlobBackupCronJob(chart, 'backup', { database, store, schedule: Cron.daily() });
    const job = renderedJob(manifestsOf(chart), 'backup');
    expect(job.pod.volumes.map(({ name }) => name)).toEqual(['tmp', 'scratch', 'scripts']);
    expect([job.secretsOf('dump'), job.secretsOf('upload')]).toEqual([{}, {}]);
  });

  test('is known to Azure by a workload identity, without a key', () => {
    const store = blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) });
    const { job, spec } = render({ store, podLabels: { team: 'a' } });
    expect(spec.jobTemplate.spec.template.metadata.labels).toEqual({
      app: 'backup',
      team: 'a',
      'azure.workload.identity/use': 'true',
    });
    expect(job.pod.serviceAccountName).toBe('backup-identity');
    expect(job.envOf('upload').BLOB_AUTHENTICATION).toBe('workloadIdentity');
    expect(job.envOf('dump')).not.toHaveProperty('BLOB_AUTHENTICATION');
    expect(job.secretsOf('upload')).toEqual({});
    // The webhook brings the token; that of the cluster's API is not needed.
    expect(job.pod.automountServiceAccountToken).toBe(false);
  });

  test('has no label of a workload identity with a key', () => {
    expect(render().spec.jobTemplate.spec.template.metadata.labels).toEqual({ app: 'backup' });
    expect(render().job.pod).not.toHaveProperty('serviceAccountName');
  });

  test('is encrypted by a key that only the upload sees', () => {
    const { job } = render({ encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY) });
    expect(job.envOf('upload')).toMatchObject({ ENCRYPTION: 'rcloneCrypt' });
    expect(job.secretsOf('upload')).toEqual({
      '/backupCredentials/storageKey.txt': 'backupcredentials/account-key',
      '/backupCredentials/encryptionKey.txt': 'backupkey/sealed',
    });
    expect(job.secretsOf('dump')).toEqual({ '/backupCredentials/dbPassword.txt': 'dbpass/dbpassword' });
    expect(job.envOf('dump')).not.toHaveProperty('ENCRYPTION');
  });

  test('deletes what is old only when it is told to', () => {
    expect(render().job.envOf('upload')).not.toHaveProperty('RETENTION_DAYS');
    const retentionOf = (retention: BackupRetention) =>
      Object.entries(render({ retention }).job.envOf('upload')).filter(([name]) => name.startsWith('RETENTION'));
    const days = [
      ['RETENTION_DAYS', '14'],
      ['RETENTION_KEEP_AT_LEAST', '7'],
    ];
    // What is not written must not be in the pod: it would change those that exist.
    expect(retentionOf({ days: 14, keepAtLeast: 7 })).toEqual(days);
    expect(retentionOf({ days: 14, keepAtLeast: 7, monthly: 12 })).toEqual([...days, ['RETENTION_MONTHLY', '12']]);
    expect(retentionOf({ days: 14, keepAtLeast: 7, weekly: 4, yearly: 5 })).toEqual([
      ...days,
      ['RETENTION_WEEKLY', '4'],
      ['RETENTION_YEARLY', '5'],
    ]);
  });

  test("logs in as the database's user of backups, unless it is told otherwise", () => {
    const backupUser = { password: DUMP_PASSWORD };
    const login = (props: Partial<BlobBackupCronJobProps>) => {
      const { job } = render(props, { engine: MARIADB, backupUser });
      return [job.envOf('dump').DB_USER, job.secretsOf('dump')['/backupCredentials/dbPassword.txt']];
    };
    expect(login({})).toEqual(['backup', 'backupcredentials/dump-password']);
    expect(login({ user: 'backup' })).toEqual(['backup', 'backupcredentials/dump-password']);
    expect(login({ user: 'reader', password: SHOP_PASSWORD })).toEqual(['reader', 'shop/pw']);
    expect(login({ password: SHOP_PASSWORD })).toEqual(['backup', 'shop/pw']);
    // The administrator's own, as before.
    expect(login({ user: 'root' })).toEqual(['root', 'dbpass/dbpassword']);
  });

  test('names its databases to the dump, a line each', () => {
    const databases = ['postgres', 'the shop'];
    expect(render({ databases }).job.envOf('dump').DATABASES).toBe('postgres\nthe shop');
    expect(render().job.envOf('dump')).not.toHaveProperty('DATABASES');
  });

  // Once the manifest names it, a backup in which the application's database holds nothing is refused.
  test("tells the dump which database is the application's, if the job connects to it", () => {
    const applicationUser = { name: 'shop', password: SHOP_PASSWORD, databaseName: 'orders' };
    const { job } = render({}, { applicationUser });
    expect(job.envOf('dump')).toMatchObject({ DB_NAME: 'orders', APPLICATION_DATABASE: 'orders' });
    expect(job.envOf('upload')).not.toHaveProperty('APPLICATION_DATABASE');
    const elsewhere = render({ databaseName: 'postgres' }, { applicationUser });
    for (const { job: other } of [render(), elsewhere])
      expect(other.envOf('dump')).not.toHaveProperty('APPLICATION_DATABASE');
  });

  // Two steps that mount them could be of two versions.
  test('mounts its scripts in the first step alone, which copies them for all', () => {
    expectScripts(render().job, 'backup-scripts');
  });

  // The kubelet writes variables of such names into a command.
  test('gives its command to the shell whole, whatever the kubelet makes of $', () => {
    const { job } = render();
    for (const name of job.steps) {
      const variables = { ...job.envOf(name), to: 'X', '0': 'X', cd: 'X', 'cd -P /scripts/..data && cp -- *': 'X' };
      for (const argument of job.step(name).command) expect(expand(argument, variables)).toBe(argument);
    }
  });

  test('tells what its scripts are, whose and of which version, where they lie', () => {
    const { manifests } = render();
    const { metadata, data } = find(manifests, 'ConfigMap', 'backup-scripts');
    expect(metadata).toEqual({ name: 'backup-scripts', labels: { app: 'backup-scripts' } });
    expect(Object.keys(data)[0]).toBe('README');
    expect(data).toEqual({ README: readmeOf('backup'), ...DRIVERS, ...REMOTE, ...filesIn('database/postgres/backup') });
  });

  test.each<[string, DatabaseEngine]>([
    ['postgres', DATABASE.engine],
    ['mariadb', MARIADB],
    ['mongo', DatabaseEngine.mongo({ version: '8.0.29' })],
  ])('has the scripts of %s', (folder, engine) => {
    const { manifests } = render({ user: 'dump', password: DUMP_PASSWORD }, { engine });
    const { README: _, ...data } = find(manifests, 'ConfigMap', 'backup-scripts').data;
    expect(data).toEqual({ ...DRIVERS, ...REMOTE, ...filesIn(`database/${folder}/backup`) });
  });

  // `kubectl apply` goes through the file from the top.
  test('has its scripts before the pods that run them', () => {
    const names = render().manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toContain('ConfigMap backup-scripts');
    expect(names.indexOf('ConfigMap backup-scripts')).toBeLessThan(names.indexOf('CronJob backup'));
  });

  test('has its scripts where it is itself', () => {
    const { manifests } = render({ namespace: 'ops', name: 'nightly' }, { namespace: 'shop' }, 'nightly');
    expect(find(manifests, 'ConfigMap', 'nightly-scripts').metadata).toEqual({
      name: 'nightly-scripts',
      namespace: 'ops',
      labels: { app: 'nightly-scripts' },
    });
    expectScripts(renderedJob(manifests, 'nightly'), 'nightly-scripts');
  });

  test('keeps the dump on the disk of its node, or on a volume for each run', () => {
    expect(named(render().job.pod.volumes, 'scratch')).toEqual({ name: 'scratch', emptyDir: { sizeLimit: '10Gi' } });
    const { job } = render({ scratch: { size: Size.gibibytes(200), storageClass: DISK } });
    expect(named(job.pod.volumes, 'scratch')).toEqual({
      name: 'scratch',
      ephemeral: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '200Gi' } },
            storageClassName: 'managed-csi',
          },
        },
      },
    });
    for (const name of job.steps) {
      expect(named(job.step(name).volumeMounts, 'scratch').mountPath).toBe('/scratch');
      // That volume is not on the node, so only logs and /tmp are.
      expect(job.step(name).resources).toEqual({
        requests: { cpu: '100m', memory: '512Mi', 'ephemeral-storage': '1Gi' },
        limits: { memory: '512Mi', 'ephemeral-storage': '1Gi' },
      });
    }
  });

  test('is made by one image that knows by itself, and sees all', () => {
    const { job, manifests } = render({
      image: 'registry.example.com/backupjob:17.11',
      encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY),
      retention: { days: 14, keepAtLeast: 7 },
    });
    expect(job.steps).toEqual(['backup']);
    const step = job.step('backup');
    expect(step.image).toBe('registry.example.com/backupjob:17.11');
    expect(step).not.toHaveProperty('command');
    // The contract of this pod: the image refuses one that its scripts do not keep.
    expect(step.args).toEqual(['1']);
    // Its scripts are in the image.
    expect(scriptMaps(manifests)).toEqual([]);
    expect(job.pod.volumes.map(({ name }) => name)).toEqual(['tmp', 'scratch', 'backupcredentialsvolume']);
    expect(step.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([
      '/tmp',
      '/scratch',
      '/backupCredentials/dbPassword.txt',
      '/backupCredentials/storageKey.txt',
      '/backupCredentials/encryptionKey.txt',
    ]);
    expect(step.resources).toEqual({
      requests: { cpu: '100m', memory: '512Mi', 'ephemeral-storage': '11Gi' },
      limits: { memory: '512Mi', 'ephemeral-storage': '11Gi' },
    });
    expect(job.envOf('backup')).toEqual({
      BLOB_STORE: 'azure',
      STORAGE_ACCOUNT: 'shopbackups',
      CONTAINER_NAME: 'backup',
      ENCRYPTION: 'rcloneCrypt',
      DB_HOST: 'db',
      DB_PORT: '5432',
      DB_USER: 'postgres',
      DB_NAME: 'postgres',
      RETENTION_DAYS: '14',
      RETENTION_KEEP_AT_LEAST: '7',
    });
    expect(job.secretsOf('backup')).toEqual({
      '/backupCredentials/dbPassword.txt': 'dbpass/dbpassword',
      '/backupCredentials/storageKey.txt': 'backupcredentials/account-key',
      '/backupCredentials/encryptionKey.txt': 'backupkey/sealed',
    });
  });

  test('tells what the engine adds', () => {
    const engine = DatabaseEngine.mongo({ version: '8.0.29', replicaSet: 'rs0', keyFile: SHOP_PASSWORD });
    expect(render({}, { engine }).job.envOf('dump')).toMatchObject({ DB_PORT: '27017', REPLICA_SET: 'rs0' });
  });

  test.each([
    [4, '4'],
    [1, undefined],
    [undefined, undefined],
  ])('tells the dump how many sessions it may have: %p', (parallel, variable) => {
    const { job } = render({ parallel });
    expect(job.envOf('dump').PARALLEL).toBe(variable);
    expect(job.envOf('upload')).not.toHaveProperty('PARALLEL');
  });

  test('refuses sessions that are none, or that the engine has no use for', () => {
    const refused = (engine: DatabaseEngine, parallel: number, problem: string) => {
      const { chart, database } = newDatabase({ engine });
      const props = { database, store: BLOBS, schedule: Cron.daily(), user: 'backup', password: DUMP_PASSWORD };
      const make = () => new BlobBackupCronJob(chart, 'backup', { ...props, parallel });
      expectRefused(chart, make, "BlobBackupCronJob 'test/backup'", problem);
    };
    refused(
      DatabaseEngine.postgres({ version: '17.11' }),
      1.5,
      "'parallel' must be a whole number from 1 to 1024, got 1.5: leave it out for one session",
    );
    refused(
      DatabaseEngine.mariadb({ version: '11.8.8' }),
      2,
      "'parallel' must be left out with the engine mariadb, got 2: its scripts dump and load with one session; leave it out",
    );
  });

  test('takes every prop', () => {
    const { chart, database } = newDatabase({ namespace: 'shop' });
    const props: Required<BlobBackupCronJobProps> = {
      name: 'nightly',
      database,
      store: blobs({ prefix: 'production/shop', endpoint: 'https://shopbackups.blob.core.chinacloudapi.cn' }),
      verify: BackupVerification.READ_BACK,
      encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY),
      user: 'dump',
      password: DUMP_PASSWORD,
      databaseName: 'orders',
      databases: ['orders', 'blog'],
      parallel: 4,
      retention: { days: 30, keepAtLeast: 3 },
      image: 'registry.example.com/backupjob:1',
      schedule: Cron.schedule({ minute: '30', hour: '2' }),
      timeZone: 'Europe/Prague',
      startingDeadline: Duration.minutes(10),
      successfulJobsHistory: 0,
      failedJobsHistory: 9,
      suspend: true,
      scratch: { size: Size.gibibytes(50) },
      cpu: Cpu.millis(250),
      memory: Size.gibibytes(2),
      timeout: Duration.hours(2),
      retries: 0,
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
      serviceAccount: new ServiceAccount(chart, 'Account', { metadata: { name: 'backup' } }),
      automountServiceAccountToken: true,
      runAsUser: 1001,
      runAsGroup: 1002,
      fsGroup: 1003,
      sysctls: { 'net.ipv4.tcp_syncookies': '1' },
      terminationGracePeriod: Duration.seconds(5),
    };
    const backup = new BlobBackupCronJob(chart, 'x', props);
    const manifests = manifestsOf(chart);
    expect(invariantErrors(manifests)).toEqual([]);
    const { metadata, spec } = find(manifests, 'CronJob', 'nightly');
    expect(metadata).toEqual({ name: 'nightly', namespace: 'ops', labels: { app: 'nightly', team: 'a' } });
    expect(find(manifests, 'NetworkPolicy', 'nightly').metadata).toEqual(metadata);
    expect(spec).toMatchObject({
      schedule: '30 2 * * *',
      timeZone: 'Europe/Prague',
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 0,
      failedJobsHistoryLimit: 9,
      suspend: true,
      jobTemplate: {
        metadata: { labels: { app: 'nightly', team: 'a' } },
        spec: { backoffLimit: 0, activeDeadlineSeconds: 7200 },
      },
    });
    const { template } = spec.jobTemplate.spec;
    expect(template.metadata).toEqual({ labels: { app: 'nightly', version: '1' }, annotations: { note: 'x' } });
    expect(template.spec).toMatchObject({
      restartPolicy: 'OnFailure',
      serviceAccountName: 'backup',
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
    const job = renderedJob(manifests, 'nightly');
    expect(named(job.pod.volumes, 'scratch').emptyDir).toEqual({ sizeLimit: '50Gi' });
    expect(job.step('backup').resources).toEqual({
      requests: { cpu: '250m', memory: '2Gi', 'ephemeral-storage': '51Gi' },
      limits: { memory: '2Gi', 'ephemeral-storage': '51Gi' },
    });
    expect(job.envOf('backup')).toEqual({
      BLOB_STORE: 'azure',
      STORAGE_ACCOUNT: 'shopbackups',
      CONTAINER_NAME: 'backup',
      BLOB_PREFIX: 'production/shop',
      BLOB_ENDPOINT: 'https://shopbackups.blob.core.chinacloudapi.cn',
      ENCRYPTION: 'rcloneCrypt',
      DB_HOST: 'db.shop',
      DB_PORT: '5432',
      DB_USER: 'dump',
      DB_NAME: 'orders',
      PARALLEL: '4',
      DATABASES: 'orders\nblog',
      RETENTION_DAYS: '30',
      RETENTION_KEEP_AT_LEAST: '3',
    });
    expect(backup).toMatchObject({
      cronJobName: 'nightly',
      namespace: 'ops',
      selector: { app: 'nightly' },
      database,
      store: props.store,
      encryption: props.encryption,
    });
    expect(backup.apiObject.name).toBe('nightly');
    expect(backup.toPodSelectorConfig().namespaces).toEqual({ names: ['ops'] });
  });

  test('uploads with another image of rclone', () => {
    const { job } = render({ rcloneImage: 'mirror.example.com/rclone:1.75.0' });
    expect(job.step('upload').image).toBe('mirror.example.com/rclone:1.75.0');
    expect(job.step('dump').image).toBe(DATABASE.engine.spec.image);
  });

  // A prop takes the name of a key; what was written there by mistake is not repeated.
  test('writes no secret, and makes no Secret', () => {
    const { manifests } = render({ encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY) });
    expect(identities(manifests).filter((identity) => identity.startsWith('Secret'))).toEqual([]);
    const key = 'cGFzc3dvcmQ= really';
    const wrong = { ...STORAGE_KEY, key };
    const unsaid = expect.objectContaining({ message: expect.not.stringContaining(key) as string }) as Error;
    expect(() => blobs({ credentials: BlobCredentials.accountKey(wrong) })).toThrow(unsaid);
    expect(() => newBackup({ password: wrong, encryption: BackupEncryption.rcloneCrypt(wrong) })).toThrow(unsaid);
  });
});

describe('the network of a backup', () => {
  const { manifests, backup } = render();

  test('is closed by a policy for its pods and no others, which lets nobody in', () => {
    expect(find(manifests, 'NetworkPolicy', 'backup')).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'backup', labels: { app: 'backup' } },
      spec: { podSelector: { matchLabels: backup.selector }, policyTypes: ['Ingress'] },
    });
  });

  test('leads out to wherever the blob store is, and lets nobody in', () => {
    const isLetIn = trafficIn(manifests);
    const pods = podsOf(manifests);
    const own = named(pods, 'backup');
    const others = [named(pods, 'db'), { ...own, name: 'another' }, { address: '203.0.113.7' }];
    const ports = [1, 22, 53, 443, 5432, 8080, 65535];
    for (const other of others) {
      expect(ports.filter((port) => isLetIn({ from: other, to: own, port }))).toEqual([]);
    }
    expect(ports.filter((port) => isLetIn({ from: own, to: { address: '203.0.113.7' }, port }))).toEqual(ports);
  });
});

describe('a backup of a database with an application user', () => {
  const envOf = (props: Partial<BlobBackupCronJobProps>) => {
    const chart = newChart();
    const database = new StatefulDatabase(chart, 'db', {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      password: PASSWORD,
      applicationUser: { name: 'shop', password: SHOP_PASSWORD, databaseName: 'orders' },
      storage: { size: Size.gibibytes(1) },
    });
    new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily(), ...props });
    return renderedJob(manifestsOf(chart), 'backup').envOf('dump');
  };

  // In the database that the image makes, the application has nothing.
  test('is of the database of that user, and logs in as the administrator', () => {
    expect(envOf({})).toMatchObject({ DB_NAME: 'orders', DB_USER: 'postgres' });
  });

  test('is of another one if told', () => {
    expect(envOf({ databaseName: 'postgres' })).toMatchObject({ DB_NAME: 'postgres' });
  });
});

describe('the way of a backup to its database', () => {
  const access = (namespace: string | undefined, from: object) => ({
    metadata: { name: 'backup-access', ...(namespace !== undefined && { namespace }) },
    spec: {
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [from], ports: [{ port: 5432, protocol: 'TCP' }] }],
    },
  });

  test('is opened where a policy closes the database', () => {
    const { manifests } = render();
    expect(find(manifests, 'NetworkPolicy', 'backup-access')).toMatchObject(
      access(undefined, { podSelector: { matchLabels: { app: 'backup' } } }),
    );
    expect(policies(manifests)).toEqual(['NetworkPolicy backup', 'NetworkPolicy backup-access', 'NetworkPolicy db']);
  });

  // It would be the database's only policy, and close it to everybody else.
  test('is left alone where the database is open', () => {
    const { manifests } = render({}, { networkPolicy: false });
    expect(policies(manifests)).toEqual(['NetworkPolicy backup']);
    const pods = podsOf(manifests);
    for (const from of pods) {
      expect(trafficIn(manifests)({ from, to: named(pods, 'db'), port: 5432 })).toBe(true);
    }
  });

  test('changes nothing of the database', () => {
    const { chart, database } = newDatabase();
    const before = manifestsOf(chart);
    new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily() });
    expect(manifestsOf(chart).filter(({ metadata }) => !metadata.name.startsWith('backup'))).toEqual(before);
  });

  test('begins beside the database, unless the chart or the prop says otherwise', () => {
    const { manifests, backup } = render({}, { namespace: 'shop' });
    expect(find(manifests, 'CronJob', 'backup').metadata.namespace).toBe('shop');
    expect(backup.namespace).toBe('shop');
    expect(render({ namespace: 'ops' }, { namespace: 'shop' }).backup.namespace).toBe('ops');
    expect(newBackup({}, { namespace: 'shop' }, { namespace: 'web' }).backup.namespace).toBe('web');
    expect(render().backup.namespace).toBeUndefined();
  });

  test('is opened in the namespace of the database, to the job in its own', () => {
    const { database } = newDatabase({ namespace: 'shop' });
    const chart = newChart({ namespace: 'ops' });
    new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily() });
    const manifests = manifestsOf(chart);
    expect(find(manifests, 'CronJob', 'backup').metadata.namespace).toBe('ops');
    expect(renderedJob(manifests, 'backup').envOf('dump').DB_HOST).toBe('db.shop');
    expect(find(manifests, 'NetworkPolicy', 'backup-access')).toMatchObject(
      access('shop', {
        podSelector: { matchLabels: { app: 'backup' } },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ops' } },
      }),
    );
  });

  describe('that this app does not make', () => {
    const attributes = { engine: DATABASE.engine, address: 'db.example.com', password: PASSWORD };

    test('needs no permission where its pods are not known', () => {
      const chart = newChart({ namespace: 'ops' });
      const database = StatefulDatabase.fromAttributes(chart, 'db', { ...attributes, port: 6432, user: 'u' });
      new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily() });
      const manifests = manifestsOf(chart);
      expect(identities(manifests)).toEqual([
        'ConfigMap ops/backup-scripts',
        'CronJob ops/backup',
        'NetworkPolicy ops/backup',
      ]);
      expect(renderedJob(manifests, 'backup').envOf('dump')).toEqual({
        DB_HOST: 'db.example.com',
        DB_PORT: '6432',
        DB_USER: 'u',
        DB_NAME: 'postgres',
      });
    });

    // In its own namespace the policy would look for the job where it is not.
    test('is where its pods are', () => {
      const pods = newDatabase({ namespace: 'shop' }).database.statefulSet;
      const chart = newChart();
      const database = StatefulDatabase.fromAttributes(chart, 'db', { ...attributes, pods });
      new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily() });
      expect(identities(manifestsOf(chart))).toEqual([
        'ConfigMap shop/backup-scripts',
        'CronJob shop/backup',
        'NetworkPolicy shop/backup',
        'NetworkPolicy shop/backup-access',
      ]);
    });
  });
});

describe('a backup is refused', () => {
  const same = (kind: string, name: string, path: string) =>
    `'name' must make a ${kind} that its chart does not have yet, got "${name}": '${path}' is the same object to kubectl, which ` +
    'would keep only one of them; choose another name or namespace';
  const refused = (props: Partial<BlobBackupCronJobProps>, ...problems: string[]) => {
    const { chart, database } = newDatabase();
    expectRefused(
      chart,
      () => new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily(), ...props }),
      "BlobBackupCronJob 'test/backup'",
      ...problems,
    );
  };

  test('with everything that is wrong said at once', () => {
    const unpinned = (prop: string, image: string) =>
      `'${prop}' must name a tag other than 'latest', or a digest, got "${image}": otherwise a pod that moves to another node may ` +
      'start another version on the same data; pin it, as in postgres:17.11-bookworm';
    refused(
      {
        name: 'x'.repeat(53),
        image: 'backupjob',
        rcloneImage: 'rclone/rclone:latest',
        scratch: { size: Size.gibibytes(0) },
        memory: Size.kibibytes(0.5),
        timeout: Duration.millis(500),
        retries: -1,
        restartPolicy: RestartPolicy.ALWAYS,
        retention: { days: 0, keepAtLeast: 0.5, weekly: 0, monthly: 10001, yearly: -1 },
        user: '',
        databaseName: '',
        schedule: Cron.schedule({ minute: 'CRON_TZ=Europe/Prague 0', hour: '2' }),
        timeZone: 'Europe / Prague',
        startingDeadline: Duration.seconds(9),
        successfulJobsHistory: -1,
        failedJobsHistory: 0,
        namespace: 'A',
        podLabels: { app: 'y' },
        runAsUser: 0,
      },
      `'name' must be a DNS label of at most 52 characters, got "${'x'.repeat(53)}": ${LABEL}; ` +
        'the names of its Jobs have 11 characters more',
      unpinned('rcloneImage', 'rclone/rclone:latest'),
      '\'scratch.size\' must be a whole number of KiB above 0, got "0Gi": write it as Size.gibibytes(32)',
      '\'memory\' must be a whole number of KiB above 0, got "0.5Ki": write it as Size.gibibytes(32)',
      "'timeout' must be a whole number from 1 to 2147483647, got 0.5: write Duration.hours(6)",
      "'retries' must be a whole number from 0 to 100, got -1: write 2",
      '\'restartPolicy\' must be NEVER or ON_FAILURE, got "Always": a Job has an end',
      "'password' must be given with a user, got nothing: the database's own is that of another user",
      '\'user\' must not be empty, got "": leave it out for that of the database',
      '\'databaseName\' must not be empty, got "": leave it out for that of the database',
      "'schedule' must name no time zone, got \"CRON_TZ=Europe/Prague 0 2 * * *\": Kubernetes refuses it; set 'timeZone'",
      "'timeZone' must be a name of the tz database, got \"Europe / Prague\": write it as 'Europe/Prague'",
      "'startingDeadline' must be a whole number from 10 to 2147483647, got 9: write Duration.hours(1)",
      "'successfulJobsHistory' must be a whole number from 0 to 1000, got -1: write 3",
      "'failedJobsHistory' must be a whole number from 1 to 1000, got 0: with 0 nobody would see that it fails; write 3",
      unpinned('image', 'backupjob'),
      "'retention.days' must be a whole number from 1 to 36500, got 0: with less each backup deletes the one before; write 14",
      "'retention.keepAtLeast' must be a whole number from 1 to 10000, got 0.5: with 0 a week of failed runs would delete the last " +
        'good backup; write 7',
      "'retention.weekly' must be a whole number from 1 to 10000, got 0: to keep none, leave it out; write 4",
      "'retention.monthly' must be a whole number from 1 to 10000, got 10001: to keep none, leave it out; write 12",
      "'retention.yearly' must be a whole number from 1 to 10000, got -1: to keep none, leave it out; write 5",
      `'namespace' must be a DNS label of at most 63 characters, got "A": ${LABEL}`,
      "'runAsUser' must be a whole number from 1 to 2147483647, got 0: use the id of the image, or 1000",
      `'podLabels['app']' must be '${'x'.repeat(53)}', as in the selector, got "y": the set would not find its own pods; leave it out, ` +
        'or choose another selector before the set exists',
    );
  });

  test('with what is no key of a Secret', () => {
    const wrong = { ...STORAGE_KEY, key: 'a secret' };
    const problem = (prop: string) =>
      `'${prop}' must be the name of a key in the Secret, got "8 characters that are none": use A-Z, a-z, 0-9, '-', '_' and '.'; ` +
      'the secret itself is never written here';
    refused(
      {
        encryption: BackupEncryption.rcloneCrypt(wrong),
        password: wrong,
      },
      problem('encryption.key'),
      problem('password.key'),
    );
  });

  // Another user's password would be tried, and every run fail.
  test('with a user and no password of it; the own user needs none', () => {
    const { chart, database } = newDatabase();
    const make = (user: string) => () =>
      new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily(), user });
    const problem = "'password' must be given with a user, got nothing: the database's own is that of another user";
    expectRefused(chart, make('dump'), "BlobBackupCronJob 'test/backup'", problem);
    expect(make('postgres')).not.toThrow();
  });

  test('where the administrator cannot log in from outside and there is no user', () => {
    const { chart, database } = newDatabase({ engine: MARIADB });
    const props = { database, store: BLOBS, schedule: Cron.daily() };
    expectRefused(
      chart,
      () => new BlobBackupCronJob(chart, 'backup', props),
      "BlobBackupCronJob 'test/backup'",
      "'user' must be given with the engine mariadb, got nothing: 'root' can log in only beside the server; give the database a " +
        'backupUser, or the job a user that may read all, and its password',
    );
    const backup = new BlobBackupCronJob(chart, 'backup', { ...props, user: 'dump', password: DUMP_PASSWORD });
    expect(renderedJob(manifestsOf(chart), backup.cronJobName).envOf('dump').DB_USER).toBe('dump');
  });

  // A database that is left out without a word would be missed on the day of the restore.
  describe('with databases', () => {
    test.each<[string, string[], string]>([
      ['none', [], 'must name a database, got []: leave it out for all databases of the server'],
      ['one without a name', ['postgres', ''], `must be names of one line each, got "": write ['shop', 'blog']`],
      ['one of two lines', ['postgres', 'a\nb'], `must be names of one line each, got "a\\nb": write ['shop', 'blog']`],
      ['one twice', ['postgres', 'a', 'a'], 'must not have two databases of one name, got "a": name each once'],
      [
        'all but the one that it connects to',
        ['blog', 'shop'],
        `must hold 'postgres', which the job connects to, got ["blog","shop"]: add it, or set databaseName to one that is in the list`,
      ],
    ])('%s', (_, databases, problem) => refused({ databases }, `'databases' ${problem}`));

    test('of an engine whose backup holds one', () => {
      const { chart, database } = newDatabase({ engine: DatabaseEngine.mongo({ version: '8.0.29' }) });
      const props = { database, store: BLOBS, schedule: Cron.daily(), databases: ['admin'] };
      expectRefused(
        chart,
        () => new BlobBackupCronJob(chart, 'backup', props),
        "BlobBackupCronJob 'test/backup'",
        '\'databases\' must be left out with the engine mongo, got ["admin"]: its backup holds one database; name it with databaseName',
      );
    });

    // MariaDB shows a user only what it may see.
    test('that the application user does not see', () => {
      const applicationUser = { name: 'shop', password: SHOP_PASSWORD, databaseName: 'orders' };
      const { chart, database } = newDatabase({ engine: MARIADB, applicationUser });
      const props = { database, store: BLOBS, schedule: Cron.daily(), user: 'shop', password: SHOP_PASSWORD };
      const problem = (got: string) =>
        `'databases' must be ['orders'] with the application user, got ${got}: it sees no other database of the server; write ` +
        "databases: ['orders'], or leave user out and give the database a backupUser";
      for (const [databases, got] of [
        [undefined, 'nothing'],
        [['orders', 'blog'], '["orders","blog"]'],
      ] as const) {
        const make = () =>
          new BlobBackupCronJob(chart, 'backup', { ...props, ...(databases && { databases: [...databases] }) });
        expectRefused(chart, make, "BlobBackupCronJob 'test/backup'", problem(got));
      }
      new BlobBackupCronJob(chart, 'backup', { ...props, databases: ['orders'] });
      expect(renderedJob(manifestsOf(chart), 'backup').envOf('dump').DATABASES).toBe('orders');
    });
  });

  test('where nobody knows how to dump', () => {
    const { chart, database } = newDatabase({ engine: DatabaseEngine.of(plainSpec()) });
    expectRefused(
      chart,
      () => new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily() }),
      "BlobBackupCronJob 'test/backup'",
      '\'database\' must have an engine with backup scripts, got "test/db": nobody knows how to dump it; give the spec of ' +
        'DatabaseEngine.of backupScripts',
    );
  });

  test('and not where an engine of the user knows it', () => {
    const backupScripts: Required<DatabaseEngineSpec['backupScripts']> = {
      verbs: 'dump() { redis-cli --rdb "$1/dump" $$; }',
      files: { 'keys.lua': 'return #redis.call("KEYS", "*")', 'a-b_c.1': '$(DB_PORT)' },
      // Only a copy has them.
      copyFiles: { 'copy.sh': ':' },
      env: { TLS: 'true' },
      checkEnding: '.lua',
      drillParameters: ['modules'],
      wholeServer: true,
      parallel: true,
    };
    const { job, manifests } = render({}, { engine: DatabaseEngine.of(plainSpec({ backupScripts })) });
    expectScripts(job, 'backup-scripts');
    expect(find(manifests, 'ConfigMap', 'backup-scripts').data).toEqual({
      README: readmeOf('backup'),
      ...DRIVERS,
      ...REMOTE,
      'engine.sh': 'dump() { redis-cli --rdb "$1/dump" $$; }',
      'keys.lua': 'return #redis.call("KEYS", "*")',
      'a-b_c.1': '$(DB_PORT)',
    });
    expect(job.envOf('dump')).toMatchObject({ DB_PORT: '6379', TLS: 'true' });
    expect(job.envOf('upload')).not.toHaveProperty('TLS');
  });

  // The pods have one account, and the other's rights would be missed in a run.
  test('with a service account beside a workload identity', () => {
    const store = blobs({ credentials: BlobCredentials.workloadIdentity(IDENTITY) });
    const serviceAccount = ServiceAccount.fromServiceAccountName(newChart(), 'Other', 'other');
    refused(
      { store, serviceAccount },
      "'serviceAccount' must be left out with a workload identity, got \"other\": its pods have the workload identity's " +
        "'backup-identity'; grant that one what they need",
    );
    expect(render({ store, serviceAccount: IDENTITY }).job.pod.serviceAccountName).toBe('backup-identity');
  });

  test('under the name of what its chart has already', () => {
    const { chart, database } = newBackup();
    const store = blobs({ prefix: 'other' });
    expectRefused(
      chart,
      () => new BlobBackupCronJob(chart, 'again', { name: 'backup', database, store, schedule: Cron.daily() }),
      "BlobBackupCronJob 'test/again'",
      "'selector' must find no pods of 'test/backup', got {\"app\":\"backup\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      same('CronJob', 'backup', 'test/backup/Resource'),
      same('NetworkPolicy', 'backup', 'test/backup/NetworkPolicy'),
      same('NetworkPolicy', 'backup-access', 'test/backup/Access/Resource/Resource'),
      same('ConfigMap', 'backup-scripts', 'test/backup/Scripts'),
    );
  });

  // A Service of the database would send its clients to the job.
  test('under the name of its database', () => {
    refused(
      { name: 'db' },
      "'selector' must find no pods of 'test/db/Resource', got {\"app\":\"db\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      same('NetworkPolicy', 'db', 'test/db/Resource/NetworkPolicy'),
      same('ConfigMap', 'db-scripts', 'test/db/Scripts'),
    );
  });

  // Without it ClientAccess would have thrown when the CronJob was made already.
  test('where its permission would be made in a namespace where the database is not', () => {
    const { database } = newDatabase();
    const chart = newChart({ namespace: 'ops' });
    const make = () => new BlobBackupCronJob(chart, 'backup', { database, store: BLOBS, schedule: Cron.daily() });
    expectRefused(
      chart,
      make,
      "BlobBackupCronJob 'test/backup'",
      '\'database\' must have a known namespace in a chart that has one, got "test/db": the policy that lets the job in would be ' +
        "made in 'ops' and do nothing; give the database its namespace, or make this in its chart",
    );
    // Nor has it taken its place in the container.
    const open = StatefulDatabase.fromAttributes(chart, 'open', { engine: DATABASE.engine, address: 'x' });
    const other = { database: open, store: BLOBS, schedule: Cron.daily() };
    expect(() => new BlobBackupCronJob(chart, 'backup', other)).not.toThrow();
  });
});

describe('the place of a backup', () => {
  const taken = (place: string, by: string) =>
    `'store' must be a place that no other job puts its backups in, got "${place}": '${by}' does: each would count and delete ` +
    "the other's; give one of them a prefix";
  const another = (chart: Chart, props: Partial<BlobBackupCronJobProps>) => {
    const database = StatefulDatabase.fromAttributes(chart, 'elsewhere', { engine: DATABASE.engine, address: 'x' });
    const all = { database, store: BLOBS, schedule: Cron.daily(), ...props };
    return () => new BlobBackupCronJob(chart, 'another', all);
  };

  test('is that of one job alone', () => {
    const { chart } = newBackup();
    const subject = "BlobBackupCronJob 'test/another'";
    expectRefused(chart, another(chart, {}), subject, taken('shopbackups/backup', 'test/backup'));
  });

  test('is that of one job alone in all charts of an app', () => {
    const { chart, backup } = newBackup({ store: blobs({ prefix: 'a/b' }) });
    const other = new Chart(App.of(chart), 'other');
    const subject = "BlobBackupCronJob 'other/another'";
    const same = another(other, { store: blobs({ prefix: 'a/b', endpoint: 'https://x.example.com' }) });
    expectRefused(other, same, subject, taken('shopbackups/backup/a/b', backup.node.path));
  });

  test.each<[string, Partial<typeof AZURE>]>([
    ['prefix', { prefix: 'another' }],
    ['container', { container: 'another' }],
    ['account', { account: 'another' }],
  ])('is another with another %s', (_, change) => {
    const { chart } = newBackup();
    expect(another(chart, { store: blobs({ ...change }) })).not.toThrow();
  });

  test('is another in another app', () => {
    newBackup();
    expect(() => newBackup()).not.toThrow();
  });

  test('is free again after a refusal, and when the job was taken out', () => {
    const { chart, database } = newDatabase();
    const make = (id: string, retries: number) =>
      new BlobBackupCronJob(chart, id, { database, store: BLOBS, schedule: Cron.daily(), retries });
    expect(() => make('first', -1)).toThrow("'retries' must be");
    expect(() => make('second', 1)).not.toThrow();
    chart.node.tryRemoveChild('second');
    expect(() => make('third', 1)).not.toThrow();
  });
});
