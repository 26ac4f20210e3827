import type { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { ArkCloud } from './ark-cloud';
import type { ArkProfile } from './ark-profile';

/**
 * The program that copies volumes file by file.
 */
export enum ArkUploader {
  /** restic: of Ark and of Velero up to 1.16. */
  RESTIC = 'restic',

  /** kopia: of Velero. */
  KOPIA = 'kopia',
}

/**
 * A server of Ark or Velero, made here or elsewhere: what its locations, backups, schedules and restores need to know.
 */
export interface IArkServer {
  /** Which server it is. */
  readonly profile: ArkProfile;

  /** Its namespace, in which it looks for all its objects. */
  readonly namespace: string;

  /** Whether it only restores: it makes no backup, and deletes none. */
  readonly restoreOnly: boolean;

  /** Whether it takes snapshots by the drivers of the volumes, without a volume snapshot location. */
  readonly csiSnapshots: boolean;

  /** Whether its pods have a workload identity. */
  readonly hasWorkloadIdentity: boolean;
}

/**
 * A server that this app does not make.
 */
export interface ArkServerAttributes {
  /** Which server it is. */
  readonly profile: ArkProfile;

  /**
   * Its namespace.
   *
   * @default - `heptio-ark` of Ark, `velero` of Velero
   */
  readonly namespace?: string;

  /**
   * Whether it only restores.
   *
   * @default false
   */
  readonly restoreOnly?: boolean;

  /**
   * Whether it takes snapshots by the drivers of the volumes (`--features=EnableCSI`). Velero only.
   *
   * @default false
   */
  readonly csiSnapshots?: boolean;

  /**
   * Whether its pods have a workload identity. Velero only.
   *
   * @default false
   */
  readonly workloadIdentity?: boolean;
}

/**
 * A plugin of Velero: an image that copies its program to where the server looks.
 */
export interface ArkPlugin {
  /** Name of the init container. */
  readonly name: string;

  /** The image, with a tag or digest that does not move. */
  readonly image: string;
}

/**
 * Properties of `ArkServer`.
 */
export interface ArkServerProps {
  /** Which server, and with it the form of all objects that take this one. */
  readonly profile: ArkProfile;

  /**
   * Namespace of the server and of all its objects. It is made here.
   *
   * @default - `heptio-ark` of Ark, `velero` of Velero
   */
  readonly namespace?: string;

  /** Its cloud: the plugin that it needs, and its credentials or the identity of its pods. */
  readonly cloud: ArkCloud;

  /**
   * Whether it only restores: for a second cluster that reads the backups of the first, and must not change them. Of Ark by the server's
   * `--restore-only`, of Velero by the access mode of its backup locations.
   *
   * @default false
   */
  readonly restoreOnly?: boolean;

  /**
   * The program that copies volumes file by file.
   *
   * @default - restic of Ark, kopia of Velero
   */
  readonly uploader?: ArkUploader;

  /**
   * Whether it takes snapshots by the drivers of the volumes, by VolumeSnapshotClasses with the label
   * `velero.io/csi-volumesnapshot-class: "true"`. Velero only.
   *
   * @default false
   * @see https://velero.io/docs/v1.18/csi/
   */
  readonly csiSnapshots?: boolean;

  /**
   * How long the files of one volume may take to be copied.
   *
   * @default - the server's: 1 hour of Ark, 4 hours of Velero
   */
  readonly fsBackupTimeout?: Duration;

  /**
   * The server's image, with a tag or digest that does not move.
   *
   * @default - that of the profile
   */
  readonly image?: string;

  /**
   * Further plugins, beside that of its cloud: for locations in another cloud, each with a `credential` of its own. Velero only.
   *
   * @default - none
   */
  readonly plugins?: ArkPlugin[];

  /**
   * Further arguments of the server.
   *
   * @default - none
   */
  readonly args?: string[];

  /**
   * CPU, memory and ephemeral storage of the server, and of each plugin that is copied into it. See `ContainerResources`.
   *
   * @default - requests of 100m and 128Mi, no limits
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * Further labels of the pods.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };
}
