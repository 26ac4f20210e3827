import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describeShell, Sandbox } from '../support/shell';
import type { Outcome } from '../support/shell';

const LIB = join(__dirname, '../../lib');

/** rclone, that tells how it was called, and knows no blob. */
const RCLONE = `
case $1 in obscure) [ "$#" -eq 2 ] && sed 's/^/obscured /'; exit ;; esac
case $1 in help) printf -- '- Env Var:     RCLONE_X_%s\\n' HOST PASS KEY_PEM CHUNK_SIZE DISABLE_CHECKSUM NO_CHECK_BUCKET UPLOAD_CONCURRENCY UPLOAD_CUTOFF; exit ;; esac
echo "$@" >> "$SANDBOX/calls"
env | grep '^RCLONE_CONFIG_' | sort > "$SANDBOX/env"`;

describeShell('what rclone is told of the blob store', () => {
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    box.program('rclone', RCLONE);
    box.write('credentials/storageKey.txt', 'the key\r\n');
  });

  afterEach(() => box.remove());

  function run(store: string | undefined, env: { [key: string]: string }): Outcome {
    const folders = { SCRATCH: box.path('scratch'), CREDENTIALS: box.path('credentials'), TMPDIR: box.folder };
    for (const folder of ['database/scripts', 'backup/scripts'])
      cpSync(join(LIB, folder), box.path('scripts'), { recursive: true });
    if (store !== undefined) cpSync(join(LIB, 'backup/stores', store, 'remote.sh'), box.path('scripts/remote.sh'));
    return box.run(['sh', box.path('scripts/fetch.sh'), '1'], { ...folders, ...env });
  }

  const fetch = (env: { [key: string]: string } = {}): Outcome =>
    run('azure', { STORAGE_ACCOUNT: 'shop', CONTAINER_NAME: 'backup', ...env });

  const told = (): string[] => box.read('env').trimEnd().split('\n');

  test('is the key of the account', () => {
    fetch();
    expect(told()).toEqual([
      'RCLONE_CONFIG_BLOBS_ACCOUNT=shop',
      'RCLONE_CONFIG_BLOBS_KEY=the key',
      'RCLONE_CONFIG_BLOBS_TYPE=azureblob',
    ]);
    expect(box.read('calls')).toBe('lsf --files-only --include db_* blobs:backup/\n');
  });

  test('is nothing of a key with a workload identity', () => {
    fetch({ BLOB_AUTHENTICATION: 'workloadIdentity', CREDENTIALS: '/nowhere' });
    expect(told()).toEqual([
      'RCLONE_CONFIG_BLOBS_ACCOUNT=shop',
      'RCLONE_CONFIG_BLOBS_ENV_AUTH=true',
      'RCLONE_CONFIG_BLOBS_TYPE=azureblob',
    ]);
  });

  test('is the endpoint of another cloud, and the folder of the prefix', () => {
    fetch({ BLOB_ENDPOINT: 'https://shop.blob.core.chinacloudapi.cn', BLOB_PREFIX: '/a/b/' });
    expect(told()).toContain('RCLONE_CONFIG_BLOBS_ENDPOINT=https://shop.blob.core.chinacloudapi.cn');
    expect(box.read('calls')).toBe('lsf --files-only --include db_* blobs:backup/a/b/\n');
  });

  test('is an encryption of contents, not of names', () => {
    box.write('credentials/encryptionKey.txt', 'sesame\n');
    fetch({ ENCRYPTION: 'rcloneCrypt', BLOB_PREFIX: 'a/' });
    expect(told().filter((line) => line.includes('SEALED'))).toEqual([
      'RCLONE_CONFIG_SEALED_DIRECTORY_NAME_ENCRYPTION=false',
      'RCLONE_CONFIG_SEALED_FILENAME_ENCRYPTION=off',
      'RCLONE_CONFIG_SEALED_PASSWORD=obscured sesame',
      'RCLONE_CONFIG_SEALED_REMOTE=blobs:backup/a/',
      'RCLONE_CONFIG_SEALED_SUFFIX=none',
      'RCLONE_CONFIG_SEALED_TYPE=crypt',
    ]);
    expect(box.read('calls')).toBe('lsf --files-only --include db_* sealed:\n');
  });

  test.each([
    [{ BLOB_AUTHENTICATION: 'sas' }, 'BLOB_AUTHENTICATION is sas: set accountKey or workloadIdentity'],
    [{ ENCRYPTION: 'gpg' }, 'ENCRYPTION is gpg: set rcloneCrypt, or leave it out'],
    [{ CREDENTIALS: '/nowhere' }, 'no storage key: put the key of account shop into storageKey.txt of the Secret'],
    [{ ENCRYPTION: 'rcloneCrypt' }, 'no encryption key: put it into encryptionKey.txt of the Secret'],
  ])('is nothing at all with %j', (env, line) => {
    expect(fetch({ ...env })).toMatchObject({ status: 1, stderr: `fetch: ${line}\n` });
    expect(box.has('calls')).toBe(false);
  });

  describe('of a bucket of S3', () => {
    const fetchS3 = (env: { [key: string]: string } = {}): Outcome =>
      run('s3', { RCLONE_CONFIG_BLOBS_TYPE: 's3', BLOB_PATH: 'backup', ...env });
    const DEFAULTS = [
      'RCLONE_CONFIG_BLOBS_CHUNK_SIZE=8Mi',
      'RCLONE_CONFIG_BLOBS_DISABLE_CHECKSUM=true',
      'RCLONE_CONFIG_BLOBS_NO_CHECK_BUCKET=true',
      'RCLONE_CONFIG_BLOBS_TYPE=s3',
      'RCLONE_CONFIG_BLOBS_UPLOAD_CONCURRENCY=4',
    ];

    test('is what holds memory, makes no bucket and declares no sum', () => {
      fetchS3();
      expect(told()).toEqual(DEFAULTS);
    });

    test('is one part for all that may have one, where the checksum is asked for', () => {
      fetchS3({ VERIFY: 'checksum' });
      expect(told()).toEqual([...DEFAULTS, 'RCLONE_CONFIG_BLOBS_UPLOAD_CUTOFF=5Gi']);
    });

    test('is what the user says in the place of that', () => {
      fetchS3({ RCLONE_CONFIG_BLOBS_CHUNK_SIZE: '64Mi', RCLONE_CONFIG_BLOBS_UPLOAD_CUTOFF: '1Gi', VERIFY: 'checksum' });
      expect(told()).toEqual([
        'RCLONE_CONFIG_BLOBS_CHUNK_SIZE=64Mi',
        ...DEFAULTS.slice(1),
        'RCLONE_CONFIG_BLOBS_UPLOAD_CUTOFF=1Gi',
      ]);
    });
  });

  describe('of a remote that variables describe', () => {
    const fetchSftp = (env: { [key: string]: string } = {}): Outcome =>
      run(undefined, { RCLONE_CONFIG_BLOBS_TYPE: 'sftp', BLOB_PATH: '/srv/backups', ...env });

    test('is also each secret in a file of such a name, and a password obscured', () => {
      box.write('credentials/RCLONE_CONFIG_BLOBS_KEY_PEM', 'a key\n');
      box.write('credentials/RCLONE_CONFIG_BLOBS_PASS.password', 'sesame\n');
      fetchSftp({ RCLONE_CONFIG_BLOBS_HOST: 'nas', BLOB_PREFIX: 'shop' });
      expect(told()).toEqual([
        'RCLONE_CONFIG_BLOBS_HOST=nas',
        'RCLONE_CONFIG_BLOBS_KEY_PEM=a key',
        'RCLONE_CONFIG_BLOBS_PASS=obscured sesame',
        'RCLONE_CONFIG_BLOBS_TYPE=sftp',
      ]);
      expect(box.read('calls')).toBe('lsf --files-only --include db_* blobs:/srv/backups/shop/\n');
    });

    // rclone would go on as anonymous, or pass over what it does not know.
    test.each<[string, () => void, { [key: string]: string }]>([
      [
        'nothing in RCLONE_CONFIG_BLOBS_KEY_PEM of the Secret: put the credential into it',
        () => box.write('credentials/RCLONE_CONFIG_BLOBS_KEY_PEM', '\n'),
        {},
      ],
      ["rclone's sftp has no option hosts: correct its name", () => undefined, { RCLONE_CONFIG_BLOBS_HOSTS: 'nas' }],
      [
        'RCLONE_CONFIG_BLOBS_TYPE is not set: set BLOB_STORE, or a backend of rclone',
        () => undefined,
        { RCLONE_CONFIG_BLOBS_TYPE: '' },
      ],
      [
        'BLOB_STORE is minio, and there are scripts of none: set one of those',
        () => undefined,
        { BLOB_STORE: 'minio' },
      ],
    ])('is nothing at all: %s', (line, prepare, env) => {
      prepare();
      expect(fetchSftp(env)).toMatchObject({ status: 1, stderr: `fetch: ${line}\n` });
      expect(box.has('calls')).toBe(false);
    });
  });
});
