import { program } from './programs';
import { startStore } from './store-server';
import type { StoreServer } from './test-store';

export const ACCOUNT = 'shopbackups';
export const ACCOUNT_KEY = Buffer.from('a key that opens nothing but the tests of backups').toString('base64');

/** A blob store: Azure's emulator. */
export class Azurite {
  private constructor(private readonly server: StoreServer) {}

  public static async start(): Promise<Azurite> {
    const words = '--silent --skipApiVersionCheck --disableTelemetry --blobKeepAliveTimeout 60'.split(' ');
    const command = (port: number, folder: string) =>
      [process.execPath, program('azurite'), '--blobPort', String(port), '--location', folder].concat(words);
    return new Azurite(await startStore(command, { AZURITE_ACCOUNTS: `${ACCOUNT}:${ACCOUNT_KEY}` }));
  }

  public get port(): number {
    return this.server.port;
  }

  public stop(): void {
    this.server.stop();
  }
}
