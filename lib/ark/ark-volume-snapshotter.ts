import { checkKnownProps } from '../private/known-props';
import { awsVolumeSnapshotter } from './aws/aws-volume-snapshotter';
import type { ArkAwsVolumeSnapshotterOptions } from './aws/aws-volume-snapshotter';
import { azureVolumeSnapshotter } from './azure/azure-volume-snapshotter';
import type { ArkAzureVolumeSnapshotterOptions } from './azure/azure-volume-snapshotter';
import type { SnapshotterParts } from './cloud-parts';
import { gcpVolumeSnapshotter } from './gcp/gcp-volume-snapshotter';
import type { ArkGcpVolumeSnapshotterOptions } from './gcp/gcp-volume-snapshotter';
import { otherVolumeSnapshotter } from './other/other-volume-snapshotter';
import type { ArkOtherVolumeSnapshotterOptions } from './other/other-volume-snapshotter';

/**
 * Which disks are snapshotted, and where their snapshots lie. **They live in the region of their disk**, and most die with an account or a
 * project that is deleted.
 *
 * @example
 * const snapshotter = ArkVolumeSnapshotter.aws({ region: 'eu-central-1' });
 */
export class ArkVolumeSnapshotter {
  /**
   * Azure disks.
   *
   * @param options where the snapshots lie
   * @see https://github.com/vmware-tanzu/velero-plugin-for-microsoft-azure/blob/main/volumesnapshotlocation.md
   */
  public static azure(options: ArkAzureVolumeSnapshotterOptions = {}): ArkVolumeSnapshotter {
    checkKnownProps('ArkVolumeSnapshotter.azure', 'ArkAzureVolumeSnapshotterOptions', options);
    return new ArkVolumeSnapshotter(azureVolumeSnapshotter(options));
  }

  /**
   * EBS volumes of Amazon Web Services.
   *
   * @param options the region
   * @see https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/main/volumesnapshotlocation.md
   */
  public static aws(options: ArkAwsVolumeSnapshotterOptions): ArkVolumeSnapshotter {
    checkKnownProps('ArkVolumeSnapshotter.aws', 'ArkAwsVolumeSnapshotterOptions', options);
    return new ArkVolumeSnapshotter(awsVolumeSnapshotter(options));
  }

  /**
   * Persistent disks of Google Cloud.
   *
   * @param options where the snapshots lie
   * @see https://github.com/vmware-tanzu/velero-plugin-for-gcp/blob/main/volumesnapshotlocation.md
   */
  public static gcp(options: ArkGcpVolumeSnapshotterOptions = {}): ArkVolumeSnapshotter {
    checkKnownProps('ArkVolumeSnapshotter.gcp', 'ArkGcpVolumeSnapshotterOptions', options);
    return new ArkVolumeSnapshotter(gcpVolumeSnapshotter(options));
  }

  /**
   * Any other, by a plugin of Velero.
   *
   * @param options what the plugin is told
   */
  public static of(options: ArkOtherVolumeSnapshotterOptions): ArkVolumeSnapshotter {
    checkKnownProps('ArkVolumeSnapshotter.of', 'ArkOtherVolumeSnapshotterOptions', options);
    return new ArkVolumeSnapshotter(otherVolumeSnapshotter(options));
  }

  private constructor(
    /**
     * What locations must know of it.
     *
     * @internal
     */
    public readonly _parts: SnapshotterParts,
  ) {}
}
