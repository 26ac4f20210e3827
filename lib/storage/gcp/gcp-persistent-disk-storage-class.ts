import type { Construct } from 'constructs';
import { checkInteger } from '../../private/names';
import type { Problems } from '../../private/problems';
import { lowerParameters } from '../driver-facts';
import { DriverStorageClass } from '../driver-storage-class';
import type { FsType } from '../fs-type';
import { checkFreeParameters, renderParameters } from '../parameters';
import { checkRules } from '../rules';
import type { Rule } from '../rules';
import type { CommonStorageClassProps } from '../storage-class-props';
import { checkZones } from '../zone-rules';
import { PERSISTENT_DISK, PERSISTENT_DISK_FACTS } from './gcp-drivers';
import { GcpDiskReplicationType, GcpPersistentDiskType } from './gcp-persistent-disk-enums';

/**
 * Properties of `GcpPersistentDiskStorageClass`: those that have a rule. What else the driver knows is one of `parameters`.
 *
 * @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver#createvolume-parameters
 */
export interface GcpPersistentDiskStorageClassProps extends CommonStorageClassProps {
  /**
   * Performance of the disks. The nodes' machine series must be able to mount it.
   *
   * @default GcpPersistentDiskType.PD_STANDARD, a hard disk
   */
  readonly type?: GcpPersistentDiskType;

  /**
   * In how many zones a disk has its data. REGIONAL_PD is for the types PD_STANDARD, PD_BALANCED and PD_SSD, and needs nodes in two zones,
   * or two `zones`.
   *
   * @default GcpDiskReplicationType.NONE; HYPERDISK_BALANCED_HIGH_AVAILABILITY is in two zones
   */
  readonly replicationType?: GcpDiskReplicationType;

  /**
   * Zones that disks may be made in: `europe-west1-b`. At least two for disks in two zones; of more than two the driver takes that of the
   * pod and another.
   *
   * @default - any
   */
  readonly zones?: string[];

  /**
   * Key of Cloud KMS that the disks are encrypted with: `projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>`.
   * **Without that key the data are lost.**
   *
   * @default - Google's own key
   */
  readonly diskEncryptionKmsKey?: string;

  /**
   * Operations per second of each disk. Only of PD_EXTREME, HYPERDISK_EXTREME, HYPERDISK_BALANCED and its high availability.
   *
   * @default - by its size
   */
  readonly provisionedIopsOnCreate?: number;

  /**
   * Throughput of each disk in MiB/s. Only of HYPERDISK_THROUGHPUT, HYPERDISK_ML, HYPERDISK_BALANCED and its high availability.
   *
   * @default - by its size
   */
  readonly provisionedThroughputOnCreate?: number;

