import { DatabaseEngine } from '../../../lib';
import { describeShell, Sandbox } from '../../support/shell';

const SCRIPT = DatabaseEngine.mariadb({ version: '11.8.8' }).spec.backupUserScript!;

describeShell('backup-user.sh of MariaDB', () => {
  const box = new Sandbox();

  beforeAll(() =>
    box.program('mariadb', 'echo "$MYSQL_PWD|$*" > "$SANDBOX/args"; cat > "$SANDBOX/sql"; exit "${STATUS:-0}"'),
  );
  afterAll(() => box.remove());

  function make(user: string, password: string, more: { [name: string]: string } = {}) {
    box.write('password', password);
    const env = { MARIADB_ROOT_PASSWORD: 'of root', BACKUP_USER: user, BACKUP_PASSWORD_FILE: box.path('password') };
    // As the entrypoint, which sources it.
    box.write('00-backup-user.sh', SCRIPT);
    return box.run(['sh', '-c', 'set -eu; . "$SANDBOX/00-backup-user.sh"; echo "${password-gone}"'], {
      ...env,
      ...more,
    });
  }

  test('makes a user that may do all and grant it', () => {
    expect(make('backup', 'geheim')).toEqual({ status: 0, stdout: 'gone\n', stderr: '' });
    expect(box.read('sql')).toContain("CREATE USER 'backup'@'%' IDENTIFIED BY 'geheim';\n");
    expect(box.read('sql')).toContain("GRANT ALL PRIVILEGES ON *.* TO 'backup'@'%' WITH GRANT OPTION;\n");
    expect(box.read('args')).not.toContain('geheim');
    expect(box.read('args')).toMatch(/^of root\|/);
  });

  test('keeps statements with a password out of the logs of the server', () => {
    make('backup', 'geheim');
    const [settings] = box.read('sql').split('\n');
    expect(settings).toMatch(/^SET SESSION sql_log_bin = 0, sql_log_off = 1, long_query_time = 31536000,/);
  });

  test('takes quotes and backslashes as they are', () => {
    make("o'brien", String.raw`a'b\c"d$(e)`);
    expect(box.read('sql')).toContain("sql_mode = 'NO_BACKSLASH_ESCAPES'");
    expect(box.read('sql')).toContain(String.raw`CREATE USER 'o''brien'@'%' IDENTIFIED BY 'a''b\c"d$(e)';`);
  });

  // The jobs read it so.
  test('does not count the end of the line that an editor has left', () => {
    make('backup', 'geheim\r\n');
    expect(box.read('sql')).toContain("IDENTIFIED BY 'geheim';");
  });

  test('fails as the client does, so that the entrypoint makes no database', () => {
    expect(make('backup', 'geheim', { STATUS: '3' }).status).toBe(3);
  });
});
