/**
 * Options of `VolumeSource.nfs`.
 */
export interface NfsVolumeOptions {
  /** Name or address of the server, which the nodes, not the pods, look up. */
  readonly server: string;

  /** Absolute path of the folder on the server. */
  readonly path: string;

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * Options of `VolumeSource.csi`.
 */
export interface CsiVolumeOptions {
  /** Name of the driver, as `kubectl get csidrivers` shows it. */
  readonly driver: string;

  /**
   * What the driver knows the volume by. Two volumes of the cluster must not have the same: to a node they would be one.
   */
  readonly volumeHandle: string;

  /**
   * The file system that the volume has; one without any is given it.
   *
   * @default - the driver's
   */
  readonly fsType?: string;

  /**
   * What else the driver is told.
   *
   * @default - nothing
   */
  readonly attributes?: { [key: string]: string };

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}
