import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import { checkKnownProps } from '../private/known-props';
import { checkDnsSubdomain } from '../private/names';
import { Problems } from '../private/problems';
import { DriverStorageClass } from './driver-storage-class';
import { knownVolumes } from './drivers';
import type { IStorageClass } from './i-storage-class';
import { knownClass } from './known-classes';
import type { CommonStorageClassProps } from './storage-class-props';
import type { StorageMedium } from './storage-medium';

/**
 * What is known of a StorageClass that this app does not make.
 */
export interface StorageClassAttributes {
  /**
   * The class's provisioner, as `kubectl get storageclass` shows it.
   *
   * It lets rules apply, e.g. that no database lives on an SMB share.
   *
   * @default - known for classes that a cloud's own Kubernetes comes with; else nothing of the class is checked
   */
  readonly provisioner?: string;

  /**
   * The class's parameters, as far as they change what its volumes are: a driver of shares may know a `protocol`, and some types of
   * disks have a least size.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };

  /**
   * Whether claims of the class may grow.
   *
   * @default - known for classes that a cloud's own Kubernetes comes with; else not known
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
   * do not know when the first claim is made, which then waits for ever.
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

/**
 * A storage class: what volumes claims are given, and what becomes of them. `AwsEbsStorageClass`, `AzureDiskStorageClass`,
 * `AzureFilesStorageClass` and `GcpPersistentDiskStorageClass` know the rules of their drivers.
 *
 * Deleting the class deletes no volume; only new claims of it wait.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 *
 * @example
 * const ceph = new StorageClass(this, 'ceph', {
 *   provisioner: 'rook-ceph.rbd.csi.ceph.com',
 *   parameters: { clusterID: 'rook-ceph', pool: 'replicapool' },
 *   volumeBindingMode: VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
 * });
 * new PersistentVolumeClaim(this, 'data', { size: Size.gibibytes(32), storageClass: ceph });
 */
export class StorageClass extends DriverStorageClass {
  /**
   * A class that the cluster has already. Nothing is synthesized.
   *
   * Without `provisioner`, and unless AKS, EKS or GKE comes with a class of that name, nothing can be known of the class: a database
   * on an SMB share is then not refused here, and fails when it starts. Nor is anything taken from the names `default` and
   * `standard`, which are other classes in each cloud: on AKS take `AksStorageClass.DEFAULT`.
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

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: StorageClassProps) {
    const { provisioner, parameters = {} } = props;
    super(scope, id, 'StorageClassProps', props, { provisioner, parameters });
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
    // Somebody may have made a class of another provisioner under a name that a cloud uses.
    const known = attributes.provisioner === undefined ? knownClass(storageClassName) : undefined;
    const { medium, minimumSize } = knownVolumes(attributes.provisioner ?? known?.provisioner, {
      ...known?.parameters,
      ...attributes.parameters,
    });
    if (medium) this.medium = medium;
    if (minimumSize) this.minimumSize = minimumSize;
    const allowVolumeExpansion = attributes.allowVolumeExpansion ?? known?.allowVolumeExpansion;
    if (allowVolumeExpansion !== undefined) this.allowVolumeExpansion = allowVolumeExpansion;
  }
}
