import type { ApiObject, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { checkKnownProps } from '../../private/known-props';
import { Problems } from '../../private/problems';
import type { IStorageClass } from '../i-storage-class';
import { renderParameters } from '../rules';
import { checkStorageClass, makeStorageClass, VolumeBindingMode } from '../storage-class-props';
import { AZURE_DISK, knownVolumes, ZONE_LABELS } from '../storage-medium';
import type { StorageMedium } from '../storage-medium';
import { AZURE_DISK_PARAMETERS, cachingModeOf, checkAzureDisk } from './azure-disk-rules';
import type { AzureDiskStorageClassProps } from './azure-disk-storage-class-props';

/**
 * A class of Azure Disks, which one node uses at a time: what databases live on.
 *
 * A disk can grow in use, and never shrinks. **An LRS disk can be used in its own zone only**: without a node there its pod
 * waits. A ZRS disk can be used in all of them.
 *
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 *
 * @example
 * const fast = new AzureDiskStorageClass(this, 'fast', { skuName: AzureDiskSku.PREMIUM_ZRS, fsType: FsType.XFS });
 * new PersistentVolumeClaim(this, 'data', { size: Size.gibibytes(32), storageClass: fast });
 */
export class AzureDiskStorageClass extends Construct implements IStorageClass {
  /** Name of the class. */
  public readonly storageClassName: string;

  /** Disks. */
  public readonly medium?: StorageMedium;

  /** Whether its claims may grow. */
  public readonly allowVolumeExpansion?: boolean;

  /** The smallest disk that it makes, where a parameter needs one: 513 GiB with bursting or performance plus. */
  public readonly minimumSize?: Size;

  /** The StorageClass itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: AzureDiskStorageClassProps = {}) {
    super(scope, id);
    checkKnownProps(this, 'AzureDiskStorageClassProps', props);
    this.storageClassName = props.name ?? id;
    const problems = new Problems(this);
    checkStorageClass(problems, this, this.storageClassName, props);
    checkAzureDisk(problems, props);
    problems.throwIfAny();

    const cachingMode = cachingModeOf(props);
    const parameters = renderParameters({ ...props, cachingMode }, AZURE_DISK_PARAMETERS, props.tagValueDelimiter);
    const { medium, minimumSize } = knownVolumes(AZURE_DISK, parameters);
    if (medium) this.medium = medium;
    if (minimumSize) this.minimumSize = minimumSize;
    this.allowVolumeExpansion = props.allowVolumeExpansion ?? true;
    this.apiObject = makeStorageClass(this, this.storageClassName, props, {
      provisioner: AZURE_DISK,
      parameters,
      volumeBindingMode: props.volumeBindingMode ?? VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
      ...(props.zones && {
        allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE_LABELS[AZURE_DISK], values: props.zones }] }],
      }),
    });
  }
}
