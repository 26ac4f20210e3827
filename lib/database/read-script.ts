import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A script of an engine, which stands beside its class as a real file, so that it can be checked and run by itself. */
export function readScript(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** Several of them as one text, functions first. */
export function readScripts(folder: string, ...names: string[]): string {
  return names.map((name) => readScript(folder, name)).join('');
}

/** Parts of a script for copies of an engine's volumes: its own, or what is shared by all engines. */
export function readVolumeBackupScript(folder: string, ...parts: string[]): string {
  const shared = ['base', 'dumps'];
  const place = (part: string) => join(shared.includes(part) ? __dirname : folder, 'volume-backup');
  return ['base', ...parts].map((part) => readScript(place(part), `${part}.sh`)).join('');
}
