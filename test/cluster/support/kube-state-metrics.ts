import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Kubectl } from './kubectl';

/** What is read of an object; each has the fields of its kind alone. */
interface Object {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly creationTimestamp: string;
    readonly ownerReferences?: { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
  };
  readonly spec: {
    readonly suspend?: boolean;
    readonly replicas?: number;
    readonly resources?: { readonly requests: { readonly storage: string } };
  };
  readonly status: {
    readonly lastSuccessfulTime?: string;
    readonly readyReplicas?: number;
    readonly conditions?: { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: {
      readonly name: string;
      readonly restartCount: number;
      readonly lastState: { readonly terminated?: { readonly reason: string } };
    }[];
  };
}

interface Labels {
  readonly [label: string]: string;
}
type Sample = readonly [name: string, labels: Labels, value: number];

/**
 * Stands in for kube-state-metrics, which cannot be had here: serves some of its series, of what the API server had a moment ago.
 *
 * @see https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 */
export class KubeStateMetrics {
  private readonly server: Server;
  private text = '';
  private stopped = false;

  public constructor(private readonly kubectl: Kubectl) {
    this.server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(this.text);
    });
  }

  /** @returns where it listens */
  public async start(): Promise<string> {
    this.text = await this.read();
    void this.watch();
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.stopped = true;
    this.server.close();
  }

  /** As kube-state-metrics does: a scrape does not wait for the API server, which may take seconds on a busy machine. */
  private async watch(): Promise<void> {
    while (!this.stopped) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      this.text = await this.read().catch(() => this.text);
    }
  }

  private async read(): Promise<string> {
    const kinds = 'cronjobs,jobs,pods,statefulsets,persistentvolumeclaims';
    const objects = await this.kubectl.get<Object>(kinds, '--all-namespaces');
    const text = (labels: Labels) => Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    return objects
      .flatMap(samplesOf)
      .map(([name, labels, value]) => `${name}{${text(labels).join(',')}} ${value}\n`)
      .join('');
  }
}

const seconds = (time: string): number => Date.parse(time) / 1000;

function samplesOf({ kind, metadata, spec, status }: Object): Sample[] {
  const { name, namespace, creationTimestamp, ownerReferences = [] } = metadata;
  switch (kind) {
    case 'CronJob': {
      const labels = { namespace, cronjob: name };
      const last = status.lastSuccessfulTime;
      return [
        ['kube_cronjob_created', labels, seconds(creationTimestamp)],
        ['kube_cronjob_spec_suspend', labels, Number(spec.suspend ?? false)],
        ...(last === undefined ? [] : [['kube_cronjob_status_last_successful_time', labels, seconds(last)] as const]),
      ];
    }
    case 'Job': {
      const labels = { namespace, job_name: name };
      const failed = status.conditions?.some((one) => one.type === 'Failed' && one.status === 'True') ?? false;
      const owners = ownerReferences.map(
        (owner) =>
          [
            'kube_job_owner',
            {
              ...labels,
              owner_kind: owner.kind,
              owner_name: owner.name,
              owner_is_controller: String(owner.controller),
            },
            1,
          ] as const,
      );
      return [
        ['kube_job_created', labels, seconds(creationTimestamp)],
        ...owners,
        ...(failed ? [['kube_job_failed', { ...labels, condition: 'true' }, 1] as const] : []),
      ];
    }
    case 'Pod': {
      const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
      return [
        ...(['true', 'false'] as const).map(
          (condition) =>
            [
              'kube_pod_status_ready',
              { namespace, pod: name, condition },
              Number(String(ready) === condition),
            ] as const,
        ),
        ...(status.containerStatuses ?? []).flatMap(({ name: container, restartCount, lastState }) => {
          const labels = { namespace, pod: name, container };
          const reason = lastState.terminated?.reason;
          const last = 'kube_pod_container_status_last_terminated_reason';
          return [
            ['kube_pod_container_status_restarts_total', labels, restartCount] as const,
            ...(reason === undefined ? [] : [[last, { ...labels, reason }, 1] as const]),
          ];
        }),
      ];
    }
    case 'StatefulSet': {
      const labels = { namespace, statefulset: name };
      return [
        ['kube_statefulset_replicas', labels, spec.replicas ?? 1],
        ['kube_statefulset_status_replicas_ready', labels, status.readyReplicas ?? 0],
      ];
    }
    default: {
      const [, number = '0', unit = ''] = /^(\d+)([KMGT]i)?$/.exec(spec.resources?.requests.storage ?? '') ?? [];
      const bytes = Number(number) * 1024 ** ['', 'Ki', 'Mi', 'Gi', 'Ti'].indexOf(unit);
      const labels = { namespace, persistentvolumeclaim: name };
      return [['kube_persistentvolumeclaim_resource_requests_storage_bytes', labels, bytes]];
    }
  }
}
