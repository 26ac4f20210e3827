import type { Size } from 'cdk8s';
import type { KnownClass } from '../driver-facts';
import { knownVolumes } from '../drivers';
import type { IStorageClass } from '../i-storage-class';
import type { StorageMedium } from '../storage-medium';
import { AZURE_DISK, AZURE_FILES } from './azure-drivers';

const AZURE_BLOB = 'blob.csi.azure.com';

/**
 * The storage classes that every AKS cluster comes with. Nothing is synthesized.
 *
 * **All of them delete the data with the claim** (reclaim policy Delete); for data that must survive a deleted claim make an
 * `AzureDiskStorageClass` or `AzureFilesStorageClass`. All of them let claims grow. AKS puts back what is edited in them.
 *
 * @see https://learn.microsoft.com/azure/aks/concepts-storage#storage-classes
 *
 * @example
 * new PersistentVolumeClaim(this, 'data', { size: Size.gibibytes(32), storageClass: AksStorageClass.MANAGED_CSI_PREMIUM });
 */
export class AksStorageClass implements IStorageClass {
  /**
   * `default`, that of claims which name none: Azure Disk, the same as `managed-csi` since 1.21 (kubernetes.io/azure-disk
   * before). WaitForFirstConsumer.
   */
  public static readonly DEFAULT = new AksStorageClass('default', AZURE_DISK);

  /**
   * `managed-csi`: Azure Disk, StandardSSD_LRS; from 1.29 on StandardSSD_ZRS where the cluster has zones.
   * WaitForFirstConsumer. Since 1.21.
   */
  public static readonly MANAGED_CSI = new AksStorageClass('managed-csi', AZURE_DISK);

  /**
   * `managed-csi-premium`: Azure Disk, Premium_LRS; from 1.29 on Premium_ZRS where the cluster has zones.
   * WaitForFirstConsumer. Since 1.21.
   */
  public static readonly MANAGED_CSI_PREMIUM = new AksStorageClass('managed-csi-premium', AZURE_DISK);

  /**
   * `managed-csi-premium-v2`: Azure Disk, PremiumV2_LRS, never ZRS: a disk stays in its zone. Since AKS 1.35.
   */
  public static readonly MANAGED_CSI_PREMIUM_V2 = new AksStorageClass('managed-csi-premium-v2', AZURE_DISK, {
    skuName: 'PremiumV2_LRS',
  });

  /** `azurefile-csi`: Azure Files over SMB, Standard_LRS. Immediate. Since 1.21. No place for a database. */
  public static readonly AZUREFILE_CSI = new AksStorageClass('azurefile-csi', AZURE_FILES, { skuName: 'Standard_LRS' });

  /**
   * `azurefile-csi-premium`: Azure Files over SMB, Premium_LRS, at least 100 GiB. Immediate. Since 1.21. No place for a
   * database.
   */
  public static readonly AZUREFILE_CSI_PREMIUM = new AksStorageClass('azurefile-csi-premium', AZURE_FILES, {
    skuName: 'Premium_LRS',
  });

  /**
   * `azureblob-fuse-premium`: blob storage by blobfuse, where the cluster's blob driver is enabled. No place for a database.
   */
  public static readonly AZUREBLOB_FUSE_PREMIUM = new AksStorageClass('azureblob-fuse-premium', AZURE_BLOB);

  /**
   * `azureblob-nfs-premium`: blob storage by NFS 3, where the cluster's blob driver is enabled. No place for a database.
   */
  public static readonly AZUREBLOB_NFS_PREMIUM = new AksStorageClass('azureblob-nfs-premium', AZURE_BLOB);

  /**
   * `managed`, legacy: Azure Disk, StandardSSD. Clusters still list it, AKS documents it no more: take `MANAGED_CSI`.
   */
  public static readonly MANAGED = new AksStorageClass('managed', AZURE_DISK);

  /**
   * `managed-premium`, legacy: Azure Disk, Premium_LRS. Clusters still list it, AKS documents it no more: take
   * `MANAGED_CSI_PREMIUM`.
   */
  public static readonly MANAGED_PREMIUM = new AksStorageClass('managed-premium', AZURE_DISK);

  /**
   * `azurefile`, legacy: Azure Files over SMB, Standard_LRS. Immediate. AKS documents it no more: take `AZUREFILE_CSI`.
   */
  public static readonly AZUREFILE = new AksStorageClass('azurefile', AZURE_FILES, { skuName: 'Standard_LRS' });

  /**
   * `azurefile-premium`, legacy: Azure Files over SMB, Premium_LRS, at least 100 GiB. Immediate. AKS documents it no more:
   * take `AZUREFILE_CSI_PREMIUM`.
   */
  public static readonly AZUREFILE_PREMIUM = new AksStorageClass('azurefile-premium', AZURE_FILES, {
    skuName: 'Premium_LRS',
  });

  /** What its volumes are made of. */
  public readonly medium?: StorageMedium;

  /** All classes of AKS let their claims grow. */
  public readonly allowVolumeExpansion?: boolean = true;

  /** The smallest volume that it makes. */
  public readonly minimumSize?: Size;

  private constructor(
    /** Name of the class. */
    public readonly storageClassName: string,
    /** The driver that makes its volumes. */
    public readonly provisioner: string,
    /** Its parameters, as far as they are the same in every cluster. */
    public readonly parameters: { [key: string]: string } = {},
  ) {
    const { medium, minimumSize } = knownVolumes(provisioner, parameters);
    if (medium) this.medium = medium;
    if (minimumSize) this.minimumSize = minimumSize;
  }
}

/** By name. `default` is another class in each cloud. */
export const AKS_CLASSES: { readonly [name: string]: KnownClass } = Object.fromEntries(
  (Object.values(AksStorageClass) as AksStorageClass[])
    .filter((one) => one !== AksStorageClass.DEFAULT)
    .map((one) => [one.storageClassName, one]),
);
