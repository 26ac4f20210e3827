import { createHash } from 'node:crypto';
import { DatabaseEngine } from '../../../lib';
import { describeShell, Sandbox } from '../../support/shell';
import type { Outcome } from '../../support/shell';

const { initializeScript = '', initializeFiles = {} } = DatabaseEngine.mariadb({ version: '11.8.8' }).spec;

/*
 * As the image's entrypoint: it makes the database, runs init scripts against a temporary server (another process, which writes
 * the same pid file), and then becomes the server.
 */
const ENTRYPOINT = `
echo "$@" > "$SANDBOX/entrypoint.args"
pid_file=$(echo "$@" | sed 's/.*--pid-file=//')
[ -e "$SANDBOX/volume/.initializing" ] || touch "$SANDBOX/no.marker"
mkdir -p "$SANDBOX/volume/mysql"
[ -z "$FAIL" ] || exit "$FAIL"
echo 1 > "$pid_file"
sleep 0.3
touch "$SANDBOX/scripts.done"
trap 'touch "$SANDBOX/server.stopped"; exit 0' TERM
echo $$ > "$pid_file"
while :; do sleep 0.05; done`;

/** As the clients: the server has two databases, and one of them may not be dumped. */
const MARIADB = `
[ -e "$SANDBOX/scripts.done" ] || touch "$SANDBOX/asked.too.early"
case "$*" in
  *SELECT*) printf '%s\\n' shop 'a b' ;;
  *) echo "$MYSQL_PWD|$*" >> "$SANDBOX/notes" ;;
esac`;
const MARIADB_DUMP = `
for database in "$@"; do :; done
[ "$database" != "$BROKEN" ] || { echo "mariadb-dump: no" >&2; exit 1; }
echo "CREATE TABLE of $database"`;

