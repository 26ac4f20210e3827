import { ArkProfile } from '../ark-profile';
import type { SnapshotterParts } from '../cloud-parts';
import { checkSupported, VELERO_PROFILES } from '../profile-facts';
import { checkAwsRegion } from './aws-regions';

/**
 * Options of `ArkVolumeSnapshotter.aws`.
 */
export interface ArkAwsVolumeSnapshotterOptions {
  /** Region of the volumes, and of their snapshots. */
  readonly region: string;

  /**
   * Profile within the credentials file. Velero only.
   *
   * @default 'default'
   */
  readonly profile?: string;

  /**
   * The KMS key that restored volumes are encrypted with: its id, ARN, or alias. The server's user or role needs it. Velero 1.18 only.
   *
   * @default - as the snapshot says
   */
  readonly ebsKmsKeyId?: string;
}

export function awsVolumeSnapshotter(options: ArkAwsVolumeSnapshotterOptions): SnapshotterParts {
  const { region, profile, ebsKmsKeyId } = options;
  return {
    provider: 'aws',
    config: { region, profile, ebsKmsKeyId },
    check: (problems, server) => {
      checkSupported(problems, server.profile, VELERO_PROFILES, { 'snapshotter.profile': profile });
      checkSupported(problems, server.profile, [ArkProfile.VELERO_1_18], { 'snapshotter.ebsKmsKeyId': ebsKmsKeyId });
      checkAwsRegion(problems, 'snapshotter.region', region);
      if (ebsKmsKeyId === '') {
        const wayOut = 'restored volumes would be encrypted as the snapshot is; leave it out for that';
        problems.add('snapshotter.ebsKmsKeyId', 'must name a key', '', wayOut);
      }
    },
  };
}
