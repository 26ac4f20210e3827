import { randomBytes } from 'node:crypto';
import { Chart, Cron, Duration, Size, Yaml } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import {
  BackupEncryption,
  BlobBackupCronJob,
  BlobCredentials,
  BlobStore,
  BlobRestoreJob,
  DatabaseEngine,
  InitScriptsRunAs,
  RestoreDrill,
  StatefulDatabase,
} from '../../lib';
import type {
  BlobBackupCronJobProps,
  DatabaseEngine as Engine,
  RestoreDrillProps,
  StatefulDatabaseProps,
} from '../../lib';
import { ENCRYPTION_KEY, PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, endOfJob, logOfJob } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { ready } from './support/scenario';

/** A program that somebody would write: a database, a backup of it, what restores it, and a drill. */
interface Program {
  readonly engine: Engine;
  readonly database?: Partial<StatefulDatabaseProps>;
  readonly backup?: Partial<BlobBackupCronJobProps>;
  readonly drill?: Partial<RestoreDrillProps>;
  /** What the application does: SQL by the name of the database. */
  readonly fill: { readonly [database: string]: string };
  /** Queries that answer with all that there is, by the name of the database. */
  readonly contents: { readonly [database: string]: string };
  /** What the log of the backup says that it holds. */
  readonly holds: RegExp;
}

const postgres = DatabaseEngine.postgres({ version: '17.11' });
const mariadb = DatabaseEngine.mariadb({ version: '11.8.8' });
const applicationUser = { name: 'shop', password: SHOP_PASSWORD };
const ORDERS = `CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
  INSERT INTO orders (name) SELECT 'jméno ' || n FROM generate_series(1, 1000) n;`;
const HASH =
  "SELECT count(*), md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o; SELECT last_value FROM orders_id_seq;";
const OWNERS =
  "SELECT relname, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;";

