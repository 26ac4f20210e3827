import type { Construct, IConstruct } from 'constructs';
import { isAttached } from '../private/identity';
import type { Problems } from '../private/problems';
import type { BlobStore } from './blob-store';

/** Where the jobs of each app put their backups. */
const places = new WeakMap<IConstruct, Map<string, Construct>>();

/** Two jobs in one place would count each other's backups, and delete them. */
export function checkBackupPlace(problems: Problems, construct: Construct, { place }: BlobStore): void {
  const other = places.get(construct.node.root)?.get(place);
  if (!other || !isAttached(other)) return;
  problems.add(
    'store',
    'must be a place that no other job puts its backups in',
    place,
    `'${other.node.path}' does: each would count and delete the other's; give one of them a prefix`,
  );
}

export function claimBackupPlace(construct: Construct, { place }: BlobStore): void {
  const { root } = construct.node;
  const known = places.get(root) ?? new Map<string, Construct>();
  places.set(root, known);
  known.set(place, construct);
}
