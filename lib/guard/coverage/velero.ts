import { hoursOf, spoken } from '../../units/duration';
import { longestGap } from '../../units/longest-gap';
import type { Resource, Texts } from '../model';
import type { Reader } from '../reader';
import { Collector } from './backup';
import type { Findings, Scene } from './backup';
import { factsFit, matches, parsedList, readerFits, textFits } from './selectors';
import { dumped, enginesOf } from './servers';
import type { Store, Stores, Use } from './stores';
import { toolsIn } from './tools';

/** Velero and what it was before have the same schedules under other groups. */
const PREFIXES: { readonly [group: string]: string } = {
  'velero.io': 'velero.io',
  'ark.heptio.com': 'ark.heptio.com',
};

/** Schedules of Velero and Ark. What was only started by hand is no schedule. */
export function ofVelero(scene: Scene): Findings {
  const found = new Collector();
  const all = [...scene.objects, ...scene.elsewhere];
  for (const schedule of all) {
    const prefix = PREFIXES[schedule.group];
    if (schedule.kind !== 'Schedule' || prefix === undefined) continue;
    const visit = new Visit(schedule, prefix, all, scene.stores);
    for (const store of scene.stores.all) visit.look(store, found);
  }
  return found;
}

type Answer = { readonly how: string; readonly caveats: readonly string[] } | { readonly why: string } | undefined;

class Visit {
  private readonly covers: Texts;
  private readonly hasLocation: boolean;
  private readonly sourceOf = new Map<string, string>();
  private readonly hooks: readonly string[];

  public constructor(
    private readonly schedule: Resource,
    private readonly prefix: string,
    objects: readonly Resource[],
    private readonly stores: Stores,
  ) {
    this.covers = schedule.facts.backup?.covers ?? {};
    this.hasLocation = objects.some(
      ({ kind, group, object }) =>
        (kind === 'VolumeSnapshotLocation' && group === schedule.group) ||
        (kind === 'VolumeSnapshotClass' &&
          object?.get('metadata', 'labels', `${prefix}/csi-volumesnapshot-class`).raw() === 'true'),
    );
    this.hooks = Object.values(schedule.facts.backup?.hooks ?? {});
    for (const { kind, name, facts } of objects) {
      if (kind === 'PersistentVolume' && facts.claim?.source !== undefined) this.sourceOf.set(name, facts.claim.source);
    }
  }

  public look(store: Store, found: Collector): void {
    const { key, facts } = this.schedule;
    const answer = this.answer(store);
    if (answer === undefined) return;
    if ('why' in answer) {
      found.miss(store, `${key} ${answer.why}`);
      return;
    }
    const { schedule = '', suspended, retention = {} } = facts.backup ?? {};
    const gap = longestGap(schedule);
    if (suspended !== undefined) found.miss(store, `${key} is paused`);
    else if (gap === Infinity) found.miss(store, `${key} has a date that never comes`);
    else {
      // Velero keeps a backup for 30 days unless it says another time.
      found.cover(store, {
        by: key,
        ...(gap !== undefined && { gap }),
        kept: spoken(hoursOf(retention.ttl ?? '') ?? 720),
        caveats: answer.caveats,
      });
    }
  }

  /** Whether the schedule holds a store; nothing where it is not meant to. */
  private answer(store: Store): Answer {
    const { namespace, kind } = store.resource;
    const included = this.list('includedNamespaces');
    if (included.length > 0 && !included.some((pattern) => matches(pattern, namespace))) return undefined;
    if (this.list('excludedNamespaces').some((pattern) => matches(pattern, namespace))) {
      return { why: `leaves namespace '${namespace}' out (excludedNamespaces)` };
    }
    const left = ['persistentvolumeclaims', 'persistentvolumes'].find((resource) => !this.includes(resource));
    if (left !== undefined) return { why: `leaves ${left} out` };
    if (kind !== 'PersistentVolumeClaim' && store.template === undefined) return this.ofOperator();
    if (labelsOf(store).some((labels) => labels[`${this.prefix}/exclude-from-backup`] === 'true')) {
      return { why: `leaves it out by its label ${this.prefix}/exclude-from-backup` };
    }
    if (!this.isSelected(store)) return { why: 'does not select it by its labels' };
    return this.copied(store);
  }

