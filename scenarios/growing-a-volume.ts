import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { AzureDiskStorageClass, ContainerResources, PersistentVolumeClaim, Pod } from '../lib';

/**
 * A volume that can grow: raise `size`, synthesize and apply. Nothing is deleted and made anew, and it never shrinks.
 */
export class GrowingAVolume extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);

    const claim = new PersistentVolumeClaim(this, 'growing-claim', {
      size: Size.gibibytes(2),
      storageClass: new AzureDiskStorageClass(this, 'growing', { allowVolumeExpansion: true }),
    });

    new Pod(this, 'pod-growing', {
      containers: [
        {
          name: 'ubuntu',
          image: 'ubuntu:24.04',
          command: ['tail', '-f', '/dev/null'],
          resources: ContainerResources.of({ memory: Size.mebibytes(128), ephemeralStorage: Size.mebibytes(128) }),
        },
      ],
      claims: [{ name: 'volume', claim, mounts: [{ path: '/data' }] }],
    });
  }
}
