import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './programs';

/** Fills a folder with BusyBox and its applets, which are links to it, so that the folder works in every root file system. */
export function installBusybox(folder: string): void {
  copyFileSync(program('busybox'), join(folder, 'busybox'));
  spawnSync(join(folder, 'busybox'), ['--install', '-s', folder]);
}
