import type { k8s } from 'cdk8s-plus-27';
import { checkInteger } from '../private/names';
import type { Problems } from '../private/problems';
import { env } from './step-job';

type Period = 'weekly' | 'monthly' | 'yearly';

/** With a number to write. */
const PERIODS: { readonly [period in Period]: number } = { weekly: 4, monthly: 12, yearly: 5 };

/**
 * Which backups are kept. Each prop is a reason to keep one, and one reason is enough; what no prop keeps is deleted after the next backup that
 * succeeds. Only whole backups count: a dump without a manifest is none.
 *
 * These stay whatever the props say: the newest backup, and the last one that passed a drill.
 */
export interface BackupRetention {
  /** Backups younger than this number of days are kept. The age is that in the backup's name, in UTC. From 1 to 36500. */
  readonly days: number;

  /**
   * The newest of this number are kept whatever their age, so that old good ones outlive a time in which all new ones fail. From 1 to 10000.
   */
  readonly keepAtLeast: number;

  /**
   * The newest backup of each of the last so many weeks is kept. A week begins on Monday, in UTC (ISO 8601). Only weeks that have a backup
   * count, the running one among them. Removing or lowering this deletes backups at the next run. From 1 to 10000.
   *
   * @default - none is kept for its week
   */
  readonly weekly?: number;

  /**
   * The newest backup of each of the last so many calendar months is kept, in UTC. Only months that have a backup count, the running one
   * among them. Removing or lowering this deletes backups at the next run. From 1 to 10000.
   *
   * @default - none is kept for its month
   */
  readonly monthly?: number;

  /**
   * The newest backup of each of the last so many calendar years is kept, in UTC. Only years that have a backup count, the running one
   * among them. Removing or lowering this deletes backups at the next run. From 1 to 10000.
   *
   * @default - none is kept for its year
   */
  readonly yearly?: number;
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
  for (const [name, example] of Object.entries(PERIODS)) {
    const value = retention[name as Period];
    if (value === undefined) continue;
    checkInteger(problems, `${prop}.${name}`, value, 1, 10000, `to keep none, leave it out; write ${example}`);
  }
}

/** The environment of the container that deletes. What is not written is not in it, so that the pods of older apps stay as they are. */
export function retentionEnv(retention?: BackupRetention): k8s.EnvVar[] {
  const { days, keepAtLeast, weekly, monthly, yearly } = retention ?? {};
  return env({
    RETENTION_DAYS: days?.toString(),
    RETENTION_KEEP_AT_LEAST: keepAtLeast?.toString(),
    RETENTION_WEEKLY: weekly?.toString(),
    RETENTION_MONTHLY: monthly?.toString(),
    RETENTION_YEARLY: yearly?.toString(),
  });
}
