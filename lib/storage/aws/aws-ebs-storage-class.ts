import type { Construct } from 'constructs';
import { checkInteger } from '../../private/names';
import type { Problems } from '../../private/problems';
import { lowerParameters } from '../driver-facts';
import { DriverStorageClass } from '../driver-storage-class';
import { FsType } from '../fs-type';
import { checkFreeParameters, renderParameters } from '../parameters';
import { checkRules } from '../rules';
import type { Rule } from '../rules';
import type { CommonStorageClassProps } from '../storage-class-props';
import { checkZones } from '../zone-rules';
import { EBS_FACTS, LEAST_IOPS } from './aws-drivers';
import { AwsEbsProvisioner, AwsEbsVolumeType } from './aws-ebs-enums';

/**
 * Properties of `AwsEbsStorageClass`: those that have a rule. What else the driver knows is one of `parameters`.
 *
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
 */
export interface AwsEbsStorageClassProps extends CommonStorageClassProps {
  /**
   * Which driver makes the volumes. **With the wrong one claims wait for ever.** It cannot be changed later.
   *
   * @default AwsEbsProvisioner.CSI
   */
  readonly provisioner?: AwsEbsProvisioner;

  /**
   * Performance of the volumes.
   *
   * @default AwsEbsVolumeType.GP3
   */
  readonly type?: AwsEbsVolumeType;

  /**
   * Operations per second of each volume: GP3 from 3000, IO1 and IO2 from 100. IO1 and IO2 need this or `iopsPerGb`. What is above the
   * most that AWS has, the driver lowers.
   *
   * @default - GP3: 3000
   */
  readonly iops?: number;

  /**
   * Operations per second for each GiB, of GP3, IO1 and IO2. A small volume then has less than its type can have, and its claim waits
   * for ever, unless `allowAutoIopsPerGbIncrease` is on; such claims of this app are refused.
   *
   * @default - `iops`
   */
  readonly iopsPerGb?: number;

  /**
   * Whether a small volume gets more than `iopsPerGb`, at its price: as much as its type has at least.
   *
   * @default false
   */
  readonly allowAutoIopsPerGbIncrease?: boolean;

  /**
   * Throughput in MiB/s, of GP3: from 125, and at most a quarter of its operations per second.
   *
   * @default 125
   */
  readonly throughput?: number;

  /**
   * Whether the volumes are encrypted. It cannot be changed later.
   *
   * @default - true with `kmsKeyId`, else as the account has it
   */
  readonly encrypted?: boolean;

  /**
   * ARN of the KMS key that the volumes are encrypted with. **Without that key the data are lost.** AWS looks at it after it has said
   * yes: with a key that is not there, or that the driver may not use, claims wait for ever.
   *
   * @default - AWS' own key, where volumes are encrypted
   */
  readonly kmsKeyId?: string;

  /**
   * The file system that a new volume is given: EXT4, XFS, EXT3, or NTFS on Windows nodes.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * Zones that volumes may be made in: `eu-west-1a`.
   *
   * @default - any
   */
  readonly zones?: string[];

