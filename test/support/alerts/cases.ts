import {
  CLAIMS,
  DAY,
  HOUR,
  MINUTE,
  always,
  barman,
  container,
  cronJob,
  failed,
  from,
  healthy,
  job,
  owner,
  pg,
  ready,
  requested,
  set,
  velero,
  volume,
} from './series';
import type { AllSeries, Values } from './series';

/** A shop in which one thing is wrong, and what is said of it. */
export interface AlertCase {
  readonly alert: string;
  readonly name: string;
  readonly series: AllSeries;

  /** When it is asked, in seconds. */
  readonly at: number;

  /** As in `RuleCase`. */
  readonly every?: number;

  /** Labels of the alert, beside its name, `severity` and the namespace. */
  readonly labels: { readonly [label: string]: string };
  readonly summary: string;

  /** What fires as well. */
  readonly also?: readonly { readonly [label: string]: string }[];
}

const GI = 2 ** 30;

/** The healthy shop with other series, and without those that are `undefined`. */
export function but(changes: { readonly [series: string]: Values | undefined }): AllSeries {
  const series = { ...healthy(), ...changes };
  return Object.fromEntries(
    Object.entries(series).filter((entry): entry is [string, Values] => entry[1] !== undefined),
  );
}

/** Without the series that begin like this. */
export function without(...begins: string[]): AllSeries {
  return Object.fromEntries(
    Object.entries(healthy()).filter(([name]) => !begins.some((begin) => name.startsWith(begin))),
  );
}

/** A Job that was made and then failed. */
function failedJob(of: string, made: number): { [series: string]: Values } {
  const name = `${of}-3`;
  const there = from(made, 1, undefined);
  return {
    [job('created', name)]: from(made, made, undefined),
    [owner(name, of)]: there,
    [failed(name)]: from(made + 10 * MINUTE, 1, undefined),
  };
}

function ofJob(word: 'backup' | 'drill', cronjob: string, alert: 'DatabaseBackup' | 'DatabaseDrill'): AlertCase[] {
  const labels = { cronjob };
  return [
    {
      alert: `${alert}Failed`,
      name: 'the last run failed',
      series: but(failedJob(cronjob, 30 * MINUTE)),
      at: HOUR,
      labels,
      summary: `The last ${word} of shop/${cronjob} failed`,
    },
    {
      alert: `${alert}Failed`,
      name: 'the first run of all failed',
      series: but({
        ...failedJob(cronjob, 30 * MINUTE),
        [cronJob('created', cronjob)]: always(0),
        [cronJob('status_last_successful_time', cronjob)]: undefined,
      }),
      at: HOUR,
      labels,
      summary: `The last ${word} of shop/${cronjob} failed`,
    },
    {
      alert: `${alert}Suspended`,
      name: 'nobody resumed it',
      series: but({ [cronJob('spec_suspend', cronjob)]: always(1) }),
      at: 2 * HOUR,
      labels,
      summary: `The ${word} shop/${cronjob} is suspended`,
    },
    {
      alert: `${alert}Missing`,
      name: 'the CronJob is gone',
      series: but({
        [cronJob('created', cronjob)]: undefined,
        [cronJob('spec_suspend', cronjob)]: undefined,
        [cronJob('status_last_successful_time', cronjob)]: undefined,
      }),
      at: 30 * MINUTE,
      labels,
      summary: `The CronJob of the ${word} shop/${cronjob} is not in the cluster`,
    },
  ];
}