const PROGRAMS: { readonly [name: string]: Program } = {
  'no-user': {
    engine: postgres,
    fill: { postgres: ORDERS },
    contents: { postgres: HASH + OWNERS },
    holds: /dump: 1000 rows of 1 tables and 0 large objects, dumped/,
  },
  shop: {
    engine: postgres,
    database: { applicationUser },
    fill: { shop: `SET ROLE shop; ${ORDERS}` },
    contents: { shop: HASH + OWNERS },
    holds: /dump: 1000 rows of 1 tables and 0 large objects in 2 databases, dumped/,
  },
  'init-scripts': {
    engine: postgres,
    database: {
      applicationUser,
      initScripts: {
        'orders.sql': ORDERS,
        'sums.sql': 'CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders $$;',
      },
    },
    fill: { shop: "SET ROLE shop; INSERT INTO orders (name) VALUES ('of the application')" },
    contents: { shop: `${HASH} SELECT total(); ${OWNERS}` },
    holds: /dump: 1001 rows of 1 tables and 0 large objects in 2 databases, dumped/,
  },
  'two-databases': {
    engine: postgres,
    database: {
      applicationUser: { ...applicationUser, databaseName: 'store' },
      initScriptsRunAs: InitScriptsRunAs.ADMINISTRATOR,
      initScripts: {
        'reports.sql':
          'CREATE ROLE reporting; CREATE DATABASE "reports é/""x" OWNER reporting; GRANT reporting TO shop;',
      },
    },
    fill: {
      store: `SET ROLE shop; ${ORDERS} GRANT SELECT ON orders TO reporting`,
      'reports é/"x': 'SET ROLE reporting; CREATE TABLE days AS SELECT n FROM generate_series(1, 7) n',
    },
    contents: {
      store: HASH + OWNERS,
      'reports é/"x': `SELECT count(*), sum(n) FROM days; ${OWNERS} SELECT pg_has_role('shop', 'reporting', 'member'); SELECT datdba::regrole FROM pg_database WHERE datname = current_database()`,
    },
    holds: /dump: 1007 rows of 2 tables and 0 large objects in 3 databases, dumped/,
  },
  preloaded: {
    engine: postgres,
    database: {
      applicationUser,
      parameters: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': '500' },
      initScripts: { 'extension.sql': 'SET ROLE NONE; CREATE EXTENSION pg_stat_statements;' },
    },
    fill: {
      shop: `${ORDERS} CREATE MATERIALIZED VIEW slow AS SELECT count(*) > 0 AS some FROM pg_stat_statements`,
    },
    contents: { shop: `${HASH} TABLE slow; SELECT extname FROM pg_extension ORDER BY 1` },
    holds: /dump: 1000 rows of 1 tables and 0 large objects in 2 databases, dumped/,
  },
  administrator: {
    engine: postgres,
    database: { user: 'boss', databaseName: 'main' },
    fill: { main: ORDERS },
    contents: { main: HASH + OWNERS },
    holds: /dump: 1000 rows of 1 tables and 0 large objects in 2 databases, dumped/,
  },
  'all-kinds': {
    engine: postgres,
    database: {
      applicationUser,
      sidecars: [
        { name: 'exporter', image: 'ubuntu:24.04', command: ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait'] },
      ],
    },
    drill: {
      before: 'CREATE ROLE auditor',
      after: 'CREATE TABLE seen AS SELECT count(*) AS n FROM orders',
      checks: { 'seen.sql': 'SELECT n = 1000 FROM seen' },
    },
    fill: {
      shop: `SET ROLE shop; ${ORDERS} CREATE TABLE days (at date, n int) PARTITION BY RANGE (at);
        CREATE TABLE days_2026 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        INSERT INTO days SELECT '2026-11-01', n FROM generate_series(1, 10) n; SELECT lo_from_bytea(4711, 'a picture');
        CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM orders;
        CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noted(); CREATE SEQUENCE numbers START 42;`,
    },
    contents: {
      shop: `${HASH} ${OWNERS} SELECT sum(n) FROM days; SELECT lo_get(4711); TABLE sums; SELECT tgname FROM pg_trigger WHERE NOT tgisinternal; SELECT last_value FROM numbers`,
    },
    holds: /dump: 1010 rows of 2 tables and 1 large objects in 2 databases, dumped/,
  },
  narrowed: {
    engine: postgres,
    database: { applicationUser },
    backup: { databases: ['shop'] },
    fill: { shop: `SET ROLE shop; ${ORDERS}`, postgres: 'CREATE TABLE left_out ()' },
    contents: { shop: HASH },
    holds:
      /dump: not in this backup: "postgres" \(not among the databases of this job\)\ndump: 1000 rows of 1 tables and 0 large objects, dumped/,
  },
  maria: {
    engine: mariadb,
    database: { applicationUser, backupUser: { password: SHOP_PASSWORD } },
    fill: {
      shop: `CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40)); INSERT INTO orders (name) SELECT CONCAT('jméno ', seq) FROM seq_1_to_1000;
        CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW SET NEW.name = TRIM(NEW.name); CREATE SEQUENCE numbers START WITH 42;
        CREATE DATABASE reports; CREATE VIEW reports.latest AS SELECT MAX(id) AS id FROM shop.orders; CREATE TABLE reports.days AS SELECT seq FROM seq_1_to_7;
        CREATE USER reader@'%' IDENTIFIED BY 'of the reader'; GRANT SELECT ON reports.* TO reader@'%'; GRANT SELECT ON reports.* TO shop@'%'`,
    },
    contents: {
      shop: `SELECT COUNT(*), MD5(GROUP_CONCAT(id, name ORDER BY id)) FROM orders; SELECT * FROM reports.latest; SELECT SUM(seq) FROM reports.days; SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'shop';
        SELECT next_not_cached_value FROM numbers; SELECT User, Db, Select_priv FROM mysql.db ORDER BY 1, 2`,
    },
    holds: /dump: 1007 rows of 2 tables in 2 databases, dumped/,
  },
  'maria-init': {
    engine: mariadb,
    database: {
      applicationUser,
      backupUser: { name: 'keeper', password: SHOP_PASSWORD },
      initScripts: {
        'orders.sql':
          "CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(40)); INSERT INTO orders VALUES (1, 'of the script');",
      },
    },
    fill: { shop: "INSERT INTO orders SELECT seq, CONCAT('jméno ', seq) FROM seq_2_to_1000" },
    contents: { shop: 'SELECT COUNT(*), MD5(GROUP_CONCAT(id, name ORDER BY id)) FROM orders' },
    holds: /dump: 1000 rows of 1 tables, dumped/,
  },
  'maria-shop': {
    engine: mariadb,
    database: { applicationUser },
    backup: {
      user: 'shop',
      password: SHOP_PASSWORD,
      databases: ['shop'],
      encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY),
    },
    drill: { checks: { 'orders.sql': "SELECT COUNT(*) = 1000 FROM orders WHERE name LIKE 'jméno %'" } },
    fill: {
      shop: "CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(40)); INSERT INTO orders SELECT seq, CONCAT('jméno ', seq) FROM seq_1_to_1000",
    },
    contents: { shop: 'SELECT COUNT(*), MD5(GROUP_CONCAT(id, name ORDER BY id)) FROM orders' },
    holds: /users and grants are not in this backup[^]*dump: 1000 rows of 1 tables, dumped/,
  },
};
const NAMES = Object.keys(PROGRAMS);

