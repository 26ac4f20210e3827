import type { k8s } from 'cdk8s-plus-27';
import { checkKnownProps } from '../../private/known-props';
import { Problems } from '../../private/problems';
import { FsType } from '../fs-type';
import { EBS_FACTS } from './aws-drivers';
import { AwsEbsProvisioner } from './aws-ebs-enums';

/**
 * Options of `VolumeSource.ebs`.
 */
export interface EbsVolumeOptions {
  /** Id of the volume: `vol-` and 17 hexadecimal digits, 8 of old ones. */
  readonly volumeId: string;

  /**
   * Which driver mounts it. **No pod starts with the wrong one.**
   *
   * @default AwsEbsProvisioner.CSI
   */
  readonly driver?: AwsEbsProvisioner;

  /**
   * The file system that the volume has; one without any is given it.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

export function ebsVolume(options: EbsVolumeOptions): k8s.CsiPersistentVolumeSource {
  checkKnownProps('VolumeSource.ebs', 'EbsVolumeOptions', options);
  const { volumeId, driver = AwsEbsProvisioner.CSI, fsType = FsType.EXT4, readOnly } = options;
  const problems = new Problems();
  EBS_FACTS[driver].checkHandle?.(problems, 'volumeId', volumeId);
  problems.throwIfAny('VolumeSource.ebs');
  return { driver, volumeHandle: volumeId, fsType, ...(readOnly && { readOnly }) };
}
