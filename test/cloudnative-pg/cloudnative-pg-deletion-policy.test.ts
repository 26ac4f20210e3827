import { App, Chart } from 'cdk8s';
import { CloudNativePgDatabase, CloudNativePgDeletionPolicy } from '../../lib';
import { CLUSTER, operatorObject } from '../support/cloudnative-pg';
import { manifestsOf } from '../support/manifests';
import { expectRefused } from '../support/refused';

const POLICIES = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
const policiesOf = (chart: Chart) => manifestsOf(chart).filter(({ kind }) => POLICIES.includes(kind));

// Two apps that have it must not fight over it: no label, no namespace, and the same bytes.
test('is the same objects from whatever app they come', () => {
  const charts = [new Chart(new App(), 'a'), new Chart(new App(), 'b', { namespace: 'shop', labels: { team: 'x' } })];
  charts.forEach((chart, index) => new CloudNativePgDatabase(chart, `db-${index}`, CLUSTER));
  const [first, second] = charts.map(policiesOf);
  expect(first).toEqual(second);
  expect(first!.map(({ kind, metadata }) => [kind, metadata])).toEqual([
    ['ValidatingAdmissionPolicy', { name: 'cloudnative-pg-deletion' }],
    ['ValidatingAdmissionPolicyBinding', { name: 'cloudnative-pg-deletion' }],
    ['ValidatingAdmissionPolicy', { name: 'cloudnative-pg-namespace-deletion' }],
    ['ValidatingAdmissionPolicyBinding', { name: 'cloudnative-pg-namespace-deletion' }],
  ]);
});

test('is made once in an app, by the first database that wants it', () => {
  const app = new App();
  const [first, second] = ['first', 'second'].map((name) => new Chart(app, name));
  new CloudNativePgDatabase(first!, 'none', { ...CLUSTER, deletionPolicy: false });
  expect(policiesOf(first!)).toEqual([]);
  new CloudNativePgDatabase(first!, 'one', CLUSTER);
  new CloudNativePgDatabase(second!, 'two', CLUSTER);
  expect([policiesOf(first!), policiesOf(second!)].map(({ length }) => length)).toEqual([4, 0]);
});

// kubectl deletes in the order of a file: a policy that went first would guard nothing.
test('stands behind every Cluster of its chart', () => {
  const chart = new Chart(new App(), 'test');
  new CloudNativePgDatabase(chart, 'one', CLUSTER);
  new CloudNativePgDatabase(chart, 'two', CLUSTER);
  const kinds = manifestsOf(chart).map(({ kind }) => kind);
  expect(kinds.lastIndexOf('Cluster')).toBeGreaterThan(kinds.indexOf('Cluster'));
  expect(kinds.indexOf('ValidatingAdmissionPolicy')).toBeGreaterThan(kinds.lastIndexOf('Cluster'));
});

test('can be made by itself, once in a chart', () => {
  const chart = new Chart(new App(), 'test');
  new CloudNativePgDeletionPolicy(chart, 'deletion-policy');
  expectRefused(
    chart,
    () => new CloudNativePgDeletionPolicy(chart, 'again'),
    "CloudNativePgDeletionPolicy 'test/again'",
    "'id' must make a ValidatingAdmissionPolicy that its chart does not have yet, got \"cloudnative-pg-deletion\": 'test/deletion-policy/Resource' is " +
      'the same object to kubectl, which would keep only one of them; choose another name or namespace',
  );
});

// Without Clusters there is nothing to lose: a namespace must go even when the CRD is gone.
test('never keeps a namespace that holds no Cluster', () => {
  const chart = new Chart(new App(), 'test');
  new CloudNativePgDeletionPolicy(chart, 'deletion-policy');
  const name = 'cloudnative-pg-namespace-deletion';
  expect(operatorObject(manifestsOf(chart), 'ValidatingAdmissionPolicy', name).spec.failurePolicy).toBe('Ignore');
  expect(operatorObject(manifestsOf(chart), 'ValidatingAdmissionPolicyBinding', name).spec.paramRef).toEqual({
    selector: {},
    parameterNotFoundAction: 'Allow',
  });
});
