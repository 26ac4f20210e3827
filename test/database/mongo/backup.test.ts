import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BSON } from 'mongodb';
import { describeShell, Sandbox } from '../../support/shell';
import type { Outcome } from '../../support/shell';

const LIB = join(__dirname, '../../../lib');

/** As mongodump writes it (common/archive/spec.md of its source); there is no server here that could. */
function archive(): Buffer {
  const end = Buffer.from([0xff, 0xff, 0xff, 0xff]);
  const header = { concurrent_collections: 4, version: '0.1', server_version: '8.0.29', tool_version: '100.13.0' };
  const namespace = { db: 'shop', collection: 'orders' };
  return Buffer.concat([
    Buffer.from('6de29981', 'hex'),
    BSON.serialize(header),
    BSON.serialize({ ...namespace, metadata: '{}', size: 1, type: 'collection' }),
    end,
    BSON.serialize({ ...namespace, EOF: false, CRC: BSON.Long.fromNumber(0) }),
    BSON.serialize({ _id: 1 }),
    end,
    BSON.serialize({ ...namespace, EOF: true, CRC: BSON.Long.fromNumber(1) }),
    end,
  ]);
}

const MONGODUMP = `
echo "mongodump $*" >> "$SANDBOX/arguments"
for argument; do case $argument in --config=*) cp "\${argument#--config=}" "$SANDBOX/config" ;; --archive=*) cp "$SANDBOX/archive" "\${argument#--archive=}" ;; esac; done
cat "$SANDBOX/dump.log" >&2
exit "$(cat "$SANDBOX/status")"`;
const MONGORESTORE = `
echo "mongorestore $*" >> "$SANDBOX/arguments"
cat "$SANDBOX/restore.log" >&2
exit "$(cat "$SANDBOX/status")"`;

