import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Cron } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { BlobBackupCronJob, BlobCredentials, BlobStore } from '../../lib';
import { Postgresql } from '../../scenarios/postgresql';
import { find, manifestsOf, named } from '../support/manifests';
import type { PodSpec } from '../support/manifests';
import { describeShell, Sandbox } from '../support/shell';
import type { Outcome } from '../support/shell';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'images/backup-job');
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const lines = (instruction: string): string[] =>
  [...read('Dockerfile').matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, rest = '']) => rest);

/** The pod of a backup of the documented database, made by stock images or by one. */
function podOfBackup(image?: string): PodSpec {
  const app = new App();
  const { database } = new Postgresql(app, 'postgresql');
  const chart = new Chart(app, 'backup');
  const secret = Secret.fromSecretName(chart, 'Credentials', 'backupcredentials');
  new BlobBackupCronJob(chart, 'backupjob', {
    database,
    password: { secret, key: 'dbPassword.txt' },
    store: BlobStore.azure({
      account: 'tomasbackupdbstore',
      container: 'backup',
      credentials: BlobCredentials.accountKey({ secret, key: 'storageKey.txt' }),
    }),
    schedule: Cron.daily(),
    retention: { days: 14, keepAtLeast: 7 },
    ...(image !== undefined && { image }),
  });
  return find(manifestsOf(chart), 'CronJob', 'backupjob').spec.jobTemplate.spec.template.spec;
}

const stock = podOfBackup();
const steps = [...stock.initContainers, ...stock.containers];

test('is made of the images that the stock containers run', () => {
  expect(lines('FROM')).toEqual([`${named(steps, 'upload').image} AS rclone`, named(steps, 'dump').image]);
});

test('runs as the user that a pod may name, which is not root', () => {
  expect(lines('USER')).toEqual([`${stock.securityContext.runAsUser}:${stock.securityContext.runAsGroup}`]);
});

const SCRIPTS = ['lib/database/scripts', 'lib/backup/scripts', 'lib/database/postgres/backup'].map((folder) =>
  join(ROOT, folder),
);

test('is built of the scripts of the library, and sends nothing else to the build', () => {
  expect(lines('COPY').filter((line) => !line.startsWith('--from='))).toEqual([
    '${LIB}/database/scripts/ ${LIB}/backup/scripts/ ${LIB}/database/postgres/backup/ images/backup-job/entrypoint.sh /usr/local/lib/backupjob/',
    '${LIB}/backup/stores/ /usr/local/lib/backupjob/stores/',
  ]);
  expect(read('Dockerfile.dockerignore').split('\n').slice(1, 6)).toEqual([
    '*',
    '!lib/database/scripts',
    '!lib/backup/scripts',
    '!lib/backup/stores/*/remote.sh',
    '!lib/database/postgres/backup',
  ]);
});

