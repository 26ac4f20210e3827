import { bytes } from '../../units/quantity';
import { CNPG_CLUSTER } from '../facts/cloudnative-pg-facts';
import { knownImage, parseImage } from '../images';
import type { Resource, Texts } from '../model';
import { leave } from '../ways-out';
import { arrow } from './rule';
import type { Found, Rule } from './rule';

/** Fields that rules of this file tell of. Of all others the rule for any operator does. */
const TOLD = new Set([
  'archive',
  'bootstrap',
  'imageName',
  'instances',
  'storage.size',
  'storage.storageClass',
  'synchronous',
  'walStorage.size',
  'walStorage.storageClass',
]);

export function isToldOfCluster({ kind, group }: Resource, field: string): boolean {
  return `${kind}.${group}` === CNPG_CLUSTER && TOLD.has(field);
}

const CLUSTERS = { kinds: ['Cluster'], needs: 'both' } as const;

/** What both sides say, of a Cluster of CloudNativePG alone. */
function dataOf(before: Resource, after: Resource): { readonly old: Texts; readonly now: Texts } | undefined {
  if (`${after.kind}.${after.group}` !== CNPG_CLUSTER) return undefined;
  const [old, now] = [before.facts.data, after.facts.data];
  return old && now && { old, now };
}

function majorOf(image = ''): number | undefined {
  return knownImage(image)?.version[0] ?? Number(/^(\d+)/.exec(parseImage(image).tag)?.[1] ?? NaN);
}

/**
 * What CloudNativePG refuses, and what it accepts without a word. Each was tried on 1.30.1.
 *
 * @see https://cloudnative-pg.io/docs/current/postgres_upgrades
 */
