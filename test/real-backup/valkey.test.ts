import { Pod, lastLine } from '../support/backup/pod';
import { freePort, killGroup, sleep, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { DRILL, DUMP, RESTORE } from '../support/backup/steps';
import { ValkeyServer } from '../support/valkey-server';

const NOTHING = 'nothing is uploaded, older backups are untouched';
const STEPS = { dump: DUMP, restore: RESTORE, drill: DRILL };
const PASSWORD = String.raw`a"b'c\n#d;$(e) %f`;
const LIBRARY = `#!lua name=prices
server.register_function('price', function() return 42 end)`;

interface Env {
  readonly [key: string]: string;
}

describeReal('backups of Valkey', ['valkey', 'busybox'], () => {
  let server: ValkeyServer;
  let pod: Pod;

  beforeAll(async () => {
    server = new ValkeyServer(PASSWORD);
    await server.make();
  });

  beforeEach(() => {
    empty();
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

  function empty(): void {
    server.lines('FLUSHALL\nFUNCTION FLUSH');
  }

  function newPod(of = server): Pod {
    const where = { DB_HOST: '127.0.0.1', DB_PORT: String(of.port), DB_USER: 'default', DB_NAME: '0' };
    return new Pod(where, { 'dbPassword.txt': `${PASSWORD}\r\n` }, server.image);
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

  async function dumped(): Promise<void> {
    const { status, stderr } = await run('dump');
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('failed') as string });
    // As upload.sh makes a manifest of it.
    pod.write('backup/facts.json', pod.read('backup/facts.json').replace('{\n', '{\n  "name": "db_20260101000000",\n'));
  }

  function facts(): { [key: string]: unknown } {
    return JSON.parse(pod.read('backup/facts.json')) as { [key: string]: unknown };
  }

  function drill(): { status: string; checks: { name: string; passed: boolean; detail: string }[] } {
    return JSON.parse(pod.read('drill.json')) as ReturnType<typeof drill>;
  }

  /** A shop: all types, names and values of bytes, keys that expire, several databases, functions. */
  function fill(orders = 1000): void {
    const many = Array.from({ length: orders }, (_, n) => `SET order:${n} "line\\n${n}"`).join('\n');
    server.lines(`${many}
      HSET "we \\"ird\\"\\nkey" field "\\x00\\xff" other 2
      RPUSH list a b c
      SADD set x y
      ZADD sorted 1.5 a 2 b
      XADD stream 1-1 a 1
      SETBIT bits 7 1
      PFADD visitors a b
      SET session:1 s EX 86400
      SET session:2 s EX 86400
      SELECT 3
      SET three 3
      SELECT 15
      SET last 15`);
    server.cli(['-x', 'FUNCTION', 'LOAD', 'REPLACE'], LIBRARY);
  }

  /** A digest of all keys with their values, database by database, and the functions. */
  function contents(of = server): string {
    const digests = of
      .ask('INFO', 'keyspace')
      .match(/^db\d+/gm)
      ?.map((db) => {
        const number = db.slice(2);
        const keys = of.ask('-n', number, '--raw', 'EVAL', DIGEST, '0');
        return `${db}: ${keys}`;
      });
    return [...(digests ?? []), of.ask('FUNCTION', 'LIST', 'WITHCODE')].join('\n');
  }

  test('a dump holds all logical databases and the functions, counted in the file itself', async () => {
    fill();
    await dumped();
    expect(facts()).toMatchObject({
      format: 2,
      engine: 'valkey',
      serverVersion: '8.1.1',
      database: 'all',
      usedMemory: expect.stringMatching(/^\d+$/) as string,
      databases: { dump: 'all' },
      rows: { dump: { db0: 1009, db3: 1, db15: 1 } },
      objects: { dump: { 'function libraries': 1, 'keys with an expiry': 2 } },
      totalRows: 1011,
    });
    expect(pod.read('backup/globals.acl')).toBe(
      'user default on sanitize-payload ~* &* +@all\nuser probe on nopass sanitize-payload resetchannels -@all +ping\n' +
        'user shop on sanitize-payload ~* &* +@all -@admin -@dangerous +info\n',
    );
  });

  test('is restored into an empty server as it was, and drilled', async () => {
    fill();
    const before = contents();
    await dumped();
    pod.check('orders.lua', "return redis.call('EXISTS', 'order:999') == 1");
    pod.check('three.lua', "redis.call('SELECT', 3) return redis.call('GET', 'three') == '3'");
    pod.check('wrong.lua', "return redis.call('DBSIZE') == 1");
    await run('drill');
    expect(drill()).toMatchObject({ status: 'failed' });
    expect(drill().checks.map(({ name, passed, detail }) => [name, passed, detail])).toEqual([
      ['age', true, expect.anything()],
      ['restore', true, expect.anything()],
      ['rows', true, '1011 rows of 3 tables are as many as were dumped'],
      ['orders.lua', true, '1'],
      ['three.lua', true, '1'],
      ['wrong.lua', false, "its first row begins with '', not t, true or 1"],
    ]);
    empty();
    const { status, stdout, stderr } = await run('restore');
    expect({ status, stderr, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /restore: db_20260101000000 is in "all": 1011 rows of 3 tables, in \d+ s\n$/,
      ) as string,
    });
    expect(contents()).toBe(before);
  });

  test('a wrong password, none, or no server: nothing is left', async () => {
    pod.secret('dbPassword.txt', 'not it');
    expect(await run('dump')).toMatchObject({
      status: 1,
      last: `dump: no connection to database all, ${NOTHING}: 127.0.0.1 refuses the password of default: put the right one into dbPassword.txt of the Secret`,
    });
    pod.secret('dbPassword.txt', '');
    expect(await run('dump')).toMatchObject({
      status: 1,
      last: 'dump: dbPassword.txt is empty: write the password of default into its Secret',
    });
    pod.secret('dbPassword.txt', PASSWORD);
    expect(await run('dump', { DB_PORT: '1' })).toMatchObject({
      status: 1,
      last: `dump: no connection to database all, ${NOTHING}: 127.0.0.1:1 does not answer: see whether the server is up and a network policy lets this pod in`,
    });
    expect(await run('dump', { DB_USER: 'probe' })).toMatchObject({
      status: 1,
      last: `dump: no connection to database all, ${NOTHING}: give probe the right that is missing: a dump and a restore need the administrator's, +@all`,
    });
    expect([pod.has('backup'), pod.has('backup.new/facts.json')]).toEqual([false, false]);
  });

  test('a server that dies in mid-dump: the dump fails, and the next one works', async () => {
    fill();
    server.ask('CONFIG', 'SET', 'rdb-key-save-delay', '10000');
    const dump = pod.start(DUMP);
    await until(() => pod.has('backup.new/dump'), 'the dump to begin');
    await server.kill();
    const outcome = await dump.outcome;
    expect(outcome.status).toBe(1);
    expect(lastLine(outcome)).toBe(
      `dump: valkey-cli --rdb failed with status 1, ${NOTHING}: the server ended the connection: see its log; the next run begins anew`,
    );
    expect(pod.has('backup')).toBe(false);
    await server.start();
    await dumped();
    expect(facts()).toMatchObject({ totalRows: 1011 });
  });

  test.each([
    ['is cut', 'truncate -s -20 "$1"'],
    ['has a flipped bit', 'printf "\\377" | dd of="$1" bs=1 seek=300 conv=notrunc 2> /dev/null'],
  ])('a dump that %s does not read back', async (_, fault) => {
    fill();
    pod.shim('valkey-check-rdb', `${fault}\nexec $REAL "$@"`);
    expect(await run('dump')).toMatchObject({
      status: 1,
      last: `dump: the dump does not read back, ${NOTHING}; the next run begins anew. If it fails too, see the disk of the node`,
    });
    expect(pod.has('backup')).toBe(false);
  });

  test('what was there is left alone, or with REPLACE=true kept under another number', async () => {
    fill();
    const before = contents();
    await dumped();
    server.lines('FLUSHALL\nSET mine 1\nSELECT 7\nSET also mine');
    server.cli(['-x', 'FUNCTION', 'LOAD', 'REPLACE'], LIBRARY.replace('prices', 'mine').replace("'price'", "'mine'"));
    server.ask('FUNCTION', 'DELETE', 'prices');
    const there = contents();
    expect(await run('restore')).toMatchObject({
      status: 1,
      last: 'restore: not empty on 127.0.0.1, and as before: "all" (3 tables and other objects). Set REPLACE=true to put the backup in its place; what is there is kept in databases of other numbers',
    });
    expect(contents()).toBe(there);
    const { status, stdout } = await run('restore', { REPLACE: 'true' });
    expect(status).toBe(0);
    expect(stdout).toContain(
      'restore: what was in database 0 before is kept in database 31; FLUSHDB it there when all is well\n',
    );
    expect(stdout).toContain(
      'restore: what was in database 7 before is kept in database 29; FLUSHDB it there when all is well\n',
    );
    expect(server.ask('-n', '31', 'GET', 'mine')).toBe('1');
    expect(server.ask('-n', '29', 'GET', 'also')).toBe('mine');
    const [kept = ''] = server.ask('-n', '31', 'KEYS', 'functions_replaced_*').split('\n');
    expect(kept).toMatch(/^functions_replaced_\d{14}$/);
    server.lines('SELECT 29\nFLUSHDB');
    // The functions that were there can be brought back by what is kept.
    expect(server.ask('-n', '31', 'EVAL', "return #redis.call('GET', KEYS[1]) > 50", '1', kept)).toBe('1');
    server.lines('SELECT 31\nFLUSHDB');
    expect(contents()).toBe(before);
  });

  test('a server whose memory is full stays as it was', async () => {
    fill();
    await dumped();
    server.lines('FLUSHALL\nFUNCTION FLUSH\nSET mine 1');
    const there = contents();
    server.ask(
      'CONFIG',
      'SET',
      'maxmemory',
      String(Number(/used_memory:(\d+)/.exec(server.ask('INFO', 'memory'))![1]) + 60_000),
    );
    const { status, last } = await run('restore', { REPLACE: 'true' });
    server.ask('CONFIG', 'SET', 'maxmemory', '64mb');
    expect({ status, last }).toEqual({
      status: 1,
      last: expect.stringMatching(
        /, database all is as it was: the memory of 127.0.0.1 is full: give the server more; it must hold what is restored and what is there$/,
      ) as string,
    });
    expect(contents()).toBe(there);
  });

  test('killed in the middle, the server is as it was, and the next run clears what is left', async () => {
    fill(3000);
    const before = contents();
    await dumped();
    empty();
    // The first page is moved, and no second one.
    pod.shim('valkey-cli', 'case "$*" in *EVALSHA*" 0 "[0-9]*" "[0-9]*" "[1-9]*) sleep 600 ;; esac\nexec $REAL "$@"');
    const restore = pod.start(RESTORE);
    await until(() => server.ask('INFO', 'keyspace').includes('db31:'), 'keys beside');
    await until(() => Number(server.ask('-n', '31', 'DBSIZE')) > 500, 'a page of keys');
    killGroup(restore);
    await restore.outcome;
    expect(server.ask('DBSIZE')).toBe('0');
    pod.clean();
    pod.unshim('valkey-cli');
    const { status, stdout } = await run('restore');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining(
        'restore: emptying database 31, which a run that did not finish left\n',
      ) as string,
    });
    expect(contents()).toBe(before);
  });

  test('a session that is at work in what another run left is not disturbed', async () => {
    fill();
    await dumped();
    server.lines('FLUSHALL\nFUNCTION FLUSH\nSELECT 31\nSET cdk8s-stateful:restoring x');
    expect(await run('restore')).toMatchObject({ status: 0 });
    expect(server.ask('-n', '0', 'DBSIZE')).toBe('1009');
    server.lines('FLUSHALL\nFUNCTION FLUSH\nSELECT 31\nSET cdk8s-stateful:restoring x');
    const session = server.hold('31');
    await until(() => server.ask('CLIENT', 'LIST').includes(' db=31 '), 'a session');
    const { status, last } = await run('restore');
    session();
    expect({ status, last }).toEqual({
      status: 1,
      last: 'restore: a restore is at work in database 31, database all is as it was: wait for its end',
    });
  });

  test('keys that are lost on the way are found', async () => {
    fill();
    await dumped();
    empty();
    pod.shim('valkey-cli', 'case "$*" in *EVALSHA*) echo 0 && exit ;; esac\nexec $REAL "$@"');
    expect(await run('restore')).toMatchObject({
      status: 1,
      last: 'restore: db_20260101000000 does not restore whole, database all is as it was: "db0" has 0 rows, the dump had 1009. "db15" has 0 rows, the dump had 1. "db3" has 0 rows, the dump had 1.',
    });
    expect(server.ask('INFO', 'keyspace')).toBe('# Keyspace');
  });

  test('keys that have expired since the dump are drilled, and a restore says how many it leaves out', async () => {
    server.lines('SET a 1\nSET b 1 PX 2500\nSET c 1 PX 2500\nSET d 1 EX 86400');
    await dumped();
    expect(facts()).toMatchObject({ rows: { dump: { db0: 4 } }, objects: { dump: { 'keys with an expiry': 3 } } });
    empty();
    await sleep(2600);
    await run('drill');
    expect(drill()).toMatchObject({ status: 'passed' });
    const { status, stdout } = await run('restore');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('restore: 2 keys have expired since the dump\n') as string,
    });
    expect(server.ask('KEYS', '*').split('\n').sort()).toEqual(['a', 'd']);
  });

  test('one of its databases alone cannot be restored', async () => {
    fill();
    await dumped();
    expect(await run('restore', { DATABASE: 'all', TARGET_DATABASE: '3', REPLACE: 'true' })).toMatchObject({
      status: 1,
      last: 'restore: a backup of Valkey is restored with all of its databases, database 3 is as it was: leave DATABASE and TARGET_DATABASE out',
    });
  });

  test('users that are missing are made without passwords, and others are left alone', async () => {
    server.ask('ACL', 'SETUSER', 'reader', 'on', '>of the reader', '~cache:*', '+@read', '(+set ~log:*)');
    const rules = server.ask('ACL', 'GETUSER', 'reader').replace(/passwords\n[0-9a-f]{64}/, 'passwords\n');
    fill();
    await dumped();
    expect(pod.read('backup/globals.acl')).not.toMatch(/#[0-9a-f]{64}/);
    server.lines('FLUSHALL\nFUNCTION FLUSH\nACL DELUSER reader');
    const shop = server.ask('ACL', 'GETUSER', 'shop');
    const { status, stdout } = await run('restore');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('restore: made the users reader, without passwords\n') as string,
    });
    expect(server.ask('ACL', 'GETUSER', 'reader')).toBe(rules);
    expect(server.ask('ACL', 'GETUSER', 'shop')).toBe(shop);
    server.lines('ACL DELUSER reader\nACL SAVE');
  });

  test('an empty server is dumped, drilled as what holds nothing, and restored', async () => {
    await dumped();
    expect(facts()).toMatchObject({ rows: { dump: {} }, totalRows: 0, objects: { dump: { 'function libraries': 0 } } });
    await run('drill');
    expect(drill().checks.at(-1)).toMatchObject({ name: 'tables', passed: false });
    expect(await run('restore')).toMatchObject({ status: 0 });
  });

  test('a node of a cluster is not dumped, which would hold a part', async () => {
    const bus = ['--cluster-port', String(await freePort())];
    const node = new ValkeyServer(PASSWORD, ['--cluster-enabled', 'yes', ...bus]);
    try {
      await node.start('--aclfile', '');
      expect(await run('dump', {}, newPod(node))).toMatchObject({
        status: 1,
        last: `dump: no connection to database all, ${NOTHING}: its dump would hold the slots of one node: back up by what knows the whole cluster`,
      });
    } finally {
      await node.remove();
    }
  });

  test('a server with too few empty databases beside is left alone', async () => {
    const small = new ValkeyServer(PASSWORD, ['--databases', '4']);
    try {
      await small.make();
      small.lines('SET a 1\nSELECT 1\nSET b 1\nSELECT 2\nSET c 1');
      pod = newPod(small);
      await dumped();
      expect(await run('restore', { REPLACE: 'true' })).toMatchObject({
        status: 1,
        last: 'restore: the server has 4 logical databases, and too few of them are empty to restore beside those that are used, database all is as it was: set its parameter databases to more',
      });
      expect(small.ask('DBSIZE')).toBe('1');
    } finally {
      await small.remove();
    }
  });
});

/** Values as DUMP gives them, with the key's expiry to the hour. */
const DIGEST = `
local keys = redis.call('KEYS', '*')
table.sort(keys)
local all = ''
for _, key in ipairs(keys) do
  local ttl = redis.call('PTTL', key)
  all = redis.sha1hex(all .. key .. redis.call('DUMP', key) .. (ttl < 0 and 'none' or math.floor(ttl / 3600000 + 0.5)))
end
return #keys .. ' ' .. all`;
