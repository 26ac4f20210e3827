import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HookedContainer } from '../support/backup/hooked-container';
import { lastLine } from '../support/backup/pod';
import { killGroup, start, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { MariadbServer } from '../support/mariadb-server';
import type { Outcome } from '../support/shell';

const PASSWORD = String.raw`a "secret' \n#d;$(e) %f`;
const HOSTILE = ['we`ird "x" \\ -- y', '-h', "$(touch /tmp/x) 'q' %"];
const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;
const text = (value: string) => `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
const ok = (outcome: Outcome): string => {
  if (outcome.status !== 0) throw new Error(outcome.stdout + outcome.stderr);
  return outcome.stdout;
};

const FILL = `
  CREATE DATABASE shop COLLATE utf8mb4_swedish_ci;
  CREATE USER shop@'%' IDENTIFIED BY 'of the shop'; GRANT ALL ON shop.* TO shop@'%';
  CREATE USER 're port;'@localhost IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('of the reports');
  CREATE ROLE readers; GRANT SELECT ON shop.* TO readers; GRANT readers TO 're port;'@localhost; SET DEFAULT ROLE readers FOR 're port;'@localhost;
  USE shop;
  CREATE TABLE orders (id INT PRIMARY KEY, note TEXT, bytes BLOB) WITH SYSTEM VERSIONING;
  INSERT INTO orders SELECT seq, CONCAT('order ', seq, '\\n -- Dump completed'), UNHEX('00ff275c0a') FROM seq_1_to_20000;
  UPDATE orders SET note = 'changed' WHERE id < 10;
  CREATE TABLE old (i INT) ENGINE = MyISAM; INSERT INTO old VALUES (1), (2);
  CREATE SEQUENCE numbers START WITH 7;
  CREATE TRIGGER later BEFORE INSERT ON old FOR EACH ROW SET NEW.i = NEW.i + 1;
  CREATE DEFINER = shop@'%' PROCEDURE p() SELECT 1;
  CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1;
  GRANT EXECUTE ON PROCEDURE shop.p TO 're port;'@localhost;
  ${HOSTILE.map((name) => `CREATE DATABASE ${quoted(name)}; CREATE TABLE ${quoted(name)}.${quoted(name)} (a INT); INSERT INTO ${quoted(name)}.${quoted(name)} VALUES (1);`).join('\n')}
  GRANT SELECT ON \`-h\`.* TO shop@'%';
  CREATE VIEW a_view AS SELECT * FROM ${quoted(HOSTILE[0]!)}.${quoted(HOSTILE[0]!)};`;

// The image makes none for the name of a host.
const AS_IN_THE_IMAGE = `DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost'; FLUSH PRIVILEGES;
  ALTER USER root@localhost IDENTIFIED BY ${text(PASSWORD)};`;

describeReal('copies of the volume of a MariaDB server', ['mariadb'], () => {
  const containers: HookedContainer[] = [];
  const servers: MariadbServer[] = [];
  let source: MariadbServer;
  let whole: HookedContainer;

  const container = (server: MariadbServer, password = PASSWORD): HookedContainer => {
    const env = { MARIADB_ROOT_PASSWORD: password, MYSQL_UNIX_PORT: server.path('socket') };
    const made = new HookedContainer(env, server.image);
    containers.push(made);
    return made;
  };
  const sql = (server: MariadbServer, statements: string, user = 'root', password = PASSWORD): string =>
    server.ask([`-u${user}`, `--socket=${server.path('socket')}`], statements, password);
  /** As the image makes it: root with a password, an application user and an empty database of its own. */
  const freshServer = async (): Promise<MariadbServer> => {
    const server = new MariadbServer();
    servers.push(server);
    await server.make();
    server.sql(
      `CREATE DATABASE shop; CREATE USER shop@'%' IDENTIFIED BY 'of the image'; GRANT ALL ON shop.* TO shop@'%'; ${AS_IN_THE_IMAGE}`,
    );
    return server;
  };
  /** All rows, definitions and grants, by a dump of its own. */
  const everything = async (server: MariadbServer): Promise<string> => {
    const one = container(server);
    ok(await one.dump());
    const files = one.files('dump-1').filter((name) => /^(dump|\d+)$/.test(name));
    const data = files.map((name) => server.run(['zstd', '-dc', join(one.dumps, 'dump-1', name)]).stdout);
    // A right to act as another is noted once more each time it is given.
    const users = one.read('dump-1/globals.sql').split('\n').sort();
    return [...data, ...new Set(users)]
      .join('\n')
      .replaceAll(/^-- Dump completed.*$/gm, '')
      .replaceAll(/ IDENTIFIED BY PASSWORD '[^']*'/g, ' IDENTIFIED');
  };

  beforeAll(async () => {
    source = new MariadbServer();
    servers.push(source);
    await source.make();
    source.sql(`${FILL} ${AS_IN_THE_IMAGE}`);
    whole = container(source);
    ok(await whole.dump());
  });

  afterEach(async () => {
    for (const one of containers) {
      expect(one.log()).not.toMatch(/secret|\*[0-9A-F]{40}/);
      expect(one.leftovers()).toEqual([]);
      if (one !== whole) one.remove();
    }
    containers.splice(0, Infinity, whole);
    for (const server of servers.splice(1)) await server.remove();
  });

  afterAll(async () => {
    for (const one of containers) one.remove();
    for (const server of servers) await server.remove();
  });

  test('what is in memory is written before a snapshot', async () => {
    const age = () => Number(sql(source, "SHOW STATUS LIKE 'Innodb_checkpoint_age'").split('\t')[1]);
    sql(source, 'USE shop; CREATE TABLE more AS SELECT seq FROM seq_1_to_1000; DROP TABLE more;');
    const before = age();
    expect(ok(await whole.run('checkpoint'))).toBe('volume-checkpoint: wrote what was in memory\n');
    expect(before).toBeGreaterThan(10_000);
    expect(age()).toBeLessThan(1000);
  });

  // A flush that waits for a long query would hold up all that come after it.
  test('a checkpoint waits for no long query', async () => {
    const query = 'SELECT SLEEP(20) FROM shop.old LIMIT 1';
    const client = ['--no-defaults', '-uroot', `--socket=${source.path('socket')}`, '-e', query];
    const long = start(source.image.program('mariadb', ...client), { MYSQL_PWD: PASSWORD });
    await until(() => sql(source, 'SHOW PROCESSLIST').includes('SLEEP(20)'), 'the query');
    const begin = Date.now();
    ok(await whole.run('checkpoint'));
    expect(sql(source, 'SELECT COUNT(*) FROM shop.old')).toBe('2');
    expect(Date.now() - begin).toBeLessThan(15_000);
    killGroup(long);
  });

  test('dumps come back whole in a new server', async () => {
    const [server, from] = [await freshServer(), container(source)];
    expect(ok(await from.dump())).toMatch(
      /^volume-dump: wrote dump-1\nvolume-dump: \d+ rows of \d tables in 4 databases, dumped in \d+ s and read back\n$/,
    );
    expect(ok(await from.dump())).toContain('wrote dump-2\n');
    expect(from.files()).toEqual(['dump-2']);
    expect(from.files('dump-2')).toEqual(['2', '3', '4', 'SHA256SUMS', 'dump', 'facts.json', 'globals.sql']);
    expect(ok(await container(server).load(from))).toMatch(
      /\nvolume-load: dump-2 is in .*: \d+ rows of \d tables, in \d+ s\n$/,
    );
    expect(await everything(server)).toBe(await everything(source));
    expect(
      sql(
        server,
        "SELECT COUNT(*) FROM shop.orders; SELECT COUNT(*) FROM shop.orders FOR SYSTEM_TIME ALL; SELECT NEXTVAL(shop.numbers); SELECT @@GLOBAL.read_only; SHOW DATABASES LIKE 'volume%'",
      ),
    ).toBe('20000\n20009\n7\n0');
    // A user that was there keeps its password, with the new rights; another has the old server's.
    expect(
      sql(
        server,
        "SELECT JSON_VALUE(Priv, '$.authentication_string') = PASSWORD('of the image') FROM mysql.global_priv WHERE User = 'shop'",
      ),
    ).toBe('1');
    expect(sql(server, 'SELECT CURRENT_ROLE()', 're port;', 'of the reports')).toBe('readers');
  });

  test('so does the dump of a server with one database, as a blog has it', async () => {
    const [blog, server] = [await freshServer(), await freshServer()];
    sql(blog, 'USE shop; CREATE TABLE posts AS SELECT seq FROM seq_1_to_7');
    const from = container(blog);
    ok(await from.dump());
    ok(await container(server).load(from));
    expect(sql(server, 'SELECT COUNT(*) FROM shop.posts')).toBe('7');
  });

  test.each([
    ['a table', 'CREATE TABLE shop.t (i INT)'],
    ['a procedure', 'CREATE PROCEDURE shop.p() SELECT 1'],
  ])('a server that holds %s is left alone', async (_, statements) => {
    const server = await freshServer();
    sql(server, statements);
    const before = await everything(server);
    const outcome = await container(server).load(whole);
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toMatch(
      /^volume-load: not empty on .*, and as before: "shop" \(1 tables and other objects\). Load into a new server, or rename the database$/,
    );
    expect(await everything(server)).toBe(before);
    expect(sql(server, 'SELECT @@GLOBAL.read_only')).toBe('0');
  });

  test('a dump that is killed in the middle leaves the last whole one', async () => {
    const from = container(source);
    ok(await from.dump());
    from.shim('zstd', 'case $1 in -q) head -c 1000; exec sleep 60 ;; esac; exec "$REAL" "$@"');
    const running = from.start('dump', from.dumps);
    await until(() => from.files().includes('making') && from.files('making').length > 0, 'a dump');
    const second = await from.dump();
    expect(lastLine(second)).toBe(
      'volume-dump: another of these scripts is at work here: wait for its end, and run this again. Nothing was changed',
    );
    killGroup(running);
    await running.outcome;
    from.clean();
    from.unshim('zstd');
    expect(from.files()).toEqual(['dump-1', 'making']);
    const server = await freshServer();
    expect(ok(await container(server).load(from))).toContain('volume-load: dump-1 is in ');
    expect(ok(await from.dump())).toContain('wrote dump-2\n');
    expect(from.files()).toEqual(['dump-2']);
  });

  test.each([
    [
      'the disk is full',
      'zstd',
      'case $1 in -q) exec "$REAL" "$@" > /dev/full ;; esac; exec "$REAL" "$@"',
      /: the volume is full: give it more space$/,
    ],
    [
      'mariadb-dump fails',
      'mariadb-dump',
      'case "$*" in *--databases*) echo boo >&2; exit 2 ;; esac; exec "$REAL" "$@"',
      /^volume-dump: mariadb-dump failed, the last whole dump, if there is one, is untouched: boo: see above/,
    ],
    [
      'the users cannot be dumped',
      'mariadb',
      'sql=$(cat; echo .); case $sql in *"SHOW GRANTS FOR"*) echo boo >&2; exit 2 ;; esac; printf %s "${sql%.}" | "$REAL" "$@"',
      /^volume-dump: the users cannot be (listed|dumped), .*boo/,
    ],
  ])('when %s, the last whole dump is untouched', async (_, name, shim, message) => {
    const from = container(source);
    ok(await from.dump());
    const before = from.content();
    from.shim(name, shim);
    const outcome = await from.dump();
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toMatch(message);
    expect(from.content()).toBe(before);
  });

  test('a copy that was cut off is not loaded', async () => {
    const server = await freshServer();
    const from = container(source);
    ok(await from.dump());
    writeFileSync(join(from.dumps, 'dump-1/globals.sql'), '');
    const outcome = await container(server).load(from);
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toContain(
      'dump-1 is not as it was dumped, and nothing was changed: take the volume of another backup',
    );
    expect(sql(server, 'SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = "shop"')).toBe('0');
  });

  test('a load that fails or is killed can be run again, and applications write nothing meanwhile', async () => {
    const server = await freshServer();
    const to = container(server);
    const before = await everything(server);
    // The first time that a database is filled.
    to.shim(
      'mariadb',
      `case "$*" in *--binary-mode*) [ -e "${to.dumps}/failed" ] || { : > "${to.dumps}/failed"; head -c 300 | "$REAL" "$@"; echo boo >&2; exit 1; } ;; esac; exec "$REAL" "$@"`,
    );
    const failed = await to.load(whole);
    expect(failed.status).toBe(1);
    expect(lastLine(failed)).toMatch(
      /^volume-load: dump-1 does not restore whole, all databases are as they were: boo: see above/,
    );
    expect(await everything(server)).toBe(before);
    expect(sql(server, 'SELECT @@GLOBAL.read_only')).toBe('0');

    to.shim(
      'mariadb',
      'case "$*" in *--binary-mode*shop*) head -c 300000 | "$REAL" "$@"; exec sleep 60 ;; esac; exec "$REAL" "$@"',
    );
    const running = to.start('load', whole.dumps);
    await until(() => /^orders$/m.test(sql(server, 'SHOW TABLES IN shop')), 'half of the data');
    expect(() => sql(server, 'CREATE TABLE shop.mine (i INT)', 'shop', 'of the image')).toThrow(/read-only/);
    killGroup(running);
    await running.outcome;
    to.clean();
    expect(() => sql(server, 'CREATE TABLE shop.mine (i INT)', 'shop', 'of the image')).toThrow(/read-only/);

    to.unshim('mariadb');
    ok(await to.load(whole));
    expect(await everything(server)).toBe(await everything(source));
    expect(sql(server, 'SELECT @@GLOBAL.read_only')).toBe('0');
  });

  test('says what is wrong when it cannot begin', async () => {
    const wrong = container(source, 'another secret');
    for (const hook of ['checkpoint', 'dump'] as const) {
      const outcome = await wrong.run(hook, wrong.dumps);
      expect(outcome.status).toBe(1);
      expect(lastLine(outcome)).toMatch(
        /Access denied for user 'root'@'localhost' \(using password: YES\): log in with the password/,
      );
    }
    expect(wrong.files()).toEqual([]);
    rmSync(wrong.dumps, { recursive: true });
    expect(lastLine(await wrong.run('load', wrong.dumps))).toMatch(
      /^volume-load: there is no folder .*: mount the volume of the dumps there$/,
    );
  });
});
