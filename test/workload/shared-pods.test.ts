import type { Chart } from 'cdk8s';
import { Deployment, HeadlessService, PersistentStatefulSet, Pod, StatefulDatabase } from '../../lib';
import { newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER, DATABASE } from '../support/samples';

const containers = [CONTAINER];

function database(
  chart: Chart,
  id: string,
  selector?: { [key: string]: string },
  namespace?: string,
): StatefulDatabase {
  return new StatefulDatabase(chart, id, { ...DATABASE, selector, namespace });
}

/** The one problem of a workload that shares pods with another. */
function shares(chart: Chart, make: () => unknown, subject: string, other: string, selector: object): void {
  expectRefused(
    chart,
    make,
    subject,
    `'selector' must find no pods of '${other}', got ${JSON.stringify(selector)}: each would take the other's pods for its own, ` +
      'and a Service sends clients to both; give one another name or label',
  );
}

// The Service of one database would resolve to the pods of both: each row is written to one of them.
describe('two workloads do not share pods', () => {
  test('by one selector', () => {
    const chart = newChart();
    database(chart, 'a', { app: 'shop' });
    const selector = { app: 'shop' };
    shares(chart, () => database(chart, 'b', selector), "StatefulDatabase 'test/b'", 'test/a/Resource', selector);
  });

  test.each([
    [{ app: 'shop' }, { app: 'shop', tier: 'data' }],
    [{ app: 'shop', tier: 'data' }, { app: 'shop' }],
  ])('by %j beside %j, in whichever order they are made', (first, second) => {
    const chart = newChart();
    database(chart, 'a', first);
    shares(chart, () => database(chart, 'b', second), "StatefulDatabase 'test/b'", 'test/a/Resource', second);
  });

  test('by a Deployment that is called as the database', () => {
    const chart = newChart();
    database(chart, 'pg');
    const make = () => new Deployment(chart, 'web', { name: 'pg', containers });
    shares(chart, make, "Deployment 'test/web'", 'test/pg/Resource', { app: 'pg' });
  });

  test('by a label of a pod', () => {
    const chart = newChart();
    database(chart, 'a', { tier: 'data' });
    const make = () => new Pod(chart, 'b', { containers, podLabels: { tier: 'data' } });
    shares(chart, make, "Pod 'test/b'", 'test/a/Resource', { app: 'b' });
  });

  test('by one Service', () => {
    const chart = newChart();
    const service = new HeadlessService(chart, 'db', { ports: [{ name: 'sql', port: 5432 }] });
    new PersistentStatefulSet(chart, 'a', { service, containers });
    const make = () => new PersistentStatefulSet(chart, 'b', { service, containers });
    shares(chart, make, "PersistentStatefulSet 'test/b'", 'test/a', { app: 'db' });
  });

  test('but share a label, or a name in another namespace', () => {
    const chart = newChart();
    database(chart, 'a', { app: 'shop', tier: 'data' });
    expect(() => database(chart, 'b', { app: 'shop', tier: 'log' })).not.toThrow();
    expect(() => database(chart, 'c', { app: 'shop', tier: 'data' }, 'other')).not.toThrow();
  });

  test('and one that was taken out of the tree is no rival', () => {
    const chart = newChart();
    database(chart, 'a', { app: 'shop' });
    chart.node.tryRemoveChild('a');
    expect(() => database(chart, 'b', { app: 'shop' })).not.toThrow();
  });
});
