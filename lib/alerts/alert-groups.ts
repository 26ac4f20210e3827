import type { Duration } from 'cdk8s';
import { ArkProfile } from '../ark/ark-profile';
import type { IScheduledJob } from '../backup/scheduled-job';
import { CloudNativePgDatabase } from '../cloudnative-pg/cloudnative-pg-database';
import type { IDatabase } from '../database/database';
import { StatefulDatabase } from '../database/stateful-database';
import type { Problems } from '../private/problems';
import { ALERTS } from './alert';
import type { Alert, AlertGroup } from './alert';
import { runbookOf, severityOf } from './alert-options';
import type { DatabaseAlertsProps } from './database-alerts';
import { blindRules } from './rules/blind-rules';
import { archiveRules, replicationRules } from './rules/cloudnative-pg-rules';
import type { ClusterWithLimit } from './rules/cloudnative-pg-rules';
import { clusterInstanceRules, podRules, setRules } from './rules/instance-rules';
import { backupRules, drillRules } from './rules/job-rules';
import type { JobWithLimit } from './rules/job-rules';
import { volumeBackupRules } from './rules/volume-backup-rules';
import type { ScheduleWithLimit } from './rules/volume-backup-rules';
import { volumeRules } from './rules/volume-rules';
import { inWords } from './rules/words';
import { watchedCluster, watchedJob, watchedSchedule, watchedSet } from './watched';
import type { WatchedCluster, WatchedDatabase } from './watched';

/** A group of rules, as Prometheus reads it. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: object[];
}

/** How late a backup of CloudNativePG or Velero may be, in seconds, unless the user says: they know no limit. */
const GRACE = 6 * 3600;

/** All rules, of what the objects say now. */
export function renderGroups(problems: Problems, name: string, props: DatabaseAlertsProps): RuleGroup[] {
  const { seriesLabels: common = {} } = props;
  const { sets, clusters } = databasesOf(problems, props.databases ?? []);
  const backups = limited(problems, 'backups', props, seconds(props.recoveryPointObjective));
  const drills = limited(problems, 'drills', props);
  const databases = [...sets, ...clusters];
  const schedules = schedulesOf(problems, props);
  const archiving = clusters.flatMap((cluster) => withLimit(problems, props, cluster));
  const groups: AlertGroup[] = [
    { subject: 'backups', alerts: backupRules(backups, common) },
    { subject: 'drills', alerts: drillRules(drills, common) },
    {
      subject: 'instances',
      alerts: [...setRules(sets, common), ...clusterInstanceRules(clusters, common), ...podRules(databases, common)],
    },
    {
      subject: 'volumes',
      alerts: volumeRules(
        databases.flatMap(({ claims }) => claims),
        common,
      ),
    },
    { subject: 'replication', alerts: replicationRules(clusters, common) },
    { subject: 'archives', alerts: archiveRules(archiving, common) },
    { subject: 'volume-backups', alerts: volumeBackupRules(schedules, common) },
    { subject: 'blind', alerts: blindRules({ jobs: [...backups, ...drills], sets, clusters, schedules }, common) },
  ];
  const rendered = groups
    .map(({ subject, alerts }) => ({
      // Of several files with the same names, some rulers keep one.
      name: `${name}-${subject}`,
      rules: alerts.filter(({ alert }) => !props.omit?.includes(alert)).map((alert) => renderRule(alert, props)),
    }))
    .filter(({ rules }) => rules.length > 0);
  if (rendered.length === 0) {
    const wayOut = 'no rule would be left; name what is to be watched';
    problems.add('databases', 'must be given, or backups, drills or schedules, and not all omitted', undefined, wayOut);
  }
  return rendered;
}

function renderRule({ alert, expr, summary, description }: Alert, props: DatabaseAlertsProps): object {
  const wait = ALERTS[alert].for;
  return {
    alert,
    expr,
    ...(wait !== '0s' && { for: wait }),
    labels: { severity: severityOf(alert, props.severities), ...props.alertLabels },
    annotations: { summary, description, runbook_url: runbookOf(alert, props.runbookUrl) },
  };
}

function databasesOf(
  problems: Problems,
  databases: readonly IDatabase[],
): { sets: WatchedDatabase[]; clusters: WatchedCluster[] } {
  const sets: WatchedDatabase[] = [];
  const clusters: WatchedCluster[] = [];
  databases.forEach((database, index) => {
    if (database instanceof StatefulDatabase) sets.push(watchedSet(database));
    else if (database instanceof CloudNativePgDatabase) clusters.push(watchedCluster(database));
    else {
      const wayOut =
        'nothing is known of its pods and volumes, which are watched where it is made; give its backups and drills';
      problems.add(`databases[${index}]`, 'must be one that this app makes', database.node.path, wayOut);
    }
  });
  return { sets, clusters };
}

/** The jobs, each with the age that its last success may have. */
function limited(
  problems: Problems,
  prop: 'backups' | 'drills',
  props: DatabaseAlertsProps,
  objective?: number,
): JobWithLimit[] {
  return (props[prop] ?? []).map((job: IScheduledJob, index) => {
    const watched = watchedJob(job);
    const { schedule, gap, slack } = watched;
    checkSchedule(problems, `${prop}[${index}]`, schedule, gap);
    if (objective !== undefined && gap !== undefined && Number.isFinite(gap) && objective < gap) {
      const wayOut = `'${job.cronJobName}' runs at '${schedule}', with up to ${inWords(gap)} between two runs; it would always be late`;
      const rule = "must be no less than the longest gap of a backup's schedule";
      problems.add('recoveryPointObjective', rule, inWords(objective), wayOut);
    }
    return { ...watched, limit: objective ?? (gap ?? 0) + (seconds(props.grace) ?? slack) };
  });
}

function withLimit(problems: Problems, props: DatabaseAlertsProps, cluster: WatchedCluster): ClusterWithLimit[] {
  const { archive } = cluster;
  if (!archive) return [];
  checkSchedule(problems, `databases ('${cluster.name}').continuousBackup.schedule`, archive.schedule, archive.gap);
  const grace = seconds(props.grace) ?? GRACE;
  return [{ ...cluster, archive, limit: (archive.gap ?? 0) + grace }];
}

function schedulesOf(problems: Problems, props: DatabaseAlertsProps): ScheduleWithLimit[] {
  return (props.schedules ?? []).map((one, index) => {
    const watched = watchedSchedule(one);
    checkSchedule(problems, `schedules[${index}]`, watched.schedule, watched.gap);
    const { profile } = one.server;
    if (profile === ArkProfile.ARK_0_10) {
      const wayOut = 'it has none of the series of Velero that rules look at; watch its backups in another way';
      problems.add(`schedules[${index}]`, 'must be of a server of Velero', profile, wayOut);
    }
    return { ...watched, limit: (watched.gap ?? 0) + (seconds(props.grace) ?? GRACE) };
  });
}

function checkSchedule(problems: Problems, prop: string, schedule: string, gap: number | undefined): void {
  if (gap === undefined) {
    problems.add(
      prop,
      'must have a schedule that can be read',
      schedule,
      'when it is late is not known; write it as five fields',
    );
  } else if (!Number.isFinite(gap)) {
    problems.add(
      prop,
      'must have a schedule with a date',
      schedule,
      'what is begun by hand is never late; leave it out',
    );
  }
}

function seconds(duration: Duration | undefined): number | undefined {
  return duration && duration.toMilliseconds() / 1000;
}