const JOBS: AlertCase[] = [
  {
    alert: 'DatabaseBackupTooOld',
    name: 'a day without a run',
    series: but({ [cronJob('status_last_successful_time', 'backupjob')]: always(-30 * HOUR) }),
    at: 2 * HOUR,
    labels: { cronjob: 'backupjob' },
    summary: 'The last good backup of shop/backupjob is 1d 8h 0m 0s old',
  },
  {
    alert: 'DatabaseBackupNeverSucceeded',
    name: 'no run of a new job succeeds',
    series: but({
      [cronJob('created', 'backupjob')]: always(-31 * HOUR),
      [cronJob('status_last_successful_time', 'backupjob')]: undefined,
    }),
    at: HOUR,
    labels: { cronjob: 'backupjob' },
    summary: 'No backup of shop/backupjob has ever succeeded',
  },
  ...ofJob('backup', 'backupjob', 'DatabaseBackup'),
  ...ofJob('drill', 'drill', 'DatabaseDrill'),
  {
    alert: 'DatabaseDrillOverdue',
    name: 'a week without a drill',
    series: but({ [cronJob('status_last_successful_time', 'drill')]: always(-175 * HOUR) }),
    at: HOUR,
    labels: { cronjob: 'drill' },
    summary: 'No drill of shop/drill has passed for 7d 8h 0m 0s',
  },
  {
    alert: 'DatabaseDrillOverdue',
    name: 'none ever passed',
    series: but({
      [cronJob('created', 'drill')]: always(-175 * HOUR),
      [cronJob('status_last_successful_time', 'drill')]: undefined,
    }),
    at: HOUR,
    labels: { cronjob: 'drill' },
    summary: 'No drill of shop/drill has passed for 7d 8h 0m 0s',
  },
];

const MISSING_ORDERS = {
  alertname: 'DatabaseInstancesMissing',
  severity: 'warning',
  namespace: 'shop',
  database: 'orders',
};

const INSTANCES: AlertCase[] = [
  {
    alert: 'DatabaseUnavailable',
    name: 'the pod of a server is not ready',
    series: but({ [set('status_replicas_ready', 'postgresql')]: always(0) }),
    at: 10 * MINUTE,
    labels: { statefulset: 'postgresql' },
    summary: 'No pod of the database shop/postgresql is ready',
  },
  {
    alert: 'DatabaseUnavailable',
    name: 'the operator has no pod left',
    series: without(...['orders-1', 'orders-2', 'orders-3'].map(ready)),
    at: 20 * MINUTE,
    labels: { database: 'orders' },
    summary: 'No instance of the database orders is ready',
    also: [MISSING_ORDERS],
  },
  {
    alert: 'DatabaseInstancesMissing',
    name: 'a member of a replica set is not ready',
    series: but({ [set('status_replicas_ready', 'mongo')]: always(2) }),
    at: 20 * MINUTE,
    labels: { statefulset: 'mongo' },
    summary: 'Only 2 of 3 pods of the database shop/mongo are ready',
  },
  {
    alert: 'DatabaseInstancesMissing',
    name: 'a standby is not ready',
    series: but({ [ready('orders-3')]: always(0) }),
    at: 20 * MINUTE,
    labels: { database: 'orders' },
    summary: 'Only 2 instances of the database orders are ready',
  },
  {
    alert: 'DatabaseMissing',
    name: 'the set is gone',
    series: without(set('replicas', 'postgresql'), set('status_replicas_ready', 'postgresql')),
    at: 20 * MINUTE,
    labels: { statefulset: 'postgresql' },
    summary: 'The StatefulSet of the database shop/postgresql is not in the cluster',
  },
  {
    alert: 'DatabaseRestarting',
    name: 'a server does not get through its crash recovery',
    series: but({
      [container('restarts_total', 'postgresql-0', 'postgresql')]: (seconds) => 3 + Math.floor(seconds / (10 * MINUTE)),
    }),
    at: 20 * MINUTE,
    labels: { pod: 'postgresql-0', container: 'postgresql' },
    summary: 'The container postgresql of shop/postgresql-0 restarted 2 times in two hours',
  },
  {
    alert: 'DatabaseOutOfMemory',
    name: 'a server was killed once',
    series: but({
      [container('restarts_total', 'orders-1', 'postgres')]: from(10 * MINUTE, 4, 3),
      [container('last_terminated_reason', 'orders-1', 'postgres', ',reason="OOMKilled"')]: from(
        10 * MINUTE,
        1,
        undefined,
      ),
    }),
    at: 20 * MINUTE,
    labels: { pod: 'orders-1', container: 'postgres' },
    summary: 'The container postgres of shop/orders-1 was killed for want of memory',
  },
];

const tooSmall = (claim: string): AlertCase => ({
  alert: 'DatabaseVolumeTooSmall',
  name: `${claim} was not grown`,
  series: but({ [requested(claim)]: always(5 * GI) }),
  at: 2 * HOUR,
  labels: { persistentvolumeclaim: claim },
  summary: `The claim shop/${claim} asks for less than was declared`,
});

