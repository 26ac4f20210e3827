import { Chart, Duration, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { ApiResource, Role, RoleBinding, ServiceAccount, k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { AntiAffinity, ContainerResources, HeadlessService, PersistentStatefulSet, PodManagementPolicy } from '../lib';

/**
 * A Consul cluster of three servers, each on a node and a volume of its own: losing every pod loses nothing. It has no login,
 * so nobody but its servers is let in; give each client a ClientAccess.
 */
export class Consul extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);
    const metadata = { name: 'consul', labels: { app: 'consul' } };

    // The servers find each other by asking the API server for pods with their label.
    const serviceAccount = new ServiceAccount(this, 'consul-account', { metadata });
    const role = new Role(this, 'consul-role', { metadata });
    role.allow(['get', 'list'], ApiResource.PODS);
    new RoleBinding(this, 'consul-binding', { metadata, role }).addSubjects(serviceAccount);

    const service = new HeadlessService(this, 'consul', {
      ports: [{ name: 'http', port: 8500 }],
      publishNotReadyAddresses: true,
    });
    const join = '-retry-join=provider=k8s label_selector="app=consul" namespace="$(NAMESPACE)"';
    new PersistentStatefulSet(this, 'consul-servers', {
      name: 'consul',
      service,
      serviceAccount,
      automountServiceAccountToken: true,
      replicas: 3,
      // Three servers are expected before there is a leader: in order, the first would wait for ever.
      podManagementPolicy: PodManagementPolicy.PARALLEL,
      antiAffinity: AntiAffinity.REQUIRED,
      terminationGracePeriod: Duration.seconds(10),
      runAsUser: 100,
      runAsGroup: 1000,
      containers: [
        {
          name: 'consul',
          image: 'hashicorp/consul:2.0.4',
          args: ['agent', '-bootstrap-expect=3', join, '-client=0.0.0.0', '-data-dir=/consul/data', '-server', '-ui'],
          env: [
            { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
            // Without it the image changes owner and user first, which only root may.
            { name: 'CONSUL_DISABLE_PERM_MGMT', value: 'true' },
          ],
          ports: [{ name: 'http', containerPort: 8500 }],
          // All keys are in memory.
          resources: ContainerResources.of({ memory: Size.mebibytes(512), ephemeralStorage: Size.mebibytes(256) }),
          // The agent answers, with or without a leader: only ready pods are found by the others, which then elect one.
          readinessProbe: { httpGet: { path: '/v1/status/leader', port: k8s.IntOrString.fromNumber(8500) } },
        },
      ],
      volumeClaimTemplates: [{ name: 'data', size: Size.gibibytes(1), mounts: [{ path: '/consul/data' }] }],
      emptyDirs: [{ path: '/tmp' }],
    });
  }
}
