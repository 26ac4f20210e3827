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

interface Pod extends LiveObject {
  readonly spec: { readonly initContainers?: { name: string }[]; readonly containers: { name: string }[] };
}

/** All that the containers of a job said, in their order: that of `kubectl logs --all-containers` is any. */
export async function logOfJob(kubectl: Kubectl, job: string): Promise<string> {
  const pods = await kubectl.get<Pod>('pods', `--selector=job-name=${job}`);
  let said = '';
  for (const { metadata, spec } of pods) {
    for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
      // One that never ran has said nothing.
      const { status, stdout } = await kubectl.run(['logs', metadata.name, `--container=${name}`]);
      if (status === 0) said += stdout;
    }
  }
  return said;
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

export interface JobOutcome {
  readonly end: string;
  readonly log: string;
}

/** How a job ended, and what it said. */
export async function outcomeOf(kubectl: Kubectl, job: string): Promise<JobOutcome> {
  return { end: await endOfJob(kubectl, job), log: await logOfJob(kubectl, job) };
}

/** An outcome as it should be. */
export function says(end: string, log: RegExp): JobOutcome {
  return { end, log: expect.stringMatching(log) as string };
}
