import { gzipSync } from 'node:zlib';
import { DatabaseEngine } from '../../../lib';
import type { DatabaseVolumeBackupScripts } from '../../../lib';
import { SHOP_PASSWORD } from '../../support/elsewhere';
import { describeShell, Sandbox } from '../../support/shell';
import type { Outcome } from '../../support/shell';

const SCRIPTS = DatabaseEngine.mongo({ version: '8.0.29', replicaSet: 'rs0', keyFile: SHOP_PASSWORD }).spec
  .volumeBackupScripts!;

/** Runs the JavaScript as mongosh does, against a server that is a file. */
const MONGOSH = String.raw`
const fs = require('fs');
const file = process.env.SANDBOX + '/server.json';
const read = () => JSON.parse(fs.readFileSync(file));
const print = (text) => console.log(String(text));
function connect(uri, user, password) {
  if (password !== read().password) throw new Error('Authentication failed.');
  const command = {
    hello: ({ hello }) => hello,
    currentOp: ({ lockCount }) => ({ inprog: [], ...(lockCount > 0 && { fsyncLock: true }) }),
    listDatabases: ({ databases }) => ({ databases: Object.keys(databases).map((name) => ({ name })) }),
    fsync: (server) => {
      if (server.broken) throw new Error('the disk is gone');
      return { lockCount: (server.lockCount += server.meanwhile ? 2 : 1) };
    },
    fsyncUnlock: (server) => {
      if (server.lockCount === 0) throw new Error('fsyncUnlock called when not locked');
      return { lockCount: --server.lockCount };
    },
  };
  return {
    adminCommand(order) {
      const server = read();
      server.orders.push(Object.keys(order)[0]);
      try { return { ok: 1, ...command[Object.keys(order)[0]](server) }; } finally { fs.writeFileSync(file, JSON.stringify(server)); }
    },
    getSiblingDB: (name) => ({ getCollectionNames: () => read().databases[name] }),
  };
}
eval(process.argv[process.argv.indexOf('--eval') + 1]);
`;

interface Server {
  hello: object;
  lockCount: number;
  databases: { [name: string]: string[] };
  orders: string[];
  password?: string;
  broken?: boolean;
  meanwhile?: boolean;
}

const SECONDARY = { secondary: true, setName: 'rs0' };
const PRIMARY = { isWritablePrimary: true, setName: 'rs0' };
const ARCHIVE = gzipSync(Buffer.concat([Buffer.from('6de29981', 'hex'), Buffer.from([0xff, 0xff, 0xff, 0xff])]));
const PASSWORD = 'not "a" secret';

