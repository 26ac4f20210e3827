import { compareSizes } from '../../units/quantity';
import type { Resource } from '../model';
import { handOver, keep, leave, rescue, dumpAndRestore } from '../ways-out';
import { arrow, GONE, isPruned, stays, workloadsIn } from './rule';
import type { Context, Rule } from './rule';
import { successorOf } from './successor';
import type { Successor } from './successor';

const CLAIM = { kinds: ['PersistentVolumeClaim'] } as const;

/** What uses the claim, of one of the states. */
function users(claim: Resource, state: Context['before']): Resource[] {
  return workloadsIn(claim.namespace, state).filter(({ facts }) =>
    Object.values(facts.pod?.volumes ?? {}).includes(`claim ${claim.name}`),
  );
}

/** What takes the place of a pod that is gone and used the claim. */
function successor(claim: Resource, context: Context): Successor | undefined {
  for (const user of users(claim, context.before)) {
    const next = successorOf(user, claim.name, context);
    if (next) return next;
  }
  return undefined;
}

export const CLAIM_RULES: readonly Rule[] = [
  {
    ...CLAIM,
    id: 'claim-moved',
    verdict: 'strands',
    needs: 'both',
    find({ before, after }, context) {
      if (before.key === after.key) return [];
      const { namespace, name } = before;
      const pruned = isPruned(before, context);
      return [
        {
          verdict: pruned ? 'loses' : 'strands',
          change: arrow(`${namespace || '(none)'}/${name}`, `${after.namespace || '(none)'}/${after.name}`),
          says: pruned
            ? `A new, empty claim is made, and the old one is deleted once its pod is gone: with its volume, if the class says Delete.`
            : `A new, empty claim is made. The data stays in '${name}', which nothing uses.`,
          wayOut: [
            ...leave(`keep the name and namespace; or hand the volume over:`),
            ...handOver({
              from: { namespace, claim: name },
              to: { namespace: after.namespace, claim: after.name },
              users: users(before, context.before),
            }),
          ],
          path: ['metadata', before.name === after.name ? 'namespace' : 'name'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-removed',
    verdict: 'loses',
    needs: 'before',
    find({ before }, context) {
      const pruned = isPruned(before, context);
      const next = successor(before, context);
      if (next) {
        return [
          {
            verdict: pruned ? 'loses' : 'strands',
            change: arrow(before.name, next.claim),
            says: `StatefulSet '${next.set.name}' takes its place with a new, empty volume. ${
              pruned
                ? 'The old claim is deleted, and with it the volume if the class says Delete.'
                : `The data stays in '${before.name}', which nothing uses.`
            }`,
            wayOut: next.wayOut,
          },
        ];
      }
      if (!pruned) return stays('Nothing removes it: the claim stays.');
      const using = users(before, context.after);
      const use = using.map(({ kind, name }) => `${kind} '${name}'`);
      return [
        {
          change: GONE,
          says:
            use.length > 0
              ? `It is deleted. ${use.join(', ')} still uses it, so it is Terminating until a pod restarts; then the volume is deleted if the class says Delete.`
              : 'It is deleted, and with it the volume if the class says Delete.',
          wayOut: [
            ...leave('put it back before the apply; or keep its volume first:'),
            ...keep(before.namespace, before.name),
            ...(using.length === 0
              ? []
              : [
                  ...leave('after the apply, while a pod still runs:'),
                  ...rescue(before.namespace, before.name, using),
                ]),
          ],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-is-hook',
    verdict: 'loses',
    needs: 'after',
    find({ before, after }, { deployer, known }) {
      const { hook } = after.facts;
      if (
        hook === undefined ||
        (known && (deployer === 'kubectl' || deployer === 'flux')) ||
        before.facts.hook === hook
      )
        return [];
      const deletes = !hook.includes(';') || hook.includes('before-hook-creation') || hook.includes('hook-succeeded');
      if (!deletes) return [];
      return [
        {
          change: `helm.sh/hook ${arrow(before.facts.hook, hook)}`,
          says: 'Helm deletes a hook before it makes it again, or after it succeeded: the claim and its volume go with an upgrade.',
          wayOut: leave(
            'take the annotation helm.sh/hook off; helm.sh/resource-policy: keep keeps a claim that is no hook',
          ),
          path: ['metadata', 'annotations', 'helm.sh/hook'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-unkept',
    verdict: 'unprotects',
    needs: 'both',
    find({ before, after }) {
      return Object.entries(before.facts.kept ?? {})
        .filter(([deployer]) => after.facts.kept?.[deployer] === undefined)
        .map(([, why]) => ({
          change: arrow(why, undefined),
          says: 'The claim was kept when it is gone from the YAML, or when its release is uninstalled. From this apply on it is deleted then.',
          wayOut: leave(`leave ${why}`),
          path: ['metadata', 'annotations'],
        }));
    },
  },
  {
    ...CLAIM,
    id: 'claim-shrunk',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const [old, now] = [before.facts.claim?.size, after.facts.claim?.size];
      if (before.key !== after.key || compareSizes(old, now) <= 0) return [];
      return [
        {
          change: arrow(old, now),
          says: 'The server refuses it: a claim cannot shrink. No data is touched.',
          wayOut: [...leave(`keep ${old ?? ''}; or move the data:`), ...dumpAndRestore('a smaller claim')],
          path: ['spec', 'resources', 'requests', 'storage'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-cannot-grow',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }, context) {
      const [old, now] = [before.facts.claim, after.facts.claim];
      if (before.key !== after.key || compareSizes(old?.size, now?.size) >= 0 || now?.class === undefined) return [];
      const found = context.after.get(`StorageClass//${now.class}`) ?? context.before.get(`StorageClass//${now.class}`);
      if (!found || found.facts.expansion === 'true') return [];
      return [
        {
          change: arrow(old?.size, now.size),
          says: `The server refuses it: class '${now.class}' does not allow its volumes to grow. No data is touched.`,
          wayOut: leave(`set allowVolumeExpansion: true in the class and apply it first, if the driver can`),
          path: ['spec', 'resources', 'requests', 'storage'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-spec',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key) return [];
      const [old = {}, now = {}] = [before.facts.claim, after.facts.claim];
      const fields = (['class', 'modes', 'volumeMode', 'volume', 'source', 'selector'] as const).filter(
        (field) => old[field] !== now[field],
      );
      if (fields.length === 0) return [];
      const change = fields.map((field) => `${field}: ${arrow(old[field], now[field])}`).join(', ');
      // What was left out, the server filled in: the default class, the volume that was found.
      if (fields.every((field) => old[field] === undefined && (field === 'class' || field === 'volume'))) {
        return [
          {
            verdict: 'note',
            change,
            says: 'It is accepted if it is what the claim has by now, and else refused. No data is touched.',
            path: ['spec'],
          },
        ];
      }
      return [
        {
          change,
          says: 'The server refuses it: these fields of a claim cannot change. No data is touched.',
          wayOut: leave(
            'undo it; or make a second claim with the new fields, under another name, and copy the content',
          ),
          path: ['spec'],
        },
      ];
    },
  },
];
