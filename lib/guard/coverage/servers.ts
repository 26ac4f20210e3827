import { volumeOf } from '../facts/pod-facts';
import { knownImage } from '../images';
import type { ContainerFacts, Resource } from '../model';
import { keepers } from './stores';
import type { Store, Stores } from './stores';

/** The name of the server that a container runs, if it is known. */
export function engineOf({ image = '', engine }: ContainerFacts): string | undefined {
  return knownImage(engine ?? image)?.engine.name;
}

/** The servers of a workload that keep data. */
export function enginesOf(workload: Resource): string[] {
  return keepers(workload).flatMap(([, container]) => engineOf(container) ?? []);
}

/** What a dump of a server holds, and what it does not. */
export interface Dumped {
  readonly stores: readonly Store[];
  readonly missed: readonly { readonly store: Store; readonly why: string }[];
  readonly caveats: readonly string[];
}

/** Folders of a server in which people keep copies of its data. */
const COPIES = /(?:^|[/_-])(?:backups?|dumps?|exports?|archives?)(?:[/_-]|$)/i;

/** What is in a dump of a workload by a tool of some engines; of an unknown tool, whatever server it is. */
export function dumped(workload: Resource, engines: readonly string[] | undefined, stores: Stores): Dumped {
  const containers = keepers(workload);
  const fits = containers.filter(([, container]) => {
    const engine = engineOf(container);
    return engine !== undefined && (engines === undefined || engines.includes(engine));
  });
  const unknown = containers.filter(([, container]) => engineOf(container) === undefined);
  const [only] = unknown;
  const taken = fits.length > 0 ? fits : unknown.length === 1 && only ? [only] : [];
  const caveats =
    fits.length > 0
      ? []
      : taken.map(([, { image = '' }]) => `the image ${image} is not known, and taken for the server`);
  const replicas = Number(workload.facts.replicas ?? '1');
  if (replicas > 1) caveats.push(`it asks one of ${replicas} members; what only another one holds is not in it`);
  const covered = new Set<Store>();
  const missed: { store: Store; why: string }[] = [];
  for (const [name, { mounts = {} }] of containers) {
    for (const [path, mount] of Object.entries(mounts)) {
      const store = stores.ofVolume(workload, volumeOf(mount));
      if (!store) continue;
      if (!taken.some(([one]) => one === name))
        missed.push({ store, why: `is of container '${name}', which is not the server` });
      else if (COPIES.test(path)) missed.push({ store, why: `is no data of the server: it is mounted at ${path}` });
      else covered.add(store);
    }
  }
  return { stores: [...covered], missed: missed.filter(({ store }) => !covered.has(store)), caveats };
}
