import { randomBytes } from 'node:crypto';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, endOfJob, logOfJob, runJob } from './support/jobs';
import type { Job } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { ready, scenarioYaml } from './support/scenario';

const KEY = STORAGE_KEY;
const describeBackup = KEY === '' ? describe.skip : describePods;

const PASSWORD = randomBytes(12).toString('hex');
const cluster = new TestCluster(facts());
let kubectl: Kubectl;

const apply = (name: string) =>
  kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: scenarioYaml(cluster, name) });
const sql = async (query: string) =>
  (await kubectl.ok(['exec', 'postgresql-0', '--', 'psql', '-Upostgres', '-qAtc', query])).trim();
const remakeSecret = async (name: string, files: { [key: string]: string }) => {
  await kubectl.ok(['delete', 'secret', name, '--ignore-not-found']);
  const data = Object.entries(files).map(([key, value]) => `--from-literal=${key}=${value}`);
  await kubectl.ok(['create', 'secret', 'generic', name, ...data]);
};

const CONTENT = "SELECT count(*), md5(string_agg(id || name, ',' ORDER BY id)) FROM orders";

afterAll(() => cluster.clean());

// Other ways to restore, and drills that pass: shop.test.ts and whole-backups.test.ts.
describeBackup('the documented backup', () => {
  let content: string;

  beforeAll(async () => {
    kubectl = await cluster.namespace('backup', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await remakeSecret('dbpass', { dbpassword: PASSWORD });
    await apply('postgresql');
    await ready(kubectl, ['postgresql-0']);
    await sql(
      'CREATE ROLE shop; CREATE TABLE orders (id int PRIMARY KEY, name text); ALTER TABLE orders OWNER TO shop',
    );
    await sql("INSERT INTO orders SELECT n, 'jméno ' || n FROM generate_series(1, 20000) n");
    content = await sql(CONTENT);
    // As an editor leaves it, with a newline.
    await remakeSecret('backupcredentials', { 'dbPassword.txt': `${PASSWORD}\n`, 'storageKey.txt': `${KEY}\n` });
    await apply('blob-backup');
  });

  test('is made each minute, and is whole', async () => {
    const job = await eventually(async () => {
      const jobs = await kubectl.get<Job>('jobs', '--selector=app=backupjob');
      if (!jobs[0]) throw new Error('no job yet');
      return jobs[0].metadata.name;
    }, 90);
    await kubectl.ok(['patch', 'cronjob', 'backupjob', '--patch={"spec":{"suspend":true}}']);
    expect({ end: await endOfJob(kubectl, job), log: await logOfJob(kubectl, job) }).toEqual({
      end: 'Complete',
      log: expect.stringMatching(/dump: 20000 rows of 1 tables[^]*upload: db_\d{14} is whole/),
    });
  });

  test('is restored into an empty database, with every row and its owner', async () => {
    await sql('DROP TABLE orders; DROP ROLE shop');
    expect({ end: await runJob(kubectl, 'restorejob', 'restore'), log: await logOfJob(kubectl, 'restore') }).toEqual({
      end: 'Complete',
      log: expect.stringMatching(/restore: db_\d{14} is in "postgres": 20000 rows/),
    });
    await eventually(async () => expect(await sql(CONTENT)).toBe(content));
    expect(await sql("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'")).toBe('shop');
  });

  test('fails where its pod and its scripts keep different contracts', async () => {
    const read = ['get', 'configmap', 'backupjob-scripts', '--output=jsonpath={.data.step\\.sh}'];
    const step = await kubectl.ok(read);
    const put = (text: string) =>
      kubectl.ok([
        'patch',
        'configmap',
        'backupjob-scripts',
        `--patch=${JSON.stringify({ data: { 'step.sh': text } })}`,
      ]);
    await put(step.replace('contract=1', 'contract=2'));
    try {
      expect(await runJob(kubectl, 'restoredrill', 'newer')).toBe('Failed');
      expect(await logOfJob(kubectl, 'newer')).toContain(
        'fetch: these scripts keep contract 2, the pod keeps contract 1: apply the CronJob and its ConfigMap of one version. Nothing was changed\n',
      );
    } finally {
      await put(step);
    }
  });

  test('fails with a wrong key, says so, and is seen', async () => {
    await remakeSecret('backupcredentials', {
      'dbPassword.txt': PASSWORD,
      'storageKey.txt': randomBytes(64).toString('base64'),
    });
    await kubectl.ok([
      'patch',
      'cronjob',
      'backupjob',
      '--patch={"spec":{"jobTemplate":{"spec":{"backoffLimit":0,"template":{"spec":{"restartPolicy":"Never"}}}}}}',
    ]);
    expect(await runJob(kubectl, 'backupjob', 'wrong-key')).toBe('Failed');
    expect(await kubectl.ok(['logs', 'job/wrong-key'])).toMatch(
      /account tomasbackupdbstore refuses the credentials: put its key into storageKey\.txt of the Secret[^\n]*\n$/,
    );
  });

  test('says no secret in any log', async () => {
    const pods = (await kubectl.get('pods', '--selector=app in (backupjob,restorejob,restoredrill)')).map(
      ({ metadata }) => metadata.name,
    );
    const logs = await Promise.all(pods.map((pod) => kubectl.ok(['logs', pod, '--all-containers', '--ignore-errors'])));
    expect(logs.length).toBeGreaterThan(2);
    for (const secret of [PASSWORD, KEY]) expect(logs.filter((log) => log.includes(secret))).toEqual([]);
  });
});
