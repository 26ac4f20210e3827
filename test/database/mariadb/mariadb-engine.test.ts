import { DatabaseEngine, InitScriptsRunAs, StatefulDatabase } from '../../../lib';
import type { DatabaseBackupUser, DatabaseEngineSpec, MariadbOptions, StatefulDatabaseProps } from '../../../lib';
import { DUMP_PASSWORD, SHOP_PASSWORD } from '../../support/elsewhere';
import { find, manifestsOf, named, newChart } from '../../support/manifests';
import { podSecurityErrors } from '../../support/pod-security';
import { expectRefused } from '../../support/refused';
import { DATABASE, newDatabase } from '../../support/samples';
import { schemaErrors } from '../../support/strict-schema';

function spec(options: Partial<MariadbOptions> = {}): DatabaseEngineSpec {
  return DatabaseEngine.mariadb({ version: '11.8.8', ...options }).spec;
}

const engine = DatabaseEngine.mariadb({ version: '11.8.8' });
const applicationUser = { name: 'blog', password: SHOP_PASSWORD, databaseName: 'wordpress' };

describe('the engine MariaDB', () => {
  test('runs the image as the user that owns the data', () => {
    expect(spec()).toMatchObject({ image: 'mariadb:11.8.8', runAsUser: 999, runAsGroup: 999, port: 3306 });
  });

  test("mounts the claim at the image's VOLUME, beside which the data would be lost", () => {
    expect(spec().mountPath).toBe('/var/lib/mysql');
  });

  test('keeps the administrator inside of the pod, against the default of the image', () => {
    expect(spec().env).toMatchObject({ MARIADB_ROOT_HOST: 'localhost' });
    expect(spec().administratorIsLocal).toBe(true);
  });

  test('brings system tables up to date, unless told otherwise', () => {
    const required: Required<MariadbOptions> = { version: '11.8.8', autoUpgrade: false };
    expect(spec().env).toMatchObject({ MARIADB_AUTO_UPGRADE: '1' });
    expect(spec(required).env).not.toHaveProperty('MARIADB_AUTO_UPGRADE');
  });

  // The check's own user is made with the database; on data of an older image any other check fails for ever.
  test('asks only whether the server answers', () => {
    for (const probe of [spec().startupProbe, spec().livenessProbe, spec().readinessProbe]) {
      expect(probe?.exec?.command).toEqual(['healthcheck.sh', '--connect']);
    }
  });

  // The server does not listen before InnoDB has recovered: a restart would begin the recovery anew.
  test('gives a recovery a day', () => {
    const { periodSeconds = 0, failureThreshold = 0 } = spec().startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(24 * 60 * 60);
  });

  test('renders a whole database, with the ordinary user in the variables of the image', () => {
    const { chart, database } = newDatabase({ engine, applicationUser, parameters: { 'max-connections': '50' } });
    const manifests = manifestsOf(chart);
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
    const pod = find(manifests, 'StatefulSet', 'db').spec.template.spec;
    const server = named(pod.containers, 'mariadb');
    expect(server.args).toEqual(['--ignore-db-dirs=lost+found', '--ignore-db-dirs=.velero', '--max-connections=50']);
    expect(named(server.env, 'MARIADB_USER').value).toBe('blog');
    expect(named(server.env, 'MARIADB_DATABASE').value).toBe('wordpress');
    const { env } = named(pod.initContainers, 'initialize');
    expect(named(env, 'MARIADB_PASSWORD_FILE').value).toBe('/passwords/MARIADB_PASSWORD');
    expect([...server.env, ...env].map(({ name }) => name)).not.toContain('MARIADB_PASSWORD');
    expect(named(pod.volumes, 'passwords')).toEqual({
      name: 'passwords',
      projected: {
        defaultMode: 0o440,
        sources: [
          { secret: { name: 'dbpass', items: [{ key: 'dbpassword', path: 'MARIADB_ROOT_PASSWORD' }] } },
          { secret: { name: 'shop', items: [{ key: 'pw', path: 'MARIADB_PASSWORD' }] } },
        ],
      },
    });
    expect(named(pod.initContainers, 'initialize').args).toEqual(server.args);
    expect(database.connectionEnv()).toEqual([
      { name: 'DB_HOST', value: 'db' },
      { name: 'DB_PORT', value: '3306' },
      { name: 'DB_NAME', value: 'wordpress' },
      { name: 'DB_USER', value: 'blog' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'shop', key: 'pw' } } },
    ]);
  });

  describe('with a user for backups', () => {
    const refused = (props: Partial<StatefulDatabaseProps>, ...problems: string[]) => {
      const chart = newChart();
      const make = () => new StatefulDatabase(chart, 'db', { ...DATABASE, engine, ...props });
      expectRefused(chart, make, "StatefulDatabase 'test/db'", ...problems);
    };

    test('has it made by an init script, which reads the password in a file', () => {
      const { chart, database } = newDatabase({ engine, backupUser: { password: DUMP_PASSWORD } });
      const manifests = manifestsOf(chart);
      expect(manifests.flatMap(schemaErrors)).toEqual([]);
      expect(find(manifests, 'ConfigMap', 'db-init').data).toEqual({ '00-backup-user.sh': spec().backupUserScript });
      const pod = find(manifests, 'StatefulSet', 'db').spec.template.spec;
      const { env } = named(pod.initContainers, 'initialize');
      expect(named(env, 'BACKUP_USER').value).toBe('backup');
      expect(named(env, 'BACKUP_PASSWORD_FILE').value).toBe('/passwords/BACKUP_PASSWORD');
      expect(named(pod.volumes, 'passwords').projected.sources).toContainEqual({
        secret: { name: 'backupcredentials', items: [{ key: 'dump-password', path: 'BACKUP_PASSWORD' }] },
      });
      expect(named(pod.containers, 'mariadb').env.map(({ name }) => name)).not.toContain('BACKUP_USER');
      expect(database.backupUser).toEqual({ name: 'backup', password: DUMP_PASSWORD });
    });

    test('has it under a chosen name', () => {
      const backupUser: Required<DatabaseBackupUser> = { name: 'saver', password: DUMP_PASSWORD };
      expect(newDatabase({ engine, backupUser }).database.backupUser).toEqual(backupUser);
    });

    test.each(['root', 'mariadb.sys', 'healthcheck', 'blog'])('is refused where it is called %s', (name) => {
      refused(
        { applicationUser, backupUser: { name, password: DUMP_PASSWORD } },
        "'backupUser.name' must be another than the administrator, the application user and the image's own users, got " +
          `"${name}": choose another name, e.g. 'backup'`,
      );
    });

    test('is refused without a name, with a key that is none, and with a script in its place', () => {
      const password = { ...DUMP_PASSWORD, key: 'a b' };
      refused(
        { backupUser: { name: '', password }, initScripts: { '00-backup-user.sh': '' } },
        "'backupUser.name' must not be empty, got \"\": leave it out for 'backup'",
        '\'backupUser.password.key\' must be the name of a key in the Secret, got "3 characters that are none": use A-Z, a-z, ' +
          "0-9, '-', '_' and '.'; the secret itself is never written here",
        '\'initScripts\' must leave this name to backupUser, got "00-backup-user.sh": choose another name',
      );
    });

    test('is refused by engines whose administrator logs in over the network', () => {
      refused(
        { engine: DATABASE.engine, backupUser: { password: DUMP_PASSWORD } },
        '\'backupUser\' must be left out with the engine postgresql, got "backup": jobs log in as the administrator; give a job ' +
          '`user` and `password` for another',
      );
    });
  });

  // Its image runs them in the application's database as root.
  test('does not choose who runs init scripts', () => {
    const chart = newChart();
    const props = { ...DATABASE, engine, applicationUser, initScripts: { 'a.sql': '' } };
    expectRefused(
      chart,
      () => new StatefulDatabase(chart, 'db', { ...props, initScriptsRunAs: InitScriptsRunAs.ADMINISTRATOR }),
      "StatefulDatabase 'test/db'",
      '\'initScriptsRunAs\' must be left out with the engine mariadb, got "administrator": its image decides who runs them',
    );
  });

  test.each([
    ['11.8', "must be 'major.minor.patch'", "a shorter tag moves under the data; write '11.8.8'"],
    [
      '9.1.0',
      'must be of a known major, 10, 11, 12',
      'another major may keep its data elsewhere, where no volume is mounted; use one of these, or DatabaseEngine.of',
    ],
  ])('is refused with the version %s', (version, rule, wayOut) => {
    expect(() => spec({ version })).toThrow(
      new Error(`DatabaseEngine.mariadb:\n- 'version' ${rule}, got "${version}": ${wayOut}`),
    );
  });

  test.each(['bind-address', 'bind_address', 'datadir', 'port', 'socket'])('keeps %s to itself', (name) => {
    expect(() => newDatabase({ engine, parameters: { [name]: 'x' } })).toThrow(
      `'parameters' must leave this one alone, got "${name}": it belongs to `,
    );
  });
});
