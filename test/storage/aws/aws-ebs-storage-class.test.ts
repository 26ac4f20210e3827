import { Size } from 'cdk8s';
import {
  AwsEbsProvisioner,
  AwsEbsStorageClass,
  AwsEbsVolumeType,
  FsType,
  PersistentVolumeClaim,
  ReclaimPolicy,
  VolumeBindingMode,
} from '../../../lib';
import type { AwsEbsStorageClassProps } from '../../../lib';
import { find, newChart, synth } from '../../support/manifests';
import { expectRefused, expectRefusedAlone } from '../../support/refused';
import { schemaErrors } from '../../support/strict-schema';

const { GP2, GP3, IO1, IO2, SC1, ST1, STANDARD } = AwsEbsVolumeType;
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** Every prop, of which no class can have all: `iops` and `iopsPerGb` exclude each other. */
const ALL: Required<AwsEbsStorageClassProps> = {
  name: 'disks',
  reclaimPolicy: ReclaimPolicy.DELETE,
  allowVolumeExpansion: false,
  volumeBindingMode: VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
  mountOptions: ['noatime'],
  labels: { team: 'a' },
  defaultClass: true,
  provisioner: AwsEbsProvisioner.CSI,
  type: GP3,
  iops: 6000,
  iopsPerGb: 50,
  allowAutoIopsPerGbIncrease: true,
  throughput: 500,
  encrypted: true,
  kmsKeyId: KEY,
  fsType: FsType.XFS,
  zones: ['eu-west-1a', 'eu-west-1b'],
  parameters: { tagSpecification_1: 'team=a', blockSize: '4096' },
};

function render(props: AwsEbsStorageClassProps) {
  const manifests = synth((chart) => new AwsEbsStorageClass(chart, 'disks', props));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  return find(manifests, 'StorageClass', 'disks');
}

const without = (...props: (keyof AwsEbsStorageClassProps)[]): AwsEbsStorageClassProps =>
  Object.fromEntries(Object.entries(ALL).filter(([prop]) => !props.includes(prop as keyof AwsEbsStorageClassProps)));

