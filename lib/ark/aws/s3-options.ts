import type { SecretValue } from 'cdk8s-plus-27';

/**
 * How S3 encrypts what it holds.
 */
export enum ArkS3Encryption {
  /** With keys of S3. */
  AES256 = 'AES256',

  /** With a key of AWS KMS: `kmsKeyId`, or that of the account. */
  AWS_KMS = 'aws:kms',

  /** In two layers, with a key of AWS KMS. */
  AWS_KMS_DSSE = 'aws:kms:dsse',
}

/**
 * The checksum that an upload carries, beside its signature.
 */
export enum ArkS3Checksum {
  /** None: the signature holds the content's SHA-256, and all stores check that. */
  NONE = '',

  /** CRC32. */
  CRC32 = 'CRC32',

  /** CRC32C. */
  CRC32C = 'CRC32C',

  /** SHA-1. */
  SHA1 = 'SHA1',

  /** SHA-256. */
  SHA256 = 'SHA256',
}

/**
 * How Ark signs the addresses that its client downloads logs from.
 */
export enum ArkS3SignatureVersion {
  /** As some stores ask for, e.g. Quobyte. */
  V1 = '1',

  /** As AWS and most others do. */
  V4 = '4',
}

/**
 * Options of `ArkObjectStore.s3`.
 *
 * `serverSideEncryption`, `kmsKeyId`, `customerKey` and `tags` are those of what the server writes. **What kopia and restic copy of volumes does not have them**:
 * let the bucket encrypt by default.
 */
export interface ArkS3ObjectStoreOptions {
  /** Name of the bucket. It is made by hand. */
  readonly bucket: string;

  /**
   * Region of the bucket. With `s3Url` it must be given: any word that the store takes, usually `us-east-1`.
   *
   * @default - AWS is asked for it
   */
  readonly region?: string;

  /**
   * Address of a store other than AWS, e.g. `https://minio.example.com:9000`, without a path.
   *
   * @default - AWS, in the region
   */
  readonly s3Url?: string;

  /**
   * Whether the bucket stands in the path of addresses rather than in the name of the host. Most stores other than AWS ask for it.
   *
   * @default - true with `s3Url`, unless that is one of AWS
   */
  readonly s3ForcePathStyle?: boolean;

  /**
   * Address of the store for clients outside of the cluster, which download logs from there.
   *
   * @default - `s3Url`
   */
  readonly publicUrl?: string;

  /**
   * Certificates in PEM that the store's is signed by. No secret. Velero only.
   *
   * @default - those that the images trust
   */
  readonly caCert?: string;

  /**
   * Whether any certificate is taken for the store's. **Anybody on the way can then read and change all backups**; `caCert` is better. Velero only.
   *
   * @default false
   */
  readonly insecureSkipTlsVerify?: boolean;

  /**
   * How S3 encrypts what the server writes. Velero only.
   *
   * @default - as the bucket does
   */
  readonly serverSideEncryption?: ArkS3Encryption;

  /**
   * The key of AWS KMS that S3 encrypts with: its id, ARN, or alias. AWS only.
   *
   * @default - as the bucket does
   */
  readonly kmsKeyId?: string;

  /**
   * A key of 32 bytes that S3 encrypts with and does not keep, in a Secret in the server's namespace. **Without it the backups are lost**: keep it
   * elsewhere too. Velero 1.18 only.
   *
   * @default - none
   */
  readonly customerKey?: SecretValue;

  /**
   * Two to ten tags of each object. Velero only.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };

  /**
   * The checksum that each upload carries, which some stores refuse, and some write into the object. A bucket of other stores with object lock may ask
   * for one. Velero only.
   *
   * @default - CRC32 on AWS, none with another `s3Url`
   */
  readonly checksumAlgorithm?: ArkS3Checksum;

  /**
   * Profile within the credentials file. Velero only.
   *
   * @default 'default'
   */
  readonly profile?: string;

  /**
   * How addresses for downloads are signed. Ark only.
   *
   * @default ArkS3SignatureVersion.V4
   */
  readonly signatureVersion?: ArkS3SignatureVersion;
}
