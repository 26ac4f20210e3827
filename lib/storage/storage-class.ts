import { Construct } from 'constructs';
import { checkDnsSubdomain } from '../private/names';
import { Problems } from '../private/problems';

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

/**
 * A StorageClass, made here or elsewhere.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export interface IStorageClass {
  /** The name that claims write in `storageClassName`. */
  readonly storageClassName: string;

  /**
   * What its volumes are made of, where it is known; rules about what may live on them apply only then.
   */
  readonly medium?: StorageMedium;
}

/**
 * What is known of a StorageClass that this app does not make.
 */
export interface StorageClassAttributes {
  /**
   * The class's provisioner, as `kubectl get storageclass` shows it.
   *
   * It lets rules apply, e.g. that no database lives on an SMB share.
   *
   * @default - known for the classes that AKS comes with; else nothing of the class is checked
   */
  readonly provisioner?: string;

  /**
   * The class's parameters, as far as they change what its volumes are: `{ protocol: 'nfs' }` makes Azure Files NFS shares.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

/** @see https://learn.microsoft.com/azure/aks/concepts-storage#storage-classes */
const AKS_CLASSES: { [key: string]: string } = {
  azurefile: 'file.csi.azure.com',
  'azurefile-csi': 'file.csi.azure.com',
  'azurefile-csi-premium': 'file.csi.azure.com',
  'azurefile-premium': 'file.csi.azure.com',
  'azureblob-fuse-premium': 'blob.csi.azure.com',
  'azureblob-nfs-premium': 'blob.csi.azure.com',
  managed: 'disk.csi.azure.com',
  'managed-csi': 'disk.csi.azure.com',
  'managed-csi-premium': 'disk.csi.azure.com',
  'managed-csi-premium-v2': 'disk.csi.azure.com',
  'managed-premium': 'disk.csi.azure.com',
};

const MEDIA: { [key: string]: StorageMedium } = {
  'blob.csi.azure.com': StorageMedium.OBJECT,
  'disk.csi.azure.com': StorageMedium.DISK,
  'ebs.csi.aws.com': StorageMedium.DISK,
  'efs.csi.aws.com': StorageMedium.NFS,
  'file.csi.azure.com': StorageMedium.SMB,
  'kubernetes.io/aws-ebs': StorageMedium.DISK,
  'kubernetes.io/azure-disk': StorageMedium.DISK,
  'kubernetes.io/azure-file': StorageMedium.SMB,
  'kubernetes.io/gce-pd': StorageMedium.DISK,
  'nfs.csi.k8s.io': StorageMedium.NFS,
  'pd.csi.storage.gke.io': StorageMedium.DISK,
  's3.csi.aws.com': StorageMedium.OBJECT,
  'smb.csi.k8s.io': StorageMedium.SMB,
};

/**
 * Storage classes to make claims of.
 *
 * @example
 * const fast = StorageClass.fromStorageClassName(this, 'Fast', 'managed-csi-premium');
 */
export class StorageClass {
  /**
   * A class that the cluster has already. Nothing is synthesized.
   *
   * Without `provisioner`, and unless AKS comes with a class of that name, nothing can be known of the class: a database
   * on an SMB share is then not refused here, and fails when it starts.
   *
   * @param scope where the reference is kept
   * @param id the reference's id
   * @param storageClassName the name of the class in the cluster
   * @param attributes what else is known of it
   * @throws if the name is no DNS subdomain
   */
  public static fromStorageClassName(
    scope: Construct,
    id: string,
    storageClassName: string,
    attributes: StorageClassAttributes = {},
  ): IStorageClass {
    return new ImportedStorageClass(scope, id, storageClassName, attributes);
  }

  private constructor() {
    // Nothing is made of it: a reference has a class of its own.
  }
}

class ImportedStorageClass extends Construct implements IStorageClass {
  public readonly medium?: StorageMedium;

  public constructor(
    scope: Construct,
    id: string,
    public readonly storageClassName: string,
    attributes: StorageClassAttributes,
  ) {
    super(scope, id);
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'storageClassName', storageClassName);
    problems.throwIfAny();
    const medium = mediumOf(attributes.provisioner ?? AKS_CLASSES[storageClassName] ?? '', attributes.parameters);
    if (medium) this.medium = medium;
  }
}

function mediumOf(provisioner: string, parameters: { [key: string]: string } = {}): StorageMedium | undefined {
  const medium = MEDIA[provisioner];
  // Drivers read parameter names and this value in any case.
  const protocol = Object.entries(parameters)
    .find(([key]) => key.toLowerCase() === 'protocol')?.[1]
    .toLowerCase();
  return medium === StorageMedium.SMB && protocol === 'nfs' ? StorageMedium.NFS : medium;
}
