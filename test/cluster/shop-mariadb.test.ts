import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import type { Chart } from 'cdk8s';
import type { StatefulDatabase } from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import { commandsRunBy } from '../support/page-commands';
import { blockWith, runProgram } from '../support/pages';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, logOfJob, outcomeOf, says } from './support/jobs';
import type { JobOutcome } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { Page } from './support/page';
import { ready } from './support/scenario';
import { addBackups, addClient } from './support/shop';
import { ShopClient } from './support/shop-client';
import { Story } from './support/story';

/*
 * The life of a shop on MariaDB, in short, by the commands of the pages. Each test goes on where the one before ended.
 */
const cluster = new TestCluster(facts());
const describeShop = STORAGE_KEY === '' ? describe.skip : describePods;
const NAMESPACE = 'shop-mariadb';
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const word = randomBytes(6).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'shop-'));
const { act } = new Story();
let kubectl: Kubectl;
const web = new ShopClient(() => kubectl);
const page = (name: string) => new Page(name, folder, () => kubectl);
const restore = page('docs/restore.md');
const passwords = page('docs/passwords.md');
const backups = page('docs/backup.md');

const WRITER = `trap "exit 0" TERM; export MYSQL_PWD="$DB_PASSWORD"
while :; do
  mariadb --host="$DB_HOST" --user="$DB_USER" --connect-timeout=3 -BN "$DB_NAME" -e "INSERT INTO visits () VALUES (); SELECT CONCAT('acknowledged ', LAST_INSERT_ID())" || true
  sleep 0.2
done`;

/** The database of docs/backup.md, its backups, and its client unless that would write before a restore. */
function shop(withClient: boolean): string {
  const chart = newChart();
  const program = runProgram(blockWith('docs/backup.md', 'ts', 'export function addMariadb('), '');
  const database = (program.addMariadb as (chart: Chart) => StatefulDatabase)(chart);
  if (withClient) addClient(chart, 'web', database, WRITER, true);
  addBackups(chart, database, `shop-mariadb/${word}`);
  return Yaml.stringify(...manifestsOf(chart));
}

const sql = (query: string) =>
  kubectl.ok(
    [
      'exec',
      '-i',
      'mariadb-0',
      '--container=mariadb',
      '--',
      'bash',
      '-c',
      'MYSQL_PWD="$(cat /passwords/MARIADB_ROOT_PASSWORD)" mariadb -uroot -BN shop',
    ],
    { input: query },
  );
const fingerprint = () =>
  sql(`CHECKSUM TABLE orders, reports.days EXTENDED; SELECT COUNT(*), MIN(id), MAX(id) FROM orders; SELECT * FROM reports.latest;
    SELECT next_not_cached_value FROM numbers; SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'shop';
    SELECT TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS ORDER BY 1; SHOW GRANTS FOR reader@'%'; SHOW GRANTS FOR shop@'%'`).then(
    (all) =>
      // A hash of a password is in no backup.
      all.replaceAll(/ IDENTIFIED BY PASSWORD '[^']*'/g, ''),
  );

async function runJob(start: string, job: string): Promise<JobOutcome> {
  await restore.run(start);
  return outcome(job);
}

const outcome = (job: string) => outcomeOf(kubectl, job);
const rootPassword = async () => {
  const [secret] = await kubectl.get<LiveObject & { data: { root: string } }>('secret', 'mariadb');
  return Buffer.from(secret!.data.root, 'base64').toString();
};

const apply = (withClient: boolean) =>
  kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: shop(withClient) });

async function make(withClient: boolean): Promise<void> {
  kubectl = await cluster.namespace(NAMESPACE, RESTRICTED);
  const random = () => randomBytes(12).toString('hex');
  const keys = ['root', 'shop', 'backup'].map((key) => `--from-literal=${key}=${random()}`);
  await kubectl.ok(['create', 'secret', 'generic', 'mariadb', ...keys]);
  await kubectl.ok([
    'create',
    'secret',
    'generic',
    'backupcredentials',
    `--from-literal=storageKey.txt=${STORAGE_KEY}`,
  ]);
  await apply(withClient);
  await kubectl.ok(['rollout', 'status', 'statefulset/mariadb', '--timeout=180s'], { seconds: 190 });
}

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cluster.clean();
});

