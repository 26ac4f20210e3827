/**
 * The file system that a disk is given when it is first used.
 */
export enum FsType {
  /** The usual one on Linux. */
  EXT4 = 'ext4',
  /** Older than ext4. */
  EXT3 = 'ext3',
  /** Has no journal. */
  EXT2 = 'ext2',
  /** Good with large files; what MongoDB recommends. */
  XFS = 'xfs',
  /** Has snapshots of its own. */
  BTRFS = 'btrfs',
  /** Windows nodes only. */
  NTFS = 'ntfs',
}
