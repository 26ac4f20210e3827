import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkLabels } from '../private/names';
import { Problems } from '../private/problems';
import type { ArkBackupOptions } from './ark-backup-options';
import type { IArkServer } from './ark-server-props';
import { checkBackupOptions, validateLocations } from './backup-rules';
import { emitterOf } from './emitter';
import { checkArkName } from './names';

/**
 * A backup, made here or elsewhere: what it takes to restore it.
 */
export interface IArkBackup {
  /** Its name. */
  readonly backupName: string;

  /** The server that knows it. */
  readonly server: IArkServer;
}

/**
 * Properties of `ArkBackup`.
 */
export interface ArkBackupProps extends ArkBackupOptions {
  /** The server that makes the backup. */
  readonly server: IArkServer;

  /**
   * Name of the backup. A name that was used is never used again, not even after a backup that failed.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Labels of the backup.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };
}

/**
 * One backup, made as soon as the object is applied; applied again, nothing happens. Keep it out of what is applied as a whole.
 *
 * **Deleting the object does not delete the backup**, which the server finds again in its location; its `ttl` does.
 *
 * @see https://velero.io/docs/v1.18/api-types/backup/
 *
 * @example
 * declare const server: ArkServer;
 * new ArkBackup(this, 'mybackup', { server, includedNamespaces: ['wp'], snapshotVolumes: true });
 */
export class ArkBackup extends Construct implements IArkBackup {
  /**
   * A backup that this app does not make: by hand, by a schedule, by another cluster. Nothing is synthesized.
   *
   * @param server the server that restores it
   * @param backupName its name
   */
  public static fromBackupName(server: IArkServer, backupName: string): IArkBackup {
    const problems = new Problems();
    checkArkName(problems, 'backupName', backupName);
    problems.throwIfAny('ArkBackup.fromBackupName');
    return { server, backupName };
  }

  /** Name of the backup. */
  public readonly backupName: string;

  /** The server that makes it. */
  public readonly server: IArkServer;

  /** The Backup itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each; what the rest of the app decides, when it is synthesized
   */
  public constructor(scope: Construct, id: string, props: ArkBackupProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkBackupProps', props);
    const { server } = props;
    this.server = server;
    this.backupName = props.name ?? id;
    const emitter = emitterOf(server.profile);
    const problems = new Problems(this);
    checkArkName(problems, 'name', this.backupName);
    checkLabels(problems, 'labels', props.labels);
    checkBackupOptions(problems, server, props);
    checkIdentity(problems, this, 'name', emitter.backupType, this.backupName, server.namespace);
    problems.throwIfAny();

    validateLocations(this, server, props);
    const meta = metadata(this.backupName, server.namespace, props.labels);
    this.apiObject = claimIdentity(emitter.backup(this, meta, props));
  }
}
