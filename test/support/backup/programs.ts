import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where CI and developers put what no package manager has in the right version. */
const CACHE = join(homedir(), '.cache/cdk8s-stateful-test');

interface Program {
  readonly find: () => string | undefined;
  readonly get: string;
}

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);

const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined);

/** Debian keeps the servers of several majors beside each other, and not on the PATH: the newest. */
function postgres(): string | undefined {
  const root = '/usr/lib/postgresql';
  const majors = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = majors.map((major) => join(root, major, 'bin'));
  const own = onPath('initdb');
  return folders
    .concat(own === undefined ? [] : [join(own, '..')])
    .find((folder) => existsSync(join(folder, 'initdb')));
}

const RCLONE = join(CACHE, 'rclone-1.75.0');
const AZURITE = join(CACHE, 'azurite-3.37.0');

const VELERO = join(CACHE, 'velero-1.18.3');

const PROGRAMS = {
  shellcheck: { find: () => onPath('shellcheck'), get: 'apt-get install shellcheck' },
  busybox: { find: () => onPath('busybox'), get: 'apt-get install busybox' },
  postgres: { find: postgres, get: 'apt-get install postgresql postgresql-contrib' },
  rclone: {
    find: () => existing(join(RCLONE, 'rclone')),
    get: `GOBIN=${RCLONE} GOFLAGS=-mod=mod CGO_ENABLED=0 go install github.com/rclone/rclone@v1.75.0`,
  },
  azurite: {
    find: () => existing(join(AZURITE, 'node_modules/azurite/dist/src/blob/main.js')),
    get: `npm install --prefix ${AZURITE} azurite@3.37.0`,
  },
  velero: {
    find: () => existing(join(VELERO, 'made-of')) && VELERO,
    get: `test/velero/programs/build ${VELERO}`,
  },
} satisfies { [name: string]: Program };

export type ProgramName = keyof typeof PROGRAMS;

/** The path of a program (of a folder of programs: PostgreSQL, Velero). */
export function program(name: ProgramName): string {
  const path = PROGRAMS[name].find();
  if (path === undefined) throw new Error(`${name} is missing; to get it: ${PROGRAMS[name].get}`);
  return path;
}

/** Tests on real programs. Where one is missing they count as skipped, and say how to get it. */
export function describeReal(name: string, needs: readonly ProgramName[], tests: () => void): void {
  const missing = needs.filter((need) => PROGRAMS[need].find() === undefined);
  for (const need of missing) {
    process.stderr.write(`${name}: skipped, as there is no ${need}. To get it: ${PROGRAMS[need].get}\n`);
  }
  (missing.length > 0 || process.platform === 'win32' ? describe.skip : describe)(name, tests);
}

/** Database servers refuse to run as root; who is root runs them as this user. */
export function unprivileged(command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  return ['/usr/bin/setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--', ...command];
}

/** Owner of the folders that `unprivileged` programs write to. */
export function unprivilegedIds(): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return process.getuid?.() === 0
    ? { uid: id('-u'), gid: id('-g') }
    : { uid: process.getuid!(), gid: process.getgid!() };
}
