import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let count = 0;

/** A ConfigMap in a container, as the kubelet writes it: the files are links into a dated folder, which an update swaps for another one. */
export class ConfigMapMount {
  public constructor(public readonly path: string) {
    mkdirSync(path);
  }

  /** The first time it is mounted, later updated. */
  public write(files: { readonly [name: string]: string }): void {
    count += 1;
    const dated = `..2026_11_26_17_00_00.${count}`;
    mkdirSync(join(this.path, dated));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(this.path, dated, name), text);
      symlink(join('..data', name), join(this.path, name));
    }
    symlink(dated, join(this.path, '..data'));
  }
}

/** In the place of a link that is there. */
function symlink(target: string, path: string): void {
  symlinkSync(target, `${path}.new`);
  renameSync(`${path}.new`, path);
}
