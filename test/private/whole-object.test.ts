import { App, Chart, JsonPatch, Lazy, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ClientAccess, HeadlessService, LinearApp, PersistentStatefulSet, PersistentVolumeClaim } from '../../lib';
import { keepWhole } from '../../lib/private/whole-object';
import { find, manifestsOf, named, newChart } from '../support/manifests';
import { CONTAINER, newService, newSet, renderSet } from '../support/samples';

/** As a program has it that was written for a later version, or in JavaScript. */
const SIDECAR = { name: 'proxy', image: 'example.com/proxy:1', restartPolicy: 'Always' };

const service = (spec: object) => keepWhole(new k8s.KubeService(newChart(), 'db', { metadata: { name: 'db' }, spec }));
const specOf = (object: k8s.KubeService) => (object.toJson() as { spec: object }).spec;

// Without its restartPolicy a sidecar is a container that the pod waits for, for ever.
test('a container keeps a field that came after 1.27', () => {
  const { spec } = renderSet({ initContainers: [SIDECAR] }).spec.template;
  expect(named(spec.initContainers, 'proxy')).toMatchObject(SIDECAR);
});

test.each([
  ["cdk8s' own App", App],
  ['LinearApp', LinearApp],
])('%s writes it', (_, type) => {
  const app = new type();
  const chart = new Chart(app, 'test');
  new PersistentStatefulSet(chart, 'set', {
    service: newService(chart),
    containers: [CONTAINER],
    initContainers: [SIDECAR],
  });
  expect(app.synthYaml()).toContain('restartPolicy: Always\n');
});

test('it stands where a class that knew it would write it', () => {
  const { spec } = renderSet({ initContainers: [SIDECAR] }).spec.template;
  const keys = Object.keys(named(spec.initContainers, 'proxy'));
  expect(keys).toEqual([...keys].sort());
});

