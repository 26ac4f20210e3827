import { Pod, lastLine } from '../support/backup/pod';
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
    server.ask('FLUSHALL');
    server.ask('FUNCTION', 'FLUSH');
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
    server.ask('FLUSHALL');
    server.ask('FUNCTION', 'FLUSH');
    const { status, stdout, stderr } = await run('restore');
    expect({ status, stderr, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /restore: db_20260101000000 is in "all": 1011 rows of 3 tables, in \d+ s\n$/,
      ) as string,
    });
    expect(contents()).toBe(before);
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
