import { Size } from 'cdk8s';
import fc from 'fast-check';
import {
  ArkCloud,
  ArkGcpSnapshotType,
  ArkObjectStore,
  ArkProfile,
  ArkS3Checksum,
  ArkS3Encryption,
  ArkS3SignatureVersion,
  ArkVolumeSnapshotter,
} from '../../lib';
import type {
  ArkAwsCloudOptions,
  ArkAzureCloudOptions,
  ArkAzureObjectStoreOptions,
  ArkAzureVolumeSnapshotterOptions,
  ArkGcpCloudOptions,
  ArkGcpVolumeSnapshotterOptions,
  ArkGcsObjectStoreOptions,
  ArkS3ObjectStoreOptions,
} from '../../lib';
import { image, label, seconds, some } from './arbitraries';
import { CLOUD_CREDENTIALS, OTHER_CREDENTIALS } from './elsewhere';

/** What a server has of one cloud, a place for backups in it, and snapshots of its disks. */
export interface CloudCase {
  readonly cloud: ArkCloud;
  readonly store: ArkObjectStore;
  readonly snapshotter: ArkVolumeSnapshotter;
}

export function cloudCase(profile: ArkProfile): fc.Arbitrary<CloudCase> {
  const isArk = profile === ArkProfile.ARK_0_10;
  return fc.oneof(azure(isArk), aws(profile), gcp(profile), ...(isArk ? [] : [other()]));
}

/** Without a dash: what follows one may look like the hash of a path, which nothing may have. */
function id(): fc.Arbitrary<string> {
  return fc.stringMatching(/^[0-9a-f]{8}$/);
}

const bucket = () => fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){2,20}$/);
const plugin = () => some<{ plugin: string }>({ plugin: image() });
const SECRET = { credentials: CLOUD_CREDENTIALS };

/** Credentials, or what takes their place but for Ark. */
function access<Options extends object>(isArk: boolean, ...others: fc.Arbitrary<Options>[]) {
  const secret = fc.constant<Options | typeof SECRET>(SECRET);
  if (isArk) return secret;
  return fc.tuple(fc.oneof(secret, ...others), plugin()).map(([a, b]) => ({ ...a, ...b }));
}

function azure(isArk: boolean): fc.Arbitrary<CloudCase> {
  const identity = fc.record({ clientId: id(), tenantId: id() }, { requiredKeys: ['clientId'], noNullPrototype: true }); // prettier-ignore
  const required = fc.record({
    storageAccount: fc.stringMatching(/^[a-z0-9]{3,24}$/),
    bucket: bucket(),
    resourceGroup: fc.string({ minLength: 1 }),
  });
  const more = some<Omit<ArkAzureObjectStoreOptions, 'storageAccount' | 'bucket' | 'resourceGroup'>>({
    subscriptionId: id(),
    storageAccountUri: label().map((host) => `https://${host}.blob.core.windows.net`),
    useAad: fc.boolean(),
    activeDirectoryAuthorityUri: label().map((host) => `https://${host}.example.com/`),
    storageAccountKeyEnvVar: fc.constant('AZURE_STORAGE_ACCOUNT_ACCESS_KEY'),
    blockSize: fc.integer({ min: 1, max: 102400 }).map((amount) => Size.kibibytes(amount)),
  });
  const common = { apiTimeout: seconds(1), resourceGroup: fc.string({ minLength: 1 }) };
  const value = fc.stringMatching(/^[A-Za-z0-9 .-]{1,8}$/);
  const snapshots: fc.Arbitrary<ArkAzureVolumeSnapshotterOptions> = isArk
    ? some<Pick<ArkAzureVolumeSnapshotterOptions, 'apiTimeout' | 'resourceGroup'>>(common)
    : some<Omit<ArkAzureVolumeSnapshotterOptions, 'subscriptionId'>>({
        ...common,
        incremental: fc.boolean(),
        tags: fc.dictionary(label(), value, { maxKeys: 3, noNullPrototype: true }),
      });
  return fc.record({
    cloud: access<ArkAzureCloudOptions>(
      isArk,
      identity.map((workloadIdentity) => ({ workloadIdentity })),
      identity.map((workloadIdentity) => ({ ...SECRET, workloadIdentity })),
    ).map((options) => ArkCloud.azure(options)),
    store: fc.tuple(required, isArk ? fc.constant({}) : more).map(([a, b]) => ArkObjectStore.azure({ ...a, ...b })),
    snapshotter: snapshots.map((options) => ArkVolumeSnapshotter.azure(options)),
  });
}

const region = () => fc.constantFrom('eu-central-1', 'us-gov-west-1', 'cn-north-1', 'ap-southeast-12');

