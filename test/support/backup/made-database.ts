import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatefulDatabaseProps } from '../../../lib';
import { find, manifestsOf, named } from '../manifests';
import { newDatabase } from '../samples';
import type { Outcome } from '../shell';
import { engineImage } from './engine-image';
import type { Engine } from './engine-image';
import { killGroup, start } from './processes';
import type { Running } from './processes';

/** Valkey's image has an entrypoint that makes nothing. */
export type MadeEngine = Exclude<Engine, 'valkey'>;

const SOCKETS: { readonly [engine in MadeEngine]: string } = { postgres: '/run/postgresql', mariadb: '/run/mysqld' };

/** A database that the init container of a StatefulDatabase makes in a whole image, with its entrypoint. */
export class MadeDatabase {
  public readonly image;
  private readonly folder = mkdtempSync(join(tmpdir(), 'made-'));
  private server?: Running;

  /**
   * @param passwords the content of the files in /passwords
   * @param version that of the image, if not the one of most tests
   */
  public constructor(
    private readonly engine: MadeEngine,
    private readonly props: Partial<StatefulDatabaseProps>,
    private readonly passwords: { readonly [name: string]: string },
    version?: string,
  ) {
    this.image = engineImage(engine, version);
    chmodSync(this.folder, 0o755);
    for (const name of ['volume', 'run', 'tmp']) this.own(name);
    for (const name of ['init', 'passwords', 'scripts']) mkdirSync(join(this.folder, name));
  }

  /** Runs initialize.sh as the init container does. */
  public async make(): Promise<Outcome> {
    const { chart, database } = newDatabase(this.props);
    const manifests = manifestsOf(chart);
    const { engine } = database;
    const { spec } = find(manifests, 'StatefulSet', 'db').spec.template;
    const { env } = named(spec.initContainers, 'initialize');
    this.write('init', find(manifests, 'ConfigMap', 'db-init').data);
    this.write('scripts', find(manifests, 'ConfigMap', 'db-scripts').data);
    this.write('passwords', this.passwords);
    const passwords = join(this.folder, 'passwords/');
    const variables = env.map(({ name, value }) => [name, value.replace(/^\/passwords\//, passwords)] as const);
    const command = ['/bin/sh', join(this.folder, 'scripts/initialize.sh'), ...(engine.spec.args ?? [])];
    return this.start(command, Object.fromEntries(variables)).outcome;
  }

  /**
   * Starts the server on what was made.
   *
   * @param port of 127.0.0.1, where it listens besides its socket
   */
  public serve(port = 0): void {
    const isPostgres = this.engine === 'postgres';
    const program = this.image.which(isPostgres ? 'postgres' : 'mariadbd')!;
    const listen = isPostgres
      ? ['-D', '/var/lib/postgresql/data/pgdata', '-c', `listen_addresses=${port ? '127.0.0.1' : ''}`]
      : ['--no-defaults', `--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'];
    this.server = this.start([program, ...listen, ...(isPostgres && port ? ['-c', `port=${port}`] : [])]);
  }

  /** As a node that loses its power. Returns what the server has logged. */
  public async kill(): Promise<string> {
    if (!this.server) return '';
    killGroup(this.server);
    return (await this.server.outcome).stderr;
  }

  /** A folder of this machine. */
  public path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs shell in the server's pod. */
  public async sh(script: string, env: { [name: string]: string } = {}): Promise<Outcome> {
    this.write('scripts', { 'asked.sh': script });
    return this.start(['/bin/sh', join(this.folder, 'scripts/asked.sh')], env).outcome;
  }

  public remove(): void {
    if (this.server) killGroup(this.server);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** More files beside initialize.sh. */
  public write(folder: string, files: { readonly [name: string]: string }): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, folder, name), text);
  }

  private own(name: string): void {
    const path = join(this.folder, name);
    mkdirSync(path);
    chownSync(path, this.image.user.uid, this.image.user.gid);
  }

  private start(command: string[], env: { [name: string]: string } = {}): Running {
    const mountPath = this.engine === 'postgres' ? '/var/lib/postgresql/data' : '/var/lib/mysql';
    const binds = {
      [mountPath]: join(this.folder, 'volume'),
      [SOCKETS[this.engine]]: join(this.folder, 'run'),
      '/docker-entrypoint-initdb.d': join(this.folder, 'init'),
    };
    const PATH = ['/usr/local/bin', ...this.image.path].join(':');
    // As the end of a container: what an entrypoint that failed has left would hold the pipes, and live on.
    const container = ['/usr/bin/unshare', '--pid', '--fork', '--kill-child', ...this.image.container(command, binds)];
    return start(container, { ...env, PATH, TMPDIR: join(this.folder, 'tmp') });
  }
}
