import { App, Chart, Cron, Duration, Size } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import {
  BlobBackupCronJob,
  BlobCredentials,
  BlobRestoreJob,
  BlobStore,
  ClientAccess,
  ContainerResources,
  DatabaseEngine,
  Deployment,
  HeadlessService,
  PersistentStatefulSet,
  RestoreDrill,
  StatefulDatabase,
} from '../../../lib';
import type { StatefulDatabaseProps } from '../../../lib';

const resources = ContainerResources.of({
  cpu: Cpu.millis(10),
  memory: Size.mebibytes(64),
  ephemeralStorage: Size.mebibytes(64),
});
const NEVER = Cron.schedule({ day: '1', month: '1', hour: '0', minute: '0' });

/** What differs between the shops of the story. */
export interface ShopOptions {
  /** Where backups lie. */
  readonly prefix: string;
  readonly version?: string;
  readonly parameters?: { readonly [name: string]: string };
  /** Members of the set beside the database. */
  readonly searchers?: number;
  /** Of the database's volume, in GiB. */
  readonly size?: number;
}

/** What the application needs, as its own user; the administrator makes the rest. */
const SCHEMA = `
  CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, price numeric(10, 2));
  CREATE TABLE days (at date, n int) PARTITION BY RANGE (at);
  CREATE TABLE days_2026 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS orders, sum(price) AS price FROM orders;
  CREATE SEQUENCE invoices START 42;
  SET ROLE NONE;
  CREATE EXTENSION pg_stat_statements;
  CREATE EXTENSION pg_trgm;
  CREATE INDEX ON orders USING gin (name gin_trgm_ops);
  CREATE ROLE exporter LOGIN IN ROLE pg_monitor;
`;

/** The README's shop with all that one has after a year: see docs/restore.md for the names. */
export function writeShop(outdir: string, options: ShopOptions): void {
  const app = new App({ outdir });
  const chart = new Chart(app, 'shop');
  const database = addDatabase(chart, {
    engine: DatabaseEngine.postgres({ version: options.version ?? '17.11' }),
    storage: { size: Size.gibibytes(options.size ?? 1) },
    parameters: { shared_preload_libraries: 'pg_stat_statements', max_connections: '60', ...options.parameters },
    initScripts: { 'schema.sql': SCHEMA },
    sidecars: [
      {
        name: 'exporter',
        image: 'postgres:17.11-bookworm',
        command: ['sh', '-c', EXPORTER],
        env: [
          { name: 'PGHOST', value: '127.0.0.1' },
          { name: 'PGUSER', value: 'exporter' },
          { name: 'PGDATABASE', value: 'postgres' },
        ],
        resources,
      },
    ],
  });
  addClient(chart, 'web', database, WRITER, true);
  addClient(chart, 'stranger', database, WRITER, false);
  addBackups(chart, database, options.prefix);
  new PersistentStatefulSet(chart, 'search', {
    service: new HeadlessService(chart, 'search-nodes', { ports: [{ name: 'http', port: 9200 }] }),
    replicas: options.searchers ?? 0,
    containers: [
      {
        name: 'search',
        image: 'ubuntu:24.04',
        command: ['sh', '-c', 'hostname >> /data/starts; trap "exit 0" TERM; sleep 36000 & wait'],
        resources,
      },
    ],
    volumeClaimTemplates: [{ name: 'data', size: Size.gibibytes(1), mounts: [{ path: '/data' }] }],
  });
  app.synth();
}

const EXPORTER = `trap "exit 0" TERM
while :; do psql -XAtc "SELECT 'pg_up ' || count(*) FROM pg_stat_activity WHERE query <> ''" || true; sleep 2 & wait $!; done`;

/** Writes a row five times a second, and says which the server has acknowledged. */
const WRITER = `trap "exit 0" TERM
while :; do psql -XqAtc "INSERT INTO visits DEFAULT VALUES RETURNING 'acknowledged ' || id" || true; sleep 0.2; done`;

