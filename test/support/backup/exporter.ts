import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../shell';
import { installBusybox } from './busybox';
import { freePort, killGroup, start, until } from './processes';
import type { Running } from './processes';
import { program } from './programs';
import type { ProgramName } from './programs';

/** What of a container counts here. */
export interface ExporterContainer {
  readonly command: string[];
  readonly args?: string[];
  readonly env: { readonly name: string; readonly value: string }[];
}

/** The container of an exporter, run by BusyBox as in its image, with its command, environment and password file. */
export class Exporter {
  private readonly folder = mkdtempSync(join(tmpdir(), 'exporter-'));
  private port = 0;
  private running?: Running;

  /**
   * @param path where its image has the exporter
   * @param replace what is another here than in the pod: the server's port
   */
  public constructor(
    private readonly container: ExporterContainer,
    private readonly name: ProgramName,
    private readonly path: string,
    private readonly replace: { readonly [text: string]: string },
  ) {
    chmodSync(this.folder, 0o755);
    mkdirSync(join(this.folder, 'bin'));
    installBusybox(join(this.folder, 'bin'));
  }

  /** Starts it with the content of the Secret's file, and waits until it answers. */
  public async start(password: string): Promise<void> {
    writeFileSync(join(this.folder, 'password'), password);
    this.port = await freePort();
    const [, , script = '', ...rest] = this.container.command;
    const changes = Object.entries({ ...this.replace, '/metrics-password': this.folder });
    const here = (text: string) => changes.reduce((all, [from, to]) => all.replaceAll(from, to), text);
    const env = Object.fromEntries(this.container.env.map(({ name, value }) => [name, here(value)]));
    const bin = join(this.folder, 'bin');
    const args = [...rest, ...(this.container.args ?? []), `--web.listen-address=127.0.0.1:${this.port}`];
    const shell = [join(bin, 'sh'), '-c', here(script).replaceAll(this.path, program(this.name)), ...args];
    this.running = start(shell, { ...env, PATH: bin });
    await until(async () => (await this.series().catch(() => '')) !== '', 'an exporter', 30);
  }

  /** What it serves. */
  public async series(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
  }

  /** The value of a series that has no labels. */
  public async value(name: string): Promise<string | undefined> {
    return new RegExp(`^${name} (.*)$`, 'm').exec(await this.series())?.[1];
  }

  /** The names of all its series. */
  public async names(): Promise<Set<string>> {
    return new Set((await this.series()).split('\n').flatMap((line) => /^[a-z]\w*/.exec(line) ?? []));
  }

  /** The process of the exporter, which is a child of the shell that is the container, or of a subshell. */
  public pid(): number {
    const exe = program(this.name);
    const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
    const mine = pids.find((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.startsWith(`${exe}\0`) && command.includes(`127.0.0.1:${this.port}`);
      } catch {
        return false;
      }
    });
    if (mine === undefined) throw new Error('there is no exporter');
    return Number(mine);
  }

  /** Ends it as the end of its pod does, and says how that went. */
  public async terminate(): Promise<Outcome> {
    const running = this.running!;
    const gone = new Promise((resolve) => running.child.once('exit', resolve));
    running.child.kill('SIGTERM');
    await gone;
    // What the container's first process has left goes with it, and holds its pipes until then.
    killGroup(running);
    return running.outcome;
  }

  public stop(): void {
    if (this.running) killGroup(this.running);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