  /** What an operator makes of a resource is not in the YAML; only what holds of all volumes holds of it. */
  private ofOperator(): Answer {
    const caveats = ['the operator makes the pods: their labels and annotations are not to be seen'];
    if (this.byDefault()) return { how: 'files', caveats };
    return this.snapshots() === undefined ? { how: 'snapshots', caveats } : undefined;
  }

  private copied(store: Store): Answer {
    const whys: string[] = [];
    for (const use of store.uses) {
      const answer = this.filesOf(use);
      if (answer && !('why' in answer)) return answer;
      if (answer) whys.push(answer.why);
    }
    const byHook = this.dumpedByHook(store);
    if (byHook) return byHook;
    const refused = this.snapshots(store);
    if (whys.length === 0 && refused === undefined) {
      const stays =
        this.covers.snapshotMoveData === 'true'
          ? []
          : ['the snapshots stay where the volume is, unless its driver copies them elsewhere'];
      return { how: 'snapshots', caveats: [...stays, ...this.consistency(store.uses)] };
    }
    if (whys[0] !== undefined) return { why: whys[0] };
    if (store.uses.length === 0 && this.byDefault())
      return { why: 'copies files of volumes that a pod uses, and none does' };
    return { why: refused ?? '' };
  }

  /** The files of a volume, from its pod: all volumes but some, or some that an annotation names. */
  private filesOf({ workload, volume }: Use): Answer {
    const annotations = podOf(workload)?.get('metadata', 'annotations');
    const named = (name: string): string[] => splitNames(annotations?.get(`backup.${this.prefix}/${name}`).raw());
    if (!this.byDefault() && !named('backup-volumes').includes(volume)) return undefined;
    if (this.byDefault() && named('backup-volumes-excludes').includes(volume)) {
      return { why: `leaves it out by the annotation backup.${this.prefix}/backup-volumes-excludes` };
    }
    if (!this.includes('pods')) return { why: 'leaves pods out, by which it copies files' };
    const { replicas = '1' } = workload.facts;
    if (replicas === '0')
      return { why: 'copies files of volumes that a running pod uses, and this one has 0 replicas' };
    return { how: 'files', caveats: this.consistency([{ workload, volume }]) };
  }

  /** A hook that dumps the server into another volume of its pod, which is copied. */
  private dumpedByHook(store: Store): Answer {
    for (const { workload } of store.uses) {
      const others = Object.keys(workload.facts.pod?.volumes ?? {}).filter(
        (volume) => this.stores.ofVolume(workload, volume) !== store,
      );
      const isCopied = others.some((volume) => {
        const answer = this.filesOf({ workload, volume });
        return answer !== undefined && !('why' in answer);
      });
      if (!isCopied) continue;
      for (const words of this.hooksOf(workload)) {
        const engines = toolsIn(words).flatMap(({ engines: of }) => of ?? []);
        if (engines.length === 0 && !/(?:^|[\s/-])(?:dump|backup)(?:\.sh)?(?:\s|$)/.test(words)) continue;
        const asked = engines.length > 0 ? engines : undefined;
        if (dumped(workload, asked, this.stores).stores.includes(store)) return { how: 'hook', caveats: [] };
      }
    }
    return undefined;
  }

