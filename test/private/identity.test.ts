import { ApiObject, App, Chart, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { HeadlessService, PersistentVolumeClaim } from '../../lib';
import { identities, manifestsOf, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';

const size = Size.gibibytes(1);

function clash(chart: Chart, id: string, other: string): void {
  expectRefused(
    chart,
    () => new PersistentVolumeClaim(chart, id, { name: 'data', size }),
    `PersistentVolumeClaim 'test/${id}'`,
    '\'name\' must make a PersistentVolumeClaim that its chart does not have yet, got "data": ' +
      `'${other}' is the same object to kubectl, which would keep only one of them; choose another name or namespace`,
  );
}

describe('two objects of one identity', () => {
  test('are refused when the second is made, wherever in the chart they are', () => {
    const chart = newChart();
    new PersistentVolumeClaim(new Construct(chart, 'deep'), 'a', { name: 'data', size });
    clash(chart, 'b', 'test/deep/a/Resource');
  });

  test('are refused where the namespace is that of the chart once and given once', () => {
    const chart = newChart({ namespace: 'shop' });
    new PersistentVolumeClaim(chart, 'a', { name: 'data', namespace: 'shop', size });
    clash(chart, 'b', 'test/a/Resource');
  });

  test('are refused at synthesis where the second is not of this library', () => {
    const chart = newChart();
    new PersistentVolumeClaim(chart, 'a', { name: 'data', size });
    new ApiObject(chart, 'b', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } });
    expect(() => chart.toJson()).toThrow(
      new Error(
        'Validation failed with the following errors:\n' +
          "  [test] 'test/a/Resource' and 'test/b' are both PersistentVolumeClaim 'data': " +
          'kubectl apply would keep only one of them; choose another name or namespace for one',
      ),
    );
  });

  // apps/v1 and apps/v1beta1 are one object to the server.
  test('are refused where only the version of the API differs', () => {
    const chart = newChart();
    new PersistentVolumeClaim(chart, 'a', { size });
    for (const version of ['v1', 'v2']) {
      new ApiObject(chart, version, {
        apiVersion: `example.com/${version}`,
        kind: 'Thing',
        metadata: { name: 'thing' },
      });
    }
    expect(() => chart.toJson()).toThrow("'test/v1' and 'test/v2' are both Thing 'thing'");
  });

  test.each<[string, (chart: Chart) => unknown]>([
    ['another namespace', (chart) => new PersistentVolumeClaim(chart, 'b', { name: 'data', namespace: 'other', size })],
    ['another name', (chart) => new PersistentVolumeClaim(chart, 'b', { name: 'data2', size })],
    ['another kind', (chart) => new HeadlessService(chart, 'b', { name: 'data', ports: [{ name: 'sql', port: 1 }] })],
    [
      'another API group',
      (chart) =>
        new ApiObject(chart, 'b', {
          apiVersion: 'a.example/v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
        }),
    ],
    ['another chart', (chart) => new PersistentVolumeClaim(new Chart(chart, 'nested'), 'b', { name: 'data', size })],
    ['another app', () => new PersistentVolumeClaim(new Chart(new App(), 'test'), 'b', { name: 'data', size })],
  ])('are none with %s', (_, make) => {
    const chart = newChart();
    new PersistentVolumeClaim(chart, 'a', { name: 'data', size });
    expect(() => make(chart)).not.toThrow();
    expect(() => chart.toJson()).not.toThrow();
  });

  test('are none once the first was taken out of the tree, itself or with its parent', () => {
    const chart = newChart();
    const parent = new Construct(chart, 'parent');
    new PersistentVolumeClaim(parent, 'a', { name: 'data', size });
    new PersistentVolumeClaim(chart, 'b', { name: 'data2', size });
    chart.node.tryRemoveChild('parent');
    chart.node.tryRemoveChild('b');
    new PersistentVolumeClaim(chart, 'c', { name: 'data', size });
    new PersistentVolumeClaim(chart, 'd', { name: 'data2', size });
    expect(identities(manifestsOf(chart))).toEqual(['PersistentVolumeClaim data', 'PersistentVolumeClaim data2']);
  });
});
