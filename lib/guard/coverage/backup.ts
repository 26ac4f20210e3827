import type { Resource } from '../model';
import type { Store, Stores } from './stores';

/** What makes backups of a store, and how good they are. */
export interface Backup {
  /** The key of the object that makes them. */
  readonly by: string;
  /** The longest time between two, in hours. Nothing if the schedule cannot be read. */
  readonly gap?: number;
  /** How long they are kept, as the object says it. */
  readonly kept?: string;
  /** What brings them back to see that it works, by itself. */
  readonly drill?: string;
  /** What is not as it seems. */
  readonly caveats: readonly string[];
}

/** What one way of making backups says of all stores. */
export interface Findings {
  readonly backups: ReadonlyMap<Store, readonly Backup[]>;
  /** By store, what nearly covers it, and why it does not. */
  readonly misses: ReadonlyMap<Store, readonly string[]>;
  /** Objects that make backups of something that is not in the YAML, or is not to be seen in it. */
  readonly unplaced: readonly string[];
}

/** All that ways of making backups are found in. */
export interface Scene {
  readonly stores: Stores;
  /** Objects of the YAML, with data and without. */
  readonly objects: readonly Resource[];
  /** Objects of other scopes of the same cluster, as their lock file has them. */
  readonly elsewhere: readonly Resource[];
}

/** Collects what covers what. */
export class Collector implements Findings {
  public readonly backups = new Map<Store, Backup[]>();
  public readonly misses = new Map<Store, string[]>();
  public readonly unplaced: string[] = [];

  public cover(store: Store, backup: Backup): void {
    this.backups.set(store, [...(this.backups.get(store) ?? []), backup]);
  }

  public miss(store: Store, why: string): void {
    this.misses.set(store, [...(this.misses.get(store) ?? []), why]);
  }
}
