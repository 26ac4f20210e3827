import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Size } from 'cdk8s';
import { DatabaseEngine } from '../../lib';
import { ForeignVolume, USER } from '../support/backup/foreign-volume';
import { freePort, until } from '../support/backup/processes';
import type { Running } from '../support/backup/processes';
import { describeWhole } from '../support/backup/programs';

/** What each file below a folder holds, by its path. */
function contents(folder: string, below = ''): { [path: string]: string } {
  return Object.assign(
    {},
    ...readdirSync(join(folder, below), { withFileTypes: true }).map((entry) => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return contents(folder, path);
      return {
        [path]: createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex'),
      };
    }),
  ) as { [path: string]: string };
}

/** An address of this machine by which no rule for 127.0.0.1 is met. */
function outside(): string {
  const found = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const address = found.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  if (address === undefined) throw new Error('this machine has no address but 127.0.0.1, so clients cannot be tried');
  return address;
}

// Laid out as bitnami/containers does it: libpostgresql.sh deletes the two files from the data directory, and starts the server with those
// in /opt/bitnami/postgresql/conf.
describeWhole("data of Bitnami's PostgreSQL", 'postgres', () => {
  const MAJOR = process.env.TEST_POSTGRES ?? '17';
  const version = MAJOR === '17' ? '17.11' : `${MAJOR}.0`;
  let volume: ForeignVolume;
  let port: number;
  let data: string;

  const engine = () => DatabaseEngine.postgres({ version, mountPath: volume.path('volume'), dataDirectory: data });
  const initialize = () => volume.initialize({ engine: engine() }, { PG_MAJOR: MAJOR });
  const ask = async (sql: string, env: { [name: string]: string } = {}): Promise<string> => {
    const login = {
      PGHOST: '/var/run/postgresql',
      PGPORT: String(port),
      PGUSER: 'postgres',
      PGDATABASE: 'shop',
      SQL: sql,
    };
    const { status, stdout, stderr } = await volume.sh('psql -XAtqw -v ON_ERROR_STOP=1 -c "$SQL"', {
      ...login,
      ...env,
    });
    return status === 0 ? stdout.trimEnd() : stderr;
  };
  const ready = (running: Running) =>
    until(async () => {
      if (running.child.exitCode !== null) throw new Error('it has ended');
      return (await volume.sh(`pg_isready -q -U postgres -h 127.0.0.1 -p ${port}`)).status === 0;
    }, 'the server is ready');
  const serve = (...args: string[]) => volume.serve(['postgres', ...args], { PGDATA: data, PGPORT: String(port) });
  const stop = async () => volume.sh(`pg_ctl -D ${data} -m fast -w stop`);

  beforeEach(async () => {
    volume = new ForeignVolume('postgres', { '/run/postgresql': 'run', '/docker-entrypoint-initdb.d': 'init' });
    data = volume.path('volume/data');
    port = await freePort();
    const made = volume.serve(['postgres'], {
      PGDATA: data,
      PGPORT: String(port),
      POSTGRES_PASSWORD: 'of postgres',
      POSTGRES_DB: 'shop',
    });
    await ready(made);
    await stop();
    for (const name of ['postgresql.conf', 'pg_hba.conf']) renameSync(`${data}/${name}`, volume.path(`conf/${name}`));
    volume.write('volume/.user_scripts_initialized', '');
    const conf = (name: string) => volume.path(`conf/${name}`);
    const old = serve('-c', `config_file=${conf('postgresql.conf')}`, '-c', `hba_file=${conf('pg_hba.conf')}`);
    await ready(old);
    for (const sql of [
      'CREATE TABLE orders AS SELECT 1 AS id',
      "ALTER SYSTEM SET work_mem = '7MB'",
      // Hashed as PostgreSQL 13 and older did it by default: an upgrade by a dump keeps it so.
      "SET password_encryption = 'md5'; CREATE ROLE hashed LOGIN PASSWORD 'of old'",
      "SET password_encryption = 'scram-sha-256'; CREATE ROLE salted LOGIN PASSWORD 'of new'",
    ]) {
      expect(await ask(sql)).toBe('');
    }
  });
  afterEach(() => volume.remove());

  test('does not start by itself', async () => {
    await stop();
    const { status, stderr } = await serve().outcome;
    expect({ failed: status !== 0, stderr }).toEqual({
      failed: true,
      stderr: expect.stringContaining('could not access the server configuration file') as string,
    });
  });

  test('is adopted whole: rows, settings and both kinds of passwords; no file of it is changed', async () => {
    await stop();
    const before = contents(volume.path('volume'));
    const { status, stdout, stderr } = await initialize();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`holds a PostgreSQL ${MAJOR} cluster without postgresql.conf pg_hba.conf: made`);
    const after = contents(volume.path('volume'));
    const made = Object.keys(after).filter((path) => !(path in before));
    expect(made.sort()).toEqual(['data/pg_hba.conf', 'data/postgresql.conf']);
    expect(after).toMatchObject(before);
    for (const path of made) expect(statSync(volume.path(`volume/${path}`))).toMatchObject(USER);

    await ready(serve());
    expect(await ask('SELECT count(*) FROM orders')).toBe('1');
    expect(await ask('SHOW work_mem')).toBe('7MB');
    const from = { PGHOST: outside() };
    expect(await ask('SELECT 7', { ...from, PGUSER: 'hashed', PGPASSWORD: 'of old' })).toBe('7');
    expect(await ask('SELECT 7', { ...from, PGUSER: 'salted', PGPASSWORD: 'of new' })).toBe('7');
    expect(await ask('SELECT 7', { ...from, PGPASSWORD: 'of postgres' })).toBe('7');
    for (const user of ['hashed', 'salted', 'postgres']) {
      const wrong = await ask('SELECT 7', { ...from, PGUSER: user, PGPASSWORD: 'wrong' });
      expect(wrong).toContain(`password authentication failed for user "${user}"`);
    }
    expect(await ask('SELECT 7', from)).toContain('no password supplied');
    expect(await ask("SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'md5%'")).toBe('hashed');
    expect(await ask('SELECT DISTINCT error FROM pg_hba_file_rules WHERE error IS NOT NULL')).toBe('');

    await stop();
    expect((await initialize()).stdout).toBe(
      `initialize: ${data} holds a PostgreSQL ${MAJOR} cluster; nothing to do\n`,
    );
    await ready(serve());
    expect(await ask('SELECT count(*) FROM orders')).toBe('1');
  });

  // The old server was killed: its postmaster.pid is there, and the new one recovers.
  test('is adopted after a crash', async () => {
    volume.kill();
    await until(
      async () => (await volume.sh(`pg_isready -q -U postgres -h 127.0.0.1 -p ${port}`)).status !== 0,
      'the server is dead',
    );
    expect(existsSync(`${data}/postmaster.pid`)).toBe(true);
    expect((await initialize()).status).toBe(0);
    await ready(serve());
    expect(await ask('SELECT count(*) FROM orders')).toBe('1');
  });

  // Bitnami's image deletes the two files at each start. What it does then is as before.
  test('goes back to the old server', async () => {
    await stop();
    await initialize();
    await ready(serve());
    await ask('INSERT INTO orders VALUES (2)');
    await stop();
    for (const name of ['postgresql.conf', 'pg_hba.conf']) rmSync(`${data}/${name}`);
    const conf = (name: string) => volume.path(`conf/${name}`);
    await ready(serve('-c', `config_file=${conf('postgresql.conf')}`, '-c', `hba_file=${conf('pg_hba.conf')}`));
    expect(await ask('SELECT count(*) FROM orders')).toBe('2');
  });

  test('is refused as the data of a standby', async () => {
    await stop();
    volume.write('volume/data/standby.signal', '');
    const before = contents(volume.path('volume'));
    expect(await initialize()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('standby.signal') as string,
    });
    expect(contents(volume.path('volume'))).toEqual(before);
  });

  test('is refused by an image without a library that ALTER SYSTEM preloads, and starts when a parameter says otherwise', async () => {
    // As it stands in the file: the server of this image would not let one write it.
    await stop();
    volume.write('volume/data/postgresql.auto.conf', "shared_preload_libraries = 'pgaudit'\n");
    await initialize();
    expect((await serve().outcome).stderr).toContain('could not access file "pgaudit"');
    await ready(serve('-c', 'shared_preload_libraries='));
    expect(await ask('SELECT count(*) FROM orders')).toBe('1');
  });
});

