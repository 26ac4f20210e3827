import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** The programs that are needed, or what to install. */
export function missingMariadb(): string | undefined {
  const programs = ['mariadbd', 'mariadb-install-db', 'mariadb', 'mariadb-dump', 'mariadb-admin', 'gzip'];
  const missing = programs.filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: environment() }).status !== 0,
  );
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} missing: apt-get install mariadb-server mariadb-client`;
}

/** Debian keeps servers where only root looks. */
export function environment(more: { [key: string]: string } = {}): { [key: string]: string } {
  return { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...more };
}

/** The scripts run as an image's user would, never as root, as whom no server starts. */
export const NOT_ROOT = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
      });
    });
  });
}

/** A server of one test file, in a folder of its own. */
export class MariadbServer {
  // Sockets need a short path.
  public readonly folder = mkdtempSync('/tmp/mariadb-');
  public port = 0;
  private process?: ChildProcess;

  public async make(): Promise<void> {
    chmodSync(this.folder, 0o777);
    const install = [
      '--no-defaults',
      `--datadir=${this.path('data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ];
    const made = spawnSync('mariadb-install-db', install, { ...NOT_ROOT, env: environment(), encoding: 'utf8' });
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
    this.process = spawn('mariadbd', args, { ...NOT_ROOT, env: environment(), stdio: 'ignore' });
    for (let tries = 0; tries < 300; tries++) {
      const ping = ['--no-defaults', `--socket=${this.path('socket')}`, 'ping'];
      if (spawnSync('mariadb-admin', ping, { env: environment() }).status === 0) return;
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
    const args = [
      '--no-defaults',
      '-uroot',
      `--socket=${this.path('socket')}`,
      '--default-character-set=utf8mb4',
      '-N',
      '-r',
      '-B',
      database,
    ];
    const { status, stdout, stderr } = spawnSync('mariadb', args.filter(Boolean), {
      env: environment(),
      input: statements,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  }

  public path(name: string): string {
    return join(this.folder, name);
  }

  public write(name: string, text: string | Buffer): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  public async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
