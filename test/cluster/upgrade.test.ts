import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cron, Size, Yaml } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import {
  BlobBackupCronJob,
  BlobCredentials,
  BlobStore,
  ClientAccess,
  DatabaseEngine,
  Deployment,
  RestoreDrill,
  StatefulDatabase,
} from '../../lib';
import { PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { blockWith, blocksOf, clientOf, runProgram } from '../support/pages';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, endOfJob, logOfJob } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';

const PAGE = 'docs/upgrading.md';
const cluster = new TestCluster(facts());
let kubectl: Kubectl;
let folder: string;
const ran = new Set<string>();

/** Runs the block of the page that holds a text, as it stands there, in the folder of the app. */
async function run(text: string): Promise<string> {
  const block = blockWith(PAGE, 'sh', text);
  ran.add(block);
  const { status, stdout, stderr } = await kubectl.spawn('bash', ['-ec', block], {
    folder,
    seconds: 200,
  });
  if (status !== 0) throw new Error(`${text}: status ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** What `cdk8s synth` of a program leaves in dist/. */
function synth(add: (chart: Chart) => void): void {
  const chart = newChart();
  add(chart);
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/shop.k8s.yaml'), Yaml.stringify(...manifestsOf(chart)));
}

const ASK = `while sleep 1; do psql -Atc "SELECT '$PGHOST', current_user, split_part(version(), ' ', 2), count(*) FROM orders"; done`;

/** The program of before: a database, its client, its backups, and one that no change of the program restarts. */
function addOld(chart: Chart): StatefulDatabase {
  const secret = Secret.fromSecretName(chart, 'Passwords', 'dbpass');
  return new StatefulDatabase(chart, 'postgresql', {
    engine: DatabaseEngine.postgres({ version: '15.14' }),
    password: { secret, key: 'dbpassword' },
    applicationUser: { name: 'shop', password: { secret, key: 'shop' } },
    storage: { size: Size.gibibytes(32) },
  });
}

function addRest(chart: Chart, database: StatefulDatabase): void {
  const command = ['sh', '-c', ASK];
  const web = new Deployment(chart, 'web', {
    containers: [{ name: 'web', image: database.image, command, env: database.connectionEnv() }],
  });
  new ClientAccess(chart, 'postgresql-from-web', { from: web, to: database });
  const plain = Object.entries({ PGHOST: 'postgresql', PGUSER: 'reader', PGDATABASE: 'shop', PGPASSWORD: 'by hand' });
  const reader = new Deployment(chart, 'reader', {
    containers: [
      {
        name: 'reader',
        image: 'postgres:17.11-bookworm',
        command,
        env: plain.map(([name, value]) => ({ name, value })),
      },
    ],
  });
  new ClientAccess(chart, 'postgresql-from-reader', { from: reader, to: database });
  const credentials = BlobCredentials.accountKey({
    secret: Secret.fromSecretName(chart, 'Storage', 'storage'),
    key: 'account',
  });
  const store = BlobStore.azure({
    account: 'tomasbackupdbstore',
    container: 'backup',
    prefix: `upgrade/${Date.now()}`,
    credentials,
  });
  const schedule = Cron.schedule({ day: '1', month: '1', hour: '0', minute: '0' });
  const common = { schedule, scratch: { size: Size.gibibytes(1) }, cpu: Cpu.millis(10) };
  const backup = new BlobBackupCronJob(chart, 'backupjob', { ...common, database, store });
  new RestoreDrill(chart, 'restoredrill', { ...common, backup });
}

const before = (chart: Chart): void => addRest(chart, addOld(chart));
const beside = (chart: Chart): void => {
  const database = addOld(chart);
  addRest(chart, database);
  clientOf(PAGE, 'addSuccessor')(chart, database);
};
const after = (chart: Chart): void => {
  const { addDatabase } = runProgram(blockWith(PAGE, 'ts', 'export function addDatabase('), '');
  addRest(chart, (addDatabase as (chart: Chart) => StatefulDatabase)(chart));
};

const ask = (pod: string, database: string, sql: string): Promise<string> =>
  kubectl.ok(['exec', '-i', pod, '--', 'psql', '-Upostgres', '-qAt', '-v', 'ON_ERROR_STOP=1', '-d', database], {
    input: sql,
  });

const everything = async (pod: string): Promise<string> =>
  (await ask(
    pod,
    'shop',
    "SELECT count(*), md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o; SELECT last_value FROM orders_id_seq; SELECT extname FROM pg_extension ORDER BY 1",
  )) +
  (await ask(
    pod,
    'reports',
    'SELECT sum(n) FROM days; SELECT datdba::regrole FROM pg_database WHERE datname = current_database()',
  )) +
  (await ask(
    pod,
    'postgres',
    "SELECT rolname, rolpassword, rolconnlimit FROM pg_authid WHERE rolname IN ('reader', 'reporting') ORDER BY 1",
  ));

/** Waits until a client is answered as it should be, in a line that it has not printed before. */
const answers = (deployment: string, line: string): Promise<void> =>
  eventually(async () => {
    const said = await kubectl.ok(['logs', `deployment/${deployment}`, '--tail=1']);
    expect(said).toBe(`${line}\n`);
  }, 90);

const uidOf = (deployment: string): Promise<string> =>
  kubectl.ok(['get', 'pods', `--selector=app=${deployment}`, '--output=jsonpath={.items[*].metadata.uid}']);

afterAll(() => cluster.clean());

describePods('an upgrade of PostgreSQL by the page', () => {
  let reader: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
    kubectl = await cluster.namespace('upgrade', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    const { secret, key } = PASSWORD;
    await kubectl.ok([
      'create',
      'secret',
      'generic',
      secret.name,
      `--from-literal=${key}=of-boss`,
      '--from-literal=shop=of-shop',
    ]);
    await kubectl.ok(['create', 'secret', 'generic', 'storage', `--from-literal=account=${STORAGE_KEY || 'none'}`]);
    synth(before);
    await kubectl.ok(['apply', '--validate=strict', '--filename=dist/'], { folder });
    await kubectl.ok(['rollout', 'status', 'statefulset/postgresql', '--timeout=120s'], { seconds: 130 });
    await ask('postgresql-0', 'postgres', "CREATE ROLE reader LOGIN PASSWORD 'by hand' CONNECTION LIMIT 5; CREATE ROLE reporting; CREATE DATABASE reports OWNER reporting"); // prettier-ignore
    await ask('postgresql-0', 'shop', "CREATE EXTENSION hstore; SET ROLE shop; CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY, name text); INSERT INTO orders (name) SELECT 'jméno ' || n FROM generate_series(1, 1000) n; GRANT SELECT ON orders TO reader"); // prettier-ignore
    await ask('postgresql-0', 'reports', 'CREATE TABLE days AS SELECT n FROM generate_series(1, 7) n');
    await answers('web', `postgresql|shop|${await version('postgresql-0')}|1000`);
    reader = await uidOf('reader');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('copies the server into a newer one', async () => {
    const old = await everything('postgresql-0');
    synth(beside);
    await run('rollout status statefulset/postgresql-17 ');
    await run('kubectl wait pod --selector=app=web');
    const log = await run('--from=cronjob/copy-to-17 copy-1\n');
    // Where policies are enforced, the server may refuse a pod that is seconds old; the copy tries again.
    expect(log).toMatch(
      /Complete\n(?:psql: error: .*refused\n.*\n)*dump: 1007 rows [^]*\nrestore: the copy is in "shop" "reports": 1007 rows of 2 tables, in \d+ s\n$/,
    );
    expect(log).not.toContain('SCRAM');
    expect(await everything('postgresql-17-0')).toBe(old);
    expect(await ask('postgresql-17-0', 'shop', "SELECT reltuples FROM pg_class WHERE relname = 'orders'")).toBe(
      '1000\n',
    );
  });

  test('copies again, in the place of a rehearsal', async () => {
    const old = await everything('postgresql-0');
    await ask('postgresql-17-0', 'shop', "UPDATE orders SET name = 'tried out'");
    await run('copy-again');
    expect({ end: await endOfJob(kubectl, 'copy-again'), log: await logOfJob(kubectl, 'copy-again') }).toEqual({
      end: 'Complete',
      log: expect.stringMatching(/database shop as it was before is kept as shop_replaced_\d{14}/) as string,
    });
    expect(await everything('postgresql-17-0')).toBe(old);
  });

  test('leaves clients the name and the passwords', async () => {
    synth(after);
    await run('kubectl scale statefulset postgresql --replicas=0');
    await answers('web', `postgresql|shop|${await version('postgresql-17-0')}|1000`);
    // It ran all the time, and nobody told it anything.
    await answers('reader', `postgresql|reader|${await version('postgresql-17-0')}|1000`);
    expect(await uidOf('reader')).toBe(reader);
    await ask('postgresql-17-0', 'shop', "SET ROLE shop; INSERT INTO orders (name) VALUES ('next')");
    expect(await ask('postgresql-17-0', 'shop', 'SELECT max(id) FROM orders')).toBe('1001\n');
  });

  (STORAGE_KEY === '' ? test.skip : test)('goes on with backups and drills in the same place', async () => {
    await run('--from=cronjob/restoredrill drill-of-17');
    expect(await logOfJob(kubectl, 'first-of-17')).toContain('dump: 1008 rows of 2 tables');
    expect(await logOfJob(kubectl, 'drill-of-17')).toMatch(/passed the drill/);
  });

  test('has a way back, and forth', async () => {
    synth(before);
    await run('kubectl rollout status statefulset/postgresql --timeout');
    await answers('web', `postgresql|shop|${await version('postgresql-0')}|1000`);
    synth(after);
    await run('kubectl scale statefulset postgresql --replicas=0');
    await answers('web', `postgresql|shop|${await version('postgresql-17-0')}|1001`);
  });

  test('is cleaned up, but for the old data', async () => {
    expect(await run('kubectl get pvc --selector=app=postgresql')).toMatch(/^data-postgresql-0 +Bound/m);
    const left = await kubectl.ok(['get', 'cronjob,job,statefulset,service,networkpolicy,configmap', '--output=name']);
    expect(left.split('\n').filter((name) => /postgresql(?!-17)|copy/.test(name))).toEqual([
      'service/postgresql',
      'networkpolicy.networking.k8s.io/postgresql-from-reader',
      'networkpolicy.networking.k8s.io/postgresql-from-web',
    ]);
    await answers('reader', `postgresql|reader|${await version('postgresql-17-0')}|1001`);
  });

  test('runs every command of the page', () => {
    expect(blocksOf(PAGE, 'sh').filter((block) => !ran.has(block))).toEqual([]);
  });
});

async function version(pod: string): Promise<string> {
  return (await ask(pod, 'postgres', "SELECT split_part(version(), ' ', 2)")).trim();
}
