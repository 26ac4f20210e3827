import { commandsOf } from '../../support/pages';
import type { Kubectl } from './kubectl';

export interface CommandOptions {
  /** What the page prints, and what the test has in its place; each must be there. */
  readonly names?: { readonly [printed: string]: string };
  /** What is typed. */
  readonly input?: string;
  /** Ends the command after these seconds, as its reader does. */
  readonly interruptAfter?: number;
  /** How it ends. */
  readonly status?: number;
  readonly seconds?: number;
}

/** The commands of a page, run as they stand there. */
export class Page {
  private readonly ran = new Set<string>();

  /**
   * @param name the file, from the root of the repository
   * @param folder where the reader stands, with the files that the commands name
   */
  public constructor(
    private readonly name: string,
    private readonly folder: string,
    private readonly kubectl: () => Kubectl,
  ) {}

  /** Runs the one command that begins so, and returns what it printed. */
  public async run(start: string, options: CommandOptions = {}): Promise<string> {
    const { input, interruptAfter, status: expected = 0, seconds = 310 } = options;
    const command = this.named(this.find(start), options.names);
    // A terminal where the command asks for one.
    const line = / (-ti|--tty)\b/.test(command) ? `script -qec ${quoted(command)} /dev/null` : command;
    const limited =
      interruptAfter === undefined ? line : `timeout --signal=INT ${interruptAfter} bash -c ${quoted(line)}`;
    const { status, stdout, stderr } = await this.kubectl().spawn('bash', ['-c', limited], {
      folder: this.folder,
      ...(input !== undefined && { input }),
      seconds,
    });
    // The status of `timeout` for a command that it had to end.
    if (status !== (interruptAfter === undefined ? expected : 124)) {
      throw new Error(`${this.name}: ${command}: status ${status}: ${stderr}${stdout}`);
    }
    return stdout + stderr;
  }

  /** Runs the commands that begin so, one after the other. */
  public async runAll(starts: string[], options: CommandOptions = {}): Promise<void> {
    for (const start of starts) await this.run(start, options);
  }

  /** The commands that nobody has run. */
  public get left(): string[] {
    return commandsOf(this.name).filter((command) => !this.ran.has(withoutComment(command)));
  }

  private find(start: string): string {
    const commands = commandsOf(this.name).map(withoutComment);
    // A whole command may be the beginning of another.
    const found = commands.includes(start) ? [start] : commands.filter((one) => one.startsWith(start));
    const [command, ...more] = new Set(found);
    if (command === undefined || more.length > 0) {
      const count = command === undefined ? 0 : 1 + more.length;
      throw new Error(`${this.name} must have one command '${start}', got ${count}`);
    }
    this.ran.add(command);
    return command;
  }

  private named(command: string, names: { readonly [printed: string]: string } = {}): string {
    return Object.entries(names).reduce((text, [printed, name]) => {
      if (!text.includes(printed)) throw new Error(`${this.name}: '${printed}' must stand in: ${command}`);
      return text.replaceAll(printed, name);
    }, command);
  }
}

const withoutComment = (command: string) => command.replace(/ +# .*$/, '');

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
