import { Size } from 'cdk8s';
import { AccessMode, AksStorageClass, PersistentVolumeClaim, StorageMedium, VolumeDataSource } from '../../lib';
import type { PersistentVolumeClaimProps } from '../../lib';
import { DISK, NFS, SMB } from '../support/elsewhere';
import { find, newChart, synth } from '../support/manifests';
import { expectRefusedAlone } from '../support/refused';
import { newSet } from '../support/samples';
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
      storageClass: SMB,
      accessMode: AccessMode.READ_WRITE_MANY,
      annotations: { note: 'kept' },
      dataSource: VolumeDataSource.snapshot('before'),
    };
    const manifests = synth((chart) => new PersistentVolumeClaim(chart, 'data', props));
    const claim = find(manifests, 'PersistentVolumeClaim', 'my.claim');
    expect(claim.metadata).toEqual({
      name: 'my.claim',
      namespace: 'shop',
      labels: { tier: 'db' },
      annotations: { note: 'kept' },
    });
    expect(claim.spec).toEqual({
      accessModes: ['ReadWriteMany'],
      storageClassName: 'azurefile-csi',
      resources: { requests: { storage: '5Gi' } },
      dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'before' },
    });
    expect(schemaErrors(claim)).toEqual([]);
  });

  test.each(Object.values(AccessMode))('offers the access mode %s by the name that the server knows', (accessMode) => {
    expect(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany']).toContain(accessMode);
  });

  test('gives its name and its object to who made it', () => {
    const claim = new PersistentVolumeClaim(newChart({ namespace: 'shop', labels: { team: 'a' } }), 'data', { size });
    expect(claim.claimName).toBe('data');
    expect(claim.medium).toBeUndefined();
    const onShare = new PersistentVolumeClaim(newChart(), 'data', { size, storageClass: SMB });
    expect(onShare.medium).toBe(StorageMedium.SMB);
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

describe('a claim of a class that is known', () => {
  const MODE =
    'one node at a time can attach it, and claim or pod would wait for ever; for many nodes take a share, e.g. over NFS';
  const SMALL = (name: string, least: string) =>
    `must be at least ${least} with the class '${name}', got "5Gi": it has no smaller volumes: ` +
    'the driver would silently make one of that size, at its price, or fail; ask for as much';

  test.each([AccessMode.READ_WRITE_MANY, AccessMode.READ_ONLY_MANY])('of disks is refused %s', (accessMode) => {
    expectRefusedAlone(
      (chart) => new PersistentVolumeClaim(chart, 'x', { size, storageClass: DISK, accessMode }),
      "PersistentVolumeClaim 'test/x'",
      `'accessMode' must be READ_WRITE_ONCE or READ_WRITE_ONCE_POD on a disk, got "${accessMode}": ${MODE}`,
    );
  });

  test.each([
    { size, storageClass: DISK, accessMode: AccessMode.READ_WRITE_ONCE },
    { size, storageClass: DISK, accessMode: AccessMode.READ_WRITE_ONCE_POD },
    { size, storageClass: SMB, accessMode: AccessMode.READ_ONLY_MANY },
    { size: Size.gibibytes(100), storageClass: NFS, accessMode: AccessMode.READ_WRITE_MANY },
    { size: Size.gibibytes(100), storageClass: AksStorageClass.AZUREFILE_CSI_PREMIUM },
  ])('may ask for what the class makes: %#', (props) => {
    expect(new PersistentVolumeClaim(newChart(), 'x', props).claimName).toBe('x');
  });

  test('is refused less than the class makes', () => {
    expectRefusedAlone(
      (chart) => new PersistentVolumeClaim(chart, 'x', { size, storageClass: AksStorageClass.AZUREFILE_CSI_PREMIUM }),
      "PersistentVolumeClaim 'test/x'",
      `'size' ${SMALL('azurefile-csi-premium', '100Gi')}`,
    );
  });

  test('is held to the same in the template of a set', () => {
    const template = { name: 'data', size, mounts: [{ path: '/data' }] };
    const volumeClaimTemplates = [
      { ...template, storageClass: AksStorageClass.MANAGED_CSI, accessMode: AccessMode.READ_WRITE_MANY },
      { ...template, name: 'more', storageClass: AksStorageClass.AZUREFILE_PREMIUM, mounts: [{ path: '/more' }] },
    ];
    expect(() => newSet({ volumeClaimTemplates })).toThrow(
      new Error(
        "PersistentStatefulSet 'test/set':\n" +
          "- 'volumeClaimTemplates[0].accessMode' must be READ_WRITE_ONCE or READ_WRITE_ONCE_POD on a disk, " +
          `got "ReadWriteMany": ${MODE}\n` +
          `- 'volumeClaimTemplates[1].size' ${SMALL('azurefile-premium', '100Gi')}`,
      ),
    );
  });
});

describe('a claim of the cluster', () => {
  test('has its name, and makes no object', () => {
    const chart = newChart();
    expect(PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'data').claimName).toBe('data');
    expect(chart.toJson()).toEqual([]);
  });

  test('must have a name that a claim can have', () => {
    expectRefusedAlone(
      (chart) => PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'Data'),
      "PersistentVolumeClaim.fromClaimName 'test/Claim'",
      '\'claimName\' must be a DNS subdomain of at most 253 characters, got "Data": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    );
  });
});
