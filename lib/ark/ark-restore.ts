import type { ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsLabel, checkDnsSubdomain, checkInteger, checkLabels, checkSeconds } from '../private/names';
import { Problems } from '../private/problems';
import type { IArkBackup } from './ark-backup';
import { checkRestoreHooks } from './ark-hook';
import type { ArkRestoreHook } from './ark-hook';
import { checkObjectFilter } from './ark-resource-filter';
import type { ArkObjectFilter } from './ark-resource-filter';
import type { IArkSchedule } from './ark-schedule';
import { emitterOf } from './emitter';
import { checkArkName } from './names';
import { checkSupported, VELERO_PROFILES } from './profile-facts';

/**
 * What becomes of objects that a restore finds in the cluster.
 */
export enum ArkExistingResourcePolicy {
  /** They are left as they are. */
  NONE = 'none',

  /** They are changed to what the backup holds. Data in volumes are not. */
  UPDATE = 'update',
}

/**
 * Properties of `ArkRestore`.
 */
export interface ArkRestoreProps extends ArkObjectFilter {
  /**
   * The backup to restore.
   *
   * @default - none: `schedule` must be given
   */
  readonly backup?: IArkBackup;

  /**
   * The schedule whose last backup is restored.
   *
   * @default - none: `backup` must be given
   */
  readonly schedule?: IArkSchedule;

  /**
   * Name of the restore. A name that was used is never used again.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Labels of the restore.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Namespaces that get another name: from that in the backup to that in the cluster.
   *
   * @default - they keep theirs
   */
  readonly namespaceMapping?: { [from: string]: string };

  /**
   * Whether volumes are made again of their snapshots. Without, claims get new, empty volumes.
   *
   * @default - where there are snapshots
   */
  readonly restorePVs?: boolean;

  /**
   * What becomes of objects that are there already. Velero only; Ark leaves them as they are.
   *
   * @default ArkExistingResourcePolicy.NONE
   */
  readonly existingResourcePolicy?: ArkExistingResourcePolicy;

  /**
   * Commands in pods that are restored, see `ArkDatabaseHook`. Velero only.
   *
   * @default - none
   */
  readonly hooks?: ArkRestoreHook[];

  /**
   * Whether Services keep the node ports that the cluster had chosen. Velero only.
   *
   * @default false
   */
  readonly preserveNodePorts?: boolean;

  /**
   * Resources whose status is restored too. Velero only.
   *
   * @default - none
   */
  readonly restoreStatus?: string[];

  /**
   * How long what goes on beside the restore may take. Velero only.
   *
   * @default - 4 hours
   */
  readonly itemOperationTimeout?: Duration;

  /**
   * Name of a ConfigMap in the server's namespace with changes to the objects, e.g. of storage classes. Velero only.
   *
   * @default - none
   * @see https://velero.io/docs/v1.18/restore-resource-modifiers/
   */
  readonly resourceModifier?: string;

  /**
   * How many files are restored at a time. Velero only.
   *
   * @default - the number of CPUs of the node
   */
  readonly parallelFilesDownload?: number;

  /**
   * Whether runs of zeros in files take no space. Velero only.
   *
   * @default false
   */
  readonly writeSparseFiles?: boolean;
}

/**
 * A restore, begun as soon as the object is applied; applied again, nothing happens. Keep it out of what is applied as a whole.
 *
 * What is in the cluster already is left as it is: **restore a namespace after it is deleted, or under another name**. Ark calls a restore
 * `Completed` that had errors: read `status.errors`.
 *
 * @see https://velero.io/docs/v1.18/restore-reference/
 *
 * @example
 * declare const backup: ArkBackup;
 * new ArkRestore(this, 'myrestore', { backup });
 */
export class ArkRestore extends Construct {
  /** Name of the restore. */
  public readonly restoreName: string;

  /** The Restore itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: ArkRestoreProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkRestoreProps', props);
    this.restoreName = props.name ?? id;
    const problems = new Problems(this);
    checkArkName(problems, 'name', this.restoreName);
    checkLabels(problems, 'labels', props.labels);
    const source = sourceOf(problems, props);
    const { profile, namespace } = source.server;
    const emitter = emitterOf(profile);
    checkObjectFilter(problems, profile, props);
    checkRestoreHooks(problems, 'hooks', props.hooks);
    checkSupported(problems, profile, VELERO_PROFILES, veleroProps(props));
    for (const [from, to] of Object.entries(props.namespaceMapping ?? {})) {
      checkDnsLabel(problems, 'namespaceMapping', from);
      checkDnsLabel(problems, `namespaceMapping['${from}']`, to);
    }
    if (props.resourceModifier !== undefined) checkDnsSubdomain(problems, 'resourceModifier', props.resourceModifier);
    if (props.itemOperationTimeout) {
      checkSeconds(problems, 'itemOperationTimeout', props.itemOperationTimeout, 1, 'write Duration.hours(4)');
    }
    if (props.parallelFilesDownload !== undefined) {
      checkInteger(
        problems,
        'parallelFilesDownload',
        props.parallelFilesDownload,
        1,
        1024,
        'leave it out for one a CPU',
      );
    }
    checkIdentity(problems, this, 'name', emitter.restoreType, this.restoreName, namespace);
    problems.throwIfAny();

    const meta = metadata(this.restoreName, namespace, props.labels);
    this.apiObject = claimIdentity(emitter.restore(this, meta, props));
  }
}

function sourceOf(problems: Problems, { backup, schedule }: ArkRestoreProps): IArkBackup | IArkSchedule {
  if (backup && !schedule) return backup;
  if (schedule && !backup) return schedule;
  const wayOut = 'a restore is of one backup; for one that this app does not make write ArkBackup.fromBackupName';
  problems.add('backup', 'must be given, or schedule, and not both', backup && 'both', wayOut);
  return problems.throw();
}

function veleroProps(props: ArkRestoreProps): { [prop: string]: unknown } {
  const { existingResourcePolicy, hooks, preserveNodePorts, restoreStatus, itemOperationTimeout } = props;
  const { resourceModifier, parallelFilesDownload, writeSparseFiles } = props;
  return {
    ...{ existingResourcePolicy, hooks, preserveNodePorts, restoreStatus, itemOperationTimeout },
    ...{ resourceModifier, parallelFilesDownload, writeSparseFiles },
  };
}
