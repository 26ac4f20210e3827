import type { Duration, Size } from 'cdk8s';
import type { Cpu, RestartPolicy } from 'cdk8s-plus-27';
import type { IStorageClass } from '../storage/i-storage-class';
import type { WorkloadProps } from '../workload/workload-props';

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
 * What the jobs that work on dumps have in common.
 */
export interface JobProps extends WorkloadProps {
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
   * @default - 2; of a restore, a copy and a drill 0: somebody must look first
   */
  readonly retries?: number;

  /**
   * What becomes of a pod that failed. With `NEVER` it stays, with its log, beside the one that tries again; with `ON_FAILURE` its
   * containers are started again, and **the last one is deleted with its log** when the job has failed.
   *
   * @default RestartPolicy.NEVER
   */
  readonly restartPolicy?: RestartPolicy;
}
