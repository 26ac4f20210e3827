import { createHash } from 'node:crypto';
import { DatabaseEngine } from '../../../lib';
import { describeShell, Sandbox } from '../../support/shell';
import type { Outcome } from '../../support/shell';

const { initializeScript, initializeFiles } = DatabaseEngine.postgres({ version: '17.11' }).spec;

/*
 * As the image's entrypoint: it makes the cluster, runs init scripts against a temporary server (another process, on the same
 * folder, which calls itself ready too), and then becomes the server.
 */
const ENTRYPOINT = `
echo "$@" > "$SANDBOX/entrypoint.args"
echo "$PGDATA" > "$SANDBOX/entrypoint.pgdata"
mkdir -p "$PGDATA/base/1"
echo 17 > "$PGDATA/PG_VERSION"
echo 17 > "$PGDATA/base/1/PG_VERSION"
[ -z "$FAIL" ] || exit "$FAIL"
status() { printf '%s\\n' "$1" "$PGDATA" 1784722444 5432 /var/run/postgresql "" "  5432001" "$2   " > "$PGDATA/postmaster.pid"; }
status 1 ready
sleep 0.3
touch "$SANDBOX/scripts.done"
status $$ starting
sleep 0.25
touch "$SANDBOX/server.ready"
status $$ ready
until [ -e "$SANDBOX/stop" ]; do sleep 0.05; done
sleep 0.1
rm "$PGDATA/postmaster.pid"
sleep 0.3
touch "$SANDBOX/server.stopped"`;

const PG_CTL = `
echo "$@" > "$SANDBOX/pg_ctl.args"
[ -e "$SANDBOX/scripts.done" ] && [ -e "$SANDBOX/server.ready" ] || touch "$SANDBOX/stopped.too.early"
touch "$SANDBOX/stop"
while [ -e "$PGDATA/postmaster.pid" ]; do sleep 0.05; done`;

/** As psql and pg_dump: the server has two databases, or those in DATABASES, and one of them may not be dumped. */
const PSQL = `
[ -e "$SANDBOX/server.ready" ] || touch "$SANDBOX/asked.too.early"
echo "$PGUSER:$PGPASSWORD@$PGHOST" > "$SANDBOX/login"
case "$*" in
  *-c*) printf '%s\\n' postgres 'the shop' ;;
  *) { echo "$@"; cat; } >> "$SANDBOX/notes" ;;
esac`;
const PG_DUMP = `
[ "$PGDATABASE" != "$BROKEN" ] || { echo "pg_dump: error: no" >&2; exit 1; }
printf '%s\\n' -- "\\\\restrict $$" "-- Dumped by pg_dump version $RELEASE" "CREATE TABLE of $PGDATABASE" "\\\\unrestrict $$"`;

const CONFIGURATION = ['postgresql.conf', 'pg_hba.conf', 'pg_ident.conf'];

