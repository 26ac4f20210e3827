import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiObject, ApiObjectMetadata } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import fc from 'fast-check';
/* eslint-disable import-x/no-restricted-paths -- It is the classes themselves that are tested. */
import * as ark from '../../imports/ark.heptio.com';
import * as velero from '../../imports/velero.io';
/* eslint-enable import-x/no-restricted-paths */
import { ROOT } from './dist';

/*
 * Random objects of the generated classes. What a class knows is read in its code, so that what a later version of it knows is
 * tested too.
 */

type GeneratedClass = new (scope: Construct, id: string, props: { metadata: ApiObjectMetadata }) => ApiObject;

/** Props, and the JSON that they must be written as. */
export interface ObjectCase {
  readonly of: string;
  readonly props: object;
  readonly json: object;
}

interface Pair {
  readonly props: unknown;
  readonly json: unknown;
}

/** A key as a class asks for it, and as it writes it. */
interface Key {
  readonly spelled: string;
  readonly written: string;
  readonly holds: 'any' | 'list' | 'map' | 'union' | 'unions' | 'struct' | 'structs';
  readonly struct: string;
}

type Structs = Map<string, Key[]>;

interface Source {
  readonly classes: object;
  readonly file: string;
}

const SOURCES: Source[] = [
  { classes: k8s, file: 'node_modules/cdk8s-plus-27/lib/imports/k8s.js' },
  { classes: ark, file: 'imports/ark.heptio.com.ts' },
  { classes: velero, file: 'imports/velero.io.ts' },
];

function structsOf(file: string): Structs {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/function toJson_(\w+)\([^]*?const result = \{\n([^]*?)\n\s*\};/g);
  return new Map(
    Array.from(found, ([, name, body]) => [
      name!,
      Array.from(body!.matchAll(/^\s*'([^']+)': (.*),$/gm), ([, written, code]) => keyOf(written!, code!)).flat(),
    ]),
  );
}

function keyOf(written: string, code: string): Key[] {
  const [, struct = ''] = /toJson_(\w+)\(/.exec(code) ?? [];
  const ofMap = code.includes('reduce');
  // Dates can be in no props, as cdk8s refuses them; maps of lists are in no object that is applied.
  if (code.includes('toISOString') || (ofMap && (struct || code.includes('map(')))) return [];
  const spelled = /obj\.(\w+)/.exec(code)![1]!;
  const isUnion = code.includes('?.value');
  const isList = code.includes('map(');
  if (struct) return [{ spelled, written, struct, holds: isList ? 'structs' : 'struct' }];
  if (ofMap) return [{ spelled, written, struct, holds: isUnion ? 'unions' : 'map' }];
  return [{ spelled, written, struct, holds: isUnion ? 'union' : isList ? 'list' : 'any' }];
}

interface Generated {
  readonly of: string;
  readonly type: GeneratedClass;
  readonly struct: string;
  readonly structs: Structs;
}

/** All that can be applied; lists and statuses, which have metadata of their own, are only ever answered. */
const generated: Generated[] = SOURCES.flatMap(({ classes, file }) => {
  const structs = structsOf(file);
  return Object.entries(classes)
    .filter(([name, type]) => typeof type === 'function' && structs.has(`${name}Props`))
    .map(([name, type]) => ({ of: `${file} ${name}`, type: type as GeneratedClass, struct: `${name}Props`, structs }))
    .filter(({ struct }) => !structs.get(struct)!.some((key) => key.struct === 'ListMeta'));
});

const same = (value: unknown): Pair => ({ props: value, json: value });
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
/** Also keys that look like other spellings of one another, and names of methods; but for those that cdk8s itself cannot write. */
const freeKey = fc.oneof(
  fc.constantFrom('app', 'App', 'APP', 'hostIp', 'hostIP', 'toString', 'value'),
  fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && key !== 'constructor'),
);
const map = fc.dictionary(freeKey, scalar, { maxKeys: 4, noNullPrototype: true });
const union: fc.Arbitrary<Pair> = fc.oneof(
  fc.string().map((json) => ({ props: k8s.Quantity.fromString(json), json })),
  fc.integer().map((json) => ({ props: k8s.IntOrString.fromNumber(json), json })),
);

