import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseDashboard, DatabaseEngine } from '../../lib';
import type { StatefulDatabaseProps } from '../../lib';
import { renderDashboard } from '../../lib/database/metrics/dashboard-json';
import { PANELS } from '../../lib/database/metrics/panels';
import { findEngineImage } from '../support/backup/engine-image';
import { Exporter } from '../support/backup/exporter';
import type { ExporterContainer } from '../support/backup/exporter';
import { MadeDatabase } from '../support/backup/made-database';
import type { MadeEngine } from '../support/backup/made-database';
import { freePort, until } from '../support/backup/processes';
import { describeReal, program } from '../support/backup/programs';
import type { ProgramName } from '../support/backup/programs';
import { EXPORTER_PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { find, manifestsOf, named } from '../support/manifests';
import { newDatabase } from '../support/samples';
import type { Outcome } from '../support/shell';
import { ValkeyServer } from '../support/valkey-server';

/** What servers, shells and files of configuration read in another way, and the line feed of an editor. */
const PASSWORD = String.raw`a "secret' \n $(e) $HOME #%;`;
const WRITTEN = `${PASSWORD}\n`;

/** The containers of a database with metrics. */
function containersOf(props: Partial<StatefulDatabaseProps>): { metrics: ExporterContainer; user: ExporterContainer } {
  const { chart } = newDatabase({ ...props, metrics: { password: EXPORTER_PASSWORD } });
  const { containers } = find(manifestsOf(chart), 'StatefulSet', 'db').spec.template.spec;
  return { metrics: named(containers, 'metrics'), user: named(containers, 'metrics-user') };
}

/** The series that the row of an exporter in the dashboard asks for. */
function seriesOfDashboard(props: Partial<StatefulDatabaseProps>): string[] {
  const { chart, database } = newDatabase({ ...props, metrics: { password: EXPORTER_PASSWORD } });
  new DatabaseDashboard(chart, 'dashboard', { databases: [database] });
  const { panels } = JSON.parse(find(manifestsOf(chart), 'ConfigMap', 'dashboard').data['dashboard.json']!);
  const targets = (panels as { targets?: { expr: string }[] }[]).flatMap((panel) => panel.targets ?? []);
  const names = targets.flatMap(({ expr }) => expr.match(/\b[a-z][a-z0-9_]*(?=\{)/g) ?? []);
  return [...new Set<string>(names)].filter((name) => !name.startsWith('kubelet_')).sort();
}

/** A database that was made without metrics, on a server whose port is free here. */
class Watched {
  public port = 0;
  public database!: MadeDatabase;
  private readonly containers;

  public constructor(
    private readonly engine: MadeEngine,
    private readonly props: Partial<StatefulDatabaseProps>,
    private readonly passwords: { [name: string]: string },
    private readonly version: string,
  ) {
    this.containers = containersOf(props);
  }

  public async start(): Promise<void> {
    this.database = new MadeDatabase(this.engine, this.props, this.passwords, this.version);
    mkdirSync(this.database.path('metrics-password'));
    const { status, stdout, stderr } = await this.database.make();
    if (status !== 0) throw new Error(stdout + stderr);
    this.port = await freePort();
  }

  /** What the container of the user does once. */
  public async makeUser(password = WRITTEN, more: { [name: string]: string } = {}): Promise<Outcome> {
    writeFileSync(this.database.path('metrics-password/password'), password);
    const changes = ['metrics-password', 'passwords'].map(
      (name) => [`/${name}/`, `${this.database.path(name)}/`] as const,
    );
    const here = (text: string) => changes.find(([from]) => text.startsWith(from)) ?? ['', ''];
    const env = this.containers.user.env.map(({ name, value }) => [
      name,
      value.replace(here(value)[0], here(value)[1]),
    ]);
    return this.database.sh(this.props.engine!.spec.exporter!.userScript, { ...Object.fromEntries(env), ...more });
  }

  public exporter(name: ProgramName, path: string, port: string): Exporter {
    const exporter = new Exporter(this.containers.metrics, name, path, {
      [`127.0.0.1:${port}`]: `127.0.0.1:${this.port}`,
    });
    exporters.push(exporter);
    return exporter;
  }
}

/** Tests on a root file system with a release of an engine. */
function describeRelease(engine: MadeEngine, release: string, exporter: ProgramName, tests: () => void): void {
  if (findEngineImage(engine, release)?.isWhole) {
    describeReal('metrics', [engine, exporter, 'busybox'], tests);
  } else {
    process.stderr.write(
      `metrics: skipped, as there is no root file system of ${engine}-${release}. To get it: docs/testing.md\n`,
    );
    describe.skip('metrics', tests);
  }
}

const exporters: Exporter[] = [];
afterEach(() => exporters.splice(0).forEach((exporter) => exporter.stop()));

describe.each([
  ['17', '17.11'],
  ['15', '15.14'],
])('of PostgreSQL %s', (major, version) => {
  describeRelease('postgres', major, 'postgres_exporter', () => {
    const props = {
      engine: DatabaseEngine.postgres({ version }),
      applicationUser: { name: 'shop', password: SHOP_PASSWORD },
      initScripts: { '10-orders.sql': 'CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)' },
    };
    const passwords = { POSTGRES_PASSWORD: 'of postgres', APPLICATION_PASSWORD: 'of the shop' };
    const watched = new Watched('postgres', props, passwords, major);
    const exporter = () => watched.exporter('postgres_exporter', '/bin/postgres_exporter', '5432');
    const psql = (user: string, name: string, sql: string) =>
      watched.database.sh('exec psql -XAtqw -v ON_ERROR_STOP=1 -c "$SQL"', {
        SQL: sql.replace(/^WRITE /, ''),
        PGOPTIONS: sql.startsWith('WRITE ') ? '-c default_transaction_read_only=off' : '',
        PGUSER: user,
        PGDATABASE: name,
        PGHOST: '127.0.0.1',
        PGPORT: String(watched.port),
        PGPASSWORD: PASSWORD,
      });

    beforeAll(async () => {
      await watched.start();
      // The image trusts who comes from the pod itself; a server that asks shows more.
      const rules = join(watched.database.path('volume'), 'pgdata/pg_hba.conf');
      writeFileSync(
        rules,
        readFileSync(rules, 'utf8').replace(/^(host\s+all\s+all\s+127.0.0.1\/32\s+)trust/m, '$1scram-sha-256'),
      );
      // All but what its sessions keep to themselves.
      appendFileSync(join(watched.database.path('volume'), 'pgdata/postgresql.conf'), "log_statement = 'all'\n");
      watched.database.serve(watched.port);
      const ready = `pg_isready -q -p ${watched.port}`;
      await until(async () => (await watched.database.sh(ready)).status === 0, 'the server');
    });
    afterAll(() => watched.database.remove());

    const make = (password: string) => watched.makeUser(password, { PGPORT: String(watched.port) });

    test('the user is made on a database that exists, once, and its password stands in no log', async () => {
      expect(await make(WRITTEN)).toEqual({ status: 0, stdout: 'metrics-user: made the user exporter\n', stderr: '' });
      expect(await make('another')).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(await psql('exporter', 'postgres', 'SELECT 1')).toMatchObject({ status: 0, stdout: '1\n' });
    });

    test('the user can read no table of an application and write nothing', async () => {
      for (const [name, sql, why] of [
        ['shop', 'SELECT * FROM orders', 'permission denied for table orders'],
        ['shop', 'INSERT INTO orders VALUES (2)', 'cannot execute INSERT in a read-only transaction'],
        ['shop', 'WRITE INSERT INTO orders VALUES (2)', 'permission denied for table orders'],
        ['shop', 'WRITE CREATE TABLE t ()', 'permission denied for schema public'],
        ['postgres', 'CREATE ROLE other', 'cannot execute CREATE ROLE in a read-only transaction'],
        ['postgres', 'WRITE CREATE DATABASE other', 'permission denied to create database'],
        ['postgres', "SELECT pg_read_file('/etc/passwd')", 'permission denied for function pg_read_file'],
        ['postgres', 'SELECT rolpassword FROM pg_authid', 'permission denied for table pg_authid'],
        ['postgres', 'SELECT pg_terminate_backend(pg_backend_pid() + 1)', ''],
      ] as const) {
        const { status, stderr } = await psql('exporter', name, sql);
        expect({ sql, status, stderr }).toEqual({
          sql,
          status: why ? 1 : 0,
          stderr: expect.stringContaining(why) as string,
        });
      }
    });

    test('the exporter serves all that the dashboard shows, also of a database that it does not log in to', async () => {
      const one = exporter();
      await one.start(WRITTEN);
      expect(await one.value('pg_up')).toBe('1');
      const names = await one.names();
      expect(seriesOfDashboard(props).filter((name) => !names.has(name))).toEqual([]);
      expect(await one.series()).toMatch(/^pg_database_size_bytes\{datname="shop"\} \d/m);
      // Collectors that failed.
      expect((await one.series()).match(/^pg_scrape_collector_success\{.*\} 0$/gm)).toBeNull();
    });

    test('a wrong password and a server that is down are pg_up 0, and nothing ends', async () => {
      const one = exporter();
      await one.start('wrong');
      expect(await one.value('pg_up')).toBe('0');
      expect((await psql('exporter', 'postgres', 'SELECT 1')).status).toBe(0);
      const other = exporter();
      await other.start(WRITTEN);
      const log = await watched.database.kill();
      expect(log).toContain('statement: SELECT 1');
      expect(log).not.toContain('secret');
      expect(await other.value('pg_up')).toBe('0');
      watched.database.serve(watched.port);
      await until(async () => (await other.value('pg_up')) === '1', 'the server again', 30);
    });

    test('an exporter that dies begins anew, and its container ends at once with its pod', async () => {
      const one = exporter();
      await one.start(WRITTEN);
      const pid = one.pid();
      process.kill(pid, 'SIGKILL');
      await until(async () => (await one.value('pg_up').catch(() => '')) === '1', 'an exporter', 30);
      expect(one.pid()).not.toBe(pid);
      const begun = Date.now();
      const { status, stderr } = await one.terminate();
      expect(Date.now() - begun).toBeLessThan(2000);
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: expect.stringContaining('metrics: ended with status 137, and begins anew in 10 s\n') as string,
      });
      expect(stderr).not.toContain('secret');
    });

    test('a user of this name that exists keeps its password, and may read statistics from then on', async () => {
      await psql('postgres', 'postgres', 'SELECT 1');
      const sql = "ALTER ROLE exporter PASSWORD 'of its own'; REVOKE pg_monitor FROM exporter";
      const { status } = await watched.database.sh('exec psql -XAtqw -c "$SQL"', {
        SQL: sql,
        PGUSER: 'postgres',
        PGPORT: String(watched.port),
      });
      expect(status).toBe(0);
      expect(await make(WRITTEN)).toEqual({
        status: 0,
        stdout: 'metrics-user: the user exporter is there with a password of its own, and may now read statistics\n',
        stderr: '',
      });
      expect((await psql('exporter', 'postgres', 'SELECT 1')).status).toBe(2);
    });

    test('an empty password is refused, and says so', async () => {
      expect(await make('\n')).toEqual({
        status: 1,
        stdout: '',
        stderr: "metrics-user: the Secret holds an empty password for 'exporter': write one into it\n",
      });
    });
  });
});

