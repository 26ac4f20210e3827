import type { ApiObject, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, namespaceOf, clusterScoped } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsLabel, checkDnsSubdomain, checkLabels } from '../private/names';
import { Problems } from '../private/problems';
import { AccessMode } from './access-mode';
import { nodesOf } from './driver-facts';
import type { DriverFacts } from './driver-facts';
import { driverFacts } from './drivers';
import type { IPersistentVolumeClaim } from './persistent-volume-claim';
import { checkSize, quantity } from './quantity';
import { checkMountOptions, ReclaimPolicy } from './storage-class-props';
import { StorageMedium } from './storage-medium';
import { checkAccessMode } from './volume-claim-template';
import type { VolumeSource } from './volume-source';
import { checkZone } from './zone-rules';

/**
 * Properties of `StaticVolume`.
 */
export interface StaticVolumeProps {
  /**
   * Name of the claim.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Name of the PersistentVolume. Volumes have no namespace: the name is the cluster's.
   *
   * @default - the claim's name
   */
  readonly volumeName?: string;

  /**
   * Namespace of the claim.
   *
   * @default - the chart's, else `default`, which is then written down: the volume names the claim with its namespace
   */
  readonly namespace?: string;

  /**
   * Labels of volume and claim.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /** Where the data are. It cannot be changed later. */
  readonly source: VolumeSource;

  /**
   * Size of the volume as it is. Nothing compares it with the real one, and shares over NFS may be fuller than it says.
   */
  readonly size: Size;

  /**
   * How many nodes or pods may use the volume at a time. It cannot be changed later.
   *
   * @default - AccessMode.READ_WRITE_MANY for what is known to be a share, else AccessMode.READ_WRITE_ONCE
   */
  readonly accessMode?: AccessMode;

  /**
   * Zone of a disk that is bound to one, as the nodes' label of the driver has it, e.g. `eu-west-1a`. **Without it pods of such a disk
   * may be sent to nodes of another zone, where they never start.** It cannot be changed later.
   *
   * @default - the zones that `source` names, else none: right for shares, disks of all zones and clusters without zones
   */
  readonly zone?: string;

  /**
   * Options of `mount`, one each. No server checks them: with a wrong one no pod starts.
   *
   * @default - the driver's own
   */
  readonly mountOptions?: string[];
}

/**
 * A volume that exists already, with the claim that pods mount. The two name each other, so that no other claim takes the
 * volume, and the claim takes no other volume.
 *
 * Deleting either deletes no data: the reclaim policy is Retain, and no other is offered. A volume whose claim was deleted is
 * kept from new claims, also those of its name, until `kubectl patch pv <name> --type json -p
 * '[{"op":"remove","path":"/spec/claimRef/uid"}]'` says that the data may be used again.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume
 *
 * @example
 * const claim = new StaticVolume(this, 'assets', {
 *   source: VolumeSource.nfs({ server: '192.168.0.55', path: '/exports/assets' }),
 *   size: Size.gibibytes(10),
 * });
 * new Pod(this, 'web', {
 *   containers: [{ name: 'web', image: 'nginxinc/nginx-unprivileged:1.29.3' }],
 *   claims: [{ name: 'assets', claim, mounts: [{ path: '/usr/share/nginx/html', readOnly: true }] }],
 * });
 */
export class StaticVolume extends Construct implements IPersistentVolumeClaim {
  /** Name of the claim. */
  public readonly claimName: string;

  /** Name of the PersistentVolume. */
  public readonly volumeName: string;

  /** Namespace of the claim. */
  public readonly namespace: string;

  /** What the volume is made of, where its source is known to say it. */
  public readonly medium?: StorageMedium;

  /** How many nodes or pods may use the volume at a time. */
  public readonly accessMode?: AccessMode;

