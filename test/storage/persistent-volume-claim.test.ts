import { Size } from 'cdk8s';
import { AccessMode, PersistentVolumeClaim } from '../../lib';
import type { PersistentVolumeClaimProps } from '../../lib';
import { DISK } from '../support/elsewhere';
import { find, newChart, synth } from '../support/manifests';
import { expectRefusedAlone } from '../support/refused';
import { schemaErrors } from '../support/strict-schema';

const size = Size.gibibytes(5);

describe('a claim', () => {
  test('asks for one node, the default class and the name of its construct unless told otherwise', () => {
    const manifests = synth((chart) => new PersistentVolumeClaim(chart, 'data', { size }));
    expect(manifests).toEqual([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        // No storageClassName at all: an empty one would mean "no class", and bind to nothing.
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
      },
    ]);
  });

  test('takes every prop', () => {
    const props: Required<PersistentVolumeClaimProps> = {
      name: 'my.claim',
      namespace: 'shop',
      labels: { tier: 'db' },
      size,
      storageClass: DISK,
      accessMode: AccessMode.READ_WRITE_MANY,
    };
    const manifests = synth((chart) => new PersistentVolumeClaim(chart, 'data', props));
    const claim = find(manifests, 'PersistentVolumeClaim', 'my.claim');
    expect(claim.metadata).toEqual({ name: 'my.claim', namespace: 'shop', labels: { tier: 'db' } });
    expect(claim.spec).toEqual({
      accessModes: ['ReadWriteMany'],
      storageClassName: 'managed-csi',
      resources: { requests: { storage: '5Gi' } },
    });
    expect(schemaErrors(claim)).toEqual([]);
  });

  test.each(Object.values(AccessMode))('offers the access mode %s by the name that the server knows', (accessMode) => {
    expect(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany']).toContain(accessMode);
  });

  test('gives its name and its object to who made it', () => {
    const claim = new PersistentVolumeClaim(newChart({ namespace: 'shop', labels: { team: 'a' } }), 'data', { size });
    expect(claim.claimName).toBe('data');
    // What the chart gives to all of its objects must reach ours too.
    expect(claim.apiObject.toJson()).toMatchObject({
      metadata: { name: 'data', namespace: 'shop', labels: { team: 'a' } },
    });
  });

  test('names all that is wrong with its props at once', () => {
    expectRefusedAlone(
      (chart) =>
        new PersistentVolumeClaim(chart, 'x', {
          name: 'Data',
          namespace: 'a.b',
          labels: { a: '-' },
          size: Size.gibibytes(0),
        }),
      "PersistentVolumeClaim 'test/x'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "Data": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      '\'namespace\' must be a DNS label of at most 63 characters, got "a.b": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'labels['a']' must be a label value of at most 63 characters, got \"-\": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      '\'size\' must be a whole number of KiB above 0, got "0Gi": write it as Size.gibibytes(32)',
    );
  });

  test('can be made under the same id after one that was refused', () => {
    const chart = newChart();
    expect(() => new PersistentVolumeClaim(chart, 'data', { size: Size.gibibytes(0) })).toThrow();
    expect(new PersistentVolumeClaim(chart, 'data', { size }).claimName).toBe('data');
  });
});