describeShell('initialize.sh of PostgreSQL', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    box.program('docker-entrypoint.sh', ENTRYPOINT);
    box.program('pg_ctl', PG_CTL);
    box.program(
      'sync',
      '[ -e "$SANDBOX/server.stopped" ] || touch "$SANDBOX/renamed.too.early"; find "$SANDBOX/volume" -maxdepth 2 -name PG_VERSION > "$SANDBOX/synced"',
    );
    box.write('volume/lost+found/.keep', '');
    box.write('scripts/initialize.sh', initializeScript!);
    for (const [name, text] of Object.entries(initializeFiles!)) box.write(`scripts/${name}`, text);
    box.program('psql', PSQL);
    box.program('pg_dump', PG_DUMP);
  });

  afterEach(() => box.remove());

  /** As the pod runs it: `command` of the init container, with the server's arguments behind. */
  function initialize(env: { [key: string]: string } = {}, ...args: string[]): Outcome {
    const layout = { DATA_VOLUME: box.path('volume'), PGDATA: box.path('volume/pgdata'), PG_MAJOR: '17' };
    return box.run(['sh', box.path('scripts/initialize.sh'), ...args], { ...layout, ...env });
  }

  const touched = () => box.has('entrypoint.args');

  describe('on an empty volume', () => {
    test('makes a whole cluster, and then gives it its name', () => {
      const { status, stdout, stderr } = initialize({}, '-c', 'max_connections=200');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toBe(`initialize: made ${box.path('volume/pgdata')}\n`);
      expect(box.read('volume/pgdata/PG_VERSION')).toBe('17\n');
      // Made under another name, so that half a cluster is never found under this one.
      expect(box.read('entrypoint.pgdata')).toBe(`${box.path('volume/pgdata')}.initializing\n`);
      expect(box.has('volume/pgdata.initializing')).toBe(false);
      // That of the init scripts, another process, calls itself ready too: it must not be stopped, nor taken for the end.
      expect(box.has('scripts.done')).toBe(true);
      expect(box.has('stopped.too.early')).toBe(false);
      // Stopped cleanly, and nothing is renamed under it.
      expect(box.read('pg_ctl.args')).toBe(`-D ${box.path('volume/pgdata')}.initializing -m fast -w stop\n`);
      expect(box.has('server.stopped')).toBe(true);
      expect(box.has('renamed.too.early')).toBe(false);
      expect(box.has('volume/pgdata/postmaster.pid')).toBe(false);
      // The renamed cluster is brought to the disk before the pod goes on.
      expect(box.read('synced')).toBe(`${box.path('volume/pgdata/PG_VERSION')}\n`);
      // With the server's own arguments, or one that is wrong would be found only afterwards; but nobody is let in.
      expect(box.read('entrypoint.args')).toBe('postgres -c max_connections=200 -c listen_addresses=\n');
    });

    test('notes on the server that is up what each database holds', () => {
      const sum = (name: string) => createHash('sha256').update(`--\nCREATE TABLE of ${name}\n`).digest('hex');
      box.write('password', 'of postgres');
      expect(initialize({ POSTGRES_PASSWORD_FILE: box.path('password'), RELEASE: '17.11' }).status).toBe(0);
      expect(box.read('notes')).toBe(
        ['postgres', 'the shop']
          .map((name) => {
            const args = `-XAtqw -v ON_ERROR_STOP=1 -d postgres -v name=${name}`;
            return `${args}\nCOMMENT ON DATABASE :"name" IS 'As made: sha256 ${sum(name)}'\n`;
          })
          .join(''),
      );
      expect(box.has('asked.too.early')).toBe(false);
      // Over the socket, as the administrator.
      expect(box.read('login')).toBe('postgres:of postgres@\n');
    });

    test('makes the database all the same where that cannot be noted', () => {
      const { status, stdout, stderr } = initialize({ BROKEN: 'the shop' });
      expect({ status, stdout }).toEqual({ status: 0, stdout: `initialize: made ${box.path('volume/pgdata')}\n` });
      expect(stderr).toBe('pg_dump: error: no\nit cannot be noted that database the shop is as it was made\n');
      expect(box.read('notes')).not.toContain('the shop');
      expect(box.read('volume/pgdata/PG_VERSION')).toBe('17\n');
    });

    // A pod of a ConfigMap that somebody has cut down.
    test('makes the database all the same without the file that can', () => {
      box.run(['rm', box.path('scripts/as-made.sh')]);
      const { status, stdout } = initialize();
      expect(status).toBe(0);
      expect(stdout).toBe(
        `initialize: it cannot be noted that the databases are as they were made\ninitialize: made ${box.path('volume/pgdata')}\n`,
      );
    });

    test('keeps arguments with spaces whole', () => {
      box.program('docker-entrypoint.sh', `printf '[%s]' "$@" > "$SANDBOX/entrypoint.args"; exit 1`);
      initialize({}, '-c', 'log_line_prefix=%m [%p] ');
      expect(box.read('entrypoint.args')).toBe('[postgres][-c][log_line_prefix=%m [%p] ][-c][listen_addresses=]');
    });

    test('takes an empty folder for none', () => {
      box.write('volume/pgdata/x', '');
      box.run(['rm', box.path('volume/pgdata/x')]);
      expect(initialize().status).toBe(0);
      expect(box.read('volume/pgdata/PG_VERSION')).toBe('17\n');
    });

    // Its ConfigMap is optional, so that a database that is made starts without.
    test('refuses to make a database without the init scripts that were declared', () => {
      box.run(['mkdir', box.path('init')]);
      expect(initialize({ INIT_SCRIPTS: box.path('init') })).toEqual({
        status: 1,
        stdout: '',
        stderr: `initialize: ${box.path('init')} is empty: the ConfigMap of the init scripts is missing. Nothing was changed. Apply it, and delete this pod\n`,
      });
      expect(touched()).toBe(false);
      box.write('init/tables.sql', '');
      expect(initialize({ INIT_SCRIPTS: box.path('init') }).status).toBe(0);
    });

    test('makes the folders above the cluster', () => {
      expect(initialize({ PGDATA: box.path('volume/18/docker') }).status).toBe(0);
      expect(box.has('volume/18/docker/PG_VERSION')).toBe(true);
    });
  });

  describe('when an attempt fails', () => {
    test('fails as the entrypoint did, and leaves no cluster', () => {
      const { status, stderr } = initialize({ FAIL: '3' });
      expect(status).toBe(3);
      expect(stderr).toBe('initialize: failed with status 3; the next attempt begins anew\n');
      expect(box.has('volume/pgdata')).toBe(false);
    });

    test('fails too when the server ends by itself without an error', () => {
      box.program('docker-entrypoint.sh', 'exit 0');
      expect(initialize()).toMatchObject({
        status: 1,
        stderr: 'initialize: failed with status 1; the next attempt begins anew\n',
      });
      expect(box.has('volume/pgdata')).toBe(false);
    });

    test('begins anew the next time, with nothing of the attempt before', () => {
      box.write('volume/pgdata.initializing/half-a-row', '');
      box.write('volume/pgdata.initializing/PG_VERSION', '17\n');
      box.write('volume/pgdata.initializing/base/1/PG_VERSION', '17\n');
      expect(initialize().status).toBe(0);
      expect(box.has('volume/pgdata/PG_VERSION')).toBe(true);
      expect(box.has('volume/pgdata/half-a-row')).toBe(false);
    });

    test('fails when the server does not stop, and leaves no cluster', () => {
      box.program('pg_ctl', 'touch "$SANDBOX/stop"; exit 1');
      expect(initialize().status).toBe(1);
      expect(box.has('volume/pgdata')).toBe(false);
    });
  });

  describe('on a volume with data', () => {
    /** A cluster as initdb makes it. */
    const whole = (folder = 'volume/pgdata') => {
      for (const name of ['PG_VERSION', ...CONFIGURATION]) box.write(`${folder}/${name}`, '17\n');
    };

    test('does nothing to a cluster of its major', () => {
      whole();
      expect(initialize()).toEqual({
        status: 0,
        stdout: `initialize: ${box.path('volume/pgdata')} holds a PostgreSQL 17 cluster; nothing to do\n`,
        stderr: '',
      });
      expect(touched()).toBe(false);
    });

    test('adopts a cluster that lies in the root folder of the volume', () => {
      whole('volume');
      expect(initialize({ PGDATA: box.path('volume') }).status).toBe(0);
      expect(touched()).toBe(false);
    });

    // Owned by another user, on a volume that fsGroup does not open: it may well be a cluster.
    test('refuses to make a cluster beside a folder that it cannot look into', () => {
      const failing = 'echo "find: \\x27$SANDBOX/volume/data\\x27: Permission denied" >&2';
      box.program('find', `${failing}\nPATH=/usr/bin:/bin exec find "$@"`);
      const { status, stderr } = initialize();
      expect(status).toBe(1);
      expect(stderr).toContain('Permission denied');
      expect(stderr).toContain(
        ': it may hold a cluster. Nothing was changed. Set runAsUser to the owner of the files\n',
      );
      expect(touched()).toBe(false);
    });

    test('refuses a cluster of another major, with the way out, and changes nothing', () => {
      box.write('volume/pgdata/PG_VERSION', '16\n');
      expect(initialize()).toEqual({
        status: 1,
        stdout: '',
        stderr:
          `initialize: ${box.path('volume/pgdata')} was made by PostgreSQL 16 and this image is 17. ` +
          "Nothing was changed. Set the engine's version back to 16 and delete this pod, or copy the server, see docs/upgrading.md\n",
      });
      expect(touched()).toBe(false);
      expect(box.read('volume/pgdata/PG_VERSION')).toBe('16\n');
    });

    // As after a change of dataDirectory, or from 17 to 18: an empty database would look like lost data.
    test.each(['old/PG_VERSION', '17/docker/PG_VERSION', 'PG_VERSION', 'data/pgdata/PG_VERSION'])(
      'refuses to make a cluster beside another one, %s',
      (file) => {
        box.write(`volume/${file}`, '16\n');
        const folder = box.path(`volume/${file}`).replace(/\/PG_VERSION$/, '');
        expect(initialize()).toEqual({
          status: 1,
          stdout: '',
          stderr:
            `initialize: a PostgreSQL 16 cluster lies in ${folder}, and none in ${box.path('volume/pgdata')}: ` +
            'an empty database beside it would look like lost data. Nothing was changed. ' +
            "Set the engine's version or dataDirectory to the one that is there, and delete this pod\n",
        });
        expect(touched()).toBe(false);
      },
    );

    test('refuses a folder with files but no cluster: something went wrong there before', () => {
      box.write('volume/pgdata/postgresql.conf', 'x');
      expect(initialize()).toEqual({
        status: 1,
        stdout: '',
        stderr:
          `initialize: ${box.path('volume/pgdata')} holds files but no PG_VERSION: part of a cluster may be lost. ` +
          'Nothing was changed\n',
      });
      expect(touched()).toBe(false);
      expect(box.read('volume/pgdata/postgresql.conf')).toBe('x');
    });

    test('refuses to make a cluster in the root folder of the volume, where it could not be renamed', () => {
      expect(initialize({ PGDATA: box.path('volume') })).toEqual({
        status: 1,
        stdout: '',
        stderr:
          `initialize: no cluster in ${box.path('volume')}, and none is made in the root folder of a volume, ` +
          `where lost+found lies. Nothing was changed. Set the engine's dataDirectory to a folder below it, as ${box.path('volume')}/pgdata\n`,
      });
      expect(touched()).toBe(false);
    });
  });
});
