import type { Facts, Resource } from '../model';
import { bytes } from '../quantity';
import { dumpAndRestore, grow, handOverSet, keepSet, leave, recreate, recreateWithPods } from '../ways-out';
import { arrow, isPruned, namesOf } from './rule';
import type { Context, Rule } from './rule';

const SET = { kinds: ['StatefulSet'] } as const;

function replicasOf({ replicas = '1' }: Facts): number {
  return Number(replicas);
}

function startOf({ ordinalsStart = '0' }: Facts): number {
  return Number(ordinalsStart);
}

function membersOf(facts: Facts): number[] {
  return Array.from({ length: replicasOf(facts) }, (_, index) => startOf(facts) + index);
}

function claimsOf(set: Resource, members: number[]): string[] {
  return Object.keys(set.facts.templates ?? {}).flatMap((template) =>
    members.map((member) => `${template}-${set.name}-${member}`),
  );
}

function list(names: string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

/** Whether a set that is gone from the YAML takes its claims along. */
function deletesClaims(set: Resource, context: Context): boolean {
  return isPruned(set, context) && set.facts.whenDeleted === 'Delete';
}

const hasTemplates = (set: Resource): boolean => set.facts.templates !== undefined;

export const SET_RULES: readonly Rule[] = [
  {
    ...SET,
    id: 'set-renamed',
    verdict: 'strands',
    needs: 'both',
    find({ before, after }, context) {
      if (before.name === after.name || before.namespace !== after.namespace || !hasTemplates(before)) return [];
      const claims = list(claimsOf(before, membersOf(before.facts)));
      const deletes = deletesClaims(before, context);
      return [
        {
          verdict: deletes ? 'loses' : 'strands',
          change: arrow(before.name, after.name),
          says: deletes
            ? `A second StatefulSet with new, empty volumes is made. The old one is deleted, and as whenDeleted is Delete, its claims go with it: ${claims}.`
            : `A second StatefulSet with new, empty volumes is made. The data stays in ${claims}, which '${after.name}' does not use.`,
          wayOut: [
            ...leave(`keep the name '${before.name}'; or hand each volume over:`),
            ...handOverSet(before, after, sameTemplates(before)),
          ],
          path: ['metadata', 'name'],
        },
      ];
    },
  },
  {
    ...SET,
    id: 'set-moved',
    verdict: 'strands',
    needs: 'both',
    find({ before, after }, context) {
      if (before.namespace === after.namespace || !hasTemplates(before)) return [];
      const deletes = deletesClaims(before, context);
      return [
        {
          verdict: deletes ? 'loses' : 'strands',
          change: `namespace ${arrow(before.namespace || '(none)', after.namespace || '(none)')}`,
          says: `A second StatefulSet with new, empty volumes is made in the other namespace. ${
            deletes
              ? `The old one is deleted, and as whenDeleted is Delete, its claims go with it: ${list(claimsOf(before, membersOf(before.facts)))}.`
              : 'The data stays in the claims of the old one.'
          }`,
          wayOut: [
            ...leave('keep the namespace; or hand each volume over:'),
            ...handOverSet(before, after, sameTemplates(before)),
          ],
          path: ['metadata', 'namespace'],
        },
      ];
    },
  },
  {
    ...SET,
    id: 'set-removed',
    verdict: 'strands',
    needs: 'before',
    find({ before }, context) {
      if (!hasTemplates(before)) return [];
      const claims = claimsOf(before, membersOf(before.facts));
      if (!isPruned(before, context)) {
        return [
          {
            verdict: 'note',
            change: 'gone from the YAML',
            says: `It runs on, as nothing removes it: ${list(claims)} stay in use.`,
          },
        ];
      }
      if (deletesClaims(before, context)) {
        return [
          {
            verdict: 'loses',
            change: 'gone from the YAML',
            says: `It is deleted, and as whenDeleted is Delete, its claims go with it: ${list(claims)}.`,
            wayOut: [...leave('put it back; or keep its volumes first:'), ...keepSet(before)],
          },
        ];
      }
      return [
        {
          change: 'gone from the YAML',
          says: `It is deleted. Its claims stay, with the data, and nothing uses them: ${list(claims)}.`,
          wayOut: leave('put it back; a StatefulSet of the same name and namespace finds its claims again'),
        },
      ];
    },
  },
  {
    ...SET,
    id: 'ordinals-start-raised',
    verdict: 'strands',
    needs: 'both',
    find({ before, after }) {
      const [old, start] = [startOf(before.facts), startOf(after.facts)];
      if (before.key !== after.key || start <= old || !hasTemplates(before)) return [];
      const hidden = membersOf(before.facts).filter((member) => member < start);
      if (hidden.length === 0) return [];
      const deletes = after.facts.whenScaled === 'Delete';
      const claims = list(claimsOf(before, hidden));
      return [
        {
          verdict: deletes ? 'loses' : 'strands',
          change: `ordinals.start ${old} → ${start}`,
          says: deletes
            ? `The members below ${start} are removed, and as whenScaled is Delete, their claims are deleted: ${claims}.`
            : `The members below ${start} are removed. Their claims stay, unused: ${claims}. Members without data take their place.`,
          wayOut: leave(`leave ordinals.start at ${old}`),
          path: ['spec', 'ordinals', 'start'],
        },
      ];
    },
  },
  {
    ...SET,
    id: 'scaled-down-deletes',
    verdict: 'loses',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key || after.facts.whenScaled !== 'Delete' || !hasTemplates(before)) return [];
      const lost = membersOf(before.facts).filter((member) => member >= startOf(after.facts) + replicasOf(after.facts));
      if (lost.length === 0) return [];
      return [
        {
          change: `replicas ${replicasOf(before.facts)} → ${replicasOf(after.facts)}`,
          says: `whenScaled is Delete: ${list(claimsOf(before, lost))} are deleted with their pods.`,
          wayOut: leave(
            'first set persistentVolumeClaimRetentionPolicy.whenScaled: Retain and apply it; scale in a second apply',
          ),
          path: ['spec', 'replicas'],
        },
      ];
    },
  },
  {
    ...SET,
    id: 'scaled-down',
    verdict: 'note',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key || after.facts.whenScaled === 'Delete' || !hasTemplates(before)) return [];
      const gone = membersOf(before.facts).filter((member) => member >= startOf(after.facts) + replicasOf(after.facts));
      if (gone.length === 0) return [];
      return [
        {
          change: `replicas ${replicasOf(before.facts)} → ${replicasOf(after.facts)}`,
          says: `${list(claimsOf(before, gone))} stay, and are used again when the set grows.`,
          path: ['spec', 'replicas'],
        },
      ];
    },
  },
  {
    ...SET,
    id: 'retention-armed',
    verdict: 'unprotects',
    needs: 'both',
    find({ before, after }) {
      return (['whenDeleted', 'whenScaled'] as const)
        .filter((field) => before.facts[field] !== 'Delete' && after.facts[field] === 'Delete' && hasTemplates(after))
        .map((field) => ({
          change: `${field} Retain → Delete`,
          says: `From this apply on, ${field === 'whenDeleted' ? 'deleting the set' : 'scaling down'} deletes its claims.`,
          wayOut: leave(`leave ${field} at Retain; delete claims by hand when they are not needed`),
          path: ['spec', 'persistentVolumeClaimRetentionPolicy', field],
        }));
    },
  },
  {
    ...SET,
    id: 'set-immutable',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key) return [];
      return (['serviceName', 'podManagementPolicy'] as const)
        .filter((field) => before.facts[field] !== after.facts[field])
        .map((field) => ({
          change: `${field} ${arrow(before.facts[field], after.facts[field])}`,
          says: 'The server refuses it, and applies nothing else of this set. No data is touched.',
          wayOut: recreate(after),
          path: ['spec', field],
        }));
    },
  },
  {
    ...SET,
    id: 'set-selector',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key || before.facts.selector === after.facts.selector) return [];
      return [
        {
          change: arrow(before.facts.selector, after.facts.selector),
          says: 'The server refuses it. Made again, the set would not find its running pods: two servers could write to one volume.',
          wayOut: recreateWithPods(before),
          path: ['spec', 'selector'],
        },
      ];
    },
  },
  {
    ...SET,
    id: 'template-renamed',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key) return [];
      const [old, now] = [before.facts.templates ?? {}, after.facts.templates ?? {}];
      const gone = Object.keys(old).filter((name) => !Object.hasOwn(now, name));
      const added = Object.keys(now).filter((name) => !Object.hasOwn(old, name));
      return gone.map((name, index) => {
        const target = added[index];
        const claims = membersOf(before.facts).map((member) => `${name}-${before.name}-${member}`);
        return {
          change: `claim template ${arrow(name, target)}`,
          says: `The server refuses it. A set that is deleted and made again would start with empty volumes: the data stays in ${list(claims)}.`,
          wayOut:
            target === undefined
              ? leave(`keep the claim template '${name}'`)
              : [
                  ...leave(`keep the name '${name}'; or hand each volume over:`),
                  ...handOverSet(before, after, new Map([[name, target]])),
                ],
          path: ['spec', 'volumeClaimTemplates'],
        };
      });
    },
  },
  {
    ...SET,
    id: 'template-added',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key) return [];
      const [old, now] = [before.facts.templates ?? {}, after.facts.templates ?? {}];
      const gone = Object.keys(old).filter((name) => !Object.hasOwn(now, name)).length;
      return Object.keys(now)
        .filter((name) => !Object.hasOwn(old, name))
        .slice(gone)
        .map((name) => ({
          change: `claim template (none) → ${name}`,
          says: 'The server refuses it. No data is touched.',
          wayOut: recreate(after),
          path: ['spec', 'volumeClaimTemplates'],
        }));
    },
  },
  {
    ...SET,
    id: 'template-reordered',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const [old, now] = [before.facts.templateOrder, after.facts.templateOrder];
      const same = (text = '') => text.split(', ').sort().join();
      if (before.key !== after.key || old === now || same(old) !== same(now)) return [];
      return [
        {
          change: arrow(old, now),
          says: 'The server refuses another order of the claim templates. No data is touched.',
          wayOut: [...leave(`restore the order: ${old ?? ''}; or:`), ...recreate(after)],
          path: ['spec', 'volumeClaimTemplates'],
        },
      ];
    },
  },
  {
    ...SET,
    id: 'template-metadata',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      return eachTemplate(before, after, (name, old, now, path) => {
        const changed = namesOf(old.metadata, now.metadata).filter(
          (key) => old.metadata?.[key] !== now.metadata?.[key],
        );
        if (changed.length === 0) return undefined;
        return {
          change: changed.map((key) => `${key}: ${arrow(old.metadata?.[key], now.metadata?.[key])}`).join(', '),
          says: `The server refuses even a changed label of claim template '${name}', and applies nothing else of this set. No data is touched.`,
          wayOut: [
            ...leave('take labels that change, such as helm.sh/chart, out of the claim template; or:'),
            ...recreate(after),
          ],
          path,
        };
      });
    },
  },
  {
    ...SET,
    id: 'template-grown',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      return eachTemplate(before, after, (name, old, now, path) => {
        if (compareSizes(old.size, now.size) >= 0) return undefined;
        return {
          change: `${name} ${arrow(old.size, now.size)}`,
          says: 'The server refuses it; no data is touched, and the volumes stay as small as they are.',
          wayOut: grow(before, name, now.size ?? ''),
          path: [...path, 'spec', 'resources', 'requests', 'storage'],
        };
      });
    },
  },
  {
    ...SET,
    id: 'template-shrunk',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      return eachTemplate(before, after, (name, old, now, path) => {
        if (compareSizes(old.size, now.size) <= 0) return undefined;
        return {
          change: `${name} ${arrow(old.size, now.size)}`,
          says: 'The server refuses it, and no volume can shrink: claims that exist keep their size.',
          wayOut: [
            ...leave(`keep ${old.size ?? ''}; or move the data:`),
            ...dumpAndRestore('a set with smaller volumes', before),
          ],
          path: [...path, 'spec', 'resources', 'requests', 'storage'],
        };
      });
    },
  },
  {
    ...SET,
    id: 'template-spec',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      return eachTemplate(before, after, (name, old, now, path) => {
        const fields = (['class', 'modes', 'volumeMode', 'volume', 'source', 'selector'] as const).filter(
          (field) => old[field] !== now[field],
        );
        if (fields.length === 0) return undefined;
        return {
          change: fields.map((field) => `${name} ${field}: ${arrow(old[field], now[field])}`).join(', '),
          says: 'The server refuses it. Made again, the set would use the claims that exist, as they are: none of them changes.',
          wayOut: [
            ...leave('undo it; or move the data:'),
            ...dumpAndRestore('a set with the new claim template', before),
          ],
          path: [...path, 'spec'],
        };
      });
    },
  },
];

type Templates = NonNullable<Facts['templates']>;

function eachTemplate(
  before: Resource,
  after: Resource,
  find: (
    name: string,
    old: Templates[string],
    now: Templates[string],
    path: (string | number)[],
  ) => ReturnType<Rule['find']>[number] | undefined,
): ReturnType<Rule['find']> {
  if (before.key !== after.key) return [];
  const order = after.facts.templateOrder?.split(', ') ?? Object.keys(after.facts.templates ?? {});
  return Object.entries(after.facts.templates ?? {}).flatMap(([name, now]) => {
    const old = before.facts.templates?.[name];
    const found = old && find(name, old, now, ['spec', 'volumeClaimTemplates', order.indexOf(name)]);
    return found ? [found] : [];
  });
}

/** Below, at or above zero; zero as well for what is no quantity. */
export function compareSizes(one = '', other = ''): number {
  const [left, right] = [bytes(one), bytes(other)];
  if (left === undefined || right === undefined) return 0;
  return left < right ? -1 : left > right ? 1 : 0;
}

function sameTemplates({ facts }: Resource): Map<string, string> {
  return new Map(Object.keys(facts.templates ?? {}).map((template) => [template, template]));
}
