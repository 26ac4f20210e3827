import { findEngineImage } from '../support/backup/engine-image';
import { Pod, lastLine } from '../support/backup/pod';
import { contents, fillShop } from '../support/backup/postgres-backup';
import { PostgresServer } from '../support/backup/postgres-server';
import { killGroup, until } from '../support/backup/processes';
import { describeCopy } from '../support/backup/programs';
import { copyScripts } from '../support/backup/scripts';
import { DUMP, RESTORE } from '../support/backup/steps';
import type { Outcome } from '../support/shell';

/** The older one. */
const image = findEngineImage('postgres', '15');

/** Roles as people make them by hand: with a password, a group, rights of the server, settings of their own. */
const ROLES = `CREATE ROLE reader LOGIN PASSWORD 'of the reader' CONNECTION LIMIT 7; CREATE ROLE "odd ""role""" NOLOGIN; GRANT "odd ""role""" TO reader WITH ADMIN OPTION;
  GRANT pg_monitor TO shop; GRANT reader TO shop; ALTER ROLE shop CREATEDB; ALTER ROLE shop SET work_mem = '7MB'; ALTER ROLE reader SET search_path = 'a b', "c";
  GRANT SET ON PARAMETER log_min_duration_statement TO shop; COMMENT ON ROLE shop IS 'of the shop'; ALTER ROLE postgres SET jit = off;`;

const FILL = `CREATE EXTENSION pg_stat_statements; CREATE EXTENSION pg_trgm; CREATE EXTENSION hstore; SET ROLE shop;
  CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, tags hstore);
  INSERT INTO orders (name, tags) SELECT 'jméno ' || n, hstore('n', n::text) FROM generate_series(1, 1000) n; SELECT setval('orders_id_seq', 4711);
  CREATE INDEX ON orders USING gin (name gin_trgm_ops); SELECT lo_from_bytea(4711, decode(repeat('00ff', 5000), 'hex'));
  GRANT SELECT ON orders TO reader; GRANT UPDATE (name) ON orders TO reader WITH GRANT OPTION;
  ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader; RESET ROLE; ALTER ROLE reader IN DATABASE shop SET statement_timeout = '77s';
  ALTER ROLE shop IN DATABASE shop SET statement_timeout = '78s'; GRANT CONNECT ON DATABASE shop TO reader;`;

/** All that a client could find in the roles and in a database. Owners have MAINTAIN (m) since 17. */
const ROLES_THERE = `SELECT r.rolname, rolsuper, rolcreatedb, rolcanlogin, rolconnlimit, setconfig, shobj_description(r.oid, 'pg_authid') FROM pg_roles r
    LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid AND s.setdatabase = 0 WHERE r.rolname !~ '^pg_' ORDER BY 1;
  SELECT roleid::regrole, member::regrole, admin_option FROM pg_auth_members WHERE member >= 16384 ORDER BY roleid::regrole::text, 2; SELECT parname, paracl FROM pg_parameter_acl;
  SELECT datname, datdba::regrole, ARRAY(SELECT a::text FROM unnest(datacl) a ORDER BY 1) FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1`;
const SHOP_THERE = `SELECT md5(string_agg(o::text, '|' ORDER BY id)), count(*) FROM orders o; SELECT last_value FROM orders_id_seq; SELECT md5(lo_get(4711));
  SELECT relname, relowner::regrole, replace(relacl::text, 'arwdDxtm', 'arwdDxt') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'i') ORDER BY 1;
  SELECT attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid = 'orders'::regclass; SELECT defaclobjtype, replace(defaclacl::text, 'arwdDxtm', 'arwdDxt') FROM pg_default_acl;
  SELECT extname FROM pg_extension ORDER BY 1; SELECT count(*) FROM orders WHERE name LIKE '%méno 99%';
  SELECT setrole::regrole, setconfig FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`;
const HASHES = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname IN ('reader') ORDER BY 1";

