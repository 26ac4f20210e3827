import { checkInteger } from '../private/names';
import type { Problems } from '../private/problems';

/**
 * How long backups are kept. It is counted over whole backups only: a dump that has no manifest is none.
 */
export interface BackupRetention {
  /** Backups younger than this number of days are kept. */
  readonly days: number;

  /** The newest of this number are kept whatever their age, so that old good ones outlive a time in which all new ones fail. */
  readonly keepAtLeast: number;
}

export function checkRetention(problems: Problems, prop: string, retention: BackupRetention): void {
  checkInteger(
    problems,
    `${prop}.days`,
    retention.days,
    1,
    36500,
    'with less each backup deletes the one before; write 14',
  );
  checkInteger(
    problems,
    `${prop}.keepAtLeast`,
    retention.keepAtLeast,
    1,
    10000,
    'with 0 a week of failed runs would delete the last good backup; write 7',
  );
}
