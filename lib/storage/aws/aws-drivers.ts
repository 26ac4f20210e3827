import { Size } from 'cdk8s';
import type { DriverFacts, KnownClass, LowerParameters } from '../driver-facts';
import { StorageMedium } from '../storage-medium';

export const EBS = 'ebs.csi.aws.com';
export const EBS_OF_AUTO_MODE = 'ebs.csi.eks.amazonaws.com';

/** The fewest operations per second of the types that sell them. */
export const LEAST_IOPS: { readonly [type: string]: number | undefined } = { gp3: 3000, io1: 100, io2: 100 };

/** The smallest volumes of types, in GiB, where they are not 1. */
const LEAST_SIZES: { readonly [type: string]: number | undefined } = { io1: 4, io2: 4, sc1: 125, st1: 125 };

/** How many operations a GP3 volume can have for each GiB, where it has more than its least. */
const MOST_PER_GIB = 500;

/**
 * Below this size a volume has fewer operations than its type or its throughput needs, and AWS refuses it. The driver lowers what is
 * above the most, but leaves GP3 alone where that would be less than its least.
 *
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 */
function minimumSize(parameters: LowerParameters): Size | undefined {
  const { type = 'gp3', iops = 0, iopspergb, throughput = 0, allowautoiopspergbincrease } = parameters;
  const leastIops = LEAST_IOPS[type] ?? 0;
  const perGib = iopspergb === undefined ? Infinity : Number(iopspergb);
  const sizes = [LEAST_SIZES[type] ?? 1, allowautoiopspergbincrease === 'true' ? 1 : Math.ceil(leastIops / perGib)];
  const ofThroughput = 4 * Number(throughput);
  if (type === 'gp3' && (iopspergb !== undefined || Number(iops) > leastIops)) {
    if (perGib > MOST_PER_GIB) sizes.push(leastIops / MOST_PER_GIB);
    if (ofThroughput > leastIops) sizes.push(Math.ceil(ofThroughput / Math.min(perGib, MOST_PER_GIB)));
  }
  const least = Math.max(...sizes);
  return Number.isFinite(least) && least > 1 ? Size.gibibytes(least) : undefined;
}

const ofEbs = (driver: string): DriverFacts & Required<Pick<DriverFacts, 'zones'>> => ({
  medium: StorageMedium.DISK,
  minimumSize,
  zones: {
    // All releases know nodes by it; topology.kubernetes.io/zone those since 1.28.
    label: `topology.${driver}/zone`,
    pattern: /^([a-z]+(?:-[a-z]+)+-\d+)(?:[a-z]|-[a-z0-9-]+)$/,
    rule: 'must be the name of a zone',
    example: 'eu-west-1a',
    reach: () => 1,
  },
  checkHandle: (problems, prop, handle) => {
    if (/^vol-([0-9a-f]{8}|[0-9a-f]{17})$/.test(handle)) return;
    problems.add(
      prop,
      "must be 'vol-' and 8 or 17 hexadecimal digits",
      handle,
      'it is the id of the volume, not its name',
    );
  },
});

/** @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md */
export const EBS_FACTS = {
  [EBS]: ofEbs(EBS),
  // Nodes of Auto Mode mount volumes of this driver alone, and others none of them.
  [EBS_OF_AUTO_MODE]: {
    ...ofEbs(EBS_OF_AUTO_MODE),
    nodes: { label: 'eks.amazonaws.com/compute-type', value: 'auto' },
  },
};

export const AWS_DRIVERS: { readonly [provisioner: string]: DriverFacts } = {
  ...EBS_FACTS,
  'efs.csi.aws.com': { medium: StorageMedium.NFS },
  's3.csi.aws.com': { medium: StorageMedium.OBJECT },
  'kubernetes.io/aws-ebs': { medium: StorageMedium.DISK, minimumSize },
};

/** The class that EKS comes with. It lets no claim grow, unless somebody has changed that. */
export const EKS_CLASSES: { readonly [name: string]: KnownClass } = {
  gp2: { provisioner: 'kubernetes.io/aws-ebs', parameters: { type: 'gp2' } },
};
