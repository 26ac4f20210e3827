import { isLaterInSeries } from '../images';
import type { Resource } from '../model';
import { kubectl, word } from '../shell';
import { keepNamespace, leave } from '../ways-out';
import { arrow, GONE, isPruned, namesOf, stays, WITH_PODS, workloadsIn } from './rule';
import type { Context, Rule } from './rule';

/** Pods of servers and applications with data that take a Secret. */
function readersOf(secret: Resource, { after }: Context): Resource[] {
  return workloadsIn(secret.namespace, after).filter(({ facts }) =>
    Object.values(facts.pod?.containers ?? {}).some(({ secrets = {} }) =>
      Object.values(secrets).some((reference) => reference.startsWith(`${secret.name}/`)),
    ),
  );
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
      const readers = readersOf(after, context).filter(({ facts }) =>
        Object.values(facts.pod?.volumes ?? {}).some((source) => /^(?:claim|template) /.test(source)),
      );
      const used = changed.filter((key) =>
        readers.some(({ facts }) =>
          Object.values(facts.pod?.containers ?? {}).some(({ secrets = {} }) =>
            Object.values(secrets).includes(`${after.name}/${key}`),
          ),
        ),
      );
      if (used.length === 0) return [];
      return [
        {
          change: `the value of ${used.join(', ')}`,
          says: `${namesOfObjects(readers)} keeps what it was made with: a database does not follow its Secret, and who reads the new value is locked out.`,
          wayOut: leave('change the password in the running server first; then apply'),
          path: ['data'],
        },
      ];
    },
  },
  {
    id: 'workload-removed',
    kinds: WITH_PODS,
    verdict: 'note',
    needs: 'before',
    find({ before }, context) {
      if (before.kind === 'StatefulSet' || !isPruned(before, context)) return [];
      const claims = Object.values(before.facts.pod?.volumes ?? {}).filter((source) => source.startsWith('claim '));
      if (claims.length === 0) return [];
      return [{ change: GONE, says: `Its pods are deleted. It used ${claims.join(', ')}, which this does not touch.` }];
    },
  },
  {
    id: 'operator-resource-removed',
    kinds: ['*'],
    verdict: 'cannot tell',
    needs: 'before',
    find({ before }, context) {
      if (before.facts.data === undefined) return [];
      if (!isPruned(before, context)) return stays('Nothing removes it: it stays.');
      return [
        {
          change: GONE,
          says: 'It holds data, and its operator decides what becomes of it. Many delete the claims with the resource.',
          wayOut: leave("read the operator's documentation on deletion; set its volumes to Retain first"),
        },
      ];
    },
  },
  {
    id: 'operator-resource-new',
    kinds: ['*'],
    verdict: 'note',
    needs: 'after',
    find({ before, after }) {
      if (after.facts.data === undefined || before.facts.data !== undefined) return [];
      return [
        {
          change: 'new in the YAML',
          says: 'It holds data in a way that its operator decides. The guard compares what it says of storage, versions and members, and knows no more.',
          path: ['kind'],
        },
      ];
    },
  },
  {
    id: 'operator-resource-changed',
    kinds: ['*'],
    verdict: 'cannot tell',
    needs: 'both',
    find({ before, after }) {
      const [old, now] = [before.facts.data, after.facts.data];
      if (old === undefined || before.key !== after.key) return [];
      const changed = namesOf(old, now).filter((name) => old[name] !== now?.[name]);
      if (changed.length === 0) return [];
      const change = changed.map((name) => `${name} ${arrow(old[name], now?.[name])}`).join(', ');
      if (changed.every((name) => isOrdinary(name, old[name], now?.[name]))) {
        return [{ verdict: 'note', change, says: ORDINARY, path: ['spec'] }];
      }
      return [
        {
          change,
          says: `It holds data, and what this change does to it, its operator decides.`,
          wayOut: leave("read the operator's documentation; accept the finding once you know"),
          path: ['spec'],
        },
      ];
    },
  },
];

const ORDINARY =
  'It holds data. Its operator is made for this: a later version of the same series, or more members. An earlier version may not read the data again.';

/** What every release of an operator's own example does. Said, but nothing that a pull request must stop at. */
function isOrdinary(name: string, old: string | undefined, now: string | undefined): boolean {
  if (old === undefined || now === undefined) return false;
  const field = name.slice(name.lastIndexOf('.') + 1);
  if (/^(?:replicas|instances|nodes|members|size)$/.test(field)) return Number(now) > Number(old);
  return /version$|^image(?:Name)?$/i.test(field) && isLaterInSeries(old, now);
}
