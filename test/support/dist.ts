import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifests';

export const ROOT = join(__dirname, '../..');

/** The files that `kubectl apply -f FOLDER` reads: those of the folders in it, it does not. */
export function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`);
}

/** The files that `kubectl apply -f dist/` reads. */
export function distFiles(): string[] {
  return filesOf('dist');
}

/** What files of dist/ bring into a cluster, all of them unless some are named. */
export function readDist(files = distFiles()): Manifest[] {
  return files
    .flatMap((file) => parseAllDocuments(readFileSync(join(ROOT, file), 'utf8')))
    .map((document) => document.toJS() as Manifest);
}