const VOLUMES: AlertCase[] = [
  {
    alert: 'DatabaseVolumeFullSoon',
    name: 'it fills by 5 GB a day',
    series: but({
      [volume('available_bytes', 'data-postgresql-0')]: (seconds) => 32 * GI * 0.45 - seconds * 60_000,
    }),
    at: 7.5 * HOUR,
    labels: { persistentvolumeclaim: 'data-postgresql-0' },
    summary: 'The volume shop/data-postgresql-0 is full within four days',
  },
  {
    alert: 'DatabaseVolumeNearlyFull',
    name: 'of WAL',
    series: but({ [volume('available_bytes', 'orders-1-wal')]: always(CLAIMS['orders-1-wal']! * 0.049) }),
    at: 10 * MINUTE,
    labels: { persistentvolumeclaim: 'orders-1-wal' },
    summary: 'Only 5% of the volume shop/orders-1-wal are free',
  },
  {
    alert: 'DatabaseVolumeInodesLow',
    name: 'very many files',
    series: but({ [volume('inodes_free', 'data-mongo-2')]: always(50_000) }),
    at: 20 * MINUTE,
    labels: { persistentvolumeclaim: 'data-mongo-2' },
    summary: 'Only 5% of the inodes of the volume shop/data-mongo-2 are free',
  },
  ...['data-postgresql-0', 'data-mongo-1', 'orders-2', 'orders-3-wal'].map(tooSmall),
  ...['data-postgresql-0', 'data-mongo-1'].map((claim) => ({
    alert: 'DatabaseVolumeUnwatched',
    name: `nothing mounts ${claim}`,
    series: without(...['available_bytes', 'capacity_bytes'].map((metric) => volume(metric, claim))),
    at: 90 * MINUTE,
    labels: { persistentvolumeclaim: claim },
    summary: `Nothing is known of the volume shop/${claim}`,
  })),
  {
    alert: 'DatabaseVolumeUnwatched',
    name: 'nothing mounts those of the operator',
    series: without(...[1, 2, 3].map((id) => volume('available_bytes', `orders-${id}-wal`))),
    at: 90 * MINUTE,
    labels: { persistentvolumeclaim: 'orders-[0-9]+-wal' },
    summary: 'Nothing is known of the volume shop/orders-[0-9]+-wal',
  },
];

const INSTANCES_OF_ORDERS = ['orders-1', 'orders-2', 'orders-3'];
const everywhere = (series: (pod: string) => string, values: Values): AllSeries =>
  but(Object.fromEntries(INSTANCES_OF_ORDERS.map((pod) => [series(pod), values])));
const orders = { database: 'orders' };

