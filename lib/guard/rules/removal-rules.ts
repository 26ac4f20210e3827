import { isEncryptionKey, isFirstStart } from '../facts/pod-facts';
import type { ContainerFacts, Resource } from '../model';
import { kubectl, word } from '../shell';
import { keepNamespace, leave } from '../ways-out';
import { arrow, GONE, isPruned, stays, WITH_PODS, workloadsIn } from './rule';
import type { Context, Rule } from './rule';
import { successorOf } from './successor';

/** Pods of servers and applications with data that take a Secret. */
function readersOf(secret: Resource, { after }: Context): Resource[] {
  return workloadsIn(secret.namespace, after).filter(({ facts }) =>
    Object.values(facts.pod?.containers ?? {}).some(
      (container) =>
        Object.values(container.secrets ?? {}).some((reference) => reference.startsWith(`${secret.name}/`)) ||
        imports(container, secret),
    ),
  );
}

/** Whether a container takes all keys of a Secret as variables. */
function imports(container: ContainerFacts, { name }: Resource): boolean {
  return container.imports?.split(', ').includes(`Secret/${name}`) ?? false;
}

function isGone(claim: string, { namespace }: Resource, { before, after }: Context): boolean {
  const key = `PersistentVolumeClaim/${namespace}/${claim}`;
  return before.has(key) && !after.has(key);
}

/** The variables that take a key of a Secret in a pod. */
function variablesOf({ facts }: Resource, secret: Resource, key: string): string[] {
  return Object.values(facts.pod?.containers ?? {}).flatMap((container) => [
    ...Object.entries(container.secrets ?? {})
      .filter(([, reference]) => reference === `${secret.name}/${key}`)
      .map(([variable]) => variable),
    // Of all that a program takes this way, only what is known to count for data is told.
    ...(imports(container, secret) && (isFirstStart(key) || isEncryptionKey(key)) ? [key] : []),
  ]);
}

function holdsClaims({ facts }: Resource): boolean {
  return Object.values(facts.pod?.volumes ?? {}).some((source) => /^(?:claim|template) /.test(source));
}

function namesOfObjects(resources: Resource[]): string {
  return resources.map(({ kind, name }) => `${kind} '${name}'`).join(', ');
}

export const REMOVAL_RULES: readonly Rule[] = [
  {
    id: 'crd-removed',
    kinds: ['CustomResourceDefinition'],
    verdict: 'loses',
    needs: 'before',
    find({ before }, context) {
      if (!isPruned(before, context)) return stays('Nothing removes it: it stays.');
      // Helm never deletes what stands in crds/, and of a template it does.
      return [
        {
          change: GONE,
          says: 'All objects of this kind are deleted with it, in all namespaces, and what their operator made of them. They do not come back with the definition.',
          wayOut: leave('put it back'),
        },
      ];
    },
  },
  {
    id: 'namespace-removed',
    kinds: ['Namespace'],
    verdict: 'loses',
    needs: 'before',
    find({ before }, context) {
      if (!isPruned(before, context)) return stays('Nothing removes it: it stays.');
      return [
        {
          change: GONE,
          says: 'All that is in it is deleted, its claims too, and each volume whose reclaim policy is Delete.',
          wayOut: [...leave('put it back; or set the volumes to Retain first:'), ...keepNamespace(before.name)],
        },
      ];
    },
  },
  {
    id: 'secret-removed',
    kinds: ['Secret'],
    verdict: 'locks out',
    needs: 'before',
    find({ before }, context) {
      const readers = readersOf(before, context);
      if (readers.length === 0 || !isPruned(before, context)) return [];
      return [
        {
          change: GONE,
          says: `${namesOfObjects(readers)} takes keys of it: pods run on, and cannot start again.`,
          wayOut: [
            ...leave('put it back, or keep a copy:'),
            `${kubectl(before.namespace, `get secret ${word(before.name)} --output=yaml`)} > ${word(before.name)}.yaml`,
          ],
        },
      ];
    },
  },
  {
    id: 'secret-key-removed',
    kinds: ['Secret'],
    verdict: 'locks out',
    needs: 'both',
    find({ before, after }, context) {
      const now = new Set((after.facts.keys ?? '').split(', '));
      const missing = (before.facts.keys ?? '').split(', ').filter((key) => key !== '' && !now.has(key));
      const used = missing.filter((key) =>
        [...context.after.values()].some(
          ({ namespace, facts }) =>
            namespace === after.namespace &&
            Object.values(facts.pod?.containers ?? {}).some(({ secrets = {} }) =>
              Object.values(secrets).includes(`${after.name}/${key}`),
            ),
        ),
      );
      if (used.length === 0) return [];
      return [
        {
          change: `without ${used.join(', ')}`,
          says: `${namesOfObjects(readersOf(after, context))} takes it: pods run on, and cannot start again.`,
          wayOut: leave('put the key back'),
          path: ['data'],
        },
      ];
    },
  },
  {
    id: 'secret-value',
    kinds: ['Secret'],
    verdict: 'locks out',
    needs: 'both',
    find({ before, after }, context) {
      const { values: old } = before;
      const { values: now } = after;
      if (!old || !now) return [];
      const changed = [...old.keys()].filter((key) => now.has(key) && old.get(key) !== now.get(key));
      const pods = readersOf(after, context);
      // What encrypts is read by programs that keep their data elsewhere.
      const encrypting = changed.filter((key) =>
        pods.some((pod) => variablesOf(pod, after, key).some(isEncryptionKey)),
      );
      const readers = pods.filter(holdsClaims);
      const used = changed.filter(
        (key) => !encrypting.includes(key) && readers.some((pod) => variablesOf(pod, after, key).length > 0),
      );
      const path = ['data'];
      return [
        ...(used.length === 0
          ? []
          : [
              {
                change: `the value of ${used.join(', ')}`,
                says: `${namesOfObjects(readers)} keeps what it was made with: a database does not follow its Secret, and who reads the new value is locked out.`,
                wayOut: leave('change the password in the running server first; then apply'),
                path,
              },
            ]),
        ...(encrypting.length === 0
          ? []
          : [
              {
                change: `the value of ${encrypting.join(', ')}`,
                says: `${namesOfObjects(pods)} cannot read what was encrypted with the old key.`,
                wayOut: leave(
                  'keep the value: a chart that draws it at random needs it in its values, or a Secret of your own; or rotate the key as the application documents it',
                ),
                path,
              },
            ]),
      ];
    },
  },
  {
    id: 'workload-removed',
    kinds: WITH_PODS,
    verdict: 'note',
    needs: 'before',
    find({ before }, context) {
      if (before.kind === 'StatefulSet') return [];
      const claims = Object.values(before.facts.pod?.volumes ?? {}).filter((source) => source.startsWith('claim '));
      // A claim that is gone as well is a finding of its own.
      const kept = claims
        .map((source) => source.slice('claim '.length))
        .filter((name) => !isGone(name, before, context));
      for (const name of kept) {
        const next = successorOf(before, name, context);
        if (!next) continue;
        return [
          {
            verdict: 'strands',
            change: arrow(`${before.kind} ${before.name}`, `StatefulSet ${next.set.name}`),
            says: `StatefulSet '${next.set.name}' starts with a new, empty volume, ${next.claim}. The data stays in '${name}'.`,
            wayOut: next.wayOut,
          },
        ];
      }
      if (!isPruned(before, context)) return [];
      if (claims.length === 0) return [];
      return [{ change: GONE, says: `Its pods are deleted. It used ${claims.join(', ')}, which this does not touch.` }];
    },
  },
];
