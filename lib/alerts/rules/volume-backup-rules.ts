import type { Alert } from '../alert';
import { Selection } from '../selection';
import type { SeriesLabels } from '../selection';
import type { WatchedSchedule } from '../watched';
import { inWords } from './words';

/** A schedule, and how old its last success may be, in seconds. */
export interface ScheduleWithLimit extends WatchedSchedule {
  readonly limit: number;
}

const SCHEDULE = '{{ $labels.namespace }}/{{ $labels.schedule }}';
const BY = 'by (namespace, schedule)';
const LOOK = 'Look at its backups: velero backup get, velero backup logs. One that is PartiallyFailed is no success.';

/**
 * Of each schedule of Velero. Its series of the last status is no help: Velero sets it to "succeeded" each time that it looks at the schedule.
 */
export function volumeBackupRules(schedules: readonly ScheduleWithLimit[], common: SeriesLabels): Alert[] {
  return Selection.alike('schedule', schedules, ({ limit }) => limit, common).flatMap(([limit, selection]): Alert[] => {
    const last = `max ${BY} (${selection.series('velero_backup_last_successful_timestamp')})`;
    // Velero has this series from the moment when it first saw the schedule.
    const known = `max ${BY} (${selection.series('velero_backup_attempt_total')} offset ${limit}s)`;
    return [
      {
        alert: 'DatabaseVolumeBackupTooOld',
        expr: `time() - ${last} > ${limit}`,
        summary: `The last good backup of the schedule ${SCHEDULE} is {{ $value | humanizeDuration }} old`,
        description: `It should be at most ${inWords(limit)} old. Velero deletes older ones when their time is over, whether there is a new one or not. ${LOOK}`,
      },
      {
        alert: 'DatabaseVolumeBackupNeverSucceeded',
        expr: `${known}\nunless ${last}`,
        summary: `There is no good backup of the schedule ${SCHEDULE}`,
        description: `Velero has known the schedule for ${inWords(limit)}. ${LOOK}`,
      },
    ];
  });
}
