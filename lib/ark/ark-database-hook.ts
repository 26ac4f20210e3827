import { Duration } from 'cdk8s';
import type { HookScript } from '../database/database-scripts';
import type { StatefulDatabase } from '../database/stateful-database';
import { checkKnownProps } from '../private/known-props';
import { checkInteger, checkSeconds } from '../private/names';
import { Problems } from '../private/problems';
import type { ArkBackupHook, ArkRestoreHook } from './ark-hook';
import { podTemplateOf } from './pod-template';

/**
 * Options of `ArkDatabaseHook.checkpoint`.
 */
export interface ArkCheckpointOptions {
  /**
   * How long the checkpoint may take.
   *
   * @default Duration.minutes(5)
   */
  readonly timeout?: Duration;
}

/**
 * Options of `ArkDatabaseHook.dump` and `load`.
 */
export interface ArkDumpOptions {
  /** The volume of the dump, by its name in the pod. It must hold two dumps: the last one, and the one that is written. */
  readonly volume: string;

  /**
   * How long it may take.
   *
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;
}

/**
 * Options of `ArkDatabaseHook.lock`.
 */
export interface ArkLockOptions {
  /**
   * The member whose volume is copied, by its ordinal. It must be a secondary when the backup is made.
   *
   * @default - the last
   */
  readonly member?: number;

  /**
   * How long the member stays locked at most, if the server of the backups dies before it unlocks.
   *
   * @default Duration.minutes(30)
   */
  readonly atMost?: Duration;
}

/**
 * Hooks by which the backup of a database's volumes holds what the database holds. Which one, depends on how its volumes are copied:
 *
 * - a snapshot of the one volume is of one moment, as after a crash: `checkpoint` shortens the recovery, and nothing else is needed;
 * - copied file by file, the files of a running database are of different moments, and useless: `dump` writes them to a volume of its own,
 *   which is copied, and `load` reads them after a restore;
 * - an engine of your own may keep its files still while a member is locked: `lock`.
 *
 * A hook is a session of its own. So there is none that holds a table lock, or PostgreSQL's backup mode, until the copy is made. A failed
 * one fails the backup of its pod.
 *
 * @see docs/ark-and-velero.md
 */
export class ArkDatabaseHook {
  /**
   * Has the database write to its volume what is in memory, before an atomic snapshot of it.
   *
   * @param database PostgreSQL or MariaDB
   * @throws if its engine knows no checkpoint
   */
  public static checkpoint(database: StatefulDatabase, options: ArkCheckpointOptions = {}): ArkBackupHook {
    checkKnownProps('ArkDatabaseHook.checkpoint', 'ArkCheckpointOptions', options);
    const timeout = options.timeout ?? Duration.minutes(5);
    const problems = new Problems();
    checkSeconds(problems, 'timeout', timeout, 1, 'write Duration.minutes(5)');
    checkScript(problems, database, 'checkpoint');
    problems.throwIfAny('ArkDatabaseHook.checkpoint');
    return {
      ...podsOf(database, 'checkpoint'),
      pre: [{ container: containerOf(database), command: database._hookCommand('checkpoint'), timeout }],
    };
  }

  /**
   * Dumps all databases of the server to a volume of its own, before that is copied. Name the volume in `ArkPodVolumes`, and not the one
   * with the data.
   *
   * @param database the database, with a claim template or an emptyDir for the dump
   * @throws if its engine cannot dump, or the volume is not one that its container sees, or holds the data
   */
  public static dump(database: StatefulDatabase, options: ArkDumpOptions): ArkBackupHook {
    const { path, timeout } = dumpOf(database, options, 'dump');
    return {
      ...podsOf(database, 'dump'),
      pre: [{ container: containerOf(database), command: database._hookCommand('dump', path), timeout }],
    };
  }

  /**
   * Restores what `dump` has written into a database that holds nothing yet, as soon as its pod is ready after a restore. A database with
   * data is left as it is, and the hook fails. Ark 0.10 has no such hooks: there it is run by hand.
   *
   * @param database the database, as it is restored
   * @throws if its engine cannot load, or the volume is not one that its container sees, or holds the data
   */
  public static load(database: StatefulDatabase, options: ArkDumpOptions): ArkRestoreHook {
    const { path, timeout } = dumpOf(database, options, 'load');
    return {
      ...podsOf(database, 'load'),
      exec: [
        {
          container: containerOf(database),
          command: database._hookCommand('load', path),
          execTimeout: timeout,
          waitTimeout: timeout,
          waitForReady: true,
        },
      ],
    };
  }

