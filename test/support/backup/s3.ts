import { BlobStore, S3Credentials } from '../../../lib';
import { DUMP_PASSWORD, STORAGE_KEY } from '../elsewhere';
import type { TestStore } from './test-store';

export const ACCESS_KEY = { id: 'tests-of-backups', secret: 'a key that opens nothing but the tests of backups' };

const ID = 'RCLONE_CONFIG_BLOBS_ACCESS_KEY_ID';
const SECRET = 'RCLONE_CONFIG_BLOBS_SECRET_ACCESS_KEY';

/** What holds of every server of S3's protocol. */
export const S3_STORE: Omit<TestStore, 'needs' | 'start' | 'writesOnce'> = {
  store: (bucket, prefix) =>
    BlobStore.s3({
      bucket,
      endpoint: 'https://s3.example.com',
      credentials: S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD),
      ...(prefix !== undefined && { prefix }),
    }),
  // Parts already of what is small enough for a test.
  at: (port) => ({ RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${port}`, RCLONE_S3_UPLOAD_CUTOFF: '8Mi' }),
  secrets: () => ({ [ID]: ACCESS_KEY.id, [SECRET]: ACCESS_KEY.secret }),
  remote: (port) => ({
    RCLONE_CONFIG_BLOBS_TYPE: 's3',
    RCLONE_CONFIG_BLOBS_PROVIDER: 'Other',
    RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${port}`,
    [ID]: ACCESS_KEY.id,
    [SECRET]: ACCESS_KEY.secret,
  }),
  isDump: ({ url }) => /\/db_\d{14}(\?|$)/.test(url),
  isPart: ({ method, url }) => method === 'PUT' && url.includes('partNumber='),
  isCommit: ({ method, url }) => method === 'POST' && url.includes('uploadId='),
  made: ({ method, url }) => {
    const makes =
      (method === 'PUT' && !url.includes('partNumber=')) || (method === 'POST' && url.includes('uploadId='));
    return makes ? url.replace(/\?.*/, '').replace(/.*\//, '') : undefined;
  },
  isAtomic: true,
  hasChecksums: true,
  withChecksum: { RCLONE_S3_UPLOAD_CUTOFF: '5Gi' },
  withoutChecksum: { RCLONE_S3_UPLOAD_CUTOFF: '8Mi' },
  killedEvery: 4,
  place: (bucket) => `bucket ${bucket}`,
  noCredential: { file: SECRET, line: `nothing in ${SECRET} of the Secret: put the credential into it` },
  wrongCredentials: [
    {
      name: 'an id that is not known',
      file: ID,
      text: 'another',
      line: 'the store does not know this access key: put the id of one that is active into the Secret',
    },
    {
      name: 'the secret of another key',
      file: SECRET,
      text: 'another',
      line: 'the secret access key is not that of the id: put both of one key into the Secret, without blanks',
    },
  ],
  noBucket: (bucket) => `there is no bucket ${bucket}: make it, or correct the name, the region or the endpoint`,
  denied: {
    by: { status: 403, code: 'AccessDenied' },
    line: (bucket) =>
      `the credentials may not do this on bucket ${bucket}: allow s3:ListBucket, and s3:GetObject, PutObject, DeleteObject and ` +
      'AbortMultipartUpload on what is in it',
  },
  refusals: [
    {
      by: { status: 403, code: 'RequestTimeTooSkewed' },
      line: () => "the clock of this node differs from the store's by more than 15 minutes: set the clock",
    },
    {
      by: { status: 400, code: 'AuthorizationHeaderMalformed' },
      line: (bucket) => `bucket ${bucket} is not in region us-east-1: set the region that it is in`,
    },
    {
      by: { status: 301, code: 'PermanentRedirect' },
      line: (bucket) => `bucket ${bucket} is not in region us-east-1: set the region that it is in`,
    },
    {
      by: { status: 400, code: 'ExpiredToken' },
      line: () =>
        "the role does not take this pod's identity: see the trust policy of the role and the annotation or association of the ServiceAccount",
    },
    {
      by: { status: 405, code: 'MethodNotAllowed' },
      line: () =>
        'what answers is no S3, or its buckets are in the other part of the address: correct the endpoint, or set forcePathStyle',
    },
  ],
  immutable: { status: 403, code: 'ObjectLocked' },
};
