import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACT } from '../../backup/backup-scripts';
import type { BlobStore } from '../../backup/blob-store';
import { readLibrary, readScript, readme } from '../../database/read-script';
import type { TextFiles } from '../../workload/text-config-map';

const LIB = join(__dirname, '../..');

/** Of another floor's folder, what these steps run too. */
function shared(folder: string, ...names: string[]): TextFiles {
  return Object.fromEntries(names.map((name) => [name, readScript(join(LIB, folder), name)]));
}

/** The files that all steps of the drill run. */
export function archiveScripts(name: string, { _parts: store }: BlobStore): TextFiles {
  const { 'lib.sh': lib = '', 'step.sh': step = '' } = readLibrary();
  const own = readdirSync(__dirname)
    .filter((file) => /\.(sh|awk)$/.test(file))
    .sort();
  return {
    ...readme(
      `Scripts of the drill '${name}', contract ${CONTRACT}. A run copies them first.`,
      'point-in-time-drill.md',
    ),
    'lib.sh': lib,
    'step.sh': step,
    ...shared('backup/scripts', 'store.sh', 'report.sh'),
    ...shared('database/postgres/backup', 'client.sh'),
    ...(store.script !== undefined && { 'remote.sh': store.script }),
    ...Object.fromEntries(own.map((file) => [file, readScript(__dirname, file)])),
  };
}
