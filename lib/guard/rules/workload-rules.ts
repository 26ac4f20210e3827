import { kubectl, word } from '../shell';
import { arrow, namesOf } from './rule';
import type { Rule } from './rule';

/** What is refused of the objects around data: their Services, and workloads that are no StatefulSets. */
export const WORKLOAD_RULES: readonly Rule[] = [
  {
    id: 'service-headless',
    kinds: ['Service'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key || before.facts.headless === after.facts.headless) return [];
      if (!after.facts.headless) {
        return [
          {
            verdict: 'note',
            change: 'clusterIP: None → (none)',
            says: 'The server keeps it headless: a Service that exists gets no address, and is refused if the YAML names one.',
            path: ['spec'],
          },
        ];
      }
      return [
        {
          change: 'clusterIP: an address → None',
          says: 'The server refuses it. No data is touched, and clients keep the old Service.',
          wayOut: [
            kubectl(after.namespace, `delete service ${word(after.name)}`),
            '# then apply as always: clients are cut off in between',
          ],
          path: ['spec', 'clusterIP'],
        },
      ];
    },
  },
  {
    id: 'deployment-selector',
    kinds: ['Deployment', 'DaemonSet', 'ReplicaSet'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const holdsData = Object.values(before.facts.pod?.volumes ?? {}).some((source) => source.startsWith('claim '));
      if (before.key !== after.key || before.facts.selector === after.facts.selector || !holdsData) return [];
      const kind = after.kind.toLowerCase();
      return [
        {
          change: arrow(before.facts.selector, after.facts.selector),
          says: `The server refuses it. A ${after.kind} that is deleted and made again would run beside its old pods, on the same claim.`,
          wayOut: [
            // In the foreground, kubectl waits until its pods are gone.
            kubectl(after.namespace, `delete ${kind} ${word(after.name)} --cascade=foreground`),
            '# then apply as always',
          ],
          path: ['spec', 'selector'],
        },
      ];
    },
  },
  {
    id: 'pod-immutable',
    kinds: ['Pod'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const [old, now] = [before.facts.pod?.volumes ?? {}, after.facts.pod?.volumes ?? {}];
      const changed = namesOf(old, now).filter((name) => old[name] !== now[name]);
      if (before.key !== after.key || changed.length === 0) return [];
      return [
        {
          change: changed.map((name) => `${name}: ${arrow(old[name], now[name])}`).join(', '),
          says: 'The server refuses other volumes of a Pod that exists. No data is touched.',
          wayOut: [kubectl(after.namespace, `delete pod ${word(after.name)}`), '# then apply as always'],
          path: ['spec', 'volumes'],
        },
      ];
    },
  },
];
