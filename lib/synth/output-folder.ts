import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** The names of what a synthesis wrote. No .yaml, .yml or .json: `kubectl apply -f` reads those. */
const RECORD = '.cdk8s-synth';
const HEAD = '# What was synthesized here. The next synthesis removes of it what it does not write again.';

/** Which app of this process wrote a path: several may write into one folder. */
const writers = new Map<string, symbol>();

/**
 * Files that come into a folder all or none. They are made in a folder inside it, so that a full disk is met before anything
 * has changed, and then renamed one by one; if that fails, what was done is undone.
 */
export class OutputFolder {
  private readonly root: string;
  private readonly staging: string;
  /** By name, the file that is to take its place; undefined if that has its content already. Folders end with a slash. */
  private readonly entries = new Map<string, string | undefined>();
  /** What lay at the top of the folder. In a new one, that saves two questions a file. */
  private readonly present: Set<string>;
  private readonly undo: (() => void)[] = [];
  private staged = 0;

  /**
   * @param path is made if it is not there
   * @param writer stands for the app: it removes nothing that another one of this process wrote
   * @throws if it cannot be made
   */
  public constructor(
    private readonly path: string,
    private readonly writer: symbol,
  ) {
    this.root = this.attempt(() => {
      this.makeFolder(resolve(path));
      return realpathSync(path);
    });
    this.present = new Set(this.attempt(() => readdirSync(this.root)));
    this.staging = join(this.root, `${RECORD}.new`);
  }

  /**
   * @param name relative to the folder
   * @throws if it lies outside of the folder, or cannot be written
   */
  public add(name: string, content: string): void {
    const inside = this.inside(name);
    this.attempt(() => this.stage(inside, content));
  }

  /** Makes a folder, even if nothing comes to lie in it. */
  public addFolder(name: string): void {
    this.entries.set(`${this.inside(name)}/`, undefined);
  }

  /**
   * Puts all that was added in place, and removes what this app wrote in an earlier synthesis and did not add now.
   *
   * @throws if anything of this fails; then nothing was done
   */
  public commit(): void {
    this.attempt(() => {
      const before = this.readRecord().filter((name) => !this.entries.has(name));
      const stale = new Set(before.filter((name) => (writers.get(this.at(name)) ?? this.writer) === this.writer));
      const names = [...this.entries.keys(), ...before.filter((name) => !stale.has(name))];
      for (const name of names) writers.set(this.at(name), writers.get(this.at(name)) ?? this.writer);
      if (names.length > 0) this.stage(RECORD, `${[HEAD, ...names.sort()].join('\n')}\n`);
      else stale.add(RECORD);

      for (const [name, staged] of this.entries) {
        if (name.endsWith('/')) this.makeFolder(this.at(name));
        else if (staged !== undefined) this.replace(name, staged);
      }
      // A folder goes after what is in it.
      for (const name of [...stale].sort().reverse()) this.remove(this.at(name));
    });
    this.undo.length = 0;
  }

  /** To be called in any case: undoes what was not committed. */
  public close(): void {
    this.rollBack();
    rmSync(this.staging, { recursive: true, force: true });
  }

  private inside(name: string): string {
    const inside = relative(this.root, resolve(this.root, name));
    if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) {
      return inside.replaceAll(sep, '/');
    }
    throw new Error(
      `'${name}' would be written outside of the output folder '${this.path}': give the chart or object another name, ` +
        "or the app another 'outputFileExtension'",
    );
  }

  private at(name: string): string {
    return join(this.root, name);
  }

  private stage(name: string, content: string): void {
    const bytes = Buffer.from(content);
    let staged: string | undefined;
    if (!this.exists(name) || !readFileSync(this.at(name)).equals(bytes)) {
      staged = this.nextStaged();
      writeFileSync(staged, bytes);
    }
    this.entries.set(name, staged);
  }

  private nextStaged(): string {
    if (this.staged === 0) {
      // Left by a synthesis that was killed.
      rmSync(this.staging, { recursive: true, force: true });
      mkdirSync(this.staging);
      this.undo.push(() => rmSync(this.staging, { recursive: true }));
    }
    return join(this.staging, String(this.staged++));
  }

  private readRecord(): string[] {
    if (!existsSync(this.at(RECORD))) return [];
    const names = readFileSync(this.at(RECORD), 'utf8').split('\n').slice(1);
    // Whoever has edited it cannot make it delete elsewhere.
    return names.filter((name) => name !== '' && relative(this.root, this.at(name)).split(sep)[0] !== '..');
  }

  private makeFolder(path: string): void {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    this.undo.push(() => {
      for (let folder = path; folder.length >= first.length; folder = dirname(folder)) rmdirSync(folder);
    });
  }

  private exists(name: string): boolean {
    const [top = ''] = name.split('/', 1);
    return this.present.has(top) && existsSync(this.at(name));
  }

  private replace(name: string, staged: string): void {
    const path = this.at(name);
    if (!this.exists(name)) {
      renameSync(staged, path);
      this.undo.push(() => rmSync(path));
      return;
    }
    const saved = `${staged}.old`;
    try {
      linkSync(path, saved);
    } catch {
      // Not every file system has hard links.
      copyFileSync(path, saved);
    }
    renameSync(staged, path);
    this.undo.push(() => renameSync(saved, path));
  }

  private remove(path: string): void {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status?.isDirectory() && readdirSync(path).length === 0) {
      rmdirSync(path);
      this.undo.push(() => mkdirSync(path));
    } else if (status && !status.isDirectory()) {
      const saved = this.nextStaged();
      renameSync(path, saved);
      this.undo.push(() => renameSync(saved, path));
    }
  }

  private rollBack(): void {
    for (const step of this.undo.splice(0).reverse()) step();
  }

  private attempt<T>(write: () => T): T {
    try {
      return write();
    } catch (cause) {
      this.rollBack();
      const { message } = cause as Error;
      throw new Error(`Cannot write to the output folder '${this.path}', which is as it was: ${message}`, { cause });
    }
  }
}