describeShell('copies of the volume of a MongoDB member, by fakes of its programs', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    box.write('mongosh.js', MONGOSH);
    box.program('mongosh', 'echo "mongosh $*" >> "$SANDBOX/arguments"; exec node "$SANDBOX/mongosh.js" "$@"');
    box.program(
      'mongodump',
      `echo "mongodump $*" >> "$SANDBOX/arguments"
       for argument; do case $argument in --config=*) cp "\${argument#--config=}" "$SANDBOX/login" ;; --archive=*) cp "$SANDBOX/archive" "\${argument#--archive=}" ;; esac; done
       [ ! -e "$SANDBOX/fails" ] || { echo 'Failed: no space left on device' >&2; exit 1; }`,
    );
    box.program('mongorestore', 'echo "mongorestore $*" >> "$SANDBOX/arguments"; [ ! -e "$SANDBOX/fails" ]');
    box.write('tmp/.keep', '');
    box.write('dumps/.keep', '');
    box.writeBytes('archive', ARCHIVE);
    server({ hello: SECONDARY, databases: { admin: ['system.users'], local: ['oplog.rs'], shop: ['orders'] } });
  });

  // A watchdog ends within a second or two of its lock.
  afterEach(async () => {
    const watched = () =>
      box.run(['sh', '-c', 'grep -l "^state=$SANDBOX\\|[^a-z]state=$SANDBOX" -z /proc/[0-9]*/environ 2> /dev/null']);
    await until(() => watched().stdout === '');
    box.remove();
  });

  function server(more: Partial<Server>): void {
    const now = box.has('server.json')
      ? state()
      : { hello: {}, lockCount: 0, databases: {}, orders: [], password: PASSWORD };
    box.write('server.json', JSON.stringify({ ...now, ...more }));
  }

  function state(): Server {
    return JSON.parse(box.read('server.json')) as Server;
  }

  function run(name: keyof DatabaseVolumeBackupScripts, ...args: string[]): Outcome & { last: string } {
    const login = { MONGO_INITDB_ROOT_USERNAME: 'root', MONGO_INITDB_ROOT_PASSWORD: PASSWORD };
    const command = ['sh', '-c', SCRIPTS[name]!, name, ...args];
    const outcome = box.run(command, { ...login, TMPDIR: box.path('tmp') });
    expect(outcome.stdout + outcome.stderr + (box.has('arguments') ? box.read('arguments') : '')).not.toContain('"a"');
    return { ...outcome, last: outcome.stderr.trimEnd().split('\n').at(-1) ?? '' };
  }

  async function until(isSo: () => boolean): Promise<void> {
    for (const end = Date.now() + 20_000; !isSo(); await new Promise((resolve) => setTimeout(resolve, 50))) {
      if (Date.now() > end) throw new Error(box.read('server.json'));
    }
  }

  test('a secondary is locked once, and unlocked; the watchdog then goes', async () => {
    const begin = Date.now();
    expect(run('lock', '600')).toMatchObject({ status: 0, stdout: 'lock: locked for at most 600 s\n', stderr: '' });
    // What it leaves in the background keeps nothing of the session open.
    expect(Date.now() - begin).toBeLessThan(30_000);
    expect(state().lockCount).toBe(1);
    expect(run('unlock')).toMatchObject({ status: 0, stdout: 'unlock: unlocked\n', stderr: '' });
    expect(state().lockCount).toBe(0);
    // The first look, lock and unlock; the watchdog would unlock once more.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(state().orders).toEqual(['hello', 'currentOp', 'fsync', 'fsyncUnlock']);
    expect(run('lock', '600').status).toBe(0);
    expect(run('unlock').status).toBe(0);
  });

  test('the watchdog unlocks when the time is over, and then unlock says that the copy is worth nothing', async () => {
    expect(run('lock', '1').status).toBe(0);
    await until(() => state().lockCount === 0);
    expect(run('unlock')).toMatchObject({
      status: 1,
      last: 'unlock: the lock had ended before, as its seconds were over or the server was started again. What was copied is not of one moment: give the lock more seconds, and back up again',
    });
    expect(run('unlock').status).toBe(0);
  });

  test('the watchdog unlocks at once when what it watches is gone', async () => {
    run('lock', '600');
    box.run(['rm', box.path('tmp/fsync-lock')]);
    await until(() => state().lockCount === 0);
  });

  test('a lock that fails ends its watchdog', async () => {
    server({ broken: true });
    expect(run('lock', '600')).toMatchObject({
      status: 1,
      last: expect.stringMatching(/^lock: the member was not locked: /) as string,
    });
    await until(() => state().orders.at(-1) === 'fsyncUnlock');
    expect(run('unlock')).toMatchObject({ status: 0, stdout: 'unlock: unlocked 0 times\n' });
  });

  test('a second lock is refused, and changes nothing', () => {
    run('lock', '600');
    expect(run('lock', '1')).toMatchObject({
      status: 1,
      last: 'lock: this member is locked already, by another backup or by hand: wait for its end, or run db.fsyncUnlock(). Nothing was changed',
    });
    expect(state().lockCount).toBe(1);
    expect(run('unlock').status).toBe(0);
    expect(state().lockCount).toBe(0);
  });

  test('a lock that somebody else takes meanwhile is left to him', () => {
    server({ meanwhile: true });
    expect(run('lock', '600')).toMatchObject({
      status: 1,
      last: expect.stringContaining('somebody else has locked this member meanwhile') as string,
    });
    expect(state().lockCount).toBe(1);
  });

  test('what was locked several times is unlocked as often; what is not locked is fine', () => {
    server({ lockCount: 3 });
    expect(run('unlock')).toMatchObject({ status: 0, stdout: 'unlock: unlocked 3 times\n' });
    expect(run('unlock')).toMatchObject({ status: 0, stdout: 'unlock: unlocked 0 times\n' });
  });

  test.each([
    [
      'the primary',
      PRIMARY,
      'this member is the primary, and a lock here stops all writes of the application: back up a secondary. Nothing was locked',
    ],
    [
      'a member that recovers',
      { setName: 'rs0' },
      'this member is neither primary nor secondary, as one that is filled or recovers: wait until it is a secondary. Nothing was locked (other)',
    ],
  ])('%s is not locked', (_, hello, message) => {
    server({ hello });
    expect(run('lock', '600')).toMatchObject({ status: 1, last: `lock: ${message}` });
    expect(state().orders).not.toContain('fsync');
  });

  test.each(['', '0', '1m', '-1'])('it is no time to be locked: %j', (seconds) => {
    expect(run('lock', seconds)).toMatchObject({
      status: 1,
      last: `lock: the first argument must be how many seconds the lock may last, got '${seconds}': write 600`,
    });
  });

  test('a wrong password is said, and not shown', () => {
    server({ password: 'another' });
    expect(run('lock', '600').last).toMatch(
      /^lock: this member cannot be asked; nothing was locked: .*Authentication failed.*|^lock: .*: log in with the password/,
    );
    expect(run('unlock').status).toBe(1);
  });

  test('a replica set is dumped with its oplog, and loaded into an empty one', () => {
    expect(run('dump', box.path('dumps'))).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^dump: dumped 1 databases, \d+ bytes, in \d+ s, as dump-1:\nshop\n$/) as string,
    });
    expect(box.read('arguments')).toMatch(
      /^mongodump --config=\S+ --username=root --authenticationDatabase=admin --host=127\.0\.0\.1:27017 --archive=archive-with-oplog\.gz --gzip --oplog$/m,
    );
    expect(box.read('login')).toBe('password: "not \\"a\\" secret"\n');
    expect(run('load', box.path('dumps')).last).toBe(
      'load: this member takes no writes: load into the primary, which gives all to the others. Nothing was changed',
    );
    server({ hello: PRIMARY });
    expect(run('load', box.path('dumps')).last).toBe(
      'load: the server holds data already, 1 collections. Nothing was changed: load into a new server',
    );
    expect(box.read('arguments')).not.toContain('mongorestore');
    server({ databases: { admin: ['system.users'], local: [] } });
    expect(run('load', box.path('dumps'))).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^load: loaded 1 databases of dump-1 in \d+ s:\nshop\n$/) as string,
    });
    expect(box.read('arguments')).toMatch(
      /^mongorestore .* --archive=archive-with-oplog\.gz --gzip --stopOnError --objcheck --oplogReplay$/m,
    );
  });

  test('a single server is dumped without an oplog', () => {
    server({ hello: { isWritablePrimary: true } });
    expect(run('dump', box.path('dumps')).status).toBe(0);
    expect(box.read('arguments')).toMatch(/--archive=archive\.gz --gzip$/m);
  });

  test('a dump that fails, or is cut off, leaves the last whole one', () => {
    run('dump', box.path('dumps'));
    box.write('fails', '');
    expect(run('dump', box.path('dumps')).last).toBe(
      'dump: the databases were not dumped, the last whole dump, if there is one, is untouched: Failed: no space left on device: the volume is full: give it more space',
    );
    box.run(['rm', box.path('fails')]);
    box.writeBytes('archive', gzipSync(Buffer.from('6de29981', 'hex')));
    expect(run('dump', box.path('dumps')).last).toBe(
      'dump: the databases were not dumped to the end, the last whole dump, if there is one, is untouched: run this again',
    );
    expect(box.run(['ls', box.path('dumps')]).stdout).toBe('dump-1\n');
  });
});

test('a single server is its own primary, so that a lock is for replica sets', () => {
  expect(Object.keys(SCRIPTS)).toEqual(['dump', 'load', 'lock', 'unlock']);
  const single = DatabaseEngine.mongo({ version: '8.0.29' }).spec.volumeBackupScripts!;
  expect(Object.keys(single)).toEqual(['dump', 'load']);
});