  /**
   * Has a secondary write nothing while its volume is copied. It lags behind meanwhile. **Restore that member's volume alone**; those
   * of the others are copied as they run. No engine of this library has the scripts: they are an engine's of your own.
   *
   * @param database with members that replicate
   * @throws if its engine cannot be locked, or there is no such member
   */
  public static lock(database: StatefulDatabase, options: ArkLockOptions = {}): ArkBackupHook {
    checkKnownProps('ArkDatabaseHook.lock', 'ArkLockOptions', options);
    const { replicas, statefulSetName } = database.statefulSet;
    const member = options.member ?? replicas - 1;
    const atMost = options.atMost ?? Duration.minutes(30);
    const problems = new Problems();
    checkScript(problems, database, 'lock');
    checkScript(problems, database, 'unlock');
    if (replicas < 2) {
      const wayOut =
        'the only member is the primary, and a lock would stop all writing; raise replicas, or take snapshots';
      problems.add('database', 'must have a secondary', database.node.path, wayOut);
    }
    checkInteger(problems, 'member', member, 0, Math.max(replicas - 1, 0), 'the set has no other');
    checkSeconds(problems, 'atMost', atMost, 60, 'a copy takes longer; write Duration.minutes(30)');
    problems.throwIfAny('ArkDatabaseHook.lock');
    const container = containerOf(database);
    const timeout = Duration.minutes(2);
    return {
      ...podsOf(database, 'lock', { 'statefulset.kubernetes.io/pod-name': `${statefulSetName}-${member}` }),
      pre: [{ container, command: database._hookCommand('lock', String(atMost.toSeconds())), timeout }],
      post: [{ container, command: database._hookCommand('unlock'), timeout }],
    };
  }

  private constructor() {
    // It has static members only.
  }
}

function podsOf(
  database: StatefulDatabase,
  purpose: string,
  labels?: { [key: string]: string },
): { name: string; includedNamespaces?: string[]; labelSelector: { matchLabels: { [key: string]: string } } } {
  const { namespace, selector, statefulSet } = database;
  return {
    name: `${statefulSet.statefulSetName}-${purpose}`,
    ...(namespace !== undefined && { includedNamespaces: [namespace] }),
    labelSelector: { matchLabels: { ...selector, ...labels } },
  };
}

/** The server is the first container of its pods. */
function containerOf(database: StatefulDatabase): string | undefined {
  return podTemplateOf(database)?.containers[0]?.name;
}

function checkScript(problems: Problems, database: StatefulDatabase, name: HookScript): void {
  const { spec } = database.engine;
  if (spec.volumeBackupScripts?.[name] !== undefined) return;
  const wayOut = 'see docs/volume-backup.md for what each engine can; an engine of your own brings volumeBackupScripts';
  problems.add('database', `must be of an engine that has the script '${name}'`, spec.name, wayOut);
}

function dumpOf(
  database: StatefulDatabase,
  options: ArkDumpOptions,
  name: 'dump' | 'load',
): { path: string; timeout: Duration } {
  checkKnownProps(`ArkDatabaseHook.${name}`, 'ArkDumpOptions', options);
  const timeout = options.timeout ?? Duration.hours(1);
  const problems = new Problems();
  checkScript(problems, database, name);
  checkSeconds(problems, 'timeout', timeout, 1, 'write Duration.hours(1)');
  const mounts = (podTemplateOf(database)?.containers[0]?.volumeMounts ?? []).filter(({ readOnly }) => !readOnly);
  const ofVolume = mounts.filter((mount) => mount.name === options.volume);
  const path = ofVolume[0]?.mountPath;
  if (path === undefined) {
    const names = mounts.map((mount) => `'${mount.name}'`).join(', ');
    const wayOut = `mount one for dumps, or write one of ${names}`;
    problems.add('volume', "must be one that the server's container mounts, to write to", options.volume, wayOut);
  } else if (ofVolume.some((mount) => mount.mountPath === database.engine.spec.mountPath)) {
    const wayOut =
      'the dump would lie among what it is a copy of, and be left out with it; give it a volume of its own';
    problems.add('volume', 'must not be that of the data', options.volume, wayOut);
  }
  problems.throwIfAny(`ArkDatabaseHook.${name}`);
  return { path: path ?? '', timeout };
}
