import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HookScript } from '../../../lib/database/database-scripts';
import type { Outcome } from '../shell';
import { ConfigMapMount } from './config-map-mount';
import type { EngineImage } from './engine-image';
import { killGroup, start } from './processes';
import type { Running } from './processes';
import { hookScripts } from './scripts';
import type { Scripts } from './scripts';

/** A database's container as Velero's hooks find it: the server's environment, `/tmp`, and a volume for dumps. */
export class HookedContainer {
  public readonly folder = mkdtempSync(join(tmpdir(), 'hooked-'));
  public readonly dumps = join(this.folder, 'dumps');
  public readonly tmp = join(this.folder, 'tmp');
  private readonly bin = join(this.folder, 'bin');
  private readonly started: Running[] = [];
  private said = '';
  private readonly scripts: Scripts<HookScript>;
  private readonly mount = new ConfigMapMount(join(this.folder, 'scripts'));

  public constructor(
    private readonly env: { readonly [name: string]: string },
    private readonly image: EngineImage,
    /** A folder with a shell and tools that stand for the image's own. */
    private readonly tools?: string,
  ) {
    chmodSync(this.folder, 0o755);
    this.scripts = hookScripts(image.engine);
    this.mount.write(this.scripts.files);
    for (const folder of [this.dumps, this.tmp, this.bin]) {
      mkdirSync(folder);
      chownSync(folder, image.user.uid, image.user.gid);
    }
  }

  private get path(): readonly string[] {
    return [this.bin, ...(this.tools === undefined ? this.image.path : [...this.image.programs, this.tools])];
  }

  /** As Velero runs it. */
  public start(hook: HookScript, ...args: string[]): Running {
    const [, ...words] = this.scripts.command(hook).map((word) => word.replace(/^\/scripts/, this.mount.path));
    const command = this.image.container([join(this.tools ?? '/bin', 'sh'), ...words, ...args]);
    const running = start(command, { ...this.env, PATH: this.path.join(':'), TMPDIR: this.tmp });
    this.started.push(running);
    void running.outcome.then(({ stdout, stderr }) => (this.said += stdout + stderr));
    return running;
  }

  public run(hook: HookScript, ...args: string[]): Promise<Outcome> {
    return this.start(hook, ...args).outcome;
  }

  public dump(): Promise<Outcome> {
    return this.run('dump', this.dumps);
  }

  /** Loads a copy of the volume of a container, by default its own. */
  public load(from: HookedContainer = this): Promise<Outcome> {
    return this.run('load', from.dumps);
  }

  /** A program that goes before all others; `$REAL` is the one it stands before. */
  public shim(name: string, text: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\nREAL=${this.image.which(name)}\n${text}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  public unshim(name: string): void {
    rmSync(join(this.bin, name), { force: true });
  }

  /** What is in the folder of the dumps, or in one of them. */
  public files(dump = ''): string[] {
    return readdirSync(join(this.dumps, dump)).sort();
  }

  public read(name: string): string {
    return readFileSync(join(this.dumps, name), 'utf8');
  }

  /** The folder of the dumps with all that is in it, as one text. */
  public content(): string {
    const all = spawnSync('sh', ['-c', 'find . -type f -exec sha256sum {} + | sort -k 2'], { cwd: this.dumps });
    return all.stdout.toString();
  }

  public leftovers(): string[] {
    return readdirSync(this.tmp).filter((name) => name !== 'volume-backup.lock');
  }

  /** After a kill. */
  public clean(): void {
    for (const name of this.leftovers()) rmSync(join(this.tmp, name), { recursive: true });
  }

  /** All that the hooks have said. */
  public log(): string {
    return this.said;
  }

  public remove(): void {
    for (const running of this.started) killGroup(running);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
