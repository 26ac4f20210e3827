import { BlobCredentials } from '../../lib';
import type { BlobContainer } from '../../lib';
import { STORAGE_KEY } from '../support/elsewhere';
import { renderedJob } from '../support/job';
import { manifestsOf } from '../support/manifests';
import { BLOBS, newBackup } from '../support/samples';

const make = (change: Partial<BlobContainer>) => newBackup({ container: { ...BLOBS, ...change } });

function problemsOf(change: Partial<BlobContainer>): string[] {
  try {
    make(change);
  } catch (error) {
    const [subject, ...problems] = (error as Error).message.split('\n');
    expect(subject).toBe("BlobBackupCronJob 'test/backup':");
    return problems;
  }
  return [];
}

describe('a container', () => {
  test('is known to the scripts by all its props', () => {
    const container: Required<BlobContainer> = {
      account: 'shop24',
      name: 'my-backups',
      prefix: 'production/shop',
      endpoint: 'https://shop24.blob.core.usgovcloudapi.net',
      credentials: BlobCredentials.accountKey(STORAGE_KEY),
    };
    expect(renderedJob(manifestsOf(make(container).chart), 'backup').envOf('upload')).toEqual({
      STORAGE_ACCOUNT: 'shop24',
      CONTAINER_NAME: 'my-backups',
      BLOB_PREFIX: 'production/shop',
      BLOB_ENDPOINT: 'https://shop24.blob.core.usgovcloudapi.net',
    });
  });

  test.each(['', 'ab', 'x'.repeat(25), 'Shop', 'my-account', 'shop '])('is of no account %j', (account) => {
    expect(problemsOf({ account })).toEqual([
      `- 'container.account' must be 3 to 24 characters of a-z and 0-9, got "${account}": Azure has no storage account of another form`,
    ]);
  });

  test.each(['', 'ab', 'x'.repeat(64), 'Backup', 'a--b', '-ab', 'ab-', '$web', 'a/b'])('has no name %j', (name) => {
    expect(problemsOf({ name })).toEqual([
      "- 'container.name' must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit, got " +
        `"${name}": Azure refuses any other`,
    ]);
  });

  test.each(['shop', 'a/b/c', '_x', '2026', 'a.b', 'A-1/b_2'])('takes the prefix %j', (prefix) => {
    expect(problemsOf({ prefix })).toEqual([]);
  });

  // Two spellings of one place would not be seen to be one.
  test.each(['', '/', '/a', 'a/', 'a//b', '.', 'a/..', '../a', 'a b', 'a\\b', 'ä', '$(HOME)', 'a\n'])(
    'takes no prefix %j',
    (prefix) => {
      expect(problemsOf({ prefix })).toEqual([
        `- 'container.prefix' must be a path of letters, digits, '-', '_' and '.', without '/' at its ends, got ${JSON.stringify(prefix)}: ` +
          "write it as 'shop' or 'production/shop'",
      ]);
    },
  );

  const notAnEndpoint = (shown: string) => [
    `- 'container.endpoint' must be https:// and a host name, got ${shown}: a backup must not travel in the clear, credentials stand ` +
      "nowhere in YAML, and a drill reaches port 443 alone; write it as 'https://shop.blob.core.chinacloudapi.cn'",
  ];

  test.each([
    '',
    'shop.blob.core.chinacloudapi.cn',
    'http://shop.blob.core.chinacloudapi.cn',
    'https://',
    'https://shop.blob.core.chinacloudapi.cn/',
    'https://shop.example.com/path',
    // The policy of a drill would not let it out there.
    'https://shop.example.com:8443',
    'https://shop example.com',
    'https://shop.example.com#x',
  ])('is not at %j', (endpoint) => {
    expect(problemsOf({ endpoint })).toEqual(notAnEndpoint(JSON.stringify(endpoint)));
  });

  // rclone would speak Azure's protocol to it, and every run would fail.
  test.each([
    ['https://s3.amazonaws.com', 'amazonaws.com'],
    ['https://storage.googleapis.com', 'googleapis.com'],
    ['https://account.r2.cloudflarestorage.com', 'cloudflarestorage.com'],
  ])('is in no other store: %s', (endpoint, store) => {
    expect(problemsOf({ endpoint })).toEqual([
      `- 'container.endpoint' must be of Azure Blob Storage, got "${endpoint}": ${store} speaks another protocol, and every run would ` +
        'fail; take a container of Azure',
    ]);
  });

  // It would be written into the CronJob for all to read.
  test.each(['https://shop.example.com?sv=2024&sig=c2VjcmV0', 'https://me:c2VjcmV0@shop.example.com'])(
    'has no secret in its address, and an error does not repeat it: %s',
    (endpoint) => {
      expect(problemsOf({ endpoint })).toEqual(notAnEndpoint(`"${endpoint.length} characters"`));
    },
  );
});
