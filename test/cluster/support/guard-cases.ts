import { isDeepStrictEqual } from 'node:util';
import type { Case, ClaimFate, Manifest, VolumeFate } from '../../guard/cases/case';
import { NAMESPACE, yamlOf } from '../../guard/cases/case';
import type { Outcome } from '../../support/shell';
import type { TestCluster } from './cluster';
import type { Kubectl, LiveObject, ObjectReference } from './kubectl';
import { eventually, list } from './kubectl';

const CLUSTER_WIDE = new Set(['CustomResourceDefinition', 'Namespace', 'PersistentVolume', 'StorageClass']);
const MARK = { 'cdk8s-stateful.test': 'true' };
/** How many commands run at the same time. */
const LANES = 4;

interface Claim extends LiveObject {
  readonly spec: { readonly volumeName?: string };
  readonly status: { readonly phase: string };
}
interface Volume extends LiveObject {
  readonly status: { readonly phase: string };
}
interface Pod extends LiveObject {
  readonly spec: { readonly volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
}
interface Workload extends LiveObject {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

/** What a server has of all cases, by namespace and name. */
interface World {
  readonly claims: ReadonlyMap<string, Claim>;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly used: ReadonlySet<string>;
}

export interface Fates {
  readonly claims: { readonly [name: string]: ClaimFate };
  readonly volumes: { readonly [claim: string]: VolumeFate };
}

/** What a case says of claims and volumes. */
export function expected({ claims = {}, volumes = {} }: Case): Fates {
  return { claims, volumes };
}

/** The cases of the guard, each in a namespace of its own on a server. */
export class GuardedCluster {
  private readonly kubectl: Kubectl;
  private readonly answers = new Map<Case, Outcome>();
  private readonly namespaces = new Map<Case, string>();
  private before: World | undefined;
  private now: World | undefined;

  public constructor(private readonly cluster: TestCluster) {
    this.kubectl = cluster.kubectl;
  }