const WORD = randomBytes(12).toString('hex');
const cluster = new TestCluster(facts());
const describeBackup = STORAGE_KEY === '' ? describe.skip : describePods;
let kubectl: Kubectl;

function add(chart: Chart, name: string, { engine, database, backup, drill }: Program): void {
  const made = new StatefulDatabase(chart, name, {
    engine,
    password: PASSWORD,
    storage: { size: Size.gibibytes(1) },
    // All of them on one node.
    resources: { memory: Size.mebibytes(512), cpu: Cpu.millis(50) },
    ...database,
  });
  const key = { secret: Secret.fromSecretName(chart, `${name}-storage`, 'storage'), key: 'account' };
  const store = BlobStore.azure({
    account: 'tomasbackupdbstore',
    container: 'backup',
    prefix: `${WORD}/${name}`,
    credentials: BlobCredentials.accountKey(key),
  });
  const common = { database: made, store, scratch: { size: Size.gibibytes(1) }, cpu: Cpu.millis(10) };
  const { databases: _none, ...login } = backup ?? {};
  const job = new BlobBackupCronJob(chart, `${name}-backup`, {
    ...common,
    schedule: Cron.schedule({ day: '1', month: '1', hour: '0', minute: '0' }),
    retries: 0,
    ...backup,
  });
  new BlobRestoreJob(chart, `${name}-restore`, { ...common, ...login });
  new RestoreDrill(chart, `${name}-drill`, {
    backup: job,
    schedule: Cron.schedule({ day: '1', month: '1', hour: '0', minute: '0' }),
    recoveryPointObjective: Duration.hours(1),
    scratch: { size: Size.gibibytes(1) },
    cpu: Cpu.millis(10),
    ...drill,
  });
}

/** Asks a database as its administrator, beside the server. */
async function ask(name: string, database: string, sql: string): Promise<string> {
  const { engine, database: props } = PROGRAMS[name]!;
  const command =
    engine === mariadb
      ? [
          'bash',
          '-c',
          'MYSQL_PWD="$(cat /passwords/MARIADB_ROOT_PASSWORD)" mariadb -uroot -N --init-command="SET group_concat_max_len = 1 << 20" "$0"',
          database,
        ]
      : ['psql', '-U', props?.user ?? 'postgres', '-qAt', '-v', 'ON_ERROR_STOP=1', '-d', database];
  const container = engine === mariadb ? 'mariadb' : 'postgresql';
  return kubectl.ok(['exec', '-i', `${name}-0`, `--container=${container}`, '--', ...command], { input: sql });
}

async function everything(name: string): Promise<string> {
  const answers: string[] = [];
  for (const [database, sql] of Object.entries(PROGRAMS[name]!.contents)) answers.push(await ask(name, database, sql));
  return answers.join('\n');
}

