import type { Alert } from '../alert';
import { Selection, anySeries, withLabels } from '../selection';
import type { SeriesLabels } from '../selection';
import type { WatchedCluster, WatchedDatabase, WatchedJob, WatchedSchedule } from '../watched';
import { podsOf } from './instance-rules';

/** All that rules may look at. */
export interface Watched {
  readonly jobs: readonly WatchedJob[];
  readonly sets: readonly WatchedDatabase[];
  readonly clusters: readonly WatchedCluster[];
  readonly schedules: readonly WatchedSchedule[];
}

/** Velero has it of each schedule that it knows. */
const ATTEMPTS = 'velero_backup_attempt_total';

/** That an alert does not fire is no good news where nobody looks. */
export function blindRules({ jobs, sets, clusters, schedules }: Watched, common: SeriesLabels): Alert[] {
  const any = (metric: string) => blind(metric, anySeries(metric, common));
  const archiving = clusters.filter(({ archive }) => archive);
  const inPods = (metric: string, some: readonly WatchedCluster[]) =>
    some.flatMap((cluster) =>
      podsOf([cluster], common).map((selection) => blind(metric, selection.series(metric), { database: cluster.name })),
    );
  const blindness = [
    ...(jobs.length > 0 ? [any('kube_cronjob_created')] : []),
    ...(sets.length > 0 ? [any('kube_statefulset_replicas')] : []),
    ...(sets.length + clusters.length > 0
      ? [any('kube_pod_status_ready'), any('kubelet_volume_stats_available_bytes')]
      : []),
    ...inPods('cnpg_pg_replication_in_recovery', clusters),
    ...inPods('barman_cloud_cloudnative_pg_io_last_available_backup_timestamp', archiving),
    ...Selection.each('schedule', schedules, common).map((one) => blind(ATTEMPTS, one.series(ATTEMPTS))),
  ];
  if (blindness.length === 0) return [];
  return [
    {
      alert: 'DatabaseAlertsBlind',
      expr: blindness.join('\nor '),
      summary:
        'Prometheus has no series {{ $labels.series }}{{ with $labels.database }} of the database {{ . }}{{ end }}{{ with $labels.schedule }} of the schedule {{ . }}{{ end }}',
      description:
        'Alerts that look at it can never fire. Prometheus must scrape kube-state-metrics, the kubelets, the instances of CloudNativePG ' +
        'and Velero; look at its targets.',
    },
  ];
}

function blind(metric: string, series: string, labels: SeriesLabels = {}): string {
  return withLabels(`absent(${series})`, { ...labels, series: metric });
}
