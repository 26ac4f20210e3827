/**
 * Performance of a persistent disk or Hyperdisk. **A machine series mounts some of them only**; of others no pod starts.
 *
 * @see https://cloud.google.com/compute/docs/disks/persistent-disks
 * @see https://cloud.google.com/compute/docs/disks/hyperdisks
 */
export enum GcpPersistentDiskType {
  /** Hard disk. Newer machine series mount none. */
  PD_STANDARD = 'pd-standard',
  /** SSD for most loads. */
  PD_BALANCED = 'pd-balanced',
  /** SSD. */
  PD_SSD = 'pd-ssd',
  /** SSD with the operations per second that are asked for; at least 500 GiB. */
  PD_EXTREME = 'pd-extreme',
  /** SSD whose performance is bought apart from its size, for most loads; at least 4 GiB. */
  HYPERDISK_BALANCED = 'hyperdisk-balanced',
  /** The same with copies in two zones; at least 4 GiB. GKE 1.33 or later. */
  HYPERDISK_BALANCED_HIGH_AVAILABILITY = 'hyperdisk-balanced-high-availability',
  /** SSD for the highest load; at least 64 GiB. */
  HYPERDISK_EXTREME = 'hyperdisk-extreme',
  /** For large files; at least 2 TiB. No place for a database. */
  HYPERDISK_THROUGHPUT = 'hyperdisk-throughput',
  /** For models that many nodes read; at least 4 GiB. No place for a database. */
  HYPERDISK_ML = 'hyperdisk-ml',
}

/**
 * In how many zones a disk has its data.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/regional-pd
 */
export enum GcpDiskReplicationType {
  /** In one. */
  NONE = 'none',
  /** In two of a region, and can be used in both. */
  REGIONAL_PD = 'regional-pd',
}
