import type { Place } from './construct-tree';
import type { DependencyEdges, Edge } from './dependency-edges';

/** A construct, or a set of API objects on which others depend alike. */
class Vertex {
  /** Of the sorts, which are numbered: the last that found something to depend on this, that entered and that left it. */
  public wanted = 0;
  public entered = 0;
  public left = 0;

  /**
   * @param next what it depends on
   * @param place the construct for which it stands, or in which are all the objects to which it leads
   */
  public constructor(
    public readonly next: () => Vertex[],
    public readonly place?: Place,
    public readonly isConstruct = false,
  ) {}
}

/**
 * The order of constructs that depend on one another, as cdk8s sorts them: depth first, in the order of the tree, what comes
 * first before what depends on it.
 *
 * A dependency of a construct S on a construct T makes each API object in S depend on each in T. cdk8s writes down all these
 * pairs. Here all objects in S lead to one vertex more, `after(S)`, that leads to another one, `objectsIn(T)`, and that to all
 * objects in T: the graph is as large as the tree and its dependencies together.
 */
export class DependencyGraph {
  private readonly constructs = new Map<Place, Vertex>();
  private readonly afters = new Map<Place, Vertex>();
  private readonly insides = new Map<Place, Vertex>();
  /** What an edge leads to where that is not `objectsIn(T)`. */
  private readonly substitutes = new Map<Edge, Vertex>();
  /** What an object leads to where that is not `after(S)`, as S, in which it is, depends on the object itself. */
  private readonly exempt = new Map<Place, Vertex>();
  private sorts = 0;

  /**
   * @param ofObjects whether API objects depend on each other because of the constructs that they are in
   * @throws if a construct depends on itself, or if that makes two objects depend on each other
   */
  public constructor(
    private readonly edges: DependencyEdges,
    private readonly ofObjects: boolean,
  ) {
    const outermost = new Map<Place, Place>();
    for (const [source, edge] of edges.all()) {
      if (source === edge.target) throw cycle([source]);
      if (edge.strays) this.substitutes.set(edge, new Vertex(() => edge.strays?.map(this.vertex) ?? []));
      else if (ofObjects && edge.target && edge.chart === source.chart)
        this.untie(source, edge, edge.target, outermost);
    }
    for (const [object, source] of outermost) this.exempt.set(object, this.afterOthers(object, source));
  }

  /**
   * @param places what is sorted, in the order in which cdk8s looks for what nothing depends on, to begin with that
   * @param isAmong whether a place is one of them
   * @throws if dependencies form a cycle, with the whole of it
   */
  public sort(places: Place[], isAmong: (place: Place) => boolean): Place[] {
    const sort = ++this.sorts;
    const vertices = places.map(this.vertex);
    const next = (vertex: Vertex) => vertex.next().filter(({ place }) => !place || isAmong(place));
    markWanted(vertices, next, sort);
    const sorted: Place[] = [];
    for (const vertex of vertices) if (vertex.wanted !== sort) visit(vertex, next, sort, sorted);
    // From those all others were reached, unless they are on a cycle or depend on one.
    for (const vertex of vertices) visit(vertex, next, sort, sorted);
    return sorted;
  }

  private readonly vertex = (place: Place): Vertex =>
    lazily(this.constructs, place, () => new Vertex(() => this.dependenciesOf(place), place, true));

  private dependenciesOf(place: Place): Vertex[] {
    const targets = this.edges.of(place).flatMap(({ target }) => (target ? [this.vertex(target)] : []));
    if (!this.ofObjects || !place.isObject) return targets;
    return [...targets, this.exempt.get(place) ?? this.after(place)];
  }

  /** What all objects in a construct depend on, because it or a construct around it does. */
  private after(place: Place): Vertex {
    return lazily(this.afters, place, () => {
      const own = () => this.edges.of(place).map((edge) => this.objectsOf(edge));
      return new Vertex(() => [...(place.scope ? [this.after(place.scope)] : []), ...own()]);
    });
  }

  private objectsOf(edge: Edge): Vertex {
    return this.substitutes.get(edge) ?? (edge.target ? this.objectsIn(edge.target) : new Vertex(() => []));
  }

