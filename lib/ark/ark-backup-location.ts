import type { ApiObject, Duration, Size } from 'cdk8s';
import type { SecretValue } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, isAttached, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkInteger, checkSeconds, checkSecretKey } from '../private/names';
import { Problems } from '../private/problems';
import { checkContainerName, checkStorageAccountName } from '../storage/azure/azure-names';
import { kibibytes } from '../storage/quantity';
import { ArkAccessMode } from './ark-access-mode';
import { ArkProfile } from './ark-profile';
import type { IArkServer } from './ark-server-props';
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

  /** Name of the storage account: 3 to 24 of a-z and 0-9. */
  readonly storageAccount: string;

  /** Name of the container: 3 to 63 of a-z, 0-9 and single `-`. It is made by hand. */
  readonly bucket: string;

  /**
   * Path in the container that all names begin with. **Two clusters that write need a prefix, or a container, each**: they would delete
   * each other's backups.
   *
   * @default - none
   */
  readonly prefix?: string;

  /**
   * Resource group of the storage account. It must be given, unless a server of Velero needs to look up no key of the account, with
   * `useAad` or `storageAccountKeyEnvVar`.
   *
   * @default - none
   */
  readonly resourceGroup?: string;

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
   * Subscription of the storage account. Velero only.
   *
   * @default - that of the credentials
   */
  readonly subscriptionId?: string;

  /**
   * Address of the account's blobs, as `https://<account>.blob.core.windows.net`, so that it need not be looked up. Velero only.
   *
   * @default - looked up in the resource group
   */
  readonly storageAccountUri?: string;

  /**
   * Whether blobs are reached by the server's identity rather than by a key of the account that it looks up. Velero only.
   *
   * @default - true with a workload identity
   */
  readonly useAad?: boolean;

  /**
   * Address of the authority of another cloud. Velero only.
   *
   * @default - that of the public cloud
   */
  readonly activeDirectoryAuthorityUri?: string;

  /**
   * The line of the credentials' file that holds a key of the account; the server then looks none up. Velero only.
   *
   * @default - none
   */
  readonly storageAccountKeyEnvVar?: string;

  /**
   * Size of the blocks of an upload: 1 KiB to 100 MiB. Velero only.
   *
   * @default - 1 MiB
   */
  readonly blockSize?: Size;

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
 * Where a server keeps its backups: a container of Azure Blob Storage.
 *
 * @see https://github.com/vmware-tanzu/velero-plugin-for-microsoft-azure/blob/main/backupstoragelocation.md
 *
 * @example
 * declare const server: ArkServer;
 * new ArkBackupLocation(this, 'default', {
 *   server,
 *   storageAccount: 'aksbackups',
 *   bucket: 'ark',
 *   resourceGroup: 'aks-backups',
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

    const { profile, namespace, restoreOnly, hasWorkloadIdentity } = this.server;
    const readOnly = restoreOnly && profile !== ArkProfile.ARK_0_10;
    const accessMode = props.accessMode ?? (readOnly ? ArkAccessMode.READ_ONLY : undefined);
    const useAad = props.useAad ?? (hasWorkloadIdentity ? true : undefined);
    this.apiObject = claimIdentity(
      emitterOf(profile).backupLocation(this, metadata(this.locationName, namespace), {
        ...props,
        isDefault: this.isDefault,
        accessMode,
        useAad,
      }),
    );
    if (this.isDefault) installationOf(this.server).defaultBackupLocation = this;
    installationOf(this.server).places.set(placeOf(props), this);
    if (accessMode === ArkAccessMode.READ_ONLY) installationOf(this.server).readOnlyLocations.add(this);
  }

  private validate(props: ArkBackupLocationProps): void {
    const problems = new Problems(this);
    const { server, resourceGroup, credential, prefix, storageAccountUri } = props;
    checkArkName(problems, 'name', this.locationName);
    checkStorageAccountName(problems, 'storageAccount', props.storageAccount);
    checkContainerName(problems, 'bucket', props.bucket);
    const { accessMode, subscriptionId, useAad, activeDirectoryAuthorityUri, storageAccountKeyEnvVar, blockSize } =
      props;
    checkSupported(problems, server.profile, VELERO_PROFILES, {
      ...{
        accessMode,
        subscriptionId,
        storageAccountUri,
        useAad,
        activeDirectoryAuthorityUri,
        storageAccountKeyEnvVar,
      },
      ...{
        blockSize,
        credential: credential?.secret.name,
        backupSyncPeriod: props.backupSyncPeriod,
        validationFrequency: props.validationFrequency,
      },
    });
    if (prefix !== undefined && !/^[^/\s]([^\s]*[^/\s])?$/.test(prefix)) {
      problems.add('prefix', "must be a path without '/' at its ends", prefix, "write it as 'production/west'");
    }
    // It is needed to look up a key of the account, and of Ark always.
    const looksUpKey = !(useAad ?? server.hasWorkloadIdentity) && storageAccountKeyEnvVar === undefined;
    if (!resourceGroup && looksUpKey) {
      const wayOut = "the server could not look up a key of the account; write it as 'aks-backups'";
      problems.add('resourceGroup', 'must be given', resourceGroup, wayOut);
    }
    if (server.restoreOnly && accessMode === ArkAccessMode.READ_WRITE) {
      const wayOut = 'it would change the backups of the first cluster; leave it out';
      problems.add('accessMode', 'must be ReadOnly with a server that only restores', accessMode, wayOut);
    }
    for (const [prop, uri] of Object.entries({ storageAccountUri, activeDirectoryAuthorityUri })) {
      if (uri === undefined || /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[^?\s]*)?$/.test(uri)) continue;
      const wayOut =
        "a signature is a secret, and stands nowhere in YAML; write it as 'https://shop.blob.core.windows.net'";
      problems.add(prop, 'must be https:// and a host name, without a query', `${uri.length} characters`, wayOut);
    }
    if (storageAccountKeyEnvVar !== undefined && !/^[A-Z][A-Z0-9_]*$/.test(storageAccountKeyEnvVar)) {
      // Somebody may have taken it for the place of the key itself.
      const wayOut = "the key itself is never written here; write 'AZURE_STORAGE_ACCOUNT_ACCESS_KEY'";
      const got = `${storageAccountKeyEnvVar.length} characters that are none`;
      problems.add('storageAccountKeyEnvVar', 'must be the name of a line in the credentials', got, wayOut);
    }
    if (blockSize) {
      const wayOut = 'those are KiB; the plugin takes its default else; write Size.mebibytes(4)';
      checkInteger(problems, 'blockSize', kibibytes(blockSize), 1, 102400, wayOut);
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

function placeOf({ storageAccount, bucket, prefix }: ArkBackupLocationProps): string {
  return [storageAccount, bucket, ...(prefix === undefined ? [] : [prefix]), ''].join('/');
}

/** A server that finds folders of others where its own should lie, makes no backup there any more. */
function checkPlace(problems: Problems, props: ArkBackupLocationProps): void {
  const place = placeOf(props);
  for (const [other, location] of installationOf(props.server).places) {
    if ((!place.startsWith(other) && !other.startsWith(place)) || !isAttached(location)) continue;
    const wayOut =
      'one lies in the other, and the server would call one of them unavailable; give each of both a prefix or a container of its own';
    problems.add('prefix', `must lead out of that of '${location.node.path}'`, props.prefix, wayOut);
  }
}
