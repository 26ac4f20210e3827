import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseEngine, InitScriptsRunAs } from '../../lib';
import type { StatefulDatabaseProps } from '../../lib';
import type { MadeEngine } from '../support/backup/made-database';
import { MadeDatabase } from '../support/backup/made-database';
import { until } from '../support/backup/processes';
import { describeWhole } from '../support/backup/programs';
import { DUMP_PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { filesIn } from '../support/scripts';

const PASSWORD = String.raw`a "secret' \n $(e)`;
const HOSTILE = String.raw`we"ird \ 'x`;
const LIB = readFileSync(join(__dirname, '../../lib/database/scripts/lib.sh'), 'utf8');

/** A database with a server on it, and the files of its backups beside initialize.sh. */
async function made(engine: MadeEngine, props: Partial<StatefulDatabaseProps>, passwords: { [name: string]: string }) {
  const database = new MadeDatabase(engine, props, passwords);
  try {
    const { status, stdout, stderr } = await database.make();
    if (status !== 0) throw new Error(stdout + stderr);
    expect(stdout + stderr).not.toContain('cannot be noted');
    database.serve();
    database.write('scripts', { ...filesIn(`database/${engine}/backup`), 'lib.sh': LIB });
    return database;
  } catch (error) {
    database.remove();
    throw error;
  }
}

describeWhole('init scripts of PostgreSQL', 'postgres', () => {
  const engine = DatabaseEngine.postgres({ version: '17.11' });
  const passwords = { POSTGRES_PASSWORD: 'of postgres', APPLICATION_PASSWORD: PASSWORD };
  const databases: MadeDatabase[] = [];

  const make = async (
    initScripts: { [name: string]: string },
    more: Partial<StatefulDatabaseProps> = {},
    name = 'shop',
  ) => {
    const applicationUser = { name, password: SHOP_PASSWORD, databaseName: 'orders' };
    const database = await made('postgres', { engine, applicationUser, initScripts, ...more }, passwords);
    databases.push(database);
    await until(async () => (await database.sh('pg_isready -q')).status === 0, 'the server is ready');
    return database;
  };
  const query = async (database: MadeDatabase, name: string, sql: string): Promise<string> => {
    const script = 'psql -XAtq -v ON_ERROR_STOP=1 -U postgres -c "$SQL" "$NAME"';
    const { status, stdout, stderr } = await database.sh(script, { NAME: name, SQL: sql });
    if (status !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  };
  const asMade = async (database: MadeDatabase, name: string): Promise<boolean> => {
    const script = '. "${0%/*}/lib.sh"; . "$here/client.sh"; . "$here/as-made.sh"; as_made "$NAME"';
    const { status, stderr } = await database.sh(script, { NAME: name, PGUSER: 'postgres' });
    expect(stderr).toBe('');
    return status === 0;
  };

  afterAll(() => databases.forEach((database) => database.remove()));

  const OWNERS = `SELECT string_agg(relname || ' of ' || pg_get_userbyid(relowner), ', ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`;
  const SCRIPTS = {
    '0-before.sql': 'CREATE TABLE before_it ()',
    '10-tables.sql': 'CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)',
    '20-more.sh':
      'psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -c "CREATE TABLE of_shell ()"',
    '30-extension.sql': 'SET ROLE NONE; CREATE EXTENSION file_fdw',
  };

  test("run in the application's database, and their objects are the application's", async () => {
    const database = await make(SCRIPTS);
    expect(await query(database, 'orders', OWNERS)).toBe('of_shell of shop, orders of shop');
    expect(await query(database, 'postgres', OWNERS)).toBe('before_it of postgres');
    expect(await query(database, 'orders', `SELECT count(*) FROM pg_extension WHERE extname = 'file_fdw'`)).toBe('1');
  });

  test('run as a user whose name holds whatever a name can hold', async () => {
    const database = await make({ '10-tables.sql': 'CREATE TABLE orders ()' }, {}, HOSTILE);
    expect(await query(database, 'orders', OWNERS)).toBe(`orders of ${HOSTILE}`);
  });

  test('run as the administrator where that was asked for', async () => {
    const database = await make(SCRIPTS, { initScriptsRunAs: InitScriptsRunAs.ADMINISTRATOR });
    expect(await query(database, 'orders', OWNERS)).toBe('');
    expect(await query(database, 'postgres', OWNERS)).toBe(
      'before_it of postgres, of_shell of postgres, orders of postgres',
    );
  });

  test('leave a database that says whether it is as it was made', async () => {
    const database = await make({ ...SCRIPTS, '40-other.sql': 'SET ROLE NONE; CREATE DATABASE "a \'b"' });
    for (const name of ['orders', 'postgres', "a 'b"]) expect(await asMade(database, name)).toBe(true);
    await query(database, 'orders', 'VACUUM (FULL, ANALYZE) orders');
    expect(await asMade(database, 'orders')).toBe(true);
    for (const [change, back] of [
      ['INSERT INTO orders VALUES (2)', 'DELETE FROM orders WHERE id = 2'],
      ['ALTER TABLE of_shell ADD a int', 'ALTER TABLE of_shell DROP a'],
      ['CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1', 'DROP FUNCTION f'],
    ]) {
      await query(database, 'orders', change!);
      expect([change, await asMade(database, 'orders')]).toEqual([change, false]);
      await query(database, 'orders', back!);
      expect([back, await asMade(database, 'orders')]).toEqual([back, true]);
    }
    expect(await asMade(database, 'postgres')).toBe(true);
    await query(database, 'postgres', 'CREATE DATABASE later');
    expect(await asMade(database, 'later')).toBe(false);
  });

  // A restore asks for it: it must not read a terabyte to be told no.
  test('read no large database to say so', async () => {
    const database = await make({ '10-tables.sql': 'CREATE TABLE t (a text)' });
    await query(database, 'orders', 'INSERT INTO t SELECT repeat(md5(i::text), 100) FROM generate_series(1, 10000) i');
    const script = '. "${0%/*}/lib.sh"; . "$here/client.sh"; . "$here/as-made.sh"; fingerprint orders';
    const { status, stdout } = await database.sh(script, { PGUSER: 'postgres' });
    expect({ status: status === 0, stdout }).toEqual({ status: false, stdout: '' });
  });
});

describeWhole('init scripts of MariaDB', 'mariadb', () => {
  const engine = DatabaseEngine.mariadb({ version: '11.8.8' });
  const passwords = { MARIADB_ROOT_PASSWORD: PASSWORD, MARIADB_PASSWORD: 'of the shop', BACKUP_PASSWORD: PASSWORD };
  let database: MadeDatabase;

  const query = async (sql: string, user = 'root', name = 'orders', password = PASSWORD): Promise<string> => {
    const script = 'mariadb --no-defaults -NBr -u "$NAME" -D "$DATABASE" -e "$SQL"';
    const env = { NAME: user, DATABASE: name, SQL: sql, MYSQL_PWD: password };
    const { status, stdout, stderr } = await database.sh(script, env);
    if (status !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  };
  const asMade = async (name: string, user = 'root'): Promise<boolean> => {
    const script = `. "\${0%/*}/lib.sh"; . "$here/client.sh"; . "$here/as-made.sh"
      printf '[client]\\nuser="%s"\\npassword="%s"\\n' "$NAME" "$(option "$MYSQL")" > "$login_file"; as_made "$DATABASE"`;
    const { status, stderr } = await database.sh(script, { DATABASE: name, NAME: user, MYSQL: PASSWORD });
    expect(stderr).toBe('');
    return status === 0;
  };

  beforeAll(async () => {
    const applicationUser = { name: 'shop', password: SHOP_PASSWORD, databaseName: 'orders' };
    const initScripts = {
      '10-tables.sql': 'CREATE TABLE orders (id INT); INSERT INTO orders VALUES (1); CREATE PROCEDURE p() SELECT 1;',
      '20-other.sql': "CREATE DATABASE `a 'b`;",
    };
    const props = {
      engine,
      applicationUser,
      initScripts,
      backupUser: { name: "the o'backup", password: DUMP_PASSWORD },
    };
    database = await made('mariadb', props, passwords);
    await until(
      async () => (await database.sh('mariadb-admin --no-defaults ping')).status === 0,
      'the server is ready',
    );
  });
  afterAll(() => (database as MadeDatabase | undefined)?.remove());

  test("fill the application's database", async () => {
    expect(await query('SELECT * FROM orders', 'shop', 'orders', 'of the shop')).toBe('1');
  });

  test('leave a database that says whether it is as it was made', async () => {
    for (const name of ['orders', "a 'b"]) expect(await asMade(name)).toBe(true);
    expect(await asMade('orders', "the o'backup")).toBe(true);
    for (const [change, back] of [
      ['INSERT INTO orders VALUES (2)', 'DELETE FROM orders WHERE id = 2'],
      ['CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.id = 3', 'DROP TRIGGER t'],
      ['CREATE FUNCTION f() RETURNS INT RETURN 1', 'DROP FUNCTION f'],
    ]) {
      await query(change!);
      expect([change, await asMade('orders')]).toEqual([change, false]);
      await query(back!);
      expect([back, await asMade('orders')]).toEqual([back, true]);
    }
    await query('CREATE DATABASE later');
    expect(await asMade('later')).toBe(false);
  });

  test('find a user of backups that may do all, from every pod', async () => {
    const user = "the o'backup";
    expect(await query('SELECT CURRENT_USER()', user)).toBe(`${user}@%`);
    expect(await query('SHOW GRANTS', user)).toMatch(/^GRANT ALL PRIVILEGES ON \*\.\* TO .* WITH GRANT OPTION$/m);
    await query(
      'CREATE DATABASE made_by_it; CREATE USER by_it; GRANT SELECT ON *.* TO by_it; DROP DATABASE made_by_it',
      user,
    );
  });
});
