import type { ApiObject, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { checkKnownProps } from '../private/known-props';
import type { Struct } from '../private/known-props';
import { Problems } from '../private/problems';
import { nodesOf } from './driver-facts';
import { driverFacts, knownVolumes } from './drivers';
import type { IStorageClass } from './i-storage-class';
import { checkStorageClass, makeStorageClass } from './storage-class-props';
import type { CommonStorageClassProps } from './storage-class-props';
import type { StorageMedium } from './storage-medium';

/** What the class of a driver adds to what all classes have. */
export interface DriverOfClass {
  readonly provisioner: string;
  readonly parameters: { readonly [key: string]: string };

  /** Zones that volumes may be made in. */
  readonly zones?: string[];

  /** Refuses what the driver would. */
  readonly check?: (problems: Problems) => void;
}

/**
 * What all storage classes of a chart are. jsii gives its members to the classes that are exported.
 *
 * @internal
 */
export abstract class DriverStorageClass extends Construct implements IStorageClass {
  /** Name of the class. */
  public readonly storageClassName: string;

  /** What its volumes are made of, where the driver tells. */
  public readonly medium?: StorageMedium;

  /** Whether its claims may grow. */
  public readonly allowVolumeExpansion?: boolean;

  /** The smallest volume that it makes, where the parameters tell. */
  public readonly minimumSize?: Size;

  /** The StorageClass itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  protected constructor(
    scope: Construct,
    id: string,
    struct: Struct,
    props: CommonStorageClassProps,
    { provisioner, parameters, zones, check }: DriverOfClass,
  ) {
    super(scope, id);
    checkKnownProps(this, struct, props);
    this.storageClassName = props.name ?? id;
    const facts = driverFacts(provisioner);
    const { medium, minimumSize } = knownVolumes(provisioner, parameters);
    const problems = new Problems(this);
    checkStorageClass(problems, this, this.storageClassName, props);
    check?.(problems);
    facts?.checkMountOptions?.(problems, medium, props.mountOptions);
    problems.throwIfAny();

    if (medium) this.medium = medium;
    if (minimumSize) this.minimumSize = minimumSize;
    this.allowVolumeExpansion = props.allowVolumeExpansion ?? true;
    this.apiObject = makeStorageClass(this, this.storageClassName, props, {
      provisioner,
      parameters,
      ...(medium && { medium }),
      nodes: facts ? nodesOf(facts, zones) : [],
    });
  }
}
