import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../lib/guard/cli';
import type { Kubectl } from './kubectl';

/** What the guard prints of a change, and the folder in which its commands are run. */
export class GuardRun {
  private constructor(
    public readonly folder: string,
    public readonly text: string,
  ) {}

  public static plan(before: string, after: string, ...options: string[]): GuardRun {
    const folder = mkdtempSync(join(tmpdir(), 'guard-'));
    writeFileSync(join(folder, 'old.yaml'), before);
    writeFileSync(join(folder, 'new.yaml'), after);
    const printed: string[] = [];
    const args = ['plan', join(folder, 'new.yaml'), '--against', join(folder, 'old.yaml'), ...options];
    const status = main(args, {
      out: (text) => printed.push(text),
      error: (text) => printed.push(text),
      stdin: () => '',
      colors: false,
    });
    if (status !== 0) throw new Error(`plan: status ${status}: ${printed.join('')}`);
    return new GuardRun(folder, printed.join(''));
  }

  /** The lines of the ways out of a rule's first finding, as somebody copies them. */
  public wayOut(rule: string): string[] {
    const lines = this.text.split('\n');
    const start = lines.findIndex((line) => /^\S/.test(line) && line.endsWith(`  ${rule}`));
    if (start < 0) throw new Error(`no finding of ${rule} in:\n${this.text}`);
    const end = lines.indexOf('', start);
    return lines
      .slice(start, end)
      .filter((line) => line.startsWith('    '))
      .map((line) => line.slice(4));
  }

  /** Runs printed lines; where they say to apply, it is applied. */
  public async run(kubectl: Kubectl, lines: string[], apply = 'new.yaml'): Promise<void> {
    const script = lines
      .map((line) => (/^# .*then apply as always/.test(line) ? `kubectl apply --filename=${apply}` : line))
      .join('\n');
    const { status, stdout, stderr } = await kubectl.spawn('bash', ['-e', '-o', 'pipefail'], {
      input: script,
      folder: this.folder,
    });
    if (status !== 0) throw new Error(`status ${status} of\n${script}\n${stdout}${stderr}`);
  }
}