function aws(profile: ArkProfile): fc.Arbitrary<CloudCase> {
  const isArk = profile === ArkProfile.ARK_0_10;
  const role = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/).map((name) => `arn:aws:iam::123456789012:role/${name}`);
  const place = fc.oneof(
    some<Pick<ArkS3ObjectStoreOptions, 'region' | 'kmsKeyId'>>({ region: region(), kmsKeyId: id() }),
    fc.record({
      region: fc.constantFrom('us-east-1', 'minio'),
      s3Url: label().map((host) => `https://${host}.example.com:9000`),
    }),
  );
  const common = {
    s3ForcePathStyle: fc.boolean(),
    publicUrl: label().map((host) => `https://${host}.example.com`),
  };
  const newer = { profile: label(), tags: fc.constant({ app: 'a=b', team: 'c d' }) };
  const more: fc.Arbitrary<Partial<ArkS3ObjectStoreOptions>> = isArk
    ? some<Pick<ArkS3ObjectStoreOptions, 's3ForcePathStyle' | 'publicUrl' | 'signatureVersion'>>({
        ...common,
        signatureVersion: fc.constantFrom(...Object.values(ArkS3SignatureVersion)),
      })
    : fc.oneof(
        some<Pick<ArkS3ObjectStoreOptions, keyof typeof common | keyof typeof newer | 'insecureSkipTlsVerify'>>({
          ...common,
          ...newer,
          insecureSkipTlsVerify: fc.boolean(),
        }),
        some<Pick<ArkS3ObjectStoreOptions, 'caCert' | 'checksumAlgorithm'>>({
          caCert: fc.constant('-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n'),
          checksumAlgorithm: fc.constantFrom(...Object.values(ArkS3Checksum)),
        }),
      );
  const encryption = fc.constantFrom<Partial<ArkS3ObjectStoreOptions>>(
    {},
    ...(isArk ? [] : [{ serverSideEncryption: ArkS3Encryption.AWS_KMS }]),
    ...(profile === ArkProfile.VELERO_1_18 ? [{ customerKey: OTHER_CREDENTIALS }] : []),
  );
  const stores = fc.tuple(bucket(), place, more, encryption).map(([name, a, b, c]) => {
    const { kmsKeyId, ...rest } = { kmsKeyId: undefined, ...a };
    return { bucket: name, ...rest, ...b, ...c, ...(kmsKeyId !== undefined && !c.customerKey && { kmsKeyId }) };
  });
  const newest = profile === ArkProfile.VELERO_1_18 ? { ebsKmsKeyId: 'alias/velero' } : {};
  return fc.record({
    cloud: access<ArkAwsCloudOptions>(
      isArk,
      role.map((roleArn) => ({ roleArn })),
      fc.constant({ podIdentity: true }),
    ).map((options) => ArkCloud.aws(options)),
    store: stores.map((options) => ArkObjectStore.s3(options)),
    snapshotter: fc
      .tuple(region(), fc.constantFrom({}, isArk ? {} : { profile: 'other', ...newest }))
      .map(([one, rest]) => ArkVolumeSnapshotter.aws({ region: one, ...rest })),
  });
}

function gcp(profile: ArkProfile): fc.Arbitrary<CloudCase> {
  const isArk = profile === ArkProfile.ARK_0_10;
  const serviceAccount = label().map((name) => `${name}@my-project.iam.gserviceaccount.com`);
  const key = 'projects/P/locations/L/keyRings/R/cryptoKeys/K';
  const more = some<Omit<ArkGcsObjectStoreOptions, 'bucket' | 'universeDomain'>>({
    serviceAccount,
    kmsKeyName: fc.constant(key),
    storeEndpoint: label().map((host) => `${host}.p.googleapis.com`),
  });
  const newest = profile === ArkProfile.VELERO_1_18 ? { universeDomain: 'example.com' } : {};
  const snapshots = some<ArkGcpVolumeSnapshotterOptions>({
    snapshotLocation: fc.constantFrom('eu', 'europe-west1', 'northamerica-northeast1'),
    project: label(),
    volumeProject: label(),
    snapshotType: fc.constantFrom(...Object.values(ArkGcpSnapshotType)),
  });
  return fc.record({
    cloud: access<ArkGcpCloudOptions>(
      isArk,
      serviceAccount.map((one) => ({ serviceAccount: one })),
    ).map((options) => ArkCloud.gcp(options)),
    store: fc
      .tuple(bucket(), isArk ? fc.constant({}) : more, fc.constantFrom({}, newest))
      .map(([name, a, b]) => ArkObjectStore.gcs({ bucket: name, ...a, ...b })),
    snapshotter: (isArk ? fc.constant({}) : snapshots).map((options) => ArkVolumeSnapshotter.gcp(options)),
  });
}

function other(): fc.Arbitrary<CloudCase> {
  const config = some<{ config: { [key: string]: string } }>({
    config: fc.dictionary(label(), fc.string(), { maxKeys: 2, noNullPrototype: true }),
  });
  const provider = 'example.com/store';
  const credentials = some<{ credentials: typeof CLOUD_CREDENTIALS; credentialsVariable: string; serviceAccountAnnotations: { [key: string]: string } }>({ credentials: fc.constant(CLOUD_CREDENTIALS), credentialsVariable: fc.constant('STORE_FILE'), serviceAccountAnnotations: fc.constant({ 'example.com/who': 'velero' }) }); // prettier-ignore
  return fc.record({
    cloud: fc
      .tuple(image(), credentials)
      .map(([one, rest]) => ArkCloud.of({ provider, plugin: { name: 'store', image: one }, ...rest })),
    store: fc.tuple(bucket(), config).map(([one, rest]) => ArkObjectStore.of({ provider, bucket: one, ...rest })),
    snapshotter: config.map((rest) => ArkVolumeSnapshotter.of({ provider, ...rest })),
  });
}
