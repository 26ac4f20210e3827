import { chmodSync, copyFileSync, linkSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installBusybox } from './busybox';
import { program } from './programs';

/** BusyBox's applets and rclone in a folder, which are all that rclone's image has. */
export class RcloneImage {
  private static folder: string | undefined;

  public static get path(): string {
    RcloneImage.folder ??= RcloneImage.make();
    return RcloneImage.folder;
  }

  public static remove(): void {
    if (RcloneImage.folder !== undefined) rmSync(RcloneImage.folder, { recursive: true, force: true });
    RcloneImage.folder = undefined;
  }

  private static make(): string {
    const folder = mkdtempSync(join(tmpdir(), 'rclone-image-'));
    chmodSync(folder, 0o755);
    installBusybox(folder);
    // The cache lies in a home directory, which the user that runs the pods may be barred from.
    try {
      linkSync(program('rclone'), join(folder, 'rclone'));
    } catch {
      copyFileSync(program('rclone'), join(folder, 'rclone'));
    }
    return folder;
  }
}
