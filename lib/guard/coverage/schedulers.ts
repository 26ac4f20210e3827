import { longestGap } from '../../units/longest-gap';
import type { Resource } from '../model';
import type { Reader } from '../reader';
import { Collector } from './backup';
import type { Findings, Scene } from './backup';
import { readerFits } from './selectors';
import { enginesOf } from './servers';
import type { Store } from './stores';

/** A kind of an operator that copies claims by a schedule. */
interface Scheduler {
  /** Whether it copies a claim, of its own namespace. */
  readonly covers: (store: Store, spec: Reader) => boolean | string;
  readonly schedule: (spec: Reader) => string;
  readonly isOff?: (spec: Reader) => boolean;
  readonly kept: (spec: Reader) => string;
  readonly caveat?: string;
  readonly source: string;
}

const SCHEDULERS: { readonly [kind: string]: Scheduler } = {
  'SnapshotSchedule.snapscheduler.backube': {
    covers: ({ resource, template }, spec) =>
      readerFits(
        template === undefined
          ? (resource.object?.get('metadata', 'labels').texts() ?? {})
          : (resource.facts.templates?.[template]?.metadata ?? {}),
        spec.get('claimSelector'),
      ),
    schedule: (spec) => spec.get('schedule').raw(),
    isOff: (spec) => spec.get('disabled').raw() === 'true',
    kept: (spec) =>
      [spec.get('retention', 'expires').raw(), counted(spec.get('retention', 'maxCount').raw())]
        .filter(Boolean)
        .join(', '),
    caveat: 'the snapshots stay where the volume is',
    source: 'https://backube.github.io/snapscheduler/usage.html',
  },
  'ReplicationSource.volsync.backube': {
    covers: ({ resource, template }, spec) => {
      const claim = spec.get('sourcePVC').raw();
      return template === undefined
        ? resource.name === claim
        : claim.replace(/-\d+$/, '') === `${template}-${resource.name}`;
    },
    schedule: (spec) => spec.get('trigger', 'schedule').raw(),
    isOff: (spec) => spec.get('paused').raw() === 'true',
    kept: (spec) =>
      Object.entries(spec.get('restic', 'retain').texts() ?? {})
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    source: 'https://volsync.readthedocs.io/en/stable/usage/index.html',
  },
  'Schedule.k8up.io': {
    covers: ({ resource }) =>
      resource.object?.get('metadata', 'annotations', 'k8up.io/backup').raw() === 'false'
        ? 'leaves it out by the annotation k8up.io/backup'
        : true,
    schedule: (spec) => spec.get('backup', 'schedule').raw(),
    kept: (spec) =>
      Object.entries(spec.get('prune', 'retention').texts() ?? {})
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    source: 'https://docs.k8up.io/k8up/references/api-reference.html',
  },
};

/** Snapshots that are taken once, and by nobody again. */
const ONCE = new Set(['VolumeSnapshot']);

/** Claims that an operator copies by a schedule. */
export function ofSchedulers({ stores, objects }: Scene): Findings {
  const found = new Collector();
  const claims = stores.all.filter(({ resource }) => resource.facts.data === undefined);
  for (const resource of objects) {
    if (ONCE.has(resource.kind)) {
      const store = stores.ofClaim(resource.namespace, resource.facts.claim?.source ?? '');
      if (store) found.miss(store, `${resource.key} is taken once, when it is applied`);
      continue;
    }
    const scheduler = SCHEDULERS[`${resource.kind}.${resource.group}`];
    const spec = resource.object?.get('spec');
    if (!scheduler || !spec) continue;
    for (const store of claims) {
      if (store.resource.namespace !== resource.namespace) continue;
      const covers = scheduler.covers(store, spec);
      if (typeof covers === 'string') found.miss(store, `${resource.key} ${covers}`);
      else if (covers) place(resource, scheduler, spec, store, found);
    }
  }
  return found;
}

function place({ key }: Resource, scheduler: Scheduler, spec: Reader, store: Store, found: Collector): void {
  const schedule = scheduler.schedule(spec);
  const gap = longestGap(schedule);
  if (scheduler.isOff?.(spec)) found.miss(store, `${key} is switched off`);
  else if (schedule === '') found.miss(store, `${key} has no schedule`);
  else if (gap === Infinity) found.miss(store, `${key} has a date that never comes`);
  else {
    const engines = [...new Set(store.uses.flatMap(({ workload }) => enginesOf(workload)))];
    const kept = scheduler.kept(spec);
    const caveats = [
      ...(scheduler.caveat === undefined ? [] : [scheduler.caveat]),
      ...engines.map((engine) => `copied while ${engine} writes`),
    ];
    found.cover(store, { by: key, ...(gap !== undefined && { gap }), ...(kept !== '' && { kept }), caveats });
  }
}

function counted(count: string): string {
  return count === '' ? '' : `${count} of them`;
}
