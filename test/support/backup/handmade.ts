import { createHash } from 'node:crypto';
import { ACCOUNT, ACCOUNT_KEY } from './azurite';
import { Pod } from './pod';

export const LONG_AGO = '2020-01-02T03:04:05Z';

/** `db_20200102030405` of `2020-01-02T03:04:05Z`. */
export const nameOf = (started: string): string => `db_${started.replace(/\D/g, '')}`;

/** What an engine's dump.sh leaves in the scratch volume, of a made-up engine. */
export function leaveDump(
  pod: Pod,
  content: string | Buffer,
  started = new Date().toISOString(),
  rows = '    "a \\"b\\"": 1\n',
): string {
  const at = `${started.slice(0, 19)}Z`;
  const line = (text: string | Buffer) =>
    `{ "size": ${Buffer.byteLength(text)}, "sha256": "${createHash('sha256').update(text).digest('hex')}" }`;
  const globals = 'CREATE ROLE shop;\n';
  pod.write('backup/dump', content);
  pod.write('backup/globals.sql', globals);
  pod.write(
    'backup/facts.json',
    `{\n  "format": 1,\n  "engine": "made up",\n  "started": "${at}",\n  "durationSeconds": 0,\n  "files": {\n` +
      `    "dump": ${line(content)},\n    "globals.sql": ${line(globals)}\n  },\n  "rows": {\n${rows}  }\n}\n`,
  );
  return nameOf(at);
}

/** A pod that knows a blob store, and no database. */
export function blobPod(port: number, container: string, env: { [key: string]: string } = {}): Pod {
  return new Pod(
    {
      STORAGE_ACCOUNT: ACCOUNT,
      CONTAINER_NAME: container,
      BLOB_ENDPOINT: `http://127.0.0.1:${port}/${ACCOUNT}`,
      // A test of what fails does not wait for minutes.
      RCLONE_RETRIES: '2',
      RCLONE_LOW_LEVEL_RETRIES: '2',
      ...env,
    },
    { 'storageKey.txt': ACCOUNT_KEY },
  );
}
