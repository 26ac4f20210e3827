import type { IDatabase } from '../database/database';
import type { BackupEncryption } from './backup-encryption';
import type { BlobStore } from './blob-store';

/**
 * Backups of a database, as a drill must know them.
 */
export interface IBlobBackup {
  /** The database that they are of: its engine and image, and parameters that a dump needs to load. */
  readonly database: IDatabase;

  /** Where they lie. */
  readonly store: BlobStore;

  /** How they are encrypted, if they are. */
  readonly encryption?: BackupEncryption;

  /** Namespace of the job that makes them, where the app knows it. */
  readonly namespace?: string;
}

/**
 * What is to be said of a `BlobBackupCronJob` that another app makes.
 */
export interface BlobBackupAttributes {
  /** The database, which may be one of `StatefulDatabase.fromAttributes`. */
  readonly database: IDatabase;

  /** Where its backups lie. */
  readonly store: BlobStore;

  /**
   * How they are encrypted.
   *
   * @default - they are not
   */
  readonly encryption?: BackupEncryption;

  /**
   * Namespace that a drill of them runs in.
   *
   * @default - that of the drill's chart
   */
  readonly namespace?: string;
}

export class ImportedBackup implements IBlobBackup {
  public readonly database: IDatabase;
  public readonly store: BlobStore;
  public readonly encryption?: BackupEncryption;
  public readonly namespace?: string;

  public constructor({ database, store, encryption, namespace }: BlobBackupAttributes) {
    this.database = database;
    this.store = store;
    if (encryption) this.encryption = encryption;
    if (namespace !== undefined) this.namespace = namespace;
  }
}
