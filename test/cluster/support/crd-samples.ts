import type { Crd, CrdSchema } from '../../support/crds';
import type { Manifest } from '../../support/manifests';

/** An object of a CRD with every field that its spec has. */
export function sample({ spec: { group, names, versions } }: Crd): Manifest {
  const [version] = versions;
  const { spec } = version!.schema.openAPIV3Schema.properties!;
  return {
    apiVersion: `${group}/${version!.name}`,
    kind: names.kind,
    metadata: { name: 'sample' },
    ...(spec && { spec: valueOf(spec) }),
  };
}

/** By format or type; a duration where Ark asks for a pattern. */
const SIMPLE: { [name: string]: unknown } = {
  byte: 'YQ==',
  'date-time': '2026-01-01T00:00:00Z',
  string: '1h',
  integer: 1,
  boolean: true,
  object: {},
};

function valueOf(schema: CrdSchema): unknown {
  const { enum: allowed, type, format, properties, additionalProperties, items } = schema;
  if (allowed) return allowed.find((one) => one !== '');
  if (items) return [valueOf(items)];
  if (additionalProperties) return { key: valueOf(additionalProperties) };
  if (properties) return Object.fromEntries(Object.entries(properties).map(([field, part]) => [field, valueOf(part)]));
  const found = SIMPLE[format ?? ''] ?? SIMPLE[type ?? ''];
  if (found === undefined) throw new Error(`no sample of ${JSON.stringify(schema)}`);
  return found;
}

/** What a place may hold by mistake. Not null: see `strictly`. */
const WRONG = ['text', 7, {}];

/** A value with one thing wrong: each field misspelt or left out, and each place filled with each of what may stand there by mistake. */
export function broken(value: unknown): unknown[] {
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) =>
        broken(item).map((other) => Object.assign([...(value as unknown[])], { [index]: other })),
      )
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) => {
          const { [key]: _, ...rest } = value as { [key: string]: unknown };
          return [rest, { ...rest, [`${key}z`]: item }, ...broken(item).map((other) => ({ ...rest, [key]: other }))];
        })
      : [];
  return [...inside, ...WRONG];
}
