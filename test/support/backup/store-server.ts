import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, start, until } from './processes';
import type { StoreServer } from './test-store';

/** Whether something listens. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Starts a server that keeps what it is given in a folder, both of which are gone when it stops. */
export async function startStore(
  command: (port: number, folder: string) => readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<StoreServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  const running = start(command(port, folder), { HOME: folder, PATH: process.env.PATH!, ...env }, folder);
  await until(() => answers(port), 'an object store');
  return {
    port,
    stop: () => {
      killGroup(running);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
