import { Duration } from 'cdk8s';
import { Namespaces, Pods } from 'cdk8s-plus-27';
import { DatabaseEngine, DatabasePodMonitor, StatefulDatabase } from '../../../lib';
import type { DatabasePodMonitorProps } from '../../../lib';
import { newCluster, operatorObject } from '../../support/cloudnative-pg';
import { EXPORTER_PASSWORD } from '../../support/elsewhere';
import { find, identities, manifestsOf, newChart } from '../../support/manifests';
import { expectRefused } from '../../support/refused';
import { newDatabase } from '../../support/samples';

const metrics = { password: EXPORTER_PASSWORD };

describe('a PodMonitor', () => {
  test('names the pods and the port of a database, and nothing else', () => {
    const { chart, database } = newDatabase({ metrics });
    new DatabasePodMonitor(chart, 'db-metrics', { database });
    expect(operatorObject(manifestsOf(chart), 'PodMonitor', 'db-metrics')).toEqual({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'db-metrics' },
      spec: { selector: { matchLabels: { app: 'db' } }, podMetricsEndpoints: [{ port: 'metrics' }] },
    });
    expect(identities(manifestsOf(chart))).not.toContain('NetworkPolicy db-metrics-from-prometheus');
  });

  test('takes everything that can be said, in a chart of its own', () => {
    const { chart: ofDatabase, database } = newDatabase({ metrics }, { namespace: 'shop' });
    const chart = newChart({ namespace: 'other' });
    const props: Required<DatabasePodMonitorProps> = {
      database,
      name: 'orders',
      namespace: 'monitoring',
      labels: { release: 'monitoring' },
      prometheus: Pods.select(chart, 'Prometheus', {
        namespaces: Namespaces.select(chart, 'Monitoring', { names: ['monitoring'] }),
        labels: { 'app.kubernetes.io/name': 'prometheus' },
      }),
      interval: Duration.seconds(15),
    };
    new DatabasePodMonitor(chart, 'x', props);
    const manifests = manifestsOf(chart);
    expect(operatorObject(manifests, 'PodMonitor', 'orders')).toEqual({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'orders', namespace: 'monitoring', labels: { release: 'monitoring' } },
      spec: {
        namespaceSelector: { matchNames: ['shop'] },
        selector: { matchLabels: { app: 'db' } },
        podMetricsEndpoints: [{ port: 'metrics', interval: '15s' }],
      },
    });
    // Prometheus reaches the metrics, and not the database.
    const policy = find(manifests, 'NetworkPolicy', 'orders-from-prometheus');
    expect(policy.metadata.namespace).toBe('shop');
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
              podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
            },
          ],
          ports: [{ port: 9187, protocol: 'TCP' }],
        },
      ],
    });
    expect(identities(manifestsOf(ofDatabase))).not.toContain('PodMonitor shop/orders');
  });

  test('is of CloudNativePG too, whose operator has deprecated its own', () => {
    const { chart, database } = newCluster();
    new DatabasePodMonitor(chart, 'metrics', {
      database,
      prometheus: Pods.select(chart, 'Prometheus', { labels: { app: 'p' } }),
    });
    const manifests = manifestsOf(chart);
    expect(operatorObject(manifests, 'PodMonitor', 'metrics').spec).toEqual({
      selector: { matchLabels: { 'cnpg.io/cluster': 'orders', 'cnpg.io/podRole': 'instance' } },
      podMetricsEndpoints: [{ port: 'metrics' }],
    });
    expect(find(manifests, 'NetworkPolicy', 'metrics-from-prometheus').spec.ingress[0]!.ports).toEqual([
      { port: 9187, protocol: 'TCP' },
    ]);
  });

  // A policy would be the only one of its pods, and close them to their clients.
  test('makes no policy for a database that has none', () => {
    const { chart, database } = newDatabase({ metrics, networkPolicy: false });
    new DatabasePodMonitor(chart, 'metrics', {
      database,
      prometheus: Pods.select(chart, 'Prometheus', { labels: { app: 'p' } }),
    });
    expect(identities(manifestsOf(chart)).filter((name) => name.startsWith('NetworkPolicy'))).toEqual([]);
  });

  test('is refused of a database that serves no metrics, or was made elsewhere', () => {
    const { chart, database } = newDatabase();
    const engine = DatabaseEngine.postgres({ version: '17.11' });
    const imported = StatefulDatabase.fromAttributes(chart, 'imported', { engine, address: 'db.example.com' });
    for (const [one, path] of [
      [database, 'db'],
      [imported, 'imported'],
    ] as const) {
      expectRefused(
        chart,
        () => new DatabasePodMonitor(chart, 'metrics', { database: one }),
        `DatabasePodMonitor '${chart.node.path}/metrics'`,
        `'database' must have metrics, got "${chart.node.path}/${path}": its pods serve none, or are not known here; write 'metrics' on a StatefulDatabase, or make a PodMonitor of your own`,
      );
    }
  });

  test('is refused where it would look for the pods in another namespace, or is no name, or asks too often', () => {
    const { database } = newDatabase({ metrics });
    const chart = newChart({ namespace: 'shop' });
    expectRefused(
      chart,
      () => new DatabasePodMonitor(chart, 'metrics', { database, interval: Duration.millis(500) }),
      `DatabasePodMonitor '${chart.node.path}/metrics'`,
      `'interval' must be a whole number from 1 to 2147483647, got 0.5: leave it out for the default of Prometheus`,
      `'database' must have a known namespace in a chart that has one, got "${database.node.path}": it would look for the pods in 'shop'; give the database or its chart a namespace`,
    );
  });
});
