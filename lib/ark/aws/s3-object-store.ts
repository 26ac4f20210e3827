import { ArkProfile } from '../ark-profile';
import type { IArkServer } from '../ark-server-props';
import type { ObjectStoreParts } from '../cloud-parts';
import { checkSupported, VELERO_PROFILES } from '../profile-facts';
import type { ArkS3ObjectStoreOptions } from './s3-options';
import { ArkS3Checksum } from './s3-options';
import { checkS3, isAws } from './s3-rules';

export type { ArkS3ObjectStoreOptions } from './s3-options';

export function s3ObjectStore(options: ArkS3ObjectStoreOptions): ObjectStoreParts {
  const { bucket, region, s3Url, customerKey, caCert } = options;
  return {
    provider: 'aws',
    bucket,
    // All of AWS shares the names of buckets.
    place: `${isAws(options) ? '' : s3Url}/${bucket}`,
    ...(caCert !== undefined && { caCert }),
    config: (server) => ({
      region,
      s3Url,
      s3ForcePathStyle: options.s3ForcePathStyle ?? (isAws(options) ? undefined : true),
      publicUrl: options.publicUrl,
      insecureSkipTLSVerify: options.insecureSkipTlsVerify,
      serverSideEncryption: options.serverSideEncryption,
      kmsKeyId: options.kmsKeyId,
      customerKeyEncryptionSecret: customerKey && `${customerKey.secret.name}/${customerKey.key}`,
      tagging: options.tags && tagging(options.tags),
      checksumAlgorithm: options.checksumAlgorithm ?? defaultChecksum(server, options),
      profile: options.profile,
      signatureVersion: options.signatureVersion,
    }),
    check: (problems, server) => {
      checkSupported(problems, server.profile, VELERO_PROFILES, {
        'store.caCert': caCert === undefined ? undefined : 'certificates',
        'store.insecureSkipTlsVerify': options.insecureSkipTlsVerify,
        'store.serverSideEncryption': options.serverSideEncryption,
        'store.tags': options.tags,
        'store.checksumAlgorithm': options.checksumAlgorithm,
        'store.profile': options.profile,
      });
      checkSupported(problems, server.profile, [ArkProfile.VELERO_1_18], {
        'store.customerKey': customerKey?.secret.name,
      });
      checkSupported(problems, server.profile, [ArkProfile.ARK_0_10], {
        'store.signatureVersion': options.signatureVersion,
      });
      checkS3(problems, server, options);
    },
  };
}

/** Stores that do not know how a checksum follows a body have written it into the object: velero issue 9951. */
function defaultChecksum({ profile }: IArkServer, options: ArkS3ObjectStoreOptions): ArkS3Checksum | undefined {
  return profile === ArkProfile.ARK_0_10 || isAws(options) ? undefined : ArkS3Checksum.NONE;
}

/** As the header of a request takes them. */
function tagging(tags: { [key: string]: string }): string {
  return Object.entries(tags)
    .map((tag) => tag.map(encodeURIComponent).join('='))
    .join('&');
}
