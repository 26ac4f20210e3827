import type { Cron, Duration, Size } from 'cdk8s';
import type { Cpu, RestartPolicy, SecretValue } from 'cdk8s-plus-27';
import type { IDatabase } from '../database/database';
import type { IStorageClass } from '../storage/i-storage-class';
import type { WorkloadProps } from '../workload/workload-props';
import type { BackupEncryption } from './backup-encryption';
import type { BlobContainer } from './blob-container';

/**
 * Where a job keeps a dump while it works on it.
 */
export interface ScratchVolume {
  /**
   * How much it may hold. It must take the whole dump, compressed; of a drill, the dump and the restored database.
   *
   * @default Size.gibibytes(10)
   */
  readonly size?: Size;

  /**
   * Class of a volume that is made for each run and deleted with its pod, for dumps that are larger than a node's disk.
   *
   * @default - the node's own disk (emptyDir)
   */
  readonly storageClass?: IStorageClass;
}

/**
 * What the jobs on backups have in common.
 */
export interface BlobJobProps extends WorkloadProps {
  /**
   * Where the job keeps a dump while it works on it.
   *
   * @default - 10 GiB of the node's disk
   */
  readonly scratch?: ScratchVolume;

  /**
   * Processor that is set aside for each container. There is no limit.
   *
   * @default Cpu.millis(100)
   */
  readonly cpu?: Cpu;

  /**
   * Memory that is set aside for each container, and its limit.
   *
   * @default - Size.mebibytes(512); of a drill, whose container is a database server, Size.gibibytes(1)
   */
  readonly memory?: Size;

  /**
   * How long a run may take before it is ended and counts as failed.
   *
   * @default Duration.hours(6)
   */
  readonly timeout?: Duration;

  /**
   * How many times a run that failed is tried again.
   *
   * @default - 2; of a restore and a drill 0: somebody must look first
   */
  readonly retries?: number;

  /**
   * What becomes of a pod that failed. With `NEVER` it stays, with its log, beside the one that tries again; with `ON_FAILURE` its
   * containers are started again, and **the last one is deleted with its log** when the job has failed.
   *
   * @default RestartPolicy.NEVER
   */
  readonly restartPolicy?: RestartPolicy;

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
  readonly container: BlobContainer;

  /**
   * How backups are encrypted before they leave the pod.
   *
   * @default - by Azure alone, at rest
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
}
