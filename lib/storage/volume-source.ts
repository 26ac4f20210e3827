import type { k8s } from 'cdk8s-plus-27';
import { checkKnownProps } from '../private/known-props';
import { Problems } from '../private/problems';
import { AzureFilesProtocol } from './azure/azure-files-enums';
import { checkArmId, checkContainerName, checkStorageAccountName } from './azure/azure-names';
import { FsType } from './fs-type';
import { AZURE_DISK, AZURE_FILES, EBS, knownVolumes, StorageMedium, ZONE_LABELS } from './storage-medium';
import type {
  AzureDiskVolumeOptions,
  AzureFilesVolumeOptions,
  CsiVolumeOptions,
  EbsVolumeOptions,
  NfsVolumeOptions,
} from './volume-source-options';

/**
 * Where the data of a volume are that exists already.
 *
 * @example
 * const assets = VolumeSource.nfs({ server: '192.168.0.55', path: '/exports/assets' });
 */
export class VolumeSource {
  /**
   * A folder that an NFS server exports. Nothing makes sure that it is there: without it no pod starts.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static nfs(options: NfsVolumeOptions): VolumeSource {
    checkKnownProps('VolumeSource.nfs', 'NfsVolumeOptions', options);
    const { server, path, readOnly } = options;
    const problems = new Problems();
    if (!/^[^\s/]+$/.test(server)) {
      problems.add(
        'server',
        'must be a name or address',
        server,
        "the path is a prop of its own; write it as '192.168.0.55'",
      );
    }
    if (!path.startsWith('/')) problems.add('path', 'must be absolute', path, "write it as '/exports/assets'");
    problems.throwIfAny('VolumeSource.nfs');
    return new VolumeSource({ nfs: { server, path, ...(readOnly && { readOnly }) } }, StorageMedium.NFS);
  }

  /**
   * A volume of any CSI driver.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static csi(options: CsiVolumeOptions): VolumeSource {
    checkKnownProps('VolumeSource.csi', 'CsiVolumeOptions', options);
    const { driver, volumeHandle, fsType, attributes, readOnly } = options;
    const problems = new Problems();
    checkVolumeHandle(problems, 'volumeHandle', driver, volumeHandle);
    problems.throwIfAny('VolumeSource.csi');
    return VolumeSource.ofCsi({
      driver,
      volumeHandle,
      ...(fsType !== undefined && { fsType }),
      ...(attributes && { volumeAttributes: attributes }),
      ...(readOnly && { readOnly }),
    });
  }

  /**
   * An Azure Disk, by its id.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static azureDisk(options: AzureDiskVolumeOptions): VolumeSource {
    checkKnownProps('VolumeSource.azureDisk', 'AzureDiskVolumeOptions', options);
    const { diskUri, fsType = FsType.EXT4, cachingMode, readOnly } = options;
    const problems = new Problems();
    checkVolumeHandle(problems, 'diskUri', AZURE_DISK, diskUri);
    problems.throwIfAny('VolumeSource.azureDisk');
    return VolumeSource.ofCsi({
      driver: AZURE_DISK,
      volumeHandle: diskUri,
      fsType,
      ...(cachingMode && { volumeAttributes: { cachingMode: cachingMode } }),
      ...(readOnly && { readOnly }),
    });
  }

  /**
   * A share in Azure Files, or a folder of it. Its key is taken from the Secret `azure-storage-account-<account>-secret` of the
   * pod's namespace, else the kubelet's identity fetches it.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static azureFiles(options: AzureFilesVolumeOptions): VolumeSource {
    checkKnownProps('VolumeSource.azureFiles', 'AzureFilesVolumeOptions', options);
    const { resourceGroup, storageAccount, shareName, folderName, protocol = AzureFilesProtocol.SMB } = options;
    const problems = new Problems();
    if (!/^[\w.()-]{1,90}$/.test(resourceGroup)) {
      problems.add('resourceGroup', 'must be the name of a resource group', resourceGroup, 'give the name, not the id');
    }
    checkStorageAccountName(problems, 'storageAccount', storageAccount);
    checkContainerName(problems, 'shareName', shareName);
    problems.throwIfAny('VolumeSource.azureFiles');
    // In this form the driver can grow the share; what follows ## only tells the folders of one share apart.
    const share = `${resourceGroup}#${storageAccount}#${shareName}`;
    return VolumeSource.ofCsi({
      driver: AZURE_FILES,
      volumeHandle: folderName === undefined ? share : `${share}##${folderName}`,
      volumeAttributes: {
        resourceGroup,
        storageAccount,
        shareName,
        ...(folderName !== undefined && { folderName }),
        ...(protocol === AzureFilesProtocol.NFS && { protocol }),
      },
    });
  }

  /**
   * A volume of AWS' Elastic Block Store, by its id.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static ebs(options: EbsVolumeOptions): VolumeSource {
    checkKnownProps('VolumeSource.ebs', 'EbsVolumeOptions', options);
    const { volumeId, fsType = FsType.EXT4, readOnly } = options;
    const problems = new Problems();
    checkVolumeHandle(problems, 'volumeId', EBS, volumeId);
    problems.throwIfAny('VolumeSource.ebs');
    return VolumeSource.ofCsi({ driver: EBS, volumeHandle: volumeId, fsType, ...(readOnly && { readOnly }) });
  }

  private static ofCsi(csi: k8s.CsiPersistentVolumeSource): VolumeSource {
    return new VolumeSource({ csi }, knownVolumes(csi.driver, csi.volumeAttributes).medium);
  }

  private constructor(
    /** The part of the PersistentVolume that names the data. */
    public readonly persistentVolume: k8s.PersistentVolumeSpec,
    /** What the volume is made of, where it is known. */
    public readonly medium?: StorageMedium,
  ) {}

  /** The node label by which the driver knows zones, where volumes are bound to one. */
  public get zoneLabel(): string | undefined {
    const labels: { [key: string]: string } = ZONE_LABELS;
    return labels[this.persistentVolume.csi?.driver ?? ''];
  }
}

function checkVolumeHandle(problems: Problems, prop: string, driver: string, handle: string): void {
  if (driver === AZURE_DISK) {
    checkArmId(problems, prop, handle, 'Microsoft.Compute/disks');
  } else if (driver === EBS && !/^vol-([0-9a-f]{8}|[0-9a-f]{17})$/.test(handle)) {
    problems.add(
      prop,
      "must be 'vol-' and 8 or 17 hexadecimal digits",
      handle,
      'it is the id of the volume, not its name',
    );
  } else if (handle === '') {
    problems.add(
      prop,
      'must be what the driver knows the volume by',
      handle,
      "no pod would start; see the driver's page",
    );
  }
}
