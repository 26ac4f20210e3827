import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { TestCluster } from '../../cluster/support/cluster';
import { STORAGE_KEY } from '../../cluster/support/jobs';
import { eventually, list } from '../../cluster/support/kubectl';
import type { Kubectl, LiveObject } from '../../cluster/support/kubectl';
import { program } from '../../support/backup/programs';
import type { Manifest } from '../../support/manifests';

/** What the controllers wrote into a Velero object. */
export interface VeleroObject extends LiveObject {
  readonly spec: { readonly [field: string]: unknown };
  readonly status?: {
    readonly phase?: string;
    readonly errors?: number;
    readonly warnings?: number;
    readonly validationErrors?: string[];
    readonly message?: string;
    readonly [field: string]: unknown;
  };
}

export interface Spec {
  readonly [field: string]: unknown;
}

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'velero' } };
const ENDS = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'];

/** The manifests of a file beside this folder. */
export function manifests(file: string): Manifest[] {
  const text = readFileSync(join(__dirname, '../manifests', file), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

/**
 * Takes away what keeps Restores until a server has deleted their files in the store: the server is about to go, or was killed.
 * Only of a Velero that tests made.
 */
export async function letRestoresGo(cluster: TestCluster): Promise<void> {
  if (!(await cluster.isReserved(NAMESPACE))) return;
  const kubectl = cluster.in('velero');
  const { status, stdout } = await kubectl.run(['get', 'restores.velero.io', '--output=name']);
  if (status !== 0) return;
  // A server that still runs would put them back.
  await kubectl.run(['delete', 'deployment/velero', '--cascade=foreground', '--ignore-not-found', '--timeout=60s']);
  for (const restore of stdout.split('\n').filter((name) => name !== '')) {
    await kubectl.run(['patch', restore, '--type=merge', '--patch={"metadata":{"finalizers":null}}']);
  }
}

/** A Velero on the cluster, which is taken away with what it made. */
export class Velero {
  public readonly kubectl: Kubectl;

  public constructor(private readonly cluster: TestCluster) {
    this.kubectl = cluster.in('velero');
  }

  /**
   * Its CRDs, its server, its node agents, and a location `default` in a folder of its own, once a run.
   *
   * @returns when the location is available, which proves that the server's plugin reached the store
   */
  public async install(): Promise<void> {
    if (await this.cluster.isReserved(NAMESPACE)) return;
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    const { items: crds } = JSON.parse(
      run(join(program('velero'), 'velero'), ['install', '--crds-only', '--dry-run', '--output=json']),
    ) as { items: Manifest[] };
    const [namespace, ...server] = manifests('server.yaml');
    const objects = [...server, ...manifests('node-agent.yaml')].map((object) =>
      object.kind === 'BackupStorageLocation' ? withPrefix(object, prefix) : object,
    );
    await this.cluster.reserve(this.kubectl, [namespace!, ...crds]);
    const ofCluster = objects.filter(({ metadata }) => metadata.namespace === undefined);
    await this.cluster.reserve(this.kubectl, ofCluster);
    await this.kubectl.ok(['apply', '--server-side', '--filename=-'], { input: list([namespace!, ...crds]) });
    const credentials = `AZURE_STORAGE_ACCOUNT_ACCESS_KEY=${STORAGE_KEY}\nAZURE_CLOUD_NAME=AzurePublicCloud\n`;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cloud-credentials' } };
    await this.kubectl.ok(['create', '--filename=-'], {
      input: JSON.stringify({ ...secret, stringData: { cloud: credentials } }),
    });
    await this.kubectl.ok(['wait', '--for=condition=Established', 'crd', '--selector=component=velero']);
    await this.kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: list(objects) });
    await this.kubectl.ok(['rollout', 'status', 'deployment/velero', '--timeout=120s']);
    await this.kubectl.ok(['rollout', 'status', 'daemonset/node-agent', '--timeout=120s']);
    await eventually(async () => {
      const location = await this.get('backupstoragelocation', 'default');
      if (location.status?.phase !== 'Available') throw new Error(JSON.stringify(location.status));
    }, 90);
  }

  public async get(kind: string, name: string): Promise<VeleroObject> {
    const [found] = await this.kubectl.get<VeleroObject>(`${kind}.velero.io`, name);
    return found!;
  }

  public async create(
    kind: string,
    name: string,
    spec: Spec,
    annotations: { [key: string]: string } = {},
  ): Promise<void> {
    const object = { apiVersion: 'velero.io/v1', kind, metadata: { name, annotations }, spec };
    await this.kubectl.ok(['create', '--filename=-'], { input: JSON.stringify(object) });
  }

  /** How a backup or a restore ended. */
  public async end(kind: string, name: string, seconds = 180): Promise<NonNullable<VeleroObject['status']>> {
    return eventually(async () => {
      const { status } = await this.get(kind, name);
      if (!ENDS.includes(status?.phase ?? '')) throw new Error(`${kind} ${name}: ${JSON.stringify(status)}`);
      return status!;
    }, seconds);
  }

  /** Makes a Backup, and waits for its end. */
  public async backup(name: string, spec: Spec): Promise<NonNullable<VeleroObject['status']>> {
    await this.create('Backup', name, spec);
    return this.end('Backup', name);
  }

  /** Makes a Restore, and waits for its end. */
  public async restore(name: string, spec: Spec): Promise<NonNullable<VeleroObject['status']>> {
    await this.create('Restore', name, spec);
    return this.end('Restore', name);
  }

  /** The volumes that a backup holds a copy of. */
  public async copies(backup: string): Promise<string[]> {
    const selector = `--selector=velero.io/backup-name=${backup}`;
    const found = await this.kubectl.get<VeleroObject>('podvolumebackups.velero.io', selector);
    return found.map(({ spec }) => String(spec.volume)).sort();
  }

  /** The log that Velero keeps in the store beside a backup or a restore. */
  public async log(kind: 'backup' | 'restore', name: string): Promise<string> {
    return this.kubectl.ok(['exec', 'deployment/velero', '--', '/velero', kind, 'logs', name]);
  }
}

function withPrefix(location: Manifest, prefix: string): Manifest {
  const { spec } = location as Manifest & { spec: { objectStorage: object } };
  return { ...location, ...{ spec: { ...spec, objectStorage: { ...spec.objectStorage, prefix } } } };
}

function run(command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 24 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${String(status)}: ${stderr}`);
  return stdout;
}
