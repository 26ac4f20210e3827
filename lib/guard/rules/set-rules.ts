import type { Resource } from '../model';
import { handOverSet, keepSet, leave, recreate, recreateWithPods } from '../ways-out';
import { arrow, GONE, isPruned, stays } from './rule';
import type { Context, Rule } from './rule';
import { claimsOf, list, membersOf, replicasOf, startOf } from './set-members';

const SET = { kinds: ['StatefulSet'] } as const;

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
        return stays(`It runs on, as nothing removes it: ${list(claims)} stay in use.`);
      }
      if (deletesClaims(before, context)) {
        return [
          {
            verdict: 'loses',
            change: GONE,
            says: `It is deleted, and as whenDeleted is Delete, its claims go with it: ${list(claims)}.`,
            wayOut: [...leave('put it back; or keep its volumes first:'), ...keepSet(before)],
          },
        ];
      }
      return [
        {
          change: GONE,
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
          says: deletedWith(claimsOf(before, lost)),
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
];

function deletedWith(claims: string[]): string {
  const [is, pods] = claims.length === 1 ? ['is', 'its pod'] : ['are', 'their pods'];
  return `whenScaled is Delete: ${list(claims)} ${is} deleted with ${pods}.`;
}

function sameTemplates({ facts }: Resource): Map<string, string> {
  return new Map(Object.keys(facts.templates ?? {}).map((template) => [template, template]));
}
