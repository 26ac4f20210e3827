import type { ApiObject, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkAnnotations, checkDnsLabel, checkDnsSubdomain, checkLabels } from '../private/names';
import { Problems } from '../private/problems';
import { AccessMode } from './access-mode';
import type { IStorageClass } from './i-storage-class';
import type { StorageMedium } from './storage-medium';
import { checkClaimedStorage, renderClaimSpec } from './volume-claim-template';
import type { VolumeDataSource } from './volume-data-source';

/**
 * A claim, made here or elsewhere.
 */
export interface IPersistentVolumeClaim extends IConstruct {
  /** Name of the claim in its namespace. */
  readonly claimName: string;

  /** What the volume is made of, where it is known; rules about what may live on it apply only then. */
  readonly medium?: StorageMedium;

  /** How many nodes or pods may use the volume at a time, where it is known. */
  readonly accessMode?: AccessMode;
}

/**
 * Properties of `PersistentVolumeClaim`.
 */
export interface PersistentVolumeClaimProps {
  /**
   * Name of the claim. A new name is a new, empty volume.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the claim.
   *
   * @default - the chart's
   */
  readonly namespace?: string;

  /**
   * Labels of the claim.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the claim.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };

  /** Size that the claim asks for. It can grow later where its class allows it, and never shrinks. */
  readonly size: Size;

  /**
   * Class of the volume. It cannot be changed later.
   *
   * @default - the cluster's default class, whichever that is when the claim is made
   */
  readonly storageClass?: IStorageClass;

  /**
   * How many nodes or pods may use the volume at a time. It cannot be changed later.
   *
   * @default AccessMode.READ_WRITE_ONCE
   */
  readonly accessMode?: AccessMode;

  /**
   * What the volume is filled with when it is made, e.g. a snapshot. It cannot be changed later.
   *
   * @default - it begins empty
   */
  readonly dataSource?: VolumeDataSource;
}

/**
 * A claim of a volume: what a pod keeps its data on.
 *
 * Deleting it deletes the data where the class's reclaim policy is Delete, which is the rule: `kubectl delete -f` of the
 * file that holds it is such a deletion.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
 *
 * @example
 * new PersistentVolumeClaim(this, 'myvolume-disk-claim', { size: Size.gibibytes(32) });
 */
export class PersistentVolumeClaim extends Construct implements IPersistentVolumeClaim {
  /**
   * A claim that the cluster has already, in the namespace of the pods that mount it. Nothing is synthesized.
   *
   * @param scope where the reference is kept
   * @param id the reference's id
   * @param claimName the name of the claim
   * @throws if the name is no DNS subdomain
   */
  public static fromClaimName(scope: Construct, id: string, claimName: string): IPersistentVolumeClaim {
    return new ImportedPersistentVolumeClaim(scope, id, claimName);
  }

  /** Name of the claim. */
  public readonly claimName: string;

  /** What the volume is made of, where the class is known to say it. */
  public readonly medium?: StorageMedium;

  /** Namespace of the claim, where the app knows it. */
  public readonly namespace?: string;

  /** How many nodes or pods may use the volume at a time. */
  public readonly accessMode?: AccessMode;

  /** The claim itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: PersistentVolumeClaimProps) {
    super(scope, id);
    checkKnownProps(this, 'PersistentVolumeClaimProps', props);
    this.claimName = props.name ?? id;
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'name', this.claimName);
    if (props.namespace !== undefined) checkDnsLabel(problems, 'namespace', props.namespace);
    checkLabels(problems, 'labels', props.labels);
    checkAnnotations(problems, 'annotations', props.annotations);
    checkClaimedStorage(problems, '', props);
    checkIdentity(problems, this, 'name', k8s.KubePersistentVolumeClaim.GVK, this.claimName, props.namespace);
    problems.throwIfAny();

    if (props.storageClass?.medium) this.medium = props.storageClass.medium;
    const namespace = namespaceOf(this, props.namespace);
    if (namespace !== undefined) this.namespace = namespace;
    this.accessMode = props.accessMode ?? AccessMode.READ_WRITE_ONCE;
    this.apiObject = claimIdentity(
      new k8s.KubePersistentVolumeClaim(this, 'Resource', {
        metadata: metadata(this.claimName, props.namespace, props.labels, props.annotations),
        spec: renderClaimSpec(props),
      }),
    );
  }
}

class ImportedPersistentVolumeClaim extends Construct implements IPersistentVolumeClaim {
  public constructor(
    scope: Construct,
    id: string,
    public readonly claimName: string,
  ) {
    super(scope, id);
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'claimName', claimName);
    problems.throwIfAny(`PersistentVolumeClaim.fromClaimName '${this.node.path}'`);
  }
}
