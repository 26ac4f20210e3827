import { Protocol, ServiceType } from 'cdk8s-plus-27';
import { ClientService, HeadlessService } from '../../lib';
import type { ClientServiceProps } from '../../lib';
import { find, manifestsOf, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
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
      ports: [{ name: 'http', port: 8500 }],
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
    expect(spec).toMatchObject({ type: 'LoadBalancer', ports: [{ name: 'http', port: 8500 }] });
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
});
