import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TextFiles } from '../workload/text-config-map';
import type { DatabaseBackupScripts } from './database-engine-spec';

/** Where containers find the files of their ConfigMap. */
export const SCRIPTS = { volume: 'scripts', path: '/scripts' };

/** A script, which stands beside its class as a real file, so that it can be checked and run by itself. */
export function readScript(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** All scripts of a folder, by their names; it holds nothing else. */
export function readScripts(...folders: string[]): TextFiles {
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .sort()
      .map((name) => [name, readScript(folder, name)] as const),
  );
  return Object.fromEntries(files);
}

/** The files of an engine's backup/ as its spec takes them. */
export function verbsOf(files: TextFiles): DatabaseBackupScripts {
  const { 'engine.sh': verbs = '', ...others } = files;
  return { verbs, files: others };
}

/** The library that the scripts of all engines begin with. */
export function readLibrary(): TextFiles {
  return { 'lib.sh': readScript(join(__dirname, 'scripts'), 'lib.sh') };
}

/** What the hooks of an engine share: the library, the engine's clients and login, and these files of its backup/. */
export function readVolumeBackupFiles(folder: string, ...names: string[]): TextFiles {
  const shared = ['client.sh', ...names].map((name) => [name, readScript(join(folder, 'backup'), name)]);
  return {
    ...readScripts(join(__dirname, 'scripts')),
    ...(Object.fromEntries(shared) as TextFiles),
    'volume-client.sh': readScript(join(folder, 'volume-backup'), 'volume-client.sh'),
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
