import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineImage } from './backup/engine-image';
import { freePort } from './backup/processes';

/** A server of one test file, in a folder of its own. */
export class MariadbServer {
  public readonly folder = mkdtempSync(join(tmpdir(), 'mariadb-'));
  public port = 0;
  private process?: ChildProcess;

  public constructor(public readonly image = engineImage('mariadb')) {}

  public async make(): Promise<void> {
    chmodSync(this.folder, 0o777);
    const install = [
      '--no-defaults',
      `--datadir=${this.path('data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ];
    const made = this.run(['mariadb-install-db', ...install]);
    if (made.status !== 0) throw new Error(made.stdout + made.stderr);
    this.port = await freePort();
    await this.start();
  }

  public async start(): Promise<void> {
    const args = [
      '--no-defaults',
      `--datadir=${this.path('data')}`,
      `--socket=${this.path('socket')}`,
      `--pid-file=${this.path('pid')}`,
      `--log-error=${this.path('log')}`,
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
      '--innodb-buffer-pool-size=32M',
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
    ];
    const [command, ...rest] = this.image.program('mariadbd', ...args);
    this.process = spawn(command!, rest, { env: {}, stdio: 'ignore' });
    for (let tries = 0; tries < 300; tries++) {
      if (this.run(['mariadb-admin', '--no-defaults', `--socket=${this.path('socket')}`, 'ping']).status === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(readFileSync(this.path('log'), 'utf8'));
  }

  /** As a node that loses its power. */
  public async kill(): Promise<void> {
    const { process: server } = this;
    if (server?.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
  }

  /** What root, who can log in here only, gets for statements. */
  public sql(statements: string, database = ''): string {
    return this.ask(['-uroot', `--socket=${this.path('socket')}`, ...(database ? [database] : [])], statements);
  }

  /** What a client with these arguments gets for statements. */
  public ask(args: readonly string[], statements: string, password = ''): string {
    const how = ['--no-defaults', '--default-character-set=utf8mb4', '-N', '-r', '-B'];
    const env = { MYSQL_PWD: password };
    const { status, stdout, stderr } = this.run(['mariadb', ...how, ...args], env, statements);
    if (status !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  }

  /** Runs a program of the image. */
  public run(command: readonly string[], more: { [name: string]: string } = {}, input = ''): SpawnSyncReturns<string> {
    const [name, ...args] = command;
    const [program, ...rest] = this.image.program(name!, ...args);
    const env = { PATH: this.image.path.join(':'), ...more };
    return spawnSync(program!, rest, { env, input, encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  public path(name: string): string {
    return join(this.folder, name);
  }

  public async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
