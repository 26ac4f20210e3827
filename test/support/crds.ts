import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { ROOT } from './dist';
import type { Manifest } from './manifests';
import { typeErrors } from './strict-schema';

export const PROFILES = ['ark-0.10', 'velero-1.16', 'velero-1.18'] as const;
export type Profile = (typeof PROFILES)[number];

/** An openAPIV3Schema as it stands in a CRD. */
export interface CrdSchema {
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: unknown[];
  readonly required?: string[];
  readonly properties?: { [field: string]: CrdSchema };
  readonly additionalProperties?: CrdSchema;
  readonly items?: CrdSchema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

export interface Crd extends Manifest {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { kind: string; listKind: string; plural: string; singular: string };
    readonly versions: { name: string; subresources?: object; schema: { openAPIV3Schema: CrdSchema } }[];
  };
}

/** The CRDs of a folder of crds/, each with the name of its file. */
export function readCrds(profile: Profile): { file: string; crd: Crd }[] {
  const folder = join(ROOT, 'crds', profile);
  return readdirSync(folder).map((file) => ({ file, crd: parse(readFileSync(join(folder, file), 'utf8')) as Crd }));
}

/** The schema of a kind. */
export function crdSchema(profile: Profile, kind: string): CrdSchema {
  const found = readCrds(profile).find(({ crd }) => crd.spec.names.kind === kind);
  if (!found) throw new Error(`crds/${profile} has no ${kind}`);
  return found.crd.spec.versions[0]!.schema.openAPIV3Schema;
}

/**
 * What is wrong with a custom resource in the eyes of the CRDs in a folder of crds/, read as `kubectl apply --validate=strict`
 * does: a field that the schema does not know is an error, except where it keeps unknown ones. It is stricter with null, which
 * the server drops without a word where the schema does not allow it. Empty if nothing is wrong. How lists are merged is not
 * looked at. A test on the cluster holds the answers against the server's.
 */
export function strictly(profile: Profile, object: unknown): string[] {
  const { apiVersion, kind, metadata } = object as Partial<Manifest>;
  const validate = validators(profile).get(`${apiVersion} ${kind}`);
  if (!validate) return [`: '${apiVersion} ${kind}' is not known to crds/${profile}`];
  validate(object);
  return [
    ...typeErrors('.metadata', metadata, 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'),
    ...(validate.errors ?? []).map(describe),
  ];
}

const known = new Map<Profile, Map<string, ValidateFunction>>();

function validators(profile: Profile): Map<string, ValidateFunction> {
  const before = known.get(profile);
  if (before) return before;
  const ajv = new Ajv({ allErrors: true, strictTypes: false });
  addFormats(ajv);
  // What says how lists and maps are merged; any other keyword that is not JSON Schema's stops the tests.
  ajv.addVocabulary(['x-kubernetes-list-type', 'x-kubernetes-map-type', 'x-kubernetes-preserve-unknown-fields']);
  const made = new Map<string, ValidateFunction>();
  for (const { crd } of readCrds(profile)) {
    for (const { name, schema } of crd.spec.versions) {
      const { properties, ...rest } = schema.openAPIV3Schema;
      // The server checks these by itself, and so does typeErrors.
      const closed = close({ ...rest, properties: { ...properties, metadata: {} } });
      made.set(`${crd.spec.group}/${name} ${crd.spec.names.kind}`, ajv.compile(closed));
    }
  }
  known.set(profile, made);
  return made;
}

/** The same in JSON Schema's words: the server drops what is in no schema, and takes null only where it is told. */
function close(schema: CrdSchema): object {
  const { nullable, properties, additionalProperties, items, ...rest } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.type === undefined;
  return {
    ...rest,
    ...(nullable && { type: [schema.type, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([field, value]) => [field, close(value)])),
    }),
    ...(items && { items: close(items) }),
    ...(additionalProperties
      ? { additionalProperties: close(additionalProperties) }
      : schema.type === 'object' && !open && { additionalProperties: false }),
  };
}

function describe({ instancePath, keyword, params, message }: ErrorObject): string {
  const path = instancePath.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
  if (keyword === 'additionalProperties') return `${path}.${params.additionalProperty}: is no field of the CRD`;
  if (keyword === 'required') return `${path}.${params.missingProperty}: must be there`;
  return `${path}: ${message}${keyword === 'enum' ? `: ${params.allowedValues.join(', ')}` : ''}`;
}
