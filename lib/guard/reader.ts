/** Where something stands in an object. */
export type Path = readonly (string | number)[];

/** Told of what has another type than Kubernetes knows, or was never rendered. */
export type Complaint = (path: Path, text: string) => void;

/** What a template engine, `envsubst` or Flux would have replaced. `$(VARIABLE)` is Kubernetes' own. */
const UNRENDERED = /\{\{|\$\{\w|<no value>/;

/** Reads an object of which nothing is certain. What has the wrong type is complained of, and read as if it were not there. */
export class Reader {
  public constructor(
    private readonly value: unknown,
    private readonly complain: Complaint,
    public readonly path: Path = [],
  ) {}

  public get(...keys: string[]): Reader {
    return keys.reduce<Reader>((reader, key) => reader.child(key), this);
  }

  public has(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** A text, number or boolean, as text. */
  public text(): string | undefined {
    if (!this.has()) return undefined;
    if (typeof this.value === 'object') {
      this.wrong('a text');
      return;
    }
    const text = scalar(this.value);
    if (UNRENDERED.test(text)) {
      this.complain(this.path, `'${this.name()}' is a template that was never rendered`);
      return undefined;
    }
    return text;
  }

  /** As `text()`, of what may well look like a template: an argument, a variable of an application. */
  public raw(): string {
    return typeof this.value === 'object' || !this.has() ? '' : scalar(this.value);
  }

  public isList(): boolean {
    return Array.isArray(this.value);
  }

  public isMap(): boolean {
    return typeof this.value === 'object' && this.value !== null && !this.isList();
  }

  /** The value as one line, whatever it is. */
  public json(): string {
    return typeof this.value === 'object' ? JSON.stringify(this.value) : this.raw();
  }

  public list(): Reader[] {
    if (!this.has()) return [];
    if (!Array.isArray(this.value)) {
      this.wrong('a list');
      return [];
    }
    return this.value.map((value, index) => new Reader(value, this.complain, [...this.path, index]));
  }

  public entries(): [string, Reader][] {
    return this.keys().map((key) => [key, this.child(key)]);
  }

  /** Texts by their names, sorted. */
  public texts(): { [name: string]: string } | undefined {
    const found: { [name: string]: string } = {};
    for (const [key, reader] of this.entries()) {
      const text = reader.text();
      if (text !== undefined) found[key] = text;
    }
    return emptyToNothing(sorted(found));
  }

  public keys(): string[] {
    return Object.keys(this.record() ?? {}).sort();
  }

  private child(key: string): Reader {
    const record = this.record();
    const value = record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
    return new Reader(value, this.complain, [...this.path, key]);
  }

  private record(): { [key: string]: unknown } | undefined {
    if (!this.has()) return undefined;
    if (typeof this.value !== 'object' || Array.isArray(this.value)) {
      this.wrong('a map');
      return;
    }
    return this.value as { [key: string]: unknown };
  }

  private wrong(expected: string): undefined {
    this.complain(this.path, `'${this.name()}' must be ${expected}`);
    return undefined;
  }

  private name(): string {
    return this.path
      .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${part}`))
      .join('');
  }
}

export function sorted<T>(map: { [name: string]: T }): { [name: string]: T } {
  return Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** Nothing in place of an empty map, so that facts are the same whether it is written or not. */
export function emptyToNothing<T extends object>(map: T): T | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

/** Without what is not there. */
export function compact<T extends object>(facts: T): T {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as T;
}

/** Nothing in place of what the server would set by itself. */
export function unless(standard: string, text: string | undefined): string | undefined {
  return text === standard ? undefined : text;
}

/** Of what is no object: a text, a number or a boolean. */
function scalar(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