describeShell('backups of MongoDB, by fakes of its programs', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    box.program('mongodump', MONGODUMP);
    box.program('mongorestore', MONGORESTORE);
    box.program(
      'mongosh',
      'case $* in *version*) echo 8.0.29 ;; *listDatabases*) cat "$SANDBOX/there" ;; *load*) cat "$SANDBOX/check" ;; esac',
    );
    box.program(
      'mongod',
      'case $1 in --version) echo "db version v8.0.29"; exit ;; esac; echo "mongod $*" >> "$SANDBOX/arguments"; exec sleep 60',
    );
    box.write('there', '0\n');
    box.write('status', '0');
    box.write(
      'dump.log',
      '2026-01-01T00:00:00.000+0000\twriting `shop.orders` to archive\n2026-01-01T00:00:00.000+0000\tdone dumping `shop.orders` (2 documents)\n2026-01-01T00:00:00.000+0000\tdone dumping shop.one (1 document)\n',
    );
    box.write(
      'restore.log',
      '2026-01-01T00:00:00.000+0000\tfinished restoring `shop.orders` (2 documents, 0 failures)\n2026-01-01T00:00:00.000+0000\tfinished restoring `shop.one` (1 document, 0 failures)\n',
    );
    box.write('credentials/dbPassword.txt', 's3"cret\r\n');
    box.write('tmp/.keep', '');
    box.writeBytes('archive', gzipSync(archive()));
  });

  afterEach(() => {
    box.remove();
  });

  function run(name: 'dump' | 'restore' | 'drill', env: { [key: string]: string } = {}): Outcome & { last: string } {
    const layout = {
      CREDENTIALS: box.path('credentials'),
      SCRATCH: box.path('scratch'),
      TMPDIR: box.path('tmp'),
      CHECKS: box.path('checks'),
    };
    const login = { DB_HOST: 'db-0.db', DB_PORT: '27017', DB_USER: 'root', DB_NAME: 'admin', REPLICA_SET: 'rs0' };
    for (const folder of ['database/scripts', 'backup/scripts', 'database/mongo/backup'])
      cpSync(join(LIB, folder), box.path('scripts'), { recursive: true });
    const outcome = box.run(['sh', box.path(`scripts/${name}.sh`), '1'], { ...layout, ...login, ...env });
    expect(outcome.stdout + outcome.stderr + (box.has('arguments') ? box.read('arguments') : '')).not.toMatch(/s3\\?"/);
    return { ...outcome, last: outcome.stderr.trimEnd().split('\n').at(-1) ?? '' };
  }

  /** As upload.sh and fetch.sh leave it. */
  function backup(env: { [key: string]: string } = {}): void {
    expect(run('dump', env).status).toBe(0);
    box.write(
      'scratch/backup/facts.json',
      box.read('scratch/backup/facts.json').replace('{\n', '{\n  "name": "db_20260101000000",\n'),
    );
    box.write('arguments', '');
  }

  test('a replica set is dumped with its oplog', () => {
    expect(run('dump').status).toBe(0);
    expect(box.read('arguments')).toMatch(
      /^mongodump --config=\S+ --username=root --authenticationDatabase=admin --host=rs0\/db-0\.db:27017 --archive=\S+\/backup\.new\/dump --gzip --oplog$/m,
    );
    expect(box.read('config')).toBe('password: "s3\\"cret"\n');
    expect(JSON.parse(box.read('scratch/backup/facts.json'))).toMatchObject({
      format: 2,
      engine: 'mongo',
      serverVersion: '8.0.29',
      database: 'admin',
      oplog: 'true',
      rows: { dump: { 'shop.orders': 2, 'shop.one': 1 } },
    });
  });

  test.each([
    [{ DB_NAME: 'shop' }, / --gzip --db=shop$/m],
    [{ REPLICA_SET: '' }, /--host=db-0\.db:27017 --archive=\S+ --gzip$/m],
  ])('with %j the dump has no oplog, and the log says so', (env, args) => {
    expect(run('dump', env).stderr).toContain(
      'dump: not at one point in time: that takes a replica set, and DB_NAME=admin\n',
    );
    expect(box.read('arguments')).toMatch(args);
  });

  const NOTHING = 'nothing is uploaded, older backups are untouched';

  test('a dump that fails, or is cut, leaves nothing', () => {
    box.write('status', '1');
    box.write('dump.log', '2026-01-01T00:00:00.000+0000\tFailed: (AuthenticationFailed) Authentication failed.\n');
    expect(run('dump')).toMatchObject({
      status: 1,
      last: `dump: mongodump failed, ${NOTHING}: the server refuses the login of root: put its password into dbPassword.txt of the Secret`,
    });
    box.write('status', '0');
    box.writeBytes('archive', gzipSync(archive()).subarray(0, -9));
    expect(run('dump').last).toBe(`dump: the dump does not read back, ${NOTHING}: see the lines above`);
    expect(box.has('scratch/backup')).toBe(false);
  });

  test('a restore goes into an empty server, or replaces the collections that the dump has', () => {
    backup();
    box.write('there', '3\n');
    expect(run('restore').last).toMatch(
      /^restore: not empty on db-0.db, and as before: "admin" \(3 tables and other objects\). Set REPLACE=true /,
    );
    expect(box.read('arguments')).not.toContain('mongorestore');
    box.write('there', '');
    expect(run('restore').last).toMatch(/asked for its objects, it answered ''$/);
    expect(box.read('arguments')).not.toContain('mongorestore');
    box.write('there', '3\n');
    expect(run('restore', { REPLACE: 'true' }).status).toBe(0);
    expect(box.read('arguments')).toMatch(/^mongorestore .* --gzip --stopOnError --objcheck --oplogReplay --drop$/m);
    box.write('there', '0\n');
    expect(run('restore')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/\nrestore: db_20260101000000 is in "admin": 3 rows of 2 tables, in \d+ s\n$/),
    });
    expect(box.read('arguments')).toMatch(/^mongorestore .* --gzip --stopOnError --objcheck --oplogReplay$/m);
  });

  test('one database is restored under another name', () => {
    backup({ DB_NAME: 'shop' });
    box.write('restore.log', box.read('restore.log').replaceAll('shop.', 'copy.'));
    const outcome = run('restore', { DB_NAME: 'shop', TARGET_DATABASE: 'copy' });
    expect(outcome).toMatchObject({ status: 0 });
    expect(box.read('arguments')).toMatch(/ --nsInclude=shop\.\* --nsFrom=shop\.\* --nsTo=copy\.\*$/m);
    expect(run('restore', { DB_NAME: 'shop', TARGET_DATABASE: 'admin' }).last).toMatch(
      /^restore: the backup is of shop, which cannot be restored as admin,/,
    );
  });

  test('documents that did not arrive fail the restore and the drill', () => {
    backup();
    box.write('restore.log', box.read('restore.log').replace('2 documents', '1 document'));
    const { stderr } = run('restore');
    expect(stderr).toMatch(/: "shop\.orders" has 1 rows, the dump had 2\.\n$/);
    expect(stderr).toContain('restore: admin may be half restored: run this again with REPLACE=true\n');
    expect(run('drill').status).toBe(0);
    expect(JSON.parse(box.read('scratch/drill.json'))).toMatchObject({ status: 'failed' });
  });

  test('a drill runs a server that only its pod reaches, and the checks', () => {
    backup();
    box.write('checks/orders.js', 'db.orders.countDocuments() === 2');
    box.write('check', 'true\n');
    expect(run('drill', { RPO_SECONDS: '60' })).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining('drill'),
    });
    expect(JSON.parse(box.read('scratch/drill.json'))).toMatchObject({
      status: 'passed',
      backup: 'db_20260101000000',
      rpoSeconds: 60,
      checks: [
        { name: 'age', passed: true },
        { name: 'restore', passed: true },
        { name: 'rows', passed: true, detail: '3 rows of 2 tables are as many as were dumped' },
        { name: 'orders.js', passed: true, detail: 'true' },
      ],
    });
    expect(box.read('arguments')).toMatch(/^mongod --dbpath \S+ --bind_ip 127\.0\.0\.1 --port 27017 /m);
    box.write('check', 'false\n');
    run('drill');
    expect(JSON.parse(box.read('scratch/drill.json'))).toMatchObject({ status: 'failed' });
    expect(box.has('scratch/drill')).toBe(false);
  });
});
