import { Lazy } from 'cdk8s';
import type { ApiObject } from 'cdk8s';

interface Json {
  [key: string]: unknown;
}

/** What a generated class has, and `ApiObject` itself has not. */
interface Generated {
  manifest?(json: Json): Json;
}

/**
 * Makes an object write everything that it was given.
 *
 * A generated class knows the keys of one version of Kubernetes, or of a CRD. It drops all others, at every depth, after JSON
 * patches. This puts them back. A key that the class spells differently (`clusterIp`) and a value that it unwraps (`Quantity`)
 * stay as the class writes them.
 */
export function keepWhole<T extends ApiObject>(object: T): T {
  const type = object.constructor as Generated;
  if (!type.manifest) return object;
  const parent = Object.getPrototypeOf(object.constructor.prototype) as ApiObject;
  const { props } = object as unknown as { readonly props: unknown };
  // What the class itself does, but its filter and this one share the JSON: resolving is what takes time.
  object.toJson = () => {
    const json = parent.toJson.call(object) as Json;
    return complete(json, type.manifest?.(json), props);
  };
  return object;
}

/**
 * @param given JSON before the filter
 * @param filtered JSON after it; changed
 * @param source what the JSON was resolved from, where it is known
 */
function complete(given: unknown, filtered: unknown, source: unknown): unknown {
  if (given === filtered) return given;
  if (filtered === undefined) return unwrap(given, source);
  if (Array.isArray(given)) {
    if (!Array.isArray(filtered)) return given;
    return filtered.map((item, index) => complete(given[index], item, part(source, index)));
  }
  if (!isObject(given)) return given;
  return isObject(filtered) && !Array.isArray(filtered) ? completeObject(given, filtered, source) : filtered;
}

function completeObject(given: Json, filtered: Json, source: unknown): Json {
  const dropped: Json = {};
  for (const key of Object.keys(given)) {
    const value = given[key];
    // True of most keys.
    if (value === filtered[key]) continue;
    const written = Object.hasOwn(filtered, key) ? key : Object.keys(filtered).find((other) => isSpelling(key, other));
    const from = part(source, key);
    if (written === undefined) dropped[key] = unwrap(value, from);
    // Given in both spellings, as by a patch: that of Kubernetes counts.
    else if (written !== key && Object.hasOwn(given, written))
      filtered[written] = unwrap(given[written], part(source, written));
    else filtered[written] = complete(value, filtered[written], from);
  }
  return Object.keys(dropped).length > 0 ? inserted(filtered, dropped) : filtered;
}

/** With each key where a class that knew it would write it: most sort theirs. */
function inserted(object: Json, more: Json): Json {
  const keys = Object.keys(object);
  for (const key of Object.keys(more)) {
    const next = keys.findIndex((other) => other > key);
    keys.splice(next < 0 ? keys.length : next, 0, key);
  }
  return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(more, key) ? more[key] : object[key]]));
}

/** Whether a class spells the key in this way: `hostIp`, `podCidRs`, `ref` for Kubernetes' `hostIP`, `podCIDRs`, `$ref`. */
function isSpelling(key: string, written: string): boolean {
  // As in x-kubernetes-map-type.
  const name = written.replace(/^\W+/, '').replace(/\W+(.)/g, (_, letter: string) => letter.toUpperCase());
  if (key.length !== name.length || key.toLowerCase() !== name.toLowerCase()) return false;
  return Array.from(name).every((char, at) => char === key[at] || /^[A-Z]{2}$/.test(name.slice(at - 1, at + 1)));
}

/** A value as it was given, without the `{ value }` that cdk8s makes of numbers and strings in a class. */
function unwrap(value: unknown, source: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, part(source, index)));
  if (!isObject(value)) return value;
  const isUnion = isObject(source) && source.constructor !== Object && Object.keys(value).join() === 'value';
  if (isUnion) return value.value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item, part(source, key))]));
}

function part(source: unknown, key: string | number): unknown {
  // What a Lazy produced cannot be looked up again: all in it counts as one.
  if (source instanceof Lazy) return source;
  return isObject(source) ? source[key] : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
