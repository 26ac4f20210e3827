import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Manifest } from './manifests';

/** What the schemas of kubernetes-models are written in; any other keyword stops the tests rather than being passed over. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: unknown[];
  readonly oneOf?: Schema[];
  readonly items?: Schema;
  readonly properties?: { [key: string]: Schema };
  readonly additionalProperties?: Schema;
  readonly required?: string[];
  readonly nullable?: boolean;
}

const KEYWORDS = [
  '$ref',
  'type',
  'format',
  'enum',
  'oneOf',
  'items',
  'properties',
  'additionalProperties',
  'required',
  'nullable',
];

const FORMATS: { [key: string]: (value: never) => boolean } = {
  int32: (value: number) => Number.isInteger(value) && Math.abs(value) <= 2147483648,
  int64: (value: number) => Number.isSafeInteger(value),
  double: (value: number) => Number.isFinite(value),
  byte: (value: string) => /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0,
  'date-time': (value: string) => !Number.isNaN(Date.parse(value)),
  quantity: (value: string) => /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(value),
};

/**
 * What is wrong with an object in the eyes of Kubernetes 1.27's own schema, read strictly: a field that the server does not
 * know is an error at any depth, as with `kubectl apply --validate=strict`; so is a null, which no careful engineer writes.
 *
 * The schemas are those of kubernetes-models 4.3.1. The package validates loosely (it passes over unknown fields), hence
 * only its schemas are taken: each of its files registers one through `@kubernetes-models/validate`, which is listened to here.
 */
export function schemaErrors(manifest: unknown): string[] {
  const { apiVersion, kind } = manifest as Partial<Manifest>;
  const schema = topLevel().get(`${apiVersion} ${kind}`);
  if (!schema) return [`: '${apiVersion} ${kind}' is not known to Kubernetes 1.27`];
  return check('', manifest, schema);
}

/** What is wrong with a part of an object that is of this type, in the same words. */
export function typeErrors(path: string, value: unknown, type: string): string[] {
  return check(path, value, resolve(type));
}

/** The fields of a type, to tell which version of Kubernetes the schemas are of. */
export function fieldsOf(type: string): string[] {
  return Object.keys(resolve(type).properties ?? {});
}

let all: Map<string, Schema> | undefined;
let byKind: Map<string, Schema> | undefined;

function schemas(): Map<string, Schema> {
  if (all) return all;
  const found = new Map<string, Schema>();
  const modules = {
    register: (id: string, schema: Schema) => found.set(id, schema),
    // Files call those that they refer to; all are read anyway.
    addSchema: () => undefined,
  };
  for (const name of ['kubernetes-models', '@kubernetes-models/apimachinery']) {
    const folder = join(dirname(require.resolve(name)), '_schemas');
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.js'))) {
      const exported: { addSchema?: () => void } = {};
      compileFunction(readFileSync(join(folder, file), 'utf8'), ['require', 'exports'])(() => modules, exported);
      exported.addSchema?.();
    }
  }
  all = found;
  return found;
}

function topLevel(): Map<string, Schema> {
  if (byKind) return byKind;
  byKind = new Map();
  for (const schema of schemas().values()) {
    const { apiVersion, kind } = schema.properties ?? {};
    if (apiVersion?.enum && kind?.enum) byKind.set(`${apiVersion.enum.join()} ${kind.enum.join()}`, schema);
  }
  return byKind;
}

function resolve(id: string): Schema {
  const schema = schemas().get(id);
  if (!schema) throw new Error(`kubernetes-models has no schema '${id}'`);
  return schema;
}

function check(path: string, value: unknown, schema: Schema): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.includes(keyword));
  if (unknown.length > 0) throw new Error(`${path}: this validator does not know ${unknown.join(', ')}`);
  if (schema.$ref !== undefined) return check(path, value, resolve(schema.$ref.replace(/#$/, '')));
  if (value === null || value === undefined) return [`${path}: must not be ${String(value)}`];
  if (schema.oneOf) return checkOneOf(path, value, schema.oneOf);
  if (schema.type !== undefined && !hasType(value, schema.type))
    return [`${path}: must be ${schema.type}, is ${typeOf(value)}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${path}: must be one of ${schema.enum.join(', ')}`];
  if (schema.format !== undefined) {
    const format = FORMATS[schema.format];
    if (!format) throw new Error(`${path}: this validator does not know the format ${schema.format}`);
    if (!format(value as never)) return [`${path}: must be ${schema.format}`];
  }
  if (schema.items)
    return (value as unknown[]).flatMap((item, index) => check(`${path}[${index}]`, item, schema.items!));
  return schema.type === 'object' ? checkObject(path, value as { [key: string]: unknown }, schema) : [];
}

function checkOneOf(path: string, value: unknown, oneOf: Schema[]): string[] {
  const results = oneOf.filter(({ type }) => type !== 'null').map((schema) => check(path, value, schema));
  if (results.some((errors) => errors.length === 0)) return [];
  return results.length === 1
    ? results[0]!
    : [`${path}: fits none of ${results.length} forms: ${results.flat().join('; ')}`];
}

function checkObject(path: string, object: { [key: string]: unknown }, schema: Schema): string[] {
  const { properties, additionalProperties, required = [] } = schema;
  const errors = required
    .filter((field) => object[field] === undefined)
    .map((field) => `${path}.${field}: must be there`);
  // A type without any field holds whatever another server put there, such as managed fields.
  if (!properties && !additionalProperties) return errors;
  for (const [field, value] of Object.entries(object)) {
    const known = Object.hasOwn(properties ?? {}, field) ? properties![field] : additionalProperties;
    errors.push(
      ...(known ? check(`${path}.${field}`, value, known) : [`${path}.${field}: is no field that 1.27 knows`]),
    );
  }
  return errors;
}

function hasType(value: unknown, type: string): boolean {
  return typeOf(value) === type || (type === 'number' && typeOf(value) === 'integer');
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
