import { compareSizes } from '../../units/quantity';
import type { Facts, Resource } from '../model';
import { dumpAndRestore, grow, handOverSet, leave, recreate } from '../ways-out';
import { arrow, namesOf } from './rule';
import type { Found, Rule } from './rule';
import { list, membersOf } from './set-members';

const SET = { kinds: ['StatefulSet'] } as const;

/** Claim templates of StatefulSets, of which the server refuses every change. */
export const TEMPLATE_RULES: readonly Rule[] = [
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
  find: (name: string, old: Templates[string], now: Templates[string], path: (string | number)[]) => Found | undefined,
): Found[] {
  if (before.key !== after.key) return [];
  const order = after.facts.templateOrder?.split(', ') ?? Object.keys(after.facts.templates ?? {});
  return Object.entries(after.facts.templates ?? {}).flatMap(([name, now]) => {
    const old = before.facts.templates?.[name];
    const found = old && find(name, old, now, ['spec', 'volumeClaimTemplates', order.indexOf(name)]);
    return found ? [found] : [];
  });
}
