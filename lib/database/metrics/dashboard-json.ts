import { PANELS, VOLUME_PANELS } from './panels';
import type { Panel } from './panels';

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Wide and high, of the 24 columns that a dashboard has. */
const [WIDTH, HEIGHT] = [8, 7];

/** What `$filter` and `$claims` stand for in a panel: the choice at the top of the dashboard. */
const CHOICE = 'namespace=~"$namespace", pod=~"$pod"';
const CLAIMS = 'namespace=~"$namespace", persistentvolumeclaim=~"(.+-)?($pod)(-wal)?"';

/** A dashboard as Grafana imports it, with a row for each exporter and one for volumes. */
export function renderDashboard(uid: string, title: string, exporters: readonly string[]): object {
  const rows = [
    ...exporters.map((exporter) => [exporter, PANELS[exporter] ?? []] as const),
    ['Volumes', VOLUME_PANELS] as const,
  ];
  const panels: { id: number }[] = [];
  let y = 0;
  for (const [name, own] of rows) {
    panels.push(renderRow(panels.length + 1, name, y));
    y += 1;
    own.forEach((panel, index) => {
      const at = { x: (index % 3) * WIDTH, y: y + Math.floor(index / 3) * HEIGHT, w: WIDTH, h: HEIGHT };
      panels.push(renderPanel(panels.length + 1, panel, at));
    });
    y += Math.ceil(own.length / 3) * HEIGHT;
  }
  return {
    uid,
    title,
    tags: ['databases'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    time: { from: 'now-6h', to: 'now' },
    refresh: '1m',
    templating: { list: renderChoices(exporters) },
    annotations: { list: [] },
    links: [],
    panels,
  };
}

/** Which Prometheus, namespaces and pods: those that have the series which says that a server is up. */
function renderChoices(exporters: readonly string[]): object[] {
  const up = exporters.map((exporter) => /[a-z_]+_up/.exec(PANELS[exporter]?.[0]?.queries['{{pod}}'] ?? '')?.[0]);
  const series = `{__name__=~"${up.join('|')}"`;
  const query = (name: string, text: string) => ({
    name,
    type: 'query',
    datasource: DATASOURCE,
    query: { query: text, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    current: { selected: true, text: ['All'], value: ['$__all'] },
  });
  return [
    { name: 'datasource', type: 'datasource', query: 'prometheus' },
    query('namespace', `label_values(${series}}, namespace)`),
    query('pod', `label_values(${series}, namespace=~"$namespace"}, pod)`),
  ];
}

function renderRow(id: number, title: string, y: number) {
  return { id, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] };
}

function renderPanel(id: number, { title, queries, unit = 'short' }: Panel, gridPos: object) {
  return {
    id,
    type: 'timeseries',
    title,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATASOURCE,
      expr: expr.replaceAll('$filter', CHOICE).replaceAll('$claims', CLAIMS),
      legendFormat,
    })),
  };
}
