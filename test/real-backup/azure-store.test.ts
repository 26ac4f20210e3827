import { BlobCredentials, BlobStore } from '../../lib';
import { ACCOUNT, ACCOUNT_KEY, Azurite } from '../support/backup/azurite';
import { azuriteRemote } from '../support/backup/blobs';
import { describeStore } from '../support/backup/store-suite';
import { STORAGE_KEY } from '../support/elsewhere';

const refused = `account ${ACCOUNT} refuses the credentials: put its key into storageKey.txt of the Secret, and see its firewall`;

describeStore('a container of Azure, on Azurite', {
  needs: ['azurite'],
  start: () => Azurite.start(),
  store: (container, prefix) =>
    BlobStore.azure({
      account: ACCOUNT,
      container,
      credentials: BlobCredentials.accountKey(STORAGE_KEY),
      ...(prefix !== undefined && { prefix }),
    }),
  at: (port) => ({ BLOB_ENDPOINT: `http://127.0.0.1:${port}/${ACCOUNT}` }),
  secrets: () => ({ 'storageKey.txt': ACCOUNT_KEY }),
  remote: azuriteRemote,
  isDump: ({ url }) => /\/db_\d{14}(\?|$)/.test(url),
  isPart: ({ url }) => /[?&]comp=block(&|$)/.test(url),
  isCommit: ({ method, url }) => method === 'PUT' && url.includes('comp=blocklist'),
  made: ({ method, url }) =>
    method === 'PUT' && !/[?&]comp=block(&|$)/.test(url) ? url.replace(/\?.*/, '').replace(/.*\//, '') : undefined,
  killedEvery: 1,
  isAtomic: true,
  writesOnce: false,
  place: (container) => `container ${container}`,
  noCredential: {
    file: 'storageKey.txt',
    line: `no storage key: put the key of account ${ACCOUNT} into storageKey.txt of the Secret`,
  },
  wrongCredentials: [
    { name: 'a wrong key', file: 'storageKey.txt', text: Buffer.from('another key').toString('base64'), line: refused },
    { name: 'what is no key', file: 'storageKey.txt', text: 'abc', line: refused },
  ],
  noBucket: (container) => `account ${ACCOUNT} has no container ${container}: make it, or correct the name`,
  denied: {
    by: { status: 403, code: 'AuthorizationPermissionMismatch' },
    line: (container) => `give this identity the role Storage Blob Data Contributor on container ${container}`,
  },
  refusals: [{ by: { status: 403, code: 'AuthorizationFailure' }, line: () => refused }],
  immutable: { status: 409, code: 'BlobImmutableDueToPolicy' },
});
