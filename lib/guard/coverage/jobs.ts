import { longestGap } from '../../units/longest-gap';
import { withoutLogin } from '../facts/backup-facts';
import { knownImage } from '../images';
import type { Resource, Texts } from '../model';
import { Collector } from './backup';
import type { Backup, Findings, Scene } from './backup';
import { Directory, hostsOf } from './hosts';
import { idle, isDrill, readJob } from './job';
import type { BackupJob } from './job';
import { dumped, enginesOf } from './servers';
import type { Store } from './stores';
import { bringsBack, commandsOf, ships, toolsIn } from './tools';
import type { Tool } from './tools';

/** Jobs that bring data back. They hold dump tools, too. */
const NO_BACKUP = /restore|drill|recover/i;

/** CronJobs of known tools, against a server by the name of its Service, against its pod, or against claims. */
export function ofJobs({ stores, objects }: Scene): Findings {
  const found = new Collector();
  const directory = new Directory(stores, objects);
  const configMaps = new Map(
    objects.filter(({ kind }) => kind === 'ConfigMap').map((map) => [`${map.namespace}/${map.name}`, map]),
  );
  const cronJobs = objects.filter(({ kind, group }) => kind === 'CronJob' && group === '');
  const jobs = cronJobs.flatMap((resource) => readJob(resource, configMaps) ?? []);
  const drills = jobs.filter(({ resource }) => isDrill(resource));
  for (const job of jobs)
    if (!NO_BACKUP.test(job.resource.name)) new Placement(job, drills, directory, found, stores).place();
  return found;
}

/** What one job backs up. */
class Placement {
  private readonly tools: readonly Tool[];
  private readonly words: string;
  private readonly engines: readonly string[] | undefined;
  private readonly namespace: string;
  private placed = false;

  public constructor(
    private readonly job: BackupJob,
    private readonly drills: readonly BackupJob[],
    private readonly directory: Directory,
    private readonly found: Collector,
    private readonly stores: Scene['stores'],
  ) {
    this.words = job.containers.map(({ words, image }) => `${image}\n${words}`).join('\n');
    this.tools = toolsIn(this.words);
    this.namespace = job.resource.namespace;
    const dumping = this.tools.flatMap(({ engines }) => engines ?? []);
    const images = job.containers.flatMap(({ image }) => knownImage(image)?.engine.name ?? []);
    this.engines = dumping.length > 0 ? dumping : images.length > 0 ? images : undefined;
  }

  public place(): void {
    const { job, tools } = this;
    const isScript = tools.length === 0;
    // A script of its own, which nobody can read here, counts as the guard's rules count it.
    if (isScript && (job.resource.facts.backup === undefined || bringsBack(this.words))) return;
    if (isScript || this.engines !== undefined) this.placeServers();
    if (!isScript) this.placeClaims();
    if (this.placed) return;
    const hidden = [...new Set(job.containers.flatMap(({ hidden: names }) => names))];
    this.found.unplaced.push(
      `${job.resource.key} makes backups, and what of is not to be seen here${hidden.length > 0 ? ` (it may come from ${hidden.join(', ')})` : ''}`,
    );
  }

  private dumps(): boolean {
    return this.tools.some(({ engines }) => engines !== undefined);
  }

  private placeServers(): void {
    const targets = [...this.hosts(), ...this.executed()];
    const away = this.away();
    for (const workload of new Set(targets)) {
      const { stores, missed, caveats } = dumped(workload, this.engines, this.stores);
      for (const store of stores) this.cover(store, [...away.caveats, ...caveats], away.nowhere);
      for (const { store, why } of missed) this.miss(store, why);
    }
  }

  private hosts(): Resource[] {
    return this.job.containers.flatMap((container) =>
      hostsOf(container).sources.flatMap((host) => this.directory.workloads(host, this.namespace)),
    );
  }

