import { chownSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNT, ACCOUNT_KEY, Azurite } from '../support/backup/azurite';
import { Blobs } from '../support/backup/blobs';
import { Pod } from '../support/backup/pod';
import { contents, fillShop, postgresPod } from '../support/backup/postgres-backup';
import { PostgresServer } from '../support/backup/postgres-server';
import { start } from '../support/backup/processes';
import { describeReal } from '../support/backup/programs';
import { RcloneImage } from '../support/backup/rclone-image';
import { DUMP, UPLOAD } from '../support/backup/steps';

const PAGE = readFileSync(join(__dirname, '../../docs/restore.md'), 'utf8');
const [, SECTION = ''] = PAGE.split('\n## Without any cluster\n');
const [settings = '', sealed = '', fetch = '', unpack = '', restore = ''] = [
  ...SECTION.matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, code = '']) => code);
const [, whole = ''] = /`(pg_restore --create [^`]*)`/.exec(SECTION) ?? [];

/** Puts in the names of the test, each of which must be there. */
function using(code: string, names: { [printed: string]: string }): string {
  return Object.entries(names).reduce((text, [printed, name]) => {
    expect(text).toContain(printed);
    return text.replaceAll(printed, name);
  }, code);
}

describeReal(
  'the commands of docs/restore.md that need no cluster',
  ['postgres', 'rclone', 'busybox', 'azurite'],
  () => {
    const KEY = 'sesame, open';
    let azurite: Azurite;
    let source: PostgresServer;
    let other: PostgresServer;
    let folder: string;

    beforeAll(async () => {
      azurite = await Azurite.start();
      source = await PostgresServer.start('secret');
      fillShop(source, 'shop', 1000);
    });

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'by-hand-'));
      writeFileSync(join(folder, 'storageKey.txt'), `${ACCOUNT_KEY}\n`);
      writeFileSync(join(folder, 'encryptionKey.txt'), `${KEY}\n`);
      other = await PostgresServer.start('secret');
      const { uid, gid } = other.image.user;
      for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))]) chownSync(path, uid, gid);
    });

    afterEach(() => {
      other.stop();
      rmSync(folder, { recursive: true });
    });

    afterAll(() => {
      Pod.removeAll();
      azurite.stop();
      source.stop();
    });

    test.each<[string, { [name: string]: string }]>([
      ['plain', {}],
      ['sealed', { ENCRYPTION: 'rcloneCrypt' }],
      ['parallel', { PARALLEL: '2' }],
    ])('bring back a backup that is %s', async (container, env) => {
      const blobs = new Blobs(azurite.port, container);
      const pod = postgresPod(source, 'shop', azurite.port, { CONTAINER_NAME: container, ...env });
      pod.secret('encryptionKey.txt', KEY);
      for (const step of [DUMP, UPLOAD]) expect(await pod.run(step)).toMatchObject({ status: 0 });
      const backup = blobs.manifests()[0]!.replace('.json', '');

      const here = using(settings, {
        db_20261121063800: backup,
        tomasbackupdbstore: ACCOUNT,
        'blobs:backup': `blobs:${container}`,
      });
      const there = using(restore, { 'PGPORT=5432': `PGPORT=${other.port}` });
      const script = [
        `cd ${folder}`,
        here,
        container === 'sealed' ? sealed : '',
        fetch,
        container === 'parallel' ? unpack : '',
        there,
        whole,
      ].join('\n');
      const { image } = other;
      const running = start(image.program('bash', '--norc', '-euo', 'pipefail', '-c', script), {
        PATH: [...image.path, RcloneImage.path].join(':'),
        HOME: folder,
        LC_ALL: 'C.UTF-8',
        RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${azurite.port}/${ACCOUNT}`,
        PGPASSWORD: 'secret',
      });
      const { status, stdout, stderr } = await running.outcome;
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('pg_restore') });
      expect(stdout).toMatch(new RegExp(`^${backup}\\.json\n[^]*^${backup}: OK\n${backup}\\.globals\\.sql: OK\n`, 'm'));
      const rows = 'SELECT count(*), md5(string_agg(note, id::text ORDER BY id)) FROM orders';
      expect(other.sql('shop_restored', rows)).toBe(source.sql('shop', rows));
      expect(contents(other, 'shop')).toBe(contents(source, 'shop'));
    });
  },
);
