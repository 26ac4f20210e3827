import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Outcome } from '../shell';
import { ConfigMapMount } from './config-map-mount';
import { NOBODY, runAs } from './engine-image';
import type { Engine, EngineImage, User } from './engine-image';
import { killGroup, start } from './processes';
import type { Running } from './processes';
import { RcloneImage } from './rclone-image';
import { jobScripts } from './scripts';
import type { Scripts, StepName } from './scripts';

interface Env {
  readonly [key: string]: string;
}

/** A container of a pod: its name, which is that of its script, and what is on its PATH. */
export interface Container {
  readonly step: StepName;
  readonly image: 'rclone' | 'engine';
}

/** A pod: a scratch volume and Secrets, in which containers run one after the other, as one user. */
export class Pod {
  public static readonly all = new Set<Pod>();

  public readonly folder = mkdtempSync(join(tmpdir(), 'pod-'));
  public readonly scratch = join(this.folder, 'scratch');
  public readonly credentials = join(this.folder, 'backupCredentials');
  /** Shell before the scripts of every container but the first. */
  public prelude = '';
  /** Words before the command of every container, which measure it. */
  public wrapper: readonly string[] = [];
  /** What the ConfigMap holds. */
  public files: { readonly [name: string]: string };
  private readonly scripts: Scripts<StepName>;
  private readonly mount = new ConfigMapMount(join(this.folder, 'scripts'));
  private readonly started: Running[] = [];
  private readonly outcomes: Outcome[] = [];

  /** `env` is that of every container; a pod without an image of an engine has only containers of rclone's. */
  public constructor(
    private readonly env: Env,
    secrets: Env,
    private readonly engine?: EngineImage,
    scriptsOf: (engine: Engine) => Scripts<StepName> = jobScripts,
  ) {
    Pod.all.add(this);
    this.scripts = scriptsOf(engine?.engine ?? 'postgres');
    this.files = this.scripts.files;
    chmodSync(this.folder, 0o755);
    for (const folder of ['scratch', 'tmp', 'bin', 'checks']) {
      mkdirSync(join(this.folder, folder));
      chmodSync(join(this.folder, folder), 0o777);
    }
    for (const [name, text] of Object.entries(secrets)) this.secret(name, text);
  }

  private get user(): User {
    return this.engine?.user ?? NOBODY;
  }

  public static removeAll(): void {
    for (const pod of Pod.all) pod.remove();
    RcloneImage.remove();
  }

  public secret(name: string, text: string): void {
    mkdirSync(this.credentials, { recursive: true });
    writeFileSync(join(this.credentials, name), text);
  }

  /** A program that goes before all others in the engine's containers and rclone's; `$REAL` is the one it stands before. */
  public shim(name: string, text: string): void {
    const file = join(this.folder, 'bin', name);
    const found = (name === 'rclone' ? undefined : this.engine?.which(name)) ?? join(RcloneImage.path, name);
    writeFileSync(file, `#!/bin/sh\nREAL=${found}\n${text}\n`);
    chmodSync(file, 0o755);
  }

  public unshim(name: string): void {
    rmSync(join(this.folder, 'bin', name), { force: true });
  }

  public check(name: string, sql: string): void {
    writeFileSync(join(this.folder, 'checks', name), sql);
  }

  public path(name: string): string {
    return join(this.scratch, name);
  }

  public has(name: string): boolean {
    return existsSync(this.path(name));
  }

  public read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  public write(name: string, content: string | Buffer): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    const { uid, gid } = this.user;
    // Never above the scratch folder: `/` has no parent to end at.
    for (let path = this.path(name); path.startsWith(`${this.scratch}/`); path = dirname(path))
      chownSync(path, uid, gid);
  }

  /** Starts a container; `run` waits for its end. */
  public start({ step, image }: Container, env: Env = {}): Running {
    this.mount.write(this.files);
    const words = this.wordsOf(step);
    const path = [join(this.folder, 'bin'), ...(image === 'rclone' ? [RcloneImage.path] : this.engine!.path)];
    const all = {
      SCRATCH: this.scratch,
      CREDENTIALS: this.credentials,
      CHECKS: join(this.folder, 'checks'),
      TMPDIR: join(this.folder, 'tmp'),
      ...this.inThisPod({ ...this.env, ...env }),
      PATH: path.join(':'),
    };
    const command =
      image === 'rclone'
        ? runAs(this.user, [join(RcloneImage.path, 'sh'), ...words])
        : this.engine!.container(['/bin/sh', ...words]);
    const running = start([...this.wrapper, ...command], all);
    this.started.push(running);
    void running.outcome.then((outcome) => this.outcomes.push(outcome));
    return running;
  }

  /** Variables that name a file of a Secret. */
  private inThisPod(env: Env): Env {
    const here = (value: string) => value.replace(/^\/backupCredentials\//, `${this.credentials}/`);
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, here(value)]));
  }

  /** The arguments of the container's shell, with the folders of this pod in the place of a real one's. */
  private wordsOf(step: StepName): string[] {
    const [, ...words] = this.scripts
      .command(step)
      .map((word) => word.replaceAll('/scripts/..data', `${this.mount.path}/..data`))
      .map((word) => word.replaceAll('/scratch/', `${this.scratch}/`));
    if (words[0] === '-c') return words;
    // What the first container has copied, where a test runs a later one alone.
    if (!this.has('scripts'))
      for (const [name, text] of Object.entries(this.files)) this.write(`scripts/${name}`, text);
    return this.prelude === '' ? words : ['-c', `${this.prelude}. "$0"`, ...words];
  }

  public run(container: Container, env: Env = {}): Promise<Outcome> {
    return this.start(container, env).outcome;
  }

  /** All that its containers have said, and all that they left in the temporary folder and the scratch volume as text. */
  public log(): string {
    const left = spawnSync('grep', ['-r', '', join(this.folder, 'tmp'), this.scratch], {
      encoding: 'latin1',
      maxBuffer: 1e9,
    }).stdout;
    return this.outcomes.map(({ stdout, stderr }) => stdout + stderr).join('') + left;
  }

  /** Files that a container left in its temporary folder. */
  public leftovers(): string[] {
    return readdirSync(join(this.folder, 'tmp'));
  }

  /** After a kill: the temporary folder dies with its container. */
  public clean(): void {
    for (const name of this.leftovers()) rmSync(join(this.folder, 'tmp', name), { recursive: true });
  }

  public remove(): void {
    Pod.all.delete(this);
    for (const running of this.started) killGroup(running);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The last line that a container said on stderr: it says what happened and what to do. */
export function lastLine({ stderr }: Outcome): string {
  return stderr.trimEnd().split('\n').at(-1)!;
}
