import { DatabaseEngine } from '../../../lib';
import { describeShell, Sandbox } from '../../support/shell';

const SCRIPT = DatabaseEngine.postgres({ version: '17.11' }).spec.applicationUserScript!;

const ENV = {
  POSTGRES_USER: 'postgres',
  POSTGRES_DB: 'main',
  APPLICATION_USER: 'shop',
  APPLICATION_PASSWORD: 'geheim',
  APPLICATION_DATABASE: 'orders',
};

describeShell('application-user.sh of PostgreSQL', () => {
  const box = new Sandbox();

  // As psql: it runs what stands in backticks by the shell, in its own environment.
  const PSQL = `
echo "$@" > "$SANDBOX/args"
cat > "$SANDBOX/sql"
rm -f "$SANDBOX/variables"
grep '^.set ' "$SANDBOX/sql" | while read -r _ name command; do
  echo "$name=$(sh -c "$(printf %s "$command" | tr -d '\`')")" >> "$SANDBOX/variables"
done
exit "\${STATUS:-0}"`;

  beforeAll(() => box.program('psql', PSQL));
  afterAll(() => box.remove());

  test('logs in as the administrator, and stops at the first error', () => {
    expect(box.run(['sh', '-c', SCRIPT], ENV)).toEqual({ status: 0, stdout: '', stderr: '' });
    const args = box.read('args');
    expect(args).toContain('--username postgres --dbname main');
    // Without it a failed statement is a warning, and the database would come up without its user.
    expect(args).toContain('-v ON_ERROR_STOP=1');
  });

  // Whoever may look at processes or logs must not see it.
  test('writes the password neither on a command line nor into the log', () => {
    box.run(['sh', '-c', SCRIPT], ENV);
    expect(box.read('args') + box.read('sql')).not.toContain('geheim');
    const sql = box.read('sql');
    expect(sql.indexOf("SET log_statement = 'none'")).toBeGreaterThan(-1);
    expect(sql.indexOf("SET log_statement = 'none'")).toBeLessThan(sql.indexOf('CREATE ROLE'));
    expect(sql.indexOf("SET log_min_error_statement = 'panic'")).toBeLessThan(sql.indexOf('CREATE ROLE'));
  });

  // :"…" and :'…' are quoted by psql, so that a name with a quote is a name and no statement.
  test('makes a user without the rights of an administrator, and the database that it owns', () => {
    box.run(['sh', '-c', SCRIPT], ENV);
    const sql = box.read('sql');
    expect(sql).toContain(`CREATE ROLE :"user" LOGIN PASSWORD :'password';`);
    expect(sql).toContain(`ALTER DATABASE :"database" OWNER TO :"user";`);
    expect(sql).not.toMatch(/SUPERUSER/i);
    expect(box.read('variables')).toBe('user=shop\npassword=geheim\ndatabase=orders\n');
  });

  test('takes the password from a file too', () => {
    box.write('password', 'in a file');
    const { APPLICATION_PASSWORD: _, ...others } = ENV;
    box.run(['sh', '-c', SCRIPT], { ...others, APPLICATION_PASSWORD_FILE: box.path('password') });
    expect(box.read('variables')).toBe('user=shop\npassword=in a file\ndatabase=orders\n');
  });

  describe('sourced by the entrypoint', () => {
    const after = (more: { [name: string]: string } = {}) => {
      box.write('00-application-user.sh', SCRIPT);
      const script = `set -eu; . "$SANDBOX/00-application-user.sh"; sh -c 'printf "%s|" "$POSTGRES_USER" "$POSTGRES_DB" "\${PGOPTIONS-}"'`;
      return box.run(['sh', '-c', script], { ...ENV, ...more });
    };

    test("has the scripts after it run in the application's database, as its user", () => {
      expect(after()).toEqual({ status: 0, stdout: 'postgres|orders| -c role=shop|', stderr: '' });
      expect(after({ PGOPTIONS: '-c x=y' }).stdout).toBe('postgres|orders|-c x=y -c role=shop|');
    });

    // libpq splits PGOPTIONS at spaces.
    test('keeps a name with spaces and backslashes whole', () => {
      expect(after({ APPLICATION_USER: String.raw`a b\c` }).stdout).toBe(String.raw`postgres|orders| -c role=a\ b\\c|`);
    });

    test('has them run as before where that was asked for', () => {
      expect(after({ INIT_SCRIPTS_RUN_AS: 'administrator' }).stdout).toBe('postgres|main||');
    });
  });

  test('fails as psql does, so that the entrypoint makes no database', () => {
    expect(box.run(['sh', '-c', SCRIPT], { ...ENV, STATUS: '3' }).status).toBe(3);
  });
});