  private objectsIn(place: Place): Vertex {
    return lazily(this.insides, place, () => {
      const inside = () => inner(place).map((child) => this.objectsIn(child));
      return new Vertex(() => [...(place.isObject ? [this.vertex(place)] : []), ...inside()], place);
    });
  }

  /**
   * A dependency between a construct and one in it is a cycle as soon as the inner one has two objects. If it has one, that
   * does not depend on itself, but all others depend on it, or it on all others.
   */
  private untie(source: Place, edge: Edge, target: Place, outermost: Map<Place, Place>): void {
    const [outer, inside] = source.index < target.index ? [source, target] : [target, source];
    const object = inside.first;
    if (!outer.contains(inside) || !object) return;
    if (inside.count > 1) throw cycle([object, secondObject(inside, object)]);
    if (inside === source) {
      this.substitutes.set(edge, new Vertex(() => this.objectsBut(object, target)));
    } else {
      const other = outermost.get(object);
      if (!other || source.index < other.index) outermost.set(object, source);
    }
  }

  private objectsBut(object: Place, place: Place): Vertex[] {
    if (!place.contains(object)) return [this.objectsIn(place)];
    const own = place.isObject && place !== object ? [this.vertex(place)] : [];
    return [...own, ...inner(place).flatMap((child) => this.objectsBut(object, child))];
  }

  /** What an object depends on because of the constructs that it is in, up to one that depends on the object. */
  private afterOthers(object: Place, outermost: Place): Vertex {
    const scopes: Place[] = [];
    for (let scope: Place | undefined = object; scope && scope !== outermost.scope; scope = scope.scope)
      scopes.unshift(scope);
    const isOnObject = (scope: Place, { target }: Edge) => target?.first === object && scope.contains(target);
    return new Vertex(() => [
      ...(outermost.scope ? [this.after(outermost.scope)] : []),
      ...scopes.flatMap((scope) =>
        this.edges
          .of(scope)
          .filter((edge) => !isOnObject(scope, edge))
          .map((edge) => this.objectsOf(edge)),
      ),
    ]);
  }
}

function markWanted(vertices: Vertex[], next: (vertex: Vertex) => Vertex[], sort: number): void {
  const found = vertices.flatMap(next);
  for (let vertex = found.pop(); vertex; vertex = found.pop()) {
    if (vertex.wanted === sort) continue;
    vertex.wanted = sort;
    if (!vertex.isConstruct) for (const other of next(vertex)) found.push(other);
  }
}

/** Appends what a vertex depends on, and then itself. Not by recursion: a chain may be longer than the stack. */
function visit(start: Vertex, next: (vertex: Vertex) => Vertex[], sort: number, sorted: Place[]): void {
  const path: Step[] = [];
  const enter = (vertex: Vertex) => {
    if (vertex.left === sort) return;
    if (vertex.entered === sort) {
      const from = path.findIndex((step) => step.vertex === vertex);
      throw cycle(path.slice(from).flatMap((step) => (step.vertex.isConstruct ? (step.vertex.place ?? []) : [])));
    }
    vertex.entered = sort;
    path.push({ vertex, next: next(vertex), index: 0 });
  };
  enter(start);
  for (let step = path.at(-1); step; step = path.at(-1)) {
    const neighbour = step.next[step.index++];
    if (neighbour) {
      enter(neighbour);
      continue;
    }
    path.pop();
    step.vertex.left = sort;
    if (step.vertex.isConstruct && step.vertex.place) sorted.push(step.vertex.place);
  }
}

interface Step {
  readonly vertex: Vertex;
  readonly next: Vertex[];
  index: number;
}

function cycle(places: Place[]): Error {
  const paths = [...places, ...places.slice(0, 1)].map(({ construct }) => construct.node.path);
  return new Error(`Dependency cycle detected: ${paths.join(' => ')}`);
}

/** Children of the same chart that hold API objects. */
function inner(place: Place): Place[] {
  return place.children.filter((child) => child.scope && child.count > 0);
}

function secondObject(place: Place, first: Place): Place {
  if (place.isObject && place !== first) return place;
  const child = inner(place).find((one) => one.count > (one.contains(first) ? 1 : 0));
  return child ? secondObject(child, first) : first;
}

function lazily<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