describe.each([
  ['11.8.8', '11.8'],
  ['10.11.14', '10.11'],
])('of MariaDB %s', (version, release) => {
  describeRelease('mariadb', release, 'mysqld_exporter', () => {
    const props = {
      engine: DatabaseEngine.mariadb({ version }),
      applicationUser: { name: 'shop', password: SHOP_PASSWORD },
      initScripts: { '10-orders.sql': 'CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)' },
    };
    const passwords = { MARIADB_ROOT_PASSWORD: PASSWORD, MARIADB_PASSWORD: 'of the shop' };
    const watched = new Watched('mariadb', props, passwords, release);
    const exporter = () => watched.exporter('mysqld_exporter', '/bin/mysqld_exporter', '3306');
    const client = (user: string, sql: string) =>
      watched.database.sh('exec mariadb --no-defaults -NBr -h 127.0.0.1 -P "$PORT" -u "$NAME" -e "$SQL"', {
        SQL: sql,
        NAME: user,
        PORT: String(watched.port),
        MYSQL_PWD: PASSWORD,
      });

    beforeAll(async () => {
      await watched.start();
      watched.database.serve(watched.port);
      const ready = 'mariadb-admin --no-defaults --socket=/run/mysqld/mysqld.sock ping';
      await until(async () => (await watched.database.sh(ready)).status === 0, 'the server');
    });
    afterAll(() => watched.database.remove());

    test('the user is made on a database that exists, once', async () => {
      expect(await watched.makeUser()).toEqual({
        status: 0,
        stdout: "metrics-user: the user 'exporter'@'127.0.0.1' may read statistics\n",
        stderr: '',
      });
      expect(await watched.makeUser('another')).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(await client('exporter', 'SHOW GRANTS')).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(
          /^GRANT PROCESS, SLAVE MONITOR ON \*\.\* TO `exporter`@`127\.0\.0\.1` IDENTIFIED BY PASSWORD '\*[0-9A-F]{40}' WITH MAX_USER_CONNECTIONS 5\n$/,
        ) as string,
      });
    });

    test('the user can read no table of an application and write nothing', async () => {
      for (const [sql, why] of [
        ['SELECT * FROM shop.orders', "SELECT command denied to user 'exporter'@"],
        ['INSERT INTO shop.orders VALUES (2)', "INSERT command denied to user 'exporter'@"],
        ['CREATE DATABASE other', "Access denied for user 'exporter'@'127.0.0.1' to database 'other'"],
        ['SELECT * FROM mysql.global_priv', "SELECT command denied to user 'exporter'@"],
        ["CREATE USER other IDENTIFIED BY 'x'", 'you need (at least one of) the CREATE USER privilege'],
      ] as const) {
        const { status, stderr } = await client('exporter', sql);
        expect({ sql, status, stderr }).toEqual({ sql, status: 1, stderr: expect.stringContaining(why) as string });
      }
    });

    test('the exporter serves all that the dashboard shows', async () => {
      const one = exporter();
      await one.start(WRITTEN);
      expect(await one.value('mysql_up')).toBe('1');
      const names = await one.names();
      expect(seriesOfDashboard(props).filter((name) => !names.has(name))).toEqual([]);
      expect((await one.series()).match(/^mysql_exporter_collector_success\{.*\} 0$/gm)).toBeNull();
    });

    test('a wrong password and a server that is down are mysql_up 0, and nothing ends', async () => {
      const one = exporter();
      await one.start('wrong');
      expect(await one.value('mysql_up')).toBe('0');
      const other = exporter();
      await other.start(WRITTEN);
      await watched.database.kill();
      expect(await other.value('mysql_up')).toBe('0');
      watched.database.serve(watched.port);
      await until(async () => (await other.value('mysql_up')) === '1', 'the server again', 30);
    });

    test('a user that was made in part gets its rights, and an empty password is refused', async () => {
      const script = 'exec mariadb --no-defaults --socket=/run/mysqld/mysqld.sock -u root -e "$SQL"';
      const sql = "REVOKE PROCESS ON *.* FROM exporter@'127.0.0.1'";
      expect(await watched.database.sh(script, { SQL: sql, MYSQL_PWD: PASSWORD })).toMatchObject({ status: 0 });
      expect(await watched.makeUser('another')).toMatchObject({ status: 0, stderr: '' });
      expect(await client('exporter', 'SHOW PROCESSLIST')).toMatchObject({ status: 0 });
      expect(await watched.makeUser('')).toEqual({
        status: 1,
        stdout: '',
        stderr: "metrics-user: the Secret holds an empty password for 'exporter': write one into it\n",
      });
    });
  });
});