// libmariadb.sh: the data lie in the folder `data` of the volume, my.cnf elsewhere, and root may come from everywhere.
describeWhole("data of Bitnami's MariaDB", 'mariadb', () => {
  const engine = DatabaseEngine.mariadb({ version: process.env.TEST_MARIADB === '10.11' ? '10.11.18' : '11.8.8' });
  let volume: ForeignVolume;

  const ask = async (sql: string): Promise<string> => {
    const script = 'mariadb --no-defaults -NBr -u root -D shop -e "$SQL"';
    const { status, stdout, stderr } = await volume.sh(script, { SQL: sql, MYSQL_PWD: 'of root' });
    return status === 0 ? stdout.trimEnd() : stderr;
  };
  const serve = async (env: { [name: string]: string } = {}) => {
    const running = volume.serve(['mariadbd', '--port=0', ...(engine.spec.args ?? [])], env);
    await until(async () => {
      if (running.child.exitCode !== null) throw new Error('it has ended');
      return (await ask('SELECT 1')) === '1';
    }, 'the server is ready');
  };
  const stop = () => volume.sh('mariadb-admin --no-defaults -u root shutdown', { MYSQL_PWD: 'of root' });

  beforeEach(async () => {
    volume = new ForeignVolume('mariadb', { '/run/mysqld': 'run', '/var/lib/mysql': 'volume/data' });
    await serve({ MARIADB_ROOT_PASSWORD: 'of root', MARIADB_DATABASE: 'shop' });
    for (const sql of [
      'CREATE TABLE orders AS SELECT 1 AS id',
      "DROP USER healthcheck@localhost, healthcheck@'127.0.0.1', healthcheck@'::1'",
      'DROP USER root@localhost',
    ]) {
      expect(await ask(sql)).toBe('');
    }
    await stop();
    rmSync(volume.path('volume/data/.my-healthcheck.cnf'));
    volume.write('volume/data/.user_scripts_initialized', '');
  });
  afterEach(() => volume.remove());

  test('is adopted by its folder, and no file of it is changed', async () => {
    const before = contents(volume.path('volume'));
    const props = { engine, storage: { size: Size.gibibytes(1), subPath: 'data' } };
    expect(await volume.initialize(props, {})).toEqual({
      status: 0,
      stdout: 'initialize: /var/lib/mysql holds a database; nothing to do\n',
      stderr: '',
    });
    expect(contents(volume.path('volume'))).toEqual(before);
    await serve();
    expect(await ask('SELECT count(*) FROM orders')).toBe('1');
  });

  test('is not seen without the folder: nothing is made beside it', async () => {
    const root = new ForeignVolume('mariadb', { '/run/mysqld': 'run', '/var/lib/mysql': 'volume' });
    try {
      root.write('volume/data/ibdata1', '');
      expect(await root.initialize({ engine }, {})).toMatchObject({
        status: 1,
        stderr:
          'initialize: /var/lib/mysql holds files but no database: part of one may be lost. Nothing was changed\n',
      });
    } finally {
      root.remove();
    }
  });
});
