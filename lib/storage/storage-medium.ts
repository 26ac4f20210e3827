/**
 * What the volumes of a storage class are made of, as far as it decides what may live on them.
 */
export enum StorageMedium {
  /** A block device with a Linux file system of its own, attached to one node: a cloud's disk, or a local one. */
  DISK = 'disk',

  /** A share over SMB: keeps no Linux owner and mode, so no database can own its data folder. */
  SMB = 'smb',

  /** A share over NFS: keeps owner and mode, can be mounted by many nodes. */
  NFS = 'nfs',

  /** An object store behind a file interface: no locks, no atomic rename, no place for a database. */
  OBJECT = 'object',
}
