import type { ApiObject, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { checkKnownProps } from '../private/known-props';
import { checkDnsSubdomain } from '../private/names';
import { Problems } from '../private/problems';
import { aksStorageClass } from './azure/aks-storage-class';
import type { IStorageClass } from './i-storage-class';
import { checkStorageClass, makeStorageClass, VolumeBindingMode } from './storage-class-props';
import type { CommonStorageClassProps } from './storage-class-props';
import { knownVolumes, StorageMedium } from './storage-medium';

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
   * The class's parameters, as far as they change what its volumes are: `{ protocol: 'nfs' }` makes Azure Files NFS shares,
   * and a Premium sku of it has a least size.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };

  /**
   * Whether claims of the class may grow.
   *
   * @default - known for the classes that AKS comes with; else not known
   */
  readonly allowVolumeExpansion?: boolean;
}

/**
 * Properties of `StorageClass`.
 */
export interface StorageClassProps extends CommonStorageClassProps {
  /** The driver that makes the volumes. It cannot be changed later. */
  readonly provisioner: string;

  /**
   * What the driver is told. It cannot be changed later. Nothing is checked here: most drivers refuse a parameter that they
   * do not know when the first claim is made.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

/**
 * A storage class: what volumes claims are given, and what becomes of them. For Azure take `AzureFilesStorageClass` or
 * `AzureDiskStorageClass`, which know their driver's parameters.
 *
 * Deleting the class deletes no volume; only new claims of it wait.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 *
 * @example
 * const gp3 = new StorageClass(this, 'gp3', { provisioner: 'ebs.csi.aws.com', parameters: { type: 'gp3' } });
 * new PersistentVolumeClaim(this, 'data', { size: Size.gibibytes(32), storageClass: gp3 });
 */
export class StorageClass extends Construct implements IStorageClass {
  /**
   * A class that the cluster has already. Nothing is synthesized.
   *
   * Without `provisioner`, and unless AKS comes with a class of that name, nothing can be known of the class: a database
   * on an SMB share is then not refused here, and fails when it starts. Nor is anything taken from the name `default`,
   * which is another class in each cloud: on AKS take `AksStorageClass.DEFAULT`.
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

  /** Name of the class. */
  public readonly storageClassName: string;

  /** What its volumes are made of, where the provisioner tells. */
  public readonly medium?: StorageMedium;

  /** Whether its claims may grow. */
  public readonly allowVolumeExpansion?: boolean;

  /** The smallest volume that it makes, where the parameters tell. */
  public readonly minimumSize?: Size;

  /** The StorageClass itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: StorageClassProps) {
    super(scope, id);
    checkKnownProps(this, 'StorageClassProps', props);
    const { provisioner, parameters = {} } = props;
    this.storageClassName = props.name ?? id;
    const problems = new Problems(this);
    checkStorageClass(problems, this, this.storageClassName, props);
    problems.throwIfAny();

    const { medium, minimumSize } = knownVolumes(provisioner, parameters);
    if (medium) this.medium = medium;
    if (minimumSize) this.minimumSize = minimumSize;
    this.allowVolumeExpansion = props.allowVolumeExpansion ?? true;
    const ofMedium =
      medium === StorageMedium.DISK ? VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER : VolumeBindingMode.IMMEDIATE;
    const volumeBindingMode = props.volumeBindingMode ?? ofMedium;
    this.apiObject = makeStorageClass(this, this.storageClassName, props, {
      provisioner,
      parameters,
      volumeBindingMode,
    });
  }
}

class ImportedStorageClass extends Construct implements IStorageClass {
  public readonly medium?: StorageMedium;
  public readonly allowVolumeExpansion?: boolean;
  public readonly minimumSize?: Size;

  public constructor(
    scope: Construct,
    id: string,
    public readonly storageClassName: string,
    attributes: StorageClassAttributes,
  ) {
    super(scope, id);
    const what = `StorageClass.fromStorageClassName '${this.node.path}'`;
    checkKnownProps(this, 'StorageClassAttributes', attributes, what);
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'storageClassName', storageClassName);
    problems.throwIfAny(what);
    // Somebody may have made a class of another provisioner under a name that AKS uses.
    const aks = attributes.provisioner === undefined ? aksStorageClass(storageClassName) : undefined;
    const { medium, minimumSize } = knownVolumes(attributes.provisioner ?? aks?.provisioner ?? '', {
      ...aks?.parameters,
      ...attributes.parameters,
    });
    if (medium) this.medium = medium;
    if (minimumSize) this.minimumSize = minimumSize;
    const allowVolumeExpansion = attributes.allowVolumeExpansion ?? aks?.allowVolumeExpansion;
    if (allowVolumeExpansion !== undefined) this.allowVolumeExpansion = allowVolumeExpansion;
  }
}