describe('a class of EBS volumes', () => {
  test('takes every prop', () => {
    expect(render(without('iopsPerGb', 'allowAutoIopsPerGbIncrease'))).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'disks',
        labels: { team: 'a' },
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'ebs.csi.aws.com',
      // The driver refuses a key that it does not know, so each is spelled out here.
      parameters: {
        type: 'gp3',
        iops: '6000',
        throughput: '500',
        encrypted: 'true',
        kmsKeyId: KEY,
        'csi.storage.k8s.io/fstype': 'xfs',
        tagSpecification_1: 'team=a',
        blockSize: '4096',
      },
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['noatime'],
      allowedTopologies: [
        {
          matchLabelExpressions: [{ key: 'topology.ebs.csi.aws.com/zone', values: ['eu-west-1a', 'eu-west-1b'] }],
        },
      ],
    });
  });

  test('takes operations by size', () => {
    const { iopsPerGb, allowAutoIopsPerGbIncrease } = ALL;
    expect(render({ type: IO1, iopsPerGb, allowAutoIopsPerGbIncrease }).parameters).toEqual({
      type: 'io1',
      iopsPerGB: '50',
      allowAutoIOPSPerGBIncrease: 'true',
    });
  });

  // Nodes of Auto Mode mount volumes of its own driver alone, and other nodes none of them.
  test('of EKS Auto Mode is of its driver and nodes', () => {
    const provisioner = AwsEbsProvisioner.EKS_AUTO_MODE;
    const auto = { key: 'eks.amazonaws.com/compute-type', values: ['auto'] };
    const zones = { key: 'topology.ebs.csi.eks.amazonaws.com/zone', values: ['us-gov-west-1a'] };
    expect(render({ provisioner })).toMatchObject({
      provisioner: 'ebs.csi.eks.amazonaws.com',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [{ matchLabelExpressions: [auto] }],
    });
    expect(render({ provisioner, zones: zones.values }).allowedTopologies).toEqual([
      { matchLabelExpressions: [zones, auto] },
    ]);
  });

  test.each<[AwsEbsStorageClassProps, { [key: string]: string } | undefined]>([
    [{ kmsKeyId: KEY }, { encrypted: 'true', kmsKeyId: KEY }],
    [
      { kmsKeyId: KEY, encrypted: true },
      { encrypted: 'true', kmsKeyId: KEY },
    ],
    [{ encrypted: false }, { encrypted: 'false' }],
    [{}, undefined],
  ])('says that it encrypts, also where that is only implied: %j', (props, parameters) => {
    expect(render(props).parameters).toEqual(parameters);
  });

  test.each<AwsEbsStorageClassProps>([
    { throughput: 750 },
    { throughput: 1000, iops: 4000 },
    // It grows with the size.
    { throughput: 1000, iopsPerGb: 500 },
    { type: IO2, iopsPerGb: 1 },
    { allowAutoIopsPerGbIncrease: false },
    { kmsKeyId: 'arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/shop', zones: ['us-gov-west-1b'] },
    // A local and a wavelength zone.
    { zones: ['us-west-2-lax-1a', 'us-west-2-wl1-las-wlz-1', 'us-west-2a'] },
    { fsType: FsType.EXT3 },
    { fsType: FsType.NTFS },
  ])('may be %j', (props) => {
    expect(render(props).kind).toBe('StorageClass');
  });

  test.each<[AwsEbsStorageClassProps, number]>([
    [{ type: ST1 }, 125],
    [{ type: SC1 }, 125],
    [{ type: IO2, iops: 3000 }, 4],
    // 60 GiB at 50 a GiB are the 3000 that GP3 has at least.
    [{ iopsPerGb: 50 }, 60],
    [{ type: IO1, iopsPerGb: 7 }, 15],
    // Above their least, GP3 volumes have at most 500 operations a GiB, and a quarter of that is throughput.
    [{ iops: 3001 }, 6],
    [{ iops: 8000, throughput: 1500 }, 12],
    [{ iopsPerGb: 100, throughput: 1000 }, 40],
    [{ iopsPerGb: 100, throughput: 1000, allowAutoIopsPerGbIncrease: true }, 40],
    [{ iopsPerGb: 1000, throughput: 1000 }, 8],
  ])('refuses claims that AWS makes no volume for: %j', (props, gibibytes) => {
    const chart = newChart();
    const storageClass = new AwsEbsStorageClass(chart, 'disks', props);
    expectRefused(
      chart,
      () => new PersistentVolumeClaim(chart, 'x', { storageClass, size: Size.gibibytes(gibibytes - 1) }),
      "PersistentVolumeClaim 'test/x'",
      `'size' must be at least ${gibibytes}Gi with the class 'disks', got "${gibibytes - 1}Gi": it has no smaller volumes: ` +
        'the driver would silently make one of that size, at its price, or fail; ask for as much',
    );
    new PersistentVolumeClaim(chart, 'x', { storageClass, size: Size.gibibytes(gibibytes) });
  });

  test.each<AwsEbsStorageClassProps>([
    { iops: 3000 },
    { type: GP2 },
    { iopsPerGb: 50, allowAutoIopsPerGbIncrease: true },
    { throughput: 750 },
  ])('makes volumes of any size with %j', (props) => {
    expect(new AwsEbsStorageClass(newChart(), 'x', props).minimumSize).toBeUndefined();
  });

  test.each<[string, AwsEbsStorageClassProps, ...string[]]>([
    ...[GP2, ST1, SC1, STANDARD].map((type): [string, AwsEbsStorageClassProps, ...string[]] => [
      `operations of ${type}`,
      { type, iops: 3000 },
      "'iops' must come with type GP3, IO1 or IO2, got 3000: AWS refuses each claim: of others the size decides; leave it out",
    ]),
    [
      'operations by size of a type that has its own',
      { type: GP2, iopsPerGb: 50 },
      "'iopsPerGb' must come with type GP3, IO1 or IO2, got 50: AWS refuses each claim: of others the size decides; leave it out",
    ],
    [
      'operations twice',
      { iops: 3000, iopsPerGb: 50 },
      "'iopsPerGb' must be left out with iops, got 50: the driver refuses each claim; decide for one",
    ],
    ...[IO1, IO2].map((type): [string, AwsEbsStorageClassProps, ...string[]] => [
      `no operations of ${type}`,
      { type },
      `'type' must come with iops or iopsPerGb if it is IO1 or IO2, got "${type}": AWS refuses each claim: such a volume has no default; set iops: 3000`,
    ]),
    [
      'too few operations of GP3',
      { iops: 2999 },
      "'iops' must be a whole number at least 3000, got 2999: AWS refuses each claim: its type has no less",
    ],
    [
      'too few operations of IO2',
      { type: IO2, iops: 99 },
      "'iops' must be a whole number at least 100, got 99: AWS refuses each claim: its type has no less",
    ],
    [
      'no operations by size',
      { iopsPerGb: 0 },
      "'iopsPerGb' must be a whole number at least 1, got 0: the driver refuses each claim",
    ],
    [
      'nothing to raise',
      { iops: 3000, allowAutoIopsPerGbIncrease: true },
      "'allowAutoIopsPerGbIncrease' must come with iopsPerGb, got true: there is nothing to raise; set iopsPerGb, or leave it out",
    ],
    ...[GP2, ST1].map((type): [string, AwsEbsStorageClassProps, ...string[]] => [
      `throughput of ${type}`,
      { type, throughput: 250 },
      "'throughput' must come with type GP3, got 250: AWS refuses each claim: of others size or operations decide; leave it out",
    ]),
    [
      'too little throughput',
      { throughput: 100 },
      "'throughput' must be a whole number at least 125, got 100: AWS refuses each claim: GP3 has no less",
    ],
    [
      'more throughput than the operations carry',
      { throughput: 751 },
      "'throughput' must be at most a quarter of iops, which are 3000 unless given, got 751: AWS refuses each claim; raise iops to four times the throughput",
    ],
    [
      'more throughput than the given operations carry',
      { throughput: 1001, iops: 4000 },
      "'throughput' must be at most a quarter of iops, which are 3000 unless given, got 1001: AWS refuses each claim; raise iops to four times the throughput",
    ],
    [
      'a key that would be ignored, which it is not',
      { encrypted: false, kmsKeyId: KEY },
      "'encrypted' must be on with kmsKeyId, got false: the driver encrypts with the key anyway; leave one of them out",
    ],
    [
      'a key by its id',
      { kmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
      '\'kmsKeyId\' must be the ARN of a key or alias, got "1234abcd-12ab-34cd-56ef-1234567890ab": the driver knows keys by nothing else, and AWS refuses a wrong one only after it has said yes; write it as arn:aws:kms:<region>:<account>:key/<id>',
    ],
    [
      'a key of another region',
      { kmsKeyId: KEY, zones: ['eu-central-1a'] },
      `'kmsKeyId' must be of the region of zones, got "${KEY}": a volume is encrypted with a key of its own region; take a key of that one`,
    ],
    [
      'a file system that the driver does not mount',
      { fsType: FsType.EXT2 },
      '\'fsType\' must be EXT4, XFS, EXT3 or NTFS, got "ext2": the driver mounts no other, and no pod starts; take FsType.EXT4 or FsType.XFS',
    ],
    [
      'another file system that the driver does not mount',
      { fsType: FsType.BTRFS },
      '\'fsType\' must be EXT4, XFS, EXT3 or NTFS, got "btrfs": the driver mounts no other, and no pod starts; take FsType.EXT4 or FsType.XFS',
    ],
    [
      'the id of a zone',
      { zones: ['euw1-az1'] },
      "'zones[0]' must be the name of a zone, got \"euw1-az1\": no node has another label, and the volume could be used nowhere; write it as 'eu-west-1a'",
    ],
    [
      'a region',
      { zones: ['eu-west-1'] },
      "'zones[0]' must be the name of a zone, got \"eu-west-1\": no node has another label, and the volume could be used nowhere; write it as 'eu-west-1a'",
    ],
  ])('refuses %s', (_, props, ...problems) => {
    expectRefusedAlone(
      (chart) => new AwsEbsStorageClass(chart, 'x', props),
      "AwsEbsStorageClass 'test/x'",
      ...problems,
    );
  });
});

test.each([
  [AwsEbsVolumeType, ['gp3', 'gp2', 'io2', 'io1', 'st1', 'sc1', 'standard']],
  [AwsEbsProvisioner, ['ebs.csi.aws.com', 'ebs.csi.eks.amazonaws.com']],
])('an enum has the words of the driver: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
