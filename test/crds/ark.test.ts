import { FRESH, FULL } from '../support/ark-objects';
import type { CrdSchema } from '../support/crds';
import { crdSchema, readCrds, strictly } from '../support/crds';

const GROUP = 'ark.heptio.com';
const CRDS = readCrds('ark-0.10');
const KINDS = [
  'Backup',
  'BackupStorageLocation',
  'DeleteBackupRequest',
  'DownloadRequest',
  'PodVolumeBackup',
  'PodVolumeRestore',
  'ResticRepository',
  'Restore',
  'Schedule',
  'VolumeSnapshotLocation',
];

test('there are the ten kinds of Ark 0.10, as its own manifests name them', () => {
  expect(CRDS.map(({ crd }) => crd.spec.names.kind)).toEqual(KINDS);
  for (const { file, crd } of CRDS) {
    const { kind, plural } = crd.spec.names;
    expect(plural).toBe(kind === 'ResticRepository' ? 'resticrepositories' : `${kind.toLowerCase()}s`);
    expect(file).toBe(`${plural}.yaml`);
    expect(crd.metadata).toEqual({ name: `${plural}.${GROUP}`, labels: { component: 'ark' } });
    expect(crd.spec).toMatchObject({ group: GROUP, scope: 'Namespaced', versions: [{ name: 'v1', storage: true }] });
    // Ark updates whole objects: with a subresource, the server would drop every status that it writes.
    expect(crd.spec.versions[0]).not.toHaveProperty('subresources');
  }
});

describe.each(KINDS)('%s', (kind) => {
  const schema = crdSchema('ark-0.10', kind);
  const of = (objects: typeof FRESH) => objects.find((one) => one.kind === kind)!;

  test('is accepted as Ark writes it, with "" and null for what was not given', () => {
    expect(strictly('ark-0.10', of(FRESH))).toEqual([]);
  });

  test('is accepted with every field that its schema has', () => {
    const full = of(FULL);
    expect(strictly('ark-0.10', full)).toEqual([]);
    expect(fields(schema.properties!.spec!, full.spec).filter(({ given }) => !given)).toEqual([]);
  });

  test('is described, field by field, for kubectl explain', () => {
    const { apiVersion: _, kind: __, metadata: ___, ...own } = schema.properties!;
    const all = Object.entries(own).flatMap(([name, part]) => [
      { path: name, schema: part },
      ...fields(part, undefined),
    ]);
    expect(all.filter((field) => field.schema.description === undefined).map(({ path }) => path)).toEqual([]);
  });
});

test('a Schedule is a Backup to be, in every field', () => {
  const { description: _, ...template } = crdSchema('ark-0.10', 'Schedule').properties!.spec!.properties!.template!;
  const { description: __, ...backup } = crdSchema('ark-0.10', 'Backup').properties!.spec!;
  expect(template).toEqual(backup);
});

describe('what Ark cannot read', () => {
  const ttl = (text: string) =>
    strictly('ark-0.10', { apiVersion: `${GROUP}/v1`, kind: 'Backup', metadata: { name: 'b' }, spec: { ttl: text } });

  // One object whose duration Go does not parse keeps Ark from listing all others.
  test.each(['30d', '720', '', '1h 30m', '1H', 'h', '.h'])('as a duration, is refused: %p', (text) => {
    expect(ttl(text)).toHaveLength(1);
  });

  test.each([
    '0',
    '0s',
    '720h0m0s',
    '1.5h',
    '.5h',
    '1.h',
    '-1h0m0s',
    '+1m',
    '1ns',
    '1.5µs',
    '1μs',
    '2562047h47m16.854775807s',
  ])('as a duration, is not %p', (text) => {
    expect(ttl(text)).toEqual([]);
  });

  test('as a Restore, is refused: one of no backup', () => {
    const restore = { apiVersion: `${GROUP}/v1`, kind: 'Restore', metadata: { name: 'r' }, spec: {} };
    expect(strictly('ark-0.10', restore)).toEqual([
      '.spec.backupName: must be there',
      '.spec.scheduleName: must be there',
      '.spec: must match a schema in anyOf',
    ]);
    expect(strictly('ark-0.10', { ...restore, spec: { scheduleName: 's' } })).toEqual([]);
  });
});

interface Field {
  readonly path: string;
  readonly schema: CrdSchema;
  readonly given: boolean;
}

/** Every field below a schema, and whether a value has it. */
function fields(schema: CrdSchema, value: unknown, path = ''): Field[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const inner = (value as { [key: string]: unknown } | undefined)?.[name];
    return [
      { path: `${path}.${name}`, schema: part, given: inner !== undefined },
      ...fields(part, inner, `${path}.${name}`),
    ];
  });
  const item = Array.isArray(value) ? (value[0] as unknown) : undefined;
  return schema.items ? [...own, ...fields(schema.items, item, `${path}[]`)] : own;
}
