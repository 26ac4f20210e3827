import { PROFILES, strictly } from './crds';

function backup(spec: { [field: string]: unknown } = {}, rest: object = {}): object {
  return { apiVersion: 'ark.heptio.com/v1', kind: 'Backup', metadata: { name: 'mybackup' }, spec, ...rest };
}

function errors(spec: { [field: string]: unknown }): string[] {
  return strictly('ark-0.10', backup(spec));
}

describe('an object in the eyes of a CRD', () => {
  test('is accepted as the server accepts it', () => {
    expect(
      errors({
        includedNamespaces: ['wp'],
        labelSelector: { matchLabels: { app: 'mariadb' } },
        ttl: '720h0m0s',
        hooks: { resources: [{ name: 'flush', pre: [{ exec: { command: ['sync'], onError: 'Fail' } }] }] },
      }),
    ).toEqual([]);
  });

  test('is refused for a field that is not known, however deep, and in its metadata', () => {
    expect(errors({ includeNamespaces: ['wp'] })).toEqual(['.spec.includeNamespaces: is no field of the CRD']);
    expect(
      errors({ hooks: { resources: [{ name: 'flush', pre: [{ exec: { command: [], onerror: 'Fail' } }] }] } }),
    ).toEqual(['.spec.hooks.resources[0].pre[0].exec.onerror: is no field of the CRD']);
    expect(strictly('ark-0.10', backup({}, { metadata: { name: 'mybackup', label: {} } }))).toEqual([
      '.metadata.label: is no field that 1.27 knows',
    ]);
    expect(strictly('ark-0.10', backup({}, { specs: {} }))).toEqual(['.specs: is no field of the CRD']);
  });

  test.each([
    ['a wrong type', { includedNamespaces: 'wp' }, '.spec.includedNamespaces: must be array,null'],
    ['a wrong item', { includedNamespaces: [1] }, '.spec.includedNamespaces[0]: must be string'],
    ['a number for a text', { storageLocation: 1 }, '.spec.storageLocation: must be string'],
    [
      'a value of a map',
      { labelSelector: { matchLabels: { app: true } } },
      '.spec.labelSelector.matchLabels.app: must be string',
    ],
    ['a null where none may be', { storageLocation: null }, '.spec.storageLocation: must be string'],
    [
      'a value that is none of those allowed',
      { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } },
      '.spec.labelSelector.matchExpressions[0].operator: must be equal to one of the allowed values: In, NotIn, Exists, DoesNotExist',
    ],
    ['a missing field', { hooks: { resources: [{}] } }, '.spec.hooks.resources[0].name: must be there'],
  ])('is refused for %s', (_, spec, error) => {
    expect(errors(spec)).toEqual([error]);
  });

  test('is refused for what a pattern does not match', () => {
    expect(errors({ ttl: '30d' })).toEqual([expect.stringMatching(/^\.spec\.ttl: must match pattern/)]);
  });

  test('may hold anything where unknown fields are kept, and null where it is told', () => {
    expect(
      strictly('ark-0.10', backup({ labelSelector: null }, { status: { ofSomeLaterVersion: { a: null } } })),
    ).toEqual([]);
  });

  test('is refused for all that is wrong with it, at once', () => {
    expect(errors({ a: 1, b: 2, ttl: 3 })).toHaveLength(3);
  });

  test('is that of one version: 1.18 knows what 1.16 does not', () => {
    const restore = {
      apiVersion: 'velero.io/v1',
      kind: 'BackupStorageLocation',
      metadata: { name: 'default' },
      spec: { provider: 'azure', objectStorage: { bucket: 'b', caCertRef: { name: 'ca', key: 'ca.crt' } } },
    };
    expect(strictly('velero-1.18', restore)).toEqual([]);
    expect(strictly('velero-1.16', restore)).toEqual(['.spec.objectStorage.caCertRef: is no field of the CRD']);
  });

  test.each(PROFILES)('is refused where %s knows no such kind', (profile) => {
    expect(strictly(profile, { apiVersion: 'velero.io/v2', kind: 'Backup' })).toEqual([
      `: 'velero.io/v2 Backup' is not known to crds/${profile}`,
    ]);
  });
});
