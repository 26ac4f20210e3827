import { Size, Yaml } from 'cdk8s';
import { Protocol } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { HeadlessService, PersistentVolumeClaim, Pod, VolumeDataSource } from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import type { Kubectl, LiveObject } from './support/kubectl';

const cluster = new TestCluster(facts());
let kubectl: Kubectl;
beforeAll(async () => {
  kubectl = await cluster.namespace('fields');
});
afterAll(() => cluster.clean());

const yamlOf = (make: (scope: Construct) => unknown) => {
  const chart = newChart();
  make(chart);
  return Yaml.stringify(...manifestsOf(chart));
};
const apply = (input: string) => kubectl.run(['apply', '--validate=strict', '--filename=-'], { input });

// 1.27's own types do not know it; so it must arrive, and what a server does not know must be refused by its name.
test('a native sidecar is one where the server knows them, and refused by name where not', async () => {
  const container = { name: 'server', image: 'example.com/server:1' };
  const native = { name: 'proxy', image: 'example.com/proxy:1' };
  const written = { ...native, name: 'by-hand', restartPolicy: 'Always' };
  const pod = yamlOf(
    (scope) =>
      new Pod(scope, 'sidecars', { containers: [container], nativeSidecars: [native], initContainers: [written] }),
  );
  const { status, stderr } = await apply(pod);
  if (cluster.facts.version.startsWith('v1.27.')) {
    expect(status).toBe(1);
    expect(stderr).toContain('unknown field "spec.initContainers[0].restartPolicy"');
    return;
  }
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [live] = await kubectl.get<LiveObject & { spec: { initContainers: object[] } }>('pod', 'sidecars');
  expect(live!.spec.initContainers).toMatchObject([
    { name: 'proxy', restartPolicy: 'Always' },
    { name: 'by-hand', restartPolicy: 'Always' },
  ]);
});

interface Claim extends LiveObject {
  readonly spec: { readonly dataSource?: object; readonly dataSourceRef?: object };
}

test('the source of a claim arrives, of whatever kind it is', async () => {
  const populator = { apiGroup: 'hello.example.com', kind: 'Hello', name: 'world' };
  const claims = yamlOf((scope) => {
    const size = Size.gibibytes(1);
    new PersistentVolumeClaim(scope, 'of-snapshot', { size, dataSource: VolumeDataSource.snapshot('before') });
    new PersistentVolumeClaim(scope, 'of-populator', { size, dataSource: VolumeDataSource.of(populator) });
  });
  expect(await apply(claims)).toMatchObject({ status: 0, stderr: '' });
  const spec = async (name: string) => (await kubectl.get<Claim>('pvc', name))[0]!.spec;
  expect((await spec('of-snapshot')).dataSource).toMatchObject({ kind: 'VolumeSnapshot', name: 'before' });
  expect((await spec('of-populator')).dataSourceRef).toMatchObject(populator);
  // Why it is not written as `dataSource`: the server takes it away without a word, and the volume would be empty.
  const lost = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'lost' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, dataSource: populator },
  };
  expect(await apply(JSON.stringify(lost))).toMatchObject({ status: 0, stderr: '' });
  expect(await spec('lost')).not.toHaveProperty('dataSource');
  expect(await spec('lost')).not.toHaveProperty('dataSourceRef');
});

test('two protocols of one number arrive, and stay through a second apply', async () => {
  const service = yamlOf(
    (scope) =>
      new HeadlessService(scope, 'gossip', {
        ports: [
          { name: 'serf', port: 8301 },
          { name: 'serf-udp', port: 8301, protocol: Protocol.UDP },
        ],
      }),
  );
  for (const _ of [1, 2]) expect(await apply(service)).toMatchObject({ status: 0, stderr: '' });
  const [live] = await kubectl.get<LiveObject & { spec: { ports: object[] } }>('service', 'gossip');
  expect(live!.spec.ports).toMatchObject([
    { name: 'serf', port: 8301, protocol: 'TCP' },
    { name: 'serf-udp', port: 8301, protocol: 'UDP' },
  ]);
});
