import type { ApiObject, Duration } from 'cdk8s';
import type { SecretValue } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkSeconds, checkSecretKey } from '../private/names';
import { Problems } from '../private/problems';
import type { IArkServer } from './ark-server-props';
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

  /**
   * How long a call of Azure may take.
   *
   * @default - the server's: 2 minutes
   */
  readonly apiTimeout?: Duration;

  /**
   * Resource group that snapshots are made in; `subscriptionId` needs it. That of the disks is deleted together with an AKS cluster, and the snapshots with it.
   *
   * @default - that of the credentials
   */
  readonly resourceGroup?: string;

  /**
   * Subscription that snapshots are made in. Velero only.
   *
   * @default - that of the credentials
   */
  readonly subscriptionId?: string;

  /**
   * Whether a snapshot holds only what has changed since the last one, which is cheaper. Velero only.
   *
   * @default - full snapshots
   */
  readonly incremental?: boolean;

  /**
   * Tags of the snapshots. Velero only.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };

  /**
   * Credentials of this location alone: the key of a Secret in the server's namespace. Velero only.
   *
   * @default - the server's
   */
  readonly credential?: SecretValue;
}

/**
 * Where a server keeps snapshots of Azure disks. **Snapshots live in the region of their disk**: for another region, volumes are copied file
 * by file, see `ArkPodVolumes`.
 *
 * @see https://github.com/vmware-tanzu/velero-plugin-for-microsoft-azure/blob/main/volumesnapshotlocation.md
 *
 * @example
 * declare const server: ArkServer;
 * new ArkVolumeSnapshotLocation(this, 'azure-default', { server, resourceGroup: 'aks-backups' });
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
    const { server, subscriptionId, incremental, tags, credential } = props;
    checkArkName(problems, 'name', this.locationName);
    checkSupported(problems, server.profile, VELERO_PROFILES, {
      ...{ subscriptionId, incremental, tags },
      credential: credential?.secret.name,
    });
    if (props.apiTimeout) checkSeconds(problems, 'apiTimeout', props.apiTimeout, 1, 'write Duration.minutes(2)');
    if (props.resourceGroup === '') {
      problems.add('resourceGroup', 'must name a group', '', "leave it out for the credentials' own");
    }
    if (subscriptionId !== undefined && props.resourceGroup === undefined) {
      const wayOut = "the plugin refuses one without the other; write it as 'aks-backups'";
      problems.add('resourceGroup', 'must go with subscriptionId', undefined, wayOut);
    }
    checkTags(problems, tags);
    if (credential) checkSecretKey(problems, 'credential.key', credential.key);
    const type = emitterOf(server.profile).snapshotLocationType;
    checkIdentity(problems, this, 'name', type, this.locationName, server.namespace);
    problems.throwIfAny();
  }
}

/** They are written into one string, `a=1,b=2`, and Azure refuses more. */
function checkTags(problems: Problems, tags: { [key: string]: string } = {}): void {
  for (const [key, value] of Object.entries(tags)) {
    if (key.trim() === '' || /[=,<>%&?\\/]/.test(key)) {
      problems.add('tags', 'must have keys without = , < > % & ? \\ /', key, 'Azure or the plugin refuses it');
    }
    if (/[=,]/.test(value)) {
      problems.add(
        `tags['${key}']`,
        "must not contain '=' or ','",
        value,
        'the plugin would read it as more tags; leave it out',
      );
    }
  }
}
