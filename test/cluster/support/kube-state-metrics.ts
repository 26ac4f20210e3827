import type { Kubectl, LiveObject } from './kubectl';

interface CronJob extends LiveObject {
  readonly spec: { readonly suspend?: boolean };
  readonly status: { readonly lastSuccessfulTime?: string };
}

interface Job extends LiveObject {
  readonly metadata: LiveObject['metadata'] & {
    readonly ownerReferences?: { readonly kind: string; readonly name: string }[];
  };
  readonly status: { readonly conditions?: { readonly type: string; readonly status: string }[] };
}

interface StatefulSet extends LiveObject {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly readyReplicas?: number };
}

interface Pod extends LiveObject {
  readonly status: {
    readonly conditions?: { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: { readonly name: string; readonly restartCount: number }[];
  };
}

/**
 * What kube-state-metrics would say of a namespace, as far as alerts ask for it. It stands in for kube-state-metrics, which cannot be had as a
 * Go module: the names of series and labels are those of its documentation, the values are the API server's.
 *
 * @see https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 */
export async function kubeStateMetrics(kubectl: Kubectl): Promise<string> {
  const [cronJobs, jobs, sets, pods] = await Promise.all([
    kubectl.get<CronJob>('cronjobs'),
    kubectl.get<Job>('jobs'),
    kubectl.get<StatefulSet>('statefulsets'),
    kubectl.get<Pod>('pods'),
  ]);
  return [
    ...cronJobs.flatMap(({ metadata, spec, status }) => {
      const labels = { namespace: metadata.namespace, cronjob: metadata.name };
      return [
        series('kube_cronjob_created', labels, seconds(metadata.creationTimestamp)),
        series('kube_cronjob_spec_suspend', labels, Number(spec.suspend ?? false)),
        ...(status.lastSuccessfulTime === undefined
          ? []
          : [series('kube_cronjob_status_last_successful_time', labels, seconds(status.lastSuccessfulTime))]),
      ];
    }),
    ...jobs.flatMap(({ metadata, status }) => {
      const labels = { namespace: metadata.namespace, job_name: metadata.name };
      const [owner] = metadata.ownerReferences ?? [];
      const failed = status.conditions?.some(({ type, status: is }) => type === 'Failed' && is === 'True') ?? false;
      return [
        series('kube_job_created', labels, seconds(metadata.creationTimestamp)),
        series('kube_job_owner', { ...labels, owner_kind: owner?.kind, owner_name: owner?.name }, 1),
        ...(failed ? [series('kube_job_failed', { ...labels, condition: 'true' }, 1)] : []),
      ];
    }),
    ...sets.flatMap(({ metadata, spec, status }) => {
      const labels = { namespace: metadata.namespace, statefulset: metadata.name };
      return [
        series('kube_statefulset_replicas', labels, spec.replicas ?? 1),
        series('kube_statefulset_status_replicas_ready', labels, status.readyReplicas ?? 0),
      ];
    }),
    ...pods.flatMap(({ metadata, status }) => {
      const labels = { namespace: metadata.namespace, pod: metadata.name };
      const ready = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
      return [
        series('kube_pod_status_ready', { ...labels, condition: 'true' }, Number(ready)),
        ...(status.containerStatuses ?? []).map(({ name, restartCount }) =>
          series('kube_pod_container_status_restarts_total', { ...labels, container: name }, restartCount),
        ),
      ];
    }),
    '',
  ].join('\n');
}

/**
 * What a kubelet would say of the volumes of a namespace: that a fifth is used. That of the test cluster measures none, as it does not know the
 * file system of its node.
 */
export async function volumeStats(kubectl: Kubectl): Promise<string> {
  const claims = await kubectl.get('persistentvolumeclaims');
  return [
    ...claims.flatMap(({ metadata }) => {
      const labels = { namespace: metadata.namespace, persistentvolumeclaim: metadata.name };
      const [bytes, inodes] = [2 ** 30, 2 ** 16];
      return [
        series('kubelet_volume_stats_capacity_bytes', labels, bytes),
        series('kubelet_volume_stats_available_bytes', labels, 0.8 * bytes),
        series('kubelet_volume_stats_inodes', labels, inodes),
        series('kubelet_volume_stats_inodes_free', labels, 0.8 * inodes),
      ];
    }),
    '',
  ].join('\n');
}

function seconds(time: string | undefined): number {
  return Date.parse(time!) / 1000;
}

function series(name: string, labels: { readonly [label: string]: string | undefined }, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text ?? '')}`);
  return `${name}{${pairs.join(',')}} ${value}`;
}
