import { Chart } from 'cdk8s';
import { Deployment, Namespaces, NetworkPolicyIpBlock, Pods } from 'cdk8s-plus-27';
import { ClientAccess, HeadlessService, PersistentStatefulSet, Pod } from '../../lib';
import type { ClientAccessProps } from '../../lib';
import { find, identities, manifestsOf, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER, newDatabase, newService, newSet } from '../support/samples';
import { schemaErrors } from '../support/strict-schema';

const PORTS = [{ containerPort: 5432 }, { containerPort: 9187 }];

/** A set with two ports, and a client, in one chart. */
function newPair(namespace?: string): { chart: Chart; set: PersistentStatefulSet; client: Pod } {
  const chart = newChart(namespace === undefined ? {} : { namespace });
  const containers = [{ ...CONTAINER, ports: PORTS }];
  const set = new PersistentStatefulSet(chart, 'set', { name: 'db', service: newService(chart), containers });
  return { chart, set, client: new Pod(chart, 'client', { containers: [CONTAINER] }) };
}

describe('access of a client', () => {
  test('lets it in to all ports of the set, where both are', () => {
    const { chart, set, client } = newPair();
    const access = new ClientAccess(chart, 'db-from-client', { from: client, to: set });
    const policy = find(manifestsOf(chart), 'NetworkPolicy', 'db-from-client');
    expect(policy).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'db-from-client' },
      spec: {
        podSelector: { matchLabels: { app: 'db' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ podSelector: { matchLabels: { app: 'client' } } }],
            ports: [
              { port: 5432, protocol: 'TCP' },
              { port: 9187, protocol: 'TCP' },
            ],
          },
        ],
      },
    });
    expect(schemaErrors(policy)).toEqual([]);
    expect(access.apiObject.toJson()).toEqual(policy);
  });

  // Policies add up, so the permission belongs to the client.
  test('changes nothing of the set', () => {
    const { chart, set, client } = newPair();
    const before = manifestsOf(chart);
    new ClientAccess(chart, 'db-from-client', { from: client, to: set });
    expect(manifestsOf(chart).filter(({ metadata }) => metadata.name !== 'db-from-client')).toEqual(before);
  });

  test('takes every prop', () => {
    const { chart, set, client } = newPair('shop');
    const props: Required<ClientAccessProps> = { name: 'metrics', from: client, to: set, ports: [9187] };
    new ClientAccess(chart, 'x', props);
    const { metadata, spec } = find(manifestsOf(chart), 'NetworkPolicy', 'metrics');
    expect(metadata).toEqual({ name: 'metrics', namespace: 'shop' });
    expect(spec.ingress).toEqual([
      {
        from: [
          {
            podSelector: { matchLabels: { app: 'client' } },
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
          },
        ],
        ports: [{ port: 9187, protocol: 'TCP' }],
      },
    ]);
  });

  test('lives beside the set, wherever the client is', () => {
    const { set } = newPair('shop');
    const chart = newChart();
    const client = new Pod(chart, 'client', { namespace: 'web', containers: [CONTAINER] });
    new ClientAccess(chart, 'db-from-web', { from: client, to: set });
    const { metadata, spec } = find(manifestsOf(chart), 'NetworkPolicy', 'db-from-web');
    expect(metadata.namespace).toBe('shop');
    expect(spec.ingress).toMatchObject([
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } }] },
    ]);
  });

  test.each<[string, (chart: Chart) => ClientAccessProps['from'], object]>([
    [
      'pods by their labels',
      (chart) => Pods.select(chart, 'Shop', { labels: { app: 'shop' } }),
      { podSelector: { matchLabels: { app: 'shop' } } },
    ],
    [
      'all pods of a namespace',
      (chart) => Namespaces.select(chart, 'Shop', { names: ['shop'] }),
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } },
    ],
    [
      'addresses',
      (chart) => NetworkPolicyIpBlock.ipv4(chart, 'Office', '192.168.0.0/24'),
      { ipBlock: { cidr: '192.168.0.0/24' } },
    ],
    ['another set', () => newSet().set, { podSelector: { matchLabels: { app: 'db' } } }],
  ])('takes %s of cdk8s-plus', (_, from, peer) => {
    const { chart, set } = newPair();
    new ClientAccess(chart, 'access', { from: from(chart), to: set });
    const { spec } = find(manifestsOf(chart), 'NetworkPolicy', 'access');
    expect(spec.ingress).toMatchObject([{ from: [peer] }]);
  });

  test('takes a Deployment of cdk8s-plus', () => {
    const { chart, set } = newPair();
    const from = new Deployment(chart, 'shop', { containers: [{ image: 'example.com/shop:1' }] });
    new ClientAccess(chart, 'access', { from, to: set });
    // By the label that cdk8s-plus gives to its pods, since it has no other.
    expect(find(manifestsOf(chart), 'NetworkPolicy', 'access').spec.ingress).toMatchObject([
      { from: [{ podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': expect.any(String) as string } } }] },
    ]);
  });

  test('names all that is wrong with its props at once', () => {
    const { chart, set, client } = newPair();
    expectRefused(
      chart,
      () => new ClientAccess(chart, 'x', { name: 'A', from: client, to: set, ports: [0, 5432, 65536] }),
      "ClientAccess 'test/x'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "A": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      "'ports' must name ports of the containers, got 0: they declare 5432, 9187; name one of these, or add it to 'ports' of its container",
      "'ports' must name ports of the containers, got 65536: they declare 5432, 9187; name one of these, or add it to 'ports' of its container",
    );
  });

  test('opens a port for each protocol that the set declares it for', () => {
    const chart = newChart();
    const declared = [{ containerPort: 8301 }, { containerPort: 8301, protocol: 'UDP' }, { containerPort: 8500 }];
    const service = new HeadlessService(chart, 'db', { ports: [{ name: 'http', port: 8500 }] });
    const sidecar = { name: 'proxy', image: 'example.com/proxy:1', ports: [{ containerPort: 4000 }] };
    const set = new PersistentStatefulSet(chart, 'set', {
      service,
      containers: [{ ...CONTAINER, ports: declared }],
      nativeSidecars: [sidecar],
      openPorts: [8301],
    });
    new ClientAccess(chart, 'gossip', { from: set, to: set, ports: [8301] });
    new ClientAccess(chart, 'all', { from: set, to: set });
    const portsOf = (name: string) => find(manifestsOf(chart), 'NetworkPolicy', name).spec.ingress[0]?.ports;
    const gossip = [
      { port: 8301, protocol: 'TCP' },
      { port: 8301, protocol: 'UDP' },
    ];
    expect(portsOf('gossip')).toEqual(gossip);
    expect(portsOf('all')).toEqual([...gossip, { port: 8500, protocol: 'TCP' }, { port: 4000, protocol: 'TCP' }]);
    expect(find(manifestsOf(chart), 'NetworkPolicy', 'set').spec.ingress[1]).toEqual({
      ports: [{ port: 8301 }, { port: 8301, protocol: 'UDP' }],
    });
  });

  test('opens the port of a sidecar of a database', () => {
    const sidecars = [{ name: 'metrics', image: 'example.com/exporter:1', ports: [{ containerPort: 9187 }] }];
    const { chart, database } = newDatabase({ sidecars });
    new ClientAccess(chart, 'metrics', { from: database, to: database, ports: [9187] });
    expect(find(manifestsOf(chart), 'NetworkPolicy', 'metrics').spec.ingress[0]?.ports).toEqual([
      { port: 9187, protocol: 'TCP' },
    ]);
    expectRefused(
      chart,
      () => new ClientAccess(chart, 'x', { from: database, to: database, ports: [9178] }),
      "ClientAccess 'test/x'",
      "'ports' must name ports of the containers, got 9178: they declare 5432, 9187; name one of these, or add it to 'ports' of its container",
    );
  });

  // Its type is any construct, so that peers of all versions of cdk8s-plus pass the compiler.
  test('must be of a peer, and says so with all else', () => {
    const { chart, set } = newPair();
    expectRefused(
      chart,
      () => new ClientAccess(chart, 'x', { from: chart, to: set, ports: [0] }),
      "ClientAccess 'test/x'",
      '\'from\' must be a peer of network policies, got "test": a policy lets in pods, namespaces or addresses; give the ' +
        'workload itself, or Pods.select(…), Namespaces.select(…) or NetworkPolicyIpBlock.ipv4(…) of cdk8s-plus',
      "'ports' must name ports of the containers, got 0: they declare 5432, 9187; name one of these, or add it to 'ports' of its container",
    );
  });

  // No port in a rule would mean all ports.
  test('must name a port where the set declares none', () => {
    const { chart, set } = newSet();
    expectRefused(
      chart,
      () => new ClientAccess(chart, 'x', { from: set, to: set }),
      "ClientAccess 'test/x'",
      "'ports' must name a port, got []: 'test/set' declares none; name the ones to open",
    );
  });

  // It would be the only policy of these pods, and close them to their own members.
  test('must be to pods that a policy closes', () => {
    const { chart, set } = newSet({ networkPolicy: false });
    expectRefused(
      chart,
      () => new ClientAccess(chart, 'x', { from: set, to: set, ports: [5432] }),
      "ClientAccess 'test/x'",
      '\'to\' must have a NetworkPolicy of its own, got "test/set": its pods are open to all, and this would be their only ' +
        "policy, which closes them to everybody else, their own members included; leave it out, or leave 'networkPolicy' true",
    );
  });

  // The policy would be made in this chart's namespace, where the set is not, and do nothing.
  test('must know where the set is in a chart that has a namespace', () => {
    const { set } = newPair();
    const chart = newChart({ namespace: 'web' });
    const from = new Pod(chart, 'client', { containers: [CONTAINER] });
    expectRefused(
      chart,
      () => new ClientAccess(chart, 'x', { from, to: set }),
      "ClientAccess 'test/x'",
      '\'to\' must have a known namespace in a chart that has one, got "test/set": ' +
        "a policy in 'web' says nothing about pods elsewhere; give 'to' its namespace, or make this in its chart",
    );
  });

  test('must have a name of its own: that of the set is taken by its own policy', () => {
    const { chart, set, client } = newPair('shop');
    expectRefused(
      chart,
      () => new ClientAccess(chart, 'x', { name: 'db', from: client, to: set }),
      "ClientAccess 'test/x'",
      '\'name\' must make a NetworkPolicy that its chart does not have yet, got "db": ' +
        "'test/set/NetworkPolicy' is the same object to kubectl, which would keep only one of them; " +
        'choose another name or namespace',
    );
    expect(identities(manifestsOf(chart))).toContain('NetworkPolicy shop/db');
  });
});
