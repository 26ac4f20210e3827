import { Size } from 'cdk8s';

/**
 * What the volumes of a storage class are made of, as far as it decides what may live on them.
 */
export enum StorageMedium {
  /** A block device with a Linux file system of its own, attached to one node: Azure Disk, EBS, a local disk. */
  DISK = 'disk',

  /** A share over SMB: keeps no Linux owner and mode, so no database can own its data folder. Azure Files by default. */
  SMB = 'smb',

  /** A share over NFS: keeps owner and mode, can be mounted by many nodes. */
  NFS = 'nfs',

  /** An object store behind a file interface (blobfuse, s3fs): no locks, no atomic rename, no place for a database. */
  OBJECT = 'object',
}

export const AZURE_DISK = 'disk.csi.azure.com';
export const AZURE_FILES = 'file.csi.azure.com';
export const AZURE_FILES_IN_TREE = 'kubernetes.io/azure-file';
export const EBS = 'ebs.csi.aws.com';

/** The node label by which a driver knows zones. */
export const ZONE_LABELS = {
  [AZURE_DISK]: 'topology.disk.csi.azure.com/zone',
  [EBS]: 'topology.ebs.csi.aws.com/zone',
};

const MEDIA: { [key: string]: StorageMedium } = {
  'blob.csi.azure.com': StorageMedium.OBJECT,
  [AZURE_DISK]: StorageMedium.DISK,
  [EBS]: StorageMedium.DISK,
  'efs.csi.aws.com': StorageMedium.NFS,
  [AZURE_FILES]: StorageMedium.SMB,
  'kubernetes.io/aws-ebs': StorageMedium.DISK,
  'kubernetes.io/azure-disk': StorageMedium.DISK,
  [AZURE_FILES_IN_TREE]: StorageMedium.SMB,
  'kubernetes.io/gce-pd': StorageMedium.DISK,
  'nfs.csi.k8s.io': StorageMedium.NFS,
  'pd.csi.storage.gke.io': StorageMedium.DISK,
  's3.csi.aws.com': StorageMedium.OBJECT,
  'smb.csi.k8s.io': StorageMedium.SMB,
};

/** What is known of the volumes that a provisioner makes. */
export interface KnownVolumes {
  readonly medium?: StorageMedium;
  readonly minimumSize?: Size;
}

export function knownVolumes(provisioner: string, parameters: { [key: string]: string } = {}): KnownVolumes {
  // The drivers read parameter names in any case; where a value has a case, the wrong one fails by itself.
  const values: { [key: string]: string | undefined } = Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]),
  );
  const known = MEDIA[provisioner];
  const medium = known === StorageMedium.SMB && values.protocol === 'nfs' ? StorageMedium.NFS : known;
  const minimumSize = minimumSizeOf(provisioner, values);
  return { ...(medium && { medium }), ...(minimumSize && { minimumSize }) };
}

function minimumSizeOf(provisioner: string, parameters: { [key: string]: string | undefined }): Size | undefined {
  if (provisioner === AZURE_FILES || provisioner === AZURE_FILES_IN_TREE) {
    const sku = parameters.skuname ?? parameters.storageaccounttype ?? (parameters.protocol === 'nfs' ? 'premium' : '');
    if (sku.includes('v2')) return Size.gibibytes(32);
    return sku.startsWith('premium') ? Size.gibibytes(100) : undefined;
  }
  // Bursting is refused by Azure up to 512 GiB, performance plus raises the size.
  const large = parameters.enablebursting === 'true' || parameters.enableperformanceplus === 'true';
  return provisioner === AZURE_DISK && large ? Size.gibibytes(513) : undefined;
}
