import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killGroup, start, until } from './processes';
import type { Running } from './processes';
import { program } from './programs';

export const ACCOUNT = 'shopbackups';
export const ACCOUNT_KEY = Buffer.from('a key that opens nothing but the tests of backups').toString('base64');

/** A blob store: Azure's emulator. */
export class Azurite {
  private constructor(
    private readonly running: Running,
    private readonly folder: string,
    public readonly port: number,
  ) {}

  public static async start(): Promise<Azurite> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'azurite-'));
    const running = start(
      [process.execPath, program('azurite'), '--blobPort', String(port), '--location', folder].concat([
        '--silent',
        '--skipApiVersionCheck',
        '--disableTelemetry',
        '--blobKeepAliveTimeout',
        '60',
      ]),
      { AZURITE_ACCOUNTS: `${ACCOUNT}:${ACCOUNT_KEY}`, HOME: folder, PATH: process.env.PATH! },
      folder,
    );
    const azurite = new Azurite(running, folder, port);
    await until(() => answers(port), 'Azurite');
    return azurite;
  }

  public stop(): void {
    killGroup(this.running);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
