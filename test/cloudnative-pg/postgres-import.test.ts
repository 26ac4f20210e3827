import { App, Chart } from 'cdk8s';
import { CloudNativePgDatabase, DatabaseEngine, StatefulDatabase } from '../../lib';
import type { CloudNativePgDatabaseProps, PostgresImport } from '../../lib';
import { ARCHIVING, CLUSTER, newCluster, operatorObject } from '../support/cloudnative-pg';
import { PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { find, manifestsOf, newChart } from '../support/manifests';
import { expectRefusedAlone } from '../support/refused';
import { DATABASE } from '../support/samples';

const OLD = {
  engine: DatabaseEngine.postgres({ version: '17.11' }),
  address: 'db.example.com',
  port: 6432,
  password: PASSWORD,
};

/** A Cluster beside the server that it begins with. */
function imported(
  props: Partial<CloudNativePgDatabaseProps>,
  more: Partial<PostgresImport> = {},
  chart = newChart(),
): Chart {
  const source = new StatefulDatabase(chart, 'old', { ...DATABASE, ...applicationUser });
  new CloudNativePgDatabase(chart, 'orders', {
    ...CLUSTER,
    ...props,
    importFrom: { database: source, ...more },
  });
  return chart;
}
const applicationUser = { applicationUser: { name: 'seller', password: SHOP_PASSWORD, databaseName: 'sales' } };

describe('a Cluster that begins with the database of another server', () => {
  test("copies that of the application into its own user's", () => {
    const { spec } = operatorObject(manifestsOf(imported({})), 'Cluster');
    expect(spec.bootstrap.initdb).toEqual({
      database: 'shop',
      owner: 'shop',
      secret: { name: 'shop-user' },
      dataChecksums: true,
      encoding: 'UTF8',
      import: { type: 'microservice', databases: ['sales'], source: { externalCluster: 'source' } },
    });
    expect(spec.externalClusters).toEqual([
      {
        name: 'source',
        connectionParameters: { host: 'old', port: '5432', user: 'postgres', dbname: 'postgres' },
        password: { name: PASSWORD.secret.name, key: PASSWORD.key },
      },
    ]);
  });

  test('copies the database that is named', () => {
    const { spec } = operatorObject(manifestsOf(imported({}, { databaseName: 'orders' })), 'Cluster');
    expect(spec.bootstrap.initdb.import.databases).toEqual(['orders']);
  });

  // Both are closed: the job must get out of the one and into the other.
  test('lets its job out, and in to the other server', () => {
    const app = new App();
    const chart = new Chart(app, 'old', { namespace: 'first' });
    const database = new StatefulDatabase(chart, 'old', DATABASE);
    const other = new Chart(app, 'new', { namespace: 'second' });
    new CloudNativePgDatabase(other, 'orders', { ...CLUSTER, importFrom: { database } });
    const policy = find(manifestsOf(other), 'NetworkPolicy', 'orders-import-access');
    expect(policy.metadata.namespace).toBe('first');
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: { app: 'old' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              podSelector: { matchLabels: { 'cnpg.io/cluster': 'orders', 'cnpg.io/jobRole': 'import' } },
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'second' } },
            },
          ],
          ports: [{ port: 5432, protocol: 'TCP' }],
        },
      ],
    });
    const own = find(manifestsOf(other), 'NetworkPolicy', 'orders').spec as { egress: { ports: object[] }[] };
    expect(own.egress[1]!.ports).toContainEqual({ port: 5432, protocol: 'TCP' });
  });

  test('reads a server that no app makes, without a permission', () => {
    const chart = newChart();
    const database = StatefulDatabase.fromAttributes(chart, 'old', OLD);
    new CloudNativePgDatabase(chart, 'orders', { ...CLUSTER, importFrom: { database } });
    const manifests = manifestsOf(chart);
    expect(operatorObject(manifests, 'Cluster').spec.externalClusters[0].connectionParameters).toMatchObject({
      host: 'db.example.com',
      port: '6432',
    });
    expect(manifests.filter(({ kind }) => kind === 'NetworkPolicy')).toHaveLength(1);
  });

  test('refuses another engine, a later major, itself, and all databases at once', () => {
    const elsewhere = newChart();
    const at = (address: string, engine: DatabaseEngine) =>
      StatefulDatabase.fromAttributes(elsewhere, address, { engine, address, user: 'reader' });
    refused(
      { database: at('orders-rw', DatabaseEngine.mariadb({ version: '11.8.8' })), databaseName: '*' },
      '\'importFrom.database\' must be a PostgreSQL, got "mariadb": the operator reads it by pg_dump; give another database',
      '\'importFrom.database\' must be another server, got "orders-rw": it would wait for itself; give the new one another name',
      '\'importFrom.databaseName\' must name one database, got "*": one database is imported; to take all of them, with their roles, use a ' +
        'DatabaseCopy',
    );
    refused(
      { database: at('later', DatabaseEngine.postgres({ version: '18.6' })) },
      '\'importFrom.database\' must be of major 17 or earlier, got "18.6": no server reads the dump of a later one; give this one an engine of 18',
    );
  });

  test('refuses two pasts', () => {
    const { database } = newCluster(ARCHIVING);
    expectRefusedAlone(
      (chart) => {
        const importFrom = { database: StatefulDatabase.fromAttributes(newChart(), 'old', OLD) };
        return new CloudNativePgDatabase(chart, 'orders', { ...CLUSTER, importFrom, recoverFrom: { database } });
      },
      "CloudNativePgDatabase 'test/orders'",
      "'importFrom' must not stand beside 'recoverFrom', got \"test/old\": a database begins with one of the two; leave the other out",
    );
  });

  test('refuses a server whose host name would be looked for in another namespace', () => {
    const chart = newChart();
    const database = new StatefulDatabase(chart, 'old', DATABASE);
    expectRefusedAlone(
      (other) =>
        new CloudNativePgDatabase(other, 'orders', { ...CLUSTER, namespace: 'shop', importFrom: { database } }),
      "CloudNativePgDatabase 'test/orders'",
      "'importFrom.database' must have a known namespace, as the job runs in 'shop', got \"test/old\": its host name 'old' would be looked for " +
        'there; give the database or its chart a namespace',
    );
  });
});

function refused(importFrom: PostgresImport, ...problems: string[]): void {
  expectRefusedAlone(
    (chart) => new CloudNativePgDatabase(chart, 'orders', { ...CLUSTER, importFrom }),
    "CloudNativePgDatabase 'test/orders'",
    ...problems,
  );
}
