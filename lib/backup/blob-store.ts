import { checkKnownProps } from '../private/known-props';
import type { AzureBlobStoreOptions } from './stores/azure/azure-blob-store';
import { azureParts } from './stores/azure/azure-blob-store';
import type { GcsBlobStoreOptions } from './stores/gcs/gcs-blob-store';
import { gcsParts } from './stores/gcs/gcs-blob-store';
import type { RemoteBlobStoreOptions } from './stores/remote/remote-blob-store';
import { remoteParts } from './stores/remote/remote-blob-store';
import type { S3BlobStoreOptions } from './stores/s3/s3-blob-store';
import { s3Parts } from './stores/s3/s3-blob-store';
import type { BlobStoreParts } from './stores/store-parts';

/**
 * Where backups lie: a place in an object store, which is made by hand. A misspelt name is an error, not a new bucket.
 *
 * Give each database a bucket, a container or a `prefix` of its own: retention counts all backups that lie in one place.
 *
 * **A rule of the store that deletes by age deletes backups whatever `retention` says**: have none on that place. A store that keeps deleted
 * objects (versions, soft delete) keeps what retention deletes, and bills it.
 *
 * @example
 * const storageKey = { secret: kplus.Secret.fromSecretName(this, 'StorageKey', 'backupcredentials'), key: 'storageKey.txt' };
 * const store = BlobStore.azure({
 *   account: 'tomasbackupdbstore',
 *   container: 'backup',
 *   credentials: BlobCredentials.accountKey(storageKey),
 * });
 */
export class BlobStore {
  /**
   * A container of Azure Blob Storage.
   *
   * @param options account, container and credentials
   * @throws if an option breaks a rule, naming each
   * @see https://learn.microsoft.com/azure/storage/blobs/storage-blobs-introduction
   */
  public static azure(options: AzureBlobStoreOptions): BlobStore {
    checkKnownProps('BlobStore.azure', 'AzureBlobStoreOptions', options);
    return new BlobStore(azureParts(options));
  }

  /**
   * A bucket of Amazon S3, or of what speaks its protocol, e.g. MinIO, Ceph, Cloudflare R2.
   *
   * @param options bucket, region or endpoint, and credentials
   * @throws if an option breaks a rule, naming each
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html
   */
  public static s3(options: S3BlobStoreOptions): BlobStore {
    checkKnownProps('BlobStore.s3', 'S3BlobStoreOptions', options);
    return new BlobStore(s3Parts(options));
  }

  /**
   * A bucket of Google Cloud Storage.
   *
   * @param options bucket and credentials
   * @throws if an option breaks a rule, naming each
   * @see https://cloud.google.com/storage/docs/introduction
   */
  public static gcs(options: GcsBlobStoreOptions): BlobStore {
    checkKnownProps('BlobStore.gcs', 'GcsBlobStoreOptions', options);
    return new BlobStore(gcsParts(options));
  }

  /**
   * Any other remote that rclone knows, e.g. SFTP or WebDAV.
   *
   * @param options the remote as rclone is told of it
   * @throws if an option breaks a rule, naming each
   * @see https://rclone.org/overview/
   */
  public static of(options: RemoteBlobStoreOptions): BlobStore {
    checkKnownProps('BlobStore.of', 'RemoteBlobStoreOptions', options);
    return new BlobStore(remoteParts(options));
  }

  /** What of all places this is: two stores of one place hold the same backups. */
  public readonly place: string;

  private constructor(
    /**
     * What the jobs must know of it.
     *
     * @internal
     */
    public readonly _parts: BlobStoreParts,
  ) {
    this.place = _parts.place;
  }
}