  /** The commands that run in a workload's pods before they are copied. */
  private hooksOf(workload: Resource): string[] {
    const pod = podOf(workload);
    const annotated = pod?.get('metadata', 'annotations', `pre.hook.backup.${this.prefix}/command`).raw() ?? '';
    const labels = pod?.get('metadata', 'labels').texts() ?? {};
    const commands = this.hooks.flatMap((hook) => {
      const [namespaces = '', selector = '', command = ''] = hook.split(/; (.*?); (.*)/s);
      const isIn = splitNames(namespaces).some((pattern) => matches(pattern, workload.namespace));
      return isIn && (selector === '*' || textFits(labels, selector)) ? [command] : [];
    });
    return [annotated.replace(/["[\],]+/g, ' '), ...commands].filter((words) => words.trim() !== '');
  }

  /** Why volumes are not copied by snapshots; nothing if they are. */
  private snapshots(store?: Store): string | undefined {
    if (this.covers.snapshotVolumes === 'false') return 'copies no volumes (snapshotVolumes: false)';
    const source = this.sourceOf.get(store?.resource.facts.claim?.volume ?? '');
    if (source !== undefined && /^(?:nfs|hostPath|local)\b/.test(source)) {
      return `takes snapshots, which a volume of ${source.split(' ', 1)[0] ?? ''} does not have`;
    }
    if (this.covers.snapshotMoveData === 'true' || this.hasLocation) return undefined;
    return 'copies no volumes: it names no files, and there is no VolumeSnapshotLocation or VolumeSnapshotClass for it';
  }

  private consistency(uses: readonly Use[]): string[] {
    const bare = uses.filter(({ workload }) => this.hooksOf(workload).length === 0);
    const engines = [...new Set(bare.flatMap(({ workload }) => enginesOf(workload)))];
    return engines.map((engine) => `copied while ${engine} writes, without a hook`);
  }

  private isSelected({ uses, ...store }: Store): boolean {
    const candidates = labelsOf({ uses, ...store });
    const alternatives = this.covers.orLabelSelectors;
    if (alternatives !== undefined) {
      return parsedList(`[${alternatives}]`).some((selector) =>
        candidates.some((labels) => readerFits(labels, selector)),
      );
    }
    return candidates.some((labels) => factsFit(labels, this.covers, 'labelSelector'));
  }

  private byDefault(): boolean {
    return this.covers.defaultVolumesToFsBackup === 'true' || this.covers.defaultVolumesToRestic === 'true';
  }

  private includes(resource: string): boolean {
    const names = [resource, ...(SHORT[resource] ?? [])];
    const isNamed = (fields: readonly string[]): boolean =>
      fields.some((field) => this.list(field).some((one) => one === '*' || names.includes(one.toLowerCase())));
    const isWide = resource === 'persistentvolumes';
    const include = [
      'includedResources',
      isWide ? 'includedClusterScopedResources' : 'includedNamespaceScopedResources',
    ];
    const exclude = [
      'excludedResources',
      isWide ? 'excludedClusterScopedResources' : 'excludedNamespaceScopedResources',
    ];
    if (isNamed(exclude)) return false;
    // A volume comes along with its claim, unless what is in no namespace is left out altogether.
    if (isWide) return this.covers.includeClusterResources !== 'false' || this.byDefault();
    return include.every((field) => this.list(field).length === 0) || isNamed(include);
  }

  private list(field: string): string[] {
    return splitNames(this.covers[field]);
  }
}

const SHORT: { readonly [resource: string]: readonly string[] } = {
  persistentvolumeclaims: ['pvc', 'persistentvolumeclaim'],
  persistentvolumes: ['pv', 'persistentvolume'],
  pods: ['po', 'pod'],
};

function splitNames(text = ''): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function podOf({ kind, object }: Resource): Reader | undefined {
  return kind === 'Pod' ? object : object?.get('spec', 'template');
}

/** The labels of a claim, and of the pods that use it. */
function labelsOf({ resource, template, uses }: Store): Texts[] {
  const own =
    template === undefined
      ? (resource.object?.get('metadata', 'labels').texts() ?? {})
      : (resource.facts.templates?.[template]?.metadata ?? {});
  return [own, ...uses.map(({ workload }) => podOf(workload)?.get('metadata', 'labels').texts() ?? {})];
}
