import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { LOCK_FILE } from './lock';
import { DEPLOYERS, Failure } from './model';
import type { Deployer } from './model';
import type { Request } from './request';
import { readText } from './sources';
import type { Source } from './state';

/** Where a LinearApp with a `dataLock` writes in place of its own folder: `<folder>/<scope>`, unchecked. lib/synth has the same name. */
export const ASKED_FOLDER = 'CDK8S_STATEFUL_OUT';

/** What such an app says of itself, beside its output. */
export const NOTE = '.cdk8s-stateful.json';

/** No manifests, of what an app writes. */
const BESIDE = new Set([NOTE, '.cdk8s-synth', 'construct-metadata.json']);

/** Runs the program, and goes on with what it writes for the scope. Its own folder stays as it is. */
export function withOutput(request: Request, command: string, error: (text: string) => void): Request {
  const root = mkdtempSync(join(tmpdir(), 'cdk8s-stateful-app-'));
  try {
    runProgram(command, root, error);
    const folder = join(root, request.scope);
    if (!existsSync(folder)) throw new Failure(missing(request.scope, root, command));
    const note = JSON.parse(readText(join(folder, NOTE))) as Note;
    return { ...request, ...optionsOf(request, note), sources: sourcesIn(folder) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function runProgram(command: string, root: string, say: (text: string) => void): void {
  const { status, signal, stdout, stderr, error } = spawnSync(command, {
    shell: true,
    encoding: 'utf-8',
    env: { ...process.env, [ASKED_FOLDER]: root },
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Standard output is the report's, which a program may read.
  if (stdout || stderr) say(stdout + stderr);
  if (error) throw new Failure(`--app '${command}' cannot be run: ${error.message}`);
  if (status !== 0) throw new Failure(`--app '${command}' failed with ${signal ?? `status ${status}`}`);
}

function missing(scope: string, root: string, command: string): string {
  const others = readdirSync(root)
    .sort()
    .map((name) => `'${name}'`);
  const written = others.length > 0 ? `it wrote ${others.join(', ')}` : 'it has no LinearApp with a dataLock';
  return `--app '${command}' wrote nothing for scope '${scope}': ${written}`;
}

/** The `dataLock` of the app. */
interface Note {
  readonly file?: string;
  readonly deployer?: string;
  readonly namespace?: string;
}

/** What the app says, unless the command says it. */
function optionsOf(request: Request, { file, deployer, namespace }: Note): Partial<Request> {
  if (deployer !== undefined && !DEPLOYERS.some((one) => one === deployer)) {
    throw new Failure(`'dataLock.deployer' '${deployer}' is none of ${DEPLOYERS.join(', ')}`);
  }
  return {
    ...(request.deployer === undefined && deployer !== undefined && { deployer: deployer as Deployer }),
    ...(request.namespace === undefined && namespace !== undefined && { namespace }),
    ...(request.lock === LOCK_FILE && file !== undefined && { lock: file }),
  };
}

/** All manifests of the folder and the folders in it, whatever their names end with: `synth()` checks the same. */
function sourcesIn(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !BESIDE.has(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((path) => ({
      file: path
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
      text: readText(path),
    }));
}
