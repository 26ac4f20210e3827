import { AzureDisk } from '../../scenarios/azure-disk';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario Azure Disk (A1)', () => {
  const manifests = testScenario(AzureDisk);
  const { spec } = find(manifests, 'Pod', 'pod-pvc-disk');

  test('claims 32 GiB of the class default for one node', () => {
    expect(find(manifests, 'PersistentVolumeClaim', 'myvolume-disk-claim').spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'default',
      resources: { requests: { storage: '32Gi' } },
    });
  });

  // kubectl exec pod-pvc-disk -- bash -c 'echo My data > /mnt/azure/file.txt'
  test('mounts the claim where the command writes its file', () => {
    const ubuntu = named(spec.containers, 'ubuntu');
    expect(named(spec.volumes, 'volume').persistentVolumeClaim.claimName).toBe('myvolume-disk-claim');
    expect(ubuntu.volumeMounts).toEqual([{ name: 'volume', mountPath: '/mnt/azure' }]);
    // A disk's root folder belongs to root: the group is what lets the command write.
    expect(spec.securityContext.fsGroup).toBe(spec.securityContext.runAsGroup);
    // exec enters the one container there is, and its image has bash.
    expect(spec.containers).toHaveLength(1);
    expect(ubuntu.image).toMatch(/^ubuntu:/);
    expect(ubuntu.command).toEqual(['tail', '-f', '/dev/null']);
  });
});