/** What a later version may know. */
const { later } = fc.letrec<{ later: Pair }>((tie) => ({
  later: fc.oneof(
    { depthSize: 'small' },
    scalar.map(same),
    map.map(same),
    union,
    fc.array(tie('later'), { maxLength: 2 }).map(list),
    fc.dictionary(freeKey, tie('later'), { maxKeys: 2, noNullPrototype: true }).map(mapOf),
  ),
}));

type Entry = readonly [spelled: string, written: string, pair: Pair];

function record(entries: readonly Entry[]): Pair {
  return {
    props: Object.fromEntries(entries.map(([spelled, , { props }]) => [spelled, props])),
    json: Object.fromEntries(entries.map(([, written, { json }]) => [written, json])),
  };
}

function mapOf(pairs: { [key: string]: Pair }): Pair {
  return record(Object.entries(pairs).map(([key, pair]) => [key, key, pair]));
}

function list(pairs: Pair[]): Pair {
  return { props: pairs.map(({ props }) => props), json: pairs.map(({ json }) => json) };
}

function structPair(name: string, structs: Structs, withUnknown: boolean, depth: number): fc.Arbitrary<Pair> {
  const keys = structs.get(name)!.filter(({ holds }) => depth > 0 || !holds.startsWith('struct'));
  const known = fc
    .subarray(keys, { maxLength: Math.min(4, keys.length) })
    .chain((some) => fc.tuple(...some.map((key) => entry(key, structs, withUnknown, depth))));
  if (!withUnknown) return known.map(record);
  const spellings = keys.flatMap(({ spelled, written }) => [spelled, written]);
  const unknownKey = fc
    .oneof(
      fc.stringMatching(/^later[A-Za-z]{0,5}$/),
      // A known key with a capital that it has not.
      fc.constantFrom('later', ...keys.map(({ written }) => written.charAt(0).toUpperCase() + written.slice(1))),
    )
    .filter((key) => !spellings.includes(key));
  const unknown = fc
    .array(fc.tuple(unknownKey, later), { maxLength: 2 })
    .map((all) => all.map(([key, pair]): Entry => [key, key, pair]));
  return fc.tuple(known, unknown).map(([all, more]) => record([...all, ...more]));
}

function entry(key: Key, structs: Structs, withUnknown: boolean, depth: number): fc.Arbitrary<Entry> {
  return held(key, structs, withUnknown, depth).map((pair): Entry => [key.spelled, key.written, pair]);
}

function held(key: Key, structs: Structs, withUnknown: boolean, depth: number): fc.Arbitrary<Pair> {
  switch (key.holds) {
    case 'any':
      return scalar.map(same);
    case 'list':
      return fc.array(fc.string(), { maxLength: 3 }).map(same);
    case 'map':
      return map.map(same);
    case 'union':
      return union;
    case 'unions':
      return fc.dictionary(freeKey, union, { maxKeys: 3, noNullPrototype: true }).map(mapOf);
    case 'struct':
      return structPair(key.struct, structs, withUnknown, depth - 1);
    case 'structs':
      return fc
        .array(structPair(key.struct, structs, withUnknown, depth - 1), { minLength: 1, maxLength: 2 })
        .map(list);
  }
}

/** Keys that its class does not know are anywhere in it, or nowhere. */
export function objectCase({ withUnknown }: { withUnknown: boolean }): fc.Arbitrary<ObjectCase> {
  return fc.constantFrom(...generated).chain(({ of, struct, structs }) => {
    // cdk8s itself makes metadata of what it is given.
    const keys = structs.get(struct)!.filter(({ written }) => written !== 'metadata');
    return structPair(struct, new Map([...structs, [struct, keys]]), withUnknown, 8).map((pair) => ({
      of,
      props: pair.props as object,
      json: pair.json as object,
    }));
  });
}

/** The object, called `object`. */
export function buildObject(scope: Construct, { of, props }: ObjectCase): ApiObject {
  const { type } = generated.find((one) => one.of === of)!;
  return new type(scope, 'object', { ...props, metadata: { name: 'object' } });
}
