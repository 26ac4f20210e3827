import type { Alert } from '../alert';
import { Selection, whileSeen, withLabels } from '../selection';
import type { SeriesLabels, Thing } from '../selection';
import type { WatchedCluster, WatchedDatabase } from '../watched';

const SET = '{{ $labels.namespace }}/{{ $labels.statefulset }}';
const POD = '{{ $labels.namespace }}/{{ $labels.pod }}';
const BY_POD = 'by (namespace, pod, container)';

const UNAVAILABLE =
  'Clients get no connection. Look at the events and the logs of its pods, and at their nodes and volumes.';
const DEGRADED = 'It works on, with fewer instances than were declared. Look at the events and the logs of its pods.';

/** Of databases that are StatefulSets. */
export function setRules(sets: readonly WatchedDatabase[], common: SeriesLabels): Alert[] {
  const ready = (selection: Selection) =>
    `max by (namespace, statefulset) (${selection.series('kube_statefulset_status_replicas_ready')})`;
  const several = sets.filter(({ instances }) => instances > 1);
  return [
    // One that is declared with none is not expected to answer.
    ...Selection.all('statefulset', running(sets), common).map((selection): Alert => ({
      alert: 'DatabaseUnavailable',
      expr: `${ready(selection)} < 1`,
      summary: `No pod of the database ${SET} is ready`,
      description: UNAVAILABLE,
    })),
    ...Selection.alike('statefulset', several, ({ instances }) => instances, common).map(
      ([instances, selection]): Alert => ({
        alert: 'DatabaseInstancesMissing',
        expr: `${ready(selection)} < ${instances}`,
        summary: `Only {{ $value }} of ${instances} pods of the database ${SET} are ready`,
        description: DEGRADED,
      }),
    ),
    ...missingSets(sets, common),
  ];
}

function missingSets(sets: readonly WatchedDatabase[], common: SeriesLabels): Alert[] {
  if (sets.length === 0) return [];
  const absent = Selection.each('statefulset', sets, common).map(
    (one) => `absent(${one.series('kube_statefulset_replicas')})`,
  );
  return [
    {
      alert: 'DatabaseMissing',
      expr: whileSeen(absent, 'kube_statefulset_replicas', common),
      summary: `The StatefulSet of the database ${SET} is not in the cluster`,
      description: 'It is declared. Its claims are kept: apply the manifest, and it has its data again.',
    },
  ];
}

/** Of clusters of CloudNativePG, whose pods the operator makes without a set. */
export function clusterInstanceRules(clusters: readonly WatchedCluster[], common: SeriesLabels): Alert[] {
  // Without pods there is no series to count, and what counts as 0 has no labels.
  const ready = (cluster: WatchedCluster, least: number) => {
    const { namespace, name } = cluster;
    const counts = podsOf([cluster], common).map((selection) => {
      const pods = selection.series('kube_pod_status_ready', { condition: 'true' });
      return `count by (namespace) (max by (namespace, pod) (${pods}) == 1) or on () vector(0)`;
    });
    const labels = { ...(namespace !== undefined && { namespace }), database: name };
    return `${withLabels(counts.join('\n  or '), labels)} < ${least}`;
  };
  const together = (some: readonly WatchedCluster[], least: (cluster: WatchedCluster) => number) =>
    whileSeen(
      some.map((cluster) => ready(cluster, least(cluster))),
      'kube_pod_status_ready',
      common,
    );
  const up = running(clusters);
  const several = clusters.filter(({ instances }) => instances > 1);
  const name = '{{ $labels.database }}';
  return [
    ...when(up, (): Alert => ({
      alert: 'DatabaseUnavailable',
      expr: together(up, () => 1),
      summary: `No instance of the database ${name} is ready`,
      description: UNAVAILABLE,
    })),
    ...when(several, (): Alert => ({
      alert: 'DatabaseInstancesMissing',
      expr: together(several, ({ instances }) => instances),
      summary: `Only {{ $value }} instances of the database ${name} are ready`,
      description: DEGRADED,
    })),
  ];
}

/** Of the pods of all databases. */
export function podRules(databases: readonly WatchedDatabase[], common: SeriesLabels): Alert[] {
  const restarts = (selection: Selection, window: string) =>
    `max ${BY_POD} (changes(${selection.series('kube_pod_container_status_restarts_total')}[${window}]))`;
  return podsOf(databases, common).flatMap((selection): Alert[] => [
    {
      alert: 'DatabaseRestarting',
      expr: `${restarts(selection, '2h')} >= 2`,
      summary: `The container {{ $labels.container }} of ${POD} restarted {{ $value }} times in two hours`,
      description:
        'A server that is killed again and again repeats its crash recovery each time, and may never end it. ' +
        'Look at the log of the container before (kubectl logs --previous) and at the reason of its end.',
    },
    {
      alert: 'DatabaseOutOfMemory',
      expr: `max ${BY_POD} (${selection.series('kube_pod_container_status_last_terminated_reason', { reason: 'OOMKilled' })}) == 1
and ${restarts(selection, '1h')} > 0`,
      summary: `The container {{ $labels.container }} of ${POD} was killed for want of memory`,
      description: 'Raise its memory, or lower what the server may use: connections, and memory for each of them.',
    },
  ]);
}

/** The pods of sets and of CloudNativePG are named alike: a name and a number. */
export function podsOf(databases: readonly Thing[], common: SeriesLabels): Selection[] {
  const pods = databases.map(({ namespace, name }) => ({ namespace, name: `${name}-[0-9]+` }));
  return Selection.all('pod', pods, common);
}

function running<T extends WatchedDatabase>(databases: readonly T[]): T[] {
  return databases.filter(({ instances }) => instances > 0);
}

function when(some: readonly unknown[], alert: () => Alert): Alert[] {
  return some.length > 0 ? [alert()] : [];
}