const CLOUDNATIVE_PG: AlertCase[] = [
  {
    alert: 'DatabaseWithoutPrimary',
    name: 'the failover does not end',
    series: without(pg('pg_replication_in_recovery', 'orders-1')),
    at: 10 * MINUTE,
    labels: orders,
    summary: 'The database shop/orders has no primary',
  },
  {
    alert: 'DatabaseReplicationLag',
    name: 'a standby replays slowly',
    series: but({ [pg('pg_replication_lag', 'orders-2')]: always(420) }),
    at: 15 * MINUTE,
    labels: { pod: 'orders-2' },
    summary: 'The standby shop/orders-2 is 7m 0s behind',
  },
  {
    alert: 'DatabaseReplicationBroken',
    name: 'a standby has no connection',
    series: but({ [pg('pg_replication_is_wal_receiver_up', 'orders-3')]: always(0) }),
    at: 15 * MINUTE,
    labels: { pod: 'orders-3' },
    summary: 'The standby shop/orders-3 receives nothing from the primary',
  },
  {
    alert: 'DatabaseSynchronousStandbysMissing',
    name: 'commits wait',
    series: but({ [pg('pg_replication_streaming_replicas', 'orders-1')]: always(0) }),
    at: 10 * MINUTE,
    labels: orders,
    summary: 'The database shop/orders has 0 standbys for 1 that must have each commit',
  },
  {
    alert: 'DatabaseArchiverFailing',
    name: 'the store refuses',
    series: but({
      [pg('pg_stat_archiver_last_archived_time', 'orders-1')]: always(-100),
      [pg('pg_stat_archiver_last_failed_time', 'orders-1')]: (seconds) => seconds - 30,
    }),
    at: 10 * MINUTE,
    labels: { pod: 'orders-1' },
    summary: 'The primary shop/orders-1 cannot archive its WAL',
  },
  {
    alert: 'DatabaseArchiveTooOld',
    name: 'the archiver hangs',
    series: but({
      [pg('pg_stat_archiver_last_archived_time', 'orders-1')]: always(-600),
      [pg('collector_pg_wal_archive_status', 'orders-1', ',value="ready"')]: always(2),
    }),
    at: 15 * MINUTE,
    labels: { pod: 'orders-1' },
    summary: 'WAL of the primary shop/orders-1 waits to be archived',
  },
  {
    alert: 'DatabaseArchiveTooOld',
    name: 'nothing was ever archived',
    series: but({
      [pg('pg_stat_archiver_last_archived_time', 'orders-1')]: always(-1),
      [pg('collector_pg_wal_archive_status', 'orders-1', ',value="ready"')]: always(2),
    }),
    at: 30 * MINUTE,
    labels: { pod: 'orders-1' },
    summary: 'WAL of the primary shop/orders-1 waits to be archived',
  },
  {
    alert: 'DatabaseBaseBackupTooOld',
    name: 'no base backup for a day',
    series: everywhere(
      (pod) => barman('last_available', pod),
      (seconds) => (seconds === 0 ? 1 : 60),
    ),
    at: 31 * HOUR,
    every: 30 * MINUTE,
    labels: orders,
    summary: 'The last base backup of shop/orders is 1d 6h 59m 0s old',
  },
  {
    alert: 'DatabaseBaseBackupNeverSucceeded',
    name: 'the first one does not end',
    series: everywhere((pod) => barman('last_available', pod), always(0)),
    at: 6.5 * HOUR,
    labels: orders,
    summary: 'The database shop/orders has no base backup',
  },
  {
    alert: 'DatabaseBaseBackupFailed',
    name: 'after one that succeeded',
    series: but({ [barman('last_failed', 'orders-1')]: from(20 * MINUTE, 20 * MINUTE, -60 * DAY) }),
    at: 30 * MINUTE,
    labels: orders,
    summary: 'The last base backup of shop/orders failed',
  },
];

const nightly = { namespace: 'velero', schedule: 'nightly' };

const VELERO: AlertCase[] = [
  {
    alert: 'DatabaseVolumeBackupTooOld',
    name: 'backups are partial',
    series: but({ [velero('last_successful_timestamp')]: always(-30 * HOUR) }),
    at: HOUR,
    labels: nightly,
    summary: 'The last good backup of the schedule velero/nightly is 1d 7h 0m 0s old',
  },
  {
    alert: 'DatabaseVolumeBackupNeverSucceeded',
    name: 'no backup of a new schedule is whole',
    series: but({ [velero('last_successful_timestamp')]: undefined }),
    at: 31 * HOUR,
    every: 30 * MINUTE,
    labels: nightly,
    summary: 'There is no good backup of the schedule velero/nightly',
  },
];

const blind = (metric: string, labels: { [label: string]: string }, named: string): AlertCase => ({
  alert: 'DatabaseAlertsBlind',
  name: `no ${metric}`,
  series: without(`${metric}{`),
  // Longer than any other alert on the metric waits.
  at: 2 * HOUR,
  labels: { ...labels, series: metric },
  summary: `Prometheus has no series ${metric}${named}`,
});

/** Each is a healthy shop with one thing that is not. Whatever else fires with it is named. */
export const CASES: AlertCase[] = [
  ...JOBS,
  ...INSTANCES,
  ...VOLUMES,
  ...CLOUDNATIVE_PG,
  ...VELERO,
  blind('velero_backup_attempt_total', nightly, ' of the schedule nightly'),
  blind('kube_cronjob_created', {}, ''),
  blind('kube_statefulset_replicas', {}, ''),
  blind('kube_pod_status_ready', {}, ''),
  blind('kubelet_volume_stats_available_bytes', {}, ''),
  blind('cnpg_pg_replication_in_recovery', { namespace: 'shop', ...orders }, ' of the database orders'),
  blind(
    'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp',
    { namespace: 'shop', ...orders },
    ' of the database orders',
  ),
];

