import type { Alert } from '../alert';
import type { Selection, SeriesLabels } from '../selection';
import { groupedBy, withLabels } from '../selection';
import type { WatchedArchive, WatchedCluster } from '../watched';
import { podsOf } from './instance-rules';
import { inWords } from './words';

/** A cluster that archives, and how old its last base backup may be, in seconds. */
export interface ClusterWithLimit extends WatchedCluster {
  readonly archive: WatchedArchive;
  readonly limit: number;
}

const POD = '{{ $labels.namespace }}/{{ $labels.pod }}';
const DATABASE = '{{ $labels.namespace }}/{{ $labels.database }}';
const BY_POD = 'by (namespace, pod)';

/** A standby may be behind for so long, in seconds. */
const LAG = 300;

/** How long an upload of WAL may take, in seconds. */
const UPLOAD = 300;

/** In any of the rules: the role of an instance changes, and what a former primary said last must not count. */
const primaryOnly = (selection: Selection) =>
  `and on (namespace, pod) ${selection.series('cnpg_pg_replication_in_recovery')} == 0`;

/** Of instances that follow each other. */
export function replicationRules(clusters: readonly WatchedCluster[], common: SeriesLabels): Alert[] {
  const several = clusters.filter(({ instances }) => instances > 1);
  return [
    ...perDatabase(clusters, common, ({ in: inPods }) => {
      const role = inPods('cnpg_pg_replication_in_recovery');
      return {
        alert: 'DatabaseWithoutPrimary',
        expr: `group by (namespace) (${role})
unless on (namespace) (${role} == 0)`,
        summary: `The database ${DATABASE} has no primary`,
        description:
          'Nothing can be written, and no failover has ended. Look at the status of the Cluster, and whether the operator runs and ' +
          'reaches port 8000 of the instances.',
      };
    }),
    ...podsOf(several, common).flatMap((selection): Alert[] => [
      {
        alert: 'DatabaseReplicationLag',
        expr: `max ${BY_POD} (${selection.series('cnpg_pg_replication_lag')}) > ${LAG}`,
        summary: `The standby ${POD} is {{ $value | humanizeDuration }} behind`,
        description:
          'Reads from it are old, and a failover to it would lose what it lacks unless replication is synchronous.',
      },
      {
        // A standby without a connection has replayed all that it received, and says that its lag is 0.
        alert: 'DatabaseReplicationBroken',
        expr: `max ${BY_POD} (${selection.series('cnpg_pg_replication_in_recovery')})
> max ${BY_POD} (${selection.series('cnpg_pg_replication_is_wal_receiver_up')})`,
        summary: `The standby ${POD} receives nothing from the primary`,
        description:
          'It cannot take over, and the primary may keep WAL for it until its volume is full. Look at its log.',
      },
    ]),
    ...synchronous(clusters, common),
  ];
}

function synchronous(clusters: readonly WatchedCluster[], common: SeriesLabels): Alert[] {
  const asked = clusters.filter((cluster) => cluster.synchronous !== undefined);
  return [...groupedBy(asked, (cluster) => cluster.synchronous ?? 0)].flatMap(([number, same]) =>
    perDatabase(same, common, ({ in: inPods, selection }) => ({
      alert: 'DatabaseSynchronousStandbysMissing',
      expr: `max by (namespace) (${inPods('cnpg_pg_replication_streaming_replicas')} ${primaryOnly(selection)}) < ${number}`,
      summary: `The database ${DATABASE} has {{ $value }} standbys for ${number} that must have each commit`,
      description:
        'With durability REQUIRED all commits wait until a standby is back. With PREFERRED they do not, and a failover may lose them.',
    })),
  );
}

