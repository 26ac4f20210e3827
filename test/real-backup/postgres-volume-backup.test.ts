import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installBusybox } from '../support/backup/busybox';
import { HookedContainer } from '../support/backup/hooked-container';
import { lastLine } from '../support/backup/pod';
import { contents, fillShop } from '../support/backup/postgres-backup';
import { PostgresServer } from '../support/backup/postgres-server';
import { killGroup, start, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import type { Outcome } from '../support/shell';

const PASSWORD = `not "a' \\secret $(x)`;
const NAME = 'Läden "x" \'y\' \\';
const HOSTILE = ['a=b', '-h', 'x\n\n', ' $(touch /tmp/x) `id` %s {} "', "host='elsewhere'"];
const ok = (outcome: Outcome): string => {
  if (outcome.status !== 0) throw new Error(outcome.stdout + outcome.stderr);
  return outcome.stdout;
};
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

function fill(server: PostgresServer): void {
  // First, so that it is filled when a later one fails: a database with subscriptions cannot be dropped.
  server.sql('postgres', 'CREATE DATABASE subscribed');
  server.sql(
    'subscribed',
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)",
  );
  fillShop(server, NAME, 20_000);
  server.sql(
    'postgres',
    `CREATE TABLE notes AS SELECT 7 AS id; GRANT SET ON PARAMETER log_statement TO shop_owner; GRANT "größe ""q""" TO postgres;
     CREATE ROLE "re ports;" LOGIN PASSWORD 'of the reports' CONNECTION LIMIT 3; ALTER ROLE "re ports;" SET search_path TO '$user', 'a b;';`,
  );
  for (const name of HOSTILE) {
    server.sql('postgres', `CREATE DATABASE ${quoted(name)}`);
    server.sql(
      name,
      `CREATE TYPE mood AS ENUM ('sad', 'glad');
       CREATE TABLE moods (m mood, i int) PARTITION BY HASH (m);
       CREATE TABLE moods_0 PARTITION OF moods FOR VALUES WITH (MODULUS 2, REMAINDER 0);
       CREATE TABLE moods_1 PARTITION OF moods FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       INSERT INTO moods SELECT (ARRAY['sad', 'glad'])[1 + i % 2]::mood, i FROM generate_series(1, 100) i;
       ALTER DATABASE ${quoted(name)} SET default_transaction_read_only = on;
       ALTER DATABASE ${quoted(name)} CONNECTION LIMIT 0;
       ALTER DATABASE ${quoted(name)} IS_TEMPLATE true;`,
    );
  }
}

/** All that must come back. */
function everything(server: PostgresServer): string {
  const databases = `SELECT datname, datdba::regrole, datistemplate, datconnlimit, ARRAY(SELECT a::text FROM unnest(datacl) a ORDER BY 1), ARRAY(SELECT setconfig::text FROM pg_db_role_setting
    WHERE setdatabase = d.oid) FROM pg_database d WHERE datname <> 'template0' ORDER BY 1`;
  const roles = `SELECT rolname, rolsuper, rolcanlogin, ARRAY(SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = r.oid), rolpassword FROM pg_authid r WHERE rolname !~ '^pg_|^postgres$' ORDER BY 1;
    SELECT roleid::regrole, member::regrole FROM pg_auth_members WHERE roleid >= 16384 ORDER BY 1, 2; SELECT parname, paracl FROM pg_parameter_acl`;
  const moods = HOSTILE.map((name) => server.sql(name, 'SELECT count(*), sum(i), max(m) FROM moods'));
  return [
    server.sql('template1', databases),
    server.sql('template1', roles),
    contents(server, NAME),
    server.sql('postgres', 'SELECT * FROM notes'),
    server.sql('subscribed', 'SELECT subname, subenabled, subslotname FROM pg_subscription'),
    ...moods,
  ].join('\n');
}

