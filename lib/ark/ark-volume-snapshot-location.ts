import type { ApiObject } from 'cdk8s';
import type { SecretValue } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkSecretKey } from '../private/names';
import { Problems } from '../private/problems';
import type { IArkServer } from './ark-server-props';
import type { ArkVolumeSnapshotter } from './ark-volume-snapshotter';
import { checkProvider } from './cloud-rules';
import { emitterOf } from './emitter';
import { installationOf } from './installation';
import { checkArkName } from './names';
import { checkSupported, VELERO_PROFILES } from './profile-facts';

/**
 * A place where a server keeps snapshots of volumes, made here or elsewhere.
 */
export interface IArkVolumeSnapshotLocation {
  /** Its name. */
  readonly locationName: string;

  /** The server that knows it. */
  readonly server: IArkServer;
}

/**
 * Properties of `ArkVolumeSnapshotLocation`.
 */
export interface ArkVolumeSnapshotLocationProps {
  /** The server that keeps its snapshots there. */
  readonly server: IArkServer;

  /**
   * Name of the location.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /** Which disks are snapshotted, and where their snapshots lie. */
  readonly snapshotter: ArkVolumeSnapshotter;

  /**
   * Credentials of this location alone: the key of a Secret in the server's namespace. Velero only.
   *
   * @default - the server's
   */
  readonly credential?: SecretValue;
}

/**
 * Where a server keeps snapshots of disks. **Snapshots live in the region of their disk**: for another region, volumes are copied file
 * by file, see `ArkPodVolumes`.
 *
 * @see https://velero.io/docs/v1.18/api-types/volumesnapshotlocation/
 *
 * @example
 * declare const server: ArkServer;
 * new ArkVolumeSnapshotLocation(this, 'azure-default', { server, snapshotter: ArkVolumeSnapshotter.azure({ resourceGroup: 'aks-backups' }) });
 */
export class ArkVolumeSnapshotLocation extends Construct implements IArkVolumeSnapshotLocation {
  /**
   * A location that this app does not make. Nothing is synthesized.
   *
   * @param server the server that knows it
   * @param locationName its name
   */
  public static fromSnapshotLocationName(server: IArkServer, locationName: string): IArkVolumeSnapshotLocation {
    const problems = new Problems();
    checkArkName(problems, 'locationName', locationName);
    problems.throwIfAny('ArkVolumeSnapshotLocation.fromSnapshotLocationName');
    return { server, locationName };
  }

  /** Name of the location. */
  public readonly locationName: string;

  /** The server that keeps its snapshots there. */
  public readonly server: IArkServer;

  /** The VolumeSnapshotLocation itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: ArkVolumeSnapshotLocationProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkVolumeSnapshotLocationProps', props);
    this.server = props.server;
    this.locationName = props.name ?? id;
    this.validate(props);

    const { profile, namespace } = this.server;
    this.apiObject = claimIdentity(
      emitterOf(profile).snapshotLocation(this, metadata(this.locationName, namespace), props),
    );
    installationOf(this.server).snapshotLocations += 1;
  }

  private validate(props: ArkVolumeSnapshotLocationProps): void {
    const problems = new Problems(this);
    const { server, snapshotter, credential } = props;
    checkArkName(problems, 'name', this.locationName);
    checkProvider(problems, server, 'snapshotter', snapshotter._parts);
    snapshotter._parts.check(problems, server);
    checkSupported(problems, server.profile, VELERO_PROFILES, { credential: credential?.secret.name });
    if (credential) checkSecretKey(problems, 'credential.key', credential.key);
    const type = emitterOf(server.profile).snapshotLocationType;
    checkIdentity(problems, this, 'name', type, this.locationName, server.namespace);
    problems.throwIfAny();
  }
}
