import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** Where a construct stands in a tree. */
export class Place {
  public readonly children: Place[] = [];
  public readonly isObject: boolean;
  /** The closest chart around it, itself if it is one. */
  public readonly chart?: Place;
  /** How many API objects of its own chart it holds, itself counted, and the first of them. */
  public count = 0;
  public first?: Place;
  /** The index behind that of the last in it. */
  public end = 0;

  /**
   * @param index in preorder
   */
  public constructor(
    public readonly construct: IConstruct,
    public readonly index: number,
    public readonly parent?: Place,
  ) {
    this.isObject = ApiObject.isApiObject(construct);
    this.chart = Chart.isChart(construct) ? this : parent?.chart;
    parent?.children.push(this);
  }

  /** The construct that it is in, unless that is of another chart. */
  public get scope(): Place | undefined {
    return this.parent?.chart === this.chart ? this.parent : undefined;
  }

  public contains(other: Place): boolean {
    return this.index <= other.index && other.index < this.end;
  }
}

/** A construct tree as it stands, walked once. */
export class ConstructTree {
  /** In preorder, so that what is in a construct follows it without a gap. */
  public readonly places: Place[] = [];

  private readonly byConstruct = new Map<IConstruct, Place>();
  private byPath?: Map<string, Place>;

  public constructor(root: IConstruct) {
    this.visit(root);
  }

  /** cdk8s knows constructs by path: one that was taken out of the tree is whatever stands at its path now. */
  public find(construct: IConstruct): Place | undefined {
    const place = this.byConstruct.get(construct);
    if (place) return place;
    this.byPath ??= new Map(this.places.map((one) => [one.construct.node.path, one]));
    return this.byPath.get(construct.node.path);
  }

  /** A construct and all in it. */
  public within(place: Place): Place[] {
    return this.places.slice(place.index, place.end);
  }

  private visit(construct: IConstruct, parent?: Place): void {
    const place = new Place(construct, this.places.length, parent);
    this.places.push(place);
    this.byConstruct.set(construct, place);
    if (place.isObject) count(place, 1, place);
    for (const child of construct.node.children) this.visit(child, place);
    place.end = this.places.length;
    if (place.scope) count(place.scope, place.count, place.first);
  }
}

function count(place: Place, objects: number, first?: Place): void {
  place.count += objects;
  place.first ??= first;
}
