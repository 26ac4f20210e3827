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

/** The user of Bitnami's images. */
export const USER = { uid: 1001, gid: 1001 };

/** A volume that belongs to user 1001, as of Bitnami's charts, and containers of the official image that see it. */
export class ForeignVolume {
  public readonly folder = mkdtempSync(join(tmpdir(), 'foreign-'));
  private readonly image;
  private readonly running: Running[] = [];

  /** @param binds folders of the image by what of this volume is mounted there */
  public constructor(
    engine: Engine,
    private readonly binds: { readonly [folder: string]: string },
  ) {
    this.image = engineImage(engine).as(USER);
    chmodSync(this.folder, 0o755);
    mkdirSync(this.path('scripts'));
    for (const name of ['volume', 'volume/data', 'run', 'tmp', 'conf', 'init']) {
      mkdirSync(this.path(name));
      chownSync(this.path(name), USER.uid, USER.gid);
    }
    chmodSync(this.path('volume/data'), 0o700);
  }

  public path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file as its user. */
  public write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
    chownSync(this.path(name), USER.uid, USER.gid);
  }

  /** Starts a program of the image. */
  public start(command: string[], env: { [name: string]: string } = {}): Running {
    const binds = Object.entries(this.binds).map(([path, name]) => [path, this.path(name)] as const);
    const PATH = ['/usr/local/bin', ...this.image.path].join(':');
    const program = this.image.container(command, Object.fromEntries(binds));
    const running = start(program, { ...env, PATH, TMPDIR: this.path('tmp') });
    this.running.push(running);
    return running;
  }

  /** Starts the image, with its entrypoint. */
  public serve(args: string[], env: { [name: string]: string } = {}): Running {
    return this.start(['/bin/bash', '/usr/local/bin/docker-entrypoint.sh', ...args], env);
  }

  public async sh(script: string, env: { [name: string]: string } = {}): Promise<Outcome> {
    writeFileSync(this.path('scripts/asked.sh'), script);
    return this.start(['/bin/sh', this.path('scripts/asked.sh')], env).outcome;
  }

  /** Runs the init container of a database with these props, as of one that adopts the volume. */
  public async initialize(props: Partial<StatefulDatabaseProps>, env: { [name: string]: string }): Promise<Outcome> {
    const manifests = manifestsOf(newDatabase(props).chart);
    const pod = find(manifests, 'StatefulSet', 'db').spec.template.spec;
    const { data } = find(manifests, 'ConfigMap', 'db-scripts');
    for (const [name, text] of Object.entries(data)) writeFileSync(this.path(`scripts/${name}`), text);
    const variables = named(pod.initContainers, 'initialize').env.map(({ name, value }) => [name, value] as const);
    const command = ['/bin/sh', this.path('scripts/initialize.sh')];
    return this.start(command, { ...Object.fromEntries(variables), ...env }).outcome;
  }

  /** Ends all that runs, as the loss of a node does. */
  public kill(): void {
    this.running.splice(0).forEach(killGroup);
  }

  public remove(): void {
    this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
