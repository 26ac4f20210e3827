import { spawn } from 'node:child_process';
import type { Manifest } from '../../support/manifests';
import type { Outcome } from '../../support/shell';

/** What tells an object apart, in the form of a manifest, which kubectl gets and deletes objects by. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** An object as the server gives it. */
export interface LiveObject extends Manifest {
  readonly metadata: Manifest['metadata'] & {
    readonly uid: string;
    readonly generation?: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
  };
}

export interface RunOptions {
  readonly input?: string;
  readonly seconds?: number;
  readonly folder?: string;
}

/** Commands are run against one cluster and, where they name none, in one namespace. */
export class Kubectl {
  /**
   * @param kubeconfig value of KUBECONFIG
   */
  public constructor(public readonly kubeconfig: string) {}

  /** Runs a program, kubectl or a shell that calls it; whatever its outcome is. */
  public async spawn(program: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: { ...process.env, KUBECONFIG: this.kubeconfig, LC_ALL: 'C.UTF-8' },
      timeout: (options.seconds ?? 120) * 1000,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    // A program that ends before it has read all of its input is judged by its status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { status, ...output };
  }

  /** Runs kubectl, whatever its outcome is. */
  public async run(args: string[], options: RunOptions = {}): Promise<Outcome> {
    return this.spawn('kubectl', args, options);
  }

  /** Runs kubectl, which must succeed. */
  public async ok(args: string[], options: RunOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, options);
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: status ${status}: ${stderr || stdout}`);
    return stdout;
  }

  /** The objects that a `get` finds: one, or a list. */
  public async get<T = LiveObject>(...args: string[]): Promise<T[]> {
    const found = JSON.parse(await this.ok(['get', ...args, '--output=json'])) as T & { items?: T[] };
    return found.items ?? [found];
  }

  /** What there is of these. */
  public async existing(objects: ObjectReference[]): Promise<LiveObject[]> {
    if (objects.length === 0) return [];
    const text = await this.ok(['get', '--filename=-', '--ignore-not-found', '--output=json'], {
      input: list(objects),
    });
    if (text === '') return [];
    const found = JSON.parse(text) as LiveObject & { items?: LiveObject[] };
    return found.items ?? [found];
  }

  /** Deletes these, and waits until they are gone. */
  public async remove(objects: ObjectReference[], seconds = 180): Promise<void> {
    if (objects.length === 0) return;
    // kubectl's own wait follows names: it never ends where a controller makes an object of the same name at once.
    const remove = ['delete', '--filename=-', '--ignore-not-found', '--wait=false', '--grace-period=1'];
    await this.ok(remove, { input: list(objects) });
    await eventually(async () => {
      const left = await this.existing(objects);
      if (left.length === 0) return;
      // A server may forget a CRD that was deleted within seconds of its making, until it is asked again.
      const forgotten = left.filter(({ kind }) => kind === 'CustomResourceDefinition');
      if (forgotten.length > 0) await this.run(remove, { input: list(forgotten.map(reference)) });
      throw new Error(`still there: ${left.map(describeObject).join(', ')}`);
    }, seconds);
  }
}

/** For kubectl, which reads JSON as YAML. */
export function list(objects: object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}

export function reference({ apiVersion, kind, metadata: { name, namespace } }: ObjectReference): ObjectReference {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

export function describeObject({ kind, metadata: { name, namespace } }: ObjectReference): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Tries until it holds; the last failure is the test's. */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
