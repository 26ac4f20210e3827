import { isPersistent, volumeOf } from '../facts/pod-facts';
import type { ContainerFacts, Resource } from '../model';
import { WITH_PODS } from '../rules/rule';

/** A volume in the pods of a workload. */
export interface Use {
  readonly workload: Resource;
  readonly volume: string;
}

/** What holds data: a claim, a template of claims, or a resource of which an operator makes claims. */
export interface Store {
  /** `StatefulSet/shop/db data`, `PersistentVolumeClaim/shop/files`. */
  readonly name: string;
  readonly resource: Resource;
  /** The template's name. */
  readonly template?: string;
  readonly uses: readonly Use[];
}

/** The stores of what is applied together. A claim that a template would make is the template's. */
export class Stores {
  public readonly all: readonly Store[];
  /** By namespace: workloads, and stores by the names of their claims. */
  private readonly workloads = new Map<string, Resource[]>();
  private readonly claims = new Map<string, Store>();
  private readonly templates = new Map<string, Store>();

  public constructor(resources: readonly Resource[]) {
    const workloads = resources.filter(({ kind }) => WITH_PODS.some((one) => one === kind));
    for (const set of workloads) {
      this.workloads.set(set.namespace, [...(this.workloads.get(set.namespace) ?? []), set]);
      for (const template of Object.keys(set.facts.templates ?? {})) {
        const uses = [{ workload: set, volume: template }];
        const store = { name: `${set.key} ${template}`, resource: set, template, uses };
        this.templates.set(`${set.namespace}/${template}-${set.name}`, store);
      }
    }
    const others: Store[] = [];
    for (const resource of resources) {
      if (resource.facts.data !== undefined) others.push({ name: resource.key, resource, uses: [] });
      const { kind, namespace, name } = resource;
      if (kind !== 'PersistentVolumeClaim' || this.ofClaim(namespace, name)) continue;
      const store = { name: resource.key, resource, uses: this.usesOf(resource) };
      this.claims.set(`${namespace}/${name}`, store);
    }
    const all = [...this.templates.values(), ...this.claims.values(), ...others];
    this.all = all.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The store of a claim by its name, also of a claim that a template makes. */
  public ofClaim(namespace: string, claim: string): Store | undefined {
    return this.claims.get(`${namespace}/${claim}`) ?? this.templates.get(`${namespace}/${claim.replace(/-\d+$/, '')}`);
  }

  public workloadsIn(namespace: string): readonly Resource[] {
    return this.workloads.get(namespace) ?? [];
  }

  /** What a volume of a workload is kept in. */
  public ofVolume(workload: Resource, volume: string): Store | undefined {
    const [kind, name = ''] = (workload.facts.pod?.volumes?.[volume] ?? '').split(' ');
    if (kind === 'template') return this.templates.get(`${workload.namespace}/${name}-${workload.name}`);
    return kind === 'claim' ? this.ofClaim(workload.namespace, name) : undefined;
  }

  private usesOf(claim: Resource): Use[] {
    return this.workloadsIn(claim.namespace).flatMap((workload) =>
      Object.entries(workload.facts.pod?.volumes ?? {})
        .filter(([, source]) => source === `claim ${claim.name}`)
        .map(([volume]) => ({ workload, volume })),
    );
  }
}

/** The containers of a workload that write to something that stays, by their names. */
export function keepers({ facts }: Resource): [name: string, container: ContainerFacts][] {
  const { volumes = {}, containers = {} } = facts.pod ?? {};
  return Object.entries(containers).filter(([, { mounts = {} }]) =>
    Object.values(mounts).some((mount) => isPersistent(volumes[volumeOf(mount)])),
  );
}
