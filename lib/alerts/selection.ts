/** A thing that series name, by a label of its own and the label `namespace`. */
export interface Thing {
  /** Nothing where the app does not know it: then any namespace fits. */
  readonly namespace: string | undefined;

  /** Its name, or a pattern of names, such as `postgresql-[0-9]+`. */
  readonly name: string;
}

/** Labels that all series have, e.g. that of one cluster among several. */
export interface SeriesLabels {
  readonly [label: string]: string;
}

/**
 * Which series a rule looks at: those of some things in some namespaces.
 */
export class Selection {
  /** What selects all of the things, and nothing else: one selection for all namespaces in which things have the same names. */
  public static all(label: string, things: readonly Thing[], common: SeriesLabels): Selection[] {
    const byNamespace = new Map<string | undefined, Set<string>>();
    for (const { namespace, name } of things) {
      byNamespace.set(namespace, (byNamespace.get(namespace) ?? new Set()).add(name));
    }
    const byNames = new Map<string, { names: string[]; namespaces: string[] }>();
    for (const [namespace, set] of byNamespace) {
      const names = [...set].sort();
      // Any namespace is no list of some.
      const key = JSON.stringify([namespace === undefined, names]);
      const same = byNames.get(key) ?? { names, namespaces: [] };
      if (namespace !== undefined) same.namespaces.push(namespace);
      byNames.set(key, same);
    }
    return [...byNames.values()].map(({ names, namespaces }) => new Selection(namespaces.sort(), label, names, common));
  }

  /** The same of things that have something in common, e.g. how old they may be: that, and what selects those that have it. */
  public static alike<T extends Thing, K>(
    label: string,
    things: readonly T[],
    keyOf: (thing: T) => K,
    common: SeriesLabels,
  ): [K, Selection][] {
    return [...groupedBy(things, keyOf)].flatMap(([key, same]) =>
      Selection.all(label, same, common).map((selection): [K, Selection] => [key, selection]),
    );
  }

  /** One selection for each thing. */
  public static each(label: string, things: readonly Thing[], common: SeriesLabels): Selection[] {
    const keys = new Map(things.map((thing) => [`${thing.namespace ?? ''}/${thing.name}`, thing]));
    return [...keys.values()].map(
      ({ namespace, name }) => new Selection(namespace === undefined ? [] : [namespace], label, [name], common),
    );
  }

  private constructor(
    private readonly namespaces: string[],
    private readonly label: string,
    private readonly names: string[],
    private readonly common: SeriesLabels,
  ) {}

  /** The series of a metric that are of these things. */
  public series(metric: string, labels: SeriesLabels = {}): string {
    return select(metric, [...this.where(labels), matcher(this.label, this.names)]);
  }

  /** Those that name these things by another label, as series of a Job name its CronJob `owner_name`. */
  public seriesBy(label: string, metric: string, labels: SeriesLabels): string {
    return select(metric, [...this.where(labels), matcher(label, this.names)]);
  }

  /** All of a metric in the namespaces of these things. */
  public neighbors(metric: string, labels: SeriesLabels = {}): string {
    return select(metric, this.where(labels));
  }

  private where(labels: SeriesLabels): string[] {
    const namespaces = this.namespaces.length > 0 ? [matcher('namespace', this.namespaces)] : [];
    return [...matchers(this.common), ...namespaces, ...matchers(labels)];
  }
}

/** All series of a metric, of whatever thing. */
export function anySeries(metric: string, common: SeriesLabels): string {
  return select(metric, matchers(common));
}

/** Any of these, as long as the metric is seen at all: where none of its series is, nobody looks, and that is another alert. */
export function whileSeen(exprs: readonly string[], metric: string, common: SeriesLabels): string {
  return `(\n  ${exprs.join('\n  or ')}\n)\nand on () group(${anySeries(metric, common)})`;
}

/** With labels that the series do not have themselves. */
export function withLabels(expr: string, labels: SeriesLabels): string {
  return Object.entries(labels).reduce((inner, [label, value]) => {
    const what = `${quoted(label)}, ${quoted(value)}, "", ""`;
    return inner.includes('\n')
      ? `label_replace(\n  ${inner.replaceAll('\n', '\n  ')},\n  ${what}\n)`
      : `label_replace(${inner}, ${what})`;
  }, expr);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function matchers(labels: SeriesLabels): string[] {
  return Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`);
}

function matcher(label: string, values: readonly string[]): string {
  const [value = ''] = values;
  const isName = values.length === 1 && /^[\w-]*$/.test(value);
  return `${label}${isName ? '=' : '=~'}${quoted(values.join('|'))}`;
}

function select(metric: string, all: readonly string[]): string {
  return all.length > 0 ? `${metric}{${all.join(', ')}}` : metric;
}

/** Things that have something in common, e.g. how old they may be. */
export function groupedBy<T, K>(things: readonly T[], keyOf: (thing: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const thing of things) groups.set(keyOf(thing), [...(groups.get(keyOf(thing)) ?? []), thing]);
  return groups;
}