/** Of clusters with a continuous backup. */
export function archiveRules(clusters: readonly ClusterWithLimit[], common: SeriesLabels): Alert[] {
  return [
    ...podsOf(clusters, common).map((selection): Alert => {
      const [failed, archived] = ['last_failed_time', 'last_archived_time'].map((name) =>
        selection.series(`cnpg_pg_stat_archiver_${name}`),
      );
      return {
        alert: 'DatabaseArchiverFailing',
        expr: `max ${BY_POD} (
  ${failed} - ${archived}
  ${primaryOnly(selection)}
) > 0`,
        summary: `The primary ${POD} cannot archive its WAL`,
        description:
          'The database cannot be recovered to what happened since, and WAL fills the volume until the server stops. ' +
          'Look at the container plugin-barman-cloud of the pod: mostly it is the credentials or the network of the store.',
      };
    }),
    ...[...groupedBy(clusters, ({ archive }) => archive.timeout)].flatMap(([timeout, same]) =>
      podsOf(same, common).map((selection): Alert => {
        const limit = timeout + UPLOAD;
        return {
          // A database in which nothing is written archives nothing, and rightly so: a segment must be waiting.
          alert: 'DatabaseArchiveTooOld',
          expr: `max ${BY_POD} (
  time() - ${selection.series('cnpg_pg_stat_archiver_last_archived_time')}
  ${primaryOnly(selection)}
  and on (namespace, pod) ${selection.series('cnpg_collector_pg_wal_archive_status', { value: 'ready' })} > 0
) > ${limit}`,
          summary: `WAL of the primary ${POD} waits to be archived`,
          description: `For more than ${inWords(limit)} nothing was archived: a disaster now would lose what was written since. Look at its container plugin-barman-cloud.`,
        };
      }),
    ),
    ...baseBackupRules(clusters, common),
  ];
}

const LAST = 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp';

function baseBackupRules(clusters: readonly ClusterWithLimit[], common: SeriesLabels): Alert[] {
  const look = 'Look at its Backups (kubectl get backups.postgresql.cnpg.io) and at the container plugin-barman-cloud.';
  return [
    ...[...groupedBy(clusters, ({ limit }) => limit)].flatMap(([limit, same]) =>
      perDatabase(same, common, ({ in: inPods }) => ({
        alert: 'DatabaseBaseBackupTooOld',
        expr: `time() - max by (namespace) (${inPods(LAST)} > 0) > ${limit}`,
        summary: `The last base backup of ${DATABASE} is {{ $value | humanizeDuration }} old`,
        description: `It should be at most ${inWords(limit)} old. A recovery must replay all WAL since. ${look}`,
      })),
    ),
    ...perDatabase(clusters, common, ({ in: inPods }) => ({
      // It is 0 until there is one.
      alert: 'DatabaseBaseBackupNeverSucceeded',
      expr: `max by (namespace) (${inPods(LAST)}) == 0`,
      summary: `The database ${DATABASE} has no base backup`,
      description: `Nothing can be recovered from its archive, whatever WAL is there. ${look}`,
    })),
    ...perDatabase(clusters, common, ({ in: inPods }) => ({
      alert: 'DatabaseBaseBackupFailed',
      expr: `max by (namespace) (${inPods('barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp')})
> max by (namespace) (${inPods(LAST)})`,
      summary: `The last base backup of ${DATABASE} failed`,
      description: `The one before is still there. ${look}`,
    })),
  ];
}

interface OfDatabase {
  /** The series of the pods of this database alone. */
  readonly in: (metric: string) => string;
  readonly selection: Selection;
}

/** One rule for all databases that are asked in the same way; each says which it is by the label `database`. */
function perDatabase(
  clusters: readonly WatchedCluster[],
  common: SeriesLabels,
  ask: (database: OfDatabase) => Alert,
): Alert[] {
  const alerts = clusters.flatMap((cluster) =>
    podsOf([cluster], common).map((selection) => {
      const alert = ask({ in: (metric) => selection.series(metric), selection });
      // No series has this label: `cluster` often is that of Kubernetes.
      return { ...alert, expr: withLabels(alert.expr, { database: cluster.name }) };
    }),
  );
  const [first] = alerts;
  return first ? [{ ...first, expr: alerts.map(({ expr }) => expr).join('\nor ') }] : [];
}