test('what a JSON patch adds, replaces by a plain value or says of version and kind is written', () => {
  const { chart, set } = newSet({ initContainers: [{ name: 'proxy', image: 'example.com/proxy:1' }] });
  set.apiObject.addJsonPatch(
    JsonPatch.replace('/apiVersion', 'apps/v2'),
    JsonPatch.add('/spec/template/spec/initContainers/0/restartPolicy', 'Always'),
    JsonPatch.add('/spec/template/spec/containers/0/resources', { limits: { memory: '2Gi' } }),
    JsonPatch.add('/spec/template/spec/hostUsers', null),
    JsonPatch.add('/status', { replicas: 1 }),
  );
  const manifest = find(manifestsOf(chart), 'StatefulSet', 'db');
  expect(manifest).toMatchObject({ apiVersion: 'apps/v2', status: { replicas: 1 } });
  const { spec } = manifest.spec.template;
  expect(spec.hostUsers).toBeNull();
  expect(named(spec.initContainers, 'proxy')).toMatchObject({ restartPolicy: 'Always' });
  expect(named(spec.containers, 'server').resources).toEqual({ limits: { memory: '2Gi' } });
  expect(Object.keys(manifest)).toEqual(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
});

test('metadata that were added keep theirs', () => {
  const chart = newChart();
  const { apiObject } = new PersistentVolumeClaim(chart, 'data', { size: Size.gibibytes(1) });
  apiObject.metadata.add('later', { kept: true });
  const { metadata } = find(manifestsOf(chart), 'PersistentVolumeClaim', 'data');
  expect(metadata).toEqual({ name: 'data', later: { kept: true } });
});

test('the policy of ClientAccess, which cdk8s-plus makes, keeps its own', () => {
  const { chart, set } = newSet({ containers: [{ ...CONTAINER, ports: [{ containerPort: 5432 }] }] });
  const { apiObject } = new ClientAccess(chart, 'access', { name: 'access', from: set, to: set });
  apiObject.addJsonPatch(JsonPatch.add('/spec/later', 'kept'));
  expect(find(manifestsOf(chart), 'NetworkPolicy', 'access').spec).toMatchObject({ later: 'kept' });
});

describe('a key that a class spells in its own way', () => {
  test.each<[string, object, object]>([
    ['is written as Kubernetes spells it', { clusterIp: 'None' }, { clusterIP: 'None' }],
    ['may be given so', { clusterIP: 'None' }, { clusterIP: 'None' }],
    ['counts as Kubernetes spells it where both are given', { clusterIp: 'None', clusterIP: '' }, { clusterIP: '' }],
    [
      'is found below others',
      { sessionAffinityConfig: { clientIp: { timeoutSeconds: 1, later: 2 } } },
      { sessionAffinityConfig: { clientIP: { timeoutSeconds: 1, later: 2 } } },
    ],
    ['is not one that begins with a capital', { type: 'a', Type: 'b' }, { Type: 'b', type: 'a' }],
    [
      'is not one that has no capitals',
      { externalName: 'a', externalname: 'b' },
      { externalName: 'a', externalname: 'b' },
    ],
  ])('%s', (_, given, written) => {
    expect(specOf(service(given))).toEqual(written);
  });

  test.each(['clusterIp', 'clusterIP'])('can be patched as %s', (key) => {
    const object = service({ clusterIp: 'None' });
    object.addJsonPatch(JsonPatch.replace(`/spec/${key}`, '10.0.0.1'));
    expect(specOf(object)).toEqual({ clusterIP: '10.0.0.1' });
  });

  test('does not part a Service from its pods: a HeadlessService has no address of its own', () => {
    const chart = newChart();
    new HeadlessService(chart, 'db', { ports: [{ name: 'sql', port: 5432 }] });
    expect(Object.keys(find(manifestsOf(chart), 'Service', 'db').spec)).not.toContain('clusterIp');
  });
});

test('a key with signs that no identifier has is written once', () => {
  const schema = { ref: '#', xKubernetesMapType: 'atomic' };
  const spec = { versions: [{ name: 'v1', schema: { openApiv3Schema: schema } }] };
  const crd = new k8s.KubeCustomResourceDefinition(newChart(), 'crd', { metadata: { name: 'crd' }, spec } as never);
  expect(keepWhole(crd).toJson()).toMatchObject({
    spec: { versions: [{ schema: { openAPIV3Schema: { $ref: '#', 'x-kubernetes-map-type': 'atomic' } } }] },
  });
  expect(JSON.stringify(crd.toJson())).not.toContain('xKubernetes');
});

test('keys of maps are kept as they are, also where they differ only in case', () => {
  const selector = { App: 'a', app: 'b', hostIP: 'c', hostIp: 'd' };
  expect(specOf(service({ selector }))).toEqual({ selector });
});

test('a value of a class is written as its value, also under a key that nobody knows', () => {
  const memory = k8s.Quantity.fromString('1Gi');
  const lazily = Lazy.any({ produce: () => ({ limits: { memory } }) }) as unknown;
  expect(
    specOf(
      service({
        later: [{ limits: { memory } }],
        lazily,
        ports: [{ port: 1, appPort: k8s.IntOrString.fromNumber(2) }],
      }),
    ),
  ).toEqual({
    later: [{ limits: { memory: '1Gi' } }],
    lazily: { limits: { memory: '1Gi' } },
    ports: [{ port: 1, appPort: 2 }],
  });
});

test('what only looks like the value of a class is written as it was given', () => {
  const object = service({ later: { value: 'a' } });
  object.addJsonPatch(JsonPatch.add('/spec/patched', { value: 'b' }));
  expect(specOf(object)).toEqual({ later: { value: 'a' }, patched: { value: 'b' } });
});

test('nothing is written of what was not: undefined and null', () => {
  expect(specOf(service({ later: undefined, other: null, known: { deep: undefined } }))).toEqual({ known: {} });
});

test('where a struct belongs and something else was given, that is written, for the server to refuse', () => {
  const object = service({ sessionAffinityConfig: 'ClientIP' });
  expect(specOf(object)).toEqual({ sessionAffinityConfig: 'ClientIP' });
});
