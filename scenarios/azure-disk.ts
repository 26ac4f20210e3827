import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { AksStorageClass, ContainerResources, PersistentVolumeClaim, Pod } from '../lib';

/**
 * A claim becomes an Azure Disk, and a pod keeps a file on it.
 */
export class AzureDisk extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);

    const claim = new PersistentVolumeClaim(this, 'myvolume-disk-claim', {
      size: Size.gibibytes(32),
      storageClass: AksStorageClass.DEFAULT,
    });

    new Pod(this, 'pod-pvc-disk', {
      containers: [
        {
          name: 'ubuntu',
          image: 'ubuntu:24.04',
          command: ['tail', '-f', '/dev/null'],
          resources: ContainerResources.of({ memory: Size.mebibytes(128), ephemeralStorage: Size.mebibytes(128) }),
        },
      ],
      claims: [{ name: 'volume', claim, mounts: [{ path: '/mnt/azure' }] }],
    });
  }
}
