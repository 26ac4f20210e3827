import { Protocol, ServiceType } from 'cdk8s-plus-27';
import { ClientService, HeadlessService, PersistentStatefulSet } from '../../lib';
import type { ClientServiceProps } from '../../lib';
import { find, manifestsOf, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER } from '../support/samples';
import { schemaErrors } from '../support/strict-schema';

function newService(namespace?: string) {
  const chart = newChart();
  const headless = new HeadlessService(chart, 'consul', {
    ...(namespace !== undefined && { namespace }),
    ports: [
      { name: 'http', port: 8500 },
      { name: 'dns', port: 8600, protocol: Protocol.UDP },
    ],
  });
  return { chart, headless };
}

describe('a Service for clients', () => {
  test('has an address of its own, and the pods and ports of the headless one', () => {
    const { chart, headless } = newService();
    const service = new ClientService(chart, 'consul-clients', { headless });
    const manifest = find(manifestsOf(chart), 'Service', 'consul-clients');
    expect(manifest).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'consul-clients', labels: { app: 'consul' } },
      spec: {
        type: 'ClusterIP',
        selector: { app: 'consul' },
        ports: [
          { name: 'http', port: 8500 },
          { name: 'dns', port: 8600, protocol: 'UDP' },
        ],
      },
    });
    expect(schemaErrors(manifest)).toEqual([]);
    expect(service.dnsName).toBe('consul-clients');
    expect(service.apiObject.toJson()).toEqual(manifest);
  });

  test('takes every prop', () => {
    const { chart, headless } = newService('shop');
    const props: Required<ClientServiceProps> = {
      name: 'ui',
      headless,
      ports: [{ name: 'http', port: 80, targetPort: 8500, protocol: Protocol.TCP }],
      type: ServiceType.LOAD_BALANCER,
      labels: { team: 'a' },
      annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
    };
    const { dnsName } = new ClientService(chart, 'x', props);
    const { metadata, spec } = find(manifestsOf(chart), 'Service', 'ui');
    expect(metadata).toEqual({
      name: 'ui',
      namespace: 'shop',
      labels: { app: 'consul', team: 'a' },
      annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
    });
    expect(spec).toMatchObject({ type: 'LoadBalancer', ports: [{ name: 'http', port: 80, targetPort: 8500 }] });
    expect(dnsName).toBe('ui.shop');
  });

  test('names all that is wrong with its props at once', () => {
    const { chart, headless } = newService();
    expectRefused(
      chart,
      () =>
        new ClientService(chart, 'x', {
          name: 'consul',
          headless,
          ports: [],
          type: ServiceType.EXTERNAL_NAME,
          annotations: { 'a b': 'c' },
        }),
      "ClientService 'test/x'",
      "'annotations' must have keys of the form [prefix/]name, got \"a b\": the name has at most 63 of A-Z a-z 0-9 '-' '_' '.'",
      "'ports' must name a port, got []: clients and SRV records need one; write [{ name: 'sql', port: 5432 }]",
      '\'type\' must have pods behind it, got "ExternalName": an external name has none; write ServiceType.CLUSTER_IP',
      "'name' must make a Service that its chart does not have yet, got \"consul\": 'test/consul/Resource' is the same object to " +
        'kubectl, which would keep only one of them; choose another name or namespace',
    );
  });

  // The server takes it, and connections are refused, or wait for ever.
  test('must lead to ports that the containers declare, whichever comes first', () => {
    const containers = [{ ...CONTAINER, ports: [{ containerPort: 8500 }, { containerPort: 8600, protocol: 'UDP' }] }];
    const ports = [
      { name: 'http', port: 80 },
      { name: 'rpc', port: 8300, targetPort: 8301 },
      { name: 'dns', port: 53, targetPort: 8600 },
      { name: 'ui', port: 443, targetPort: 8500 },
    ];
    const wayOut =
      "they declare 8500, 8600/UDP; the Service would lead to nobody; give it one of these as targetPort, or add it to 'ports' of its " +
      'container';

    const after = newService();
    new PersistentStatefulSet(after.chart, 'set', { service: after.headless, containers });
    expectRefused(
      after.chart,
      () => new ClientService(after.chart, 'clients', { headless: after.headless, ports }),
      "ClientService 'test/clients'",
      `'ports[0].port' must be a port of the containers, got "80": ${wayOut}`,
      `'ports[1].targetPort' must be a port of the containers, got "8301": ${wayOut}`,
      `'ports[2].targetPort' must be a port of the containers, got "8600": ${wayOut}`,
    );

    const before = newService();
    new ClientService(before.chart, 'clients', { headless: before.headless, ports });
    const make = () => new PersistentStatefulSet(before.chart, 'set', { service: before.headless, containers });
    expectRefused(
      before.chart,
      make,
      "PersistentStatefulSet 'test/set'",
      `'containers' must have the ports of 'test/clients', got "80": ${wayOut}`,
      `'containers' must have the ports of 'test/clients', got "8301": ${wayOut}`,
      `'containers' must have the ports of 'test/clients', got "8600": ${wayOut}`,
    );
    before.chart.node.tryRemoveChild('clients');
    expect(make).not.toThrow();
  });

  test('leads anywhere where the containers declare nothing', () => {
    const { chart, headless } = newService();
    new PersistentStatefulSet(chart, 'set', { service: headless, containers: [{ ...CONTAINER, ports: [] }] });
    const ports = [{ name: 'http', port: 80, targetPort: 12345 }];
    expect(() => new ClientService(chart, 'clients', { headless, ports })).not.toThrow();
  });

  test('names a port that is none', () => {
    const { chart, headless } = newService();
    expectRefused(
      chart,
      () => new ClientService(chart, 'clients', { headless, ports: [{ name: 'http', port: 80, targetPort: 0 }] }),
      "ClientService 'test/clients'",
      "'ports[0].targetPort' must be a whole number from 1 to 65535, got 0: that is the range of TCP and UDP ports",
    );
  });
});
