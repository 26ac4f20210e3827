import { createHash } from 'node:crypto';
import type { Pod } from './pod';

export const LONG_AGO = '2020-01-02T03:04:05Z';

/** `db_20200102030405` of `2020-01-02T03:04:05Z`. */
export const nameOf = (started: string): string => `db_${started.replace(/\D/g, '')}`;

/** What an engine's dump.sh leaves in the scratch volume, of a made-up engine. */
export function leaveDump(
  pod: Pod,
  content: string | Buffer,
  started = new Date().toISOString(),
  rows: { readonly [table: string]: number } = { 'a "b"': 1 },
  members: { readonly [name: string]: string } = {},
): string {
  const at = `${started.slice(0, 19)}Z`;
  const line = (text: string | Buffer) =>
    `{ "size": ${Buffer.byteLength(text)}, "sha256": "${createHash('sha256').update(text).digest('hex')}" }`;
  const globals = 'CREATE ROLE shop;\n';
  pod.write('backup/dump', content);
  pod.write('backup/globals.sql', globals);
  const counts = Object.entries(rows).map(([name, count]) => `      ${JSON.stringify(name)}: ${count}`);
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const further = Object.entries(members).map(([name, value]) => `  "${name}": ${JSON.stringify(value)},\n`);
  pod.write(
    'backup/facts.json',
    `{\n  "format": 2,\n  "engine": "made up",\n  "database": "shop",\n${further.join('')}  "started": "${at}",\n  "durationSeconds": 0,\n` +
      `  "tables": ${counts.length},\n  "totalRows": ${total},\n  "databases": {\n    "dump": "shop"\n  },\n  "files": {\n` +
      `    "dump": ${line(content)},\n    "globals.sql": ${line(globals)}\n  },\n  "rows": {\n    "dump": {\n${counts.join(',\n')}${counts.length > 0 ? '\n' : ''}    }\n  }\n}\n`,
  );
  return nameOf(at);
}
