import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Failure } from './model';
import type { Source } from './state';

/** What kubectl reads of a folder. */
const MANIFEST = /\.(?:ya?ml|json)$/;

/** Files of a folder, and the folders below it that hold manifests and were not read. */
export interface Files {
  readonly files: string[];
  readonly passedOver: string[];
}

/** As `kubectl apply --filename`: a file, or what lies in a folder; below it only if recursive. */
export function filesOf(path: string, recursive: boolean): Files {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new Failure(`${path}: no such file or folder`);
  if (!stat.isDirectory()) return { files: [path], passedOver: [] };
  const files: string[] = [];
  const passedOver: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  )) {
    const inner = join(path, entry.name);
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && statSync(inner, { throwIfNoEntry: false })?.isDirectory() === true);
    if (isFolder) {
      const below = filesOf(inner, true);
      if (recursive) files.push(...below.files);
      else if (below.files.length > 0) passedOver.push(inner);
    } else if (MANIFEST.test(entry.name)) {
      files.push(inner);
    }
  }
  return { files, passedOver };
}

export function readFiles(files: readonly string[]): Source[] {
  return files.map((file) => ({ file, text: readText(file) }));
}

export function readText(file: string | number): string {
  try {
    return readFileSync(file, 'utf-8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Failure(`${file === 0 ? 'standard input' : String(file)} cannot be read: ${(error as Error).message}`);
  }
}

function git(args: readonly string[]): string | undefined {
  const { status, stdout, error } = spawnSync('git', args, {
    encoding: 'utf-8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw new Failure(`git cannot be run: ${error.message}`);
  return status === 0 ? stdout : undefined;
}

/** The manifests of some paths as they were in a revision; of a path that was not there, none. */
export function filesOfRevision(revision: string, paths: readonly string[], recursive: boolean): Source[] {
  if (revision.startsWith('-') || git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]) === undefined) {
    throw new Failure(`git knows no revision '${revision}'. In CI, fetch it first: a shallow clone has one commit`);
  }
  return paths.flatMap((path) => {
    const names = git(['ls-tree', '-r', '-z', '--name-only', revision, '--', path])?.split('\0').filter(Boolean) ?? [];
    return names
      .filter((name) => isRead(path, name, recursive))
      .map((name) => ({ file: `${revision}:${name}`, text: git(['show', `${revision}:./${name}`]) ?? '' }));
  });
}

/** The text of a file in a revision, or nothing if it was not there. */
export function fileOfRevision(revision: string, path: string): string | undefined {
  return git(['show', `${revision}:./${relative('.', path).split(sep).join('/')}`]);
}

/** Whether a file that git lists for a path is one that `filesOf` would read. */
function isRead(path: string, name: string, recursive: boolean): boolean {
  const folder = relative('.', path).split(sep).join('/');
  if (name === folder) return true;
  const inner = folder === '' ? name : name.slice(folder.length + 1);
  return MANIFEST.test(inner) && (recursive || !inner.includes('/'));
}
