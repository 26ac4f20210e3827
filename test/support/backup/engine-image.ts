import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export type Engine = 'postgres' | 'mariadb' | 'valkey';

/** Who runs a container. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

const IS_ROOT = process.getuid?.() === 0;

/** Database servers refuse to run as root, so root runs containers as the user nobody. */
export const NOBODY: User = IS_ROOT ? { uid: 65534, gid: 65534 } : { uid: process.getuid!(), gid: process.getgid!() };

/** The words that run a command as a user. */
export function runAs({ uid, gid }: User, command: readonly string[]): string[] {
  if (!IS_ROOT) return [...command];
  return ['/usr/bin/setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...command];
}

/** What the images of an engine look like. */
interface Facts {
  readonly version: string;
  readonly server: string;
  /** Where its programs are in a root file system, unless on the PATH of all images. */
  readonly programs: (root: string) => string[];
}

const FACTS: { readonly [engine in Engine]: Facts } = {
  postgres: { version: process.env.TEST_POSTGRES ?? '17', server: 'postgres', programs: postgresPrograms },
  mariadb: { version: process.env.TEST_MARIADB ?? '11.8', server: 'mariadbd', programs: () => ['/usr/sbin'] },
  valkey: { version: process.env.TEST_VALKEY ?? '8.1', server: 'valkey-server', programs: () => [] },
};

/** Debian keeps the servers of several majors beside each other: the newest. */
function postgresPrograms(root: string): string[] {
  const folder = '/usr/lib/postgresql';
  const majors = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  return majors.sort((a, b) => Number(b) - Number(a)).map((major) => join(folder, major, 'bin'));
}

/** The user of the official images. */
const USER_OF_IMAGES: User = { uid: 999, gid: 999 };

// Each program is replaced by the next one, so a test that kills the process kills the container. The root file system is read-only, as in
// hardened pods; all folders of tests are below /tmp.
const ENTER = `set -e
root=$0 user=$1 binds=$2
shift 2
# As runtimes do, a place to mount to is made in the image.
[ -e "$root/etc/hosts" ] || : > "$root/etc/hosts"
/usr/bin/mount --bind -o ro "$root" "$root"
/usr/bin/mount --bind /etc/hosts "$root/etc/hosts"
/usr/bin/mount --rbind /dev "$root/dev"
/usr/bin/mount --rbind /proc "$root/proc"
/usr/bin/mount --bind /tmp "$root/tmp"
for bind in $binds; do /usr/bin/mount --bind "$(echo "$bind" | cut -d : -f 1)" "$root$(echo "$bind" | cut -d : -f 2)"; done
exec /usr/sbin/chroot --userspec="$user" "$root" "$@"`;

/** The image of an engine: a root file system that commands enter, or what this machine has. */
export class EngineImage {
  /** The folders of the engine's own programs. */
  public readonly programs: readonly string[];
  /** What the PATH of its containers is. */
  public readonly path: readonly string[];

  public constructor(
    public readonly engine: Engine,
    private readonly root: string,
    /** The user of its containers. */
    public readonly user: User,
    programs: readonly string[] = [],
  ) {
    this.programs = [...FACTS[engine].programs(root), ...programs];
    this.path = [...this.programs, '/usr/bin', '/bin'];
  }

  /** Whether it is a root file system: its entrypoint runs, and folders can be mounted in it. */
  public get isWhole(): boolean {
    return this.root !== '/';
  }

  /**
   * The words that run a command in a container of the image. The first one is a path.
   *
   * @param binds folders of this machine by the folder of a whole image where they are mounted
   */
  public container(command: readonly string[], binds: { readonly [folder: string]: string } = {}): string[] {
    if (this.root === '/') return runAs(this.user, command);
    const { uid, gid } = this.user;
    const mounts = Object.entries(binds)
      .map(([folder, source]) => `${source}:${folder}`)
      .join(' ');
    return ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', ENTER, this.root, `${uid}:${gid}`, mounts, ...command];
  }

  /** The same image with another user, who has no name in it. */
  public as(user: User): EngineImage {
    return new EngineImage(this.engine, this.root, user);
  }

  /** The path of a program in the image. */
  public which(program: string): string | undefined {
    const found = (path: string) => lstatSync(join(this.root, path), { throwIfNoEntry: false }) !== undefined;
    return this.path.map((folder) => join(folder, program)).find(found);
  }

  /** The words that run a program of the image in a container. */
  public program(name: string, ...args: readonly string[]): string[] {
    const path = this.which(name);
    if (path === undefined) throw new Error(`the image of ${this.engine} in ${this.root} has no ${name}`);
    return this.container([path, ...args]);
  }

  public get hasServer(): boolean {
    return this.which(FACTS[this.engine].server) !== undefined;
  }

  /** The release of its server, in the words of the server. */
  public get release(): string {
    const [command, ...args] = this.program(FACTS[this.engine].server, '--version');
    const { stdout, stderr } = spawnSync(command!, args, { encoding: 'utf8' });
    return `${(stdout || stderr).trim()}${this.root === '/' ? ', of this machine' : ''}`;
  }
}

/** Where the recipes of images that CI uses leave their root file systems. */
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kube-test/images');

const images = new Map<string, EngineImage | undefined>();

/**
 * The image of an engine: its root file system in the folder TEST_IMAGES. If that is not set, it may lie in the cache; without it, the programs
 * of this machine are the image, if it has a server.
 */
export function findEngineImage(engine: Engine, version = FACTS[engine].version): EngineImage | undefined {
  const name = `${engine}-${version}`;
  if (!images.has(name)) images.set(name, find(engine, name));
  return images.get(name);
}

function find(engine: Engine, name: string): EngineImage | undefined {
  const root = join(process.env.TEST_IMAGES ?? CACHE, name);
  // Only root may mount and chroot.
  if (existsSync(root) && IS_ROOT && tmpdir() === '/tmp') return new EngineImage(engine, root, USER_OF_IMAGES);
  if (process.env.TEST_IMAGES !== undefined)
    throw new Error(
      `TEST_IMAGES is set, but ${root} cannot be used: it must exist, the tests must run as root, and TMPDIR must not be set`,
    );
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => existsSync(join(folder, FACTS[engine].server)));
  const machine = new EngineImage(engine, '/', NOBODY, onPath);
  return machine.hasServer ? machine : undefined;
}

/** The image of an engine that `describeReal` has found. */
export function engineImage(engine: Engine, version?: string): EngineImage {
  const image = findEngineImage(engine, version);
  if (image === undefined) throw new Error(`${engine} ${version ?? ''} is missing`);
  return image;
}
