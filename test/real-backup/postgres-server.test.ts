import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Azurite } from '../support/backup/azurite';
import { Blobs } from '../support/backup/blobs';
import { Pod, lastLine } from '../support/backup/pod';
import { postgresPod } from '../support/backup/postgres-backup';
import { PostgresServer } from '../support/backup/postgres-server';
import { killGroup, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { DRILL, DUMP, FETCH, RESTORE, UPLOAD } from '../support/backup/steps';
import type { Outcome } from '../support/shell';

const ok = (outcome: Outcome): string => {
  if (outcome.status !== 0) throw new Error(outcome.stdout + outcome.stderr);
  return outcome.stdout;
};
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const ODD = 'A b/ü"x';
/** As long as names may be, and alike in all but the last byte. */
const LONG = ['a', 'b'].map((end) => 'ä'.repeat(31) + end);

/** A shop as people run it: the application's database, one for reports, and something that an init script left in `postgres`. */
function fill(server: PostgresServer): void {
  server.sql(
    'postgres',
    `CREATE ROLE shop LOGIN PASSWORD 'of the shop'; CREATE ROLE reporting; GRANT reporting TO shop; CREATE DATABASE shop OWNER shop; CREATE DATABASE reports OWNER reporting;
     CREATE TABLE made_by_init AS SELECT 1 AS id;`,
  );
  server.sql(
    'shop',
    `SET ROLE shop;
     CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total int NOT NULL);
     INSERT INTO orders (total) SELECT n FROM generate_series(1, 1000) n;
     CREATE MATERIALIZED VIEW sums AS SELECT sum(total) FROM orders;
     CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
     CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noted();
     CREATE TABLE lines (at date, n int) PARTITION BY RANGE (at);
     CREATE TABLE lines_2026 PARTITION OF lines FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
     INSERT INTO lines SELECT '2026-11-01', n FROM generate_series(1, 10) n;
     SELECT lo_from_bytea(4711, 'a picture');
     RESET ROLE;
     CREATE PUBLICATION everything FOR ALL TABLES;
     GRANT SELECT ON orders TO reporting;`,
  );
  server.sql(
    'reports',
    'CREATE TABLE days AS SELECT n FROM generate_series(1, 7) n; ALTER TABLE days OWNER TO reporting',
  );
}

/** What must come back, of all databases. */
function everything(server: PostgresServer): string {
  return [
    server.sql(
      'postgres',
      "SELECT datname, datdba::regrole FROM pg_database WHERE datname NOT LIKE 'template%' ORDER BY 1; SELECT * FROM made_by_init",
    ),
    server.sql(
      'postgres',
      'SELECT roleid::regrole, member::regrole FROM pg_auth_members WHERE roleid >= 16384 ORDER BY 1, 2',
    ),
    server.sql(
      'shop',
      `SELECT md5(string_agg(o::text, '|' ORDER BY id)), count(*) FROM orders o; SELECT last_value FROM orders_id_seq; TABLE sums;
       SELECT count(*), sum(n) FROM lines; SELECT lo_get(4711); SELECT tgname FROM pg_trigger WHERE NOT tgisinternal; SELECT pubname FROM pg_publication;
       SELECT relname, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`,
    ),
    server.sql(
      'reports',
      "SELECT sum(n), count(*) FROM days; SELECT relowner::regrole FROM pg_class WHERE relname = 'days'",
    ),
  ].join('\n');
}

describeReal('a backup of a whole PostgreSQL server', ['postgres', 'rclone', 'busybox', 'azurite'], () => {
  const password = 'of the administrator';
  let azurite: Azurite;
  let blobs: Blobs;
  let source: PostgresServer;
  let target: PostgresServer;

  beforeAll(async () => {
    azurite = await Azurite.start();
    blobs = new Blobs(azurite.port, 'backup');
    source = await PostgresServer.start(password);
    fill(source);
  });

  beforeEach(async () => {
    target = await PostgresServer.start(password);
    // As the image makes it, with the application's user.
    target.sql('postgres', "CREATE ROLE shop LOGIN PASSWORD 'another'; CREATE DATABASE shop OWNER shop");
  });

  afterEach(() => {
    for (const name of blobs.names()) blobs.delete(name);
    for (const pod of Pod.all) pod.remove();
    target.stop();
  });

  afterAll(() => {
    Pod.removeAll();
    azurite.stop();
    source.stop();
  });

  const podOf = (server: PostgresServer, env: { [name: string]: string } = {}): Pod =>
    postgresPod(server, 'shop', azurite.port, { APPLICATION_DATABASE: 'shop', ...env });

  /** Makes a backup, and gives what was said. */
  async function backup(env: { [name: string]: string } = {}): Promise<string> {
    const job = podOf(source, env);
    const said = ok(await job.run(DUMP));
    ok(await job.run(UPLOAD));
    return said;
  }

  async function restored(env: { [name: string]: string } = {}): Promise<Outcome> {
    const pod = podOf(target);
    ok(await pod.run(FETCH));
    return pod.run(RESTORE, env);
  }

  const manifest = () => JSON.parse(blobs.read(blobs.manifests()[0]!).toString());

  interface Check {
    readonly name: string;
    readonly passed: boolean;
    readonly detail: string;
  }
  async function drilled(prepare?: (pod: Pod) => void): Promise<{ status: string; checks: Check[] }> {
    const pod = podOf(source);
    ok(await pod.run(FETCH));
    prepare?.(pod);
    ok(await pod.run(DRILL));
    return JSON.parse(pod.read('drill.json'));
  }

  test('holds what the application has, and all else; a server made anew gets all of it', async () => {
    expect(await backup()).toMatch(
      /^dump: 1018 rows of 4 tables and 1 large objects in 3 databases, dumped in \d+ s and read back\n$/,
    );
    expect(manifest()).toMatchObject({
      database: 'shop',
      applicationDatabase: 'shop',
      leftOut: {},
      databases: { dump: 'shop', 2: 'postgres', 3: 'reports' },
      rows: {
        dump: { 'public.orders': 1000, 'public.lines': 10 },
        2: { 'public.made_by_init': 1 },
        3: { 'public.days': 7 },
      },
      objects: {
        dump: {
          functions: 1,
          'large objects': 1,
          'materialized views': 1,
          'partitioned tables': 1,
          sequences: 1,
          tables: 2,
          triggers: 1,
        },
      },
    });
    const said = ok(await restored());
    expect(said).toContain('restore: made role reporting\n');
    expect(said).not.toContain('made role shop');
    expect(everything(target)).toBe(everything(source));
    // What held nothing is not kept beside.
    expect(target.databases()).toEqual(['postgres', 'reports', 'shop']);
    expect(target.sql('shop', 'SET ROLE shop; INSERT INTO orders (total) VALUES (1) RETURNING id')).toBe('1001');
  });

  test('drills every database, and each kind of thing', async () => {
    await backup();
    const { status, checks } = await drilled((pod) => {
      pod.check('before', 'CREATE ROLE somebody');
      pod.check('after', 'CREATE TABLE seen AS SELECT count(*) AS n FROM orders');
      pod.check('seen.sql', 'SELECT n = 1000 FROM seen');
    });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(status).toBe('passed');
    expect(checks.map(({ name }) => name)).toEqual(['age', 'restore', 'rows', 'seen.sql']);
  });

  test.each([
    ['"public.days": 7', '"public.days": 8', 'database "reports": "public.days" has 7 rows, the dump had 8.'],
    ['"public.made_by_init"', '"public.lost"', 'database "postgres": "public.lost" is not there, the dump had 1 rows.'],
    ['"sequences": 1', '"sequences": 2', 'database "shop": There are 1 sequences, the dump had 2.'],
    [
      '"materialized views": 1',
      '"materialized views": 2',
      'database "shop": There are 1 materialized views, the dump had 2.',
    ],
    ['"functions": 1', '"functions": 2', 'database "shop": There are 1 functions, the dump had 2.'],
    ['"triggers": 1', '"events": 1', 'database "shop": There are 0 events, the dump had 1.'],
  ])('a drill misses what is not there: %s', async (what, by, detail) => {
    await backup();
    const { checks } = await drilled((pod) => {
      pod.write('backup/facts.json', pod.read('backup/facts.json').replace(what, by));
    });
    expect(checks.filter(({ passed }) => !passed)).toEqual([{ name: 'rows', passed: false, detail }]);
  });

  test('drills what reaches out of a database, or names it', async () => {
    source.sql(
      'postgres',
      "SET allow_in_place_tablespaces = on; CREATE TABLESPACE fast LOCATION ''; CREATE DATABASE outside TABLESPACE fast",
    );
    source.sql(
      'outside',
      `CREATE TABLE t (x int); CREATE TABLE far (x int) TABLESPACE pg_default;
       CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = theirs)`,
    );
    source.sql('reports', 'CREATE TABLE near (x int) TABLESPACE fast');
    try {
      await backup();
      const { status, checks } = await drilled();
      expect(checks.filter(({ passed }) => !passed)).toEqual([]);
      expect(status).toBe('passed');
      expect(checks).toContainEqual({
        name: 'left out',
        passed: true,
        detail: 'tablespaces of "outside"; tablespaces of "reports"; ',
      });
    } finally {
      source.sql('outside', 'ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s');
      source.sql('postgres', 'DROP DATABASE outside');
      source.sql('reports', 'DROP TABLE near');
      source.sql('postgres', 'DROP TABLESPACE fast');
    }
  });

  test.each(['before', 'after'])('a drill whose %s fails does not pass', async (name) => {
    await backup();
    const { checks } = await drilled((pod) => {
      pod.check(name, 'SELECT 1/0');
    });
    expect(checks.filter(({ passed }) => !passed)).toEqual([
      { name, passed: false, detail: 'ERROR: division by zero' },
    ]);
  });

  test('restores one of several, under its name or beside', async () => {
    await backup();
    ok(await restored({ DATABASE: 'reports' }));
    ok(await restored({ DATABASE: 'reports', TARGET_DATABASE: 'reports before' }));
    ok(await restored({ TARGET_DATABASE: 'shop before' }));
    expect(target.databases()).toEqual(['postgres', 'reports', 'reports before', 'shop', 'shop before']);
    expect(target.sql('reports before', 'SELECT count(*) FROM days')).toBe('7');
    expect(target.sql('shop before', 'SELECT count(*) FROM orders')).toBe('1000');
    expect(target.sql('shop', "SELECT to_regclass('orders')")).toBe('');
    expect(lastLine(await restored({ DATABASE: 'sales' }))).toMatch(
      /^restore: db_\d{14} has no database "sales", database sales is as it was: set DATABASE to one of "shop" "postgres" "reports"$/,
    );
  });

  test('changes nothing when one of them is not empty', async () => {
    await backup();
    target.sql('postgres', 'CREATE DATABASE reports');
    target.sql('reports', 'CREATE TABLE mine ()');
    const outcome = await restored();
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toMatch(
      /^restore: not empty on 127.0.0.1, and as before: "reports" \(1 tables and other objects\). Set REPLACE=true /,
    );
    expect(target.databases()).toEqual(['postgres', 'reports', 'shop']);
    const said = ok(await restored({ REPLACE: 'true' }));
    expect(said).toMatch(
      /\nrestore: database reports as it was before is kept as reports_replaced_\d{14}; drop it when all is well\n/,
    );
    expect(target.databases()).toEqual(['postgres', 'reports', expect.stringMatching(/^reports_replaced_/), 'shop']);
    // The next backup says that it does not hold it.
    const job = podOf(target);
    expect(ok(await job.run(DUMP))).toMatch(
      /^dump: not in this backup: "reports_replaced_\d{14}" \(put aside by a restore\)\n/,
    );
  });

  test('killed in the middle, leaves all as it was, and is run again', async () => {
    await backup();
    source.sql('reports', "CREATE TABLE more AS SELECT repeat('x', 100) FROM generate_series(1, 500000)");
    await backup();
    source.sql('reports', 'DROP TABLE more');
    const pod = podOf(target);
    ok(await pod.run(FETCH));
    const running = pod.start(RESTORE);
    await until(() => target.databases().some((name) => name.startsWith('reports_restoring')), 'the last database');
    killGroup(running);
    await running.outcome;
    expect(target.databases().filter((name) => !name.includes('restoring'))).toEqual(['postgres', 'shop']);
    expect(target.sql('shop', "SELECT to_regclass('orders')")).toBe('');
    await until(
      () => target.sql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE datname ~ 'restoring'") === '0',
      'its sessions to end',
    );
    ok(await pod.run(RESTORE));
    expect(everything(target)).toBe(everything(source));
    expect(target.databases()).toEqual(['postgres', 'reports', 'shop']);
  });

  // As at the end of the job's time: the kubelet asks before it kills.
  test('told to stop in the middle, fails, and leaves nothing', async () => {
    source.sql('reports', "CREATE TABLE more AS SELECT repeat('x', 100) FROM generate_series(1, 500000)");
    await backup();
    source.sql('reports', 'DROP TABLE more');
    const pod = podOf(target);
    ok(await pod.run(FETCH));
    const running = pod.start(RESTORE);
    await until(() => target.databases().some((name) => name.startsWith('reports_restoring')), 'the last database');
    process.kill(-running.child.pid!, 'SIGTERM');
    expect((await running.outcome).status).toBe(143);
    expect(target.databases()).toEqual(['postgres', 'shop']);
  });

  describe('with databases of other kinds', () => {
    const more = [ODD, ...LONG];

    beforeAll(() => {
      for (const [index, name] of more.entries()) {
        source.sql('postgres', `CREATE DATABASE ${quoted(name)}`);
        source.sql(name, `CREATE TABLE t AS SELECT ${index} AS n`);
      }
      source.sql('postgres', 'CREATE DATABASE rdsadmin; CREATE DATABASE closed ALLOW_CONNECTIONS false');
    });

    afterAll(() => {
      for (const name of [...more, 'rdsadmin', 'closed']) source.sql('postgres', `DROP DATABASE ${quoted(name)}`);
    });

    test('names may be odd and long, and what cannot be dumped is named', async () => {
      const said = await backup();
      expect(said).toContain(
        'dump: not in this backup: "closed" (takes no connections) "rdsadmin" (of the provider)\n',
      );
      expect(manifest().leftOut).toEqual({ closed: 'takes no connections', rdsadmin: 'of the provider' });
      expect(Object.values(manifest().databases)).toEqual([ODD, 'postgres', 'reports', ...LONG, 'shop']);
      const { status, checks } = await drilled();
      expect(status).toBe('passed');
      expect(checks.at(-1)).toEqual({
        name: 'databases',
        passed: true,
        detail: 'of the same server not in the backup: "closed" (takes no connections) "rdsadmin" (of the provider)',
      });
      ok(await restored());
      expect(target.databases()).toEqual([ODD, 'postgres', 'reports', 'shop', ...LONG]);
      expect(more.map((name) => target.sql(name, 'SELECT n FROM t'))).toEqual(['0', '1', '2']);
    });

    test('those that the job names are dumped, and the others are named', async () => {
      await backup({ DATABASES: `shop\n${ODD}` });
      expect(manifest().databases).toEqual({ dump: 'shop', 2: ODD });
      expect(Object.keys(manifest().leftOut)).toEqual(['closed', 'postgres', 'rdsadmin', 'reports', ...LONG]);
      const job = podOf(source, { DATABASES: 'shop\nsales' });
      expect(lastLine(await job.run(DUMP))).toBe(
        'dump: the server has no such database that takes connections: "sales", nothing is uploaded, older backups are untouched: correct DATABASES',
      );
    });

    test('one that the user may not connect to is an error, and not less', async () => {
      source.sql('postgres', `CREATE ROLE reader LOGIN PASSWORD '${password}' IN ROLE pg_read_all_data`);
      source.sql('postgres', `REVOKE CONNECT ON DATABASE ${quoted(ODD)} FROM PUBLIC`);
      try {
        const outcome = await podOf(source, { DB_USER: 'reader' }).run(DUMP);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toContain(
          'nothing is uploaded, older backups are untouched: give reader the right that is missing',
        );
      } finally {
        source.sql('postgres', `GRANT CONNECT ON DATABASE ${quoted(ODD)} TO PUBLIC; DROP ROLE reader`);
      }
    });
  });

  test('one of format 1 restores too, and is drilled', async () => {
    const job = podOf(source, { DATABASES: 'shop' });
    ok(await job.run(DUMP));
    const entry = (file: string) => {
      const content = readFileSync(job.path(`backup/${file}`));
      return `{ "size": ${content.length}, "sha256": "${createHash('sha256').update(content).digest('hex')}" }`;
    };
    const { serverVersion } = JSON.parse(job.read('backup/facts.json'));
    blobs.write('db_20200102030405', readFileSync(job.path('backup/dump')));
    blobs.write('db_20200102030405.globals.sql', readFileSync(job.path('backup/globals.sql')));
    blobs.write(
      'db_20200102030405.json',
      `{\n  "format": 1,\n  "name": "db_20200102030405",\n  "engine": "postgres",\n  "serverVersion": "${serverVersion}",\n  "host": "postgresql",\n` +
        `  "database": "shop",\n  "started": "2020-01-02T03:04:05Z",\n  "durationSeconds": 0,\n  "leftOut": ["postgres"],\n  "largeObjects": 1,\n  "files": {\n` +
        `    "dump": ${entry('dump')},\n    "globals.sql": ${entry('globals.sql')}\n  },\n  "tables": 2,\n  "totalRows": 1010,\n  "rows": {\n` +
        `    "public.lines": 10,\n    "public.orders": 1000\n  }\n}\n`,
    );
    const { checks } = await drilled();
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks).toContainEqual({
      name: 'rows',
      passed: true,
      detail: '1010 rows of 2 tables and 1 large objects are as many as were dumped',
    });
    ok(await restored());
    expect(target.sql('shop', 'SELECT count(*) FROM orders')).toBe('1000');
  });
});
