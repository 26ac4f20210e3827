import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Pod, lastLine } from '../support/backup/pod';
import { killGroup, start, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { DRILL, DUMP, RESTORE } from '../support/backup/steps';
import { MariadbServer } from '../support/mariadb-server';

const NOTHING = 'nothing is uploaded, older backups are untouched';
const ODD = 'A b/ü"x`y';
const LONG = 'z'.repeat(63) + 'ß';
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const DATABASES = ['shop', ODD, LONG];

interface Env {
  readonly [key: string]: string;
}

/** All databases of a server, into another one. */
describeReal('a backup of a whole MariaDB', ['mariadb', 'busybox', 'rclone'], () => {
  const source = new MariadbServer();
  const other = new MariadbServer();
  let from: Pod;
  let original: string;

  beforeAll(async () => {
    for (const server of [source, other]) {
      await server.make();
      server.sql(
        `CREATE USER admin@'%' IDENTIFIED BY 'of the admin'; GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;
         CREATE USER reader@'%' IDENTIFIED BY 'of the admin'; GRANT SELECT ON *.* TO reader@'%';`,
      );
    }
    source.sql(SCHEMA);
    original = contents(source);
    from = podOf(source);
    expect(await from.run(DUMP)).toMatchObject({ status: 0, stderr: '' });
    from.write(
      'backup/facts.json',
      from.read('backup/facts.json').replace('{\n', '{\n  "name": "db_20260101000000",\n'),
    );
  });

  beforeEach(() => {
    for (const name of databases(other)) other.sql(`SET foreign_key_checks = 0; DROP DATABASE ${quoted(name)}`);
    other.sql(
      `DROP USER IF EXISTS boss@'%', app@'%', app@'10.%', locked@'%', socket@localhost, nobody@'%', odd@'%', ''@'10.%', ${quoted('o\'d"d`')}@'%';
       DROP ROLE IF EXISTS readers, writers;`,
    );
  });

  afterAll(async () => {
    Pod.removeAll();
    for (const server of [source, other]) await server.remove();
  });

  function podOf(server: MariadbServer, env: Env = {}): Pod {
    const where = { DB_HOST: '127.0.0.1', DB_PORT: String(server.port), DB_USER: 'admin', DB_NAME: 'shop' };
    return new Pod({ ...where, ...env }, { 'dbPassword.txt': 'of the admin' }, server.image);
  }

  /** A pod with the backup of the source. */
  function fetched(env: Env = {}): Pod {
    const pod = podOf(other, env);
    for (const file of readdirSync(from.path('backup')))
      pod.write(`backup/${file}`, readFileSync(from.path(`backup/${file}`)));
    return pod;
  }

  function databases(server: MariadbServer): string[] {
    const all = server.sql('SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY 1').split('\n');
    return all.filter((name) => !['mysql', 'information_schema', 'performance_schema', 'sys'].includes(name));
  }

  /** All that there is. */
  function contents(server: MariadbServer, names = DATABASES): string {
    const what = ['--routines', '--events', '--dump-history', '--order-by-primary', '--skip-comments'];
    const login = ['--no-defaults', '--default-character-set=utf8mb4', '-uroot', '-S', server.path('socket')];
    const { stdout, stderr } = server.run(['mariadb-dump', ...login, ...what, '--databases', ...names]);
    expect(stderr).toBe('');
    return stdout;
  }

  function grants(server: MariadbServer, account: string): string[] {
    return server
      .sql(`SHOW GRANTS FOR ${account}`)
      .replaceAll(/ IDENTIFIED .*?'[^']*'( OR unix_socket)?/g, '')
      .split('\n')
      .sort();
  }

  function dropAside(): void {
    const aside = other.sql(
      "SELECT CONCAT('`', REPLACE(TABLE_SCHEMA, '`', '``'), '`.`', REPLACE(TABLE_NAME, '`', '``'), '`') FROM information_schema.TABLES WHERE TABLE_NAME REGEXP '_replaced_[0-9]{14}$'",
    );
    for (const table of aside.split('\n').filter(Boolean)) other.sql(`SET foreign_key_checks = 0; DROP TABLE ${table}`);
  }

  test('holds all databases of one moment, and no password', () => {
    const facts = JSON.parse(from.read('backup/facts.json')) as { [key: string]: unknown };
    expect(facts).toMatchObject({
      databases: { dump: 'shop', 2: ODD, 3: LONG },
      leftOut: {},
      rows: { dump: { orders: 2, 'of "x"': 1, versions: 2 }, 2: { texts: 3 }, 3: { only: 0 } },
      objects: {
        dump: { tables: 3, sequences: 1, views: 2, triggers: 1, routines: 2, events: 1 },
        2: { tables: 1, views: 3 },
        3: { tables: 1, views: 1 },
      },
      files: { 'globals.sql': {}, dump: {}, 2: {}, 3: {} },
    });
    const globals = from.read('backup/globals.sql');
    expect(globals).not.toMatch(/\*[0-9A-F]{40}/);
    expect(globals).toContain(
      "\nCREATE USER IF NOT EXISTS `app`@`%` IDENTIFIED VIA mysql_native_password USING 'invalid';\n",
    );
    expect(globals).toContain('\nCREATE USER IF NOT EXISTS `socket`@`localhost` IDENTIFIED VIA unix_socket;\n');
    expect(globals).toMatch(
      /\nCREATE USER IF NOT EXISTS ``@`10.%` IDENTIFIED VIA mysql_native_password USING 'invalid';\n/,
    );
  });

  test('comes back whole into an empty server, with users that cannot log in yet', async () => {
    const { status, stdout, stderr } = await fetched().run(RESTORE);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(contents(other)).toBe(original);
    expect(databases(other).sort()).toEqual([...DATABASES].sort());
    expect(other.sql("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME REGEXP '[0-9]{14}$'")).toBe('0');
    expect(stdout).toContain(
      'restore: made user `app`@`%` without a password; give it one: ALTER USER `app`@`%` IDENTIFIED BY ...\n',
    );
    expect(stdout).toContain('restore: made role `readers`\n');
    expect(stdout).toMatch(/restore: not granted, as there is no such table: ERROR 1146 .*gone/);
    expect(stdout).toMatch(/: 8 rows of 5 tables, in \d+ s\n$/);
    for (const account of [
      "app@'%'",
      "app@'10.%'",
      "locked@'%'",
      "boss@'%'",
      'socket@localhost',
      `${quoted('o\'d"d`')}@'%'`,
    ])
      expect(grants(other, account)).toEqual(grants(source, account).filter((line) => !line.includes('gone')));
    expect(grants(other, 'readers')).toEqual(grants(source, 'readers'));
    expect(() => other.ask(['-uapp', '-h127.0.0.1', `-P${other.port}`], 'SELECT 1', 'of app')).toThrow(/1045/);
    other.sql("ALTER USER app@'%' IDENTIFIED BY 'new'");
    expect(other.ask(['-uapp', '-h127.0.0.1', `-P${other.port}`], `SELECT * FROM shop.names`, 'new')).toBe('one');
  });

  test('keeps the password of a user that is there, and gives it what it was granted', async () => {
    other.sql("CREATE USER app@'%' IDENTIFIED BY 'mine'; GRANT SELECT ON shop.* TO app@'%'");
    const { stdout } = await fetched().run(RESTORE);
    expect(stdout).not.toContain('made user `app`');
    expect(grants(other, "app@'%'")).toEqual([
      'GRANT EXECUTE ON FUNCTION `shop`.`one` TO `app`@`%`',
      'GRANT SELECT (`id`), UPDATE (`name`) ON `shop`.`orders` TO `app`@`%`',
      'GRANT SELECT ON `shop`.* TO `app`@`%`',
      'GRANT SELECT ON `shop`.`names` TO `app`@`%`',
      'GRANT USAGE ON *.* TO `app`@`%`',
      'GRANT `readers` TO `app`@`%`',
    ]);
    expect(other.ask(['-uapp', '-h127.0.0.1', `-P${other.port}`], 'SELECT 1', 'mine')).toBe('1');
    // Of its other accounts there is none either.
    expect(other.sql("SELECT COUNT(*) FROM mysql.user WHERE User = 'app'")).toBe('1');
  });

  test('one of its databases is restored, or is restored beside', async () => {
    const pod = fetched();
    expect((await pod.run(RESTORE, { DATABASE: ODD })).status).toBe(1);
    other.sql('CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, name TEXT)');
    other.sql(
      `CREATE DATABASE ${quoted(LONG)}; CREATE TABLE ${quoted(LONG)}.only (id INT); CREATE VIEW ${quoted(LONG)}.chain AS SELECT 1 AS name`,
    );
    const { status, stderr } = await pod.run(RESTORE, { DATABASE: ODD });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(contents(other, [ODD])).toBe(contents(source, [ODD]));
    expect((await pod.run(RESTORE, { DATABASE: ODD, TARGET_DATABASE: 'beside' })).status).toBe(0);
    expect(databases(other)).toContain('beside');
    expect(other.sql("SELECT COUNT(*) FROM mysql.user WHERE User = 'app'")).toBe('0');
  });

  test('one that fails puts back all databases and views, and drops what was not there', async () => {
    expect((await fetched().run(RESTORE)).status).toBe(0);
    const names = ['shop', ODD];
    other.sql(
      `DROP DATABASE ${quoted(LONG)}; DROP VIEW shop.names, shop.aaa; UPDATE shop.orders SET name = 'changed';
       DROP USER boss@'%'; CREATE VIEW shop.names AS SELECT name FROM ${quoted(ODD)}.chain; CREATE VIEW ${quoted(ODD)}.above AS SELECT name FROM shop.names`,
    );
    const before = contents(other, names);
    const pod = fetched();
    pod.write('backup/facts.json', pod.read('backup/facts.json').replace('"texts": 3', '"texts": 4'));
    const outcome = await pod.run(RESTORE, { REPLACE: 'true' });
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toBe(
      'restore: db_20260101000000 does not restore whole, all databases are as they were: "texts" has 3 rows, the dump had 4.',
    );
    expect(contents(other, names)).toBe(before);
    expect(databases(other).sort()).toEqual([...names].sort());
    // Those that it made are gone again.
    expect(other.sql("SELECT COUNT(*) FROM mysql.user WHERE User = 'boss'")).toBe('0');
    expect(grants(other, "app@'%'")).toContain('GRANT EXECUTE ON FUNCTION `shop`.`one` TO `app`@`%`');
  });

  // A table that is moved aside takes the foreign keys of other databases with it, and leaves their views without a table.
  test('foreign keys across databases are put back, and views may read what the backup has not', async () => {
    expect((await fetched().run(RESTORE)).status).toBe(0);
    const odd = quoted(ODD);
    other.sql(
      `CREATE TABLE shop.parent (id INT PRIMARY KEY); CREATE TABLE ${odd}.child (id INT, CONSTRAINT c1 FOREIGN KEY (id) REFERENCES shop.parent (id));
       CREATE TABLE ${odd}.parent (id INT PRIMARY KEY); CREATE TABLE shop.child (id INT, CONSTRAINT c2 FOREIGN KEY (id) REFERENCES ${odd}.parent (id));
       CREATE VIEW shop.late AS SELECT id FROM ${odd}.parent; CREATE VIEW ${odd}.late AS SELECT id FROM shop.parent;`,
    );
    const before = contents(other);
    const pod = fetched();
    pod.write('backup/facts.json', pod.read('backup/facts.json').replace('"texts": 3', '"texts": 4'));
    expect(lastLine(await pod.run(RESTORE, { REPLACE: 'true' }))).toContain('"texts" has 3 rows, the dump had 4');
    expect(contents(other)).toBe(before);
    expect((await fetched().run(RESTORE, { REPLACE: 'true' })).status).toBe(0);
    dropAside();
    expect(contents(other)).toBe(original);
  });

  test('who may make no users restores one database without them, and no more', async () => {
    other.sql(
      "CREATE OR REPLACE USER part@'%' IDENTIFIED BY 'of the admin'; GRANT SELECT, SET USER ON *.* TO part@'%'; CREATE DATABASE plain",
    );
    for (const name of [...DATABASES, 'plain']) other.sql(`GRANT ALL ON ${quoted(name)}.* TO part@'%'`);
    source.sql('CREATE DATABASE plain; CREATE TABLE plain.a (id INT); INSERT INTO plain.a VALUES (1)');
    try {
      expect(lastLine(await fetched({ DB_USER: 'part' }).run(RESTORE))).toBe(
        'restore: part may not make the users that are missing, all databases are as they were: GRANT ALL ON *.* TO it WITH GRANT OPTION, or set DATABASE to restore one database without users',
      );
      const narrow = podOf(source, { DATABASES: 'plain', DB_NAME: 'plain' });
      expect((await narrow.run(DUMP)).status).toBe(0);
      expect(narrow.has('backup/globals.sql')).toBe(true);
      const pod = podOf(other, { DB_USER: 'part', DB_NAME: 'plain' });
      for (const file of readdirSync(narrow.path('backup')))
        pod.write(`backup/${file}`, readFileSync(narrow.path(`backup/${file}`)));
      const { status, stdout, stderr } = await pod.run(RESTORE);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('restore: users and grants are not restored, as part may make none\n');
      expect(contents(other, ['plain'])).toBe(contents(source, ['plain']));
    } finally {
      source.sql('DROP DATABASE plain');
      other.sql("DROP USER part@'%'");
    }
  });

  // Its account would be two lines, and the second one, with the password, no account.
  test('a user whose name has two lines makes no backup', async () => {
    source.sql("CREATE USER 'two\\nlines'@'%' IDENTIFIED BY 'its own'");
    try {
      const pod = podOf(source);
      expect(lastLine(await pod.run(DUMP))).toContain(`${NOTHING}: rename a user whose name has two lines`);
      expect(pod.has('backup')).toBe(false);
    } finally {
      source.sql("DROP USER 'two\\nlines'@'%'");
    }
  });

  test('its drill passes', async () => {
    from.check('10.sql', 'SELECT COUNT(*) = 2 FROM orders');
    from.check('20.sql', `SELECT name = 'one' FROM ${quoted(LONG)}.chain`);
    from.check('30.sql', "SELECT COUNT(*) = 1 FROM mysql.user WHERE User = 'boss'");
    expect((await from.run(DRILL)).status).toBe(0);
    expect(JSON.parse(from.read('drill.json'))).toMatchObject({
      status: 'passed',
      checks: [
        { name: 'age' },
        { name: 'restore', passed: true },
        { name: 'rows', passed: true, detail: '8 rows of 5 tables in 3 databases are as many as were dumped' },
        { name: '10.sql', passed: true },
        { name: '20.sql', passed: true },
        { name: '30.sql', passed: true },
      ],
    });
  });

  test('a user without rights on all of the server makes none', async () => {
    const pod = podOf(source, { DB_USER: 'reader' });
    const outcome = await pod.run(DUMP);
    expect(lastLine(outcome)).toBe(
      'dump: reader lacks SHOW VIEW, TRIGGER, EVENT, EXECUTE on the whole server, and what it does not see would be left out: GRANT SHOW VIEW, TRIGGER, EVENT, EXECUTE ON *.* TO the user, or set DATABASES to those that it may dump',
    );
    expect(pod.has('backup')).toBe(false);
  });

  test('a user with the grants of docs/backup.md for backups alone makes the same as the administrator', async () => {
    source.sql(
      "CREATE USER dumper@'%' IDENTIFIED BY 'of the admin'; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON *.* TO dumper@'%'",
    );
    const made = async (user: string) => {
      const pod = podOf(source, { DB_USER: user });
      expect(await pod.run(DUMP)).toMatchObject({ status: 0, stderr: '' });
      const { objects, rows } = JSON.parse(pod.read('backup/facts.json')) as { [key: string]: unknown };
      return { objects, rows, globals: pod.read('backup/globals.sql') };
    };
    const whole = await made('admin');
    expect(whole.globals).toContain('boss');
    expect(await made('dumper')).toEqual(whole);
    source.sql("DROP USER dumper@'%'");
  });

  // Each number is that of a call of a client.
  test.each([1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34, 37, 40, 43, 46, 49, 52])(
    'killed at its call %d, and run again in its pod, it restores, and users are whole',
    async (at) => {
      expect((await fetched().run(RESTORE)).status).toBe(0);
      other.sql("ALTER USER boss@'%' IDENTIFIED BY 'mine'; DROP USER app@'%', app@'10.%'; DROP ROLE readers");
      const pod = fetched();
      pod.shim(
        'mariadb',
        `n=$(($(cat "$SCRATCH/count" 2> /dev/null || echo 0) + 1)); echo $n > "$SCRATCH/count"
[ $n -lt ${at + 10} ] || kill -9 $PPID
[ $n -lt ${at + 10} ] || exit 1
exec "$REAL" "$@"`,
      );
      await pod.run(RESTORE, { REPLACE: 'true' });
      pod.unshim('mariadb');
      pod.clean();
      await setTimeout(1000);
      const { status, stderr } = await pod.run(RESTORE, { REPLACE: 'true' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('ERROR') as string });
      dropAside();
      expect(contents(other)).toBe(original);
      expect(grants(other, "app@'%'")).toEqual(grants(source, "app@'%'").filter((line) => !line.includes('gone')));
      expect(other.ask(['-uboss', '-h127.0.0.1', `-P${other.port}`], 'SELECT 1', 'mine')).toBe('1');
    },
  );

  // Nobody can even look at a table that is being filled.
  test('a table that is being made ends the dump before it began', async () => {
    const login = ['--no-defaults', '-uroot', `--socket=${source.path('socket')}`, 'shop'];
    const making = 'CREATE TABLE making ENGINE = InnoDB AS SELECT SLEEP(30)';
    const holder = start(source.image.program('mariadb', ...login, '-e', making), {});
    const sessions = "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'CREATE TABLE making%'";
    try {
      await until(() => source.sql(sessions) !== '', 'the table');
      const id = source.sql(sessions);
      expect(lastLine(await podOf(source).run(DUMP, { LOCK_TIMEOUT: '2s' }))).toBe(
        `dump: mariadb-dump waited 2s for a lock, ${NOTHING}: there is one on shop, perhaps by session ${id} of root. End that session (KILL), or back up at another time`,
      );
    } finally {
      killGroup(holder);
      for (const id of source.sql(sessions).split('\n').filter(Boolean)) source.sql(`KILL ${id}`);
      await until(() => source.sql("SHOW TABLES IN shop LIKE 'making'") === '', 'its end');
    }
  });

  test('a lock that somebody holds ends the dump, and nothing waits for it any more', async () => {
    const login = ['--no-defaults', '-uroot', `--socket=${source.path('socket')}`, 'shop'];
    const holder = start(source.image.program('mariadb', ...login, '-e', 'LOCK TABLES orders WRITE; DO SLEEP(60)'), {});
    try {
      await until(
        () => source.sql("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DO SLEEP%'") === '1',
        'the lock',
      );
      const id = source.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DO SLEEP%'");
      const pod = podOf(source);
      const outcome = await pod.run(DUMP, { LOCK_TIMEOUT: '2s' });
      expect(lastLine(outcome)).toBe(
        `dump: mariadb-dump waited 2s for a lock, ${NOTHING}: there is one on shop.orders, perhaps by session ${id} of root. End that session (KILL), or back up at another time`,
      );
      expect(pod.has('backup')).toBe(false);
      expect(pod.leftovers()).toEqual([]);
      expect(source.sql("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for%'")).toBe(
        '0',
      );
      expect(lastLine(await pod.run(DUMP, { LOCK_TIMEOUT: 'soon' }))).toBe(
        `dump: LOCK_TIMEOUT is 'soon', ${NOTHING}: set it to a number and ms, s, min, h or d, such as 10min`,
      );
    } finally {
      killGroup(holder);
    }
  });
});

const SCHEMA = `
CREATE DATABASE shop COLLATE utf8mb4_swedish_ci;
CREATE DATABASE ${quoted(ODD)};
CREATE DATABASE ${quoted(LONG)};
USE shop;
CREATE TABLE orders (id INT PRIMARY KEY, name TEXT);
INSERT INTO orders VALUES (1, 'USE \`shop\`;'), (2, 'one');
CREATE TABLE \`of "x"\` (id INT PRIMARY KEY COMMENT 'a\nUSE \`shop\`;\n', other INT, CONSTRAINT of_order FOREIGN KEY (other) REFERENCES orders (id));
INSERT INTO \`of "x"\` VALUES (1, 2);
CREATE SEQUENCE numbers START WITH 100;
CREATE TABLE versions (id INT PRIMARY KEY, value INT) WITH SYSTEM VERSIONING;
INSERT INTO versions VALUES (1, 1);
UPDATE versions SET value = 2;
CREATE TABLE gone (a INT);
USE ${quoted(ODD)};
CREATE TABLE texts (id INT PRIMARY KEY, text TEXT);
INSERT INTO texts VALUES (1, '-- Dump completed'), (2, NULL), (3, 'USE ${quoted(ODD)};');
CREATE VIEW last AS SELECT name FROM shop.orders WHERE id = 2;
CREATE VIEW chain AS SELECT name, 'x\nUSE \`shop\`;\n' AS more FROM last;
CREATE VIEW alone AS SELECT * FROM texts;
USE ${quoted(LONG)};
CREATE TABLE only (a INT);
CREATE VIEW chain AS SELECT name FROM ${quoted(ODD)}.chain;
USE shop;
CREATE VIEW names AS SELECT name FROM ${quoted(LONG)}.chain;
CREATE VIEW aaa AS SELECT name FROM names;
DELIMITER ;;
CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW BEGIN
  SET NEW.name = 'x';
END;;
CREATE FUNCTION one() RETURNS TEXT DETERMINISTIC RETURN '
USE \`shop\`;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
';;
CREATE PROCEDURE two() BEGIN
SELECT one();
END;;
CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO DELETE FROM versions;;
DELIMITER ;
CREATE ROLE readers; GRANT SELECT ON shop.* TO readers; CREATE ROLE writers; GRANT readers TO writers; GRANT INSERT ON shop.orders TO writers;
CREATE USER app@'%' IDENTIFIED BY 'of app'; GRANT readers TO app@'%'; SET DEFAULT ROLE readers FOR app@'%';
GRANT SELECT ON shop.names TO app@'%'; GRANT SELECT (id), UPDATE (name) ON shop.orders TO app@'%'; GRANT EXECUTE ON FUNCTION shop.one TO app@'%';
GRANT SELECT ON shop.gone TO app@'%'; DROP TABLE gone;
CREATE USER app@'10.%' IDENTIFIED BY 'of app'; GRANT ALL ON ${quoted(ODD)}.* TO app@'10.%';
CREATE USER locked@'%' IDENTIFIED BY 'of locked' REQUIRE SSL WITH MAX_USER_CONNECTIONS 4 ACCOUNT LOCK PASSWORD EXPIRE INTERVAL 3 DAY;
CREATE USER boss@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('of boss') OR unix_socket; GRANT ALL ON *.* TO boss@'%' WITH GRANT OPTION;
CREATE USER socket@localhost IDENTIFIED VIA unix_socket;
CREATE USER ''@'10.%';
CREATE USER ${quoted('o\'d"d`')}@'%' IDENTIFIED BY 'odd';
GRANT writers TO ${quoted('o\'d"d`')}@'%' WITH ADMIN OPTION;
`;
