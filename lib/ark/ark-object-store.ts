import { checkKnownProps } from '../private/known-props';
import { s3ObjectStore } from './aws/s3-object-store';
import type { ArkS3ObjectStoreOptions } from './aws/s3-object-store';
import { azureObjectStore } from './azure/azure-object-store';
import type { ArkAzureObjectStoreOptions } from './azure/azure-object-store';
import type { ObjectStoreParts } from './cloud-parts';
import { gcsObjectStore } from './gcp/gcs-object-store';
import type { ArkGcsObjectStoreOptions } from './gcp/gcs-object-store';
import { otherObjectStore } from './other/other-object-store';
import type { ArkOtherObjectStoreOptions } from './other/other-object-store';

/**
 * The bucket or container that backups lie in. It is made by hand.
 *
 * **A rule of the store that deletes by age deletes parts of backups that are still kept**: files of volumes are shared by many backups. Have none.
 *
 * @example
 * const store = ArkObjectStore.s3({ bucket: 'shop-backups', region: 'eu-central-1' });
 */
export class ArkObjectStore {
  /**
   * A container of Azure Blob Storage.
   *
   * @param options account and container
   * @see https://github.com/vmware-tanzu/velero-plugin-for-microsoft-azure/blob/main/backupstoragelocation.md
   */
  public static azure(options: ArkAzureObjectStoreOptions): ArkObjectStore {
    checkKnownProps('ArkObjectStore.azure', 'ArkAzureObjectStoreOptions', options);
    return new ArkObjectStore(azureObjectStore(options));
  }

  /**
   * A bucket of Amazon S3, or of what speaks its protocol, e.g. MinIO or Ceph.
   *
   * @param options bucket, and region or address
   * @see https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/main/backupstoragelocation.md
   */
  public static s3(options: ArkS3ObjectStoreOptions): ArkObjectStore {
    checkKnownProps('ArkObjectStore.s3', 'ArkS3ObjectStoreOptions', options);
    return new ArkObjectStore(s3ObjectStore(options));
  }

  /**
   * A bucket of Google Cloud Storage.
   *
   * @param options the bucket
   * @see https://github.com/vmware-tanzu/velero-plugin-for-gcp/blob/main/backupstoragelocation.md
   */
  public static gcs(options: ArkGcsObjectStoreOptions): ArkObjectStore {
    checkKnownProps('ArkObjectStore.gcs', 'ArkGcsObjectStoreOptions', options);
    return new ArkObjectStore(gcsObjectStore(options));
  }

  /**
   * Any other, by a plugin of Velero.
   *
   * @param options what the plugin is told
   */
  public static of(options: ArkOtherObjectStoreOptions): ArkObjectStore {
    checkKnownProps('ArkObjectStore.of', 'ArkOtherObjectStoreOptions', options);
    return new ArkObjectStore(otherObjectStore(options));
  }

  private constructor(
    /**
     * What locations must know of it.
     *
     * @internal
     */
    public readonly _parts: ObjectStoreParts,
  ) {}
}
