import { k8s } from 'cdk8s-plus-27';
import { Problems } from '../../../private/problems';
import { checkOptions, remoteEnv, remoteFiles } from '../remote/remote-blob-store';
import { below, checkNoRcloneOptions, checkPrefix, remoteScript, secretKey } from '../store-parts';
import type { BlobStoreParts } from '../store-parts';
import { checkGcsCredentials } from './gcs-credentials';
import type { GcsCredentials } from './gcs-credentials';

/**
 * Options of `BlobStore.gcs`.
 */
export interface GcsBlobStoreOptions {
  /** Name of the bucket: 3 to 63 of a-z, 0-9, `-`, `_` and `.`, or longer with dots. */
  readonly bucket: string;

  /** How a job proves who it is. */
  readonly credentials: GcsCredentials;

  /**
   * Path that all names begin with, e.g. `shop`.
   *
   * @default - none: backups lie at the top of the bucket
   */
  readonly prefix?: string;

  /**
   * Further options of rclone's `google cloud storage`, by their names in its configuration, e.g. `{ storage_class: 'NEARLINE' }`. They stand
   * in the CronJob for all to read.
   *
   * @default - none
   * @see https://rclone.org/googlecloudstorage/
   */
  readonly options?: { [option: string]: string };
}

export function gcsParts(options: GcsBlobStoreOptions): BlobStoreParts {
  validate(options);
  const { bucket, prefix, credentials } = options;
  const { key, serviceAccount } = credentials;
  const files = remoteFiles({ ...(key && { service_account_file: key }) });
  return {
    name: 'gcs',
    place: below(`gcs:${bucket}`, prefix),
    env: remoteEnv(
      { path: bucket, ...(prefix !== undefined && { prefix }) },
      { type: 'gcs', ...files.paths, env_auth: serviceAccount && 'true', ...options.options },
    ),
    secrets: files.secrets,
    script: remoteScript('gcs'),
    ports: [443],
    ...(serviceAccount && { serviceAccount, egress: METADATA_SERVER }),
    hasChecksums: true,
    barman: (problems, prop) => {
      checkNoRcloneOptions(problems, `${prop}.options`, options.options);
      return {
        destinationPath: `gs://${below(bucket, prefix)}`,
        credentials: {
          googleCredentials: key ? { applicationCredentials: secretKey(key) } : { gkeEnvironment: true },
        },
      };
    },
  };
}

function to(cidr: string, port: number): k8s.NetworkPolicyEgressRule {
  return { to: [{ ipBlock: { cidr } }], ports: [{ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' }] };
}

/**
 * Where a pod of GKE gets its tokens. Policies see the address that the node sends it on to.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity
 */
const METADATA_SERVER = [to('169.254.169.254/32', 80), to('169.254.169.252/32', 988)];

/** What has a prop of its own, or would be a secret for all to read. */
const TAKEN = {
  type: 'it is gcs',
  env_auth: "write 'credentials'",
  service_account_file: "write 'credentials'",
  service_account_credentials: "write 'credentials'",
  client_secret: "write 'credentials'",
  token: "write 'credentials'",
  access_token: "write 'credentials'",
};

function validate({ bucket, prefix, credentials, options }: GcsBlobStoreOptions): void {
  const problems = new Problems();
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket) || bucket.split('.').some((part) => part.length > 63)) {
    const rule = "must be 3 to 63 of a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit";
    problems.add('bucket', rule, bucket, "no bucket has another, and every run would fail; a path goes into 'prefix'");
  }
  checkPrefix(problems, prefix);
  checkGcsCredentials(problems, credentials);
  checkOptions(problems, 'options', options, TAKEN);
  problems.throwIfAny('BlobStore.gcs');
}