describeCopy('a copy of PostgreSQL 15 into 17', 'postgres', '15', () => {
  let from: PostgresServer;
  let to: PostgresServer;
  let pod: Pod;

  /** A server as the image makes it, with the application's user. */
  async function start(of = findEngineImage('postgres')): Promise<PostgresServer> {
    const server = await PostgresServer.start(`of ${of === image ? 'the old' : 'the new'} administrator`, of);
    server.sql('postgres', "CREATE ROLE shop LOGIN PASSWORD 'of the shop'; CREATE DATABASE shop OWNER shop");
    return server;
  }

  beforeAll(async () => {
    from = await start(image);
    from.sql('postgres', ROLES);
    from.sql('shop', FILL);
    fillShop(from, 'größe', 200);
  });
  beforeEach(async () => {
    to = await start();
    pod = new Pod({ DB_HOST: '127.0.0.1', DB_USER: 'postgres', DB_NAME: 'shop' }, {}, to.image, copyScripts);
  });
  afterEach(() => {
    for (const one of Pod.all) one.remove();
    to.stop();
  });
  afterAll(() => {
    Pod.removeAll();
    from.stop();
  });

  const dump = (env = {}): Promise<Outcome> => {
    pod.secret('dbPassword.txt', from.password);
    return pod.run(DUMP, { DB_PORT: String(from.port), ...env });
  };
  const beginRestore = (env = {}) => {
    pod.secret('dbPassword.txt', to.password);
    return pod.start(RESTORE, { DB_PORT: String(to.port), ...env });
  };
  async function copy(env = {}): Promise<Outcome> {
    const dumped = await dump(env);
    return dumped.status === 0 ? beginRestore(env).outcome : dumped;
  }
  /** What the new server holds, to see that nothing changed. */
  const everything = (): string =>
    [
      to.databases(),
      to.sql('postgres', `${ROLES_THERE}; SELECT rolname, rolpassword FROM pg_authid WHERE oid >= 16384 ORDER BY 1`),
    ].join('\n');

  test('brings all databases, roles with their passwords, and rights', async () => {
    const before = to.sql('postgres', "SELECT rolpassword FROM pg_authid WHERE rolname = 'shop'");
    const { status, stdout, stderr } = await copy();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^restore: restoring the copy of 127.0.0.1: "shop" "größe"\n(restore: made role .*\n){4}restore: the copy is in "shop" "größe": 1204 rows of 4 tables, in \d+ s\n$/,
    );
    expect(stdout).not.toContain('without a password');
    expect(to.databases()).toEqual(['größe', 'postgres', 'shop']);
    expect(to.sql('shop', SHOP_THERE)).toBe(from.sql('shop', SHOP_THERE));
    expect(contents(to, 'größe').replace('arwdDxtm/', 'arwdDxt/')).toBe(contents(from, 'größe'));
    expect(to.sql('postgres', ROLES_THERE)).toBe(from.sql('postgres', ROLES_THERE));
    // Clients go on with their passwords; those of the users that were made with the new server are of its Secret.
    expect(to.sql('postgres', HASHES)).toBe(from.sql('postgres', HASHES));
    expect(to.sql('postgres', "SELECT rolpassword FROM pg_authid WHERE rolname = 'shop'")).toBe(before);
    // Fresh statistics, as no ANALYZE is left to do by hand.
    expect(to.sql('shop', "SELECT reltuples FROM pg_class WHERE relname = 'orders'")).toBe('1000');
    expect(to.sql('shop', "SET ROLE shop; INSERT INTO orders (name) VALUES ('next') RETURNING id")).toBe('4712');
  });

  test('leaves no hash of a password in a log, or in statistics of the server', async () => {
    // As a server that logs all that it is asked.
    to.sql(
      'postgres',
      "ALTER SYSTEM SET log_statement = 'all'; ALTER SYSTEM SET log_min_duration_statement = 0; SELECT pg_reload_conf()",
    );
    const dumped = await dump();
    const restored = await beginRestore().outcome;
    expect([dumped.status, restored.status]).toEqual([0, 0]);
    const said = [dumped, restored].map(({ stdout, stderr }) => stdout + stderr).join('');
    expect(to.log()).toContain('CREATE TABLE');
    expect(said + to.log() + from.log()).not.toContain('SCRAM-SHA-256');
    // It was in the scratch volume, for its group alone.
    expect(pod.read('backup/globals.sql')).toContain("PASSWORD 'SCRAM-SHA-256");
  });

  test('is refused by a server that holds something, and changes nothing there', async () => {
    expect((await copy()).status).toBe(0);
    to.sql('shop', "INSERT INTO orders (name) VALUES ('written since'); ALTER ROLE shop CONNECTION LIMIT 3");
    const before = everything();
    const again = await copy();
    expect({ status: again.status, said: lastLine(again) }).toEqual({
      status: 1,
      said:
        'restore: not empty on 127.0.0.1, and as before: "shop" (3 tables and other objects) "größe" (8 tables and other objects). Set REPLACE=true to put the copy ' +
        'in its place (what is there is kept), or make the new server anew',
    });
    expect(everything()).toBe(before);
    expect(to.sql('shop', "SELECT count(*) FROM orders WHERE name = 'written since'")).toBe('1');
  });

  // After a rehearsal, while the clients went on.
  test('takes the place of an earlier one with REPLACE, which is kept', async () => {
    expect((await copy()).status).toBe(0);
    from.sql('shop', "INSERT INTO orders (name) VALUES ('after the rehearsal')");
    try {
      const { status, stdout } = await copy({ REPLACE: 'true' });
      expect(status).toBe(0);
      expect(stdout).toMatch(
        /restore: database shop as it was before is kept as shop_replaced_\d{14}; drop it when all is well\n/,
      );
      expect(to.sql('shop', SHOP_THERE)).toBe(from.sql('shop', SHOP_THERE));
    } finally {
      from.sql('shop', "DELETE FROM orders WHERE name = 'after the rehearsal'; SELECT setval('orders_id_seq', 4711)");
    }
  });

  test('is refused by a server that is older, before anything is touched', async () => {
    const before = from.sql('postgres', ROLES_THERE);
    const older = new Pod({ DB_HOST: '127.0.0.1', DB_USER: 'postgres', DB_NAME: 'shop' }, {}, image, copyScripts);
    older.secret('dbPassword.txt', to.password);
    const outcome = await older.run(DUMP, { DB_PORT: String(to.port) });
    expect({ status: outcome.status, said: lastLine(outcome) }).toEqual({
      status: 1,
      said: "dump: pg_dump of database shop failed with status 1, nothing was copied and no server was changed: this image is older than the server that is or was dumped: set the engine's version to the server's",
    });
    // A dump by newer programs does not help.
    pod.secret('dbPassword.txt', to.password);
    expect((await pod.run(DUMP, { DB_PORT: String(to.port) })).status).toBe(0);
    pod.secret('dbPassword.txt', from.password);
    const restored = await pod.run(RESTORE, { DB_PORT: String(from.port) });
    expect({ status: restored.status, said: lastLine(restored) }).toEqual({
      status: 1,
      said: expect.stringMatching(
        /^restore: the copy was dumped from version 17\.\d+ and 127.0.0.1 runs 15\.\d+, all databases are as they were: restore into 17 or later, there is no way back$/,
      ) as string,
    });
    expect(from.sql('postgres', ROLES_THERE)).toBe(before);
  });

  test('broken in the middle, leaves the databases as they were, and is run again', async () => {
    const databases = to.databases();
    expect((await dump()).status).toBe(0);
    const running = beginRestore();
    await until(() => to.databases().some((name) => name.startsWith('größe_restoring')), 'the second database');
    to.die();
    const broken = await running.outcome;
    expect(broken.status).toBe(1);
    to.resume();
    expect(to.databases().filter((name) => !name.includes('restoring'))).toEqual(databases);
    expect(to.sql('shop', "SELECT to_regclass('orders')")).toBe('');
    expect((await copy()).status).toBe(0);
    expect(to.databases()).toEqual(['größe', 'postgres', 'shop']);
    expect(to.sql('shop', SHOP_THERE)).toBe(from.sql('shop', SHOP_THERE));
    expect(to.sql('postgres', ROLES_THERE)).toBe(from.sql('postgres', ROLES_THERE));
  });

  test('told to stop in the middle, leaves nothing', async () => {
    const databases = to.databases();
    expect((await dump()).status).toBe(0);
    const running = beginRestore();
    await until(() => to.databases().some((name) => name.startsWith('größe_restoring')), 'the second database');
    process.kill(-running.child.pid!, 'SIGTERM');
    expect((await running.outcome).status).toBe(143);
    killGroup(running);
    expect(to.databases()).toEqual(databases);
  });

  // PostgreSQL 17 came without it.
  test('fails where the new server lacks an extension, and changes no database', async () => {
    const databases = to.databases();
    from.sql('größe', 'CREATE EXTENSION adminpack');
    try {
      const { status, stderr } = await copy();
      expect(status).toBe(1);
      expect(stderr).toContain('extension "adminpack" is not available');
      expect(stderr.trimEnd().split('\n').at(-1)).toBe(
        'restore: the copy does not restore whole, all databases are as they were: the server lacks an extension (see the lines above): give it an image that ' +
          'has it, or drop it where it is not used',
      );
      expect(to.databases()).toEqual(databases);
    } finally {
      from.sql('größe', 'DROP EXTENSION adminpack');
    }
  });

  test('of a user that is no superuser, goes without passwords and says so', async () => {
    from.sql('postgres', "CREATE ROLE keeper LOGIN PASSWORD 'of the keeper'; GRANT shop TO keeper");
    try {
      pod.secret('dbPassword.txt', 'of the keeper');
      const dumped = await pod.run(DUMP, { DB_PORT: String(from.port), DB_USER: 'keeper', DATABASES: 'shop' });
      expect(dumped.stderr).toContain('dump: roles are copied without their passwords, as keeper may not read those\n');
      expect(dumped.status).toBe(0);
      expect(pod.read('backup/globals.sql')).not.toContain('SCRAM');
      const { status, stdout } = await beginRestore().outcome;
      expect(status).toBe(0);
      expect(stdout).toContain('restore: made role reader without a password; give it one, see docs/passwords.md\n');
    } finally {
      from.sql('postgres', 'DROP ROLE keeper');
    }
  });
});
