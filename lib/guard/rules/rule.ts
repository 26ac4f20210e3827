import type { Deployer, Resource, Verdict } from '../model';

/** How a scope is applied. */
export interface Context {
  /** The deployer of the scope; of an unknown one the worst is assumed. */
  readonly deployer: Deployer;
  /** Whether the deployer was said by somebody. */
  readonly known: boolean;
  readonly before: ReadonlyMap<string, Resource>;
  readonly after: ReadonlyMap<string, Resource>;
}

/** An object that was, that is, or both; after a move the two have different keys. */
export interface Change {
  readonly before?: Resource;
  readonly after?: Resource;
}

/** What a rule found. */
export interface Found {
  readonly verdict?: Verdict;
  readonly change: string;
  readonly says: string;
  readonly wayOut?: readonly string[];
  /** Where in the new object, or if there is none, in the old one. */
  readonly path?: readonly (string | number)[];
}

/** A row of the table of rules. */
export interface Rule {
  /** An anchor of docs/data-guard-rules.md. */
  readonly id: string;
  /** The verdict, unless what was found says another. */
  readonly verdict: Verdict;
  readonly kinds: readonly string[];
  /** Which of the two sides must be there: `both` is a change, `before` a removal, `after` an object by itself. */
  readonly needs: 'both' | 'before' | 'after';
  find(change: { before: Resource; after: Resource }, context: Context): Found[];
}

export const WITH_PODS = [
  'StatefulSet',
  'Deployment',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
] as const;

/** `old → new` */
export function arrow(before: string | undefined, after: string | undefined): string {
  return `${before ?? '(none)'} → ${after ?? '(none)'}`;
}

/** The names that are in one of two maps, sorted. */
export function namesOf(...maps: ({ [name: string]: unknown } | undefined)[]): string[] {
  return [...new Set(maps.flatMap((map) => Object.keys(map ?? {})))].sort();
}

/** Whether the deployer removes what is gone from the YAML, and whether the object is exempt from it. */
export function isPruned(before: Resource, { deployer, known }: Context): boolean {
  if (deployer === 'kubectl') return false;
  // Helm does not own what its hooks made.
  if (deployer === 'helm' && before.facts.hook !== undefined) return false;
  if (!known) return true;
  return before.facts.kept?.[deployer] === undefined;
}

export const GONE = 'gone from the YAML';

/** What is gone from the YAML, and nothing removes. */
export function stays(says: string): Found[] {
  return [{ verdict: 'note', change: GONE, says }];
}

/** The objects with pods in a namespace, of one of the states. */
export function workloadsIn(namespace: string, state: ReadonlyMap<string, Resource>): Resource[] {
  return [...state.values()].filter(
    (resource) => resource.namespace === namespace && WITH_PODS.some((kind) => kind === resource.kind),
  );
}
