import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobStore, GcsCredentials } from '../../lib';
import { program } from '../support/backup/programs';
import { startStore } from '../support/backup/store-server';
import { describeStore } from '../support/backup/store-suite';
import { STORAGE_KEY } from '../support/elsewhere';

const KEY = 'service_account_file';
const EMAIL = 'backups@shop.iam.gserviceaccount.com';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Gives a token to whom it knows, as the emulator asks for none. */
const tokens = createServer((asked, answer) => {
  let body = '';
  asked.on('data', (chunk) => (body += String(chunk)));
  asked.on('end', () => {
    const [, claims = ''] = (new URLSearchParams(body).get('assertion') ?? '').split('.');
    const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as { iss?: string };
    answer.setHeader('content-type', 'application/json');
    if (iss === EMAIL) answer.end(JSON.stringify({ access_token: 'a token', expires_in: 3600, token_type: 'Bearer' }));
    else
      answer
        .writeHead(400)
        .end(JSON.stringify({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }));
  });
});
const tokenUri = () => `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`;

const keyOf = (email: string): string =>
  JSON.stringify({ type: 'service_account', client_email: email, private_key: pem, token_uri: tokenUri() });

/** An error as Google words it. */
const error = (status: number, reason: string, message: string) => ({
  status,
  code: reason,
  body: JSON.stringify({ error: { code: status, message, errors: [{ reason, message }] } }),
});

const denied = (bucket: string) =>
  `the credentials may not do this on bucket ${bucket}: give them the role Storage Object User on it`;
const noKey = 'the file in the Secret is no key of a service account: put its JSON there, as it was downloaded';

beforeAll(() => new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve)));
afterAll(() => tokens.close());

describeStore('a bucket of Google Cloud, on fake-gcs-server', {
  needs: ['fake-gcs-server'],
  start: (proxyPort) =>
    startStore((port) =>
      [program('fake-gcs-server'), '-scheme', 'http', '-port', String(port), '-backend', 'memory'].concat(
        // Where the parts of an upload go.
        ['-external-url', `http://127.0.0.1:${proxyPort}`],
      ),
    ),
  store: (bucket, prefix) =>
    BlobStore.gcs({
      bucket,
      credentials: GcsCredentials.serviceAccountKey(STORAGE_KEY),
      ...(prefix !== undefined && { prefix }),
    }),
  at: (port) => ({ RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${port}/storage/v1/` }),
  secrets: () => ({ [KEY]: keyOf(EMAIL) }),
  remote: (port) => ({
    RCLONE_CONFIG_BLOBS_TYPE: 'gcs',
    RCLONE_CONFIG_BLOBS_ANONYMOUS: 'true',
    RCLONE_CONFIG_BLOBS_PROJECT_NUMBER: '1',
    RCLONE_CONFIG_BLOBS_BUCKET_POLICY_ONLY: 'true',
    RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${port}/storage/v1/`,
  }),
  isDump: ({ url }) => /[/=]db_\d{14}(\?|&|$)/.test(url),
  isPart: ({ url }) => url.includes('upload_id='),
  isCommit: ({ url }) => url.includes('upload_id='),
  made: ({ method, url }) =>
    method === 'POST' && url.includes('/upload/') && !url.includes('upload_id=')
      ? /[?&]name=([^&]*)/.exec(url)?.[1]?.replace(/.*\//, '')
      : undefined,
  isAtomic: true,
  hasChecksums: true,
  killedEvery: 3,
  isLook: ({ url }) => url.startsWith('/storage/'),
  writesOnce: false,
  place: (bucket) => `bucket ${bucket}`,
  noCredential: {
    file: KEY,
    line: `the backups cannot be listed; no backup was made, older ones are untouched: ${noKey}`,
  },
  wrongCredentials: [
    {
      name: 'a key that was deleted',
      file: KEY,
      get text() {
        return keyOf('nobody@shop.iam.gserviceaccount.com');
      },
      line: 'Google Cloud does not take the key: put one that is active into the Secret, and see the clock of this node',
    },
    { name: 'what is no key', file: KEY, text: 'abc', line: noKey },
  ],
  noBucket: (bucket) => `there is no bucket ${bucket}: make it, or correct the name`,
  denied: {
    by: error(403, 'forbidden', 'backups@shop does not have storage.objects.list access'),
    line: denied,
  },
  refusals: [{ by: error(401, 'required', 'Anonymous caller'), line: denied }],
  immutable: error(403, 'retentionPolicyNotMet', "Object is subject to bucket's retention policy"),
});
