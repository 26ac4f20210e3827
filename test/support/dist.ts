import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifests';

export const ROOT = join(__dirname, '../..');

/** The files that `kubectl apply -f dist/` reads. */
export function distFiles(): string[] {
  return readdirSync(join(ROOT, 'dist'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `dist/${name}`);
}

/** What files of dist/ bring into a cluster, all of them unless some are named. */
export function readDist(files = distFiles()): Manifest[] {
  return files
    .flatMap((file) => parseAllDocuments(readFileSync(join(ROOT, file), 'utf8')))
    .map((document) => document.toJS() as Manifest);
}
