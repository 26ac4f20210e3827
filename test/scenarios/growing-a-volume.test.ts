import { GrowingAVolume } from '../../scenarios/growing-a-volume';
import { find } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario of a growing volume (D3)', () => {
  const manifests = testScenario(GrowingAVolume);

  test('claims of a class that lets claims grow', () => {
    const { storageClassName } = find(manifests, 'PersistentVolumeClaim', 'growing-claim').spec;
    expect(find(manifests, 'StorageClass', storageClassName).allowVolumeExpansion).toBe(true);
  });

  test('keeps the volume when its claim goes by mistake', () => {
    expect(find(manifests, 'StorageClass', 'growing').reclaimPolicy).toBe('Retain');
  });
});
