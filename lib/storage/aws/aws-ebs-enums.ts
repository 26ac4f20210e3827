/**
 * Which driver makes EBS volumes. **Nodes of EKS Auto Mode mount volumes of its own driver alone, and other nodes none of them.**
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html
 */
export enum AwsEbsProvisioner {
  /** `ebs.csi.aws.com`, which is installed as an add-on. */
  CSI = 'ebs.csi.aws.com',

  /** `ebs.csi.eks.amazonaws.com`, which is part of EKS Auto Mode. */
  EKS_AUTO_MODE = 'ebs.csi.eks.amazonaws.com',
}

/**
 * Performance of an EBS volume.
 *
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 */
export enum AwsEbsVolumeType {
  /** SSD whose performance is bought apart from its size. */
  GP3 = 'gp3',
  /** SSD whose performance grows with its size. */
  GP2 = 'gp2',
  /** SSD with the operations per second that are asked for, the most durable; at least 4 GiB. */
  IO2 = 'io2',
  /** SSD with the operations per second that are asked for, of an earlier generation; at least 4 GiB. */
  IO1 = 'io1',
  /** Hard disk for large files; at least 125 GiB. No place for a database. */
  ST1 = 'st1',
  /** Hard disk for what is seldom read; at least 125 GiB. No place for a database. */
  SC1 = 'sc1',
  /** Hard disk of an earlier generation. */
  STANDARD = 'standard',
}