describeReal('metrics of Valkey', ['valkey', 'redis_exporter', 'busybox'], () => {
  const props = { engine: DatabaseEngine.valkey({ version: '8.1.8' }) };
  const containers = containersOf(props);
  const server = new ValkeyServer('of the administrator');
  const ofUser = (...args: string[]): string => {
    const { stdout, stderr } = server.cli(args, '', 'exporter', PASSWORD);
    return (stdout + stderr).trim();
  };
  const make = (password: string) => {
    writeFileSync(join(server.path('scripts'), 'password'), password);
    const script = props.engine.spec.exporter!.userScript.replaceAll('valkey-cli', `valkey-cli -p ${server.port}`);
    writeFileSync(join(server.path('scripts'), 'metrics-user.sh'), script);
    const { status, stdout, stderr } = server.run(['sh', join(server.path('scripts'), 'metrics-user.sh')], {
      METRICS_USER: 'exporter',
      METRICS_PASSWORD_FILE: join(server.path('scripts'), 'password'),
      VALKEY_PASSWORD_FILE: join(server.path('passwords'), 'VALKEY_PASSWORD'),
    });
    return { status, stdout, stderr };
  };
  const exporter = () => {
    const address = { '127.0.0.1:6379': `127.0.0.1:${server.port}` };
    const one = new Exporter(containers.metrics, 'redis_exporter', '/redis_exporter', address);
    exporters.push(one);
    return one;
  };

  beforeAll(() => server.make());
  afterAll(() => server.remove());

  test('the container that makes the user has what the script reads', () => {
    expect(containers.user.env.map(({ name }) => name)).toEqual([
      'VALKEY_PASSWORD_FILE',
      'METRICS_USER',
      'METRICS_PASSWORD_FILE',
    ]);
  });

  test('the user is made on a database that exists, once, and is there after a restart', async () => {
    expect(make(WRITTEN)).toEqual({ status: 0, stdout: "metrics-user: made the user 'exporter'\n", stderr: '' });
    expect(make('another')).toEqual({ status: 0, stdout: '', stderr: '' });
    await server.kill();
    await server.start();
    expect(ofUser('PING')).toBe('PONG');
    expect(readFileSync(join(server.path('data'), 'users.acl'), 'utf8')).not.toContain(PASSWORD);
  });

  test('the user can read no key, no setting and no command of others, and write nothing', () => {
    server.ask('SET', 'order', '1');
    for (const command of [
      ['GET', 'order'],
      ['SET', 'order', '2'],
      ['KEYS', '*'],
      ['SCAN', '0'],
      ['CONFIG', 'GET', '*'],
      ['SLOWLOG', 'GET'],
      ['ACL', 'LIST'],
      ['CLIENT', 'LIST'],
      ['SUBSCRIBE', 'all'],
      ['SHUTDOWN'],
    ]) {
      expect([command, ofUser(...command)]).toEqual([command, expect.stringMatching(/^NOPERM/)]);
    }
  });

  test('the exporter serves all that the dashboard shows', async () => {
    const one = exporter();
    await one.start(WRITTEN);
    expect(await one.value('redis_up')).toBe('1');
    const names = await one.names();
    expect(seriesOfDashboard(props).filter((name) => !names.has(name))).toEqual([]);
    expect(await one.series()).toMatch(/^redis_db_keys\{db="db0"\} 1$/m);
  });

  test('a wrong password and a server that is down are redis_up 0, and nothing ends', async () => {
    const one = exporter();
    await one.start('wrong');
    expect(await one.value('redis_up')).toBe('0');
    const other = exporter();
    await other.start(WRITTEN);
    await server.kill();
    expect(await other.value('redis_up')).toBe('0');
    await server.start();
    await until(async () => (await other.value('redis_up')) === '1', 'the server again', 30);
  });

  test('an empty password is refused, and says so', () => {
    expect(make('')).toEqual({
      status: 1,
      stdout: '',
      stderr: "metrics-user: the Secret holds an empty password for 'exporter': write one into it\n",
    });
  });
});

// Of CloudNativePG too, whose series are known from its documents alone.
describeReal('each question of the dashboard', ['promtool'], () => {
  test.each(Object.keys(PANELS))('of %s is one that Prometheus reads', (exporter) => {
    const { panels } = renderDashboard('d', 'd', [exporter]) as { panels: { targets?: { expr: string }[] }[] };
    const rules = panels
      .flatMap((panel) => panel.targets ?? [])
      .map(({ expr }, index) => ({ record: `question:${index}`, expr: expr.replaceAll('$__rate_interval', '5m') }));
    expect(rules.length).toBeGreaterThan(5);
    const input = JSON.stringify({ groups: [{ name: 'dashboard', rules }] });
    const { status, stderr } = spawnSync(program('promtool'), ['check', 'rules'], { input, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
