import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { AccessMode, AzureFilesStorageClass, ContainerResources, PersistentVolumeClaim, Pod } from '../lib';

/**
 * A share in an account of one's own, and two pods that see the same files, without Linux permissions.
 */
export class AzureFiles extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);

    const claim = new PersistentVolumeClaim(this, 'myvolume-files-claim', {
      size: Size.gibibytes(5),
      storageClass: new AzureFilesStorageClass(this, 'managed-files', { storageAccount: 'tomaskubefiles' }),
      accessMode: AccessMode.READ_WRITE_MANY,
    });

    for (const name of ['pvc-files1', 'pvc-files2']) {
      new Pod(this, name, {
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
}
