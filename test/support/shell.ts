import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test, in which shell of the library runs for real, with fakes of the image's programs on its PATH. */
export class Sandbox {
  public readonly folder = mkdtempSync(join(tmpdir(), 'sandbox-'));

  public path(name: string): string {
    return join(this.folder, name);
  }

  public write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  public writeBytes(name: string, bytes: Buffer): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), bytes);
  }

  public read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  public has(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** A program in sh; it finds the folder in $SANDBOX. */
  public program(name: string, text: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${text}\n`);
    chmodSync(this.path(`bin/${name}`), 0o755);
  }

  public run(command: string[], env: { [key: string]: string } = {}): Outcome {
    const [program, ...args] = command;
    // The fakes go first; nothing else of this process's environment reaches the script.
    const PATH = `${this.path('bin')}:${process.env.PATH}`;
    const options = { env: { ...env, PATH, SANDBOX: this.folder }, encoding: 'utf8', timeout: 60_000 } as const;
    const { status, stdout, stderr } = spawnSync(program!, args, options);
    return { status, stdout, stderr };
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Shell runs in Linux containers only; a developer on Windows tests the rest. */
export const describeShell = process.platform === 'win32' ? describe.skip : describe;