/** What looks bad, and is not. */
export const QUIET: Pick<AlertCase, 'name' | 'series' | 'at' | 'every'>[] = [
  {
    name: 'a CronJob that is new and has not run',
    series: but({
      [cronJob('created', 'backupjob')]: always(0),
      [cronJob('status_last_successful_time', 'backupjob')]: undefined,
      [cronJob('created', 'drill')]: always(0),
      [cronJob('status_last_successful_time', 'drill')]: undefined,
    }),
    at: 6 * HOUR,
  },
  {
    name: 'a run that failed, and one after it that did not',
    series: but({
      ...failedJob('backupjob', 30 * MINUTE),
      [cronJob('status_last_successful_time', 'backupjob')]: from(50 * MINUTE, 50 * MINUTE, -DAY),
    }),
    at: HOUR,
  },
  {
    name: 'a Job of another CronJob that failed',
    series: but(failedJob('other', 30 * MINUTE)),
    at: HOUR,
  },
  {
    name: 'a backup whose Jobs are gone',
    series: without('kube_job_'),
    at: HOUR,
  },
  {
    name: 'a schedule of Velero that is new',
    series: but({
      [velero('attempt_total')]: from(HOUR, 0, undefined),
      [velero('last_successful_timestamp')]: undefined,
    }),
    at: 30 * HOUR,
    every: 30 * MINUTE,
  },
  {
    name: 'a database in which nothing is written',
    series: but({ [pg('pg_stat_archiver_last_archived_time', 'orders-1')]: always(-10 * HOUR) }),
    at: HOUR,
  },
  {
    name: 'a segment that waits while others are archived',
    series: but({
      [pg('pg_stat_archiver_last_archived_time', 'orders-1')]: (seconds) => seconds - 9 * MINUTE,
      [pg('collector_pg_wal_archive_status', 'orders-1', ',value="ready"')]: always(1),
    }),
    at: HOUR,
  },
  {
    name: 'a former primary that could not archive',
    series: but({
      [pg('pg_stat_archiver_last_archived_time', 'orders-2')]: always(-1),
      [pg('pg_stat_archiver_last_failed_time', 'orders-2')]: always(0),
      [pg('collector_pg_wal_archive_status', 'orders-2', ',value="ready"')]: always(2),
    }),
    at: HOUR,
  },
  {
    name: 'a new volume into which a backup is restored',
    series: but({
      [volume('available_bytes', 'data-postgresql-0')]: from(5 * HOUR, undefined, undefined),
      [volume('available_bytes', 'data-postgresql-0', 'b')]: (seconds) =>
        seconds < 5 * HOUR ? undefined : 32 * GI * Math.max(0.4, 0.95 - (seconds - 5 * HOUR) / (5 * HOUR)),
      [volume('capacity_bytes', 'data-postgresql-0', 'b')]: always(32 * GI),
      [volume('available_bytes', 'data-postgresql-0')]: (seconds) => (seconds < 5 * HOUR ? 32 * GI * 0.45 : undefined),
    }),
    at: 9 * HOUR,
  },
  {
    name: 'a volume that fills, and is still half empty',
    series: but({
      [volume('available_bytes', 'data-postgresql-0')]: (seconds) => 32 * GI * 0.95 - seconds * 120_000,
    }),
    at: 8 * HOUR,
  },
  {
    name: 'a file system that has no fixed number of inodes',
    series: but({
      [volume('inodes', 'data-postgresql-0')]: always(0),
      [volume('inodes_free', 'data-postgresql-0')]: always(0),
    }),
    at: HOUR,
  },
  {
    name: 'one restart in two hours, and not for want of memory',
    series: but({
      [container('restarts_total', 'postgresql-0', 'postgresql')]: from(10 * MINUTE, 4, 3),
      [container('last_terminated_reason', 'postgresql-0', 'postgresql', ',reason="Error"')]: from(
        10 * MINUTE,
        1,
        undefined,
      ),
    }),
    at: HOUR,
  },
  {
    name: 'a server that was killed for want of memory yesterday',
    series: but({
      [container('last_terminated_reason', 'postgresql-0', 'postgresql', ',reason="OOMKilled"')]: always(1),
    }),
    at: HOUR,
  },
];
