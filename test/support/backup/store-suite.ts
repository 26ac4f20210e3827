import { createHash, randomBytes } from 'node:crypto';
import type { Outcome } from '../shell';
import { Blobs } from './blobs';
import { FaultProxy } from './fault-proxy';
import type { Asked, Fault } from './fault-proxy';
import { LONG_AGO, leaveDump, nameOf } from './handmade';
import { Pod, lastLine } from './pod';
import type { Container } from './pod';
import { freePort, killGroup } from './processes';
import { describeReal } from './programs';
import { FETCH, REPORT, UPLOAD } from './steps';
import { storeScripts } from './test-store';
import type { StoreServer, TestStore } from './test-store';

const ok = (outcome: Outcome): string => {
  if (outcome.status !== 0) throw new Error(outcome.stdout + outcome.stderr);
  return outcome.stdout;
};

/** What every store must keep: on its server, behind a proxy that injects faults. */
export function describeStore(title: string, tested: TestStore): void {
  describeReal(title, ['rclone', 'busybox', ...tested.needs], () => {
    let server: StoreServer;
    let proxy: FaultProxy;
    let blobs: Blobs;
    let pod: Pod;
    let count = 0;

    beforeAll(async () => {
      const port = await freePort();
      server = await tested.start(port);
      proxy = await FaultProxy.start(server.port, port);
    });

    beforeEach(() => {
      proxy.reset();
      count += 1;
      blobs = new Blobs(server.port, bucket(), tested.remote(server.port));
      pod = newPod();
    });

    // Whatever happened: no secret in any log, nor in a file that is left.
    afterEach(() => {
      for (const each of Pod.all) {
        const log = each.log();
        for (const secret of [...Object.values(tested.secrets(proxy.port)), ENCRYPTION_KEY])
          expect(log).not.toContain(secret);
        each.remove();
      }
    });

    afterAll(() => {
      Pod.removeAll();
      proxy.stop();
      server.stop();
    });

    const ENCRYPTION_KEY = 'a key for tests of encryption';
    const bucket = (): string => `backup-${count}`;
    const { isDump, isPart, isCommit } = tested;
    const place = (): string => tested.place(bucket());

    /** A pod as a user's store makes it, but for the address. A test of what fails does not wait for minutes. */
    function newPod(env: { [key: string]: string } = {}, prefix?: string, name = bucket()): Pod {
      const scripts = storeScripts(tested.store(name, prefix));
      const retries = { RCLONE_RETRIES: '2', RCLONE_LOW_LEVEL_RETRIES: '2' };
      const all = { ...scripts.env, ...tested.at(proxy.port), ...retries, ...env };
      return new Pod(all, tested.secrets(proxy.port), undefined, () => scripts);
    }
    const big = randomBytes(17 * 1024 * 1024);
    const notListed = 'upload: the backups cannot be listed; no backup was made, older ones are untouched:';
    const asksForOnce = tested.store('any').place.startsWith('s3:');
    const names = (name: string): string[] => [name, `${name}.globals.sql`, `${name}.json`];

    /** A backup as one of the past left it. */
    async function past(started: string, content = `dump of ${started}`): Promise<string> {
      const job = newPod();
      leaveDump(job, content, started);
      await job.run(UPLOAD);
      job.remove();
      proxy.asked.length = 0;
      return nameOf(started);
    }

    describe('upload.sh', () => {
      test('writes each blob once: a second write is what an immutable container refuses', async () => {
        const name = leaveDump(pod, big);
        ok(await pod.run(UPLOAD));
        expect(blobs.names()).toEqual(names(name));
        expect(blobs.read(name).equals(big)).toBe(true);
        const written = proxy.asked.flatMap((asked) => tested.made(asked) ?? []);
        // Of a store that may write what is not there alone, it is asked with the claim.
        const claims = written.filter((blob) => blob.includes('claim'));
        expect(new Set(claims).size).toBe(1);
        expect(claims.length).toBeLessThanOrEqual(asksForOnce ? 3 : 1);
        expect(written.filter((blob) => !blob.includes('claim'))).toEqual([
          name,
          `${name}.globals.sql`,
          `${name}.json`,
        ]);
      });

      test('is told to write only what is absent by whom it heeds', async () => {
        const name = leaveDump(pod, big);
        ok(await pod.run(UPLOAD));
        const conditions = proxy.asked.flatMap((asked) => {
          const made = tested.made(asked);
          return made === undefined || made.includes('claim')
            ? []
            : [`${made}: ${asked.headers['if-none-match'] ?? ''}`];
        });
        const asked = tested.writesOnce ? '*' : '';
        expect(conditions).toEqual(names(name).map((blob) => `${blob}: ${asked}`));
      });

      if (tested.hasChecksums) {
        const isRead = (asked: Asked): boolean => asked.method === 'GET' && isDump(asked) && !tested.isLook?.(asked);

        test('takes the checksum of the store in place of reading back, where that is asked for', async () => {
          pod = newPod({ VERIFY: 'checksum', ...tested.withChecksum });
          const name = leaveDump(pod, big);
          expect(ok(await pod.run(UPLOAD))).toMatch(
            /^upload: db_\d{14} is whole: \d+ bytes, dumped in 0 s, uploaded and verified in/,
          );
          expect(proxy.asked.filter(isRead)).toEqual([]);
          expect(blobs.names()).toEqual(names(name));
          expect(blobs.read(name).equals(big)).toBe(true);
        });

        if (tested.withoutChecksum)
          test('reads back what the store has no checksum of, and says so', async () => {
            pod = newPod({ VERIFY: 'checksum', ...tested.withoutChecksum });
            const name = leaveDump(pod, big);
            const outcome = await pod.run(UPLOAD);
            ok(outcome);
            expect(outcome.stderr).toContain(
              `upload: the store has no sum of its own of ${name}, which is read back\n`,
            );
            expect(proxy.asked.filter(isRead)).not.toEqual([]);
          });

        test('is not taken in by a checksum of something else', async () => {
          pod = newPod({ VERIFY: 'checksum', ...tested.withChecksum });
          leaveDump(pod, big);
          // A function, as some builds of BusyBox look for their own applets before the PATH.
          pod.prelude = 'md5sum() { echo "00000000000000000000000000000000  -"; }\n';
          const outcome = await pod.run(UPLOAD);
          ok(outcome);
          expect(proxy.asked.filter(isRead)).not.toEqual([]);
        });
      }

      // As when DB_NAME is the wrong one, or the volume was lost and the database made anew: what came before must not be replaced in silence.
      test('refuses a dump that holds nothing after one that held something, and takes the first', async () => {
        const empty = leaveDump(pod, 'x', '2020-01-01T00:00:00Z', {});
        expect(ok(await pod.run(UPLOAD))).toMatch(
          /^upload: database "shop" holds nothing, as one that was just made: see whether the job dumps the right one\nupload: db_20200101000000 is whole/,
        );
        const second = newPod();
        leaveDump(second, 'x', '2020-01-02T00:00:00Z', {});
        expect(ok(await second.run(UPLOAD))).toMatch(/^upload: db_20200102000000 is whole/);
        const filled = await past('2020-01-03T00:00:00Z');
        const third = newPod();
        leaveDump(third, 'x', '2020-01-04T00:00:00Z', {});
        const outcome = await third.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `upload: database "shop" holds nothing, and ${filled} before it holds 1 rows of 1 tables; no backup was made, older ones are untouched: ` +
            'see whether the job dumps the right database. If it is meant to be empty, give the job another prefix',
        );
        expect(blobs.manifests()).toEqual([`${empty}.json`, 'db_20200102000000.json', `${filled}.json`]);
        expect(blobs.names().filter((name) => name.startsWith('db_20200104'))).toEqual([]);
      });

      test('refuses a dump that holds nothing of an application, but for the first', async () => {
        const application = { applicationDatabase: 'shop' };
        leaveDump(pod, 'x', '2020-01-01T00:00:00Z', {}, application);
        ok(await pod.run(UPLOAD));
        const second = newPod();
        leaveDump(second, 'x', '2020-01-02T00:00:00Z', {}, application);
        expect(lastLine(await second.run(UPLOAD))).toMatch(
          /^upload: database "shop" holds nothing, and db_20200101000000 before it holds 0 rows of 0 tables; no backup was made/,
        );
        expect(blobs.manifests()).toEqual(['db_20200101000000.json']);
      });

      test('counts a manifest of format 1 as one that held something', async () => {
        const name = await past('2020-01-01T00:00:00Z');
        blobs.write(
          `${name}.json`,
          `{\n  "format": 1,\n  "name": "${name}",\n  "database": "shop",\n  "files": {\n  },\n  "tables": 1,\n  "totalRows": 1,\n  "rows": {\n    "public.orders": 1\n  },\n  "largeObjects": 0\n}\n`,
        );
        leaveDump(pod, 'x', '2020-01-02T00:00:00Z', {});
        expect(lastLine(await pod.run(UPLOAD))).toMatch(
          /holds nothing, and db_20200101000000 before it holds 1 rows of 1 tables and 0 large objects;/,
        );
      });

      test('puts everything under the prefix', async () => {
        blobs.write('shop/eu/other', 'x');
        pod = newPod({}, 'shop/eu');
        const name = leaveDump(pod, 'x');
        ok(await pod.run(UPLOAD));
        expect(blobs.names()).toEqual([...names(name), 'other'].map((blob) => `shop/eu/${blob}`));
        pod = newPod({ BLOB_PREFIX: '/shop/eu/' }, 'shop/eu');
        expect(ok(await pod.run(FETCH))).toBe(`fetch: ${name} is whole\n`);
      });

      test.each(['\n', '\r\n'])('takes credentials that end with %j', async (end) => {
        for (const [file, text] of Object.entries(tested.secrets(proxy.port))) pod.secret(file, text + end);
        const name = leaveDump(pod, 'x');
        ok(await pod.run(UPLOAD));
        expect(blobs.names()).toEqual(names(name));
      });

      test('asks nothing of the store without credentials: rclone would go on as anonymous', async () => {
        pod.secret(tested.noCredential.file, '\n');
        leaveDump(pod, 'x');
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(`upload: ${tested.noCredential.line}`);
        expect(proxy.asked).toEqual([]);
      });

      test.each(tested.wrongCredentials)('fails with $name', async ({ file, text, line }) => {
        pod.secret(file, text);
        leaveDump(pod, 'x');
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(`${notListed} ${line.replace('%', bucket())}`);
        expect(blobs.names()).toEqual([]);
      });

      test('fails without the bucket, and does not make it', async () => {
        pod = newPod({}, undefined, 'misspelt');
        leaveDump(pod, 'x');
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(`${notListed} ${tested.noBucket('misspelt')}`);
        expect(proxy.asked.filter(({ method }) => method === 'PUT' || method === 'POST' || method === 'MKCOL')).toEqual(
          [],
        );
      });

      test.each([tested.denied, ...(tested.refusals ?? [])])('says what to do about $by.code', async ({ by, line }) => {
        leaveDump(pod, 'x');
        proxy.inject(() => by);
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(`${notListed} ${line(bucket())}`);
      });

      const SILENT =
        'the blob store did not answer as it should: see whether it is up and a network policy lets this pod out to it';

      test.each<[string, Fault]>([
        ['is frozen', 'freeze'],
        ['cuts every connection', 'cut before'],
        ['answers 500', { status: 500, code: 'InternalError' }],
      ])('fails when the store %s', async (_, fault) => {
        pod = newPod({ RCLONE_TIMEOUT: '1s' });
        leaveDump(pod, 'x');
        proxy.inject(() => fault);
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(`${notListed} ${SILENT}`);
        expect(blobs.names()).toEqual([]);
      });

      test('fails when nothing listens', async () => {
        pod = newPod(tested.at(1));
        leaveDump(pod, 'x');
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(`${notListed} ${SILENT}`);
      });

      test('waits for a slow store', async () => {
        const name = leaveDump(pod, big);
        proxy.inject(() => ({ delay: 200 }));
        ok(await pod.run(UPLOAD));
        expect(blobs.names()).toEqual(names(name));
      });

      test('goes on after one 500 in the middle', async () => {
        const name = leaveDump(pod, big);
        let faults = 0;
        // A file that has no parts is sent once.
        const at = tested.isAtomic ? 1 : 0;
        const fault = { status: 500, code: 'InternalError' };
        proxy.inject((asked) => (isPart(asked) && faults++ === at ? fault : undefined));
        ok(await pod.run(UPLOAD));
        expect(faults).toBeGreaterThan(1);
        expect(blobs.read(name).equals(big)).toBe(true);
        expect(blobs.names()).toEqual(names(name));
      });

      test('fails when 500 goes on in the middle, and prunes nothing', async () => {
        await past(LONG_AGO);
        await past('2020-01-03T00:00:00Z');
        const before = blobs.names();
        pod = newPod({ RETENTION_DAYS: '1', RETENTION_KEEP_AT_LEAST: '1' });
        const name = leaveDump(pod, big);
        proxy.inject((asked) => (isPart(asked) ? { status: 500, code: 'InternalError' } : undefined));
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `upload: ${name} was not uploaded; no backup was made, older ones are untouched: ${SILENT}`,
        );
        // The claim tells the sweeping that this was a run of ours.
        const left = blobs.names().filter((blob) => !before.includes(blob) && (tested.isAtomic || blob !== name));
        expect(left).toEqual([expect.stringMatching(`^${name}.claim-`)]);
        expect(blobs.manifests()).toEqual(before.filter((blob) => blob.endsWith('.json')));
      });

      test.each<Fault>(['cut before', 'cut after'])(
        'survives a connection lost at the last block: %s',
        async (fault) => {
          const name = leaveDump(pod, big);
          let faults = 0;
          proxy.inject((asked) => (isCommit(asked) && isDump(asked) && faults++ === 0 ? fault : undefined));
          ok(await pod.run(UPLOAD));
          expect(faults).toBeGreaterThan(0);
          expect(blobs.read(name).equals(big)).toBe(true);
          expect(blobs.names()).toEqual(names(name));
        },
      );

      test('writes no manifest for what reads back otherwise', async () => {
        const name = leaveDump(pod, big);
        proxy.inject((asked) => (asked.method === 'GET' && isDump(asked) ? { cutAnswerTo: 1e6 } : undefined));
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `upload: ${name} was not uploaded; no backup was made, older ones are untouched: ${SILENT}`,
        );
        expect(blobs.manifests()).toEqual([]);
        // Run again, when the store is well.
        proxy.reset();
        ok(await pod.run(UPLOAD));
        expect(blobs.names()).toEqual(names(name));
      });

      test.each<[string, (dump: Buffer) => Buffer]>([
        ['cut', (dump) => dump.subarray(0, 100)],
        [
          'changed by one bit',
          (dump) => Buffer.concat([dump.subarray(0, 100), Buffer.from([dump[100]! ^ 1]), dump.subarray(101)]),
        ],
      ])('uploads no dump that was %s after it was made', async (_, damage) => {
        leaveDump(pod, big);
        pod.write('backup/dump', damage(big));
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          'upload: the dump has changed since it was made; nothing was uploaded. ' +
            'The next run begins anew; if it fails too, see the disk of the node',
        );
        expect(proxy.asked).toEqual([]);
      });

      test('leaves alone what lies under its name, and takes the next second', async () => {
        const started = new Date().toISOString();
        const name = leaveDump(pod, 'mine', started);
        blobs.write(name, 'of a run that was killed');
        ok(await pod.run(UPLOAD));
        expect(blobs.read(name).toString()).toBe('of a run that was killed');
        const [manifest = ''] = blobs.manifests();
        expect(manifest > `${name}.json`).toBe(true);
        expect(blobs.read(manifest.replace('.json', '')).toString()).toBe('mine');
      });

      test('of two jobs at once, both make a backup', async () => {
        const started = new Date().toISOString();
        const pods = ['one', 'two', 'three'].map((content) => {
          const each = newPod();
          leaveDump(each, content, started);
          return each;
        });
        (await Promise.all(pods.map((each) => each.run(UPLOAD)))).forEach(ok);
        expect(blobs.manifests()).toHaveLength(3);
        const contents = blobs.manifests().map((manifest) => {
          const content = blobs.read(manifest.replace('.json', ''));
          const { files } = JSON.parse(blobs.read(manifest).toString());
          expect(files.dump.sha256).toBe(createHash('sha256').update(content).digest('hex'));
          return content.toString();
        });
        expect(contents.sort()).toEqual(['one', 'three', 'two']);
        expect(blobs.names()).toHaveLength(9);
      });

      test('makes no second backup when its container is started again', async () => {
        const name = leaveDump(pod, 'x');
        ok(await pod.run(UPLOAD));
        expect(ok(await pod.run(UPLOAD))).toBe(`upload: ${name} is there already\n`);
        expect(blobs.names()).toEqual(names(name));
      });

      test('killed at each of its requests and run again, makes exactly one backup', async () => {
        await past(LONG_AGO);
        const before = blobs.names();
        const started = new Date().toISOString();
        const undisturbed = newPod();
        leaveDump(undisturbed, 'x', started);
        ok(await undisturbed.run(UPLOAD));
        const steps = proxy.asked.length;
        expect(steps).toBeGreaterThan(10);
        for (let step = 0; step < steps; step += tested.killedEvery) {
          for (const fault of ['cut before', 'cut after'] as const) {
            blobs
              .names()
              .filter((blob) => !before.includes(blob))
              .forEach((blob) => blobs.delete(blob));
            pod = newPod();
            const name = leaveDump(pod, 'x', started);
            proxy.reset();
            const running = pod.start(UPLOAD);
            proxy.inject(({ index }) => {
              if (index < step) return undefined;
              if (index === step) setTimeout(() => killGroup(running), fault === 'cut before' ? 0 : 30);
              return index === step && fault === 'cut after' ? { delay: 0 } : 'freeze';
            });
            await running.outcome;
            // At no moment a manifest without its whole dump.
            for (const manifest of blobs.manifests()) {
              const { files } = JSON.parse(blobs.read(manifest).toString());
              const dump = blobs.read(manifest.replace('.json', ''));
              expect(createHash('sha256').update(dump).digest('hex')).toBe(files.dump.sha256);
            }
            proxy.reset();
            ok(await pod.run(UPLOAD));
            expect(blobs.names().filter((blob) => !before.includes(blob))).toEqual(names(name));
            pod.remove();
          }
        }
      }, 600_000);
    });

    describe('pruning', () => {
      test('deletes what is old, and nothing of others', async () => {
        const old = [await past(LONG_AGO), await past('2020-01-03T00:00:00Z'), await past('2020-01-04T00:00:00Z')];
        for (const blob of ['db_2019.json', 'drill_20200101000000.json', 'db_20200101000000', 'x'])
          blobs.write(blob, 'x');
        for (const blob of ['db_20200101000001', 'db_20200101000001.claim-12ab-34']) blobs.write(blob, 'x');
        pod = newPod({ RETENTION_DAYS: '30', RETENTION_KEEP_AT_LEAST: '2' });
        const name = leaveDump(pod, 'x');
        const said = ok(await pod.run(UPLOAD));
        const gone = ['db_20200101000001', 'db_20200101000001.claim-12ab-34'].concat(
          old.slice(0, 2).flatMap((each) => [`${each}.json`, each, `${each}.globals.sql`]),
        );
        expect(said.split('\n').slice(1)).toEqual([
          'prune: keeps 2 backups (1 of the last 30 days, 2 newest); deletes 8 files',
          ...gone.map((blob) => `prune: deletes ${blob}`),
          '',
        ]);
        expect(blobs.names()).toEqual(
          [
            ...names(old[2]!),
            ...names(name),
            'db_2019.json',
            'drill_20200101000000.json',
            'db_20200101000000',
            'x',
          ].sort(),
        );
        const deletes = proxy.asked.filter(({ method, url }) => method === 'DELETE' && !url.includes('claim'));
        expect(deletes.map(({ url }) => url.replace(/\?.*/, '').replace(/.*\//, ''))).toEqual(
          gone.filter((blob) => !blob.includes('claim')),
        );
      });

      // A drill has read the same bytes as a restore would, sealed or not.
      test.each([false, true])('keeps what passed a drill, encrypted: %s', async (encrypted) => {
        const job = (env: { [name: string]: string } = {}): Pod => {
          const made = newPod({ ...(encrypted && { ENCRYPTION: 'rcloneCrypt' }), ...env });
          made.secret('encryptionKey.txt', ENCRYPTION_KEY);
          return made;
        };
        const drilled = nameOf(LONG_AGO);
        for (const started of [LONG_AGO, '2020-01-03T00:00:00Z']) {
          const made = job();
          leaveDump(made, 'x', started);
          ok(await made.run(UPLOAD));
        }
        const reporting = job();
        reporting.write('drill.json', `{\n  "status": "passed",\n  "backup": "${drilled}",\n  "checks": [\n  ]\n}\n`);
        ok(await reporting.run(REPORT));
        pod = job({ RETENTION_DAYS: '30' });
        const name = leaveDump(pod, 'x');
        expect(ok(await pod.run(UPLOAD))).toContain(
          '\nprune: keeps 2 backups (1 of the last 30 days, 1 newest, 1 that passed a drill); deletes 3 files\n',
        );
        expect(blobs.manifests()).toEqual([`${drilled}.json`, `${name}.json`]);
        // With another key no report can be read, and the backup must succeed all the same.
        if (!encrypted) return;
        pod = job({ RETENTION_DAYS: '30' });
        pod.secret('encryptionKey.txt', 'another key');
        const next = leaveDump(pod, 'y', new Date(Date.now() + 5000).toISOString());
        ok(await pod.run(UPLOAD));
        expect(blobs.manifests()).toEqual([`${name}.json`, `${next}.json`]);
      });

      test('deletes nothing when no retention is set', async () => {
        await past(LONG_AGO);
        await past('2020-01-03T00:00:00Z');
        leaveDump(pod, 'x');
        ok(await pod.run(UPLOAD));
        expect(blobs.manifests()).toHaveLength(3);
      });

      (tested.immutable ? test : test.skip)('understands what a policy keeps', async () => {
        const old = await past(LONG_AGO);
        pod = newPod({ RETENTION_DAYS: '30' });
        const name = leaveDump(pod, 'x');
        proxy.inject(({ method, url }) =>
          method === 'DELETE' || url.includes('comp=metadata') ? tested.immutable : undefined,
        );
        expect(ok(await pod.run(UPLOAD))).toMatch(
          new RegExp(
            `\nprune: ${old}.json is immutable, so it and the rest stay until the store's policy lets them go\n$`,
          ),
        );
        expect(blobs.names().filter((blob) => !blob.includes('claim'))).toEqual([...names(old), ...names(name)]);
      });

      test('that fails leaves a whole backup, and says so', async () => {
        const old = await past(LONG_AGO);
        pod = newPod({ RETENTION_DAYS: '30' });
        const name = leaveDump(pod, 'x');
        proxy.inject(({ method }) => (method === 'DELETE' ? tested.denied.by : undefined));
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `upload: ${name} is whole, but ${old}.json was not deleted: ` + tested.denied.line(bucket()),
        );
        // Started again, it only prunes.
        proxy.reset();
        expect(ok(await pod.run(UPLOAD))).toContain(`upload: ${name} is there already\nprune: keeps 1 backup `);
        expect(blobs.names().filter((blob) => !blob.includes('claim'))).toEqual(names(name));
      });

      // Under a name of tomorrow it would hide the backups of today, and under one of last year be deleted.
      test.each([7200, -7200])('nor anything else happens by a clock that is %d s off', async (skew) => {
        await past(LONG_AGO);
        pod = newPod({ RETENTION_DAYS: '30' });
        // A function, as some builds of BusyBox look for their own applets before the PATH.
        pod.prelude = `date() {
        case "$*" in *-d*) command date "$@" ;; *) command date "$@" -d "@$(($(command date +%s) + ${skew}))" ;; esac
      }\n`;
        leaveDump(pod, 'x', new Date(Date.now() + skew * 1000).toISOString());
        const before = blobs.names();
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toMatch(
          new RegExp(
            `^upload: the clock of this node differs from the store's by (${skew < 0 ? '-71..|-7200' : '7...'}) s, so the backup would have ` +
              'a wrong name; no backup was made, older ones are untouched: set the clock$',
          ),
        );
        expect(blobs.names()).toEqual(before);
      });
    });

    /** Kills a container at its nth request; says whether it got that far. */
    async function killAt(step: number, container: Container): Promise<boolean> {
      proxy.reset();
      const running = pod.start(container);
      let reached = false;
      proxy.inject(({ index }) => {
        if (index < step) return undefined;
        if (index === step) {
          reached = true;
          setTimeout(() => killGroup(running), 0);
        }
        return 'freeze';
      });
      await running.outcome;
      proxy.reset();
      return reached;
    }

    describe('killed at each of its requests and run again', () => {
      test('pruning leaves no manifest without its dump, and is done in the end', async () => {
        let reached = true;
        for (let step = 0; reached; step += tested.killedEvery) {
          blobs.names().forEach((blob) => blobs.delete(blob));
          await past(LONG_AGO);
          await past('2020-01-03T00:00:00Z');
          pod = newPod();
          const name = leaveDump(pod, 'x');
          ok(await pod.run(UPLOAD));
          pod.remove();
          pod = newPod({ RETENTION_DAYS: '30' });
          const next = leaveDump(pod, 'y', new Date(Date.now() + 5000).toISOString());
          ok(await pod.run(UPLOAD, { RETENTION_DAYS: '' }));
          reached = await killAt(step, UPLOAD);
          for (const manifest of blobs.manifests()) expect(blobs.names()).toContain(manifest.replace('.json', ''));
          ok(await pod.run(UPLOAD));
          expect(blobs.names()).toEqual([...names(name), ...names(next)].sort());
          pod.remove();
        }
      }, 600_000);

      test('fetching leaves a whole backup or none', async () => {
        const name = await past(LONG_AGO, 'whole');
        let reached = true;
        for (let step = 0; reached; step += tested.killedEvery) {
          pod = newPod();
          reached = await killAt(step, FETCH);
          if (pod.has('backup')) expect(pod.read('backup/dump')).toBe('whole');
          expect(ok(await pod.run(FETCH))).toBe(`fetch: ${name} is whole\n`);
          pod.remove();
        }
      }, 600_000);
    });

    describe('fetch.sh', () => {
      test('takes the newest, one by name, or the newest before a time', async () => {
        const [first, second] = [await past(LONG_AGO, '1'), await past('2020-01-03T00:00:00Z', '2')];
        // No backups: a dump without manifest, and a drill.
        blobs.write('db_20300101000000', 'x');
        blobs.write('drill_20300101000000.json', 'x');
        for (const [env, name] of [
          [{}, second],
          [{ BACKUP: first }, first],
          [{ BEFORE: '20200102235959' }, first],
          [{ BEFORE: '2020-01-03T00:00:00Z' }, second],
          [{ BEFORE: '2020-01-02 23:59' }, first],
        ] as const) {
          expect(ok(await pod.run(FETCH, { ...env }))).toBe(`fetch: ${name} is whole\n`);
          expect(pod.read('backup/dump')).toBe(name === first ? '1' : '2');
          expect(JSON.parse(pod.read('backup/facts.json')).name).toBe(name);
        }
      });

      test.each([
        [{ BACKUP: 'db_20210101000000' }, 'no backup db_20210101000000 in %: set BACKUP to one of those above'],
        [{ BACKUP: 'db_2020010203040.' }, 'no backup db_2020010203040. in %: set BACKUP to one of those above'],
        [
          { BEFORE: '20190101000000' },
          'no backup of 20190101000000 or before in %: set BEFORE to a later time, or BACKUP to one of those above',
        ],
        [{ BEFORE: 'yesterday' }, 'BEFORE is yesterday: write it in UTC, as 20261121063800 or 2026-11-21T06:38:00Z'],
        [{ BEFORE: '20190101000000', BACKUP: 'db_20200102030405' }, 'set BACKUP or BEFORE, not both'],
      ])('says what there is instead of %j', async (env, line) => {
        await past(LONG_AGO);
        const outcome = await pod.run(FETCH, { ...env });
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(`fetch: ${line.replace('%', place())}`);
        if (line.endsWith('above')) expect(outcome.stderr).toContain('fetch: there is db_20200102030405\n');
        expect(pod.has('backup')).toBe(false);
      });

      test.each<[string, string, (content: string) => string]>([
        ['a dump that was changed', '', (content) => content.replace('2', '3')],
        ['a dump that was cut', '', (content) => content.slice(1)],
        ['roles that were changed', '.globals.sql', (content) => `${content} `],
      ])('refuses %s in the store, and names the backup before', async (_, suffix, damage) => {
        await past(LONG_AGO);
        const name = await past('2020-01-03T00:00:00Z');
        blobs.write(name + suffix, damage(blobs.read(name + suffix).toString()));
        const outcome = await pod.run(FETCH);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `fetch: ${name}${suffix} is not what was uploaded: it was damaged or changed in the store. ` +
            `Nothing was restored. Set BACKUP=${nameOf(LONG_AGO)}, the one before it`,
        );
        expect(pod.has('backup')).toBe(false);
      });

      test('refuses a manifest that was cut, and one without its dump', async () => {
        const name = await past(LONG_AGO);
        const manifest = blobs.read(`${name}.json`).toString();
        blobs.write(`${name}.json`, manifest.slice(0, 60));
        const outcome = await pod.run(FETCH);
        expect(lastLine(outcome)).toBe(
          `fetch: ${name}.json is no manifest of ${name}: it was damaged or changed in the store. ` +
            'Nothing was restored, and there is no backup before it',
        );
        blobs.write(`${name}.json`, manifest);
        blobs.delete(name);
        const missing = await pod.run(FETCH);
        expect(missing.status).toBe(1);
        expect(lastLine(missing)).toBe(
          `fetch: ${name} is not in the store any more, so ${name} cannot be used. ` +
            'Nothing was restored, and there is no backup before it',
        );
        expect(pod.has('backup')).toBe(false);
      });

      test('fails when the store ends in the middle, and succeeds the next time', async () => {
        await past(LONG_AGO);
        const job = newPod();
        const name = leaveDump(job, big);
        ok(await job.run(UPLOAD));
        proxy.inject((asked) => (asked.method === 'GET' && isDump(asked) ? { cutAnswerTo: 1e6 } : undefined));
        const outcome = await pod.run(FETCH);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `fetch: ${name} was not downloaded; nothing was restored: ` +
            'the blob store did not answer as it should: see whether it is up and a network policy lets this pod out to it',
        );
        expect(pod.has('backup')).toBe(false);
        proxy.reset();
        ok(await pod.run(FETCH));
      });
    });

    describe('encryption', () => {
      const SEALED = { ENCRYPTION: 'rcloneCrypt' };

      test('seals what is written, under names that can be read', async () => {
        pod = newPod(SEALED);
        pod.secret('encryptionKey.txt', `${ENCRYPTION_KEY}\n`);
        const name = leaveDump(pod, 'a dump that none shall read');
        ok(await pod.run(UPLOAD));
        expect(blobs.names()).toEqual(names(name));
        for (const blob of names(name)) expect(blobs.read(blob).subarray(0, 8).toString()).toBe('RCLONE\0\0');

        ok(await pod.run(FETCH));
        expect(pod.read('backup/dump')).toBe('a dump that none shall read');

        pod.secret('encryptionKey.txt', 'another key');
        const outcome = await pod.run(FETCH);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `fetch: ${name}.json was not downloaded; nothing was restored: ` +
            'what lies there does not open with encryptionKey.txt: put in the key that it was made with',
        );
      });

      test('is told from damage where the job that fetches knows nothing of it', async () => {
        pod = newPod(SEALED);
        pod.secret('encryptionKey.txt', ENCRYPTION_KEY);
        const name = leaveDump(pod, 'a dump');
        ok(await pod.run(UPLOAD));
        const outcome = await newPod().run(FETCH);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          `fetch: ${name} is encrypted: give this job the encryption, and the key, of the job that made it. Nothing was restored`,
        );
      });

      test('without a key asks nothing of the store', async () => {
        pod = newPod(SEALED);
        leaveDump(pod, 'x');
        const outcome = await pod.run(UPLOAD);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe('upload: no encryption key: put it into encryptionKey.txt of the Secret');
        expect(proxy.asked).toEqual([]);
      });
    });

    describe('report.sh', () => {
      const drill = (status: string) =>
        `{\n  "status": "${status}",\n  "backup": "db_20200102030405",\n  "ageSeconds": 9,\n  "restoreSeconds": 3,\n  "checks": [\n` +
        `    { "name": "age", "passed": true, "detail": "9 s" },\n    { "name": "rows", "passed": ${status === 'passed'}, "detail": "x \\"y\\"" }\n  ]\n}\n`;

      test('uploads a drill that failed, once, and fails', async () => {
        pod.write('drill.json', drill('failed'));
        const first = await pod.run(REPORT);
        expect(first.status).toBe(1);
        expect(first.stdout).toBe('report: age: passed: 9 s\nreport: rows: FAILED: x "y"\n');
        const [name = ''] = blobs.names();
        expect(lastLine(first)).toBe(
          'report: db_20200102030405 did not pass the drill: a restore may fail. ' +
            `See what FAILED above and in ${name}, and make a backup now`,
        );
        expect((await pod.run(REPORT)).status).toBe(1);
        expect(blobs.names()).toEqual([name]);
        expect(blobs.read(name).toString()).toBe(drill('failed'));
      });

      test('that cannot be uploaded fails, and says what the drill was', async () => {
        pod.write('drill.json', drill('passed'));
        proxy.inject((asked) => (tested.made(asked) === undefined ? undefined : tested.denied.by));
        const outcome = await pod.run(REPORT);
        expect(outcome.status).toBe(1);
        expect(lastLine(outcome)).toBe(
          'report: the drill passed, and its report was not uploaded: ' + tested.denied.line(bucket()),
        );
      });
    });
  });
}
