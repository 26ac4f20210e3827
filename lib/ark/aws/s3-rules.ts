import { checkSecretKey, parseImage } from '../../private/names';
import type { Problems } from '../../private/problems';
import type { IArkServer } from '../ark-server-props';
import { installationOf } from '../installation';
import { checkAwsRegion } from './aws-regions';
import type { ArkS3ObjectStoreOptions } from './s3-options';
import { ArkS3Encryption } from './s3-options';

/** Whether the bucket is of AWS itself. */
export function isAws({ s3Url }: ArkS3ObjectStoreOptions): boolean {
  return s3Url === undefined || /\.amazonaws\.com(\.cn)?\/?$/.test(s3Url);
}

export function checkS3(problems: Problems, server: IArkServer, options: ArkS3ObjectStoreOptions): void {
  checkBucket(problems, options);
  checkAddress(problems, options);
  checkTls(problems, options);
  checkEncryption(problems, options);
  checkTags(problems, options.tags);
  checkPlugin(problems, server, options);
}

/** Old buckets of AWS, and those of other stores, have names that are not given today. */
function checkBucket(problems: Problems, { bucket }: ArkS3ObjectStoreOptions): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/.test(bucket)) return;
  const wayOut =
    "it has no path, and no 's3://' before it; write it as 'shop-backups', and the path in the location's prefix";
  problems.add('store.bucket', "must be 3 to 255 letters, digits, '-', '_' and '.'", bucket, wayOut);
}

function checkAddress(problems: Problems, options: ArkS3ObjectStoreOptions): void {
  const { region, s3Url } = options;
  if (s3Url !== undefined && !region) {
    const wayOut =
      "the store cannot be asked for it, and the server would never reach it; write 'us-east-1' if it has none";
    problems.add('store.region', 'must be given with s3Url', region, wayOut);
  } else if (region !== undefined && isAws(options)) checkAwsRegion(problems, 'store.region', region);
  if (s3Url === undefined || /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?\/?$/.test(s3Url)) return;
  // What is no address may hold a login.
  const got = /[@?]/.test(s3Url) ? `${s3Url.length} characters` : s3Url;
  const wayOut =
    "with a path the location is available, and no file of a volume is ever copied; write it as 'https://minio.example.com:9000'";
  problems.add('store.s3Url', 'must be http:// or https:// and a host, without a path', got, wayOut);
}

function checkTls(problems: Problems, { s3Url, caCert, insecureSkipTlsVerify }: ArkS3ObjectStoreOptions): void {
  if (caCert !== undefined && !caCert.includes('-----BEGIN CERTIFICATE-----')) {
    const wayOut = 'what is none is passed over in silence; give the content of the file ca.crt';
    problems.add('store.caCert', 'must be certificates in PEM', `${caCert.length} characters`, wayOut);
  }
  if (caCert?.includes('PRIVATE KEY')) {
    const wayOut = 'it stands in YAML for all to read; give the certificates alone';
    problems.add('store.caCert', 'must not hold a private key', `${caCert.length} characters`, wayOut);
  }
  if (s3Url === undefined || (caCert === undefined && !insecureSkipTlsVerify)) return;
  const option = caCert === undefined ? 'insecureSkipTlsVerify' : 'caCert';
  if (s3Url.startsWith('http:')) {
    const wayOut = 'nothing is encrypted on the way, and no certificate looked at; write https://';
    problems.add('store.s3Url', `must be https:// with ${option}`, s3Url, wayOut);
  }
  if (caCert !== undefined && insecureSkipTlsVerify) {
    const wayOut = 'any certificate would do, and those of caCert mean nothing; leave it out';
    problems.add('store.insecureSkipTlsVerify', 'must be left out with caCert', true, wayOut);
  }
}

function checkEncryption(problems: Problems, options: ArkS3ObjectStoreOptions): void {
  const { kmsKeyId, serverSideEncryption, customerKey } = options;
  if (kmsKeyId === '') {
    const wayOut = 'backups would be encrypted as the bucket does; leave it out for that';
    problems.add('store.kmsKeyId', 'must name a key', '', wayOut);
  }
  // Seen with rclone as a server of S3: the backup is complete, and nothing says that the key was not used.
  if (kmsKeyId && !isAws(options)) {
    const wayOut =
      'other stores may ignore it, and keep backups in the clear; leave it out, and let the bucket encrypt by default';
    problems.add('store.kmsKeyId', 'must be left out with s3Url', kmsKeyId, wayOut);
  }
  if (customerKey) checkSecretKey(problems, 'store.customerKey.key', customerKey.key);
  if (customerKey && kmsKeyId) {
    const wayOut = 'the plugin takes one of them, or refuses both; leave it out';
    problems.add('store.kmsKeyId', 'must be left out with customerKey', kmsKeyId, wayOut);
  }
  const ignored = customerKey ?? (kmsKeyId && serverSideEncryption !== ArkS3Encryption.AWS_KMS);
  if (serverSideEncryption !== undefined && ignored) {
    const option = customerKey ? 'customerKey' : 'kmsKeyId';
    const wayOut = `the plugin would pass over it in silence, and encrypt as ${option} says; leave it out`;
    problems.add('store.serverSideEncryption', `must be left out with ${option}`, serverSideEncryption, wayOut);
  }
}

function checkTags(problems: Problems, tags: { [key: string]: string } | undefined): void {
  if (!tags) return;
  const count = Object.keys(tags).length;
  if (count < 2 || count > 10) {
    const wayOut = 'S3 takes no more, and the plugin takes one alone for none; give it a second, e.g. app: velero';
    problems.add('store.tags', 'must be two to ten', count, wayOut);
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key === '' || encodeURIComponent(key).length > 128 || encodeURIComponent(value).length > 248) {
      const wayOut = 'S3 or the plugin refuses each upload else; characters other than letters and digits count thrice';
      problems.add('store.tags', 'must have keys of 1 to 128 characters and values of at most 248', key, wayOut);
    }
  }
}

/** velero issue 9951. */
function checkPlugin(problems: Problems, server: IArkServer, options: ArkS3ObjectStoreOptions): void {
  const { plugin = '' } = installationOf(server).cloud ?? {};
  const { name, tag = '' } = parseImage(plugin);
  if (isAws(options) || name !== 'velero-plugin-for-aws' || tag !== 'v1.14.2') return;
  const wayOut =
    "that plugin writes checksums into the objects of stores that do not know them, and no such backup can be restored; take 'v1.14.3', or leave the server's cloud.plugin out";
  problems.add('store.s3Url', 'must not go with velero-plugin-for-aws 1.14.2', plugin, wayOut);
}
