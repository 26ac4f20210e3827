import type { Problems } from '../../private/problems';
import { ArkProfile } from '../ark-profile';
import type { IArkServer } from '../ark-server-props';
import type { ObjectStoreParts } from '../cloud-parts';
import { installationOf } from '../installation';
import { checkSupported, VELERO_PROFILES } from '../profile-facts';
import { checkServiceAccount } from './gcp-names';

/**
 * Options of `ArkObjectStore.gcs`.
 *
 * `kmsKeyName`, `storeEndpoint` and `universeDomain` are for what the server writes. **What kopia copies of volumes goes to Google's own address, and is encrypted as
 * the bucket does**: give the bucket the key as its default.
 */
export interface ArkGcsObjectStoreOptions {
  /** Name of the bucket: a-z, 0-9, `-`, `_` and `.`. It is made by hand. */
  readonly bucket: string;

  /**
   * The service account of Google that signs the addresses which Velero's client downloads logs from. It must be given where the server's pods have a
   * workload identity that this app does not know. Velero only.
   *
   * @default - that of the server's cloud
   */
  readonly serviceAccount?: string;

  /**
   * The key of Cloud KMS that what the server writes is encrypted with: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. Velero only.
   *
   * @default - as the bucket does
   */
  readonly kmsKeyName?: string;

  /**
   * Another address of the store, e.g. of Private Service Connect. Velero only.
   *
   * @default - Google's
   */
  readonly storeEndpoint?: string;

  /**
   * Domain of another universe of Google. Velero 1.18 only.
   *
   * @default 'googleapis.com'
   */
  readonly universeDomain?: string;
}

export function gcsObjectStore(options: ArkGcsObjectStoreOptions): ObjectStoreParts {
  const { bucket, kmsKeyName, storeEndpoint, universeDomain } = options;
  const serviceAccountOf = (server: IArkServer) => options.serviceAccount ?? identityOf(server);
  return {
    provider: 'gcp',
    bucket,
    place: bucket,
    config: (server) => ({ serviceAccount: serviceAccountOf(server), kmsKeyName, storeEndpoint, universeDomain }),
    check: (problems, server) => {
      checkSupported(problems, server.profile, VELERO_PROFILES, {
        'store.serviceAccount': options.serviceAccount,
        'store.kmsKeyName': kmsKeyName,
        'store.storeEndpoint': storeEndpoint,
      });
      checkSupported(problems, server.profile, [ArkProfile.VELERO_1_18], { 'store.universeDomain': universeDomain });
      checkBucket(problems, bucket);
      checkKey(problems, kmsKeyName);
      const serviceAccount = serviceAccountOf(server);
      if (serviceAccount !== undefined) checkServiceAccount(problems, 'store.serviceAccount', serviceAccount);
      else if (server.hasWorkloadIdentity) {
        const wayOut =
          "the plugin asks for it where there is no key; write it as 'velero@my-project.iam.gserviceaccount.com'";
        problems.add('store.serviceAccount', 'must be given with a workload identity', undefined, wayOut);
      }
    },
  };
}

/** Who the pods are, if this app says so. */
function identityOf(server: IArkServer): string | undefined {
  const { cloud } = installationOf(server);
  return cloud?.provider === 'gcp' ? cloud.identity : undefined;
}

function checkBucket(problems: Problems, bucket: string): void {
  const parts = bucket.split('.');
  const isName = /^[a-z0-9][a-z0-9._-]*[a-z0-9]$/.test(bucket) && bucket.length >= 3 && bucket.length <= 222;
  if (isName && parts.every((part) => part.length >= 1 && part.length <= 63)) return;
  const wayOut =
    "it has no path, and no 'gs://' before it; write it as 'shop-backups', and the path in the location's prefix";
  const rule = "must be 3 to 63 of a-z, 0-9, '-' and '_', beginning and ending with a letter or digit";
  problems.add('store.bucket', rule, bucket, wayOut);
}

function checkKey(problems: Problems, name: string | undefined): void {
  if (name === undefined || /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(name))
    return;
  const wayOut =
    'the location would be available, and each upload fail; write it as projects/P/locations/L/keyRings/R/cryptoKeys/K';
  problems.add('store.kmsKeyName', 'must be the full name of a key', name, wayOut);
}
