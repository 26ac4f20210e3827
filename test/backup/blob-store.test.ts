import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describeShell, Sandbox } from '../support/shell';
import type { Outcome } from '../support/shell';

const LIB = join(__dirname, '../../lib');

/** rclone, that tells how it was called, and knows no blob. */
const RCLONE = `
case $1 in obscure) [ "$#" -eq 2 ] && sed 's/^/obscured /'; exit ;; esac
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

  function fetch(env: { [key: string]: string } = {}): Outcome {
    const contract = { STORAGE_ACCOUNT: 'shop', CONTAINER_NAME: 'backup' };
    const folders = { SCRATCH: box.path('scratch'), CREDENTIALS: box.path('credentials'), TMPDIR: box.folder };
    for (const folder of ['database/scripts', 'backup/scripts'])
      cpSync(join(LIB, folder), box.path('scripts'), { recursive: true });
    return box.run(['sh', box.path('scripts/fetch.sh'), '1'], { ...contract, ...folders, ...env });
  }

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
      'RCLONE_CONFIG_SEALED_REMOTE=blobs:backup/a',
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
});
