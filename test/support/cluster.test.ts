import { podsOf } from './cluster';
import { readDist } from './dist';
import type { Manifest } from './manifests';

const LABELS = { app: 'shop' };
const SPEC = { containers: [{ name: 'a', ports: [{ name: 'http', containerPort: 80 }] }, { name: 'b' }] };
const TEMPLATE = { metadata: { labels: LABELS }, spec: SPEC };

function manifest(kind: string, more: object, metadata: object = {}): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name: 'shop', ...metadata }, ...more };
}

describe('the pods of a cluster', () => {
  test.each<[string, Manifest]>([
    ['a Pod', manifest('Pod', { spec: SPEC }, { labels: LABELS })],
    ['a StatefulSet', manifest('StatefulSet', { spec: { template: TEMPLATE } })],
    ['a Deployment', manifest('Deployment', { spec: { template: TEMPLATE } })],
    ['a Job', manifest('Job', { spec: { template: TEMPLATE } })],
    ['a CronJob', manifest('CronJob', { spec: { jobTemplate: { spec: { template: TEMPLATE } } } })],
  ])('are known from %s', (_, workload) => {
    expect(podsOf([workload])).toEqual([
      {
        name: 'shop',
        namespace: 'default',
        namespaceLabels: { 'kubernetes.io/metadata.name': 'default' },
        labels: LABELS,
        ports: [{ name: 'http', containerPort: 80 }],
      },
    ]);
  });

  test('are made by nothing else', () => {
    expect(podsOf([manifest('Service', { spec: { selector: LABELS } }), manifest('Secret', {})])).toEqual([]);
  });

  test('may have no labels', () => {
    expect(podsOf([manifest('Pod', { spec: SPEC })]).map(({ labels }) => labels)).toEqual([{}]);
  });

  test('have the labels of their own namespace, and its name, which the server adds', () => {
    const namespace = (name: string) => manifest('Namespace', {}, { name, labels: { of: name } });
    const pod = manifest('Pod', { spec: SPEC }, { namespace: 'web' });
    expect(podsOf([namespace('other'), namespace('web'), pod])).toMatchObject([
      { namespace: 'web', namespaceLabels: { of: 'web', 'kubernetes.io/metadata.name': 'web' } },
    ]);
  });
});

test('dist/ is read as a whole: several objects of a file, and several files', () => {
  const kinds = readDist().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(kinds).toEqual(expect.arrayContaining(['Service mongo-service', 'Deployment netflix-movie-catalog']));
  expect(kinds).toEqual(expect.arrayContaining(['StatefulSet consul', 'Pod pod-pvc-disk']));
});
