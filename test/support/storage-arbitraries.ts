import type { Construct } from 'constructs';
import fc from 'fast-check';
import {
  AwsEbsProvisioner,
  AwsEbsStorageClass,
  AwsEbsVolumeType,
  AzureDiskCachingMode,
  AzureDiskSku,
  AzureDiskStorageClass,
  AzureFilesProtocol,
  AzureFilesProvisioner,
  AzureFilesSku,
  AzureFilesStorageClass,
  FsType,
  GcpDiskReplicationType,
  GcpPersistentDiskStorageClass,
  GcpPersistentDiskType,
  ReclaimPolicy,
  VolumeBindingMode,
} from '../../lib';
import type {
  AwsEbsStorageClassProps,
  AzureDiskStorageClassProps,
  AzureFilesStorageClassProps,
  CommonStorageClassProps,
  GcpPersistentDiskStorageClassProps,
} from '../../lib';
import { newChart } from './manifests';

/*
 * Props of the storage classes of clouds. They fit together or not: whoever wants those that do asks the classes.
 */

export type StorageClassCase =
  | { readonly cloud: 'AWS'; readonly props: AwsEbsStorageClassProps }
  | { readonly cloud: 'Azure'; readonly props: AzureDiskStorageClassProps }
  | { readonly cloud: 'Azure Files'; readonly props: AzureFilesStorageClassProps }
  | { readonly cloud: 'GCP'; readonly props: GcpPersistentDiskStorageClassProps };

export type MadeStorageClass =
  AwsEbsStorageClass | AzureDiskStorageClass | AzureFilesStorageClass | GcpPersistentDiskStorageClass;

export function buildStorageClass(scope: Construct, given: StorageClassCase): MadeStorageClass {
  switch (given.cloud) {
    case 'AWS':
      return new AwsEbsStorageClass(scope, 'class', given.props);
    case 'Azure':
      return new AzureDiskStorageClass(scope, 'class', given.props);
    case 'Azure Files':
      return new AzureFilesStorageClass(scope, 'class', given.props);
    case 'GCP':
      return new GcpPersistentDiskStorageClass(scope, 'class', given.props);
  }
}

/** Those that no class refuses. */
export function goodStorageClassCase(): fc.Arbitrary<StorageClassCase> {
  return storageClassCase().filter(isTaken);
}

export function isTaken(given: StorageClassCase): boolean {
  try {
    buildStorageClass(newChart(), given);
    return true;
  } catch {
    return false;
  }
}

type Values<Props> = { [Prop in Exclude<keyof Props, keyof CommonStorageClassProps>]: fc.Arbitrary<Props[Prop]> };

const oneOf = <T>(type: { [name: string]: T }): fc.Arbitrary<T> => fc.constantFrom(...Object.values(type));
const fewOf = <T>(...values: T[]): fc.Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });

/** Some of the common props and some of these: few, as otherwise hardly any fit together. */
function some<Props extends CommonStorageClassProps>(values: Values<Props>): fc.Arbitrary<Props> {
  const common = {
    reclaimPolicy: oneOf(ReclaimPolicy),
    volumeBindingMode: oneOf(VolumeBindingMode),
    mountOptions: fewOf('noatime', 'nconnect=4'),
    defaultClass: fc.boolean(),
  };
  const pick = (all: { [prop: string]: fc.Arbitrary<unknown> }, maxLength: number) =>
    fc
      .record({ props: fc.record(all), given: fc.subarray(Object.keys(all), { maxLength }) })
      .map(({ props, given }) => Object.fromEntries(given.map((name) => [name, props[name]])));
  return fc.tuple(pick(common, 2), pick(values, 5)).map((parts) => Object.assign({}, ...parts) as unknown as Props);
}

const parameters = (...keys: string[]): fc.Arbitrary<{ [key: string]: string }> =>
  fc.dictionary(fc.constantFrom(...keys), fc.stringMatching(/^[a-z0-9]{1,5}$/), { maxKeys: 2 });

export function storageClassCase(): fc.Arbitrary<StorageClassCase> {
  return fc.oneof(
    awsCase(),
    some<AzureDiskStorageClassProps>({
      skuName: oneOf(AzureDiskSku),
      cachingMode: oneOf(AzureDiskCachingMode),
      fsType: oneOf(FsType),
      zones: fewOf('westeurope-1', 'westeurope-2', 'westeurope-3', 'northeurope-1'),
      resourceGroup: fc.constantFrom('disks', 'other'),
      diskIopsReadWrite: fc.integer({ min: 0, max: 9000 }),
      diskMbpsReadWrite: fc.integer({ min: 0, max: 900 }),
      diskEncryptionSetId: fc.constant(
        '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/diskEncryptionSets/e',
      ),
      parameters: parameters('tags', 'maxShares', 'SkuName', 'Tags'),
    }).map((props): StorageClassCase => ({ cloud: 'Azure', props })),
    some<AzureFilesStorageClassProps>({
      provisioner: oneOf(AzureFilesProvisioner),
      protocol: oneOf(AzureFilesProtocol),
      skuName: oneOf(AzureFilesSku),
      storageAccount: fc.stringMatching(/^[a-z0-9]{2,25}$/),
      shareName: fc.constantFrom('all', '${pv.metadata.name}', '${pvc.metadata.name}'),
      parameters: parameters('tags', 'folderName', 'Protocol', 'Tags'),
    }).map((props): StorageClassCase => ({ cloud: 'Azure Files', props })),
    gcpCase(),
  );
}

export function awsCase(): fc.Arbitrary<StorageClassCase & { readonly cloud: 'AWS' }> {
  return some<AwsEbsStorageClassProps>({
    provisioner: oneOf(AwsEbsProvisioner),
    type: oneOf(AwsEbsVolumeType),
    iops: fc.integer({ min: 50, max: 20_000 }),
    iopsPerGb: fc.integer({ min: 0, max: 1200 }),
    allowAutoIopsPerGbIncrease: fc.boolean(),
    throughput: fc.integer({ min: 100, max: 2000 }),
    encrypted: fc.boolean(),
    kmsKeyId: fc.constantFrom('arn:aws:kms:eu-west-1:123456789012:key/k', 'k'),
    fsType: oneOf(FsType),
    zones: fewOf('eu-west-1a', 'eu-west-1b', 'eu-west-1c', 'us-east-1a'),
    parameters: parameters('blockSize', 'tagSpecification_1', 'Iops', 'BlockSize'),
  }).map((props) => ({ cloud: 'AWS', props }));
}

export function gcpCase(): fc.Arbitrary<StorageClassCase & { readonly cloud: 'GCP' }> {
  return some<GcpPersistentDiskStorageClassProps>({
    type: oneOf(GcpPersistentDiskType),
    replicationType: oneOf(GcpDiskReplicationType),
    zones: fewOf('us-east1-b', 'us-east1-c', 'us-east1-d', 'us-east4-a'),
    diskEncryptionKmsKey: fc.constantFrom('projects/p/locations/us-east1/keyRings/r/cryptoKeys/k', 'k'),
    provisionedIopsOnCreate: fc.integer({ min: 0, max: 20_000 }),
    provisionedThroughputOnCreate: fc.integer({ min: 0, max: 2000 }),
    fsType: oneOf(FsType),
    parameters: parameters('labels', 'resource-tags', 'Type', 'Labels'),
  }).map((props) => ({ cloud: 'GCP', props }));
}
