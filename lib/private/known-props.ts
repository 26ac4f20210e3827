import type { Construct } from 'constructs';
import { Problems } from './problems';
import { PROP_NAMES } from './prop-names';

/** A public struct of this library. */
export type Struct = keyof typeof PROP_NAMES;

/** The props of a struct, and the struct that each holds, if it holds one. */
type Props = ReadonlyMap<string, Struct | undefined>;

const known = new Map<Struct, Props>();

/**
 * Refuses what no prop of the struct is called, at any depth: TypeScript sees a wrong name in a literal only, other languages
 * nowhere. It comes before all else that reads the props, as a wrong name is also a prop that is missing.
 *
 * @param of the construct that the props are of, or the name of the function that takes them
 * @param what how to call the construct, if not by its class
 */
export function checkKnownProps(of: Construct | string, struct: Struct, props: unknown, what?: string): void {
  const isName = typeof of === 'string';
  const problems = new Problems(isName ? undefined : of);
  checkStruct(problems, struct, props, '');
  problems.throwIfAny(isName ? of : what);
}

/** Those of the props that another struct has too. */
export function propsOf<T extends object>(struct: Struct, props: T): Partial<T> {
  const names = propsIn(struct);
  return Object.fromEntries(Object.entries(props).filter(([name]) => names.has(name))) as Partial<T>;
}

function checkStruct(problems: Problems, struct: Struct, value: unknown, at: string): void {
  if (!isPlain(value)) return;
  const props = propsIn(struct);
  for (const [name, item] of Object.entries(value)) {
    // It was not written, as in `{ ...(given && { … }) }`.
    if (item === undefined) continue;
    if (!props.has(name)) {
      problems.addUnseen(at + name, `must be a prop of ${struct}`, item, wayOut(name, [...props.keys()]));
      continue;
    }
    const held = props.get(name);
    if (!held) continue;
    if (Array.isArray(item)) {
      item.forEach((one, index) => checkStruct(problems, held, one, `${at}${name}[${index}].`));
    } else checkStruct(problems, held, item, `${at}${name}.`);
  }
}

function propsIn(struct: Struct): Props {
  let props = known.get(struct);
  if (!props) {
    const entries = PROP_NAMES[struct].split(' ').map((entry) => entry.replace('[]', '').split(':'));
    props = new Map(entries.map(([name = '', held]) => [name, held as Struct | undefined]));
    known.set(struct, props);
  }
  return props;
}

/** A class that implements a struct has what it needs besides; whoever wrote it was told of a wrong name. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function wayOut(name: string, names: string[]): string {
  const [nearest] = names
    .map((one) => ({ one, distance: distance(name.toLowerCase(), one.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= Math.min(3, name.length / 3))
    .sort((a, b) => a.distance - b.distance);
  if (nearest) return `it would be ignored; did you mean '${nearest.one}'?`;
  return `it would be ignored; leave it out, or write one of ${names.map((one) => `'${one}'`).join(', ')}`;
}

/** How many letters must be added, left out or replaced to make one name the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const above = row;
    row = [line];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1));
    }
  }
  return row[to.length] ?? 0;
}
