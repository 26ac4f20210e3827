import { spawnSync } from 'node:child_process';
import { ACCOUNT, ACCOUNT_KEY } from './azurite';
import { program } from './programs';

/** The remote `blobs` of rclone, as Azurite plays it. */
export function azuriteRemote(port: number): { [variable: string]: string } {
  return {
    RCLONE_CONFIG_BLOBS_TYPE: 'azureblob',
    RCLONE_CONFIG_BLOBS_ACCOUNT: ACCOUNT,
    RCLONE_CONFIG_BLOBS_KEY: ACCOUNT_KEY,
    RCLONE_CONFIG_BLOBS_ENDPOINT: `http://127.0.0.1:${port}/${ACCOUNT}`,
    RCLONE_AZUREBLOB_DIRECTORY_MARKERS: 'false',
  };
}

/** What lies in a bucket, seen without the scripts. */
export class Blobs {
  public constructor(
    port: number,
    public readonly bucket: string,
    private readonly remote: { readonly [variable: string]: string } = azuriteRemote(port),
  ) {
    this.rclone(['mkdir', this.at('')]);
  }

  /** The names, sorted. */
  public names(): string[] {
    return this.rclone(['lsf', '-R', '--files-only', this.at('')])
      .toString()
      .split('\n')
      .filter(Boolean)
      .sort();
  }

  public manifests(): string[] {
    return this.names().filter((name) => /(^|\/)db_\d{14}\.json$/.test(name));
  }

  public read(name: string): Buffer {
    return this.rclone(['cat', this.at(name)]);
  }

  public write(name: string, content: string | Buffer): void {
    this.rclone(['rcat', this.at(name)], content);
  }

  public delete(name: string): void {
    this.rclone(['deletefile', this.at(name)]);
  }

  public contentType(name: string): string {
    return JSON.parse(this.rclone(['lsjson', '--stat', this.at(name)]).toString()).MimeType;
  }

  private at(name: string): string {
    return `blobs:${this.bucket}/${name}`;
  }

  private rclone(args: string[], input: string | Buffer = ''): Buffer {
    const env = { RCLONE_CONFIG: '', ...this.remote };
    const { status, stdout, stderr } = spawnSync(program('rclone'), args, { env, input, maxBuffer: 1e9 });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout;
  }
}
