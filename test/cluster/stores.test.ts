import { randomBytes } from 'node:crypto';
import { Cron, Size, Yaml } from 'cdk8s';
import { Cpu, Secret, k8s } from 'cdk8s-plus-27';
import {
  BackupEncryption,
  BlobBackupCronJob,
  BlobRestoreJob,
  BlobStore,
  ClientAccess,
  DatabaseEngine,
  HeadlessService,
  PersistentStatefulSet,
  RestoreDrill,
  S3Credentials,
  StatefulDatabase,
} from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { logOfJob, outcomeOf, says } from './support/jobs';
import type { JobOutcome } from './support/jobs';
import type { Kubectl } from './support/kubectl';
import { ready } from './support/scenario';

const cluster = new TestCluster(facts());
const WORD = randomBytes(12).toString('hex');
const NEVER = Cron.schedule({ day: '1', month: '1', hour: '0', minute: '0' });
const small = { scratch: { size: Size.gibibytes(1) }, cpu: Cpu.millis(10) };
let kubectl: Kubectl;

afterAll(() => cluster.clean());

/** A bucket `backup` on a server of S3's protocol in the same cluster, as people have MinIO there. */
function programs(): string {
  const chart = newChart();
  const secretOf = (name: string, key: string) => ({
    secret: Secret.fromSecretName(chart, `${name}-${key}`, name),
    key,
  });
  const service = new HeadlessService(chart, 'vault', {
    ports: [{ name: 's3', port: 9000 }],
    selector: { app: 'vault' },
  });
  const vault = new PersistentStatefulSet(chart, 'vault-set', {
    name: 'vault',
    service,
    runAsUser: 1000,
    containers: [
      {
        name: 'vault',
        image: 'rclone/rclone:1.75.0',
        command: ['sh', '-c', 'mkdir -p /data/backup && exec rclone serve s3 /data --addr :9000 --auth-key "$ID,$KEY"'],
        env: ['ID', 'KEY'].map((name) => ({
          name,
          valueFrom: { secretKeyRef: { name: 'access', key: name.toLowerCase() } },
        })),
        ports: [{ name: 's3', containerPort: 9000 }],
        resources: { limits: { memory: k8s.Quantity.fromString('256Mi') } },
      },
    ],
    volumeClaimTemplates: [{ name: 'data', size: Size.gibibytes(1), mounts: [{ path: '/data' }] }],
    emptyDirs: [{ path: '/tmp' }],
  });
  const database = new StatefulDatabase(chart, 'db', {
    engine: DatabaseEngine.postgres({ version: '17.11' }),
    password: secretOf('dbpass', 'dbpassword'),
    storage: { size: Size.gibibytes(1) },
  });
  const store = BlobStore.s3({
    bucket: 'backup',
    endpoint: 'http://vault:9000',
    prefix: 'shop',
    credentials: S3Credentials.accessKey(secretOf('access', 'id'), secretOf('access', 'key')),
  });
  const encryption = BackupEncryption.rcloneCrypt(secretOf('sealing', 'key'));
  const backup = new BlobBackupCronJob(chart, 'backup', {
    ...small,
    database,
    store,
    encryption,
    schedule: NEVER,
    retries: 0,
  });
  const restore = new BlobRestoreJob(chart, 'restore', { ...small, database, store, encryption });
  // As of another app: nothing of the job itself.
  const theirs = BlobBackupCronJob.fromAttributes({ database, store, encryption });
  const drill = new RestoreDrill(chart, 'drill', { ...small, backup: theirs, schedule: NEVER });
  for (const from of [backup, restore, drill])
    new ClientAccess(chart, `vault-from-${from.node.id}`, { from, to: vault });
  return Yaml.stringify(...manifestsOf(chart));
}

async function run(job: string, name: string): Promise<JobOutcome> {
  await kubectl.ok(['create', 'job', `--from=cronjob/${job}`, name]);
  return outcomeOf(kubectl, name);
}

const sql = (text: string) =>
  kubectl.ok(['exec', '-i', 'db-0', '--', 'psql', '-U', 'postgres', '-qAt', '-v', 'ON_ERROR_STOP=1'], { input: text });

describePods('backups in a bucket of S3', () => {
  const secrets = {
    dbpass: { dbpassword: WORD },
    access: { id: 'shop', key: `of the vault ${WORD}` },
    sealing: { key: WORD },
  };

  beforeAll(async () => {
    kubectl = await cluster.namespace('stores', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    for (const [name, entries] of Object.entries(secrets)) {
      const data = Object.entries(entries).map(([key, value]) => `--from-literal=${key}=${value}`);
      await kubectl.ok(['create', 'secret', 'generic', name, ...data]);
    }
    await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: programs() });
    await ready(kubectl, ['db-0', 'vault-0']);
    await sql("CREATE TABLE orders AS SELECT n AS id, 'jméno ' || n AS name FROM generate_series(1, 1000) n");
  });

  test('are made, sealed, and none of them is a secret in a log', async () => {
    const outcome = await run('backup', 'backup-1');
    expect(outcome).toEqual(says('Complete', /dump: 1000 rows of 1 tables[^]*upload: db_\d{14} is whole: \d+ bytes/));
    expect(outcome.log).not.toContain(WORD);
    const found = await kubectl.ok([
      'exec',
      'vault-0',
      '--',
      'sh',
      '-c',
      'cd /data/backup/shop && head -c 6 db_*.json && ls',
    ]);
    expect(found).toMatch(/^RCLONEdb_\d{14}\ndb_\d{14}\.globals\.sql\ndb_\d{14}\.json\n$/);
  });

  // Its policy lets it out to the port of the store, and nowhere else.
  test('pass a drill of who knows no more of them than where they lie', async () => {
    expect(await run('drill', 'drill-1')).toEqual(says('Complete', /report: db_\d{14} passed the drill/));
  });

  test('are restored', async () => {
    await sql('DROP TABLE orders');
    expect(await run('restore', 'restore-1')).toEqual(
      says('Complete', /restore: db_\d{14} is in "postgres": 1000 rows/),
    );
    expect(await sql('SELECT count(*), max(name) FROM orders')).toBe('1000|jméno 999\n');
  });

  test('fail with the secret of another key, and say so', async () => {
    await kubectl.ok(['delete', 'secret', 'access']);
    await kubectl.ok(['create', 'secret', 'generic', 'access', '--from-literal=id=shop', '--from-literal=key=another']);
    await kubectl.ok(['create', 'job', '--from=cronjob/backup', 'backup-2']);
    expect((await outcomeOf(kubectl, 'backup-2')).end).toBe('Failed');
    expect(await logOfJob(kubectl, 'backup-2')).toMatch(
      /the secret access key is not that of the id: put both of one key into the Secret, without blanks\n$/,
    );
  });
});
