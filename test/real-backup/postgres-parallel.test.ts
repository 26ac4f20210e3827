import { readFileSync } from 'node:fs';
import { Azurite } from '../support/backup/azurite';
import { Blobs } from '../support/backup/blobs';
import { Pod, lastLine } from '../support/backup/pod';
import { contents, fillShop, postgresPod } from '../support/backup/postgres-backup';
import { PostgresServer } from '../support/backup/postgres-server';
import { start } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { DRILL, DUMP, FETCH, RESTORE, UPLOAD } from '../support/backup/steps';
import type { Outcome } from '../support/shell';

const ok = (outcome: Outcome): string => {
  if (outcome.status !== 0) throw new Error(outcome.stdout + outcome.stderr);
  return outcome.stdout;
};

describeReal('what dumps of PostgreSQL are made of', ['postgres', 'rclone', 'busybox', 'azurite'], () => {
  let azurite: Azurite;
  let blobs: Blobs;
  let server: PostgresServer;
  let other: PostgresServer;
  let original: string;
  let pod: Pod;

  beforeAll(async () => {
    azurite = await Azurite.start();
    blobs = new Blobs(azurite.port, 'backup');
    server = await PostgresServer.start('secret');
    fillShop(server, 'shop', 20_000);
    server.sql('shop', 'CREATE TABLE late AS SELECT * FROM orders; CREATE UNIQUE INDEX ON late (id)');
    original = contents(server, 'shop');
  });

  beforeEach(async () => {
    other = await PostgresServer.start('secret');
    pod = newPod(server);
  });

  afterEach(() => {
    Pod.removeAll();
    other.stop();
  });

  afterAll(() => {
    azurite.stop();
    server.stop();
  });

  const newPod = (of: PostgresServer, env: { [key: string]: string } = {}): Pod =>
    postgresPod(of, 'shop', azurite.port, env);

  /** What pg_restore says of a dump's head. */
  async function head(path: string): Promise<string> {
    return ok(await start(server.image.program('pg_restore', '--list', path), {}).outcome);
  }

  /** Puts the files of a backup where fetch.sh does. */
  function give(to: Pod, from: Pod, files: readonly string[]): void {
    for (const file of files) to.write(`backup/${file}`, readFileSync(from.path(`backup/${file}`)));
    const facts = from.read('backup/facts.json').replace('\n', '\n  "name": "db_20200102030405",\n');
    to.write('backup/facts.json', facts);
  }

  const major = (): number => Number(server.sql('postgres', 'SHOW server_version_num').slice(0, 2));

  test('zstd where pg_dump has it, else gzip', async () => {
    ok(await pod.run(DUMP));
    expect(await head(pod.path('backup/dump'))).toMatch(major() >= 16 ? /Compression: zstd\n/ : /Compression: 1\n/);
  });

  test('gzip where pg_dump was built without zstd', async () => {
    pod.shim(
      'pg_dump',
      'case "$*" in *zstd*) echo "pg_dump: error: invalid compression specification: this build does not support compression with ZSTD" >&2; exit 1 ;; esac; exec "$REAL" "$@"',
    );
    ok(await pod.run(DUMP));
    expect(await head(pod.path('backup/dump'))).toMatch(/Compression: (gzip|1)\n/);
  });

  test('a parallel dump goes to the store, comes back whole by several jobs, and is drilled', async () => {
    const said = ok(await pod.run(DUMP, { PARALLEL: '3' }));
    expect(said).toMatch(
      /^dump: 40004 rows of 4 tables and 2 large objects in 2 databases, dumped in \d+ s and read back\n$/,
    );
    ok(await pod.run(UPLOAD));
    // As many blobs as of any other backup.
    const [name = ''] = blobs.names();
    expect(blobs.names()).toEqual([name, `${name}.2`, `${name}.globals.sql`, `${name}.json`]);
    expect(JSON.parse(blobs.read(`${name}.json`).toString())).toMatchObject({ format: 3, totalRows: 40_004 });

    for (const jobs of ['1', '3']) {
      const restore = newPod(other, { PARALLEL: jobs, REPLACE: 'true' });
      ok(await restore.run(FETCH));
      expect(ok(await restore.run(RESTORE))).toMatch(/: 40004 rows of 4 tables, in \d+ s\n$/);
      expect(contents(other, 'shop')).toBe(original);
    }
    const drill = newPod(server, { PARALLEL: '3', DB_HOST: '' });
    ok(await drill.run(FETCH));
    ok(await drill.run(DRILL));
    expect(JSON.parse(drill.read('drill.json'))).toMatchObject({ status: 'passed' });
  });

  test('a parallel dump is refused by scripts that do not know it', async () => {
    const [name = ''] = blobs.names();
    const restore = newPod(other);
    const fetch = restore.files['fetch.sh']!.replace('2 | 3)', '2)');
    expect(fetch).not.toBe(restore.files['fetch.sh']);
    restore.files = { ...restore.files, 'fetch.sh': fetch };
    expect(lastLine(await restore.run(FETCH))).toBe(
      `fetch: ${name} was made by a newer version of these scripts: restore with that one. Nothing was restored`,
    );
  });

  test('a parallel dump of which the end is missing restores nothing', async () => {
    ok(await pod.run(DUMP, { PARALLEL: '2', DATABASES: 'shop' }));
    const restore = newPod(other);
    give(restore, pod, ['dump', 'globals.sql']);
    const dump = readFileSync(restore.path('backup/dump'));
    restore.write('backup/dump', dump.subarray(0, dump.length / 2));
    expect((await restore.run(RESTORE)).status).toBe(1);
    expect(other.databases()).toEqual(['postgres']);
  });

  test('a dump of one job restores by several', async () => {
    ok(await pod.run(DUMP));
    const restore = newPod(other, { PARALLEL: '3' });
    give(restore, pod, ['dump', '2', 'globals.sql']);
    ok(await restore.run(RESTORE));
    expect(contents(other, 'shop')).toBe(original);
  });

  // As the scripts made them before zstd: by gzip, into a file, not through a pipe.
  test('a backup of older scripts restores', async () => {
    ok(await pod.run(DUMP));
    const { image } = server;
    const dump = image.program('pg_dump', '-C', '-Fc', '-Z6', '-w', '-hlocalhost', `-p${server.port}`, '-Upostgres');
    const command = [...dump, '-dshop', '-f', pod.path('backup/dump')];
    ok(await start(command, { PGPASSWORD: 'secret', PGHOST: '127.0.0.1' }).outcome);
    expect(await head(pod.path('backup/dump'))).toMatch(/Compression: (gzip|6)\n/);
    const restore = newPod(other);
    give(restore, pod, ['dump', '2', 'globals.sql']);
    ok(await restore.run(RESTORE));
    expect(contents(other, 'shop')).toBe(original);
  });
});
