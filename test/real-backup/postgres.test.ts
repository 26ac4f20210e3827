import { createHash } from 'node:crypto';
import { ACCOUNT_KEY, Azurite } from '../support/backup/azurite';
import { Blobs } from '../support/backup/blobs';
import { Pod } from '../support/backup/pod';
import { contents, fillShop, postgresPod } from '../support/backup/postgres-backup';
import { PostgresServer } from '../support/backup/postgres-server';
import { describeReal } from '../support/backup/programs';
import { DRILL, DUMP, FETCH, REPORT, RESTORE, UPLOAD } from '../support/backup/steps';
import type { Outcome } from '../support/shell';

const NAME = 'Läden "x" \'y\' \\';
const ok = (outcome: Outcome): string => {
  if (outcome.status !== 0) throw new Error(outcome.stdout + outcome.stderr);
  return outcome.stdout;
};

describeReal('a backup of PostgreSQL', ['postgres', 'rclone', 'busybox', 'azurite'], () => {
  let azurite: Azurite;
  let blobs: Blobs;
  let source: PostgresServer;
  let other: PostgresServer;
  const password = `not "a' \\secret $(x)`;

  beforeAll(async () => {
    azurite = await Azurite.start();
    blobs = new Blobs(azurite.port, 'backup');
    source = await PostgresServer.start(password);
    other = await PostgresServer.start(password);
    fillShop(source, NAME, 200_000);
  });

  afterAll(() => {
    Pod.removeAll();
    azurite.stop();
    source.stop();
    other.stop();
  });

  test('goes to the store, and comes back whole into an empty server', async () => {
    const job = postgresPod(source, NAME, azurite.port);
    expect(ok(await job.run(DUMP))).toMatch(
      /^dump: 200004 rows of 3 tables and 2 large objects in 2 databases, dumped in \d+ s and read back\n$/,
    );
    expect(ok(await job.run(UPLOAD))).toMatch(
      /^upload: db_\d{14} is whole: \d+ bytes, dumped in \d+ s, uploaded and read back in \d+ s\n$/,
    );
    const [name = ''] = blobs.names();
    expect(name).toMatch(/^db_\d{14}$/);
    // Nothing else is left there, such as claims.
    expect(blobs.names()).toEqual([name, `${name}.2`, `${name}.globals.sql`, `${name}.json`]);
    expect(blobs.contentType(name)).toBe('application/octet-stream');

    const manifest = JSON.parse(blobs.read(`${name}.json`).toString());
    const file = (blob: string) => {
      const content = blobs.read(blob);
      return { size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    };
    expect(manifest).toEqual({
      format: 2,
      name,
      engine: 'postgres',
      serverVersion: source.sql('postgres', 'SHOW server_version').split(' ')[0],
      host: '127.0.0.1',
      database: NAME,
      leftOut: {},
      databases: { dump: NAME, 2: 'postgres' },
      started: name.replace(/db_(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z'),
      durationSeconds: expect.any(Number),
      files: { dump: file(name), 2: file(`${name}.2`), 'globals.sql': file(`${name}.globals.sql`) },
      rows: {
        dump: { 'public.orders': 200_000, 'public.nothing': 1, '"zweites Schema"."Größe ""x""\\\ny"': 3 },
        2: {},
      },
      objects: {
        dump: { functions: 1, 'large objects': 2, schemas: 1, tables: 3, views: 1 },
        2: { 'large objects': 0 },
      },
      tables: 3,
      totalRows: 200_004,
      largeObjects: 2,
    });
    const globals = blobs.read(`${name}.globals.sql`).toString();
    expect(globals).toContain('CREATE ROLE "größe ""q""";');
    expect(globals).not.toContain('PASSWORD');

    const restore = postgresPod(other, NAME, azurite.port);
    expect(ok(await restore.run(FETCH))).toBe(`fetch: ${name} is whole\n`);
    const said = ok(await restore.run(RESTORE));
    expect(said).toContain('restore: made role shop_owner without a password; give it one, see docs/passwords.md\n');
    // It cannot log in.
    expect(said).toContain('restore: made role "größe ""q"""\n');
    expect(said).toMatch(/: 200004 rows of 3 tables, in \d+ s\n$/);
    expect(contents(other, NAME)).toBe(contents(source, NAME));
    expect(other.databases()).toEqual([NAME, 'postgres']);
    expect(other.sql('postgres', "SELECT rolconfig FROM pg_roles WHERE rolname = 'shop_owner'")).toBe('{work_mem=5MB}');
    expect(other.sql('postgres', "SELECT pg_has_role('shop_owner', 'größe \"q\"', 'member')")).toBe('t');
    // Statistics, without which the first queries are slow.
    expect(other.sql(NAME, "SELECT reltuples FROM pg_class WHERE relname = 'orders'")).toBe('200000');

    for (const pod of [job, restore]) {
      expect(pod.leftovers()).toEqual([]);
      expect(pod.log()).not.toContain(password);
      expect(pod.log()).not.toContain(ACCOUNT_KEY);
    }
  });

  test('is drilled, and the drill is in the store', async () => {
    const drill = postgresPod(source, NAME, azurite.port, { RPO_SECONDS: '3600', DB_HOST: '', DB_PORT: '' });
    drill.secret('dbPassword.txt', '');
    drill.check('a few.sql', 'SELECT count(*) > 1000, 2 FROM orders;');
    ok(await drill.run(FETCH));
    ok(await drill.run(DRILL));
    const [name = ''] = blobs.names();
    const said = ok(await drill.run(REPORT));
    expect(said).toContain('report: a few.sql: passed: t\n');
    expect(said).toMatch(
      new RegExp(`\nreport: ${name} passed the drill: restored in \\d+ s, \\d+ s old. See drill_\\d{14}.json\n$`),
    );
    const [report = ''] = blobs.names().filter((blob) => blob.startsWith('drill_'));
    expect(JSON.parse(blobs.read(report).toString())).toEqual({
      status: 'passed',
      backup: name,
      engine: 'postgres',
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      ageSeconds: expect.any(Number),
      rpoSeconds: 3600,
      restoreSeconds: expect.any(Number),
      checks: [
        { name: 'age', passed: true, detail: expect.stringMatching(/^\d+ s, the RPO is 3600 s$/) },
        { name: 'restore', passed: true, detail: expect.stringMatching(/^\d+ s$/) },
        {
          name: 'rows',
          passed: true,
          detail: '200004 rows of 3 tables and 2 large objects in 2 databases are as many as were dumped',
        },
        { name: 'a few.sql', passed: true, detail: 't' },
      ],
    });
  });
});