describeReal('copies of the volume of a PostgreSQL server', ['postgres', 'busybox'], () => {
  const containers: HookedContainer[] = [];
  const servers: PostgresServer[] = [];
  let source: PostgresServer;
  let whole: HookedContainer;
  let busybox: string;

  const container = (server: PostgresServer, tools?: string, password = PASSWORD): HookedContainer => {
    const env = { POSTGRES_PASSWORD: password, PGHOST: '127.0.0.1', PGPORT: String(server.port) };
    const made = new HookedContainer(env, server.image, tools);
    containers.push(made);
    return made;
  };
  /** As the image makes it: with an application user and an empty database of its own. */
  const freshServer = async (): Promise<PostgresServer> => {
    const server = await PostgresServer.start(PASSWORD);
    servers.push(server);
    server.sql(
      'postgres',
      `CREATE ROLE shop_owner LOGIN PASSWORD 'of the owner in the image'; CREATE DATABASE ${quoted(NAME)} OWNER shop_owner;`,
    );
    server.sql(NAME, 'CREATE EXTENSION hstore');
    return server;
  };
  /** Roles that are there are left as they are. */
  const comparable = (text: string) => text.replace(/^shop_owner\|f\|t.*$/m, '');

  beforeAll(async () => {
    busybox = mkdtempSync(join(tmpdir(), 'busybox-'));
    chmodSync(busybox, 0o755);
    installBusybox(busybox);
    // Alpine's BusyBox has it, Debian's has not.
    for (const tool of ['flock', 'nice']) {
      if (!existsSync(join(busybox, tool))) symlinkSync(`/usr/bin/${tool}`, join(busybox, tool));
    }
    source = await PostgresServer.start(PASSWORD);
    servers.push(source);
    fill(source);
    whole = container(source);
    ok(await whole.dump());
  });

  afterEach(() => {
    for (const { log, leftovers } of containers.map((one) => ({ log: one.log(), leftovers: one.leftovers() }))) {
      expect(log).not.toContain('secret');
      expect(log).not.toContain('SCRAM');
      expect(leftovers).toEqual([]);
    }
    for (const one of containers.splice(0)) if (one !== whole) one.remove();
    containers.push(whole);
    for (const server of servers.splice(1)) server.stop();
  });

  afterAll(() => {
    for (const one of containers) one.remove();
    for (const server of servers) server.stop();
    rmSync(busybox, { recursive: true, force: true });
  });

  test('a checkpoint is written before a snapshot', async () => {
    const last = () => source.sql('postgres', 'SELECT checkpoint_lsn FROM pg_control_checkpoint()');
    const before = last();
    source.sql('postgres', 'ALTER ROLE postgres SET statement_timeout = 1; CREATE TABLE t (); DROP TABLE t;');
    expect(ok(await whole.run('checkpoint'))).toBe('volume-checkpoint: wrote a checkpoint\n');
    source.sql('postgres', 'ALTER ROLE postgres RESET statement_timeout');
    expect(last()).not.toBe(before);
  });

  // The Alpine variants have BusyBox's shell and tools.
  test.each(['dash', 'BusyBox'])('dumps come back whole in a new server, in %s', async (name) => {
    const tools = name === 'dash' ? undefined : busybox;
    const server = await freshServer();
    const [from, to] = [container(source, tools), container(server, tools)];
    expect(ok(await from.dump())).toMatch(
      /^volume-dump: wrote dump-1\nvolume-dump: 20505 rows of 9 tables and 2 large objects in 8 databases, dumped in \d+ s and read back\n$/,
    );
    expect(ok(await from.dump())).toContain('wrote dump-2\n');
    expect(from.files()).toEqual(['dump-2']);
    const said = ok(await to.load(from));
    expect(said).toMatch(
      /\nvolume-load: dump-2 is in "postgres".* "subscribed".*: 20505 rows of 9 tables, in \d+ s\n$/,
    );
    // They have their passwords.
    expect(said).toContain('volume-load: made role "re ports;"\n');
    expect(comparable(everything(server))).toBe(comparable(everything(source)));
    expect(server.databases()).toEqual(source.databases());
    const login = async (role: string, password: string) => {
      const where = ['-h', '127.0.0.1', '-p', String(server.port), '-U', role, 'postgres'];
      const { outcome } = start(server.image.program('psql', '-XAtc', 'SELECT 1', ...where), { PGPASSWORD: password });
      return (await outcome).status;
    };
    expect(await login('re ports;', 'of the reports')).toBe(0);
    expect(await login('shop_owner', 'of the owner in the image')).toBe(0);
    expect(await login('shop_owner', 'of the owner')).not.toBe(0);
  });

  test.each([
    ['a table', 'postgres', 'CREATE TABLE t ()'],
    ['a large object', NAME, "SELECT lo_from_bytea(0, 'x')"],
    ['a function', NAME, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
  ])('a server that holds %s is left alone', async (_, database, sql) => {
    const server = await freshServer();
    server.sql(database, sql);
    const state = () =>
      server.sql(
        'postgres',
        'SELECT oid, datname FROM pg_database ORDER BY 1; SELECT oid, rolname FROM pg_roles ORDER BY 1',
      );
    const before = state();
    const outcome = await container(server).load(whole);
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toEqual(
      expect.stringContaining(
        `, and as before: ${JSON.stringify(database)} (1 tables and other objects). Load into a new server, or rename the database`,
      ) as string,
    );
    expect(state()).toBe(before);
  });

  test('a dump that is killed in the middle leaves the last whole one, and the next one takes its place', async () => {
    const from = container(source);
    ok(await from.dump());
    const before = from.content();
    from.shim('pg_dump', 'case "$*" in *snapshot*) echo PGDMP; exec sleep 60 ;; *) exec "$REAL" "$@" ;; esac');
    const running = from.start('dump', from.dumps);
    await until(() => from.files().includes('making') && from.files('making').length > 0, 'a dump');

    const second = await from.dump();
    expect(second.status).toBe(1);
    expect(lastLine(second)).toBe(
      'volume-dump: another of these scripts is at work here: wait for its end, and run this again. Nothing was changed',
    );

    killGroup(running);
    await running.outcome;
    from.unshim('pg_dump');
    expect(from.files()).toEqual(['dump-1', 'making']);
    expect(ok(await container(await freshServer()).load(from))).toContain('volume-load: dump-1 is in ');
    expect(ok(await from.dump())).toContain('wrote dump-2\n');
    expect(from.files()).toEqual(['dump-2']);
    expect(before).not.toBe('');
    from.clean();
  });

  test.each([
    [
      'the disk is full',
      'tee',
      'case $CONNINFO in *Läden*) exec "$REAL" /dev/full ;; *) exec "$REAL" "$@" ;; esac',
      /^volume-dump: pg_dump of database Läden .* failed with status 1, the last whole dump, if there is one, is untouched: .*: the volume is full: give it more space$/,
    ],
    [
      'pg_dump fails',
      'pg_dump',
      'echo "pg_dump: error: boo" >&2; exit 1',
      /^volume-dump: pg_dump of database postgres failed with status 1, the last .* untouched: pg_dump: error: boo: see above, and the log of the server$/,
    ],
    [
      'pg_dump writes nonsense',
      'pg_dump',
      'case "$*" in *snapshot*) "$REAL" "$@" | head -c -20 ;; *) exec "$REAL" "$@" ;; esac',
      /^volume-dump: the dump of database postgres does not read back, the last .* untouched: /,
    ],
  ])('when %s, the last whole dump is untouched', async (_, program, shim, message) => {
    const from = container(source);
    ok(await from.dump());
    const before = from.content();
    from.shim(program, shim);
    const outcome = await from.dump();
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toMatch(message);
    expect(from.content()).toBe(before);
    expect(from.files()).toEqual(['dump-1']);
  });

  test.each<[string, (folder: string) => void, string]>([
    ['is cut off', (folder) => truncateSync(join(folder, 'globals.sql'), 10), 'is not as it was dumped'],
    ['lacks a database', (folder) => rmSync(join(folder, '3')), 'is not as it was dumped'],
    ['has another manifest', (folder) => truncateSync(join(folder, 'facts.json'), 1000), 'is not as it was dumped'],
    ['lacks its sums', (folder) => rmSync(join(folder, 'SHA256SUMS')), 'is not as it was dumped'],
    ['has no sums in it', (folder) => writeFileSync(join(folder, 'SHA256SUMS'), ''), 'is not as it was dumped'],
  ])('a copy that %s is not loaded', async (_, spoil, message) => {
    const server = await freshServer();
    const to = container(server);
    cpSync(whole.dumps, to.dumps, { recursive: true });
    spawnSync('chown', ['-R', '--reference', to.dumps, join(to.dumps, 'dump-1')]);
    spoil(join(to.dumps, 'dump-1'));
    const outcome = await to.load();
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toMatch(new RegExp(`^volume-load: ${to.dumps}/dump-1 ${message}.*nothing was changed`));
    expect(server.databases()).toEqual([NAME, 'postgres'].sort());
  });

  test('a load that fails or is killed shows nothing that is half, and can be run again', async () => {
    const server = await freshServer();
    const to = container(server);
    const theirs = () => server.databases().filter((name) => !/restoring_\d{14}$/.test(name));
    const before = theirs();
    // The fourth time a database is filled.
    to.shim(
      'pg_restore',
      `case "$*" in *'-C'*) ;; *) echo >> "${to.dumps}/count"; [ "$(wc -l < "${to.dumps}/count")" != 4 ] || { echo 'pg_restore: error: boo' >&2; exit 1; } ;; esac; exec "$REAL" "$@"`,
    );
    const failed = await to.load(whole);
    expect(failed.status).toBe(1);
    expect(lastLine(failed)).toBe(
      'volume-load: dump-1 does not restore whole, all databases are as they were: pg_restore: error: boo: see above, and the log of the server',
    );
    expect(theirs()).toEqual(before);

    rmSync(join(to.dumps, 'count'));
    to.shim(
      'pg_restore',
      `case "$*" in *'-C'*) ;; *) echo >> "${to.dumps}/count"; [ "$(wc -l < "${to.dumps}/count")" != 6 ] || exec sleep 60 ;; esac; exec "$REAL" "$@"`,
    );
    const running = to.start('load', whole.dumps);
    await until(
      () =>
        spawnSync('wc', ['-l', join(to.dumps, 'count')])
          .stdout.toString()
          .startsWith('6'),
      'the sixth database',
    );
    killGroup(running);
    await running.outcome;
    expect(theirs()).toEqual(before);

    to.unshim('pg_restore');
    to.clean();
    ok(await to.load(whole));
    expect(comparable(everything(server))).toBe(comparable(everything(source)));
    expect(server.databases()).toEqual(source.databases());
  });

  test('says what is wrong when it cannot begin', async () => {
    const elsewhere = container(source);
    expect(lastLine(await elsewhere.run('dump', '/nowhere'))).toBe(
      'volume-dump: there is no folder /nowhere: mount the volume of the dumps there',
    );
    expect(lastLine(await elsewhere.run('load', elsewhere.dumps))).toMatch(
      /^volume-load: there is no whole dump in .* Nothing was changed$/,
    );
    const wrong = container(source, undefined, 'a secret');
    for (const hook of ['checkpoint', 'dump'] as const) {
      const outcome = await wrong.run(hook, wrong.dumps);
      expect(outcome.status).toBe(1);
      expect(lastLine(outcome)).toMatch(/password authentication failed for user "postgres": log in with the password/);
    }
    expect(wrong.files()).toEqual([]);
  });
});
