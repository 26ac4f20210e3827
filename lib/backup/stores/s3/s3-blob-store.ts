import { k8s } from 'cdk8s-plus-27';
import { Problems } from '../../../private/problems';
import { checkOptions, remoteEnv, remoteSecrets } from '../remote/remote-blob-store';
import { below, checkNoRcloneOptions, checkPrefix, remoteScript, secretKey, shownAddress } from '../store-parts';
import type { BarmanStore, BlobStoreParts } from '../store-parts';
import { checkS3Credentials } from './s3-credentials';
import type { S3Credentials } from './s3-credentials';

/**
 * Options of `BlobStore.s3`.
 */
export interface S3BlobStoreOptions {
  /** Name of the bucket. */
  readonly bucket: string;

  /** How a job proves who it is. */
  readonly credentials: S3Credentials;

  /**
   * Region of the bucket, e.g. `eu-central-1`. It must be given for AWS.
   *
   * @default - with an `endpoint` of another service, the one that it takes without being told
   */
  readonly region?: string;

  /**
   * Address of another service than AWS, or of a VPC endpoint, e.g. `https://minio.example.com:9000`; never with the bucket in it. With
   * `http://` the job must have `encryption`.
   *
   * @default - AWS' own of the region
   */
  readonly endpoint?: string;

  /**
   * Path that all names begin with, e.g. `shop`.
   *
   * @default - none: backups lie at the top of the bucket
   */
  readonly prefix?: string;

  /**
   * Whether the bucket stands in the path of an address (`https://host/bucket`) and not in its host (`https://bucket.host`).
   *
   * @default - true with an `endpoint` of another service
   */
  readonly forcePathStyle?: boolean;

  /**
   * Further options of rclone's `s3`, by their names in its configuration, e.g. `{ storage_class: 'STANDARD_IA' }`,
   * `{ server_side_encryption: 'aws:kms' }` or, for what a service does in its own way, `{ provider: 'Ceph' }`. They stand in the CronJob for
   * all to read.
   *
   * **A storage class that must be thawed first (`GLACIER`, `DEEP_ARCHIVE`) is no place for backups that a drill reads.**
   *
   * @default - none
   * @see https://rclone.org/s3/
   */
  readonly options?: { [option: string]: string };
}

const isAws = (endpoint?: string) => endpoint === undefined || /\.amazonaws\.com(\.cn)?(:\d+)?$/.test(endpoint);

export function s3Parts(options: S3BlobStoreOptions): BlobStoreParts {
  validate(options);
  const { bucket, prefix, region, endpoint, forcePathStyle, credentials } = options;
  const { accessKeyId, secretAccessKey, serviceAccount } = credentials;
  const host = isAws(endpoint) ? '' : `${endpoint?.replace(/^https?:\/\//, '') ?? ''}/`;
  const port = Number(/:(\d+)$/.exec(endpoint ?? '')?.[1] ?? (endpoint?.startsWith('http:') ? 80 : 443));
  return {
    name: 's3',
    place: below(`s3:${host}${bucket}`, prefix),
    env: remoteEnv(
      { path: bucket, ...(prefix !== undefined && { prefix }) },
      {
        type: 's3',
        provider: isAws(endpoint) ? 'AWS' : 'Other',
        region,
        endpoint,
        force_path_style: forcePathStyle === undefined ? undefined : String(forcePathStyle),
        env_auth: serviceAccount && 'true',
        ...options.options,
      },
    ),
    secrets: remoteSecrets({
      ...(accessKeyId && { access_key_id: accessKeyId }),
      ...(secretAccessKey && { secret_access_key: secretAccessKey }),
    }),
    script: remoteScript('s3'),
    // A role's tokens come from port 443.
    ports: [...new Set([port, ...(serviceAccount ? [443] : [])])],
    ...(credentials.usesPodIdentity && { egress: POD_IDENTITY_AGENT }),
    ...(serviceAccount && { serviceAccount }),
    hasChecksums: true,
    inTheClear: endpoint?.startsWith('http:') ?? false,
    barman: (problems, prop) => barmanStore(problems, prop, options),
  };
}

