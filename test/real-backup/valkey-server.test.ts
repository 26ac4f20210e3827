import { existsSync, readFileSync, rmSync, writeFileSync, mkdirSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseEngine } from '../../lib';
import { sleep, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { ValkeyServer } from '../support/valkey-server';

const PASSWORD = 'of the administrator';

/*
 * What `initialize` makes, what the probes say, and what the server loses, on Debian's Valkey with the arguments of the engine.
 */
describeReal('a server of Valkey', ['valkey'], () => {
  const { spec } = DatabaseEngine.valkey({ version: '8.1.1' });
  const servers: ValkeyServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.remove();
  });

  function newServer(...args: string[]): ValkeyServer {
    const server = new ValkeyServer(PASSWORD, args);
    servers.push(server);
    return server;
  }

  async function made(...args: string[]): Promise<ValkeyServer> {
    const server = newServer(...args);
    await server.make();
    return server;
  }

  function said(server: ValkeyServer, ...command: string[]): string {
    const { stdout, stderr } = server.cli(command);
    return stdout + stderr;
  }

  const data = (server: ValkeyServer, name: string) => join(server.path('data'), name);

  function write(server: ValkeyServer, name: string, text: string | Buffer): void {
    writeFileSync(data(server, name), text);
    chmodSync(data(server, name), 0o666);
  }

  describe('initialize', () => {
    test('makes the users with hashes of their passwords, once', async () => {
      const server = await made();
      const users = readFileSync(data(server, 'users.acl'), 'utf8');
      expect(users).toMatch(
        /^user default on sanitize-payload #[0-9a-f]{64} ~\* &\* \+@all\nuser probe on nopass sanitize-payload resetchannels -@all \+ping\nuser shop on sanitize-payload #[0-9a-f]{64} ~\* &\* \+@all -@admin -@dangerous \+info\n$/,
      );
      server.ask('SET', 'a', '1');
      await server.kill();
      // As a later start with another Secret: the server keeps its own.
      writeFileSync(join(server.path('passwords'), 'VALKEY_PASSWORD'), 'another');
      expect(server.initialize()).toMatchObject({ status: 0 });
      expect(readFileSync(data(server, 'users.acl'), 'utf8')).toBe(users);
      await server.start();
      expect(server.ask('GET', 'a')).toBe('1');
    });

    test('has the application user change its data, and neither drop all of them nor administer the server', async () => {
      const server = await made();
      const shop = (...args: string[]) => {
        const { stdout, stderr } = server.cli(args, '', 'shop', 'of the shop');
        return (stdout + stderr).trim();
      };
      expect(shop('SET', 'a', '1')).toBe('OK');
      expect(shop('EVAL', "return redis.call('GET', 'a')", '0')).toBe('1');
      expect(shop('INFO', 'keyspace')).toContain('db0:keys=1');
      for (const command of [
        ['FLUSHALL'],
        ['FLUSHDB'],
        ['CONFIG', 'GET', '*'],
        ['ACL', 'LIST'],
        ['KEYS', '*'],
        ['SHUTDOWN'],
        ['DEBUG', 'SLEEP', '0'],
      ])
        expect(shop(...command)).toMatch(/^(NOPERM|ERR DEBUG command not allowed)/);
      // Nobody gets in without a login.
      expect(server.cli(['PING'], '', '', '').stderr).toMatch(/^NOAUTH/);
    });

    // Beside a dump.rdb alone the server would start empty with an append-only file, and save over it.
    test('makes the database of a dump.rdb that is there alone', async () => {
      const old = newServer();
      await old.start('--aclfile', '', '--appendonly', 'no', '--save', '');
      old.lines('SET a 1\nSELECT 5\nSET b 2\nSAVE');
      const dump = readFileSync(data(old, 'dump.rdb'));
      const server = newServer();
      write(server, 'dump.rdb', dump);
      const { status, stdout } = server.initialize();
      expect({ status, stdout }).toEqual({
        status: 0,
        stdout: expect.stringContaining(`initialize: ${data(server, 'dump.rdb')} becomes the database\n`) as string,
      });
      await server.start();
      expect([server.ask('GET', 'a'), server.ask('-n', '5', 'GET', 'b')]).toEqual(['1', '2']);
    });

    test('begins anew after it was killed, and refuses a dump.rdb that is damaged', () => {
      const server = newServer();
      mkdirSync(data(server, '.initializing/appendonlydir'), { recursive: true });
      for (const name of ['.initializing', '.initializing/appendonlydir']) chmodSync(data(server, name), 0o777);
      write(server, '.initializing/appendonlydir/appendonly.aof.1.base.rdb', 'half');
      chmodSync(data(server, '.initializing/appendonlydir'), 0o777);
      write(server, 'dump.rdb', 'REDIS0011 half');
      expect(server.initialize()).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('see the lines above; the next attempt begins anew\n') as string,
      });
      expect([existsSync(data(server, 'users.acl')), existsSync(data(server, 'appendonlydir'))]).toEqual([
        false,
        false,
      ]);
      rmSync(data(server, 'dump.rdb'));
      expect(server.initialize()).toMatchObject({ status: 0 });
      expect(existsSync(data(server, '.initializing'))).toBe(false);
    });

    test('refuses a folder that holds the users and no data, or other files: part of a database may be lost', async () => {
      const server = await made();
      await server.kill();
      rmSync(data(server, 'appendonlydir'), { recursive: true });
      expect(server.initialize()).toMatchObject({
        status: 1,
        stderr: `initialize: ${server.path('data')} holds the users of a database and none of its data, which may be lost. Nothing was changed. If it shall begin empty, delete ${data(server, 'users.acl')}\n`,
      });
      const other = newServer();
      write(other, 'ibdata1', 'x');
      expect(other.initialize()).toMatchObject({
        status: 1,
        stderr: `initialize: ${other.path('data')} holds ${data(other, 'ibdata1')} and no database: part of one may be lost. Nothing was changed\n`,
      });
      const half = newServer();
      mkdirSync(data(half, 'appendonlydir'));
      write(half, 'appendonlydir/appendonly.aof.1.base.rdb', 'x');
      expect(half.initialize()).toMatchObject({
        status: 1,
        stderr: `initialize: ${data(half, 'appendonlydir')} holds files but no manifest: part of a database may be lost. Nothing was changed\n`,
      });
    });

    test.each([
      ['', 'is empty or missing: write it into the Secret'],
      ['secret\n', 'holds a line feed, which some clients drop and others keep: write it into the Secret without'],
    ])('refuses the password %j', (password, why) => {
      const server = newServer();
      writeFileSync(join(server.path('passwords'), 'VALKEY_USER_PASSWORD'), password);
      expect(server.initialize()).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(
          `initialize: the password VALKEY_USER_PASSWORD ${why}. Nothing was changed. Then delete this pod\n`,
        ) as string,
      });
      expect(existsSync(data(server, 'users.acl'))).toBe(false);
    });

    test('gives the data of another image the users that the probes and clients need', async () => {
      const server = await made();
      server.ask('SET', 'a', '1');
      await server.kill();
      rmSync(data(server, 'users.acl'));
      write(server, 'users.acl', 'user default on >old ~* &* +@all\n');
      expect(server.initialize()).toMatchObject({ status: 0 });
      server.launch();
      await until(() => probe(server, 'readinessProbe'), 'a server');
      expect(server.cli(['GET', 'a'], '', 'default', 'old').stdout).toBe('1\n');
    });
  });

  /** Whether a probe of the engine passes. */
  function probe(server: ValkeyServer, name: 'startupProbe' | 'readinessProbe' | 'livenessProbe'): boolean {
    const [shell = '', flag = '', text = ''] = spec[name]!.exec!.command!;
    return server.run([shell, flag, text.replace('valkey-cli', `valkey-cli -p ${server.port}`)]).status === 0;
  }

  const probes = (server: ValkeyServer) =>
    (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).map((name) => probe(server, name));

  describe('its probes', () => {
    test('know a server that reads its data: alive, and not ready', async () => {
      const server = await made();
      server.lines(Array.from({ length: 3000 }, (_, n) => `SET key:${n} ${'x'.repeat(2000)}`).join('\n'));
      server.ask('BGREWRITEAOF');
      await until(
        () => existsSync(data(server, 'appendonlydir/appendonly.aof.2.base.rdb')),
        'a file that is rewritten',
      );
      await server.kill();
      // As one with a million times as much.
      server.launch('--key-load-delay', '3000', '--loading-process-events-interval-bytes', '1024');
      await until(() => said(server, 'PING').startsWith('LOADING'), 'a server that loads');
      expect(probes(server)).toEqual([true, true, false]);
      await server.kill();
      expect(probes(server)).toEqual([false, false, false]);
    });

    test('go on when the password changes, when a script does not end, and when the disk is full', async () => {
      const server = await made('--busy-reply-threshold', '100');
      expect(probes(server)).toEqual([true, true, true]);
      const script = server.hold('0', 'EVAL', 'while true do end', '0');
      await until(() => said(server, 'PING').startsWith('BUSY'), 'a script');
      expect(probes(server)).toEqual([true, true, false]);
      server.ask('SCRIPT', 'KILL');
      script();
      // A snapshot that fails, as on a full disk.
      chmodSync(server.path('data'), 0o555);
      server.ask('SET', 'a', '1');
      server.ask('BGSAVE');
      await until(() => server.ask('INFO', 'persistence').includes('rdb_last_bgsave_status:err'), 'a snapshot to fail');
      server.ask('CONFIG', 'SET', 'save', '3600 1');
      expect(said(server, 'SET', 'a', '2')).toContain('MISCONF');
      expect(probes(server)).toEqual([true, true, true]);
      expect(server.ask('GET', 'a')).toBe('1');
    });
  });

  describe('keeps what it has acknowledged', () => {
    test('when it is killed under writes, and when it is stopped', async () => {
      const server = await made();
      for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
        const writer = server.write(`kept-${signal}`);
        await sleep(700);
        await server.kill(signal);
        const acknowledged = await writer;
        expect(acknowledged).toBeGreaterThan(50);
        expect(server.initialize()).toMatchObject({ status: 0 });
        await server.start();
        // One more may have been written, whose answer did not come through.
        expect(Number(server.ask('GET', `kept-${signal}`))).toBeGreaterThanOrEqual(acknowledged);
      }
    });

    test('when its memory is full: writes are refused, reads go on, nothing is dropped', async () => {
      const server = await made('--maxmemory', '4mb');
      const answers = server.cli(
        [],
        Array.from({ length: 4000 }, (_, n) => `SET key:${n} ${'x'.repeat(1000)}`).join('\n'),
      );
      const written = answers.stdout.split('\n').filter((line) => line === 'OK').length;
      expect(answers.stdout + answers.stderr).toContain("OOM command not allowed when used memory > 'maxmemory'");
      expect(written).toBeGreaterThan(100);
      expect(server.ask('DBSIZE')).toBe(String(written));
      expect(server.ask('STRLEN', 'key:0')).toBe('1000');
      expect(probes(server)).toEqual([true, true, true]);
    });

    test('when the last command of its file is cut off', async () => {
      const server = await made();
      server.lines('SET a 1\nSET b 2');
      await server.kill();
      const manifest = readFileSync(data(server, 'appendonlydir/appendonly.aof.manifest'), 'utf8');
      const [, file = ''] = /file (\S+incr\.aof) /.exec(manifest)!;
      const text = readFileSync(data(server, `appendonlydir/${file}`));
      writeFileSync(data(server, `appendonlydir/${file}`), text.subarray(0, -4));
      await server.start();
      expect(server.ask('GET', 'a')).toBe('1');
    });
  });

  describe('set-password.sh', () => {
    const set = (server: ValkeyServer, user: string, input: string) =>
      server.run(['sh', join(server.path('scripts'), 'set-password.sh'), user], { VALKEY_PORT_OF_TEST: '' }, input);

    test('changes the password of a user and of the administrator, for this server and the next', async () => {
      const server = newServer();
      // The script asks at the port of the engine.
      server.port = 6379;
      await server.make();
      expect(set(server, 'shop', 'new one\r\n')).toMatchObject({
        status: 0,
        stdout: "set-password: 'shop' has a new password. Sessions that are open go on\n",
      });
      expect(server.cli(['PING'], '', 'shop', 'new one').stdout).toBe('PONG\n');
      expect(server.cli(['PING'], '', 'shop', 'of the shop').stderr).toMatch(/^AUTH failed: WRONGPASS/);
      expect(set(server, 'default', 'better')).toMatchObject({ status: 0 });
      await server.kill();
      server.launch();
      await until(() => server.cli(['PING'], '', 'default', 'better').stdout === 'PONG\n', 'a server');
      expect(server.cli(['PING'], '', 'shop', 'new one').stdout).toBe('PONG\n');
      // The Secret in the pod holds the old one until the kubelet brings the new one.
      expect(set(server, 'shop', 'third')).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /set-password: 'default' cannot log in with the password of the Secret \(VALKEY_PASSWORD\): see the line above\. Put the server's own into the Secret, and wait two minutes\. Nothing was changed\n$/,
        ) as string,
      });
    });

    test.each([
      ['', 'x', 'say whose password it is: sh /scripts/set-password.sh USER < FILE'],
      ['probe', 'x', "the probes log in as 'probe' without a password, and would restart the server"],
      ['shop', '', 'stdin holds no password'],
      ['shop', 'a\nb', 'stdin holds more than one line'],
    ])('refuses the user %j with %j', (user, input, why) => {
      expect(set(newServer(), user, input)).toMatchObject({
        status: 1,
        stderr: `set-password: ${why}. Nothing was changed\n`,
      });
    });
  });
});
