import type { Cron, Duration } from 'cdk8s';
import type { SecretValue } from 'cdk8s-plus-27';
import type { IDatabase } from '../database/database';
import type { BackupEncryption } from './backup-encryption';
import type { BlobStore } from './blob-store';
import type { JobProps } from './job-props';

/**
 * What the jobs on backups have in common.
 */
export interface BlobJobProps extends JobProps {
  /**
   * Image of rclone, e.g. on a mirror. It must have BusyBox or a shell like it.
   *
   * @default 'rclone/rclone:1.75.0'
   */
  readonly rcloneImage?: string;
}

/**
 * When a job runs, and what is kept of its runs.
 */
export interface ScheduledJobProps {
  /** When it runs. */
  readonly schedule: Cron;

  /**
   * Time zone of the schedule, e.g. `Europe/Prague`.
   *
   * @default - that of the cluster's controller, usually UTC
   */
  readonly timeZone?: string;

  /**
   * How late a run may begin, after the cluster could not begin it in time; later it is left out.
   *
   * @default Duration.hours(1)
   */
  readonly startingDeadline?: Duration;

  /**
   * How many runs that succeeded are kept to be looked at.
   *
   * @default 3
   */
  readonly successfulJobsHistory?: number;

  /**
   * How many runs that failed are kept to be looked at: at least 1.
   *
   * @default 3
   */
  readonly failedJobsHistory?: number;

  /**
   * Whether no run is begun.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/**
 * What a job must know to reach a database and its backups.
 */
export interface DatabaseJobProps extends BlobJobProps {
  /** The database. Its engine must have backup scripts. */
  readonly database: IDatabase;

  /** Where the backups lie. */
  readonly store: BlobStore;

  /**
   * How backups are encrypted before they leave the pod.
   *
   * @default - by the store alone, at rest
   */
  readonly encryption?: BackupEncryption;

  /**
   * User to log in as, with `password`. It must see all that is backed up: what it may not read, a dump does not have.
   *
   * @default - the database's `backupUser`, if it has one; else its administrator
   */
  readonly user?: string;

  /**
   * The user's password, in a Secret of the job's namespace.
   *
   * @default - that of the database's `backupUser` or administrator, whose Secret must be in the job's namespace too
   */
  readonly password?: SecretValue;

  /**
   * The database that the job connects to, which should be the application's: a drill runs its checks in it, and a restore with a
   * `targetDatabase` takes it from the backup. Of MongoDB, **only this database is in the backup**.
   *
   * @default - that of the application user, if there is one; else the one that the server was made with
   */
  readonly databaseName?: string;

  /**
   * How many sessions dump or restore tables at the same time, of PostgreSQL. **Each is a connection of the server**, one more than this number in all, and
   * takes a core of the server and of the job's node, and the memory of its work, e.g. `maintenance_work_mem` for an index. A backup of several
   * sessions needs twice the `scratch` space, as do its restore and its drill, and jobs of an older version of this library refuse to restore it. A restore
   * may have another number than its backup.
   *
   * @default 1
   * @see https://www.postgresql.org/docs/current/app-pgdump.html
   */
  readonly parallel?: number;
}
