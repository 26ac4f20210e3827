import { Size } from 'cdk8s';
import { PersistentVolumeClaim, VolumeDataSource } from '../../lib';
import { find, manifestsOf, newChart } from '../support/manifests';

describe('a volume is filled', () => {
  test.each<[string, VolumeDataSource, object]>([
    [
      'from a snapshot',
      VolumeDataSource.snapshot('before'),
      { dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'before' } },
    ],
    [
      'from another claim',
      VolumeDataSource.claim(PersistentVolumeClaim.fromClaimName(newChart(), 'old', 'data-db-0')),
      { dataSource: { kind: 'PersistentVolumeClaim', name: 'data-db-0' } },
    ],
    // As `dataSource` the server would drop it, and the volume be empty.
    [
      'by a populator',
      VolumeDataSource.of({ apiGroup: 'hello.example.com', kind: 'Hello', name: 'world' }),
      { dataSourceRef: { apiGroup: 'hello.example.com', kind: 'Hello', name: 'world' } },
    ],
  ])('%s', (_, dataSource, expected) => {
    const chart = newChart();
    new PersistentVolumeClaim(chart, 'data', { size: Size.gibibytes(1), dataSource });
    expect(find(manifestsOf(chart), 'PersistentVolumeClaim', 'data').spec).toMatchObject(expected);
  });

  test('but not from what has no name', () => {
    expect(() => VolumeDataSource.snapshot('A')).toThrow(
      "VolumeDataSource.snapshot:\n- 'name' must be a DNS subdomain",
    );
    expect(() => VolumeDataSource.of({ apiGroup: 'v1/x', kind: 'A b', name: '' })).toThrow(
      new Error(
        [
          'VolumeDataSource.of:',
          "- 'apiGroup' must be a DNS subdomain of at most 253 characters, got \"v1/x\": use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
          "- 'kind' must be the name of a kind, got \"A b\": write it as 'OpenstackVolumePopulator'",
          "- 'name' must be a DNS subdomain of at most 253 characters, got \"\": use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
        ].join('\n'),
      ),
    );
  });
});
