import { Cron, Duration } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import { RestartPolicy, k8s } from 'cdk8s-plus-27';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkDnsLabel, checkInteger, checkSeconds } from '../private/names';
import type { Problems } from '../private/problems';
import { checkPods } from '../workload/pod-rules';
import { renderPodMetadata, renderPodSpec } from '../workload/pod-spec';
import type { PodSource } from '../workload/pod-spec';
import { checkSelectedPods, claimPods } from '../workload/shared-pods';
import type { Workload } from '../workload/workload';
import type { ScheduledJobProps } from './blob-job-props';
import type { JobProps } from './job-props';

/** Names of pods get 11 characters more than those of their Job, which gets 11 more than its CronJob. */
export function checkCronJobName(problems: Problems, name: string): void {
  checkDnsLabel(problems, 'name', name, 52, 'the names of its Jobs have 11 characters more');
}

/** What holds for the CronJob of each job, and for its pods. */
export function checkCronJob(
  problems: Problems,
  job: Workload,
  name: string,
  namespace: string | undefined,
  pods: PodSource,
): void {
  // Its containers are not the user's: what is wrong with an image is said under the prop that names it.
  checkPods(problems, pods, [], new Map());
  checkSelectedPods(problems, job, job.selector, pods.podLabels, namespace);
  checkIdentity(problems, job, 'name', k8s.KubeCronJob.GVK, name, namespace);
  checkIdentity(problems, job, 'name', k8s.KubeNetworkPolicy.GVK, name, namespace);
}

/** Makes the CronJob of a job, and the policy that lets nobody in to its pods. With `egress` they reach nothing else. */
export function addCronJob(
  job: Workload,
  name: string,
  props: JobProps & Partial<ScheduledJobProps>,
  pods: PodSource,
  retries: number,
  egress?: k8s.NetworkPolicyEgressRule[],
): ApiObject {
  claimPods(job, job.selector, pods.podLabels, job.namespace);
  claimIdentity(
    new k8s.KubeNetworkPolicy(job, 'NetworkPolicy', {
      metadata: metadata(name, job.namespace, { ...job.selector, ...props.labels }),
      spec: {
        podSelector: { matchLabels: job.selector },
        policyTypes: ['Ingress', ...(egress ? ['Egress'] : [])],
        ...(egress && { egress }),
      },
    }),
  );
  return claimIdentity(
    new k8s.KubeCronJob(job, 'Resource', {
      metadata: metadata(name, job.namespace, { ...job.selector, ...props.labels }),
      spec: renderCronJob(props, pods, job.selector, retries),
    }),
  );
}

export function checkScheduledJob(problems: Problems, props: ScheduledJobProps): void {
  const { expressionString } = props.schedule;
  if (expressionString.includes('TZ=')) {
    problems.add('schedule', 'must name no time zone', expressionString, "Kubernetes refuses it; set 'timeZone'");
  }
  if (props.timeZone !== undefined && !/^[A-Za-z][A-Za-z0-9+_-]*(\/[A-Za-z0-9+_-]+)*$/.test(props.timeZone)) {
    problems.add('timeZone', 'must be a name of the tz database', props.timeZone, "write it as 'Europe/Prague'");
  }
  if (props.startingDeadline) {
    // The controller looks every ten seconds: within less, a run may never be begun.
    checkSeconds(problems, 'startingDeadline', props.startingDeadline, 10, 'write Duration.hours(1)');
  }
  const { successfulJobsHistory: successful, failedJobsHistory: failed } = props;
  if (successful !== undefined) checkInteger(problems, 'successfulJobsHistory', successful, 0, 1000, 'write 3');
  if (failed !== undefined) {
    checkInteger(problems, 'failedJobsHistory', failed, 1, 1000, 'with 0 nobody would see that it fails; write 3');
  }
}

/** A schedule that no date has: what is begun by hand alone. */
const NEVER = Cron.schedule({ minute: '0', hour: '0', day: '31', month: '2' });

function renderCronJob(
  props: JobProps & Partial<ScheduledJobProps>,
  pods: PodSource,
  selector: { [key: string]: string },
  retries: number,
): k8s.CronJobSpec {
  const { schedule } = props;
  return {
    schedule: (schedule ?? NEVER).expressionString,
    ...(props.timeZone !== undefined && { timeZone: props.timeZone }),
    ...((props.suspend ?? schedule === undefined) && { suspend: true }),
    // Two at once would share the server and the way out.
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: (props.startingDeadline ?? Duration.hours(1)).toSeconds(),
    successfulJobsHistoryLimit: props.successfulJobsHistory ?? 3,
    failedJobsHistoryLimit: props.failedJobsHistory ?? 3,
    jobTemplate: {
      metadata: { labels: { ...props.labels, ...selector } },
      spec: {
        backoffLimit: props.retries ?? retries,
        activeDeadlineSeconds: (props.timeout ?? Duration.hours(6)).toSeconds(),
        template: {
          metadata: renderPodMetadata(pods, selector),
          spec: { ...renderPodSpec(pods, []), restartPolicy: props.restartPolicy ?? RestartPolicy.NEVER },
        },
      },
    },
  };
}