  /** What was before is applied, and what controllers make of it is waited for; then what comes after. */
  public async play(cases: readonly Case[]): Promise<void> {
    cases.forEach((one, index) => this.namespaces.set(one, `stateful-test-guarded-${index + 1}`));
    const objects = cases.flatMap((one) => [...this.placed(one, one.before), ...this.placed(one, one.after)]);
    await this.reserve(objects.filter((object) => isWide(object) || bindsVolume(object)));
    const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata: { name } }) => name);
    await this.kubectl.ok(['apply', '--filename=-'], {
      input: list([...new Set([...this.namespaces.values(), ...namespaces])].map(markedNamespace)),
    });
    await inLanes(chunks(cases), async (some) => {
      const manifests = some.flatMap((one) => this.placed(one, one.before));
      // Objects of a kind are applied once their definition is served.
      await eventually(() => this.apply(manifests));
    });
    this.before = await eventually(() => this.settled());
    await inLanes(cases, async (one) => {
      this.answers.set(one, await this.deploy(one));
    });
    await this.watch(cases);
  }

  public answerTo(one: Case): Outcome {
    return this.answers.get(one)!;
  }

  /** What became of the claims and volumes that the case names. */
  public fatesOf(one: Case): Fates {
    return this.fates(one, this.now!);
  }

  /** Waits until claims and volumes are what the cases say; what is not by then, their tests tell. */
  private async watch(cases: readonly Case[]): Promise<void> {
    const late = (): Case[] => cases.filter((one) => !isDeepStrictEqual(this.fatesOf(one), expected(one)));
    await eventually(async () => {
      this.now = await this.look();
      if (late().length > 0) throw new Error('not yet');
    }, 30).catch(() => undefined);
  }

  private fates(one: Case, now: World): Fates {
    const claims = Object.keys(one.claims ?? {}).map((name) => [name, this.claimFate(this.keyOf(one, name), now)]);
    const volumes = Object.keys(one.volumes ?? {}).map((name) => [name, this.volumeFate(this.keyOf(one, name), now)]);
    return { claims: Object.fromEntries(claims), volumes: Object.fromEntries(volumes) };
  }

  private claimFate(key: string, now: World): ClaimFate {
    const [old, claim] = [this.before!.claims.get(key), now.claims.get(key)];
    if (!claim) return 'gone';
    if (!old) return 'new';
    if (old.metadata.uid !== claim.metadata.uid) return 'made again';
    if (claim.metadata.deletionTimestamp !== undefined) return 'terminating';
    return now.used.has(key) ? 'used' : 'unused';
  }

  private volumeFate(key: string, now: World): VolumeFate {
    const old = this.before!.claims.get(key)?.spec.volumeName;
    if (old === undefined) throw new Error(`claim ${key} was bound to no volume`);
    return (now.volumes.get(old)?.status.phase as VolumeFate | undefined) ?? 'gone';
  }

  private keyOf(one: Case, name: string): string {
    const namespace = this.namespaces.get(one)!;
    return name.includes('/') ? name.replace(NAMESPACE, namespace) : `${namespace}/${name}`;
  }

  /** As the deployer of the case would. */
  private async deploy(one: Case): Promise<Outcome> {
    const after = this.placed(one, one.after);
    const answer =
      after.length > 0
        ? await this.kubectl.run(['apply', '--filename=-'], { input: yamlOf(after) })
        : { status: 0, stdout: '', stderr: '' };
    if (answer.status !== 0 && (one.force || isReplaced(one))) {
      await this.kubectl.ok(['replace', '--force', '--grace-period=1', '--filename=-'], { input: yamlOf(after) });
    }
    if (one.deployer !== 'kubectl') await this.prune(one, after);
    return answer;
  }

  /** Deletes what is gone from the YAML. */
  private async prune(one: Case, after: readonly Manifest[]): Promise<void> {
    const there = new Set(after.map(idOf));
    const gone = this.placed(one, one.before).filter((object) => !there.has(idOf(object)));
    if (gone.length === 0) return;
    await this.kubectl.ok(['delete', '--wait=false', '--ignore-not-found', '--filename=-'], { input: yamlOf(gone) });
  }

  private async apply(manifests: readonly Manifest[]): Promise<void> {
    if (manifests.length > 0) await this.kubectl.ok(['apply', '--filename=-'], { input: yamlOf(manifests) });
  }

  /** The objects of a case, in its namespace. */
  private placed(one: Case, objects: readonly Manifest[]): Manifest[] {
    const namespace = this.namespaces.get(one)!;
    const text = JSON.stringify(objects).replaceAll(NAMESPACE, namespace);
    return (JSON.parse(text) as Manifest[]).map((object) => {
      const { kind, metadata } = object;
      if (kind === 'Namespace') return { ...object, metadata: { ...metadata, labels: MARK } };
      return CLUSTER_WIDE.has(kind) ? object : { ...object, metadata: { namespace, ...metadata } };
    });
  }

  private async reserve(objects: readonly Manifest[]): Promise<void> {
    const unique = new Map(objects.map((object) => [idOf(object), object as ObjectReference]));
    await this.cluster.reserve(this.kubectl, [...unique.values()]);
  }

  /** What there is once all pods are ready and all claims are bound. */
  private async settled(): Promise<World> {
    const sets = await this.ours<Workload>('statefulsets,deployments');
    const waiting = sets.filter(({ spec, status }) => (status.readyReplicas ?? 0) < spec.replicas);
    if (waiting.length > 0) throw new Error(`not ready: ${waiting.map(keyOf).join(', ')}`);
    const world = await this.look();
    const unbound = [...world.claims.values()].filter(({ status }) => status.phase !== 'Bound');
    if (unbound.length > 0) throw new Error(`not bound: ${unbound.map(keyOf).join(', ')}`);
    return world;
  }

  private async look(): Promise<World> {
    const all = await this.ours('pods,persistentvolumeclaims');
    const claims = all.filter(({ kind }) => kind === 'PersistentVolumeClaim') as Claim[];
    const pods = all.filter(({ kind }) => kind === 'Pod') as unknown as Pod[];
    const volumes = await this.kubectl.get<Volume>('persistentvolumes');
    const used = pods.flatMap(({ metadata, spec }) =>
      (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
        claim ? [`${metadata.namespace}/${claim.claimName}`] : [],
      ),
    );
    return {
      claims: new Map(claims.map((claim) => [keyOf(claim), claim])),
      volumes: new Map(volumes.map((volume) => [volume.metadata.name, volume])),
      used: new Set(used),
    };
  }

  private async ours<T extends LiveObject = LiveObject>(kinds: string): Promise<T[]> {
    const all = await this.kubectl.get<T>(kinds, '--all-namespaces');
    return all.filter(({ metadata }) => metadata.namespace?.startsWith(NAMESPACE));
  }
}

function isWide({ kind }: Manifest): boolean {
  return CLUSTER_WIDE.has(kind) && kind !== 'Namespace';
}

/** Claims that name a volume are taken away with it: a volume stays as long as its claim. */
function bindsVolume({ kind, spec }: Manifest): boolean {
  return kind === 'PersistentVolumeClaim' && (spec as { volumeName?: string }).volumeName !== undefined;
}

function isReplaced({ deployer, after }: Case): boolean {
  return deployer === 'argocd' && JSON.stringify(after).includes('Force=true,Replace=true');
}

function keyOf({ metadata }: LiveObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function idOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}

function markedNamespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: MARK } };
}

function chunks<T>(items: readonly T[], size = 12): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
