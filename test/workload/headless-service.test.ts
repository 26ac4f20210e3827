import { Protocol } from 'cdk8s-plus-27';
import { HeadlessService, PersistentStatefulSet } from '../../lib';
import type { HeadlessServiceProps } from '../../lib';
import { find, manifestsOf, newChart, synth } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { CONTAINER } from '../support/samples';
import { schemaErrors } from '../support/strict-schema';

const ports = [{ name: 'sql', port: 5432 }];

describe('a headless Service', () => {
  test('has no address, and finds the pods by its own name unless told otherwise', () => {
    expect(synth((chart) => new HeadlessService(chart, 'db', { ports }))).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'db', labels: { app: 'db' } },
        // publishNotReadyAddresses is not even written: a client must not be sent to a server that does not work yet.
        spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ name: 'sql', port: 5432 }] },
      },
    ]);
  });

  test('takes every prop', () => {
    const props: Required<HeadlessServiceProps> = {
      name: 'mongo-service',
      namespace: 'shop',
      selector: { app: 'mongo', env: 'prod' },
      labels: { tier: 'db' },
      ports: [...ports, { name: 'metrics', port: 9187 }],
      publishNotReadyAddresses: true,
    };
    const service = find(
      synth((chart) => new HeadlessService(chart, 'x', props)),
      'Service',
      'mongo-service',
    );
    expect(service.metadata).toEqual({
      name: 'mongo-service',
      namespace: 'shop',
      labels: { app: 'mongo', env: 'prod', tier: 'db' },
    });
    expect(service.spec).toEqual({
      clusterIP: 'None',
      selector: { app: 'mongo', env: 'prod' },
      ports: [
        { name: 'sql', port: 5432 },
        { name: 'metrics', port: 9187 },
      ],
      publishNotReadyAddresses: true,
    });
    expect(schemaErrors(service)).toEqual([]);
  });

  test('is reached by its name alone where no namespace is known', () => {
    const service = new HeadlessService(newChart(), 'db', { ports });
    expect(service).toMatchObject({ serviceName: 'db', dnsName: 'db', selector: { app: 'db' } });
    expect(service.namespace).toBeUndefined();
  });

  test.each([
    ['its own', {}, { namespace: 'shop' }],
    ["the chart's", { namespace: 'shop' }, {}],
    ['its own rather than the chart’s', { namespace: 'other' }, { namespace: 'shop' }],
  ])('is reached from everywhere by %s namespace', (_, chartProps, props) => {
    const chart = newChart(chartProps);
    const service = new HeadlessService(chart, 'db', { ports, ...props });
    expect(service).toMatchObject({ dnsName: 'db.shop', namespace: 'shop' });
    expect(service.apiObject.toJson()).toMatchObject({ metadata: { name: 'db', namespace: 'shop' } });
  });

  test('has ports of any protocol', () => {
    const chart = newChart();
    new HeadlessService(chart, 'consul', {
      ports: [
        { name: 'serf', port: 8301, protocol: Protocol.TCP },
        { name: 'serf-udp', port: 8301, protocol: Protocol.UDP },
      ],
    });
    expect(find(manifestsOf(chart), 'Service', 'consul').spec.ports).toEqual([
      { name: 'serf', port: 8301 },
      { name: 'serf-udp', port: 8301, protocol: 'UDP' },
    ]);
  });

  test.each<[string | undefined, string, string]>([
    [undefined, 'mongo-1.mongo-service', ''],
    ['shop', 'mongo-1.mongo-service.shop', 'mongo-1.mongo-service.shop.svc.cluster.local'],
  ])('names the pods of a set that does not exist yet, in the namespace %s', (namespace, short, full) => {
    const chart = newChart(namespace === undefined ? {} : { namespace });
    const service = new HeadlessService(chart, 'mongo-service', { ports });
    expect(service.podDnsName('mongo', 1)).toBe(short);
    if (full === '') {
      expect(() => service.podFqdn('mongo', 1)).toThrow(
        new Error(
          "HeadlessService 'test/mongo-service':\n- 'namespace' must be known, got nothing: a full name holds it; give the " +
            'Service or its chart a namespace, or use podDnsName',
        ),
      );
      return;
    }
    expect(service.podFqdn('mongo', 1)).toBe(full);
    expect(service.podFqdn('mongo', 0, 'k8s.example.com')).toBe('mongo-0.mongo-service.shop.svc.k8s.example.com');
    const containers = [CONTAINER];
    expect(new PersistentStatefulSet(chart, 'mongo', { service, replicas: 2, containers }).pod(1).dnsName).toBe(short);
  });

  test('names no pod that no set can have', () => {
    const service = new HeadlessService(newChart(), 'db', { ports });
    expect(() => service.podDnsName('DB', -1)).toThrow(
      new Error(
        [
          "HeadlessService 'test/db':",
          "- 'statefulSetName' must be a DNS label of at most 52 characters, got \"DB\": use a-z, 0-9 and '-', beginning and ending " +
            'with a letter or digit; the server accepts a longer one and then no pod ever starts',
          "- 'ordinal' must be a whole number from 0 to 2147483647, got -1: it is the number at the end of the name of the pod",
        ].join('\n'),
      ),
    );
  });

  test('names all that is wrong with its props at once', () => {
    expectRefusedAlone(
      (chart) =>
        new HeadlessService(chart, 'x', {
          name: '9.db',
          namespace: 'A',
          selector: { app: 'a b' },
          labels: { '': 'v' },
          ports: [
            { name: 'SQL', port: 0 },
            { name: 'SQL', port: 0 },
          ],
        }),
      "HeadlessService 'test/x'",
      '\'name\' must be a DNS label of at most 63 characters, got "9.db": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      '\'name\' must begin with a letter, got "9.db": Kubernetes before 1.37 refuses such a Service; put a letter first',
      '\'namespace\' must be a DNS label of at most 63 characters, got "A": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'selector['app']' must be a label value of at most 63 characters, got \"a b\": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      "'labels' must have keys of the form [prefix/]name, got \"\": the name has at most 63 of A-Z a-z 0-9 '-' '_' '.'",
      '\'ports[0].name\' must be a DNS label of at most 63 characters, got "SQL": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'ports[0].port' must be a whole number from 1 to 65535, got 0: that is the range of TCP and UDP ports",
      '\'ports[1].name\' must be a DNS label of at most 63 characters, got "SQL": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'ports[1].port' must be a whole number from 1 to 65535, got 0: that is the range of TCP and UDP ports",
      '\'ports\' must not have two of one name, got "SQL": give each port a name of its own',
      '\'ports\' must not have two of one number, got "0": leave one of them out',
    );
  });

  // Other than that of a container's port, which has a letter, no two '-' in a row, and 15 characters. Clients look for it in DNS.
  test.each(['8080', 'etcd-client-port', 'a--b'])('may have a port called %s', (name) => {
    const manifest = find(
      synth((chart) => new HeadlessService(chart, 'x', { ports: [{ name, port: 8080 }] })),
      'Service',
      'x',
    );
    expect(manifest.spec.ports).toEqual([{ name, port: 8080 }]);
  });

  test('must have a port and a selector, without which it finds nothing', () => {
    expectRefusedAlone(
      (chart) => new HeadlessService(chart, 'x', { ports: [], selector: {} }),
      "HeadlessService 'test/x'",
      "'selector' must have a label, got {}: an empty one finds no pod; write { app: 'postgresql' }",
      "'ports' must name a port, got []: clients and SRV records need one; write [{ name: 'sql', port: 5432 }]",
    );
  });

  test('must be new to its chart, and can be made under the same id after that was said', () => {
    const chart = newChart();
    new HeadlessService(chart, 'a', { name: 'db', ports });
    expectRefused(
      chart,
      () => new HeadlessService(chart, 'b', { name: 'db', ports }),
      "HeadlessService 'test/b'",
      '\'name\' must make a Service that its chart does not have yet, got "db": ' +
        "'test/a/Resource' is the same object to kubectl, which would keep only one of them; choose another name or namespace",
    );
    expect(new HeadlessService(chart, 'b', { ports }).serviceName).toBe('b');
  });
});