  /** `kubectl exec --namespace shop db-0 -- pg_dump`: the pod of a workload. */
  private executed(): Resource[] {
    return commandsOf(this.words).flatMap((command) => {
      const [, before = '', after = ''] = /\bkubectl\s(.*?)\bexec\s(.*?)\s--\s/.exec(command) ?? [];
      const namespace = /(?:-n|--namespace)[= ](\S+)/.exec(`${before} ${after}`)?.[1] ?? this.namespace;
      const words = after.replace(/(?:-n|--namespace|-c|--container)[= ]\S+/g, '').split(/\s+/);
      const target = words.find((word) => word !== '' && !word.startsWith('-'))?.replace(/^[\w.]+\//, '');
      if (target === undefined) return [];
      // A pod is called after its workload, and a member's number or two words that a ReplicaSet chose.
      return this.stores.workloadsIn(namespace).filter(({ name }) => {
        const rest = target.startsWith(name) ? target.slice(name.length) : undefined;
        return rest === '' || (rest !== undefined && /^-(?:\d+|[a-z0-9]+-[a-z0-9]+)$/.test(rest));
      });
    });
  }

  /** Where the copies of a dump go. */
  private away(): { readonly caveats: string[]; readonly nowhere: boolean } {
    const caveats: string[] = [];
    const services = this.job.containers.flatMap((container) =>
      hostsOf(container).destinations.flatMap((host) => this.directory.serviceOf(host, this.namespace) ?? []),
    );
    for (const { key } of new Set(services)) caveats.push(`the copies stay in the cluster: ${key}`);
    if (
      this.tools.length === 0 &&
      knownImage(this.job.containers.map(({ image }) => image).find(knownImage) ?? '') === undefined
    )
      caveats.push('what its own script does is not to be seen');
    if (
      this.tools.length === 0 ||
      ships(this.words, this.tools) ||
      this.job.resource.facts.backup?.destination !== undefined
    )
      return { caveats, nowhere: false };
    const kept = this.writable();
    for (const { claim } of kept)
      if (claim !== undefined) caveats.push(`the copies stay in the cluster: PersistentVolumeClaim '${claim}'`);
    if (kept.some(({ kind }) => kind === 'hostPath')) caveats.push('the copies stay on the node of its pod');
    return { caveats, nowhere: kept.length === 0 };
  }

  /** Volumes that outlive the job and that it may write to. */
  private writable(): { readonly claim?: string; readonly kind: string; readonly path: string }[] {
    return this.job.containers.flatMap(({ mounts }) =>
      mounts.flatMap(({ volume, path, readOnly }) => {
        const source = this.job.volumes.get(volume);
        if (!source || readOnly || source.readOnly) return [];
        if (!/^(?:persistentVolumeClaim|nfs|hostPath|csi|azureFile)$/.test(source.kind)) return [];
        return [{ ...source, path }];
      }),
    );
  }

  /** Claims that tools for files copy. What a dump is written to, and a repository, are none. */
  private placeClaims(): void {
    const copies = this.tools.some(({ engines }) => engines === undefined);
    const targets: string[] = [];
    const sources: string[] = [];
    for (const { mounts } of this.job.containers) {
      for (const { volume, path, readOnly } of mounts) {
        const { claim, readOnly: always = false } = this.job.volumes.get(volume) ?? {};
        if (claim === undefined) continue;
        const isTarget = this.isPlace(path) || (!readOnly && !always && this.dumps());
        (isTarget || !copies ? targets : sources).push(claim);
      }
    }
    for (const claim of new Set(targets)) {
      const store = this.stores.ofClaim(this.namespace, claim);
      if (store) this.miss(store, 'writes its copies to it, and does not copy those');
    }
    const caveats =
      targets.length > 0
        ? [`the copies stay in the cluster: PersistentVolumeClaim '${[...new Set(targets)].join("', '")}'`]
        : [];
    for (const claim of new Set(sources)) {
      const store = this.stores.ofClaim(this.namespace, claim);
      if (!store || targets.includes(claim)) continue;
      const engines = store.uses.flatMap(({ workload }) => enginesOf(workload));
      const hot = [...new Set(engines)].map(
        (engine) => `its files are copied while ${engine} writes: it may not start on them`,
      );
      const one = store.template === undefined ? [] : [`of the claims of this template, only '${claim}'`];
      this.cover(store, [...caveats, ...hot, ...one], false);
    }
  }

  /** Whether a path of the pod is where the copies go. */
  private isPlace(path: string): boolean {
    const base = path.replace(/\/+$/, '');
    const isIn = (text: string): boolean => text === base || text.startsWith(`${base}/`);
    const byVariable = this.job.containers.some(({ env }) =>
      Object.entries(env).some(([name, value]) => /REPO|DEST|TARGET|BACKUP/.test(name) && isIn(value)),
    );
    if (byVariable) return true;
    return commandsOf(this.words).some((command) => {
      const words = command
        .trim()
        .split(/\s+/)
        .map((word) => word.replace(/^["']|["']$/g, ''));
      const afterOption = words.some((word, index) =>
        /^(?:-r|--repo)$/.test(words[index - 1] ?? '') ? isIn(word) : word.startsWith('--repo=') && isIn(word.slice(7)),
      );
      const copy = words.findIndex((word) => /^(?:copy|copyto|sync|move|cp|mirror|rsync|scp)$/.test(word));
      const places = copy < 0 ? [] : words.slice(copy + 1).filter((word) => !word.startsWith('-'));
      return afterOption || (places.length > 1 && isIn(places.at(-1) ?? ''));
    });
  }

  private cover(store: Store, caveats: readonly string[], nowhere: boolean): void {
    const never = idle(this.job.resource);
    if (never !== undefined) this.miss(store, never);
    else if (nowhere) this.miss(store, 'writes to no place that outlives its pod');
    else {
      this.placed = true;
      this.found.cover(store, { ...this.quality(), caveats: [...new Set(caveats)] });
    }
  }

  private miss(store: Store, why: string): void {
    this.placed = true;
    this.found.miss(store, `${this.job.resource.key} ${why}`);
  }

  private quality(): Omit<Backup, 'caveats'> {
    const { resource } = this.job;
    const gap = longestGap(resource.object?.get('spec', 'schedule').raw() ?? '');
    const kept = keptOf(resource.facts.backup?.retention);
    const drill = this.drills.find((one) => isOf(one, this.job))?.resource.key;
    return {
      by: resource.key,
      ...(gap !== undefined && { gap }),
      ...(kept !== undefined && { kept }),
      ...(drill !== undefined && { drill }),
    };
  }
}

/** Retention as people say it. */
function keptOf(retention: Texts | undefined): string | undefined {
  if (!retention) return undefined;
  return Object.entries(retention)
    .map(([name, value]) => {
      if (name.endsWith('DAYS') && /^\d+$/.test(value)) return `${value} days`;
      return name === 'RETENTION_KEEP_AT_LEAST' ? `at least ${value}` : `${name.replace(/^--/, '')} ${value}`;
    })
    .join(', ');
}

/** Whether a drill reads what a job writes: the same scripts, or the same place. */
function isOf(drill: BackupJob, job: BackupJob): boolean {
  if (drill.resource.namespace !== job.resource.namespace) return false;
  const [one, other] = [placesOf(drill), placesOf(job)];
  return one.size > 0 && [...one].every((place) => other.has(place));
}

function placesOf({ containers }: BackupJob): Set<string> {
  return new Set(
    containers.flatMap(({ env }) =>
      Object.entries(env)
        .filter(([name, value]) => value !== '' && /BUCKET|CONTAINER|PREFIX|REPOSITORY|ACCOUNT|REMOTE/.test(name))
        .map(([name, value]) => `${name}=${withoutLogin(value)}`),
    ),
  );
}