function addDatabase(chart: Chart, props: Omit<StatefulDatabaseProps, 'password'>): StatefulDatabase {
  const secret = Secret.fromSecretName(chart, 'Passwords', 'dbpass');
  return new StatefulDatabase(chart, 'postgresql', {
    password: { secret, key: 'dbpassword' },
    applicationUser: { name: 'shop', password: { secret, key: 'shop' } },
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(512) },
    ...props,
  });
}

export function addClient(chart: Chart, id: string, database: StatefulDatabase, script: string, letIn: boolean): void {
  const container = {
    name: id,
    image: database.image,
    command: ['sh', '-c', script],
    env: [...database.connectionEnv(), { name: 'PGCONNECT_TIMEOUT', value: '3' }],
    resources,
  };
  const client = new Deployment(chart, id, { containers: [container], terminationGracePeriod: Duration.seconds(2) });
  if (letIn) new ClientAccess(chart, `database-from-${id}`, { from: client, to: database });
}

/** With the names of docs/restore.md. */
export function addBackups(chart: Chart, database: StatefulDatabase, prefix: string): void {
  const storageKey = { secret: Secret.fromSecretName(chart, 'StorageKey', 'backupcredentials'), key: 'storageKey.txt' };
  const store = BlobStore.azure({
    account: 'tomasbackupdbstore',
    container: 'backup',
    prefix,
    credentials: BlobCredentials.accountKey(storageKey),
  });
  const common = { scratch: { size: Size.gibibytes(1) }, cpu: Cpu.millis(10) };
  const backup = new BlobBackupCronJob(chart, 'backupjob', {
    ...common,
    database,
    store,
    schedule: NEVER,
    retention: { days: 14, keepAtLeast: 7 },
  });
  new BlobRestoreJob(chart, 'restorejob', { ...common, database, store });
  new RestoreDrill(chart, 'restoredrill', {
    ...common,
    backup,
    schedule: NEVER,
    recoveryPointObjective: Duration.hours(26),
  });
}

/** What a year of work leaves: another role, another database, and rows in each. */
export const YEAR = {
  postgres: 'CREATE ROLE reporting LOGIN; CREATE DATABASE reports OWNER reporting',
  shop: `SET ROLE shop; GRANT SELECT ON orders, sums TO reporting;
    INSERT INTO orders (name, price) SELECT 'jméno ' || n, n / 7.0 FROM generate_series(1, 5000) n;
    INSERT INTO days SELECT date '2026-01-01' + n % 365, n FROM generate_series(1, 1000) n;
    REFRESH MATERIALIZED VIEW sums; SELECT nextval('invoices'), lo_from_bytea(4711, 'a picture');`,
  reports: `SET ROLE reporting; CREATE TABLE weeks AS SELECT n, n * n AS sold FROM generate_series(1, 52) n;
    CREATE VIEW best AS SELECT max(sold) FROM weeks; GRANT SELECT ON weeks TO shop`,
};

/** All that there is in a database, hashed: rows of every table and view, sequences, large objects, owners, grants, extensions, functions. */
export const FINGERPRINT = `
  SELECT format('SELECT %L, count(*), md5(coalesce(string_agg(t::text, E''\\n'' ORDER BY t::text), '''')) FROM %s t', c.oid::regclass, c.oid::regclass)
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'm') AND nspname !~ '^pg_|^information_schema'
    ORDER BY c.oid::regclass::text COLLATE "C" \\gexec
  SELECT sequencename, last_value FROM pg_sequences ORDER BY 1;
  SELECT oid, md5(lo_get(oid)), lomowner::regrole FROM pg_largeobject_metadata ORDER BY 1;
  SELECT relname, relkind, relowner::regrole, relacl FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' ORDER BY 1;
  SELECT extname FROM pg_extension ORDER BY 1;
  SELECT datname, datdba::regrole, datacl FROM pg_database WHERE datname = current_database();
  SELECT rolname, rolsuper, rolcanlogin, rolcreatedb FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1;
  SELECT roleid::regrole, member::regrole FROM pg_auth_members WHERE roleid::regrole::text !~ '^pg_[^m]' AND member::regrole::text !~ '^pg_' ORDER BY 1, 2;`;