function barmanStore(problems: Problems, prop: string, options: S3BlobStoreOptions): BarmanStore {
  const { bucket, prefix, region, endpoint, credentials } = options;
  const { accessKeyId, secretAccessKey } = credentials;
  checkNoRcloneOptions(problems, `${prop}.options`, options.options);
  if (options.forcePathStyle !== undefined) {
    const wayOut = 'Barman chooses the style by the endpoint, and takes no other; leave it out';
    problems.add(`${prop}.forcePathStyle`, 'must be left out with continuousBackup', options.forcePathStyle, wayOut);
  }
  if (endpoint?.startsWith('http:')) {
    const wayOut = 'base backups and WAL hold all rows and are not encrypted before they are sent; use https://';
    problems.add(`${prop}.endpoint`, 'must be https:// with continuousBackup', endpoint, wayOut);
  }
  return {
    destinationPath: `s3://${below(bucket, prefix)}`,
    ...(endpoint !== undefined && { endpointURL: endpoint }),
    credentials: {
      s3Credentials:
        accessKeyId && secretAccessKey
          ? { accessKeyId: secretKey(accessKeyId), secretAccessKey: secretKey(secretAccessKey) }
          : { inheritFromIAMRole: true },
    },
    ...(region !== undefined && { env: { AWS_DEFAULT_REGION: region } }),
  };
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
const POD_IDENTITY_AGENT: k8s.NetworkPolicyEgressRule[] = [
  {
    to: [{ ipBlock: { cidr: '169.254.170.23/32' } }, { ipBlock: { cidr: 'fd00:ec2::23/128' } }],
    ports: [{ port: k8s.IntOrString.fromNumber(80), protocol: 'TCP' }],
  },
];

/** What has a prop of its own, or would be a secret for all to read. */
const TAKEN = {
  type: 'it is s3',
  region: "write the prop 'region'",
  endpoint: "write the prop 'endpoint'",
  force_path_style: "write the prop 'forcePathStyle'",
  env_auth: "write 'credentials'",
  access_key_id: "write 'credentials'",
  secret_access_key: "write 'credentials'",
  session_token: "a token of a session ends before the next backup; write 'credentials'",
  sse_customer_key: "it would stand in the CronJob for all to read; give the job 'encryption'",
  sse_customer_key_base64: "it would stand in the CronJob for all to read; give the job 'encryption'",
};

function validate(options: S3BlobStoreOptions): void {
  const problems = new Problems();
  const { bucket, prefix, region, endpoint, credentials } = options;
  if (isAws(endpoint) ? !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) : !/^[A-Za-z0-9._-]{1,255}$/.test(bucket)) {
    const rule = isAws(endpoint)
      ? "must be 3 to 63 of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit"
      : "must be a name of letters, digits, '.', '_' and '-'";
    problems.add('bucket', rule, bucket, "no bucket has another, and every run would fail; a path goes into 'prefix'");
  }
  checkPrefix(problems, prefix);
  checkS3Credentials(problems, credentials);
  if (endpoint !== undefined) checkEndpoint(problems, endpoint, bucket);
  if (region === undefined && isAws(endpoint)) {
    const wayOut =
      "the service takes a request for the wrong one as a fault, and none for us-east-1; write 'eu-central-1'";
    problems.add('region', 'must be given for AWS', region, wayOut);
  } else if (region !== undefined && !/^[a-z0-9-]+$/.test(region)) {
    problems.add('region', 'must be the name of a region', region, "write 'eu-central-1', without a zone's letter");
  } else if (region !== undefined && /-\d[a-f]$/.test(region)) {
    problems.add('region', "must be a region's name and not a zone's", region, `write '${region.slice(0, -1)}'`);
  }
  checkOptions(problems, 'options', options.options, TAKEN);
  if (/^(GLACIER|DEEP_ARCHIVE)$/.test(options.options?.storage_class ?? '')) {
    const wayOut = 'the job could not read back what it wrote, nor a restore begin; take STANDARD_IA or GLACIER_IR';
    problems.add(
      "options['storage_class']",
      'must be one that is read at once',
      options.options?.storage_class,
      wayOut,
    );
  }
  problems.throwIfAny('BlobStore.s3');
}

function checkEndpoint(problems: Problems, endpoint: string, bucket: string): void {
  if (!/^https?:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(endpoint)) {
    const wayOut =
      "the bucket has a prop of its own, and credentials stand nowhere in YAML; write 'https://minio.example.com:9000'";
    problems.add(
      'endpoint',
      'must be https:// (or http://), a host name and, if need be, a port',
      shownAddress(endpoint),
      wayOut,
    );
  } else if (endpoint.includes(`//${bucket}.`)) {
    const wayOut = 'rclone puts the bucket before it once more; write the address without it';
    problems.add('endpoint', 'must be the address of the service, not of the bucket', endpoint, wayOut);
  } else if (/\.(blob\.core\.windows\.net|googleapis\.com)$/.test(endpoint)) {
    const wayOut = 'it speaks another protocol, and every run would fail; take BlobStore.azure or BlobStore.gcs';
    problems.add('endpoint', 'must be of S3', endpoint, wayOut);
  }
}