describeShop('the life of a shop on MariaDB', () => {
  let year: string;

  act('begins with a client that reads and writes', async () => {
    await make(true);
    await sql('CREATE TABLE visits (id INT AUTO_INCREMENT PRIMARY KEY)');
    await web.writes();
    await sql(`CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40)); INSERT INTO orders (name) SELECT CONCAT('jméno ', seq) FROM seq_1_to_5000;
      CREATE TABLE items (id INT PRIMARY KEY, orders INT, FOREIGN KEY of_order (orders) REFERENCES orders (id));
      CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW SET NEW.name = TRIM(NEW.name); CREATE SEQUENCE numbers START WITH 42;
      CREATE DATABASE reports; CREATE VIEW reports.latest AS SELECT MAX(id) AS id FROM shop.orders; CREATE TABLE reports.days AS SELECT seq FROM seq_1_to_52;
      CREATE USER reader@'%' IDENTIFIED BY 'of the reader'; GRANT SELECT ON reports.* TO reader@'%'`);
    const shown = await backups.run('kubectl exec --stdin --tty mariadb-0', {
      input: 'SELECT 6 * 7 AS answer;\nexit\n',
    });
    expect(shown).toContain('42');
  });

  act('loses no row that was acknowledged when its pod is killed', async () => {
    await kubectl.ok(['delete', 'pod', 'mariadb-0', '--grace-period=0', '--force']);
    // Its server may go on for a moment.
    await ready(kubectl, ['mariadb-0']);
    await web.writes();
    const ids = await web.acknowledged();
    expect(await sql(`SELECT COUNT(*) FROM visits WHERE id IN (${ids.join(',')})`)).toBe(`${ids.length}\n`);
  });

  act('changes its passwords', async () => {
    const old = await rootPassword();
    await passwords.run('(umask 077');
    await passwords.run('kubectl exec --stdin mariadb-0');
    await passwords.run(`printf '{"stringData":{"root"`);
    expect(await rootPassword()).not.toBe(old);
    // The kubelet brings the Secret to the pod within two minutes, or when the pod changes.
    await kubectl.ok(['annotate', 'pod', 'mariadb-0', 'example.com/secret=changed']);
    await eventually(async () => expect(await sql('SELECT 1')).toBe('1\n'), 150);
    const set = (user: string, input: string) =>
      kubectl.run(
        ['exec', '--stdin', 'mariadb-0', '--container=mariadb', '--', 'sh', '/scripts/set-password.sh', user],
        { input },
      );
    expect(await set('nobody', 'x')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("the server has no user 'nobody'. Nothing was changed") as string,
    });
    expect(await set('shop', '')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('stdin holds no password. Nothing was changed') as string,
    });
    await kubectl.ok(['patch', 'secret', 'mariadb', `--patch={"stringData":{"shop":"it's \\\\ a new one"}}`]);
    expect(await set('shop', "it's \\ a new one\n")).toMatchObject({ status: 0 });
    await kubectl.ok(['rollout', 'restart', 'deployment/web']);
    await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    await web.writes();
  });

  act('is backed up, and the drill passes', async () => {
    await web.stop();
    year = await fingerprint();
    await kubectl.ok(['create', 'job', '--from=cronjob/backupjob', 'backup-1']);
    expect(await outcome('backup-1')).toEqual(says('Complete', /upload: db_\d{14} is whole/));
    await kubectl.ok(['create', 'job', '--from=cronjob/restoredrill', 'drill-1']);
    expect(await outcome('drill-1')).toEqual(says('Complete', /passed the drill/));
  });

  act('comes back from its backup when namespace and volume are gone', async () => {
    await cluster.removeNamespace(NAMESPACE);
    await make(false);
    expect(await runJob('kubectl create job --from=cronjob/restorejob restore-1', 'restore-1')).toEqual(
      says('Complete', /is in "reports" "shop"|is in "shop" "reports"/),
    );
    expect(await fingerprint()).toBe(year);
    await apply(true);
    await web.writes();
    await web.stop();
  });

  act('goes back to a backup, and forward again', async () => {
    // docs/restore.md, step 4: whatever is applied, the client stays out.
    const lock =
      "kubectl exec mariadb-0 --container=mariadb -- sh -c 'MYSQL_PWD=$(cat /passwords/MARIADB_ROOT_PASSWORD) exec mariadb --user=root --execute";
    await restore.run(lock);
    await apply(true);
    await eventually(async () => expect(await web.log()).toMatch(/Access denied, this account is locked/), 60);
    await sql("UPDATE orders SET name = 'wrong'");
    const wrong = await fingerprint();
    const [restored] = await kubectl.get('job', 'restore-1');
    const backup = /(db_\d{14}) is in/.exec(await logOfJob(kubectl, restored!.metadata.name))![1]!;
    await restore.run('kubectl create job --from=cronjob/restorejob restore-4', {
      names: { db_20261121063800: backup },
    });
    const { end, log } = await outcome('restore-4');
    expect({ end, log }).toEqual(says('Complete', /_replaced_\d{14}/));
    expect(await fingerprint()).toBe(year);
    const time = /_replaced_(\d{14})/.exec(log)![1]!;
    const named = { '20261121064500': time };
    await restore.run(
      "kubectl exec mariadb-0 --container=mariadb -- sh -c 'MYSQL_PWD=$(cat /passwords/MARIADB_ROOT_PASSWORD) exec mariadb --user=root shop",
      { names: named },
    );
    await restore.run('kubectl create job --from=cronjob/restorejob put-back-1', { names: named });
    expect(await outcome('put-back-1')).toEqual(says('Failed', /not empty on/));
    expect(await fingerprint()).toBe(wrong);
    await kubectl.ok(['delete', 'job', 'restore-4']);
    await restore.run('kubectl create job --from=cronjob/restorejob restore-4', {
      names: { db_20261121063800: backup },
    });
    expect(await outcome('restore-4')).toEqual(says('Complete', /_replaced_\d{14}/));
    expect(await sql('SHOW TABLES')).toMatch(/_replaced_/);
    await restore.run('in_shop()');
    expect(await sql('SHOW TABLES')).not.toMatch(/_replaced_/);
    expect(await fingerprint()).toBe(year);
    await restore.run(lock, { names: { LOCK: 'UNLOCK' } });
    await web.writes();
  });

  test('every command of the pages is run', () => {
    for (const [name, ran] of Object.entries({
      'docs/backup.md': backups,
      'docs/passwords.md': passwords,
      'docs/restore.md': restore,
    })) {
      const mine = commandsRunBy(name, 'shop-mariadb');
      expect({ name, left: ran.left.filter((command) => mine.includes(command)) }).toEqual({ name, left: [] });
    }
  });
});