/** The namespace as one makes it for the first time, or after it was lost. */
async function make(): Promise<void> {
  kubectl = await cluster.namespace('whole-backups', { 'pod-security.kubernetes.io/enforce': 'restricted' });
  const secret = async (name: string, key: string, value: string) =>
    kubectl.ok(['create', 'secret', 'generic', name, `--from-literal=${key}=${value}`]);
  await secret('dbpass', 'dbpassword', WORD);
  await secret('shop', 'pw', `of the shop ${WORD}`);
  await secret('storage', 'account', STORAGE_KEY);
  await secret('backupkey', 'sealed', WORD);
  const chart = newChart();
  for (const [name, program] of Object.entries(PROGRAMS)) add(chart, name, program);
  await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: Yaml.stringify(...manifestsOf(chart)) });
  await ready(
    kubectl,
    NAMES.map((name) => `${name}-0`),
  );
}

/** Runs a job of each program, all at once, and gives how each ended and what it said. */
async function runAll(job: string): Promise<Map<string, { end: string; log: string }>> {
  for (const name of NAMES) await kubectl.ok(['create', 'job', `--from=cronjob/${name}-${job}`, `${name}-${job}-1`]);
  const ends = new Map<string, { end: string; log: string }>();
  for (const name of NAMES) {
    const end = await endOfJob(kubectl, `${name}-${job}-1`, 600);
    ends.set(name, { end, log: await logOfJob(kubectl, `${name}-${job}-1`) });
  }
  return ends;
}

afterAll(() => cluster.clean());

describeBackup('programs that people write', () => {
  const before = new Map<string, string>();

  beforeAll(async () => {
    await make();
    for (const [name, { fill }] of Object.entries(PROGRAMS)) {
      for (const [database, sql] of Object.entries(fill)) await ask(name, database, sql);
      before.set(name, await everything(name));
    }
  });

  test('are backed up with all that the application has', async () => {
    const ends = await runAll('backup');
    for (const [name, { end, log }] of ends) {
      expect({ name, end, log }).toEqual({
        name,
        end: 'Complete',
        log: expect.stringMatching(PROGRAMS[name]!.holds) as string,
      });
    }
  });

  test('pass their drills', async () => {
    for (const [name, { end, log }] of await runAll('drill')) {
      expect({ name, end, log }).toEqual({
        name,
        end: 'Complete',
        log: expect.stringMatching(/report: db_\d{14} passed the drill/) as string,
      });
      expect(log).not.toContain(WORD);
    }
  });

  // As docs/restore.md begins: what init scripts made is no reason to refuse.
  test('come back after their namespace was deleted, by the first command of the page', async () => {
    const namespace = 'stateful-test-whole-backups';
    await kubectl.ok(['delete', 'statefulset', '--all']);
    await kubectl.ok(['delete', 'pods', '--all', '--grace-period=1', '--wait=false']);
    await cluster.kubectl.ok(['delete', 'namespace', namespace, '--wait=false']);
    await eventually(async () => {
      const left = await cluster.kubectl.ok(['get', 'namespace', namespace, '--ignore-not-found', '--output=name']);
      if (left !== '') throw new Error('the namespace is still there');
    }, 300);
    await make();
    for (const [name, { end, log }] of await runAll('restore')) {
      expect({ name, end, log }).toEqual({
        name,
        end: 'Complete',
        log: expect.stringMatching(/restore: db_\d{14} is in /) as string,
      });
      expect(log).not.toContain(WORD);
    }
    for (const name of NAMES)
      expect({ name, contents: await everything(name) }).toEqual({ name, contents: before.get(name) });
  });

  test('let the application go on with its password', async () => {
    const login = [
      'exec',
      '-i',
      'shop-0',
      '--',
      'env',
      `PGPASSWORD=of the shop ${WORD}`,
      'psql',
      '-h127.0.0.1',
      '-Ushop',
      '-qAt',
      'shop',
    ];
    expect(await kubectl.ok(login, { input: "INSERT INTO orders (name) VALUES ('next') RETURNING id" })).toBe('1001\n');
    const maria = [
      'exec',
      '-i',
      'maria-0',
      '--',
      'env',
      `MYSQL_PWD=of the shop ${WORD}`,
      'mariadb',
      '-h127.0.0.1',
      '-ushop',
      '-N',
      'shop',
    ];
    expect(
      await kubectl.ok(maria, {
        input: "INSERT INTO orders (name) VALUES ('next'); SELECT LAST_INSERT_ID(), id FROM reports.latest",
      }),
    ).toMatch(/^(\d{4})\t\1\n$/);
  });
});
