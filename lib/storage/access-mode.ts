/**
 * How many nodes or pods may use a volume at a time.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
 */
export enum AccessMode {
  /** One node at a time may read and write; several pods of that node can. What disks offer. */
  READ_WRITE_ONCE = 'ReadWriteOnce',

  /** One single pod of the cluster at a time may read and write. CSI drivers only, Kubernetes 1.27 or later. */
  READ_WRITE_ONCE_POD = 'ReadWriteOncePod',

  /** Many nodes may read and write: file shares, not disks. */
  READ_WRITE_MANY = 'ReadWriteMany',

  /** Many nodes may read. */
  READ_ONLY_MANY = 'ReadOnlyMany',
}
