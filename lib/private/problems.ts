import type { Construct } from 'constructs';

/**
 * Collects what is wrong with one props object, so that a user sees all of it at once.
 *
 * A constructor makes one right after `super()`, passes it to the rules, and calls `throwIfAny()` before it makes any
 * child.
 */
export class Problems {
  private readonly found: string[] = [];

  /**
   * @param construct whose props are checked; none where a value is made outside of the tree
   */
  public constructor(private readonly construct?: Construct) {}

  /**
   * @param prop the prop as the user writes it, e.g. `storage.size`
   * @param rule what must hold, e.g. `must be more than 0`
   * @param got the value received; never pass a secret
   * @param wayOut why the rule exists and what to write instead
   */
  public add(prop: string, rule: string, got: unknown, wayOut: string): void {
    this.addText(`'${prop}' ${rule}, got ${show(got)}: ${wayOut}`);
  }

  /** The same for a value that may be a secret: only its kind is shown. */
  public addUnseen(prop: string, rule: string, got: unknown, wayOut: string): void {
    this.addText(`'${prop}' ${rule}, got ${kindOf(got)}: ${wayOut}`);
  }

  private addText(problem: string): void {
    // A construct that is built of others checks their part of its props too; what both find is said once.
    if (!this.found.includes(problem)) this.found.push(problem);
  }

  /**
   * Throws all problems as one error and takes the construct out of the tree: a catch leaves nothing half-made.
   *
   * @param what what the props are of, where there is no construct
   */
  public throwIfAny(what?: string): void {
    if (this.found.length > 0) this.throw(what);
  }

  /** Throws them: where the rest cannot be checked without what is missing. */
  public throw(what?: string): never {
    const { construct } = this;
    construct?.node.scope?.node.tryRemoveChild(construct.node.id);
    const subject = what ?? `${construct?.constructor.name} '${construct?.node.path}'`;
    throw new Error(`${subject}:\n${this.found.map((text) => `- ${text}`).join('\n')}`);
  }
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
