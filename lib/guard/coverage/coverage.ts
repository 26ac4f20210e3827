import type { State } from '../model';
import type { Backup, Scene } from './backup';
import { ofJobs } from './jobs';
import { ofOperators } from './operators';
import { ofSchedulers } from './schedulers';
import { Stores } from './stores';
import type { Store } from './stores';
import { ofVelero } from './velero';

/** A store, and what backs it up. */
export interface Covered {
  readonly store: Store;
  readonly backups: readonly Backup[];
  /** What nearly backs it up, and why it does not. */
  readonly misses: readonly string[];
}

export interface Coverage {
  readonly stores: readonly Covered[];
  /** What makes backups of something that is not to be seen. */
  readonly unplaced: readonly string[];
  /** The keys of all objects that could back something up. */
  readonly objects: ReadonlySet<string>;
}

const WAYS = [ofJobs, ofVelero, ofSchedulers, ofOperators] as const;

/** What backs up each store of a state, by what is applied with it and by schedules of other scopes of its cluster. */
export function coverageOf(state: State, elsewhere: readonly State[] = []): Coverage {
  const resources = [...state.resources.values()];
  const scene: Scene = {
    stores: new Stores(resources),
    objects: [...resources, ...(state.beside?.values() ?? [])],
    elsewhere: elsewhere.flatMap(({ resources: others }) => [...others.values()]),
  };
  const found = WAYS.map((way) => way(scene));
  return {
    stores: scene.stores.all.map((store) => ({
      store,
      backups: found.flatMap(({ backups }) => backups.get(store) ?? []),
      misses: [...new Set(found.flatMap(({ misses }) => misses.get(store) ?? []))],
    })),
    objects: new Set([...scene.objects, ...scene.elsewhere].map(({ key }) => key)),
    unplaced: [...new Set(found.flatMap(({ unplaced }) => unplaced))],
  };
}
