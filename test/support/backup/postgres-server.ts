import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineImage } from './engine-image';
import type { EngineImage } from './engine-image';
import { freePort } from './processes';

/** A PostgreSQL server on a free port of 127.0.0.1, which asks for a password. */
export class PostgresServer {
  private constructor(
    public readonly image: EngineImage,
    private readonly folder: string,
    public readonly port: number,
    public readonly password: string,
  ) {}

  public static async start(password: string, image = engineImage('postgres')): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
    const server = new PostgresServer(image, folder, await freePort(), password);
    const { uid, gid } = server.image.user;
    const file = join(folder, 'password');
    writeFileSync(file, password);
    chownSync(folder, uid, gid);
    chownSync(file, uid, gid);
    server.program('initdb', '-D', join(folder, 'data'), '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', file);
    server.resume();
    return server;
  }

  public sql(database: string, sql: string): string {
    const env = { PGPASSWORD: this.password, PGCLIENTENCODING: 'UTF8', LC_ALL: 'C.UTF-8', PGDATABASE: database };
    const where = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres'];
    const [psql, ...args] = this.image.program('psql', '-XAtqw', '-v', 'ON_ERROR_STOP=1', ...where);
    const { status, stdout, stderr } = spawnSync(psql!, args, { env, input: sql, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout.trimEnd();
  }

  /** Names of the databases, but the templates. */
  public databases(): string[] {
    return this.sql('template1', 'SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1').split('\n');
  }

  public resume(): void {
    const options = `-p ${this.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1 -c fsync=off`;
    this.program(
      'pg_ctl',
      '-D',
      join(this.folder, 'data'),
      '-w',
      '-l',
      join(this.folder, 'log'),
      '-o',
      options,
      'start',
    );
  }

  /** What it has said. */
  public log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  /** As kill -9 of the server. */
  public die(): void {
    this.program('pg_ctl', '-D', join(this.folder, 'data'), '-m', 'immediate', 'stop');
  }

  public stop(): void {
    try {
      this.die();
    } catch {
      // It is down already.
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private program(name: string, ...args: string[]): void {
    const [command, ...rest] = this.image.program(name, ...args);
    const env = { PATH: this.image.path.join(':'), LC_ALL: 'C.UTF-8' };
    const { status, stderr, stdout } = spawnSync(command!, rest, {
      env,
      cwd: '/',
      encoding: 'utf8',
      stdio: name === 'pg_ctl' ? 'ignore' : 'pipe',
    });
    if (status !== 0) throw new Error(`${name}: ${stdout}${stderr}`);
  }
}
