import { statSync } from 'node:fs';
import { DatabaseEngine } from '../../../lib';
import { describeShell, Sandbox } from '../../support/shell';
import type { Outcome } from '../../support/shell';

const { initializeScript } = DatabaseEngine.postgres({ version: '17.11' }).spec;

const SAMPLE = "#max_connections = 100\nlisten_addresses = 'localhost'\n";
const made = (name: string) =>
  `# Made by initialize.sh, because the cluster had no ${name}. Later starts leave this file alone: change it as you like.\n`;

// As Bitnami's image leaves a data directory: docs/adopting-bitnami.md.
describeShell('a cluster of PostgreSQL without its configuration', () => {
  let box: Sandbox;
  let data: string;

  beforeEach(() => {
    box = new Sandbox();
    data = box.path('volume/data');
    box.write('scripts/initialize.sh', initializeScript!);
    box.write('share/postgresql.conf.sample', SAMPLE);
    box.write('volume/data/PG_VERSION', '17\n');
    box.write('volume/data/postgresql.auto.conf', "work_mem = '7MB'\n");
    box.program('pg_config', 'echo "$SANDBOX/share"');
    // The names that stand when the disk is told to keep what was written.
    box.program('sync', 'ls "$SANDBOX/volume/data" | tr "\\n" " " >> "$SANDBOX/synced"; echo >> "$SANDBOX/synced"');
  });

  afterEach(() => box.remove());

  const initialize = (env: { [key: string]: string } = {}): Outcome =>
    box.run(['sh', box.path('scripts/initialize.sh')], {
      DATA_VOLUME: box.path('volume'),
      PGDATA: data,
      PG_MAJOR: '17',
      ...env,
    });
  const files = () => box.run(['ls', data]).stdout.trim().split('\n');
  const read = (name: string) => box.read(`volume/data/${name}`);

  test('gets all that is missing, of the defaults of the image', () => {
    expect(initialize()).toEqual({
      status: 0,
      stdout:
        `initialize: ${data} holds a PostgreSQL 17 cluster without postgresql.conf pg_hba.conf pg_ident.conf: made of the image's defaults. ` +
        'Settings that the old server had elsewhere are not in there, see docs/adopting-bitnami.md\n',
      stderr: '',
    });
    expect(read('postgresql.conf')).toBe(`${made('postgresql.conf')}${SAMPLE}listen_addresses = '*'\n`);
    expect(read('pg_ident.conf')).toBe(made('pg_ident.conf'));
    expect(
      read('pg_hba.conf')
        .split('\n')
        .filter((line) => /^[a-z]/.test(line)),
    ).toEqual([
      'local all all trust',
      'host all all 127.0.0.1/32 trust',
      'host all all ::1/128 trust',
      'local replication all trust',
      'host replication all 127.0.0.1/32 trust',
      'host replication all ::1/128 trust',
      'host all all all md5',
    ]);
    expect(read('postgresql.auto.conf')).toBe("work_mem = '7MB'\n");
    expect(statSync(`${data}/pg_hba.conf`).mode & 0o777).toBe(0o600);
  });

  test('gets them when their content is on the disk, under names of their own first', () => {
    initialize();
    const auto = 'postgresql.auto.conf';
    expect(box.read('synced').trim().split('\n')).toEqual([
      `PG_VERSION pg_hba.conf.initializing pg_ident.conf.initializing ${auto} postgresql.conf.initializing `,
      `PG_VERSION pg_hba.conf pg_ident.conf ${auto} postgresql.conf `.trimEnd(),
    ]);
  });

  test('gets them once', () => {
    initialize();
    box.write('volume/data/pg_hba.conf', 'changed');
    expect(initialize().stdout).toBe(`initialize: ${data} holds a PostgreSQL 17 cluster; nothing to do\n`);
    expect(read('pg_hba.conf')).toBe('changed');
  });

  // Bitnami's image deletes the first two, and leaves the third.
  test('keeps the files that are there', () => {
    box.write('volume/data/pg_ident.conf', 'mine');
    box.write('volume/data/postgresql.conf', "port = '5432'");
    expect(initialize().stdout).toContain(`cluster without pg_hba.conf: made`);
    expect([read('pg_ident.conf'), read('postgresql.conf')]).toEqual(['mine', "port = '5432'"]);
  });

  test('keeps a link, wherever it leads to', () => {
    box.run(['ln', '-s', '/etc/postgresql/none.conf', `${data}/postgresql.conf`]);
    expect(initialize().stdout).toContain('without pg_hba.conf pg_ident.conf: made');
    expect(box.run(['readlink', `${data}/postgresql.conf`]).stdout).toBe('/etc/postgresql/none.conf\n');
  });

  test('never gets a file over one that somebody else has just made', () => {
    box.program(
      'sync',
      '[ -e "$SANDBOX/volume/data/pg_hba.conf" ] || echo theirs > "$SANDBOX/volume/data/pg_hba.conf"',
    );
    expect(initialize().status).not.toBe(0);
    expect(read('pg_hba.conf')).toBe('theirs\n');
    box.program('sync', '');
    expect(initialize().status).toBe(0);
    expect(read('pg_hba.conf')).toBe('theirs\n');
    expect(files()).toContain('postgresql.conf');
  });

  test('begins anew after an attempt that was stopped', () => {
    box.write('volume/data/postgresql.conf.initializing', 'half a f');
    expect(initialize().status).toBe(0);
    expect(read('postgresql.conf')).toContain("listen_addresses = '*'\n");
    expect(files().filter((name) => name.includes('initializing'))).toEqual([]);
  });

  test('gets no half a file when the disk is full', () => {
    box.program(
      'cat',
      'case $1 in *.sample) echo "cat: No space left on device" >&2; exit 1 ;; esac; exec /bin/cat "$@"',
    );
    expect(initialize()).toMatchObject({ status: 1, stderr: 'cat: No space left on device\n' });
    expect(files().filter((name) => !name.includes('initializing'))).toEqual(['PG_VERSION', 'postgresql.auto.conf']);
  });

  test('gets a short postgresql.conf where the image has no sample', () => {
    box.program('pg_config', 'exit 1');
    expect(initialize().status).toBe(0);
    expect(read('postgresql.conf')).toBe(`${made('postgresql.conf')}listen_addresses = '*'\n`);
  });

  // It would be made, and then wait for a primary that nobody names, or fail for want of a command.
  test.each(['standby.signal', 'recovery.signal'])('is refused with %s, and nothing is changed', (signal) => {
    box.write(`volume/data/${signal}`, '');
    const before = files();
    expect(initialize()).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `initialize: ${data} holds ${signal} and no postgresql.conf: it is a standby or in recovery, and the settings for that are elsewhere. ` +
        'Without them it would never take a write. Nothing was changed. Adopt the claim of the primary; or start the old set, promote its ' +
        'server by SELECT pg_promote(), and stop it\n',
    });
    expect(files()).toEqual(before);
    // With its settings it may be what somebody wants.
    box.write('volume/data/postgresql.conf', "primary_conninfo = 'host=primary'");
    expect(initialize().status).toBe(0);
  });

  // The group may read the folder of another user: files of ours would then lock out its owner.
  test('is refused where the folder belongs to another user, and nothing is changed', () => {
    box.program('stat', 'echo 1001');
    box.program('id', 'echo 999');
    const before = files();
    expect(initialize()).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `initialize: ${data} belongs to user 1001 and this pod runs as user 999: the server starts only for the owner. ` +
        'Nothing was changed. Set runAsUser to 1001 and delete this pod\n',
    });
    expect(files()).toEqual(before);
    box.program('id', 'echo 0');
    expect(initialize().status).toBe(0);
  });
});
