import { BlobStore } from '../../lib';
import { program } from '../support/backup/programs';
import { startStore } from '../support/backup/store-server';
import { describeStore } from '../support/backup/store-suite';
import { DUMP_PASSWORD } from '../support/elsewhere';

const USER = 'backups';
const PASSWORD = 'a password that opens nothing but the tests of backups';
const FILE = 'RCLONE_CONFIG_BLOBS_PASS.password';

// All that is to be said of a store that this library does not know, said here: WebDAV.
const script = `
remote_advice() {
  case $(cat "$log") in
    *'401 Unauthorized'* | *': 401'*) echo 'the server refuses the login: put its password into the Secret' ;;
    *'403 Forbidden'* | *': 403'*) echo "user $RCLONE_CONFIG_BLOBS_USER may not do this: give it the right to write below $path" ;;
  esac
}
`;

const nameOf = (url: string): string => url.replace(/\?.*/, '').replace(/.*\//, '');

describeStore('a remote of ones own, on WebDAV', {
  needs: [],
  start: () =>
    startStore((port, folder) =>
      [program('rclone'), 'serve', 'webdav', '--addr', `127.0.0.1:${port}`].concat([
        '--user',
        USER,
        '--pass',
        PASSWORD,
        folder,
      ]),
    ),
  store: (path, prefix) =>
    BlobStore.of({
      type: 'webdav',
      path,
      options: { url: 'https://dav.example.com', vendor: 'other', user: USER },
      passwords: { pass: DUMP_PASSWORD },
      script,
      ...(prefix !== undefined && { prefix }),
    }),
  at: (port) => ({ RCLONE_CONFIG_BLOBS_URL: `http://127.0.0.1:${port}` }),
  secrets: () => ({ [FILE]: PASSWORD }),
  remote: (port) => ({
    RCLONE_CONFIG_BLOBS_TYPE: 'webdav',
    RCLONE_CONFIG_BLOBS_VENDOR: 'other',
    RCLONE_CONFIG_BLOBS_URL: `http://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
  }),
  isDump: ({ url }) => /\/db_\d{14}$/.test(url),
  isPart: ({ method, url }) => method === 'PUT' && /\/db_\d{14}$/.test(url),
  isCommit: ({ method }) => method === 'PUT',
  made: ({ method, url }) => (method === 'PUT' ? nameOf(url) : undefined),
  // What is cut lies there under its name.
  killedEvery: 6,
  isAtomic: false,
  writesOnce: false,
  place: (path) => `webdav ${path}`,
  noCredential: { file: FILE, line: `nothing in ${FILE} of the Secret: put the credential into it` },
  wrongCredentials: [
    {
      name: 'a wrong password',
      file: FILE,
      text: 'another',
      line: 'the server refuses the login: put its password into the Secret',
    },
  ],
  noBucket: (path) => `there is no webdav ${path}: make it, or correct the name`,
  denied: {
    by: { status: 403, code: 'Forbidden' },
    line: (path) => `user ${USER} may not do this: give it the right to write below ${path}`,
  },
});