  /**
   * The file system that a new disk is given. GKE's nodes know EXT4 and XFS; BTRFS is an experiment, of Ubuntu nodes only.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * Other parameters of the driver. Nothing but their names is checked here, and those only for being a prop: **with one that the
   * driver does not know claims wait for ever.**
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

type Props = GcpPersistentDiskStorageClassProps;

const NAMES = {
  type: 'type',
  replicationType: 'replication-type',
  diskEncryptionKmsKey: 'disk-encryption-kms-key',
  provisionedIopsOnCreate: 'provisioned-iops-on-create',
  provisionedThroughputOnCreate: 'provisioned-throughput-on-create',
  fsType: 'csi.storage.k8s.io/fstype',
};

const {
  HYPERDISK_BALANCED,
  HYPERDISK_BALANCED_HIGH_AVAILABILITY,
  HYPERDISK_EXTREME,
  HYPERDISK_ML,
  HYPERDISK_THROUGHPUT,
  PD_BALANCED,
  PD_EXTREME,
  PD_SSD,
  PD_STANDARD,
} = GcpPersistentDiskType;

const KMS_KEY =
  /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+(\/cryptoKeyVersions\/[^/]+)?$/;
const REGION = /^[a-z]+-[a-z]+\d+$/;

const isOneOf = ({ type = PD_STANDARD }: Props, types: GcpPersistentDiskType[]): boolean => types.includes(type);

const RULES: Rule<Props>[] = [
  {
    prop: 'replicationType',
    breaks: (props) =>
      props.replicationType === GcpDiskReplicationType.REGIONAL_PD &&
      !isOneOf(props, [PD_STANDARD, PD_BALANCED, PD_SSD, HYPERDISK_BALANCED_HIGH_AVAILABILITY]),
    rule: 'must be NONE unless type is PD_STANDARD, PD_BALANCED or PD_SSD',
    wayOut:
      'Google refuses each claim: no other type has a copy in a second zone; take HYPERDISK_BALANCED_HIGH_AVAILABILITY, or leave it out',
  },
  {
    prop: 'diskEncryptionKmsKey',
    breaks: ({ diskEncryptionKmsKey = '' }) => !KMS_KEY.test(diskEncryptionKmsKey),
    rule: 'must be the path of a key',
    wayOut:
      'Google refuses each claim; write it as projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>',
  },
  {
    prop: 'diskEncryptionKmsKey',
    breaks: ({ diskEncryptionKmsKey = '', zones = [] }) => {
      const location = KMS_KEY.exec(diskEncryptionKmsKey)?.[1] ?? '';
      return (
        REGION.test(location) &&
        zones.some((zone) => ![undefined, location].includes(PERSISTENT_DISK_FACTS.zones.pattern.exec(zone)?.[1]))
      );
    },
    rule: 'must be of the region of zones',
    wayOut: 'Google refuses each claim: a disk is encrypted with a key of its own region; take a key of that one',
  },
  {
    prop: 'provisionedIopsOnCreate',
    breaks: (props) =>
      !isOneOf(props, [PD_EXTREME, HYPERDISK_EXTREME, HYPERDISK_BALANCED, HYPERDISK_BALANCED_HIGH_AVAILABILITY]),
    rule: 'must come with type PD_EXTREME, HYPERDISK_EXTREME, HYPERDISK_BALANCED or HYPERDISK_BALANCED_HIGH_AVAILABILITY',
    wayOut: 'Google refuses each claim: of others the size decides; leave it out',
  },
  {
    prop: 'provisionedThroughputOnCreate',
    breaks: (props) =>
      !isOneOf(props, [HYPERDISK_THROUGHPUT, HYPERDISK_ML, HYPERDISK_BALANCED, HYPERDISK_BALANCED_HIGH_AVAILABILITY]),
    rule: 'must come with type HYPERDISK_THROUGHPUT, HYPERDISK_ML, HYPERDISK_BALANCED or HYPERDISK_BALANCED_HIGH_AVAILABILITY',
    wayOut: 'Google refuses each claim: of others the size or the operations decide; leave it out',
  },
];

/**
 * A class of persistent disks or Hyperdisks of Google, which one node uses at a time: what databases live on.
 *
 * A disk can grow in use, and never shrinks. **One that is not regional can be used in its own zone only**: without a node there its pod
 * waits. A regional one can be used in two.
 *
 * @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver#createvolume-parameters
 *
 * @example
 * const regional = new GcpPersistentDiskStorageClass(this, 'regional', {
 *   type: GcpPersistentDiskType.PD_BALANCED,
 *   replicationType: GcpDiskReplicationType.REGIONAL_PD,
 *   zones: ['europe-west1-b', 'europe-west1-c'],
 *   parameters: { labels: 'team=shop' },
 * });
 * new PersistentVolumeClaim(this, 'data', { size: Size.gibibytes(32), storageClass: regional });
 */
export class GcpPersistentDiskStorageClass extends DriverStorageClass {
  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: GcpPersistentDiskStorageClassProps = {}) {
    const { provisionedThroughputOnCreate: throughput, zones } = props;
    // The driver takes a number without a unit for bytes.
    const written = {
      ...props,
      provisionedThroughputOnCreate: throughput === undefined ? undefined : `${throughput}Mi`,
    };
    const parameters = renderParameters(written, NAMES, props.parameters);
    super(scope, id, 'GcpPersistentDiskStorageClassProps', props, {
      provisioner: PERSISTENT_DISK,
      parameters,
      ...(zones && { zones }),
      check: (problems) => {
        checkPersistentDisk(problems, props);
        checkZones(problems, PERSISTENT_DISK_FACTS.zones, lowerParameters(parameters), props);
      },
    });
  }
}

function checkPersistentDisk(problems: Problems, props: Props): void {
  checkRules(problems, props, RULES);
  checkFreeParameters(problems, props.parameters, NAMES, { fsType: 'fsType' });
  for (const prop of ['provisionedIopsOnCreate', 'provisionedThroughputOnCreate'] as const) {
    const value = props[prop];
    if (value !== undefined) checkInteger(problems, prop, value, 1, Infinity, 'Google refuses each claim');
  }
}
