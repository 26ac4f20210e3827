/** A sample at each moment, in seconds since the begin; nothing where there is none. */
export type Values = (seconds: number) => number | undefined;

/** By `metric{label="…"}`, with the labels in this order. */
export interface AllSeries {
  readonly [series: string]: Values;
}

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 24 * HOUR;
const GI = 2 ** 30;

export const always =
  (value: number): Values =>
  () =>
    value;

/** One value, and from a moment on another. */
export const from =
  (moment: number, then: number | undefined, before: number | undefined = 0): Values =>
  (seconds) =>
    seconds < moment ? before : then;

/** The moment of what happened last, of what happens again and again: ten minutes after each full `every`. */
const lastOf =
  (every: number): Values =>
  (seconds) =>
    Math.floor((seconds - 600) / every) * every + 600;

const IN = 'namespace="shop"';
export const cronJob = (metric: string, name: string): string => `kube_cronjob_${metric}{${IN},cronjob="${name}"}`;
export const job = (metric: string, name: string, more = ''): string =>
  `kube_job_${metric}{${IN},job_name="${name}"${more}}`;
export const owner = (name: string, of: string): string =>
  job('owner', name, `,owner_kind="CronJob",owner_name="${of}",owner_is_controller="true"`);
export const failed = (name: string): string => job('failed', name, ',condition="true"');
export const set = (metric: string, name: string): string => `kube_statefulset_${metric}{${IN},statefulset="${name}"}`;
export const container = (metric: string, pod: string, name: string, more = ''): string =>
  `kube_pod_container_status_${metric}{${IN},pod="${pod}",uid="1",container="${name}"${more}}`;
export const ready = (pod: string): string => `kube_pod_status_ready{${IN},pod="${pod}",uid="1",condition="true"}`;
export const volume = (metric: string, claim: string, node = 'a'): string =>
  `kubelet_volume_stats_${metric}{${IN},persistentvolumeclaim="${claim}",node="${node}"}`;
export const requested = (claim: string): string =>
  `kube_persistentvolumeclaim_resource_requests_storage_bytes{${IN},persistentvolumeclaim="${claim}"}`;
export const pg = (metric: string, pod: string, more = ''): string => `cnpg_${metric}{${IN},pod="${pod}"${more}}`;
export const barman = (metric: string, pod: string): string =>
  `barman_cloud_cloudnative_pg_io_${metric}_backup_timestamp{${IN},pod="${pod}"}`;

export const velero = (metric: string): string => `velero_backup_${metric}{namespace="velero",schedule="nightly"}`;

/** Claims with what they ask for. */
export const CLAIMS: { readonly [claim: string]: number } = {
  'data-postgresql-0': 32 * GI,
  ...Object.fromEntries([0, 1, 2].map((ordinal) => [`data-mongo-${ordinal}`, 20 * GI])),
  ...Object.fromEntries(
    [1, 2, 3].flatMap((id) => [[`orders-${id}`, 50 * GI] as const, [`orders-${id}-wal`, 10 * GI] as const]),
  ),
};

/** The series of a shop in which all is well: jobs succeed, though a Job that once failed is still kept; volumes fill slowly. */
export function healthy(): AllSeries {
  const series: { [name: string]: Values } = {};
  const cronJobs = { backupjob: DAY, drill: 7 * DAY };
  for (const [name, every] of Object.entries(cronJobs)) {
    series[cronJob('created', name)] = always(-60 * DAY);
    series[cronJob('spec_suspend', name)] = always(0);
    series[cronJob('status_last_successful_time', name)] = lastOf(every);
    // The last run that failed, and the last one that succeeded.
    series[job('created', `${name}-1`)] = always(-3 * every);
    series[failed(`${name}-1`)] = always(1);
    series[owner(`${name}-1`, name)] = always(1);
    series[job('created', `${name}-2`)] = (seconds) => lastOf(every)(seconds)! - 600;
    series[owner(`${name}-2`, name)] = always(1);
  }
  series[cronJob('created', 'restore')] = always(-60 * DAY);
  series[cronJob('spec_suspend', 'restore')] = always(1);
  for (const [name, replicas] of Object.entries({ postgresql: 1, mongo: 3 })) {
    series[set('replicas', name)] = always(replicas);
    series[set('status_replicas_ready', name)] = always(replicas);
  }
  const pods = {
    'postgresql-0': 'postgresql',
    'mongo-0': 'mongo',
    'orders-1': 'postgres',
    'orders-2': 'postgres',
    'orders-3': 'postgres',
  };
  for (const [pod, name] of Object.entries(pods)) {
    series[container('restarts_total', pod, name)] = always(3);
    series[ready(pod)] = always(1);
  }
  for (const [claim, bytes] of Object.entries(CLAIMS)) {
    series[requested(claim)] = always(bytes);
    series[volume('capacity_bytes', claim)] = always(bytes * 0.98);
    series[volume('available_bytes', claim)] = (seconds) => bytes * 0.45 - seconds * 1000;
    series[volume('inodes', claim)] = always(1e6);
    series[volume('inodes_free', claim)] = always(9e5);
  }
  series[velero('attempt_total')] = always(7);
  series[velero('last_successful_timestamp')] = lastOf(DAY);
  return { ...series, ...cluster() };
}

/** `orders-1` is the primary. */
function cluster(): AllSeries {
  const series: { [name: string]: Values } = {};
  for (const pod of ['orders-1', 'orders-2', 'orders-3']) {
    const isPrimary = pod === 'orders-1';
    series[pg('pg_replication_in_recovery', pod)] = always(isPrimary ? 0 : 1);
    series[pg('pg_replication_is_wal_receiver_up', pod)] = always(isPrimary ? 0 : 1);
    series[pg('pg_replication_lag', pod)] = always(0);
    series[pg('pg_replication_streaming_replicas', pod)] = always(isPrimary ? 2 : 0);
    series[pg('collector_pg_wal_archive_status', pod, ',value="ready"')] = always(0);
    series[barman('last_available', pod)] = lastOf(DAY);
    series[barman('last_failed', pod)] = always(-60 * DAY);
  }
  series[pg('pg_stat_archiver_last_archived_time', 'orders-1')] = lastOf(300);
  series[pg('pg_stat_archiver_last_failed_time', 'orders-1')] = always(-60 * DAY);
  return series;
}
