import type { ApiObject, Duration } from 'cdk8s';
import type { SecretValue } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, isAttached, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkSeconds, checkSecretKey } from '../private/names';
import { Problems } from '../private/problems';
import { ArkAccessMode } from './ark-access-mode';
import type { ArkObjectStore } from './ark-object-store';
import { ArkProfile } from './ark-profile';
import type { IArkServer } from './ark-server-props';
import { checkProvider } from './cloud-rules';
import { emitterOf } from './emitter';
import { installationOf } from './installation';
import { checkArkName } from './names';
import { checkSupported, VELERO_PROFILES } from './profile-facts';

/**
 * A place where a server keeps backups, made here or elsewhere.
 */
export interface IArkBackupLocation {
  /** Its name. */
  readonly locationName: string;

  /** The server that knows it. */
  readonly server: IArkServer;
}

/**
 * Properties of `ArkBackupLocation`.
 */
export interface ArkBackupLocationProps {
  /** The server that keeps its backups there. */
  readonly server: IArkServer;

  /**
   * Name of the location.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /** The bucket, or container, and its cloud. */
  readonly store: ArkObjectStore;

  /**
   * Path in the bucket that all names begin with. **Two clusters that write need a prefix, or a bucket, each**: they would delete
   * each other's backups.
   *
   * @default - none
   */
  readonly prefix?: string;

  /**
   * Whether backups go there that name no location. Ark's default is the one named `default`.
   *
   * @default - true of the one named `default`
   */
  readonly isDefault?: boolean;

  /**
   * Whether the server may write to it. Velero only; Ark's server is made with `restoreOnly`.
   *
   * @default - ArkAccessMode.READ_WRITE, unless the server only restores
   */
  readonly accessMode?: ArkAccessMode;

  /**
   * Credentials of this location alone: the key of a Secret in the server's namespace. Velero only.
   *
   * @default - the server's
   */
  readonly credential?: SecretValue;

  /**
   * How often the server looks for backups that other clusters have made. Velero only.
   *
   * @default - a minute
   */
  readonly backupSyncPeriod?: Duration;

  /**
   * How often the server looks whether the location can be reached. Velero only.
   *
   * @default - a minute
   */
  readonly validationFrequency?: Duration;
}

/**
 * Where a server keeps its backups: a bucket or a container.
 *
 * @see https://velero.io/docs/v1.18/api-types/backupstoragelocation/
 *
 * @example
 * declare const server: ArkServer;
 * new ArkBackupLocation(this, 'default', {
 *   server,
 *   store: ArkObjectStore.azure({ storageAccount: 'aksbackups', bucket: 'ark', resourceGroup: 'aks-backups' }),
 * });
 */
export class ArkBackupLocation extends Construct implements IArkBackupLocation {
  /**
   * A location that this app does not make. Nothing is synthesized.
   *
   * @param server the server that knows it
   * @param locationName its name
   */
  public static fromBackupLocationName(server: IArkServer, locationName: string): IArkBackupLocation {
    const problems = new Problems();
    checkArkName(problems, 'locationName', locationName);
    problems.throwIfAny('ArkBackupLocation.fromBackupLocationName');
    return { server, locationName };
  }

  /** Name of the location. */
  public readonly locationName: string;

  /** The server that keeps its backups there. */
  public readonly server: IArkServer;

  /** Whether backups go there that name no location. */
  public readonly isDefault: boolean;

  /** The BackupStorageLocation itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: ArkBackupLocationProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkBackupLocationProps', props);
    this.server = props.server;
    this.locationName = props.name ?? id;
    this.isDefault = props.isDefault ?? this.locationName === 'default';
    this.validate(props);

    const { profile, namespace, restoreOnly } = this.server;
    const readOnly = restoreOnly && profile !== ArkProfile.ARK_0_10;
    const accessMode = props.accessMode ?? (readOnly ? ArkAccessMode.READ_ONLY : undefined);
    this.apiObject = claimIdentity(
      emitterOf(profile).backupLocation(this, metadata(this.locationName, namespace), {
        ...props,
        isDefault: this.isDefault,
        accessMode,
      }),
    );
    if (this.isDefault) installationOf(this.server).defaultBackupLocation = this;
    installationOf(this.server).places.set(placeOf(props), this);
    if (accessMode === ArkAccessMode.READ_ONLY) installationOf(this.server).readOnlyLocations.add(this);
  }

  private validate(props: ArkBackupLocationProps): void {
    const problems = new Problems(this);
    const { server, store, credential, prefix, accessMode } = props;
    checkArkName(problems, 'name', this.locationName);
    checkProvider(problems, server, 'store', store._parts);
    store._parts.check(problems, server);
    checkSupported(problems, server.profile, VELERO_PROFILES, {
      accessMode,
      credential: credential?.secret.name,
      backupSyncPeriod: props.backupSyncPeriod,
      validationFrequency: props.validationFrequency,
    });
    if (prefix !== undefined && !/^[^/\s]([^\s]*[^/\s])?$/.test(prefix)) {
      problems.add('prefix', "must be a path without '/' at its ends", prefix, "write it as 'production/west'");
    }
    if (server.restoreOnly && accessMode === ArkAccessMode.READ_WRITE) {
      const wayOut = 'it would change the backups of the first cluster; leave it out';
      problems.add('accessMode', 'must be ReadOnly with a server that only restores', accessMode, wayOut);
    }
    if (credential) checkSecretKey(problems, 'credential.key', credential.key);
    if (props.backupSyncPeriod)
      checkSeconds(problems, 'backupSyncPeriod', props.backupSyncPeriod, 1, 'write Duration.minutes(1)');
    if (props.validationFrequency) {
      checkSeconds(problems, 'validationFrequency', props.validationFrequency, 1, 'write Duration.minutes(1)');
    }
    this.checkDefault(problems, props);
    checkPlace(problems, props);
    checkIdentity(
      problems,
      this,
      'name',
      emitterOf(server.profile).backupLocationType,
      this.locationName,
      server.namespace,
    );
    problems.throwIfAny();
  }

  private checkDefault(problems: Problems, { server }: ArkBackupLocationProps): void {
    if (server.profile === ArkProfile.ARK_0_10 && this.isDefault !== (this.locationName === 'default')) {
      const wayOut = "the server takes the location of this name; name it so, or leave 'isDefault' out";
      problems.add('isDefault', "must go with the name 'default' in Ark 0.10", this.isDefault, wayOut);
    }
    const other = installationOf(server).defaultBackupLocation;
    if (this.isDefault && other) {
      const wayOut = `'${other.node.path}' is the default already, and the server would keep one of them; write isDefault: false`;
      problems.add('isDefault', 'must be true of one location of a server', true, wayOut);
    }
  }
}

function placeOf({ store, prefix }: ArkBackupLocationProps): string {
  return [store._parts.place, ...(prefix === undefined ? [] : [prefix]), ''].join('/');
}

/** A server that finds folders of others where its own should lie, makes no backup there any more. */
function checkPlace(problems: Problems, props: ArkBackupLocationProps): void {
  const place = placeOf(props);
  for (const [other, location] of installationOf(props.server).places) {
    if ((!place.startsWith(other) && !other.startsWith(place)) || !isAttached(location)) continue;
    const wayOut =
      'one lies in the other, and the server would call one of them unavailable; give each of both a prefix or a bucket of its own';
    problems.add('prefix', `must lead out of that of '${location.node.path}'`, props.prefix, wayOut);
  }
}