describeShell('its entrypoint', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
  });

  afterEach(() => box.remove());

  const entrypoint = ['sh', 'image/entrypoint.sh', '1'];

  /** Beside steps that only say what they would do. */
  function runWith(dump: string, upload: string): Outcome {
    box.write('image/entrypoint.sh', read('entrypoint.sh'));
    box.write('image/dump.sh', dump);
    box.write('image/upload.sh', upload);
    const [shell = '', file = '', ...args] = entrypoint;
    return box.run([shell, box.path(file), ...args]);
  }

  test('dumps, and then uploads', () => {
    expect(runWith('echo dump', 'echo upload')).toEqual({ status: 0, stdout: 'dump\nupload\n', stderr: '' });
  });

  test.each([1, 137])('uploads nothing when the dump fails with %i, and fails as it did', (status) => {
    expect(runWith(`echo dump; exit ${status}`, 'echo upload')).toEqual({ status, stdout: 'dump\n', stderr: '' });
  });

  test('fails as the upload does', () => {
    expect(runWith('echo dump', 'exit 3').status).toBe(3);
  });

  describe('with its real steps', () => {
    const container = named(podOfBackup('tomas/backupjob:1').containers, 'backup');

    beforeEach(() => {
      box.write('credentials/dbPassword.txt', 'of the database\n');
      box.write('credentials/storageKey.txt', 'of the store\n');
      box.program(
        'psql',
        `echo "$PGUSER@$PGHOST:$PGPORT/$PGDATABASE $PGPASSWORD" > "$SANDBOX/login"
case $* in *dump.sql) ;; *databases.sql) printf '"postgres"\\t\\n'; exit ;; *) echo 17.11; exit ;; esac
for word; do case $word in objects=*) echo '"tables": 1' > "\${word#objects=}" ;; esac; done
cat "$SANDBOX/status" > "$STATUS"; echo PGDMP > "$FILE"; sha256sum < "$FILE" > "$SUM"
echo '"public.orders": 2'`,
      );
      box.write('status', '0');
      box.program('pg_dumpall', 'while [ "$1" != -f ]; do shift; done; echo "CREATE ROLE shop;" > "$2"');
      box.program('pg_restore', 'exit 0');
      // A blob is a file in the folder `blobs`.
      box.program(
        'rclone',
        String.raw`
echo "$1 $RCLONE_CONFIG_BLOBS_ACCOUNT $RCLONE_CONFIG_BLOBS_KEY" >> "$SANDBOX/calls"
cd "$SANDBOX/blobs" || exit
case $1 in
  lsf)
    case $* in
      *'--format tp'*) for name in db_*; do case $name in ${'${7%\\*}'}*) [ ! -f "$name" ] || date -u "+%Y-%m-%d %H:%M:%S;$name" ;; esac; done ;;
      *--use-server-modtime*) date -u '+%Y-%m-%d %H:%M:%S' ;;
      *) for name in db_*; do case $name in ${'${4%\\*}'}*) [ ! -f "$name" ] || echo "$name" ;; esac; done ;;
    esac ;;
  copyto) shift; while [ "$#" -gt 2 ]; do shift; done; cp "$1" "$(basename "$2")" ;;
  hashsum) case $3 in --download) sha256sum "$(basename "$4")" ;; *) sha256sum "$3" ;; esac ;;
  cat) cat "$(basename "$2")" ;;
  deletefile) rm "$(basename "$2")" ;;
esac`,
      );
      box.write('blobs/other', '');
    });

    /** In the environment that the pod gives it. */
    function runWhole(): Outcome {
      const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
      const folders = { SCRATCH: box.path('scratch'), CREDENTIALS: box.path('credentials'), TMPDIR: box.folder };
      for (const folder of SCRIPTS) cpSync(folder, box.path('image'), { recursive: true });
      cpSync(join(ROOT, 'lib/backup/stores'), box.path('image/stores'), { recursive: true });
      cpSync(join(FOLDER, 'entrypoint.sh'), box.path('image/entrypoint.sh'));
      return box.run(['sh', box.path('image/entrypoint.sh'), '1'], { ...env, ...folders });
    }

    const blobs = (): string[] => readdirSync(box.path('blobs')).filter((name) => name.startsWith('db_'));

    test('makes a whole backup of the environment and the files of the documented contract', () => {
      expect(container.command).toBeUndefined();
      expect(container.env.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'BLOB_STORE',
          'STORAGE_ACCOUNT',
          'CONTAINER_NAME',
          'DB_HOST',
          'DB_PORT',
          'DB_USER',
          'DB_NAME',
        ]),
      );
      expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(
        expect.arrayContaining(['/scratch', '/backupCredentials/dbPassword.txt', '/backupCredentials/storageKey.txt']),
      );
      expect(runWhole()).toEqual({
        status: 0,
        stdout: expect.stringMatching(
          /^dump: 2 rows of 1 tables, dumped in \d+ s and read back\nupload: db_\d{14} is whole: 24 bytes, dumped in \d+ s, uploaded and read back in \d+ s\nprune: keeps 1 backup \(1 of the last 14 days, 1 newest\); deletes nothing\n$/,
        ),
        stderr: '',
      });
      const [dump, ...beside] = blobs();
      expect(dump).toMatch(/^db_\d{14}$/);
      expect(beside).toEqual([`${dump}.globals.sql`, `${dump}.json`]);
      expect(JSON.parse(box.read(`blobs/${dump}.json`))).toMatchObject({
        name: dump,
        database: 'postgres',
        totalRows: 2,
      });
      expect(box.read('login')).toBe('postgres@postgresql:5432/postgres of the database\n');
      expect(box.read('calls')).toMatch(/^lsf tomasbackupdbstore of the store$/m);
    });

    test('asks nothing of the store when there is no dump', () => {
      box.write('status', '1');
      expect(runWhole()).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^dump: pg_dump of database postgres failed with status 1/),
      });
      expect({ blobs: blobs(), asked: existsSync(box.path('calls')) }).toEqual({ blobs: [], asked: false });
    });
  });
});
