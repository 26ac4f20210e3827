import type { k8s } from 'cdk8s-plus-27';
import { checkKnownProps } from '../private/known-props';
import { Problems } from '../private/problems';
import { ebsVolume } from './aws/ebs-volume';
import type { EbsVolumeOptions } from './aws/ebs-volume';
import { azureDiskVolume, azureFilesVolume } from './azure/azure-volumes';
import type { AzureDiskVolumeOptions, AzureFilesVolumeOptions } from './azure/azure-volumes';
import { driverFacts, knownVolumes } from './drivers';
import { gcpPersistentDiskVolume } from './gcp/gcp-persistent-disk-volume';
import type { GcpPersistentDiskVolumeOptions } from './gcp/gcp-persistent-disk-volume';
import { StorageMedium } from './storage-medium';
import type { CsiVolumeOptions, NfsVolumeOptions } from './volume-source-options';

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
    const checkHandle = driverFacts(driver)?.checkHandle ?? checkNoHandle;
    checkHandle(problems, 'volumeHandle', volumeHandle);
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
    return VolumeSource.ofCsi(azureDiskVolume(options));
  }

  /**
   * A share in Azure Files, or a folder of it. Its key is taken from the Secret `azure-storage-account-<account>-secret` of the
   * pod's namespace, else the kubelet's identity fetches it.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static azureFiles(options: AzureFilesVolumeOptions): VolumeSource {
    return VolumeSource.ofCsi(azureFilesVolume(options));
  }

  /**
   * A volume of AWS' Elastic Block Store, by its id.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static ebs(options: EbsVolumeOptions): VolumeSource {
    return VolumeSource.ofCsi(ebsVolume(options));
  }

  /**
   * A persistent disk or Hyperdisk of Google, zonal or regional, by its name.
   *
   * @throws if an option breaks a rule, naming each
   */
  public static gcpPersistentDisk(options: GcpPersistentDiskVolumeOptions): VolumeSource {
    return VolumeSource.ofCsi(gcpPersistentDiskVolume(options), options.zones);
  }

  private static ofCsi(csi: k8s.CsiPersistentVolumeSource, zones?: string[]): VolumeSource {
    const { medium } = knownVolumes(csi.driver, csi.volumeAttributes);
    return new VolumeSource({ csi }, medium, zones ?? driverFacts(csi.driver)?.zonesOfHandle?.(csi.volumeHandle));
  }

  private constructor(
    /** The part of the PersistentVolume that names the data. */
    public readonly persistentVolume: k8s.PersistentVolumeSpec,
    /** What the volume is made of, where it is known. */
    public readonly medium?: StorageMedium,
    /** The zones that can use the volume, where the source tells. */
    public readonly zones?: string[],
  ) {}

  /** The node label by which the driver knows zones, where volumes are bound to one. */
  public get zoneLabel(): string | undefined {
    return driverFacts(this.persistentVolume.csi?.driver)?.zones?.label;
  }
}

function checkNoHandle(problems: Problems, prop: string, handle: string): void {
  if (handle !== '') return;
  problems.add(
    prop,
    'must be what the driver knows the volume by',
    handle,
    "no pod would start; see the driver's page",
  );
}
