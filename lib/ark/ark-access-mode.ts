/**
 * Whether a server may write to a backup location.
 */
export enum ArkAccessMode {
  /** Backups are made and deleted. */
  READ_WRITE = 'ReadWrite',

  /** Backups are restored, and nothing is written: for a second cluster. */
  READ_ONLY = 'ReadOnly',
}
