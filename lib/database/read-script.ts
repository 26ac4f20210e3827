import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TextFiles } from '../workload/text-config-map';
import type { DatabaseBackupScripts, DatabaseVolumeBackupScripts } from './database-engine-spec';

/** Where containers find the files of their ConfigMap. */
export const SCRIPTS = { volume: 'scripts', path: '/scripts' };

/** The library of all shell, and the drivers that run in an engine's image. */
const SHARED = join(__dirname, 'scripts');

const texts = new Map<string, string>();

/**
 * A script, which stands beside its class as a real file, so that it can be checked and run by itself. An app may have a thousand databases:
 * it is read once.
 */
export function readScript(folder: string, name: string): string {
  const path = join(folder, name);
  const text = texts.get(path) ?? readFileSync(path, 'utf8');
  texts.set(path, text);
  return text;
}

const folders = new Map<string, TextFiles>();

/** All scripts of a folder, by their names; it holds nothing else. */
export function readScripts(folder: string): TextFiles {
  const names = () => readdirSync(folder).sort();
  const scripts = folders.get(folder) ?? Object.fromEntries(names().map((name) => [name, readScript(folder, name)]));
  folders.set(folder, scripts);
  return scripts;
}

/** The files of an engine's backup/ as its spec takes them. */
export function verbsOf(files: TextFiles): DatabaseBackupScripts {
  const { 'engine.sh': verbs = '', ...others } = files;
  return { verbs, files: others };
}

/** The library that the scripts of all engines begin with, and the drivers that run in an engine's image: dump.sh and restore.sh. */
export function readLibrary(): TextFiles {
  return Object.fromEntries(Object.entries(readScripts(SHARED)).filter(([name]) => !name.startsWith('volume')));
}

/** The hooks of an engine: they dump and load with the drivers and verbs of its backups, as its administrator. */
export function readVolumeBackupScripts(folder: string): DatabaseVolumeBackupScripts {
  const own = join(folder, 'volume-backup');
  return {
    checkpoint: readScript(own, 'volume-checkpoint.sh'),
    dump: readScript(SHARED, 'volume-dump.sh'),
    load: readScript(SHARED, 'volume-load.sh'),
    files: {
      ...readLibrary(),
      ...readScripts(join(folder, 'backup')),
      'volume.sh': readScript(SHARED, 'volume.sh'),
      'volume-login.sh': readScript(own, 'volume-login.sh'),
    },
  };
}

/** The first file of a ConfigMap of scripts: what they are, and where to read on. */
export function readme(what: string, page: string): TextFiles {
  const { name, version, repository } = packageJson();
  const home = repository.url.replace(/\.git$/, '');
  return {
    README:
      `${what}\nWritten by ${name} ${version}; whatever is changed here, the next apply brings back.\n` +
      `What they do, and how they fail: ${home}/blob/main/docs/${page}\n`,
  };
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly repository: { readonly url: string };
}

let own: PackageJson | undefined;

/** It lies above lib/ here, and above build/lib/ in the package. */
function packageJson(folder = __dirname): PackageJson {
  if (own) return own;
  try {
    own = JSON.parse(readScript(folder, 'package.json')) as PackageJson;
    return own;
  } catch {
    return packageJson(dirname(folder));
  }
}
