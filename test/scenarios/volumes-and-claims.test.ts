import { VolumesAndClaims } from '../../scenarios/volumes-and-claims';
import { find, identities, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario volumes and claims (B1)', () => {
  const manifests = testScenario(VolumesAndClaims);

  test('makes the pods of the document, and what they keep their data on', () => {
    expect(identities(manifests)).toEqual([
      'PersistentVolume my-ebs-volume',
      'PersistentVolume my-nfs-volume',
      'PersistentVolumeClaim default/my-ebs-volume',
      'PersistentVolumeClaim default/my-nfs-volume',
      'PersistentVolumeClaim my-claim',
      'Pod pod-using-a-claim',
      'Pod pod-using-my-ebs-volume',
      'Pod pod-using-my-nfs-volume',
    ]);
  });

  test('names the volumes of the document', () => {
    expect(find(manifests, 'PersistentVolume', 'my-ebs-volume').spec.csi).toEqual({
      driver: 'ebs.csi.aws.com',
      volumeHandle: 'vol-049df61146c4d7901',
      fsType: 'ext4',
    });
    expect(find(manifests, 'PersistentVolume', 'my-nfs-volume').spec.nfs).toEqual({
      server: '192.168.0.55',
      path: '/exports/assets',
    });
    expect(find(manifests, 'PersistentVolumeClaim', 'my-claim').spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    });
  });

  test.each([
    ['pod-using-my-ebs-volume', 'container-using-my-ebs-volume', 'my-ebs-volume', 'my-ebs-volume', '/my-ebs'],
    ['pod-using-my-nfs-volume', 'container-using-my-nfs-volume', 'my-nfs-volume', 'my-nfs-volume', '/my-nfs'],
    ['pod-using-a-claim', 'container-using-a-claim', 'my-volume', 'my-claim', '/my-vol'],
  ])('mounts in %s what the document mounts', (pod, container, volume, claimName, mountPath) => {
    const { spec } = find(manifests, 'Pod', pod);
    expect(named(spec.volumes, volume).persistentVolumeClaim.claimName).toBe(claimName);
    expect(named(spec.containers, container).volumeMounts).toEqual([{ name: volume, mountPath }]);
  });
});
