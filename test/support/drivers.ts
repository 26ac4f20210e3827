/*
 * What drivers of disks and their clouds do with a claim, as far as it decides whether there is ever a volume. Written after the
 * drivers' code and the clouds' pages, and not after the rules of this library.
 *
 * https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/pkg/cloud/cloud.go
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 * https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/blob/master/pkg/gce-pd-csi-driver/controller.go
 * https://cloud.google.com/compute/docs/disks/hyperdisks
 */

export interface Claim {
  readonly parameters: { readonly [key: string]: string };
  readonly zones: string[] | undefined;
  readonly gibibytes: number;
}

interface EbsLimits {
  readonly size: number;
  /** Of those that sell operations: least, most, and most a GiB. */
  readonly iops?: readonly [number, number, number];
}

const EBS_LIMITS: { readonly [type: string]: EbsLimits | undefined } = {
  gp2: { size: 1 },
  gp3: { size: 1, iops: [3000, 16_000, 500] },
  io1: { size: 4, iops: [100, 64_000, 50] },
  io2: { size: 4, iops: [100, 256_000, 1000] },
  sc1: { size: 125 },
  st1: { size: 125 },
  standard: { size: 1 },
};

/** Why the claim waits for ever, if it does. */
export function whyEbsWaits({ parameters, gibibytes }: Claim): string | undefined {
  const { type = 'gp3', throughput, kmsKeyId, encrypted, allowAutoIOPSPerGBIncrease } = parameters;
  const limits = EBS_LIMITS[type];
  if (!limits) return 'an unknown type';
  if (gibibytes < limits.size) return 'too small';
  if (kmsKeyId !== undefined && (encrypted !== 'true' || !kmsKeyId.startsWith('arn:'))) return 'a key that is none';
  const given = Number(parameters.iops ?? 0);
  const perGib = Number(parameters.iopsPerGB ?? 0);
  if (given > 0 && perGib > 0) return 'operations twice';
  const wanted = given > 0 ? given : perGib * gibibytes;
  if (!limits.iops) {
    if (wanted > 0) return 'operations of a type that sells none';
    return throughput === undefined ? undefined : 'throughput of a type that sells none';
  }
  const [least, most, mostPerGib] = limits.iops;
  // The driver's capIOPS.
  let iops = wanted;
  if (wanted > 0) {
    if (iops < least && allowAutoIOPSPerGBIncrease === 'true') iops = least;
    iops = Math.min(iops, most);
    if (iops > mostPerGib * gibibytes && mostPerGib * gibibytes >= least) iops = mostPerGib * gibibytes;
  }
  // AWS.
  if (wanted === 0 && type !== 'gp3') return 'no operations';
  if (wanted > 0 && iops < least) return 'too few operations';
  if (iops > Math.max(least, mostPerGib * gibibytes)) return 'too many operations for its size';
  if (throughput === undefined) return undefined;
  if (type !== 'gp3') return 'throughput of a type that sells none';
  if (Number(throughput) < 125) return 'too little throughput';
  return Number(throughput) > (wanted === 0 ? least : iops) / 4 ? 'too much throughput' : undefined;
}

const HYPERDISK_HA = 'hyperdisk-balanced-high-availability';
const SELL_IOPS = ['pd-extreme', 'hyperdisk-balanced', HYPERDISK_HA, 'hyperdisk-extreme'];
const SELL_THROUGHPUT = ['hyperdisk-balanced', HYPERDISK_HA, 'hyperdisk-throughput', 'hyperdisk-ml'];
const LEAST_GIBIBYTES: { readonly [type: string]: number | undefined } = {
  'pd-extreme': 500,
  'hyperdisk-balanced': 4,
  [HYPERDISK_HA]: 4,
  'hyperdisk-extreme': 64,
  'hyperdisk-throughput': 2048,
  'hyperdisk-ml': 4,
};

export function whyPersistentDiskWaits({ parameters, zones, gibibytes }: Claim): string | undefined {
  const { type = 'pd-standard', 'replication-type': replication = 'none' } = parameters;
  const isRegional = replication === 'regional-pd' || type === HYPERDISK_HA;
  const hasReplicas = ['pd-standard', 'pd-balanced', 'pd-ssd', HYPERDISK_HA].includes(type);
  if (isRegional && !hasReplicas) return 'a type without copies';
  if (isRegional && zones && zones.length < 2) return 'a copy without a zone';
  if (new Set(zones?.map((zone) => zone.slice(0, -2))).size > 1) return 'zones of two regions';
  if (gibibytes < (isRegional && type === 'pd-standard' ? 200 : (LEAST_GIBIBYTES[type] ?? 1))) return 'too small';
  const iops = parameters['provisioned-iops-on-create'];
  const throughput = parameters['provisioned-throughput-on-create'];
  if (iops !== undefined && !SELL_IOPS.includes(type)) return 'operations of a type that sells none';
  if (throughput !== undefined && !SELL_THROUGHPUT.includes(type)) return 'throughput of a type that sells none';
  if (throughput !== undefined && !throughput.endsWith('Mi')) return 'a throughput in bytes';
  const key = parameters['disk-encryption-kms-key'];
  if (key === undefined) return undefined;
  const [, region] = /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.exec(key) ?? [];
  if (region === undefined) return 'a key that is none';
  return zones?.some((zone) => !zone.startsWith(region)) ? 'a key of another region' : undefined;
}
