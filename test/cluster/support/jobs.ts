import { eventually } from './kubectl';
import type { Kubectl, LiveObject } from './kubectl';

export interface Job extends LiveObject {
  readonly status: {
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: { type: string; status: string }[];
  };
}

/** Key of a storage account `tomasbackupdbstore` with a container `backup`, as pods reach it under Azure's own name. */
export const STORAGE_KEY = process.env.TEST_CLUSTER_STORAGE_KEY ?? '';

/** All that the containers of a job said. */
export async function logOfJob(kubectl: Kubectl, job: string): Promise<string> {
  return kubectl.ok(['logs', `job/${job}`, '--all-containers', '--ignore-errors']);
}

/** Waits for the end of a job, and returns how it ended. */
export async function endOfJob(kubectl: Kubectl, job: string, seconds = 180): Promise<string> {
  return eventually(async () => {
    const [found] = await kubectl.get<Job>('job', job);
    const ends = ['Complete', 'Failed'];
    const last = found!.status.conditions?.find(({ type, status }) => ends.includes(type) && status === 'True');
    if (last) return last.type;
    throw new Error(`job ${job}: ${JSON.stringify(found!.status)} ${await logOfJob(kubectl, job).catch(String)}`);
  }, seconds);
}

/** Begins a job as it is done by hand, and waits for its end. */
export async function runJob(kubectl: Kubectl, cronJob: string, job: string): Promise<string> {
  await kubectl.ok(['create', 'job', `--from=cronjob/${cronJob}`, job]);
  return endOfJob(kubectl, job);
}
