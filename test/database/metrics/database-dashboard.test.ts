import { join } from 'node:path';
import ts from 'typescript';
import { DatabaseDashboard, DatabaseEngine, StatefulDatabase } from '../../../lib';
import type { DatabaseDashboardProps } from '../../../lib';
import { PANELS } from '../../../lib/database/metrics/panels';
import { newCluster } from '../../support/cloudnative-pg';
import { diagnosticsOf } from '../../support/compiler';
import { EXPORTER_PASSWORD, PASSWORD } from '../../support/elsewhere';
import { find, manifestsOf, newChart } from '../../support/manifests';
import { expectRefused } from '../../support/refused';
import { DATABASE, newDatabase, plainSpec } from '../../support/samples';

const metrics = { password: EXPORTER_PASSWORD };

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: { readonly name: string; readonly query: string | { readonly query: string } }[];
  };
  readonly panels: {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
  }[];
}

/** A dashboard of each exporter. */
function newDashboard(props: Partial<DatabaseDashboardProps> = {}) {
  const { chart, database } = newCluster();
  const of = (id: string, engine: DatabaseEngine) =>
    new StatefulDatabase(chart, id, { ...DATABASE, engine, password: PASSWORD, metrics });
  const databases = [
    database,
    of('pg', DatabaseEngine.postgres({ version: '17.11' })),
    of('other', DatabaseEngine.postgres({ version: '17.11' })),
    of('my', DatabaseEngine.mariadb({ version: '11.8.8' })),
    of('va', DatabaseEngine.valkey({ version: '8.1.8' })),
  ];
  new DatabaseDashboard(chart, 'databases', { databases, ...props });
  const map = find(manifestsOf(chart), 'ConfigMap', props.name ?? 'databases');
  const [[file, text] = []] = Object.entries(map.data);
  return { map, file, dashboard: JSON.parse(text!) as Dashboard };
}

/** What the compiler finds wrong with a dashboard by the types of Grafana. */
function problemsOf(json: object): string[] {
  const file = join(__dirname, 'dashboard-of-a-test.ts');
  const text = `import type { Dashboard } from '@grafana/schema';\nexport const dashboard: Dashboard = ${JSON.stringify(json)};\n`;
  return diagnosticsOf(new Map([[file, text]]), {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  }).map(({ message }) => message);
}

describe('a dashboard', () => {
  const { map, file, dashboard } = newDashboard();

  test('is a ConfigMap that the sidecar of Grafana finds, with a row for each exporter', () => {
    expect(map.metadata).toEqual({ name: 'databases', labels: { grafana_dashboard: '1' } });
    expect(file).toBe('databases.json');
    expect(dashboard).toMatchObject({ uid: 'databases', title: 'Databases', schemaVersion: 39 });
    expect(dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'cloudnative-pg',
      'mysqld_exporter',
      'postgres_exporter',
      'redis_exporter',
      'Volumes',
    ]);
  });

  // Grafana's own types of a dashboard; of a panel's options they say nothing.
  test('is what the schema of Grafana takes', () => {
    expect(problemsOf(dashboard)).toEqual([]);
    // Or it could not fail.
    expect([...problemsOf({ ...dashboard, refresh: 1 }), ...problemsOf({ ...dashboard, noSuchField: 1 })]).toEqual([
      expect.stringContaining("Type 'number' is not assignable to type 'string'"),
      expect.stringContaining("does not exist in type 'Dashboard'"),
    ]);
  }, 60_000);

  test('has panels that lie beside each other, each with an id of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  test('asks for the chosen pods alone, and leaves nothing to be filled in', () => {
    const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);
    expect(targets.length).toBeGreaterThan(Object.values(PANELS).flat().length);
    for (const { expr } of targets) {
      expect(expr).not.toMatch(/\$(filter|claims)/);
      // Each series of each question.
      const series = expr.match(/\b[a-z][a-z0-9_]*\{[^}]*\}/g)!;
      expect(series.length).toBeGreaterThan(0);
      for (const one of series)
        expect(one).toMatch(
          /\{namespace=~"\$namespace", (pod=~"\$pod"|persistentvolumeclaim=~"\(\.\+-\)\?\(\$pod\)\(-wal\)\?")\}$/,
        );
    }
    expect(
      dashboard.templating.list.map(({ name, query }) => [name, typeof query === 'string' ? query : query.query]),
    ).toEqual([
      ['datasource', 'prometheus'],
      ['namespace', 'label_values({__name__=~"cnpg_collector_up|mysql_up|pg_up|redis_up"}, namespace)'],
      ['pod', 'label_values({__name__=~"cnpg_collector_up|mysql_up|pg_up|redis_up", namespace=~"$namespace"}, pod)'],
    ]);
  });

  test('takes everything that can be said', () => {
    const { chart, database } = newDatabase({ metrics });
    const props: Required<DatabaseDashboardProps> = {
      databases: [database],
      name: 'shop',
      namespace: 'monitoring',
      title: 'The shop',
      labels: { dashboards: 'yes' },
      annotations: { grafana_folder: 'Databases' },
    };
    new DatabaseDashboard(chart, 'x', props);
    const { metadata, data } = find(manifestsOf(chart), 'ConfigMap', 'shop');
    expect(metadata).toEqual({
      name: 'shop',
      namespace: 'monitoring',
      labels: { dashboards: 'yes' },
      annotations: { grafana_folder: 'Databases' },
    });
    expect(JSON.parse(data['shop.json']!)).toMatchObject({ uid: 'shop', title: 'The shop' });
  });

  test('is refused without a database, of one that has no metrics, or of an exporter that it does not know', () => {
    const { chart, database } = newDatabase();
    const exporter = {
      name: 'own',
      image: 'example.com/exporter:1',
      port: 9000,
      script: 'exec /exporter',
      userScript: 'true',
    };
    const engine = DatabaseEngine.of(plainSpec({ exporter }));
    const own = new StatefulDatabase(chart, 'own', { ...DATABASE, engine, metrics });
    const subject = `DatabaseDashboard '${chart.node.path}/dashboard'`;
    expectRefused(
      chart,
      () => new DatabaseDashboard(chart, 'dashboard', { databases: [database, own] }),
      subject,
      `'databases[0]' must have metrics of a known exporter, got "${chart.node.path}/db": its pods serve none, or are not known here; write 'metrics' on it, or leave it out`,
      `'databases[1]' must have metrics of a known exporter, got "own": known are postgres_exporter, mysqld_exporter, redis_exporter, cloudnative-pg; leave it out, and make a dashboard of your own`,
    );
    expectRefused(
      chart,
      () => new DatabaseDashboard(chart, 'dashboard', { databases: [], name: 'd'.repeat(41) }),
      subject,
      `'name' must have at most 40 characters, got "${'d'.repeat(41)}": Grafana takes no longer uid; choose a shorter one`,
      `'databases' must name a database, got []: the dashboard would be empty; name those to be shown`,
    );
    expect(newChart().node.children).toEqual([]);
  });
});
