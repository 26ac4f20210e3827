import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { ContainerResources, FsType, PersistentVolumeClaim, Pod, StaticVolume, VolumeSource } from '../lib';

const CONTAINER = {
  image: 'ubuntu:24.04',
  command: ['tail', '-f', '/dev/null'],
  resources: ContainerResources.of({ memory: Size.mebibytes(128), ephemeralStorage: Size.mebibytes(128) }),
};

/**
 * Three pods: on an EBS volume and on an NFS export that exist already, and on a volume that is made for a claim.
 */
export class VolumesAndClaims extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);

    const ebs = new StaticVolume(this, 'my-ebs-volume', {
      source: VolumeSource.ebs({ volumeId: 'vol-049df61146c4d7901', fsType: FsType.EXT4 }),
      size: Size.gibibytes(1),
    });
    new Pod(this, 'pod-using-my-ebs-volume', {
      containers: [{ name: 'container-using-my-ebs-volume', ...CONTAINER }],
      claims: [{ name: 'my-ebs-volume', claim: ebs, mounts: [{ path: '/my-ebs' }] }],
    });

    const nfs = new StaticVolume(this, 'my-nfs-volume', {
      source: VolumeSource.nfs({ server: '192.168.0.55', path: '/exports/assets' }),
      size: Size.gibibytes(1),
    });
    new Pod(this, 'pod-using-my-nfs-volume', {
      containers: [{ name: 'container-using-my-nfs-volume', ...CONTAINER }],
      claims: [{ name: 'my-nfs-volume', claim: nfs, mounts: [{ path: '/my-nfs' }] }],
    });

    const claim = new PersistentVolumeClaim(this, 'my-claim', { size: Size.gibibytes(1) });
    new Pod(this, 'pod-using-a-claim', {
      containers: [{ name: 'container-using-a-claim', ...CONTAINER }],
      claims: [{ name: 'my-volume', claim, mounts: [{ path: '/my-vol' }] }],
    });
  }
}