describeShell('initialize.sh of MariaDB', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    box.program('docker-entrypoint.sh', ENTRYPOINT);
    box.program('mariadb-admin', 'exit 0');
    box.program('mariadb', MARIADB);
    box.program('mariadb-dump', MARIADB_DUMP);
    box.program('mariadbd', 'echo "mariadbd  Ver 11.8.8-MariaDB for Linux"');
    box.program('sync', ':');
    box.write('volume/lost+found/.keep', '');
    box.write('run/.keep', '');
  });

  afterEach(() => {
    box.remove();
  });

  function initialize(env: { [key: string]: string } = {}): Outcome {
    // The folder of sockets is the image's; a test may not write there.
    box.write('scripts/initialize.sh', initializeScript.replaceAll('/run/mysqld', box.path('run')));
    for (const [name, text] of Object.entries(initializeFiles)) box.write(`scripts/${name}`, text);
    const layout = { DATA_VOLUME: box.path('volume') };
    return box.run(['sh', box.path('scripts/initialize.sh'), '--max-connections=50'], { ...layout, ...env });
  }

  const touched = () => box.has('entrypoint.args');

  test('makes a database, and takes the marker away when it is whole and its server has stopped', () => {
    const { status, stdout, stderr } = initialize();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`initialize: made ${box.path('volume')}\n`);
    expect(box.has('volume/mysql')).toBe(true);
    expect(box.has('no.marker')).toBe(false);
    expect(box.has('volume/.initializing')).toBe(false);
    expect(box.has('scripts.done')).toBe(true);
    expect(box.has('server.stopped')).toBe(true);
    expect(box.read('entrypoint.args')).toMatch(/^mariadbd --max-connections=50 --skip-networking --pid-file=/);
  });

  test('notes on the server that is up what each database holds', () => {
    const sum = (name: string) => createHash('sha256').update(`CREATE TABLE of ${name}\n`).digest('hex');
    expect(initialize({ MARIADB_ROOT_PASSWORD: 'of root' }).status).toBe(0);
    const notes = ['shop', 'a b'].map((name) => {
      const how = `--no-defaults --socket=${box.path('run')}/mysqld.sock --user=root --default-character-set=utf8mb4 --max-allowed-packet=1G`;
      const comment = `ALTER DATABASE COMMENT 'As made: sha256 ${sum(name)}'`;
      return `of root|${how} --batch --skip-column-names --raw --database=${name} -e ${comment}\n`;
    });
    expect(box.read('notes')).toBe(notes.join(''));
    expect(box.has('asked.too.early')).toBe(false);
  });

  test('makes the database all the same where that cannot be noted', () => {
    const { status, stderr } = initialize({ BROKEN: 'a b' });
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'mariadb-dump: no\nit cannot be noted that database a b is as it was made\n',
    });
    expect(box.read('notes')).not.toContain('a b');
    expect(box.has('volume/.initializing')).toBe(false);
  });

  test('leaves the marker where the init scripts fail', () => {
    const { status, stderr } = initialize({ FAIL: '3' });
    expect(status).toBe(3);
    expect(stderr).toBe('initialize: failed with status 3; the next attempt begins anew\n');
    expect(box.has('volume/.initializing')).toBe(true);
  });

  test('begins anew behind a marker, as no server ran on what is there', () => {
    box.write('volume/.initializing', '');
    box.write('volume/mysql/half', '');
    box.write('volume/ibdata1', '');
    const { status } = initialize();
    expect(status).toBe(0);
    expect(box.has('volume/mysql/half')).toBe(false);
    expect(box.has('volume/ibdata1')).toBe(false);
    expect(box.has('volume/lost+found/.keep')).toBe(true);
  });

  test.each(['', '10.11.18-MariaDB', '11.8.2-MariaDB'])('leaves a database alone that was made by %j', (made) => {
    box.write('volume/mysql/user.frm', '');
    if (made) box.write('volume/mariadb_upgrade_info', made);
    const { status, stdout } = initialize();
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `initialize: ${box.path('volume')} holds a database; nothing to do\n`,
    });
    expect(touched()).toBe(false);
  });

  test('refuses data of a later release, from which there is no way back', () => {
    box.write('volume/mysql/user.frm', '');
    box.write('volume/mariadb_upgrade_info', '12.3.2-MariaDB');
    const { status, stderr } = initialize();
    expect(status).toBe(1);
    expect(stderr).toBe(
      `initialize: ${box.path('volume')} was made by MariaDB 12.3 and this image is 11.8: there is no way back. ` +
        "Nothing was changed. Set the engine's version to 12.3 or later and delete this pod\n",
    );
    expect(touched()).toBe(false);
  });

  test('refuses to make a database without the init scripts that were declared', () => {
    box.run(['mkdir', box.path('init')]);
    const { status, stderr } = initialize({ INIT_SCRIPTS: box.path('init') });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `initialize: ${box.path('init')} is empty: the ConfigMap of the init scripts is missing. Nothing was changed. Apply it, and delete this pod\n`,
    });
    expect(touched()).toBe(false);
  });

  test('gives passwords in files to the image byte by byte', () => {
    box.write('root', 'of root\n');
    box.write('shop', 'of the shop');
    box.program(
      'docker-entrypoint.sh',
      `printf '%s|%s|%s' "$MARIADB_ROOT_PASSWORD" "$MARIADB_PASSWORD" "\${MARIADB_ROOT_PASSWORD_FILE-none}" > "$SANDBOX/got"; exit 1`,
    );
    initialize({ MARIADB_ROOT_PASSWORD_FILE: box.path('root'), MARIADB_PASSWORD_FILE: box.path('shop') });
    expect(box.read('got')).toBe('of root\n|of the shop|none');
  });

  test('refuses to make a database among files of another', () => {
    box.write('volume/ibdata1', 'rows');
    const { status, stderr } = initialize();
    expect(status).toBe(1);
    expect(stderr).toBe(
      `initialize: ${box.path('volume')} holds files but no database: part of one may be lost. Nothing was changed\n`,
    );
    expect(box.read('volume/ibdata1')).toBe('rows');
    expect(touched()).toBe(false);
  });
});
