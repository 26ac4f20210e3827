import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../support/backup/programs';
import { ACCESS_KEY, S3_STORE } from '../support/backup/s3';
import { startStore } from '../support/backup/store-server';
import { describeStore } from '../support/backup/store-suite';

describeStore('a bucket of S3, on versitygw', {
  ...S3_STORE,
  needs: ['versitygw'],
  start: () =>
    startStore(
      (port, folder) => {
        for (const name of ['buckets', 'attributes']) mkdirSync(join(folder, name));
        const at = ['--port', `127.0.0.1:${port}`, 'posix', '--sidecar', join(folder, 'attributes')];
        return [program('versitygw'), ...at, join(folder, 'buckets')];
      },
      { ROOT_ACCESS_KEY: ACCESS_KEY.id, ROOT_SECRET_KEY: ACCESS_KEY.secret },
    ),
  // Of an id that it does not know, it says that there is no such bucket.
  wrongCredentials: S3_STORE.wrongCredentials.filter(({ file }) => file.includes('SECRET')),
  writesOnce: true,
});

// It knows no conditions: the claim alone keeps two jobs apart. It has a checksum of every file, whatever its parts.
const { withoutChecksum: _, ...ofAnyFile } = S3_STORE;

describeStore('a bucket of S3, on rclone', {
  ...ofAnyFile,
  killedEvery: 8,
  needs: [],
  start: () =>
    startStore((port, folder) => [
      program('rclone'),
      ...['serve', 's3', '--addr', `127.0.0.1:${port}`, '--auth-key', `${ACCESS_KEY.id},${ACCESS_KEY.secret}`, folder],
    ]),
  writesOnce: false,
});
