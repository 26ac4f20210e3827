import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ConstructTree, Place } from './construct-tree';

/** That a construct, and each API object in it, comes after another construct and each API object in that. */
export interface Edge {
  /** What comes first, and its chart; undefined if they are not in the tree. */
  readonly target?: Place;
  readonly chart?: Place;
  /** If it was taken out of the tree: what stands where its API objects stood. */
  readonly strays?: Place[];
}

/** What depends on what: as it was written down, and what cdk8s makes of that. */
export class DependencyEdges {
  /** Whether charts depend on one another: cdk8s then numbers the files. */
  public readonly betweenCharts: boolean;

  private readonly edges = new Map<Place, Edge[]>();

  /**
   * @param ofCharts whether charts depend on charts in them, and on those that anything in them depends on
   * @throws if something outside of all charts depends on anything, or is depended on
   */
  public constructor(
    private readonly tree: ConstructTree,
    private readonly ofCharts: boolean,
  ) {
    for (const place of tree.places) {
      for (const target of place.construct.node.dependencies) this.add(place, this.edge(target, place));
    }
    const between = ofCharts ? [...this.onChartsInside(), ...this.onOtherCharts()] : [];
    for (const [source, target] of between) this.add(source, { target, chart: target });
    this.betweenCharts = between.length > 0;
  }

  public of(source: Place): Edge[] {
    return this.edges.get(source) ?? [];
  }

  public all(): [source: Place, edge: Edge][] {
    return [...this.edges].flatMap(([source, edges]) => edges.map((edge): [Place, Edge] => [source, edge]));
  }

  private add(source: Place, edge: Edge): void {
    const edges = this.edges.get(source);
    if (edges) edges.push(edge);
    else this.edges.set(source, [edge]);
  }

  private edge(construct: IConstruct, source: Place): Edge {
    const target = this.tree.find(construct);
    // One that was taken out of the tree may have stood outside of all charts.
    if (target?.construct === construct || !this.ofCharts) return { target, chart: target?.chart };
    const chart = Chart.of(construct);
    const objects = construct.node.findAll().filter((one) => ApiObject.isApiObject(one) && Chart.of(one) === chart);
    const strays = objects.flatMap((object) => this.tree.find(object) ?? []).filter((place) => place !== source);
    return { target, chart: this.tree.find(chart), strays };
  }

  /** A chart comes after those that are its children. */
  private onChartsInside(): [Place, Place][] {
    return this.tree.places.flatMap((place): [Place, Place][] =>
      place.parent && isChart(place) && isChart(place.parent) ? [[place.parent, place]] : [],
    );
  }

  /** A chart comes after those that anything in it depends on. */
  private onOtherCharts(): [Place, Place | undefined][] {
    const known = new Map<Place, Set<Place | undefined>>();
    for (const [source, { target, chart }] of this.all()) {
      const from = chartOf(source);
      if (target && !chart) chartOf(target);
      if (from === chart) continue;
      const charts = known.get(from) ?? new Set();
      known.set(from, charts.add(chart));
    }
    return [...known].flatMap(([from, charts]) =>
      [...charts].map((chart): [Place, Place | undefined] => [from, chart]),
    );
  }
}

function isChart(place: Place): boolean {
  return place.chart === place;
}

function chartOf(place: Place): Place {
  // Where there is none, cdk8s' own error is thrown.
  return place.chart ?? (Chart.of(place.construct) as never);
}
