import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ContainerResources, HeadlessService, PersistentStatefulSet } from '../lib';

/**
 * Grafana, whose dashboards and users survive its pod.
 */
export class Grafana extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);
    const health = { httpGet: { path: '/api/health', port: k8s.IntOrString.fromNumber(3000) } };

    new PersistentStatefulSet(this, 'grafana-server', {
      name: 'grafana',
      service: new HeadlessService(this, 'grafana', { ports: [{ name: 'http', port: 3000 }] }),
      runAsUser: 472,
      containers: [
        {
          name: 'grafana',
          image: 'grafana/grafana:13.2.3',
          env: [
            // It is spelled with two underscores here.
            { name: 'GF_SECURITY_ADMIN_PASSWORD__FILE', value: '/passwords/admin-password' },
            // It would be fetched at each start, and need a way out of the cluster.
            { name: 'GF_PLUGINS_PREINSTALL_DISABLED', value: 'true' },
          ],
          ports: [{ name: 'http', containerPort: 3000 }],
          resources: ContainerResources.of({ memory: Size.gibibytes(1), ephemeralStorage: Size.mebibytes(512) }),
          volumeMounts: [{ name: 'passwords', mountPath: '/passwords', readOnly: true }],
          readinessProbe: health,
          livenessProbe: { ...health, initialDelaySeconds: 60, failureThreshold: 6 },
        },
      ],
      volumeClaimTemplates: [{ name: 'data', size: Size.gibibytes(2), mounts: [{ path: '/var/lib/grafana' }] }],
      // Plugins unpack and listen there.
      emptyDirs: [{ path: '/tmp', sizeLimit: Size.mebibytes(256) }],
      volumes: [
        {
          name: 'passwords',
          secret: {
            secretName: 'grafana',
            items: [{ key: 'admin-password', path: 'admin-password' }],
            defaultMode: 0o440,
          },
        },
      ],
      openPorts: [3000],
    });
  }
}
