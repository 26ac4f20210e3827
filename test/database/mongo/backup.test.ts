import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BSON } from 'mongodb';
import { describeShell, Sandbox } from '../../support/shell';
import type { Outcome } from '../../support/shell';

const FOLDER = join(__dirname, '../../../lib/database/mongo');
const text = (...names: string[]) => names.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('');
const SCRIPTS = {
  dump: text('client.sh', 'dump.sh'),
  restore: text('client.sh', 'restore.sh'),
  drill: text('drill.sh'),
};

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
    box.program('mongosh', 'echo "mongosh $*" >> "$SANDBOX/arguments"; cat "$SANDBOX/shell"');
    box.program('mongod', 'echo "mongod $*" >> "$SANDBOX/arguments"; exec sleep 60');
    box.write('shell', '0\n');
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

  function run(name: keyof typeof SCRIPTS, env: { [key: string]: string } = {}): Outcome & { last: string } {
    const layout = {
      CREDENTIALS: box.path('credentials'),
      SCRATCH: box.path('scratch'),
      TMPDIR: box.path('tmp'),
      CHECKS: box.path('checks'),
    };
    const login = { DB_HOST: 'db-0.db', DB_PORT: '27017', DB_USER: 'root', DB_NAME: 'admin', REPLICA_SET: 'rs0' };
    const outcome = box.run(['sh', '-c', SCRIPTS[name], name], { ...layout, ...login, ...env });
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

  test('dumps a replica set at one point in time, with the counts that mongodump gives', () => {
    expect(run('dump').status).toBe(0);
    expect(box.read('arguments')).toMatch(
      /^mongodump --config=\S+ --username=root --authenticationDatabase=admin --host=rs0\/db-0\.db:27017 --archive=\S+\/backup\.making\/dump --gzip --oplog\n$/,
    );
    expect(box.read('config')).toBe('password: "s3\\"cret"\n');
    expect(JSON.parse(box.read('scratch/backup/facts.json'))).toMatchObject({
      format: 1,
      engine: 'mongo',
      serverVersion: '8.0.29',
      database: 'admin',
      oplog: 'true',
      rows: { 'shop.orders': 2, 'shop.one': 1 },
    });
  });

  test('one database, or a single server, is dumped without an oplog, and it is said', () => {
    expect(run('dump', { DB_NAME: 'shop' }).last).toBe(
      'dump: not at one point in time, as it is one database of a server; DB_NAME=admin takes all of a replica set at one',
    );
    expect(box.read('arguments')).toContain(' --gzip --db=shop\n');
    expect(run('dump', { REPLICA_SET: '' }).last).toBe(
      'dump: not at one point in time, as the server is no replica set',
    );
    expect(box.read('arguments')).toMatch(/--host=db-0\.db:27017 --archive=\S+ --gzip\n$/);
  });

  test('a dump that failed, or was cut, leaves nothing', () => {
    run('dump');
    box.write('status', '1');
    box.write('dump.log', '2026-01-01T00:00:00.000+0000\tFailed: (AuthenticationFailed) Authentication failed.\n');
    expect(run('dump')).toMatchObject({
      status: 1,
      last: 'dump: mongodump failed: Failed: (AuthenticationFailed) Authentication failed.; the server refuses the login of root; compare dbPassword.txt with the password in the database',
    });
    expect(box.has('scratch/backup')).toBe(false);
    box.write('status', '0');
    box.writeBytes('archive', gzipSync(archive()).subarray(0, -9));
    expect(run('dump').last).toMatch(
      /^dump: the dump is not whole; no backup was made: .*unexpected end of file; see above$/,
    );
    box.writeBytes('archive', gzipSync(archive().subarray(0, -3)));
    expect(run('dump').last).toBe(
      'dump: the dump is not whole: its beginning or end is missing; no backup was made; run this again',
    );
    expect(box.has('scratch/backup')).toBe(false);
  });

  test('restores a whole server with its oplog, if it is empty', () => {
    backup();
    expect(run('restore')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^restore: restored db_20260101000000 into admin, 2 collections with the documents of its manifest, in \d+ s\n$/,
      ) as string,
    });
    expect(box.read('arguments')).toMatch(/^mongorestore .* --gzip --stopOnError --objcheck --oplogReplay$/m);
    box.write('shell', '3\n');
    expect(run('restore').last).toBe(
      'restore: admin holds 3 collections; set REPLACE=true to drop those that the dump has, or, for one database, TARGET_DATABASE to restore beside it. Nothing was changed',
    );
    expect(run('restore', { REPLACE: 'true' }).status).toBe(0);
    expect(box.read('arguments')).toMatch(/ --drop --oplogReplay\n$/);
  });

  test('restores one database under another name', () => {
    backup({ DB_NAME: 'shop' });
    box.write('restore.log', box.read('restore.log').replaceAll('shop.', 'copy.'));
    expect(run('restore', { DB_NAME: 'shop', TARGET_DATABASE: 'copy' }).status).toBe(0);
    expect(box.read('arguments')).toMatch(/ --nsInclude=shop\.\* --nsFrom=shop\.\* --nsTo=copy\.\*\n$/);
    expect(run('restore', { DB_NAME: 'shop', TARGET_DATABASE: 'admin' }).last).toMatch(
      /^restore: the backup is of shop, which cannot be restored as admin;/,
    );
  });

  test('documents that did not arrive fail the restore and the drill', () => {
    backup();
    box.write('restore.log', box.read('restore.log').replace('2 documents', '1 document'));
    expect(run('restore').last).toBe(
      'restore: not as the manifest says: "shop.orders": 2; admin is restored in part; run this again with REPLACE=true while nothing writes',
    );
    expect(run('drill').status).toBe(0);
    expect(JSON.parse(box.read('scratch/drill.json'))).toMatchObject({ status: 'failed' });
  });

  test('a shell that answers nonsense is no empty database', () => {
    backup();
    box.write('shell', '');
    expect(run('restore').last).toBe("restore: cannot look into admin: mongosh answered ''; nothing was changed");
    expect(box.read('arguments')).not.toContain('mongorestore');
  });

  test('a drill runs a server that only its pod reaches, and the checks', () => {
    backup();
    box.write('checks/orders.js', 'db.orders.countDocuments() === 2');
    box.write('shell', 'true\n');
    expect(run('drill', { RPO_SECONDS: '60' })).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(box.read('scratch/drill.json'))).toMatchObject({
      status: 'passed',
      backup: 'db_20260101000000',
      rpoSeconds: 60,
      checks: [
        { name: 'age', passed: true },
        { name: 'restore', passed: true },
        { name: 'rows', passed: true, detail: '2 collections as in the manifest' },
        { name: 'orders.js', passed: true, detail: 'true' },
      ],
    });
    expect(box.read('arguments')).toMatch(/^mongod --dbpath \S+ --bind_ip 127\.0\.0\.1 --port 27017 /m);
    expect(box.has('scratch/drill')).toBe(false);
    box.write('shell', 'false\n');
    expect(run('drill').last).toMatch(/^drill: failed, orders\.js: answered 'false';/);
  });
});
