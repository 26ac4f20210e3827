import { AzureFiles } from '../../scenarios/azure-files';
import { find, identities, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario Azure Files (A2)', () => {
  const manifests = testScenario(AzureFiles);

  test('makes the objects of the document, without the role that only the in-tree driver needs', () => {
    expect(identities(manifests)).toEqual([
      'PersistentVolumeClaim myvolume-files-claim',
      'Pod pvc-files1',
      'Pod pvc-files2',
      'StorageClass managed-files',
    ]);
  });

  test('keeps its shares in the account of the document', () => {
    expect(find(manifests, 'StorageClass', 'managed-files')).toMatchObject({
      provisioner: 'file.csi.azure.com',
      parameters: { storageAccount: 'tomaskubefiles' },
    });
  });

  test('claims 5 GiB for many nodes', () => {
    expect(find(manifests, 'PersistentVolumeClaim', 'myvolume-files-claim').spec).toEqual({
      accessModes: ['ReadWriteMany'],
      storageClassName: 'managed-files',
      resources: { requests: { storage: '5Gi' } },
    });
  });

  // kubectl exec pvc-files1 -- bash -c 'echo My data > /mnt/azure/file.txt'; kubectl exec pvc-files2 -- cat /mnt/azure/file.txt
  test.each(['pvc-files1', 'pvc-files2'])('mounts the claim in %s where the commands look', (name) => {
    const { spec } = find(manifests, 'Pod', name);
    expect(named(spec.volumes, 'volume').persistentVolumeClaim.claimName).toBe('myvolume-files-claim');
    expect(spec.containers).toHaveLength(1);
    const ubuntu = named(spec.containers, 'ubuntu');
    expect(ubuntu.image).toMatch(/^ubuntu:/);
    expect(ubuntu.volumeMounts).toEqual([{ name: 'volume', mountPath: '/mnt/azure' }]);
  });
});
