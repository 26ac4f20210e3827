import { Consul } from '../../scenarios/consul';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario Consul (B2)', () => {
  const manifests = testScenario(Consul);
  const { spec } = find(manifests, 'StatefulSet', 'consul');
  const server = named(spec.template.spec.containers, 'consul');

  // kubectl exec consul-0 consul members
  test('has three servers, consul-0 to consul-2, each on a node of its own', () => {
    expect(spec.replicas).toBe(3);
    expect(spec.serviceName).toBe('consul');
    expect(spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      { labelSelector: { matchLabels: { app: 'consul' } }, topologyKey: 'kubernetes.io/hostname' },
    ]);
  });

  test('starts them as documented', () => {
    expect(server.args).toEqual([
      'agent',
      '-bootstrap-expect=3',
      '-retry-join=provider=k8s label_selector="app=consul" namespace="$(NAMESPACE)"',
      '-client=0.0.0.0',
      '-data-dir=/consul/data',
      '-server',
      '-ui',
    ]);
    expect(named(server.env, 'NAMESPACE').valueFrom).toEqual({ fieldRef: { fieldPath: 'metadata.namespace' } });
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(10);
  });

  // Only ready pods are found by the others: a probe that waits for a leader would keep them apart for ever.
  test('are ready without a leader, and start together', () => {
    expect(server.readinessProbe.httpGet.path).toBe('/v1/status/leader');
    expect(spec.podManagementPolicy).toBe('Parallel');
    expect(find(manifests, 'Service', 'consul').spec.publishNotReadyAddresses).toBe(true);
  });

  // Leaving removes a server from Raft, and three that leave one after another shrink the quorum to one.
  test('do not leave the cluster when they stop', () => {
    expect(server).not.toHaveProperty('lifecycle');
  });

  test('keep their data', () => {
    const [template] = spec.volumeClaimTemplates;
    expect(template?.metadata.name).toBe('data');
    expect(template?.spec.resources).toEqual({ requests: { storage: '1Gi' } });
    expect(named(server.volumeMounts, 'data').mountPath).toBe('/consul/data');
  });

  test('may ask for pods, and for nothing else', () => {
    expect(find(manifests, 'Role', 'consul').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    ]);
    expect(find(manifests, 'RoleBinding', 'consul')).toMatchObject({
      roleRef: { kind: 'Role', name: 'consul' },
      subjects: [{ kind: 'ServiceAccount', name: 'consul' }],
    });
    expect(spec.template.spec).toMatchObject({ serviceAccountName: 'consul', automountServiceAccountToken: true });
  });

  // Consul's HTTP API deletes keys and members without a login.
  test('answer at port 8500, to each other and nobody else', () => {
    expect(find(manifests, 'Service', 'consul').spec.ports).toEqual([{ name: 'http', port: 8500 }]);
    expect(find(manifests, 'NetworkPolicy', 'consul').spec.ingress).toEqual([
      { from: [{ podSelector: { matchLabels: { app: 'consul' } } }] },
    ]);
  });
});