  /** The claim itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /** The PersistentVolume itself, for what the props do not offer. */
  public readonly persistentVolume: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: StaticVolumeProps) {
    super(scope, id);
    checkKnownProps(this, 'StaticVolumeProps', props);
    this.claimName = props.name ?? id;
    this.volumeName = props.volumeName ?? this.claimName;
    this.namespace = namespaceOf(this, props.namespace) ?? 'default';
    this.validate(props);

    if (props.source.medium) this.medium = props.source.medium;
    const { labels } = props;
    const capacity = { storage: quantity(props.size) };
    this.accessMode = props.accessMode ?? usualAccessMode(props.source);
    const accessModes = [this.accessMode];
    this.persistentVolume = clusterScoped(
      claimIdentity(
        new k8s.KubePersistentVolume(this, 'Volume', {
          metadata: metadata(this.volumeName, undefined, labels),
          spec: {
            capacity,
            accessModes,
            persistentVolumeReclaimPolicy: ReclaimPolicy.RETAIN,
            // Without it the cluster's default class would be filled into the claim, and the two could not be bound.
            storageClassName: '',
            claimRef: { namespace: this.namespace, name: this.claimName },
            ...(props.mountOptions && { mountOptions: props.mountOptions }),
            ...renderNodeAffinity(props),
            ...props.source.persistentVolume,
          },
        }),
      ),
    );
    this.apiObject = claimIdentity(
      new k8s.KubePersistentVolumeClaim(this, 'Resource', {
        metadata: metadata(this.claimName, this.namespace, labels),
        spec: { accessModes, storageClassName: '', volumeName: this.volumeName, resources: { requests: capacity } },
      }),
    );
  }

  private validate(props: StaticVolumeProps): void {
    const { source, zone, accessMode } = props;
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'name', this.claimName);
    checkDnsSubdomain(problems, 'volumeName', this.volumeName);
    checkDnsLabel(problems, 'namespace', this.namespace);
    checkLabels(problems, 'labels', props.labels);
    checkSize(problems, 'size', props.size);
    checkAccessMode(problems, 'accessMode', source.medium, accessMode);
    const driver = source.persistentVolume.csi?.driver;
    if (accessMode === AccessMode.READ_WRITE_ONCE_POD && driver === undefined) {
      problems.add(
        'accessMode',
        'must not be READ_WRITE_ONCE_POD without a CSI driver',
        accessMode,
        'Kubernetes keeps other pods off a volume of CSI drivers only; take READ_WRITE_ONCE',
      );
    }
    const facts = driverFacts(driver);
    checkMountOptions(problems, props.mountOptions);
    facts?.checkMountOptions?.(problems, source.medium, props.mountOptions);
    if (zone !== undefined) checkZoneOfSource(problems, zone, source, facts);
    checkIdentity(problems, this, 'volumeName', k8s.KubePersistentVolume.GVK, this.volumeName);
    checkIdentity(problems, this, 'name', k8s.KubePersistentVolumeClaim.GVK, this.claimName, this.namespace);
    problems.throwIfAny();
  }
}

function usualAccessMode({ medium }: VolumeSource): AccessMode {
  const isShare = medium === StorageMedium.NFS || medium === StorageMedium.SMB;
  return isShare ? AccessMode.READ_WRITE_MANY : AccessMode.READ_WRITE_ONCE;
}

function checkZoneOfSource(
  problems: Problems,
  zone: string,
  { zones }: VolumeSource,
  facts: DriverFacts | undefined,
): void {
  if (!facts?.zones) {
    problems.add(
      'zone',
      'must be left out where the node label of the driver is not known',
      zone,
      "shares need no zone; for other volumes write nodeAffinity into 'persistentVolume'",
    );
    return;
  }
  checkZone(problems, 'zone', zone, facts.zones);
  if (zones && !zones.includes(zone)) {
    problems.add('zone', 'must be one of the source', zone, `the disk is in ${zones.join(', ')}; leave it out`);
  }
}

function renderNodeAffinity({ source, zone }: StaticVolumeProps): Pick<k8s.PersistentVolumeSpec, 'nodeAffinity'> {
  const facts = driverFacts(source.persistentVolume.csi?.driver);
  const nodes = facts ? nodesOf(facts, zone === undefined ? source.zones : [zone]) : [];
  if (nodes.length === 0) return {};
  const matchExpressions = nodes.map(({ label, values }) => ({ key: label, operator: 'In', values }));
  return { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } };
}
