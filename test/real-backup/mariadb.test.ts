import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Pod, lastLine } from '../support/backup/pod';
import { killGroup, start, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { DRILL, DUMP, RESTORE } from '../support/backup/steps';
import { MariadbServer } from '../support/mariadb-server';

const NOTHING = 'nothing is uploaded, older backups are untouched';
/*
 * The scripts as the pods run them: another user than root, over the network, as the application user of this library, who has all
 * rights on one database and none beyond it.
 */
const STEPS = { dump: DUMP, restore: RESTORE, drill: DRILL };
// Every character that an option file knows.
const PASSWORD = String.raw`a"b'c\n#d;$(e) %f`;

interface Env {
  readonly [key: string]: string;
}

describeReal('backups of MariaDB', ['mariadb', 'busybox', 'rclone'], () => {
  let server: MariadbServer;
  let pod: Pod;

  beforeAll(async () => {
    server = new MariadbServer();
    await server.make();
    const quoted = `'${PASSWORD.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
    server.sql(`
      CREATE USER shop@'%' IDENTIFIED BY ${quoted}; CREATE USER reader@'%' IDENTIFIED BY ${quoted};
      GRANT ALL ON \`shop\`.* TO shop@'%'; GRANT ALL ON \`copy\\_1\`.* TO shop@'%'; GRANT SELECT, SHOW VIEW ON shop.* TO reader@'%';`);
  });

  beforeEach(() => {
    server.sql(
      'DROP DATABASE IF EXISTS copy_1; DROP DATABASE IF EXISTS shop; CREATE DATABASE shop COLLATE utf8mb4_swedish_ci;',
    );
    asShop(SCHEMA);
    pod = newPod();
  });

  // In no message of any test.
  afterEach(() => {
    for (const each of Pod.all) {
      expect(each.log()).not.toContain(PASSWORD.slice(0, 6));
      each.remove();
    }
  });

  afterAll(async () => {
    Pod.removeAll();
    await server.remove();
  });

  function newPod(): Pod {
    const where = {
      DB_HOST: '127.0.0.1',
      DB_PORT: String(server.port),
      DB_USER: 'shop',
      DB_NAME: 'shop',
      DATABASES: 'shop',
    };
    return new Pod(where, { 'dbPassword.txt': `${PASSWORD}\r\n` }, server.image);
  }

  /** The application user's objects, so that it is their definer. */
  function asShop(statements: string): void {
    server.ask(['-ushop', '-h127.0.0.1', `-P${server.port}`, 'shop'], statements, PASSWORD);
  }

  interface Ran {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
    readonly last: string;
  }

  async function run(step: keyof typeof STEPS, env: Env = {}, of = pod): Promise<Ran> {
    const outcome = await of.run(STEPS[step], env);
    // The folder with the login is gone, however it ended.
    expect(of.leftovers()).toEqual([]);
    return { ...outcome, last: lastLine(outcome) };
  }

  async function dumped(env: Env = {}): Promise<{ stdout: string }> {
    const { status, stderr, stdout } = await run('dump', env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('failed') as string });
    // As upload.sh makes a manifest of it.
    edit('{\n', '{\n  "name": "db_20260101000000",\n');
    return { stdout };
  }

  function edit(what: string | RegExp, by: string): void {
    pod.write('backup/facts.json', pod.read('backup/facts.json').replace(what, by));
  }

  function fact(): { [key: string]: unknown } {
    return JSON.parse(pod.read('backup/facts.json')) as { [key: string]: unknown };
  }

  function drill(): { status: string; checks: { name: string; passed: boolean; detail: string }[] } {
    return JSON.parse(pod.read('drill.json')) as ReturnType<typeof drill>;
  }

  /** All that there is, but for times. */
  function contents(database: string): string {
    const tables = server
      .sql(
        `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}' AND TABLE_TYPE <> 'VIEW' AND TABLE_NAME NOT REGEXP '_replaced_' ORDER BY 1`,
      )
      .split('\n');
    const what = ['--no-data', '--routines', '--events', '--skip-comments', database];
    const { stdout } = server.run(['mariadb-dump', '--no-defaults', '-uroot', '-S', server.path('socket'), ...what]);
    const rows = tables
      .filter((table) => table !== 'numbers')
      .map((table) => {
        const name = `\`${database}\`.\`${table.replaceAll('`', '``')}\``;
        const time = table === 'versions' ? ' FOR SYSTEM_TIME ALL' : '';
        return `${table} ${server.sql(`SELECT COUNT(*), MD5(GROUP_CONCAT(MD5(CONCAT_WS('|', ${COLUMNS[table] ?? '1'})) ORDER BY 1)) FROM ${name}${time}`)}`;
      });
    return [...rows, stdout].join('\n');
  }

  test('all that the application user made is in the dump, with counts, and is the same under another name', async () => {
    await dumped();
    expect(fact()).toMatchObject({
      format: 2,
      engine: 'mariadb',
      database: 'shop',
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      files: { dump: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
      rows: { dump: { customers: 1002, orders: 3000, versions: 2, empty: 0, 'we"ird `n\\ame ü': 4 } },
      objects: { dump: { tables: 5, sequences: 1, views: 2, triggers: 1, routines: 2, events: 1 } },
    });
    server.sql('CREATE DATABASE copy_1');
    const { status, stdout } = await run('restore', { TARGET_DATABASE: 'copy_1' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/\nrestore: db_20260101000000 is in "copy_1": 4008 rows of 5 tables, in \d+ s\n$/);
    expect(contents('copy_1')).toBe(contents('shop'));
    expect(server.sql('SELECT @@collation_database', 'copy_1')).toBe('utf8mb4_swedish_ci');
    expect(server.sql('SELECT add_one(1), (SELECT COUNT(*) FROM latest)', 'copy_1')).toBe('2\t3000');
    expect(server.sql(`SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME LIKE 'restoring%'`)).toBe('0');
  });

  test('a wrong password, a server that is not there, a database that is not there: nothing is left', async () => {
    pod.secret('dbPassword.txt', 'not it');
    expect(await run('dump')).toMatchObject({
      status: 1,
      last: `dump: no connection to database shop, ${NOTHING}: ERROR 1045 (28000): Access denied for user 'shop'@'127.0.0.1' (using password: YES): the server refuses the login of shop: put its password into dbPassword.txt of the Secret`,
    });
    pod.secret('dbPassword.txt', PASSWORD);
    expect(await run('dump', { DB_PORT: '1' })).toMatchObject({
      status: 1,
      last: `dump: no connection to database shop, ${NOTHING}: ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115): 127.0.0.1:1 does not answer: see whether the server is up and a network policy lets this pod in`,
    });
    expect((await run('dump', { DB_NAME: 'other' })).last).toMatch(
      /^dump: no connection to database other, .*: check DB_NAME, and that shop has all rights on it$/,
    );
    expect(pod.has('backup')).toBe(false);
  });

  test('a user who would not see all of the database makes no backup of it', async () => {
    expect(await run('dump', { DB_USER: 'reader' })).toMatchObject({
      status: 1,
      last: 'dump: reader lacks TRIGGER, EVENT, EXECUTE on the whole of shop, and what it does not see would be left out: GRANT TRIGGER, EVENT, EXECUTE ON `shop`.* TO the user',
    });
  });

  // Which database the pattern of a grant means, the server says.
  test.each([
    ['GRANT ALL PRIVILEGES ON *.* TO g@"%"', ''],
    ['GRANT ALL PRIVILEGES ON `sh\\\\_p`.* TO g@"%"', 'SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE'],
    ['GRANT ALL PRIVILEGES ON `sh_p`.* TO g@"%"', ''],
    ['GRANT ALL PRIVILEGES ON `s%`.* TO readers', ''],
    ['GRANT ALL PRIVILEGES ON shop.orders TO g@"%"', 'SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE'],
    ['GRANT SELECT, SHOW VIEW, TRIGGER, EXECUTE ON shop.* TO g@"%"', 'EVENT'],
    ['GRANT SELECT, SHOW VIEW, EVENT, EXECUTE ON shop.* TO g@"%"; GRANT TRIGGER ON *.* TO g@"%"', ''],
  ])('of %s, %j is missing', async (grants, missing) => {
    const quotedPassword = `'${PASSWORD.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
    server.sql(
      `CREATE OR REPLACE ROLE readers; CREATE OR REPLACE USER g@'%' IDENTIFIED BY ${quotedPassword}; GRANT readers TO g@'%';
       SET DEFAULT ROLE readers FOR g@'%'; GRANT SELECT (id) ON shop.orders TO g@'%'; ${grants.replaceAll('"', "'")};`,
    );
    const { last } = await run('dump', { DB_USER: 'g' });
    if (missing === '') expect(last).not.toContain('lacks');
    else
      expect(last).toBe(
        `dump: g lacks ${missing} on the whole of shop, and what it does not see would be left out: GRANT ${missing} ON \`shop\`.* TO the user`,
      );
  });

  test("another's routine, whose body the user may not see, fails the backup", async () => {
    // Part of ALL since 11.3; who was given ALL before has it not.
    server.sql(
      "CREATE FUNCTION foreign_one() RETURNS INT RETURN 1; /*M!110300 REVOKE SHOW CREATE ROUTINE ON shop.* FROM shop@'%' */",
      'shop',
    );
    expect(await run('dump')).toMatchObject({
      status: 1,
      last: `dump: mariadb-dump failed, ${NOTHING}: mariadb-dump: shop has insufficient privileges to SHOW CREATE FUNCTION \`foreign_one\`!: another user made it: GRANT SELECT ON mysql.proc (since 11.3: SHOW CREATE ROUTINE on the database) to shop`,
    });
    expect(pod.has('backup')).toBe(false);
  });

  test('a server that dies in the middle of a dump leaves nothing that looks like one', async () => {
    // Reads nothing before the server is dead.
    pod.shim('zstd', '[ "$1" != -q ] || sleep 3; exec "$REAL" "$@"');
    server.sql("INSERT INTO customers (name, photo) SELECT 'x', REPEAT('y', 10000) FROM seq_1_to_3000", 'shop');
    const running = pod.start(STEPS.dump);
    await setTimeout(1500);
    await server.kill();
    const outcome = await running.outcome;
    await server.start();
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toMatch(
      /^dump: mariadb-dump failed, .* untouched: .*2013.*: the server ended the connection: see its log; the next run begins anew$/,
    );
    expect(pod.has('backup')).toBe(false);
  });

  test('a dump that is cut or changed touches no database, and fails its drill', async () => {
    await dumped();
    const dump = readFileSync(pod.path('backup/dump'));
    pod.write('backup/dump', dump.subarray(0, Math.floor(dump.length / 2)));
    expect(await run('restore', { REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: expect.stringMatching(
        /^restore: the dump is damaged, database shop is as it was: .*premature end *\. Choose an earlier backup with BACKUP$/,
      ) as string,
    });
    dump[Math.floor(dump.length / 2)]! ^= 1;
    pod.write('backup/dump', dump);
    expect(await run('restore', { REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: expect.stringMatching(/^restore: the dump is (damaged|cut off), database shop is as it was: /) as string,
    });
    expect((await run('drill')).status).toBe(0);
    expect(drill().status).toBe('failed');
    expect(server.sql('SELECT COUNT(*) FROM orders', 'shop')).toBe('3000');
  });

  test('one bit that is flipped on its way to the disk fails the backup', async () => {
    const spoil = `at=$(($(stat -c %s "$FOLDER/dump") / 2)); byte=$(od -An -tu1 -j $at -N 1 "$FOLDER/dump")
printf "\\$(printf %o $((byte ^ 1)))" | dd of="$FOLDER/dump" bs=1 seek=$at conv=notrunc 2> /dev/null`;
    pod.shim('zstd', `[ "$1" = -q ] || exec "$REAL" "$@"; "$REAL" "$@" || exit; ${spoil}`);
    expect(await run('dump')).toMatchObject({
      status: 1,
      last: expect.stringMatching(/^dump: the dump of database shop does not read back, nothing is uploaded/) as string,
    });
    expect(pod.has('backup')).toBe(false);
  });

  test('a dump of older scripts, by gzip, restores', async () => {
    await dumped();
    const { stdout } = server.run(['sh', '-c', `zstd -dc ${pod.path('backup/dump')} | gzip -1 | base64`]);
    pod.write('backup/dump', Buffer.from(stdout, 'base64'));
    expect([...readFileSync(pod.path('backup/dump')).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    asShop('DELETE FROM orders');
    expect(await run('restore', { REPLACE: 'true' })).toMatchObject({ status: 0 });
    expect(server.sql('SELECT COUNT(*) FROM orders', 'shop')).toBe('3000');
  });

  test('without zstd in the image a dump is by gzip, and one by zstd says what it needs', async () => {
    await dumped();
    const byZstd = readFileSync(pod.path('backup/dump'));
    pod.shim('zstd', 'echo "sh: 1: zstd: not found" >&2; exit 127');
    expect((await dumped()).stdout).toContain(
      'dump: this image has no zstd, so gzip compresses the dump, which takes longer\n',
    );
    pod.write('backup/dump', byZstd);
    expect(await run('restore', { REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: 'restore: zstd has compressed this dump, and the image has no zstd: give the database an image that has it. Nothing was changed',
    });
  });

  test('users are left out by one who may not see them, and the log says so', async () => {
    const { stdout } = await dumped();
    expect(stdout).toContain('dump: users and grants are not in this backup: GRANT SELECT ON mysql.* TO shop\n');
    expect(pod.has('backup/globals.sql')).toBe(false);
    pod.write('backup/globals.sql', '-- account\t`one`\t`one`@`%`\nCREATE USER IF NOT EXISTS `one`@`%`;\n');
    const restored = await run('restore', { REPLACE: 'true' });
    expect(restored.status).toBe(0);
    expect(restored.stdout).toContain(
      'restore: users and grants are not restored, as shop may not read those that are here\n',
    );
    expect(server.sql("SELECT COUNT(*) FROM mysql.user WHERE User = 'one'")).toBe('0');
  });

  test('a database that holds something is left alone, and is moved aside if told', async () => {
    await dumped();
    const before = contents('shop');
    asShop('DELETE FROM orders WHERE id > 10; CREATE TABLE later (a INT);');
    expect(await run('restore')).toMatchObject({
      status: 1,
      last: 'restore: not empty on 127.0.0.1, and as before: "shop" (13 tables and other objects). Set REPLACE=true to put the backup in its place (what is there is kept), TARGET_DATABASE to restore beside it, or DATABASE to restore another',
    });
    expect(server.sql('SELECT COUNT(*) FROM orders', 'shop')).toBe('10');
    const { status, stdout } = await run('restore', { REPLACE: 'true' });
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

  // Else a backup would hold each restore's leavings once more.
  test('what was moved aside is in no later backup, and the log says so', async () => {
    await dumped();
    const before = fact();
    expect((await run('restore', { REPLACE: 'true' })).status).toBe(0);
    const { stdout } = await dumped();
    expect(stdout).toContain(
      'dump: 7 tables that restores have moved aside are not in this backup: drop them when nobody misses them\n',
    );
    expect(fact().rows).toEqual(before.rows);
    server.sql('CREATE DATABASE copy_1');
    expect((await run('restore', { TARGET_DATABASE: 'copy_1' })).status).toBe(0);
    expect(server.sql("SHOW TABLES IN copy_1 LIKE '%replaced%'")).toBe('');
  });

  // docs/restore.md
  test('what was moved aside is put back when the restore is done, if told', async () => {
    await dumped();
    asShop('DELETE FROM orders WHERE id > 10; CREATE TABLE later (a INT);');
    const before = contents('shop');
    const { stdout } = await run('restore', { REPLACE: 'true' });
    const time = /as \.\.\._replaced_(\d{14})$/m.exec(stdout)?.[1] ?? '';
    expect(contents('shop')).not.toBe(before);
    server.sql(`RENAME TABLE definitions_replaced_${time} TO restoring_${time}`, 'shop');
    expect((await run('restore', { PUT_BACK: time })).last).toMatch(
      /^restore: not empty on 127.0.0.1, and as before: "shop" \(13 tables and other objects\)\. /,
    );
    expect(contents('shop')).toBe(before);
  });

  test('a restore that fails puts all back', async () => {
    await dumped();
    const before = contents('shop');
    edit('"orders": 3000', '"orders": 3001');
    expect(await run('restore', { REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: 'restore: db_20260101000000 does not restore whole, database shop is as it was: "orders" has 3000 rows, the dump had 3001.',
    });
    expect(contents('shop')).toBe(before);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])(
    'killed at its statement %d, and run again in its pod, it restores; in another, it asks',
    async (at) => {
      await dumped();
      const before = contents('shop');
      // The login after which nothing more happens, as when the node is gone.
      pod.shim(
        'mariadb',
        `n=$(($(cat "$SCRATCH/count" 2> /dev/null || echo 0) + 1)); echo $n > "$SCRATCH/count"
[ $n -lt ${at + 11} ] || kill -9 $PPID
[ $n -lt ${at + 11} ] || exit 1
exec "$REAL" "$@"`,
      );
      await pod.run(STEPS.restore, { REPLACE: 'true' });
      pod.unshim('mariadb');
      pod.clean();
      const unfinished = server.sql(
        `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_NAME LIKE 'restoring%'`,
      );
      if (at <= 11) expect(unfinished).toMatch(/^restoring_/);
      if (unfinished !== '') {
        const other = newPod();
        for (const file of ['dump', 'facts.json'])
          other.write(`backup/${file}`, readFileSync(pod.path(`backup/${file}`)));
        expect((await run('restore', { REPLACE: 'true' }, other)).last).toMatch(
          /did not finish, and nothing was changed: set PUT_BACK=/,
        );
      }
      // A pod never begins again within the second that names what it moved aside.
      await setTimeout(1000);
      const { status, last } = await run('restore', { REPLACE: 'true' });
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

  test('definers that the user may not name are refused, or become the user', async () => {
    server.sql(
      "CREATE VIEW of_root AS SELECT id FROM orders; CREATE TRIGGER of_root BEFORE UPDATE ON orders FOR EACH ROW SET NEW.note = 'DEFINER=`root`@`localhost`'",
      'shop',
    );
    asShop("INSERT INTO customers (name) VALUES ('/*!50013 DEFINER=`root`@`localhost`')");
    await dumped();
    server.sql('CREATE DATABASE copy_1');
    expect(await run('restore', { TARGET_DATABASE: 'copy_1' })).toMatchObject({
      status: 1,
      last: 'restore: `root`@`localhost` are definers in the dump, and shop may not name others, database copy_1 is as it was: set DEFINERS=self to make shop the definer of all, or GRANT SET USER ON *.* to it',
    });
    expect((await run('restore', { TARGET_DATABASE: 'copy_1', DEFINERS: 'self' })).status).toBe(0);
    expect(
      server.sql(
        "SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'copy_1' AND TABLE_NAME = 'of_root'",
      ),
    ).toBe('shop@%');
    expect(server.sql("SELECT COUNT(*) FROM customers WHERE name LIKE '%root%'", 'copy_1')).toBe('1');
    expect((await run('restore', { REPLACE: 'true', DEFINERS: 'self' })).last).toBe(
      'restore: `root`@`localhost` are definers in shop, and shop could not put that back, database shop is as it was: set TARGET_DATABASE, or GRANT SET USER ON *.* to the user',
    );
  });

  test('a dump of a newer server is restored nowhere older', async () => {
    await dumped();
    edit(/"serverVersion": ".*"/, '"serverVersion": "99.1.0-MariaDB"');
    expect((await run('restore', { REPLACE: 'true' })).last).toMatch(
      /^restore: db_20260101000000 was dumped from version 99\.1\.0-MariaDB and 127\.0\.0\.1 runs .*, database shop is as it was: restore into 99\.1 or later, there is no way back$/,
    );
    await run('drill');
    expect(drill().checks).toEqual([
      { name: 'age', passed: true, detail: expect.stringMatching(/^\d+ s; no RPO is set$/) as string },
      {
        name: 'server',
        passed: false,
        detail: expect.stringMatching(
          /^this image is of version 1[01]\.\d+\.\d+, older than 99\.1\.0-MariaDB that the dump is of$/,
        ) as string,
      },
    ]);
  });

  test('two restores at once: the second one waits for nobody and changes nothing', async () => {
    await dumped();
    const hold = "SELECT GET_LOCK('restore', 0); DO SLEEP(20)";
    const client = ['--no-defaults', '-ushop', '-h127.0.0.1', `-P${server.port}`, '-e', hold];
    const other = start(server.image.program('mariadb', ...client), { MYSQL_PWD: PASSWORD });
    await until(
      () => server.sql("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DO SLEEP%'") === '1',
      'it',
    );
    try {
      expect((await run('restore', { REPLACE: 'true' })).last).toBe(
        'restore: another restore into 127.0.0.1 is at work, database shop is as it was: wait for its end',
      );
    } finally {
      killGroup(other);
    }
  });

  test('the server of a drill has the parameters that it is given, and begins no work by itself', async () => {
    await dumped();
    pod.check(
      '10.sql',
      "SELECT @@lower_case_table_names = 1 AND @@sql_mode = 'NO_ZERO_DATE' AND @@event_scheduler = 'OFF'",
    );
    expect((await run('drill', { SERVER_PARAMETERS: 'lower_case_table_names=1\nsql_mode=NO_ZERO_DATE' })).status).toBe(
      0,
    );
    expect(drill().status).toBe('passed');
  });

  test('a drill restores into a server of its own, and asks the checks', async () => {
    await dumped();
    pod.check('10-orders.sql', 'SELECT COUNT(*) = 3000 FROM latest;');
    pod.check(
      '20-trigger.sql',
      "INSERT INTO orders (id, customer) VALUES (9999, 1); SELECT note = 'made by a trigger' FROM orders WHERE id = 9999;",
    );
    const { status, stdout } = await run('drill', { RPO_SECONDS: '3600' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/\ndrill: passed; the report follows\n$/);
    expect(drill()).toMatchObject({
      status: 'passed',
      backup: 'db_20260101000000',
      rpoSeconds: 3600,
      checks: [
        { name: 'age', passed: true },
        { name: 'restore', passed: true },
        { name: 'rows', passed: true, detail: '4008 rows of 5 tables are as many as were dumped' },
        { name: '10-orders.sql', passed: true, detail: '1' },
        { name: '20-trigger.sql', passed: true, detail: '1' },
      ],
    });
    expect(readdirSync(pod.scratch).sort()).toEqual(['backup', 'drill.json', 'scripts']);
    pod.check('10-orders.sql', 'SELECT COUNT(*) = 7 FROM orders;');
    pod.check('20-trigger.sql', 'SELECT nothing;');
    expect((await run('drill', { RPO_SECONDS: '-1' })).status).toBe(0);
    expect(drill()).toMatchObject({
      status: 'failed',
      checks: [
        {
          name: 'age',
          passed: false,
          detail: expect.stringMatching(/^\d+ s, more than the RPO of -1 s: newer backups failed/),
        },
        { name: 'restore', passed: true },
        { name: 'rows', passed: true },
        { name: '10-orders.sql', passed: false, detail: "its first row begins with '0', not t, true or 1" },
        { name: '20-trigger.sql', passed: false, detail: expect.stringMatching(/^ERROR 1054 .*nothing/) },
      ],
    });
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