export const CLOUDNATIVE_PG_RULES: readonly Rule[] = [
  {
    ...CLUSTERS,
    id: 'cluster-bootstrap',
    verdict: 'unprotects',
    find({ before, after }) {
      const data = dataOf(before, after);
      // An older lock file does not say where the data came from.
      if (data?.old.bootstrap === undefined || data.old.bootstrap === data.now.bootstrap) return [];
      return [
        {
          change: `bootstrap ${arrow(data.old.bootstrap, data.now.bootstrap)}`,
          says: 'The server accepts it and nothing is made, recovered or renamed: it counts when a Cluster is made. If this one is ever made again, it begins from there.',
          wayOut: leave(
            'recover into a second Cluster of another name, with a serverName of its own, and leave this one as it is',
          ),
          path: ['spec', 'bootstrap'],
        },
      ];
    },
  },
  {
    ...CLUSTERS,
    id: 'cluster-storage-class',
    verdict: 'unprotects',
    find({ before, after }) {
      const data = dataOf(before, after);
      return ['storage', 'walStorage'].flatMap((volume) => {
        const field = `${volume}.storageClass`;
        if (data?.old[`${volume}.size`] === undefined || data.now[`${volume}.size`] === undefined) return [];
        if (data.old[field] === data.now[field]) return [];
        return [
          {
            change: `${field} ${arrow(data.old[field], data.now[field])}`,
            says: 'The server accepts it, and the volumes that are there keep their class. Instances that are made later get the new one, and what it says of deletion.',
            wayOut: leave(
              'leave the class; to move, delete one instance and its claims after another, the primary last',
            ),
            path: ['spec', volume, 'storageClass'],
          },
        ];
      });
    },
  },
  {
    ...CLUSTERS,
    id: 'cluster-storage-size',
    verdict: 'refused',
    find({ before, after }) {
      const data = dataOf(before, after);
      if (!data) return [];
      return ['storage', 'walStorage'].flatMap((volume): Found[] => {
        const field = `${volume}.size`;
        const [old, now] = [data.old[field], data.now[field]];
        if (old === undefined || old === now) return [];
        const change = `${field} ${arrow(old, now)}`;
        const path = ['spec', volume];
        if (now === undefined) {
          return [
            { change, says: 'The server refuses it: a volume for the log stays.', wayOut: leave('put it back'), path },
          ];
        }
        if ((bytes(now) ?? 0) < (bytes(old) ?? 0)) {
          return [
            {
              change,
              says: 'The server refuses it: volumes do not shrink.',
              wayOut: leave('leave the size; or recover into a second Cluster of that size'),
              path,
            },
          ];
        }
        return [
          { verdict: 'note' as const, change, says: 'The operator grows the volumes, if their class allows it.', path },
        ];
      });
    },
  },
  {
    ...CLUSTERS,
    id: 'cluster-major',
    verdict: 'unprotects',
    find({ before, after }) {
      const data = dataOf(before, after);
      if (!data || data.old.imageName === data.now.imageName) return [];
      const [old, now] = [majorOf(data.old.imageName), majorOf(data.now.imageName)];
      const change = `imageName ${arrow(data.old.imageName, data.now.imageName)}`;
      const path = ['spec', 'imageName'];
      if (old === undefined || now === undefined || Number.isNaN(old) || Number.isNaN(now)) {
        return [
          {
            verdict: 'cannot tell',
            change,
            says: 'Whether the major version stays is not to be seen.',
            wayOut: leave('name a tag beside the digest'),
            path,
          },
        ];
      }
      if (now < old) {
        return [
          {
            verdict: 'refused',
            change,
            says: 'The server refuses it: PostgreSQL does not start on the data of a later major version.',
            wayOut: leave('leave the version; or recover into a second Cluster from the time before the upgrade'),
            path,
          },
        ];
      }
      if (now === old) {
        return [
          {
            verdict: 'note',
            change,
            says: 'The operator restarts one instance after another, the primary last.',
            path,
          },
        ];
      }
      return [
        {
          change,
          says: 'The operator stops all instances and upgrades the data in place. There is no way back, and no backup from before can be brought up to a time after it.',
          wayOut: leave(
            'try it on a second Cluster that is recovered from the backups; then take a backup, apply, and take another one at once',
          ),
          path,
        },
      ];
    },
  },
  {
    ...CLUSTERS,
    id: 'cluster-archive',
    verdict: 'unprotects',
    find({ before, after }) {
      const data = dataOf(before, after);
      if (data?.old.archive === undefined || data.old.archive === data.now.archive) return [];
      const isGone = data.now.archive === undefined;
      return [
        {
          change: `archive ${arrow(data.old.archive, data.now.archive)}`,
          says: isGone
            ? 'No log is archived from this apply on: nothing after the last backup can be recovered.'
            : 'Log and backups go to another place from this apply on. Until a backup is there nothing can be recovered from it, and what is in the old one is found under the old name alone.',
          wayOut: leave(
            isGone ? 'put it back' : 'leave it; or take a backup at once, and keep the old place until it is too old',
          ),
          path: ['spec', 'plugins'],
        },
      ];
    },
  },
  {
    ...CLUSTERS,
    id: 'cluster-synchronous',
    verdict: 'unprotects',
    find({ before, after }) {
      const data = dataOf(before, after);
      if (data?.old.synchronous === undefined || !isWeaker(data.old.synchronous, data.now.synchronous)) return [];
      return [
        {
          change: `synchronous ${arrow(data.old.synchronous, data.now.synchronous)}`,
          says: 'A commit is acknowledged before as many standbys have it. What only the primary has is lost when it fails.',
          wayOut: leave('leave it'),
          path: ['spec', 'postgresql', 'synchronous'],
        },
      ];
    },
  },
  {
    ...CLUSTERS,
    id: 'cluster-instances',
    verdict: 'note',
    find({ before, after }) {
      const data = dataOf(before, after);
      const [old, now] = [data?.old.instances, data?.now.instances];
      if (old === undefined || now === undefined || old === now) return [];
      return [
        {
          change: `instances ${arrow(old, now)}`,
          says:
            Number(now) < Number(old)
              ? 'The operator deletes the instances with the highest numbers that are no primary, and their claims.'
              : 'The operator copies the primary for each new instance.',
          path: ['spec', 'instances'],
        },
      ];
    },
  },
];

/** Fewer standbys, or none that must be there. */
function isWeaker(old: string, now: string | undefined): boolean {
  if (now === undefined) return true;
  const [, number = '0', durability] = old.split(' ');
  const [, later = '0', durabilityNow] = now.split(' ');
  return Number(later) < Number(number) || (durability === 'required' && durabilityNow === 'preferred');
}
