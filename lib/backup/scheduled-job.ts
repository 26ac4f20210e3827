import type { ApiObject } from 'cdk8s';

/**
 * A job that runs on a schedule: a `BlobBackupCronJob`, a `RestoreDrill`, a `PointInTimeDrill`, or a CronJob of your own.
 */
export interface IScheduledJob {
  /** Name of the CronJob. */
  readonly cronJobName: string;

  /** Namespace of the CronJob, where the app knows it. */
  readonly namespace?: string;

  /** The CronJob itself; of one of cdk8s-plus `ApiObject.of(job)`. */
  readonly apiObject: ApiObject;
}
