import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Duration, Size } from 'cdk8s';
import { BlobCredentials, BlobStore } from '../../lib';
import { Archive, ArchivingServer } from '../support/backup/archiving-server';
import { ACCOUNT, ACCOUNT_KEY, Azurite } from '../support/backup/azurite';
import { Blobs } from '../support/backup/blobs';
import { DrillPod } from '../support/backup/drill-pod';
import type { DrillOutcome } from '../support/backup/drill-pod';
import { Pod } from '../support/backup/pod';
import { sleep, until } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { STORAGE_KEY } from '../support/elsewhere';

const PASSWORD = 'a password of tests';
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
const LSN = String.raw`[0-9A-F]+/[0-9A-F]+`;

/** That text, in which patterns stand in «». */
function like(text: string): unknown {
  const parts = text.split(/«(.*?)»/).map((part, i) => (i % 2 ? part : part.replace(/[.*+?^$()|[\]\\/]/g, '\\$&')));
  return expect.stringMatching(new RegExp(`^${parts.join('')}$`));
}

describeReal('a drill of a physical archive', ['postgres', 'busybox', 'rclone', 'azurite'], () => {
  let folder: string;
  let server: ArchivingServer;
  let live: Archive;
  /** What the archive held after the DELETE, which the server still goes on from. */
  let archive: Archive;
  let base: string;
  /** The segments that the base backup needs, and those behind it. */
  let segments: string[];
  /** A second before the DELETE. */
  let before: string;
  let count = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'archives-'));
    chmodSync(folder, 0o777);
    live = new Archive(join(folder, 'orders'));
    server = await ArchivingServer.start(live, PASSWORD);
    // It may log in, and nothing else.
    server.sql('postgres', `CREATE ROLE drill LOGIN PASSWORD '${PASSWORD}'; CREATE DATABASE shop`);
    server.sql('shop', 'CREATE TABLE orders AS SELECT n, md5(n::text) note FROM generate_series(1, 10000) n');
    base = server.baseBackup();
    await sleep(1100);
    server.sql('shop', 'INSERT INTO orders SELECT n FROM generate_series(1, 5000) n');
    await sleep(2100);
    before = new Date(Date.now() - 1000).toISOString().replace(/\..*/, 'Z');
    server.sql('shop', 'DELETE FROM orders');
    server.sql('shop', 'CREATE TABLE more AS SELECT md5(n::text) FROM generate_series(1, 60000) n');
    await server.switchWal();
    archive = live.copy(join(folder, 'frozen'));
    segments = archive.segments().filter((wal) => wal >= archive.begin(base));
  });

  afterEach(() => {
    for (const pod of Pod.all) {
      expect(pod.log()).not.toContain(PASSWORD);
      // Neither a server nor its data stay.
      expect(pod.has('drill')).toBe(false);
      pod.remove();
    }
  });

  afterAll(() => {
    Pod.removeAll();
    ArchivingServer.stopAll();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A drill of a copy of the archive, in which something is broken. */
  function broken(
    breaking: (archive: Archive) => void,
    options: ConstructorParameters<typeof DrillPod>[2] = {},
  ): DrillPod {
    count += 1;
    const name = `broken-${count}`;
    breaking(archive.copy(join(folder, name)));
    return new DrillPod(folder, name, options);
  }

  /** Expects that a drill fails, and says that in its report. */
  function expectFailed(outcome: DrillOutcome, check: string, text: string, id = base): void {
    expect(outcome.report.filter((line) => line.includes(': FAILED: '))).toEqual([like(`${check}: FAILED: ${text}`)]);
    expect(outcome.last).toEqual(
      like(
        `report: base/${id} did not pass the drill: a restore may fail. See what FAILED above and in drill_«\\d{14}».json, and make a backup now`,
      ),
    );
    expect(outcome.status).toBe(1);
  }

  /** Expects that a drill does not begin. */
  function expectRefused(outcome: DrillOutcome, text: string): void {
    expect(outcome.last).toEqual(like(`fetch-archive: ${text}`));
    expect(Object.keys(outcome.steps)).toEqual(['fetch']);
    expect(outcome.status).toBe(1);
  }

  // What each recovery must show: before the DELETE all rows, at last none.
  const ROWS = `SELECT count(*) = CASE current_setting('drill.recovery') WHEN 'target' THEN 15000 ELSE 0 END FROM orders`;
  // No row and no transaction of a time after the target.
  const TARGET = `SELECT current_setting('drill.target') = CASE current_setting('drill.recovery') WHEN 'newest' THEN '' ELSE current_setting('drill.target') END`;

  describe('that is whole', () => {
    test('recovers to the newest, and to the second before a DELETE, and says so in the store', async () => {
      const drill = new DrillPod(folder, 'frozen', { checks: { 'rows.sql': ROWS, 'setting.sql': TARGET } });
      const outcome = await drill.run({ TARGET: before });
      expect(outcome.report).toEqual([
        like(`wal: passed: no gap from ${segments[0]} to ${segments.at(-1)}`),
        like(`newest: passed: «\\d+» s; the newest transaction is of «${TIME}»`),
        like('archive: passed: the newest transaction was «\\d+» s old; without a heartbeat that is not judged'),
        'newest: database: passed: shop answers; tables: 2',
        'newest: rows.sql: passed: t',
        'newest: setting.sql: passed: t',
        like('pages: passed: «\\d{4}» pages hold their checksums'),
        like(
          `target: passed: ${before}, from base backup ${base}: stopped before commit of transaction «\\d+», time «.*»`,
        ),
        'target: database: passed: shop answers; tables: 1',
        'target: rows.sql: passed: t',
        'target: setting.sql: passed: t',
      ]);
      expect(outcome.last).toEqual(
        like(`report: base/${base} passed the drill: restored in «\\d+» s, «\\d+» s old. See drill_«\\d{14}».json`),
      );
      expect(outcome.status).toBe(0);
      const [report = ''] = readdirSync(archive.path).filter((name) => name.startsWith('drill_'));
      expect(JSON.parse(readFileSync(archive.at(report), 'utf8'))).toEqual({
        status: 'passed',
        backup: `base/${base}`,
        engine: 'postgres',
        started: like(`«${TIME}»`),
        newest: like(`«${TIME}»`),
        target: before,
        ageSeconds: expect.any(Number),
        rpoSeconds: null,
        restoreSeconds: expect.any(Number),
        checks: expect.arrayContaining([{ name: 'newest: rows.sql', passed: true, detail: 't' }]),
      });
    });

    test('recovers to the first second that it can where the target is before the window', async () => {
      const outcome = await new DrillPod(folder, 'frozen', { target: Duration.days(3) }).run();
      expect(outcome.report).toContainEqual(
        like(
          `target: passed: «${TIME}» is before the window, so it is «${TIME}», from base backup ${base}: stopped before commit of transaction «\\d+», time «.*»`,
        ),
      );
      expect(outcome.status).toBe(0);
    });

    test('says so where nothing happened after the target', async () => {
      await sleep(2000);
      const outcome = await new DrillPod(folder, 'frozen', { target: Duration.seconds(1) }).run();
      expect(outcome.report).toContainEqual(
        like(
          `target: passed: «${TIME}»: no transaction in the archive is later, so that the newest is the state at it`,
        ),
      );
      expect(outcome.status).toBe(0);
    });

    test.each(['2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z'])(
      'refuses a target that is set to %s',
      async (target) => {
        expectRefused(
          await new DrillPod(folder, 'frozen').run({ TARGET: target }),
          `TARGET is ${target}, and the window is from «${TIME}», when base backup ${base} had ended, to now: a recovery to it would fail, or wait for ever. Nothing was recovered`,
        );
      },
    );

    test('refuses a target that is no time', async () => {
      expectRefused(
        await new DrillPod(folder, 'frozen').run({ TARGET: 'yesterday' }),
        'TARGET is yesterday: write it in UTC, as 2026-11-21T06:38:00Z',
      );
    });

    // CloudNativePG would try such a recovery again without end.
    test('fails for a target that is set to a time after the newest transaction', async () => {
      await sleep(2000);
      const target = new Date(Date.now() - 1000).toISOString().replace(/\..*/, 'Z');
      expectFailed(
        await new DrillPod(folder, 'frozen').run({ TARGET: target }),
        'target',
        `${target} is outside of the window: the archive holds no transaction after it, so that a recovery to it fails. Take no target`,
      );
    });

    test('fails with a check that does not hold, and with one that cannot be asked', async () => {
      const checks = {
        'a.sql': "SELECT current_setting('drill.recovery') = 'newest'",
        'b.sql': 'SELECT * FROM nowhere',
      };
      const outcome = await new DrillPod(folder, 'frozen', { checks }).run({ TARGET: before });
      const failed = outcome.report.filter((line) => line.includes('FAILED'));
      expect(failed).toEqual([
        'newest: b.sql: FAILED: ERROR: relation "nowhere" does not exist',
        "target: a.sql: FAILED: its first row begins with 'f', not t, true or 1",
        'target: b.sql: FAILED: ERROR: relation "nowhere" does not exist',
      ]);
      expect(outcome.status).toBe(1);
    });

    test('fails where there is no such database', async () => {
      const outcome = await new DrillPod(folder, 'frozen', { databaseName: 'shoop' }).run();
      expect(outcome.report.find((line) => line.includes('FAILED'))).toEqual(
        like('newest: database: FAILED: FATAL: database "shoop" does not exist'),
      );
      expect(outcome.status).toBe(1);
    });
  });

  describe('of which something is missing', () => {
    test('names a segment in a gap', async () => {
      const [, second = '', third = ''] = segments;
      const drill = broken((copy) => [second, third].forEach((wal) => rmSync(copy.pathOf(wal))));
      expectFailed(
        await drill.run(),
        'wal',
        `wals/${second.slice(0, 16)}/${second}.gz is missing, and 1 more: nothing behind it can be recovered. Make a base backup now, and see why it is not there`,
      );
    });

    test('names the first segment of the base backup', async () => {
      const [first = ''] = segments;
      expectFailed(
        await broken((copy) => rmSync(copy.pathOf(first))).run(),
        'wal',
        `wals/${first.slice(0, 16)}/${first}.gz is missing: nothing behind it can be recovered. Make a base backup now, and see why it is not there`,
      );
    });

    const NO_BASE = (name: string) =>
      `no base backup with status=DONE in local ${folder} under ${name}: without one no WAL is of use. See whether the name of the server is right, and why base backups fail`;

    test('refuses an archive without a base backup', async () => {
      const drill = broken((copy) => rmSync(copy.at('base'), { recursive: true }));
      expectRefused(await drill.run(), NO_BASE(`broken-${count}`));
    });

    test('refuses a server that there is not', async () => {
      expectRefused(await new DrillPod(folder, 'nobody').run(), NO_BASE('nobody'));
    });

    test('refuses a store that there is not', async () => {
      const outcome = await new DrillPod(join(folder, 'nowhere'), 'orders').run();
      expectRefused(
        outcome,
        `the base backups cannot be read; nothing was recovered: there is no local ${folder}/nowhere under orders: make it, or correct the name`,
      );
    });

    test('refuses a base backup that is not done', async () => {
      const drill = broken((copy) => copy.info(base, (text) => text.replace('status=DONE', 'status=FAILED')));
      const outcome = await drill.run();
      expectRefused(outcome, NO_BASE(`broken-${count}`));
      expect(outcome.steps.fetch!.stdout).toBe(
        `fetch-archive: passes over base backup ${base}, whose status is FAILED\n`,
      );
    });

    test('refuses a base backup whose files were deleted', async () => {
      const drill = broken((copy) => rmSync(copy.at(`base/${base}/data.tar.gz`)));
      expectRefused(
        await drill.run(),
        `base backup ${base} has no data.tar.gz, though its status is DONE: it was deleted in the store. Make a base backup now`,
      );
    });

    test('fails where a part of a base backup is missing', async () => {
      const drill = broken((copy) => {
        const file = copy.at(`base/${base}/data.tar.gz`);
        repack(file, (data) => rmSync(join(data, 'global/pg_control')));
      });
      expectFailed(
        await drill.run(),
        'newest',
        `base/${base} holds no global/pg_control: part of it is missing. Make a base backup now`,
      );
    });
  });

  describe('of which something is damaged', () => {
    test.each([0, 1])('names a segment that is cut, number %d', async (index) => {
      const wal = segments.at(index)!;
      const drill = broken((copy) => truncateSync(copy.pathOf(wal), Math.floor(statSync(copy.pathOf(wal)).size / 2)));
      expectFailed(
        await drill.run(),
        'newest',
        `damaged in the store: wals/${wal}: «.*unexpected end of file.*». Make a base backup now`,
      );
    });

    test('names a segment that is too short', async () => {
      const wal = segments.at(-1)!;
      const drill = broken((copy) =>
        writeFileSync(copy.pathOf(wal), gzipSync(gunzipSync(readFileSync(copy.pathOf(wal))).subarray(0, 8192))),
      );
      expectFailed(
        await drill.run(),
        'newest',
        `damaged in the store: wals/${wal}: 8192 bytes, not 1048576. Make a base backup now`,
      );
    });

    // PostgreSQL takes it for the end of the WAL, and all would look well.
    test.each([1, -1])('notices a bit that is flipped in what a segment holds, number %d', async (index) => {
      const wal = segments.at(index)!;
      const drill = broken((copy) => {
        const content = gunzipSync(readFileSync(copy.pathOf(wal)));
        content[20_000]! ^= 1;
        writeFileSync(copy.pathOf(wal), gzipSync(content));
      });
      expectFailed(
        await drill.run(),
        'newest',
        `the recovery ended at «${LSN}», and the archive goes on to ${segments.at(-1)}: what follows is damaged«.*». Make a base backup now`,
      );
    });

    test('says so of a base backup that is cut', async () => {
      const drill = broken((copy) => truncateSync(copy.at(`base/${base}/data.tar.gz`), 200_000));
      expectFailed(await drill.run(), 'newest', `base/${base}/data.tar.gz is damaged: «.*». Make a base backup now`);
    });

    test('says so of a page that was damaged on the disk before it was backed up', async () => {
      const path = server.sql('shop', "SELECT pg_relation_filepath('pg_proc')");
      const drill = broken((copy) =>
        repack(copy.at(`base/${base}/data.tar.gz`), (data) => {
          const content = readFileSync(join(data, path));
          content[8192 * 40 + 5000]! ^= 1;
          writeFileSync(join(data, path), content);
        }),
      );
      expectFailed(await drill.run(), 'pages', '«.*checksum verification failed.*|bad checksums.*»');
    });
  });

  describe('that stock images cannot read', () => {
    test('refuses a base backup that is compressed otherwise', async () => {
      const drill = broken((copy) =>
        renameSync(copy.at(`base/${base}/data.tar.gz`), copy.at(`base/${base}/data.tar.snappy`)),
      );
      expectRefused(
        await drill.run(),
        `base backup ${base} holds data.tar.snappy: stock images can read only gzip without encryption. Set the compression of data to gzip, and make a base backup`,
      );
    });

    test.each(['', '.bz2', '.gz.enc'])('refuses WAL that ends with "%s"', async (ending) => {
      const wal = segments.at(-1)!;
      const drill = broken((copy) => renameSync(copy.pathOf(wal), copy.pathOf(wal).replace(/\.gz$/, ending)));
      expectRefused(
        await drill.run(),
        `the archive holds wals/${wal.slice(0, 16)}/${wal}${ending}: stock images can read only gzip without encryption. Set the compression of WAL to gzip, and make a base backup`,
      );
    });

    test('fails with what is called gzip and is not', async () => {
      const drill = broken((copy) => writeFileSync(copy.at(`base/${base}/data.tar.gz`), 'Salted__ and more'));
      expectFailed(await drill.run(), 'newest', `base/${base}/data.tar.gz is damaged: «.*». Make a base backup now`);
    });

    test('refuses tablespaces', async () => {
      const drill = broken((copy) =>
        copy.info(base, (text) => text.replace('tablespaces=None', "tablespaces=[('fast', 16400, '/fast')]")),
      );
      expectRefused(
        await drill.run(),
        `base backup ${base} has tablespaces, which a drill has no disks for; drill it by hand with a Cluster`,
      );
    });

    test('refuses a snapshot of volumes', async () => {
      const drill = broken((copy) => copy.info(base, (text) => `${text}snapshots_info={'provider': 'azure'}\n`));
      expectRefused(
        await drill.run(),
        `base backup ${base} is a snapshot of volumes: its files are not in the store. Make base backups by the plugin`,
      );
    });

    test('fails with the image of another major', async () => {
      const drill = broken((copy) => copy.info(base, (text) => text.replace(/version=17\d*/, 'version=160004')));
      expectFailed(
        await drill.run(),
        'server',
        `this image is of PostgreSQL 17, and base backup ${base} of 16: give the drill the engine of that major`,
      );
    });
  });

  describe('on a machine that fails', () => {
    test('refuses an archive that the scratch volume cannot hold', async () => {
      const drill = new DrillPod(folder, 'frozen', { scratch: { size: Size.mebibytes(1) } });
      expectRefused(
        await drill.run(),
        "the archive's part is «\\d+» bytes, compressed, and the scratch volume has 1048576: give it more space than that and the database together",
      );
    });

    const FULL = (pod: Pod) =>
      `${pod.scratch} is full: give the scratch volume more space than the archive's part and the database together`;

    test('says so when the disk is full of the base backup', async () => {
      const drill = new DrillPod(folder, 'frozen');
      drill.pod.shim('tar', 'echo "tar: base/1/1255: Cannot write: No space left on device" >&2; exit 2');
      expectFailed(await drill.run(), 'newest', FULL(drill.pod));
    });

    test('says so when the disk is full of WAL', async () => {
      const drill = new DrillPod(folder, 'frozen');
      drill.pod.shim('gzip', 'case "$*" in *wals*) exec "$REAL" "$@" > /dev/full ;; *) exec "$REAL" "$@" ;; esac');
      expectFailed(await drill.run(), 'newest', FULL(drill.pod));
    });

    test('gives up a recovery that does not end, and reports that', async () => {
      const drill = new DrillPod(folder, 'frozen');
      drill.pod.shim('gzip', 'case "$*" in *wals*) sleep 600 ;; *) exec "$REAL" "$@" ;; esac');
      const begun = Date.now();
      expectFailed(await drill.run({ DEADLINE_SECONDS: '6' }), 'newest', 'not done within 6 s«(: it last said: .*)?»');
      expect(Date.now() - begun).toBeLessThan(60_000);
    });

    test('says why a server ended', async () => {
      const drill = new DrillPod(folder, 'frozen', { parameters: { shared_preload_libraries: 'nowhere' } });
      expectFailed(
        await drill.run(),
        'newest',
        'the server ended: FATAL: could not access file "nowhere": No such file or directory',
      );
    });
  });

  describe('with a heartbeat', () => {
    const ARCHIVED =
      'archive: passed: a transaction was in the archive «\\d+» s after it was committed, and in the recovered database; the RPO is 30 s';

    test('passes for an idle database, whose newest WAL is old', async () => {
      server.sql('postgres', "ALTER SYSTEM SET archive_timeout = '1s'; SELECT pg_reload_conf()");
      // What was written last is archived once more.
      await sleep(4000);
      const known = live.segments().length;
      await sleep(4000);
      // It archives nothing by itself.
      expect(live.segments()).toHaveLength(known);
      const outcome = await new DrillPod(folder, 'orders', { server }).run();
      expect(outcome.report).toContainEqual(like(ARCHIVED));
      expect(outcome.status).toBe(0);
      expect(Object.keys(outcome.steps)).toEqual(['heartbeat', 'fetch', 'recover', 'report']);
    });

    test('fails where archiving has stopped, and recovers what is there', async () => {
      server.sql('postgres', "ALTER SYSTEM SET archive_command = 'false'; SELECT pg_reload_conf()");
      const drill = new DrillPod(folder, 'orders', { server, recoveryPointObjective: Duration.seconds(5) });
      const outcome = await drill.run();
      server.sql('postgres', 'ALTER SYSTEM RESET archive_command; SELECT pg_reload_conf()');
      expectFailed(
        outcome,
        'archive',
        'a transaction was committed in «[0-9A-F]{24}», and «\\d+» s later that is not in the archive; the RPO is 5 s: archiving has stopped, or archive_timeout is too long',
      );
      expect(outcome.report).toContainEqual(like(`newest: passed: «.*»`));
      expect(outcome.report).toContainEqual(like(`target: passed: «.*»`));
    });

    test('passes again when archiving goes on', async () => {
      const outcome = await new DrillPod(folder, 'orders', { server }).run();
      expect(outcome.report).toContainEqual(like(ARCHIVED));
      expect(outcome.status).toBe(0);
    });

    test.each([
      [
        'the password is wrong',
        { secrets: { 'dbPassword.txt': 'another' } },
        'FATAL: password authentication failed for user "drill"',
      ],
      ['the database is down', { env: { DB_PORT: '1' } }, '«.*Connection refused.*»'],
    ])('fails where %s, and recovers what is there', async (_, options, text) => {
      const outcome = await new DrillPod(folder, 'orders', { server, ...options }).run();
      expectFailed(outcome, 'archive', `the database took no transaction: ${text}`);
      expect(outcome.report).toContainEqual(like(`target: passed: «.*»`));
    });
  });

  test('recovers from the base backup before the target, and to the newest from the newest', async () => {
    server.sql('shop', 'TRUNCATE orders');
    const second = server.baseBackup();
    server.sql('shop', 'INSERT INTO orders VALUES (1)');
    await server.switchWal();
    const checks = {
      'rows.sql':
        "SELECT count(*) = CASE current_setting('drill.recovery') WHEN 'target' THEN 15000 ELSE 1 END FROM orders",
    };
    const outcome = await new DrillPod(folder, 'orders', { checks }).run({ TARGET: before });
    expect(outcome.report).toContainEqual(like(`target: passed: ${before}, from base backup ${base}: «.*»`));
    expect(outcome.last).toEqual(like(`report: base/${second} passed the drill: «.*»`));
    expect(outcome.status).toBe(0);
  });

  test('is the same in an Azure container', async () => {
    const azurite = await Azurite.start();
    try {
      const blobs = new Blobs(azurite.port, 'backup');
      for (const name of readdirSync(archive.path, { recursive: true, encoding: 'utf8' })) {
        if (/\.(gz|info)$/.test(name)) blobs.write(`postgresql/orders/${name}`, readFileSync(archive.at(name)));
      }
      const store = BlobStore.azure({
        account: ACCOUNT,
        container: 'backup',
        prefix: 'postgresql',
        credentials: BlobCredentials.accountKey(STORAGE_KEY),
      });
      const given = {
        store,
        env: { BLOB_ENDPOINT: `http://127.0.0.1:${azurite.port}/${ACCOUNT}` },
        secrets: { 'storageKey.txt': ACCOUNT_KEY },
      };
      const outcome = await new DrillPod(folder, 'orders', { ...given, checks: { 'rows.sql': ROWS } }).run({
        TARGET: before,
      });
      expect(outcome.status).toBe(0);
      expect(blobs.names().filter((name) => /^postgresql\/orders\/drill_\d{14}\.json$/.test(name))).toHaveLength(1);
      expectRefused(
        await new DrillPod(folder, 'nobody', given).run(),
        'no base backup with status=DONE in container backup under postgresql/nobody: without one no WAL is of use. See whether the name of the server is right, and why base backups fail',
      );
    } finally {
      azurite.stop();
    }
  });

  describe('after a failover', () => {
    let promoted: ArchivingServer;
    let failedOver: Archive;
    let beforeFailover: string;
    let atFailover: string;

    beforeAll(async () => {
      // The last segment must not be archived: the heartbeat's tests have set a second.
      server.sql('postgres', 'ALTER SYSTEM RESET archive_timeout; SELECT pg_reload_conf()');
      server.sql('shop', 'TRUNCATE orders; INSERT INTO orders VALUES (1)');
      promoted = await server.standby();
      server.sql('shop', 'INSERT INTO orders VALUES (2)');
      await server.switchWal();
      await sleep(1100);
      beforeFailover = new Date().toISOString().replace(/\..*/, 'Z');
      await sleep(1100);
      server.sql('shop', 'INSERT INTO orders VALUES (3)');
      atFailover = server.sql('postgres', 'SELECT pg_walfile_name(pg_current_wal_lsn())');
      await until(() => promoted.sql('shop', 'SELECT count(*) FROM orders') === '3', 'the third row');
      server.die();
      promoted.promote();
      await until(() => promoted.sql('postgres', 'SELECT pg_is_in_recovery()') === 'f', 'a primary');
      promoted.sql('shop', 'INSERT INTO orders VALUES (4)');
      await promoted.switchWal();
      await until(() => live.has('00000002.history'), 'a history file');
      failedOver = live;
    });

    const rows = (newest: number) => ({
      'rows.sql': `SELECT count(*) = CASE current_setting('drill.recovery') WHEN 'target' THEN 2 ELSE ${newest} END FROM orders`,
    });

    test('recovers along the timeline of the new primary, and to a second before it', async () => {
      expect(existsSync(failedOver.pathOf(atFailover))).toBe(false);
      const outcome = await new DrillPod(folder, 'orders', { checks: rows(4) }).run({ TARGET: beforeFailover });
      expect(outcome.report.filter((line) => line.startsWith('wal: '))).toEqual([
        like(`wal: passed: no gap from 00000001«[0-9A-F]{16}» to 00000002«[0-9A-F]{16}»`),
      ]);
      expect(outcome.report.filter((line) => line.includes('rows.sql'))).toEqual([
        'newest: rows.sql: passed: t',
        'target: rows.sql: passed: t',
      ]);
      expect(outcome.status).toBe(0);
    });

    test('commits its heartbeat on the new primary', async () => {
      promoted.sql('postgres', "ALTER SYSTEM SET archive_timeout = '1s'; SELECT pg_reload_conf()");
      const outcome = await new DrillPod(folder, 'orders', { server: promoted, checks: rows(4) }).run({
        TARGET: beforeFailover,
      });
      expect(outcome.status).toBe(0);
    });

    const copyOf = (breaking: (copy: Archive) => void): DrillPod => {
      count += 1;
      breaking(failedOver.copy(join(folder, `failed-over-${count}`)));
      return new DrillPod(folder, `failed-over-${count}`);
    };

    test('misses the history file', async () => {
      const outcome = await copyOf((copy) => rmSync(copy.pathOf('00000002.history'))).run();
      expectFailed(
        outcome,
        'wal',
        'wals/00000002.history.gz is missing: nothing behind it can be recovered. Make a base backup now, and see why it is not there',
        live.backups().at(-1),
      );
    });

    test('misses the segment in which the new timeline began, whatever the old primary archived', async () => {
      const first = live.segments().find((wal) => wal.startsWith('00000002'))!;
      const old = `00000001${first.slice(8)}`;
      const outcome = await copyOf((copy) => {
        mkdirSync(join(copy.pathOf(old), '..'), { recursive: true });
        renameSync(copy.pathOf(first), copy.pathOf(old));
        promotedNext(copy, first);
      }).run();
      expectFailed(
        outcome,
        'wal',
        `wals/${first.slice(0, 16)}/${first}.gz is missing: nothing behind it can be recovered. Make a base backup now, and see why it is not there`,
        live.backups().at(-1),
      );
    });

    /** There must be a segment behind it. */
    function promotedNext(copy: Archive, first: string): void {
      expect(copy.segments().some((wal) => wal.startsWith('00000002') && wal > first)).toBe(true);
    }

    test('refuses the archive of another server under the same name', async () => {
      const outcome = await copyOf((copy) =>
        writeFileSync(copy.pathOf('00000003.history'), gzipSync('1\t0/100000\tno recovery target specified\n')),
      ).run();
      expectFailed(
        outcome,
        'wal',
        'timeline 00000003 does not come from base backup «.*»: another server has archived under the same name. Make a base backup, and give each recovered server a name of its own',
        live.backups().at(-1),
      );
    });
  });
});

/** Changes what a base backup holds. */
function repack(file: string, change: (data: string) => void): void {
  const data = mkdtempSync(join(tmpdir(), 'repacked-'));
  execFileSync('tar', ['-xzf', file, '-C', data]);
  change(data);
  execFileSync('tar', ['-czf', file, '-C', data, '.']);
  rmSync(data, { recursive: true });
}
