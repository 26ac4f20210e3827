import { randomBytes } from 'node:crypto';
import { Cron, Duration, Size, Yaml } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import {
  BackupEncryption,
  BlobBackupCronJob,
  BlobCredentials,
  BlobRestoreJob,
  DatabaseEngine,
  RestoreDrill,
  StatefulDatabase,
} from '../../lib';
import { PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, logOfJob, runJob } from './support/jobs';
import type { Kubectl } from './support/kubectl';
import { ready } from './support/scenario';

const cluster = new TestCluster(facts());
const describeBackup = STORAGE_KEY === '' ? describe.skip : describePods;
const WORD = randomBytes(12).toString('hex');
let kubectl: Kubectl;

/** With all that the documented one does without: another user, Secrets of its own, a prefix, encryption, checks. */
function yaml(prefix: string): string {
  const chart = newChart();
  const database = new StatefulDatabase(chart, 'mariadb', {
    engine: DatabaseEngine.mariadb({ version: '11.8.8' }),
    password: PASSWORD,
    applicationUser: { name: 'shop', password: SHOP_PASSWORD },
    storage: { size: Size.gibibytes(1) },
  });
  const secret = Secret.fromSecretName(chart, 'Storage', 'storage');
  const common = {
    database,
    user: 'shop',
    password: SHOP_PASSWORD,
    databaseName: 'shop',
    container: {
      account: 'tomasbackupdbstore',
      name: 'backup',
      prefix,
      credentials: BlobCredentials.accountKey({ secret, key: 'account' }),
    },
    encryption: BackupEncryption.rcloneCrypt({ secret, key: 'encryption' }),
    scratch: { size: Size.gibibytes(1) },
  };
  const backup = new BlobBackupCronJob(chart, 'backup', { ...common, schedule: Cron.daily(), retries: 0 });
  new BlobRestoreJob(chart, 'restore', common);
  new RestoreDrill(chart, 'drill', {
    backup,
    schedule: Cron.weekly(),
    recoveryPointObjective: Duration.hours(1),
    checks: { 'orders.sql': "SELECT count(*) = 5000 FROM orders WHERE name LIKE 'jméno %'" },
    scratch: { size: Size.gibibytes(1) },
  });
  return Yaml.stringify(...manifestsOf(chart));
}

const sql = async (query: string) =>
  (
    await kubectl.ok([
      ...['exec', 'mariadb-0', '--', 'bash', '-c'],
      `MYSQL_PWD="$(cat /passwords/MARIADB_PASSWORD)" mariadb -h 127.0.0.1 -ushop -N shop -e "${query}"`,
    ])
  ).trim();

afterAll(() => cluster.clean());

describeBackup('MariaDB', () => {
  beforeAll(async () => {
    kubectl = await cluster.namespace('mariadb-backup', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await kubectl.ok(['create', 'secret', 'generic', 'dbpass', `--from-literal=dbpassword=${WORD}`]);
    await kubectl.ok(['create', 'secret', 'generic', 'shop', `--from-literal=pw=${WORD}`]);
    const storage = [`--from-literal=account=${STORAGE_KEY}`, `--from-literal=encryption=${WORD}`];
    await kubectl.ok(['create', 'secret', 'generic', 'storage', ...storage]);
    await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: yaml(`test-${WORD}`) });
    await ready(kubectl, ['mariadb-0']);
    await sql('CREATE TABLE orders (id int PRIMARY KEY, name varchar(40))');
    await sql("INSERT INTO orders SELECT seq, CONCAT('jméno ', seq) FROM seq_1_to_5000");
  });

  test('is backed up as the application user', async () => {
    expect({ end: await runJob(kubectl, 'backup', 'backup-1'), log: await logOfJob(kubectl, 'backup-1') }).toEqual({
      end: 'Complete',
      log: expect.stringMatching(/upload: db_\d{14} is whole/),
    });
  });

  test('passes its drill, with the checks that are its user’s own', async () => {
    expect({ end: await runJob(kubectl, 'drill', 'drill-1'), log: await logOfJob(kubectl, 'drill-1') }).toEqual({
      end: 'Complete',
      log: expect.stringMatching(/report: orders\.sql: passed[^]*report: db_\d{14} passed the drill/),
    });
  });

  test('is restored into an empty database', async () => {
    const before = await sql('CHECKSUM TABLE orders');
    await sql('DROP TABLE orders');
    expect({ end: await runJob(kubectl, 'restore', 'restore-1'), log: await logOfJob(kubectl, 'restore-1') }).toEqual({
      end: 'Complete',
      log: expect.stringMatching(/restore: /),
    });
    expect(await sql('CHECKSUM TABLE orders')).toBe(before);
  });
});
