import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { ConstructTree } from './construct-tree';
import type { Place } from './construct-tree';
import { DependencyEdges } from './dependency-edges';
import { DependencyGraph } from './dependency-graph';

/** In which order an app's charts are written, and the API objects of each. */
export class SynthOrder {
  public readonly charts: Chart[];
  /** Whether charts depend on one another: cdk8s then numbers the files. */
  public readonly hasDependentCharts: boolean;

  private readonly tree: ConstructTree;
  private readonly graph: DependencyGraph;
  /** Charts with dependencies inside them, and charts on which charts inside them depend. */
  private readonly tied = new Set<Place>();
  private readonly nested = new Set<Place>();

  /**
   * @param implied whether what follows from the dependencies that were written down counts too, as it does in a synthesis
   * @throws if dependencies form a cycle anywhere in the app, or reach out of all charts
   */
  public constructor(app: IConstruct, implied: boolean) {
    this.tree = new ConstructTree(app);
    const edges = new DependencyEdges(this.tree, implied);
    this.hasDependentCharts = edges.betweenCharts;
    this.graph = new DependencyGraph(edges, implied);
    const tied = edges.all();
    for (const [source, { chart, strays }] of tied) {
      if (source.chart && (source.chart === chart || strays)) this.tied.add(source.chart);
      else if (chart?.contains(source)) this.nested.add(chart);
    }
    const places = inKeyOrder(this.tree.places);
    const sorted = tied.length > 0 ? this.graph.sort(places, () => true) : places;
    this.charts = sorted.map(({ construct }) => construct).filter((construct) => Chart.isChart(construct));
  }

  public objectsOf(chart: Chart): ApiObject[] {
    const place = this.tree.find(chart);
    const own = place ? this.sort(place).filter((one) => one.chart === place) : [];
    return own.map(({ construct }) => construct).filter((construct) => ApiObject.isApiObject(construct));
  }

  private sort(chart: Place): Place[] {
    // Charts inside this one come after it or do not matter to it, unless they depend on it.
    if (this.nested.has(chart)) return this.graph.sort(this.tree.within(chart), (place) => chart.contains(place));
    const own = ownOf(chart);
    return this.tied.has(chart) ? this.graph.sort(own, (place) => place.chart === chart) : own;
  }
}

/** What is of a chart, in preorder. */
function ownOf(chart: Place, own: Place[] = []): Place[] {
  own.push(chart);
  for (const child of chart.children) if (child.scope) ownOf(child, own);
  return own;
}

/** cdk8s keeps constructs in an object by path, and JavaScript enumerates keys that are array indices first. */
function inKeyOrder(places: Place[]): Place[] {
  const isIndex = ({ construct }: Place) => {
    const { path } = construct.node;
    return String(Number(path) >>> 0) === path && path !== '4294967295';
  };
  const first = new Set(places[0]?.children.filter(isIndex));
  return first.size === 0 ? places : [...first, ...places.filter((place) => !first.has(place))];
}
