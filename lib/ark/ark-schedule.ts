import type { ApiObject, Cron } from 'cdk8s';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkLabels } from '../private/names';
import { Problems } from '../private/problems';
import type { ArkBackupOptions } from './ark-backup-options';
import type { IArkServer } from './ark-server-props';
import { checkBackupOptions, validateLocations } from './backup-rules';
import { checkCron } from './cron-rules';
import { emitterOf } from './emitter';
import { checkArkName } from './names';
import { checkSupported, VELERO_PROFILES } from './profile-facts';

/**
 * A schedule, made here or elsewhere: what it takes to restore its last backup.
 */
export interface IArkSchedule {
  /** Its name. */
  readonly scheduleName: string;

  /** The server that knows it. */
  readonly server: IArkServer;
}

/**
 * Properties of `ArkSchedule`.
 */
export interface ArkScheduleProps extends ArkBackupOptions {
  /** The server that makes the backups. */
  readonly server: IArkServer;

  /**
   * Name of the schedule: at most 48 characters, as its backups are named `<name>-YYYYMMDDhhmmss`.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /** When a backup is made, in the time zone of the server, which usually is UTC. */
  readonly schedule: Cron;

  /**
   * Whether no backups are made. Velero only.
   *
   * @default false
   */
  readonly paused?: boolean;

  /**
   * Whether a new schedule whose time has passed waits for the next one. Ark makes a backup at once. Velero only.
   *
   * @default - as the server is told to
   */
  readonly skipImmediately?: boolean;

  /**
   * Labels of the schedule. Velero gives them to its backups too.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };
}

/**
 * Backups at fixed times.
 *
 * **The server deletes a backup when its `ttl` is over, whether there is a later one or not**: watch that the last one is recent.
 *
 * @see https://velero.io/docs/v1.18/api-types/schedule/
 *
 * @example
 * declare const server: ArkServer;
 * new ArkSchedule(this, 'nightly', {
 *   server,
 *   schedule: Cron.schedule({ minute: '30', hour: '1' }),
 *   includedNamespaces: ['wp'],
 *   snapshotVolumes: true,
 *   ttl: Duration.days(14),
 * });
 */
export class ArkSchedule extends Construct implements IArkSchedule {
  /**
   * A schedule that this app does not make. Nothing is synthesized.
   *
   * @param server the server that restores its backups
   * @param scheduleName its name
   */
  public static fromScheduleName(server: IArkServer, scheduleName: string): IArkSchedule {
    const problems = new Problems();
    checkScheduleName(problems, 'scheduleName', scheduleName);
    problems.throwIfAny('ArkSchedule.fromScheduleName');
    return { server, scheduleName };
  }

  /** Name of the schedule. */
  public readonly scheduleName: string;

  /** The server that makes the backups. */
  public readonly server: IArkServer;

  /** The Schedule itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each; what the rest of the app decides, when it is synthesized
   */
  public constructor(scope: Construct, id: string, props: ArkScheduleProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkScheduleProps', props);
    const { server, paused, skipImmediately } = props;
    this.server = server;
    this.scheduleName = props.name ?? id;
    const emitter = emitterOf(server.profile);
    const problems = new Problems(this);
    checkScheduleName(problems, 'name', this.scheduleName);
    checkCron(problems, 'schedule', props.schedule);
    checkLabels(problems, 'labels', props.labels);
    checkSupported(problems, server.profile, VELERO_PROFILES, { paused, skipImmediately });
    checkBackupOptions(problems, server, props);
    checkIdentity(problems, this, 'name', emitter.scheduleType, this.scheduleName, server.namespace);
    problems.throwIfAny();

    validateLocations(this, server, props);
    const meta = metadata(this.scheduleName, server.namespace, props.labels);
    this.apiObject = claimIdentity(emitter.schedule(this, meta, props));
  }
}

function checkScheduleName(problems: Problems, prop: string, name: string): void {
  checkArkName(problems, prop, name, 48, ', and that of a backup has 15 characters more');
}
