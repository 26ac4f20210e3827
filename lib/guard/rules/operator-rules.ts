import { isLaterInSeries } from '../images';
import type { Resource, Texts, Verdict } from '../model';
import { keepNamespace, leave } from '../ways-out';
import { isToldOfCluster } from './cloudnative-pg-rules';
import { arrow, GONE, isPruned, namesOf, stays } from './rule';
import type { Rule } from './rule';

/** What an operator is known to do with the claims when its resource is deleted, and where its maintainers say so. */
interface Removal {
  readonly deletes: (data: Texts) => boolean;
  readonly source: string;
}

const REMOVALS: { readonly [kind: string]: Removal } = {
  'Cluster.postgresql.cnpg.io': {
    deletes: () => true,
    source: 'https://github.com/cloudnative-pg/cloudnative-pg/issues/8442',
  },
  'PostgresCluster.postgres-operator.crunchydata.com': {
    deletes: () => true,
    source: 'https://github.com/CrunchyData/postgres-operator/issues/3674',
  },
  'postgresql.acid.zalan.do': {
    deletes: () => true,
    source: 'https://github.com/zalando/postgres-operator/pull/2579',
  },
  'Elasticsearch.elasticsearch.k8s.elastic.co': {
    deletes: ({ volumeClaimDeletePolicy }) => volumeClaimDeletePolicy !== 'DeleteOnScaledownOnly',
    source: 'https://github.com/elastic/cloud-on-k8s/pull/4050',
  },
  'Kafka.kafka.strimzi.io': {
    deletes: deletesClaim,
    source: 'https://github.com/strimzi/strimzi-kafka-operator/issues/3617',
  },
  'KafkaNodePool.kafka.strimzi.io': {
    deletes: deletesClaim,
    source: 'https://github.com/strimzi/strimzi-kafka-operator/issues/3617',
  },
};

function deletesClaim(data: Texts): boolean {
  return Object.entries(data).some(([path, value]) => path.endsWith('deleteClaim') && value === 'true');
}

function onRemoval({ kind, group, namespace, facts }: Resource): {
  verdict: Verdict;
  says: string;
  wayOut: string[];
} {
  const removal = REMOVALS[`${kind}.${group}`];
  if (removal === undefined) {
    return {
      verdict: 'cannot tell',
      says: 'It holds data, and its operator decides what becomes of it. Many delete the claims with the resource.',
      wayOut: leave("read the operator's documentation on deletion; set its volumes to Retain first"),
    };
  }
  if (!removal.deletes(facts.data ?? {})) {
    return {
      verdict: 'strands',
      says: 'Its servers are deleted. Its operator leaves the claims, with the data, and nothing uses them.',
      wayOut: leave(`put it back; one of the same name finds its claims again: ${removal.source}`),
    };
  }
  return {
    verdict: 'loses',
    says: 'Its operator deletes the claims with it, unless it is told otherwise where it runs, and so each volume whose class says Delete.',
    wayOut: [
      ...leave(`put it back (${removal.source}); or set the volumes of its namespace to Retain first:`),
      ...keepNamespace(namespace),
    ],
  };
}

/** Resources of operators. */
export const OPERATOR_RULES: readonly Rule[] = [
  {
    id: 'operator-resource-removed',
    kinds: ['*'],
    verdict: 'cannot tell',
    needs: 'before',
    find({ before }, context) {
      // Of what deploys, another rule tells.
      if (before.facts.data === undefined || before.facts.takes !== undefined) return [];
      if (!isPruned(before, context)) return stays('Nothing removes it: it stays.');
      return [
        {
          ...onRemoval(before),
          change: GONE,
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
      const changed = namesOf(old, now).filter((name) => old[name] !== now?.[name] && !isToldOfCluster(after, name));
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
