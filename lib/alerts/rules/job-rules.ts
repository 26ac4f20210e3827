import type { Alert } from '../alert';
import { Selection, whileSeen } from '../selection';
import type { SeriesLabels } from '../selection';
import type { WatchedJob } from '../watched';
import { inWords } from './words';

/** A job, and how old its last success may be, in seconds. */
export interface JobWithLimit extends WatchedJob {
  readonly limit: number;
}

const JOB = '{{ $labels.namespace }}/{{ $labels.cronjob }}';
const BY = 'by (namespace, cronjob)';
const LOOK = 'Look at its Jobs and the logs of their pods; the last line of the step that failed says why.';

/** Of each backup. */
export function backupRules(jobs: readonly JobWithLimit[], common: SeriesLabels): Alert[] {
  return [
    ...limited(jobs, common, (selection, limit) => [
      {
        alert: 'DatabaseBackupTooOld',
        expr: `time() - ${lastSuccess(selection)} > ${limit}`,
        summary: `The last good backup of ${JOB} is {{ $value | humanizeDuration }} old`,
        description: `It should be at most ${inWords(limit)} old. What was written since is in no backup. ${LOOK}`,
      },
      {
        alert: 'DatabaseBackupNeverSucceeded',
        expr: `time() - ${created(selection)} > ${limit}\nunless ${lastSuccess(selection)}`,
        summary: `No backup of ${JOB} has ever succeeded`,
        description: `The CronJob is {{ $value | humanizeDuration }} old, and its database has no backup. ${LOOK}`,
      },
    ]),
    ...all(jobs, common, (selection) => ({
      alert: 'DatabaseBackupFailed',
      expr: lastRunFailed(selection),
      summary: `The last backup of ${JOB} failed`,
      description: `Nothing was uploaded, and nothing was deleted. ${LOOK}`,
    })),
    ...all(jobs, common, (selection) => ({
      alert: 'DatabaseBackupSuspended',
      expr: suspended(selection),
      summary: `The backup ${JOB} is suspended`,
      description: 'No run is begun, and the last backup gets older. Set suspend: false once the reason is gone.',
    })),
    ...missing(jobs, common, {
      alert: 'DatabaseBackupMissing',
      summary: `The CronJob of the backup ${JOB} is not in the cluster`,
      description:
        'It is declared, and nothing makes backups. Apply the manifest, or take the backup out of these alerts.',
    }),
  ];
}

/** Of each drill. */
export function drillRules(jobs: readonly JobWithLimit[], common: SeriesLabels): Alert[] {
  return [
    ...all(jobs, common, (selection) => ({
      alert: 'DatabaseDrillFailed',
      expr: lastRunFailed(selection),
      summary: `The last drill of ${JOB} failed`,
      description: `Until a drill passes, take it that the backup cannot be restored. Its report is in the store. ${LOOK}`,
    })),
    ...limited(jobs, common, (selection, limit) => [
      {
        alert: 'DatabaseDrillOverdue',
        expr: `time() - (${lastSuccess(selection)} or ${created(selection)}) > ${limit}`,
        summary: `No drill of ${JOB} has passed for {{ $value | humanizeDuration }}`,
        description: `One should at least every ${inWords(limit)}. Nobody knows that the backup restores. ${LOOK}`,
      },
    ]),
    ...all(jobs, common, (selection) => ({
      alert: 'DatabaseDrillSuspended',
      expr: suspended(selection),
      summary: `The drill ${JOB} is suspended`,
      description: 'Nobody tries whether the backup restores. Set suspend: false once the reason is gone.',
    })),
    ...missing(jobs, common, {
      alert: 'DatabaseDrillMissing',
      summary: `The CronJob of the drill ${JOB} is not in the cluster`,
      description:
        'It is declared, and nobody tries the backup. Apply the manifest, or take the drill out of these alerts.',
    }),
  ];
}

function all(jobs: readonly WatchedJob[], common: SeriesLabels, rule: (selection: Selection) => Alert): Alert[] {
  return Selection.all('cronjob', jobs, common).map(rule);
}

function limited(
  jobs: readonly JobWithLimit[],
  common: SeriesLabels,
  rules: (selection: Selection, limit: number) => Alert[],
): Alert[] {
  return Selection.alike('cronjob', jobs, ({ limit }) => limit, common).flatMap(([limit, selection]) =>
    rules(selection, limit),
  );
}

/** Several who scrape kube-state-metrics give several series of one CronJob. */
function lastSuccess(selection: Selection): string {
  return `max ${BY} (${selection.series('kube_cronjob_status_last_successful_time')})`;
}

function created(selection: Selection): string {
  return `max ${BY} (${selection.series('kube_cronjob_created')})`;
}

function suspended(selection: Selection): string {
  return `max ${BY} (${selection.series('kube_cronjob_spec_suspend')}) == 1`;
}

/** A Job that failed is kept for a while after a later one succeeded: only one that was made after the last success counts. */
function lastRunFailed(selection: Selection): string {
  const failed = selection.neighbors('kube_job_failed', { condition: 'true' });
  const owner = selection.seriesBy('owner_name', 'kube_job_owner', { owner_kind: 'CronJob' });
  return `max ${BY} (
  label_replace(
    (
      max by (namespace, job_name) (${selection.neighbors('kube_job_created')})
      and max by (namespace, job_name) (${failed}) == 1
    )
    * on (namespace, job_name) group_left (owner_name)
    max by (namespace, job_name, owner_name) (${owner}),
    "cronjob", "$1", "owner_name", "(.*)"
  )
)
> (
  ${lastSuccess(selection)}
  or ${created(selection)}
)`;
}

/** Only where other CronJobs are seen: that none is seen is another alert. */
function missing(jobs: readonly WatchedJob[], common: SeriesLabels, rule: Omit<Alert, 'expr'>): Alert[] {
  if (jobs.length === 0) return [];
  const absent = Selection.each('cronjob', jobs, common).map((one) => `absent(${one.series('kube_cronjob_created')})`);
  return [{ ...rule, expr: whileSeen(absent, 'kube_cronjob_created', common) }];
}
