import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { environment, MariadbServer, missingMariadb, NOT_ROOT } from '../support/mariadb-server';

/*
 * The scripts as the pods run them: another user than root, over the network, as the application user of this library, who has all
 * rights on one database and none beyond it.
 */
const FOLDER = join(__dirname, '../../lib/database/mariadb');
const text = (...names: string[]) => names.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('');
const SCRIPTS = {
  dump: text('client.sh', 'dump.sh'),
  restore: text('client.sh', 'restore.sh'),
  drill: text('drill.sh'),
};
// Every character that an option file knows.
const PASSWORD = String.raw`a"b'c\n#d;$(e) %f`;

const missing = missingMariadb();
if (missing !== undefined) process.stderr.write(`MariaDB's backup is not tried: ${missing}\n`);

(missing === undefined ? describe : describe.skip)('backups of MariaDB', () => {
  const server = new MariadbServer();
  let logs = '';

  beforeAll(async () => {
    await server.make();
    const quoted = `'${PASSWORD.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
    server.sql(`
      CREATE USER shop@'%' IDENTIFIED BY ${quoted}; CREATE USER reader@'%' IDENTIFIED BY ${quoted};
      GRANT ALL ON \`shop\`.* TO shop@'%'; GRANT ALL ON \`copy\\_1\`.* TO shop@'%'; GRANT SELECT, SHOW VIEW ON shop.* TO reader@'%';`);
    server.write('credentials/dbPassword.txt', `${PASSWORD}\r\n`);
  });

  beforeEach(() => {
    server.sql(
      'DROP DATABASE IF EXISTS copy_1; DROP DATABASE IF EXISTS shop; CREATE DATABASE shop COLLATE utf8mb4_swedish_ci;',
    );
    asShop(SCHEMA);
    for (const folder of ['scratch', 'other', 'tmp', 'bin']) emptyFolder(folder);
  });

  afterAll(async () => {
    await server.remove();
    // Of no test, and in no message of any.
    expect(logs).not.toContain(PASSWORD.slice(0, 6));
  });

  function emptyFolder(name: string): void {
    rmSync(server.path(name), { recursive: true, force: true });
    mkdirSync(server.path(name));
    chmodSync(server.path(name), 0o777);
  }

  /** The application user's objects, so that it is their definer. */
  function asShop(statements: string): void {
    const args = [
      '--no-defaults',
      '-ushop',
      '-h127.0.0.1',
      `-P${server.port}`,
      '--default-character-set=utf8mb4',
      'shop',
    ];
    const env = environment({ MYSQL_PWD: PASSWORD });
    const { status, stderr } = spawnSync('mariadb', args, { env, input: statements, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }

  interface Env {
    [key: string]: string;
  }

  function settings(env: Env): Env {
    return environment({
      PATH: `${server.path('bin')}:${environment().PATH}`,
      DB_HOST: '127.0.0.1',
      DB_PORT: String(server.port),
      DB_USER: 'shop',
      DB_NAME: 'shop',
      CREDENTIALS: server.path('credentials'),
      SCRATCH: server.path('scratch'),
      // Where a script keeps the login while it runs.
      TMPDIR: server.path('tmp'),
      CHECKS: server.path('checks'),
      ...env,
    });
  }

  function run(name: keyof typeof SCRIPTS, env: Env = {}): { status: number | null; stdout: string; last: string } {
    const options = { ...NOT_ROOT, env: settings(env), encoding: 'utf8', timeout: 60_000 } as const;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', SCRIPTS[name], name], options);
    logs += stdout + stderr;
    // The folder with the login is gone, however it ended.
    expect(readdirSync(server.path('tmp'))).toEqual([]);
    return { status, stdout, last: stderr.trimEnd().split('\n').at(-1) ?? '' };
  }

  function dumped(env: Env = {}): void {
    const { status, last } = run('dump', env);
    expect({ status, last }).toEqual({ status: 0, last: expect.not.stringContaining('failed') as string });
    const facts = server.path('scratch/backup/facts.json');
    // As upload.sh makes a manifest of it.
    writeFileSync(facts, readFileSync(facts, 'utf8').replace('{\n', '{\n  "name": "db_20260101000000",\n'));
  }

  function fact(): { [key: string]: unknown } {
    return JSON.parse(readFileSync(server.path('scratch/backup/facts.json'), 'utf8')) as { [key: string]: unknown };
  }

  function drill(): { status: string; checks: { name: string; passed: boolean; detail: string }[] } {
    return JSON.parse(readFileSync(server.path('scratch/drill.json'), 'utf8')) as ReturnType<typeof drill>;
  }

  /** All that there is, but for times. */
  function contents(database: string): string {
    const tables = server
      .sql(
        `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}' AND TABLE_TYPE <> 'VIEW' AND TABLE_NAME NOT REGEXP '_replaced_' ORDER BY 1`,
      )
      .split('\n');
    const dump = [
      '--no-defaults',
      '-uroot',
      '-S',
      server.path('socket'),
      '--no-data',
      '--routines',
      '--events',
      '--skip-comments',
    ];
    const { stdout } = spawnSync('mariadb-dump', [...dump, database], { env: environment(), encoding: 'utf8' });
    const rows = tables
      .filter((table) => table !== 'numbers')
      .map((table) => {
        const name = `\`${database}\`.\`${table.replaceAll('`', '``')}\``;
        const time = table === 'versions' ? ' FOR SYSTEM_TIME ALL' : '';
        return `${table} ${server.sql(`SELECT COUNT(*), MD5(GROUP_CONCAT(MD5(CONCAT_WS('|', ${COLUMNS[table] ?? '1'})) ORDER BY 1)) FROM ${name}${time}`)}`;
      });
    return [...rows, stdout].join('\n');
  }

  test('all that the application user made is in the dump, with counts, and is the same under another name', () => {
    dumped();
    expect(fact()).toMatchObject({
      format: 1,
      engine: 'mariadb',
      database: 'shop',
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      files: { dump: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
      rows: { customers: 1002, orders: 3000, versions: 2, empty: 0, 'we"ird `n\\ame ü': 4 },
    });
    server.sql('CREATE DATABASE copy_1');
    const { status, stdout } = run('restore', { TARGET_DATABASE: 'copy_1' });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^restore: restored db_20260101000000 into copy_1, 5 tables with the rows of its manifest, in \d+ s\n$/,
    );
    expect(contents('copy_1')).toBe(contents('shop'));
    expect(server.sql('SELECT @@collation_database', 'copy_1')).toBe('utf8mb4_swedish_ci');
    expect(server.sql('SELECT add_one(1), (SELECT COUNT(*) FROM latest)', 'copy_1')).toBe('2\t3000');
    expect(server.sql(`SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME LIKE 'restoring%'`)).toBe('0');
  });

  test('a wrong password, a server that is not there, a database that is not there: nothing is left', () => {
    server.write('wrong/dbPassword.txt', 'not it');
    expect(run('dump', { CREDENTIALS: server.path('wrong') })).toMatchObject({
      status: 1,
      last:
        'dump: cannot log in to 127.0.0.1:' +
        String(server.port) +
        ": ERROR 1045 (28000): Access denied for user 'shop'@'127.0.0.1' (using password: YES); the server refuses the login of shop; compare dbPassword.txt with the password in the database",
    });
    expect(run('dump', { DB_PORT: '1' })).toMatchObject({
      status: 1,
      last: "dump: cannot log in to 127.0.0.1:1: ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115); 127.0.0.1:1 does not answer; check that the database runs and that its NetworkPolicy lets this pod in",
    });
    expect(run('dump', { DB_NAME: 'other' }).last).toMatch(
      /1044.*; check DB_NAME, and that shop has all rights on it$/,
    );
    expect(existsSync(server.path('scratch/backup'))).toBe(false);
  });

  test('a user who would not see all of the database makes no backup of it', () => {
    expect(run('dump', { DB_USER: 'reader' })).toMatchObject({
      status: 1,
      last: 'dump: reader lacks TRIGGER, EVENT, EXECUTE on the whole of shop, and what it does not see would be left out; GRANT TRIGGER, EVENT, EXECUTE ON `shop`.* TO the user',
    });
  });

  test("another's routine, whose body the user may not see, fails the backup", () => {
    server.sql('CREATE FUNCTION foreign_one() RETURNS INT RETURN 1', 'shop');
    expect(run('dump')).toMatchObject({
      status: 1,
      last: 'dump: mariadb-dump failed: mariadb-dump: shop has insufficient privileges to SHOW CREATE FUNCTION `foreign_one`!; another user made it; GRANT SELECT ON mysql.proc (since 11.3: SHOW CREATE ROUTINE on the database) to shop',
    });
    expect(existsSync(server.path('scratch/backup'))).toBe(false);
  });

  test('a server that dies in the middle of a dump leaves nothing that looks like one', async () => {
    // Reads nothing before the server is dead.
    server.write('bin/gzip', '#!/bin/sh\n[ "$1" != -1 ] || sleep 3\nexec /bin/gzip "$@"\n');
    chmodSync(server.path('bin/gzip'), 0o755);
    server.sql("INSERT INTO customers (name, photo) SELECT 'x', REPEAT('y', 10000) FROM seq_1_to_3000", 'shop');
    const job = spawn('sh', ['-c', SCRIPTS.dump, 'dump'], { ...NOT_ROOT, env: settings({}) });
    let stderr = '';
    job.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const ended = new Promise<number | null>((resolve) => job.once('exit', resolve));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await server.kill();
    const status = await ended;
    await server.start();
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^dump: mariadb-dump failed: .*2013.*; the server went away; look at its log, and run this again$/,
    );
    expect(existsSync(server.path('scratch/backup'))).toBe(false);
  });

  test('a dump that is cut or changed touches no database, and fails its drill', () => {
    dumped();
    const dump = server.path('scratch/backup/dump');
    cpSync(dump, server.path('whole'));
    const size = readFileSync(dump).length;
    truncateSync(dump, Math.floor(size / 2));
    expect(run('restore', { REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: expect.stringMatching(/^restore: the dump is damaged: .*unexpected end of file; see above$/) as string,
    });
    const flipped = readFileSync(server.path('whole'));
    flipped[Math.floor(size / 2)]! ^= 1;
    writeFileSync(dump, flipped);
    expect(run('restore', { REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: expect.stringMatching(/^restore: (the dump is damaged|cannot read the dump): /) as string,
    });
    expect(run('drill').status).toBe(0);
    expect(drill().status).toBe('failed');
    expect(server.sql('SELECT COUNT(*) FROM orders', 'shop')).toBe('3000');
  });

  test('a database that holds something is left alone, and is moved aside if told', () => {
    dumped();
    const before = contents('shop');
    asShop('DELETE FROM orders WHERE id > 10; CREATE TABLE later (a INT);');
    expect(run('restore')).toMatchObject({
      status: 1,
      last: 'restore: shop holds 13 tables, views, routines or the like; set REPLACE=true to move them aside, or TARGET_DATABASE to restore beside it. Nothing was changed',
    });
    expect(server.sql('SELECT COUNT(*) FROM orders', 'shop')).toBe('10');
    const { status, stdout } = run('restore', { REPLACE: 'true' });
    expect(status).toBe(0);
    const time = /as \.\.\._replaced_(\d{14})$/m.exec(stdout)?.[1] ?? '';
    expect(server.sql(`SELECT COUNT(*) FROM orders_replaced_${time}`, 'shop')).toBe('10');
    expect(server.sql(`SELECT COUNT(*) FROM later_replaced_${time}`, 'shop')).toBe('0');
    expect(server.sql(`SELECT definitions FROM definitions_replaced_${time}`, 'shop')).toContain(
      'ALTER TABLE `orders` ADD  CONSTRAINT `of_customer`',
    );
    for (const table of server
      .sql(
        `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME LIKE '%${time}'`,
      )
      .split('\n')) {
      server.sql(`DROP TABLE \`${table.replaceAll('`', '``')}\``, 'shop');
    }
    expect(contents('shop')).toBe(before);
  });

  // docs/restore.md
  test('what was moved aside is put back when the restore is done, if told', () => {
    dumped();
    asShop('DELETE FROM orders WHERE id > 10; CREATE TABLE later (a INT);');
    const before = contents('shop');
    const { stdout } = run('restore', { REPLACE: 'true' });
    const time = /as \.\.\._replaced_(\d{14})$/m.exec(stdout)?.[1] ?? '';
    expect(contents('shop')).not.toBe(before);
    server.sql(`RENAME TABLE definitions_replaced_${time} TO restoring_${time}`, 'shop');
    expect(run('restore', { PUT_BACK: time }).last).toMatch(/^restore: shop holds 13 tables, .* Nothing was changed$/);
    expect(contents('shop')).toBe(before);
  });

  test('a restore that fails puts all back', () => {
    dumped();
    const before = contents('shop');
    const facts = server.path('scratch/backup/facts.json');
    writeFileSync(facts, readFileSync(facts, 'utf8').replace('"orders": 3000', '"orders": 3001'));
    expect(run('restore', { REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: 'restore: the rows differ; stop what writes to the database meanwhile; shop is as it was: not as the manifest says: "orders": 3001; see above',
    });
    expect(contents('shop')).toBe(before);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
    'killed at its statement %d, and run again in its pod, it restores; in another, it asks',
    (at) => {
      dumped();
      const before = contents('shop');
      // The login after which nothing more happens, as when the node is gone.
      server.write('count', '0');
      chmodSync(server.path('count'), 0o666);
      server.write(
        'bin/mariadb',
        `#!/bin/sh\nn=$(($(cat ${server.path('count')}) + 1)); echo $n > ${server.path('count')}\n[ $n -lt ${at + 9} ] || kill -9 $PPID\n[ $n -lt ${at + 9} ] || exit 1\nexec /usr/bin/mariadb "$@"\n`,
      );
      chmodSync(server.path('bin/mariadb'), 0o755);
      const options = { ...NOT_ROOT, env: settings({ REPLACE: 'true' }), encoding: 'utf8' } as const;
      spawnSync('sh', ['-c', SCRIPTS.restore, 'restore'], options);
      rmSync(server.path('bin/mariadb'));
      emptyFolder('tmp');
      const unfinished = server.sql(
        `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_NAME LIKE 'restoring%'`,
      );
      if (at <= 10) expect(unfinished).toMatch(/^restoring_/);
      if (unfinished !== '') {
        cpSync(server.path('scratch/backup'), server.path('other/backup'), { recursive: true });
        expect(run('restore', { REPLACE: 'true', SCRATCH: server.path('other') }).last).toMatch(
          /did not finish; set PUT_BACK=/,
        );
      }
      const { status, last } = run('restore', { REPLACE: 'true' });
      expect({ status, last }).toEqual({
        status: 0,
        last: expect.stringMatching(/^$|putting back what it moved aside$/) as string,
      });
      for (const table of server
        .sql(
          `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_NAME LIKE '%\\_replaced\\_%'`,
        )
        .split('\n')) {
        server.sql(`DROP TABLE \`${table.replaceAll('`', '``')}\``, 'shop');
      }
      expect(contents('shop')).toBe(before);
    },
  );

  test('definers that the user may not name are refused, or become the user', () => {
    server.sql(
      "CREATE VIEW of_root AS SELECT id FROM orders; CREATE TRIGGER of_root BEFORE UPDATE ON orders FOR EACH ROW SET NEW.note = 'DEFINER=`root`@`localhost`'",
      'shop',
    );
    asShop("INSERT INTO customers (name) VALUES ('/*!50013 DEFINER=`root`@`localhost`')");
    dumped();
    server.sql('CREATE DATABASE copy_1');
    expect(run('restore', { TARGET_DATABASE: 'copy_1' })).toMatchObject({
      status: 1,
      last: 'restore: `root`@`localhost` are definers in the dump, and shop may not name others; set DEFINERS=self to make shop the definer of all, or GRANT SET USER ON *.* to it. Nothing was changed',
    });
    expect(run('restore', { TARGET_DATABASE: 'copy_1', DEFINERS: 'self' }).status).toBe(0);
    expect(
      server.sql(
        "SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'copy_1' AND TABLE_NAME = 'of_root'",
      ),
    ).toBe('shop@%');
    expect(server.sql("SELECT COUNT(*) FROM customers WHERE name LIKE '%root%'", 'copy_1')).toBe('1');
    expect(run('restore', { REPLACE: 'true', DEFINERS: 'self' }).last).toBe(
      'restore: `root`@`localhost` is a definer in shop, and shop could not put that back; set TARGET_DATABASE, or GRANT SET USER ON *.* to the user. Nothing was changed',
    );
  });

  test('a dump of a newer server is restored nowhere older', () => {
    dumped();
    const facts = server.path('scratch/backup/facts.json');
    writeFileSync(
      facts,
      readFileSync(facts, 'utf8').replace(/"serverVersion": ".*"/, '"serverVersion": "99.1.0-MariaDB"'),
    );
    expect(run('restore', { REPLACE: 'true' }).last).toMatch(
      /^restore: the server is MariaDB .*, older than 99\.1\.0-MariaDB that the dump is of; restore into 99\.1 or later\. Nothing was changed$/,
    );
    run('drill');
    expect(drill().checks).toEqual([
      {
        name: 'server',
        passed: false,
        detail: expect.stringMatching(
          /^this image is MariaDB .*, older than 99\.1\.0-MariaDB that the dump is of$/,
        ) as string,
      },
    ]);
  });

  test('two restores at once: the second one waits for nobody and changes nothing', () => {
    dumped();
    const hold = [
      '--no-defaults',
      '-ushop',
      '-h127.0.0.1',
      `-P${server.port}`,
      '-e',
      "SELECT GET_LOCK(CONCAT('restore.', MD5('shop')), 0); DO SLEEP(20)",
    ];
    const other = spawn('mariadb', hold, { env: environment({ MYSQL_PWD: PASSWORD }), stdio: 'ignore' });
    spawnSync('sleep', ['1']);
    try {
      expect(run('restore', { REPLACE: 'true' }).last).toBe(
        'restore: another restore of shop is at work; wait for its end. Nothing was changed',
      );
    } finally {
      other.kill();
    }
  });

  test('a drill restores into a server of its own, and asks the checks', () => {
    dumped();
    server.write('checks/10-orders.sql', 'SELECT COUNT(*) = 3000 FROM latest;');
    server.write(
      'checks/20-trigger.sql',
      "INSERT INTO orders (id, customer) VALUES (9999, 1); SELECT note = 'made by a trigger' FROM orders WHERE id = 9999;",
    );
    const { status, stdout } = run('drill', { RPO_SECONDS: '3600' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^drill: passed: db_20260101000000 was restored in \d+ s\n$/);
    expect(drill()).toMatchObject({
      status: 'passed',
      backup: 'db_20260101000000',
      rpoSeconds: 3600,
      checks: [
        { name: 'age', passed: true },
        { name: 'restore', passed: true },
        { name: 'rows', passed: true, detail: '5 tables as in the manifest' },
        { name: '10-orders.sql', passed: true, detail: '1' },
        { name: '20-trigger.sql', passed: true, detail: '1' },
      ],
    });
    expect(readdirSync(server.path('scratch')).sort()).toEqual(['backup', 'drill.json']);
    server.write('checks/10-orders.sql', 'SELECT COUNT(*) = 7 FROM orders;');
    server.write('checks/20-trigger.sql', 'SELECT nothing;');
    expect(run('drill', { RPO_SECONDS: '-1' }).last).toMatch(
      /^drill: failed, age: \d+ s of at most -1; 10-orders\.sql: answered '0'; 20-trigger\.sql: ERROR 1054 .*; restore an earlier backup, and look at the log of the backup job$/,
    );
    rmSync(server.path('checks'), { recursive: true });
  });
});

/** What identifies the rows of each table. */
const COLUMNS: { [table: string]: string } = {
  customers: 'id, name, HEX(photo), flags + 0, document, score, length',
  orders: 'id, customer, note',
  versions: 'id, value, row_start, row_end',
  'we"ird `n\\ame ü': 'a',
};

const SCHEMA = `
CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(100), photo LONGBLOB, flags BIT(9), document JSON, score DOUBLE,
  length INT GENERATED ALWAYS AS (LENGTH(name)) STORED);
INSERT INTO customers (name, photo, flags, document, score) VALUES
  ('ü😀', UNHEX('00270A0D1A5C22FFC3'), b'100000001', '{"a": "\\\\"),(\\\\""}', 0.1),
  ('),(\\n;\\'"\\\\', NULL, NULL, NULL, 1e300);
INSERT INTO customers (name, photo) SELECT CONCAT('n', seq), REPEAT(UNHEX(MD5(seq)), 200) FROM seq_1_to_1000;
CREATE TABLE orders (id INT PRIMARY KEY, customer INT, note TEXT, CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers (id));
CREATE SEQUENCE numbers START WITH 100;
DO NEXTVAL(numbers);
CREATE TABLE versions (id INT PRIMARY KEY, value INT) WITH SYSTEM VERSIONING;
INSERT INTO versions VALUES (1, 1);
UPDATE versions SET value = 2;
CREATE TABLE empty (a INT);
CREATE TABLE \`we"ird \`\`n\\ame ü\` (a TEXT);
INSERT INTO \`we"ird \`\`n\\ame ü\` VALUES ('INSERT INTO \`x\` VALUES'), ('-- Dump completed'), (NULL), ('DELIMITER ;;');
CREATE VIEW latest AS SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer;
CREATE VIEW above AS SELECT id FROM latest;
DELIMITER ;;
CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW BEGIN
  SET NEW.note = COALESCE(NEW.note, 'made by a trigger');
END;;
CREATE FUNCTION add_one(a INT) RETURNS INT DETERMINISTIC RETURN a + 1;;
CREATE PROCEDURE nothing() BEGIN
CREATE TABLE IF NOT EXISTS made_later (
a INT);
INSERT INTO \`made_later\` VALUES
(1);
END;;
CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM empty;;
DELIMITER ;
INSERT INTO orders SELECT seq, 1 + seq MOD 1000, NULL FROM seq_1_to_3000;
`;
