import type { ApiObject, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { checkKnownProps } from '../../private/known-props';
import { Problems } from '../../private/problems';
import type { IStorageClass } from '../i-storage-class';
import { renderParameters } from '../rules';
import { checkStorageClass, makeStorageClass, VolumeBindingMode } from '../storage-class-props';
import { knownVolumes } from '../storage-medium';
import type { StorageMedium } from '../storage-medium';
import { AzureCloudProviderRole } from './azure-cloud-provider-role';
import { AzureFilesProvisioner } from './azure-files-enums';
import { AZURE_FILES_PARAMETERS } from './azure-files-parameters';
import { checkAzureFiles } from './azure-files-rules';
import type { AzureFilesStorageClassProps } from './azure-files-storage-class-props';

/**
 * A class of shares in Azure Files, which many nodes can use at a time.
 *
 * Over SMB files have no owner and mode of their own: `chmod` and `chown` do nothing, and no database can live there. Over NFS
 * they have. A share can grow in use, and never shrinks.
 *
 * @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md
 *
 * @example
 * const files = new AzureFilesStorageClass(this, 'shares', {
 *   protocol: AzureFilesProtocol.NFS,
 *   skuName: AzureFilesSku.PREMIUM_ZRS,
 *   mountOptions: ['nconnect=4'],
 * });
 * new PersistentVolumeClaim(this, 'uploads', {
 *   size: Size.gibibytes(100),
 *   storageClass: files,
 *   accessMode: AccessMode.READ_WRITE_MANY,
 * });
 */
export class AzureFilesStorageClass extends Construct implements IStorageClass {
  /** Name of the class. */
  public readonly storageClassName: string;

  /** Shares over SMB, or over NFS. */
  public readonly medium?: StorageMedium;

  /** Whether its claims may grow. */
  public readonly allowVolumeExpansion?: boolean;

  /** The smallest share of the sku: 100 GiB of Premium ones, 32 GiB of v2 ones. */
  public readonly minimumSize?: Size;

  /** The StorageClass itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: AzureFilesStorageClassProps = {}) {
    super(scope, id);
    checkKnownProps(this, 'AzureFilesStorageClassProps', props);
    this.storageClassName = props.name ?? id;
    const problems = new Problems(this);
    checkStorageClass(problems, this, this.storageClassName, props);
    checkAzureFiles(problems, props);
    problems.throwIfAny();

    const provisioner = props.provisioner ?? AzureFilesProvisioner.CSI;
    const parameters = renderParameters(props, AZURE_FILES_PARAMETERS, props.tagValueDelimiter);
    const { medium, minimumSize } = knownVolumes(provisioner, parameters);
    if (medium) this.medium = medium;
    if (minimumSize) this.minimumSize = minimumSize;
    this.allowVolumeExpansion = props.allowVolumeExpansion ?? true;
    this.apiObject = makeStorageClass(this, this.storageClassName, props, {
      provisioner,
      parameters,
      volumeBindingMode: props.volumeBindingMode ?? VolumeBindingMode.IMMEDIATE,
    });
    if (provisioner === AzureFilesProvisioner.IN_TREE) AzureCloudProviderRole.ensure(this);
  }
}
