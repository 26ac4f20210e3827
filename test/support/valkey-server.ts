import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnSyncReturns } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseEngine } from '../../lib';
import { engineImage } from './backup/engine-image';
import { freePort, until } from './backup/processes';

/** A Valkey server of one test file, as a pod of this library runs it: made by `initialize`, with a password and an application user. */
export class ValkeyServer {
  public readonly folder = mkdtempSync(join(tmpdir(), 'valkey-'));
  public readonly image = engineImage('valkey');
  public port = 0;
  private process?: ChildProcess;
  private readonly spec = DatabaseEngine.valkey({ version: '8.1.1' }).spec;

  /** @param args parameters of users */
  public constructor(
    public readonly password: string,
    private readonly args: readonly string[] = [],
  ) {
    chmodSync(this.folder, 0o755);
    for (const name of ['data', 'passwords', 'scripts', 'tmp']) {
      mkdirSync(this.path(name));
      chmodSync(this.path(name), 0o777);
    }
    for (const [name, text] of Object.entries({ VALKEY_PASSWORD: password, VALKEY_USER_PASSWORD: 'of the shop' })) {
      writeFileSync(join(this.path('passwords'), name), text);
    }
    const { initializeScript = '', initializeFiles = {} } = this.spec;
    for (const [name, text] of Object.entries({ 'initialize.sh': initializeScript, ...initializeFiles })) {
      writeFileSync(join(this.path('scripts'), name), text);
    }
  }

  /** Makes the data and the users, as the init container does. */
  public initialize(env: { [name: string]: string } = {}): SpawnSyncReturns<string> {
    return this.run(['sh', join(this.path('scripts'), 'initialize.sh'), ...this.arguments()], {
      DATA_VOLUME: this.path('data'),
      VALKEY_PASSWORD_FILE: join(this.path('passwords'), 'VALKEY_PASSWORD'),
      VALKEY_USER: 'shop',
      VALKEY_USER_PASSWORD_FILE: join(this.path('passwords'), 'VALKEY_USER_PASSWORD'),
      ...env,
    });
  }

  public async make(): Promise<void> {
    const made = this.initialize();
    if (made.status !== 0) throw new Error(made.stdout + made.stderr);
    await this.start();
  }

  /** @param more arguments of this start alone */
  public async start(...more: string[]): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    this.launch(...more);
    await until(() => this.cli(['PING']).stdout === 'PONG\n', 'a server', 20).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${this.log()}`);
    });
  }

  /** Starts it, and does not wait. */
  public launch(...more: string[]): void {
    const args = [...this.arguments(), '--port', String(this.port), ...more];
    const [command, ...rest] = this.image.program('valkey-server', ...args);
    this.process = spawn(command!, rest, {
      env: { PATH: this.image.path.join(':') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.on('data', (text: Buffer) => appendFileSync(this.path('log'), text));
  }

  /** The engine's arguments, with the folder of this test in the place of /data. */
  private arguments(): string[] {
    const args = (this.spec.args ?? []).map((arg) => arg.replace(/^\/data/, this.path('data')));
    // A dump begins at once: no replica is waited for.
    return [...args, '--maxmemory', '64mb', '--repl-diskless-sync-delay', '0', ...this.args];
  }

  public log(): string {
    try {
      return readFileSync(this.path('log'), 'utf8');
    } catch {
      return '';
    }
  }

  /** As a node that loses its power; SIGTERM as a pod that is deleted. */
  public async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { process: server } = this;
    if (server?.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await gone;
  }

  /** What a client says, by default the administrator's. */
  public cli(
    args: readonly string[],
    input = '',
    user = 'default',
    password = this.password,
  ): SpawnSyncReturns<string> {
    const login = ['-e', '-p', String(this.port), ...(password ? ['--user', user] : [])];
    return this.run(['valkey-cli', ...login, ...args], password ? { REDISCLI_AUTH: password } : {}, input);
  }

  /** What the administrator gets for a command. */
  public ask(...args: string[]): string {
    const { status, stdout, stderr } = this.cli(args);
    if (status !== 0) throw new Error(stderr || stdout);
    return stdout.trimEnd();
  }

  /** What the administrator gets for commands, a line each. */
  public lines(commands: string): string {
    const { status, stdout, stderr } = this.cli([], commands);
    if (status !== 0) throw new Error(stderr || stdout);
    return stdout.trimEnd();
  }

  /** Opens a session in a database, which waits for its command; what it returns ends the session. */
  public hold(database: string, ...words: string[]): () => void {
    const what = words.length > 0 ? words : ['BLPOP', 'never', '0'];
    const login = ['-p', String(this.port), '--user', 'default', '-n', database, ...what];
    const [command, ...args] = this.image.program('valkey-cli', ...login);
    const env = { PATH: this.image.path.join(':'), REDISCLI_AUTH: this.password };
    const client = spawn(command!, args, { env, stdio: 'ignore' });
    return () => client.kill('SIGKILL');
  }

  /** Raises a number until the server is gone. Resolves to the last number that it has acknowledged. */
  public async write(key: string): Promise<number> {
    const login = ['-p', String(this.port), '--user', 'default', '-r', '1000000000', 'INCR', key];
    const [command, ...args] = this.image.program('valkey-cli', ...login);
    const env = { PATH: this.image.path.join(':'), REDISCLI_AUTH: this.password };
    const client = spawn(command!, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    client.stdout.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-1000);
      // It would go on trying.
      if (!/^\d*$/.test(said.trim().split('\n').at(-1)!)) client.kill('SIGKILL');
    });
    this.process!.once('exit', () => setTimeout(() => client.kill('SIGKILL'), 200));
    await new Promise((resolve) => client.once('close', resolve));
    const numbers = said
      .split('\n')
      .slice(0, -1)
      .filter((line) => /^\d+$/.test(line));
    return Number(numbers.at(-1) ?? 0);
  }

  /** Runs a program of the image. */
  public run(command: readonly string[], env: { [name: string]: string } = {}, input = ''): SpawnSyncReturns<string> {
    const [name, ...args] = command;
    const [program, ...rest] = this.image.program(name!, ...args);
    const all = {
      PATH: this.image.path.join(':'),
      TMPDIR: this.path('tmp'),
      PASSWORDS: this.path('passwords'),
      ...env,
    };
    return spawnSync(program!, rest, { env: all, input, encoding: 'utf8', maxBuffer: 1 << 28, cwd: '/' });
  }

  public path(name: string): string {
    return join(this.folder, name);
  }

  public async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