  /**
   * Other parameters of the driver. Nothing but their names is checked here, and those only for being a prop: **with one that the
   * driver does not know claims wait for ever.**
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

type Props = AwsEbsStorageClassProps;

const NAMES = {
  type: 'type',
  iops: 'iops',
  iopsPerGb: 'iopsPerGB',
  allowAutoIopsPerGbIncrease: 'allowAutoIOPSPerGBIncrease',
  throughput: 'throughput',
  encrypted: 'encrypted',
  kmsKeyId: 'kmsKeyId',
  fsType: 'csi.storage.k8s.io/fstype',
};

const KMS_KEY = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(key|alias)\/\S+$/;

const typeOf = ({ type }: Props): AwsEbsVolumeType => type ?? AwsEbsVolumeType.GP3;
const regionOf = (pattern: RegExp, text = ''): string | undefined => pattern.exec(text)?.[1];

const onlySold = (prop: 'iops' | 'iopsPerGb'): Rule<Props> => ({
  prop,
  breaks: (props) => LEAST_IOPS[typeOf(props)] === undefined,
  rule: 'must come with type GP3, IO1 or IO2',
  wayOut: 'AWS refuses each claim: of others the size decides; leave it out',
});

const RULES: Rule<Props>[] = [
  onlySold('iops'),
  onlySold('iopsPerGb'),
  {
    prop: 'iopsPerGb',
    breaks: ({ iops }) => iops !== undefined,
    rule: 'must be left out with iops',
    wayOut: 'the driver refuses each claim; decide for one',
  },
  {
    prop: 'type',
    breaks: ({ type, iops, iopsPerGb }) =>
      (type === AwsEbsVolumeType.IO1 || type === AwsEbsVolumeType.IO2) && (iops ?? iopsPerGb) === undefined,
    rule: 'must come with iops or iopsPerGb if it is IO1 or IO2',
    wayOut: 'AWS refuses each claim: such a volume has no default; set iops: 3000',
  },
  {
    prop: 'allowAutoIopsPerGbIncrease',
    breaks: ({ allowAutoIopsPerGbIncrease, iopsPerGb }) =>
      allowAutoIopsPerGbIncrease === true && iopsPerGb === undefined,
    rule: 'must come with iopsPerGb',
    wayOut: 'there is nothing to raise; set iopsPerGb, or leave it out',
  },
  {
    prop: 'throughput',
    breaks: (props) => typeOf(props) !== AwsEbsVolumeType.GP3,
    rule: 'must come with type GP3',
    wayOut: 'AWS refuses each claim: of others size or operations decide; leave it out',
  },
  {
    prop: 'throughput',
    breaks: ({ throughput = 0, iops, iopsPerGb }) => iopsPerGb === undefined && throughput > (iops ?? 3000) / 4,
    rule: 'must be at most a quarter of iops, which are 3000 unless given',
    wayOut: 'AWS refuses each claim; raise iops to four times the throughput',
  },
  {
    prop: 'encrypted',
    breaks: ({ encrypted, kmsKeyId }) => encrypted === false && kmsKeyId !== undefined,
    rule: 'must be on with kmsKeyId',
    wayOut: 'the driver encrypts with the key anyway; leave one of them out',
  },
  {
    prop: 'kmsKeyId',
    breaks: ({ kmsKeyId = '' }) => !KMS_KEY.test(kmsKeyId),
    rule: 'must be the ARN of a key or alias',
    wayOut:
      'the driver knows keys by nothing else, and AWS refuses a wrong one only after it has said yes; write it as arn:aws:kms:<region>:<account>:key/<id>',
  },
  {
    prop: 'kmsKeyId',
    breaks: ({ kmsKeyId, zones = [] }) => {
      const region = regionOf(KMS_KEY, kmsKeyId);
      return zones.some(
        (zone) => ![undefined, region].includes(regionOf(EBS_FACTS['ebs.csi.aws.com'].zones.pattern, zone)),
      );
    },
    rule: 'must be of the region of zones',
    wayOut: 'a volume is encrypted with a key of its own region; take a key of that one',
  },
  {
    prop: 'fsType',
    breaks: ({ fsType }) => fsType === FsType.EXT2 || fsType === FsType.BTRFS,
    rule: 'must be EXT4, XFS, EXT3 or NTFS',
    wayOut: 'the driver mounts no other, and no pod starts; take FsType.EXT4 or FsType.XFS',
  },
];

/**
 * A class of EBS volumes, which one node uses at a time: what databases live on.
 *
 * A volume can grow in use, and never shrinks. **It can be used in its own zone only**: without a node there its pod waits.
 *
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
 *
 * @example
 * const fast = new AwsEbsStorageClass(this, 'fast', {
 *   type: AwsEbsVolumeType.GP3,
 *   iops: 6000,
 *   throughput: 500,
 *   encrypted: true,
 *   parameters: { tagSpecification_1: 'team=shop' },
 * });
 * new PersistentVolumeClaim(this, 'data', { size: Size.gibibytes(32), storageClass: fast });
 */
export class AwsEbsStorageClass extends DriverStorageClass {
  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: AwsEbsStorageClassProps = {}) {
    const provisioner = props.provisioner ?? AwsEbsProvisioner.CSI;
    // The driver sets it with a key as well; written down, nobody need know that.
    const encrypted = props.encrypted ?? (props.kmsKeyId === undefined ? undefined : true);
    const parameters = renderParameters({ ...props, encrypted }, NAMES, props.parameters);
    super(scope, id, 'AwsEbsStorageClassProps', props, {
      provisioner,
      parameters,
      ...(props.zones && { zones: props.zones }),
      check: (problems) => {
        checkAwsEbs(problems, props);
        checkZones(problems, EBS_FACTS[provisioner].zones, lowerParameters(parameters), props);
      },
    });
  }
}

function checkAwsEbs(problems: Problems, props: Props): void {
  checkRules(problems, props, RULES);
  checkFreeParameters(problems, props.parameters, NAMES, { fsType: 'fsType' });
  const least = LEAST_IOPS[typeOf(props)];
  const { iops, iopsPerGb, throughput } = props;
  if (iops !== undefined && least !== undefined) {
    checkInteger(problems, 'iops', iops, least, Infinity, 'AWS refuses each claim: its type has no less');
  }
  if (iopsPerGb !== undefined)
    checkInteger(problems, 'iopsPerGb', iopsPerGb, 1, Infinity, 'the driver refuses each claim');
  if (throughput !== undefined) {
    checkInteger(problems, 'throughput', throughput, 125, Infinity, 'AWS refuses each claim: GP3 has no less');
  }
}
