import type { ApiObject } from 'cdk8s';
import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { Problems } from '../private/problems';
import { Workload } from '../workload/workload';
import { BackupScripts } from './backup-scripts';
import { blobEnv, blobSecrets, checkDatabaseJob, databaseEnv, databaseSecrets, rcloneImage } from './blob-job';
import type { DatabaseJobProps } from './blob-job-props';
import { addCronJob, checkCronJob, checkCronJobName } from './cron-job';
import { addDatabaseAccess, checkDatabaseAccess } from './database-access';
import { env, renderJobPod } from './step-job';
import type { Step } from './step-job';

/**
 * Properties of `BlobRestoreJob`.
 */
export interface BlobRestoreJobProps extends DatabaseJobProps {
  /**
   * Name of the backup, e.g. `db_20261121063800`.
   *
   * @default - the newest
   */
  readonly backup?: string;

  /**
   * The newest backup not after this moment, in UTC, e.g. `2026-11-21T06:38:00Z`.
   *
   * @default - the newest of all
   */
  readonly before?: string;

  /**
   * Whether the backup takes the place of what the database holds. PostgreSQL keeps what was there as a database called
   * `<name>_replaced_<time>`, MariaDB as tables of such names.
   *
   * @default false - a database that is not empty is left alone, and the run fails
   */
  readonly replace?: boolean;

  /**
   * The one database of the backup that is restored, of PostgreSQL and MariaDB. The other databases of the server stay as they are.
   *
   * @default - all databases of the backup; with `targetDatabase`, the one that the job connects to
   */
  readonly sourceDatabase?: string;

  /**
   * A database of another name to restore one database into, beside the one that exists. The existing database is not touched.
   *
   * @default - each database is restored under its own name
   */
  readonly targetDatabase?: string;
}

/**
 * Restores a backup that a `BlobBackupCronJob` made: when you say so, and never by itself.
 *
 * It is a CronJob that is suspended and has no date. An apply can neither start nor stop a run; this does:
 *
 *     kubectl create job --from=cronjob/<name> <run>
 *
 * The files are held against the sha256 in the manifest before the database is touched. PostgreSQL's is filled under another name,
 * its rows are counted, and then the names change in one transaction: at no moment is there half a database.
 *
 * @see https://kubernetes.io/docs/reference/kubectl/generated/kubectl_create/kubectl_create_job/
 *
 * @example
 * declare const database: StatefulDatabase;
 * declare const backup: BlobBackupCronJob;
 * new BlobRestoreJob(this, 'restorejob', { database, store: backup.store });
 */
export class BlobRestoreJob extends Workload {
  /** Name of the CronJob that runs are made from. */
  public readonly cronJobName: string;

  /** Namespace of the CronJob, where the app knows it. */
  public readonly namespace?: string;

  /** Labels that the job's pods are found by: `app: <name>`. */
  public readonly selector: { [key: string]: string };

  /** The CronJob itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: BlobRestoreJobProps) {
    super(scope, id);
    checkKnownProps(this, 'BlobRestoreJobProps', props);
    const name = props.name ?? id;
    const namespace = namespaceOf(this, props.namespace) ?? props.database.namespace;
    this.cronJobName = name;
    this.selector = { app: name };
    const { engine } = props.database;
    const { spec } = engine;
    const scripts = new BackupScripts(this, engine, namespace, props.store);
    const source = {
      scripts: scripts.lazyName(),
      steps: stepsOf(props),
      secrets: { ...databaseSecrets(props), ...blobSecrets(props.store, props.encryption) },
      memory: Size.mebibytes(512),
      runAsUser: spec.runAsUser,
      runAsGroup: spec.runAsGroup,
    };
    const pods = renderJobPod(props, source, props.store._parts);
    const problems = new Problems(this);
    checkCronJobName(problems, name);
    checkDatabaseJob(problems, props);
    checkSelection(problems, props);
    checkCronJob(problems, this, name, namespace, pods);
    checkDatabaseAccess(problems, this, name, props.database);
    scripts.check(problems);
    problems.throwIfAny();

    if (namespace !== undefined) this.namespace = namespace;
    scripts.add();
    // Whoever started it looks at why it failed before it is tried again.
    this.apiObject = addCronJob(this, name, props, pods, 0);
    addDatabaseAccess(this, name, props.database);
  }
}

function stepsOf(props: BlobRestoreJobProps): Step[] {
  const { database, store, encryption } = props;
  return [
    {
      name: 'fetch',
      image: rcloneImage(props),
      env: [...blobEnv(store, encryption), ...env({ BACKUP: props.backup, BEFORE: props.before })],
      secrets: Object.keys(blobSecrets(store, encryption)),
    },
    {
      name: 'restore',
      image: database.image,
      env: [
        ...databaseEnv(props),
        ...env({
          DATABASE: props.sourceDatabase,
          TARGET_DATABASE: props.targetDatabase,
          REPLACE: props.replace ? 'true' : undefined,
        }),
      ],
      secrets: ['dbPassword.txt'],
    },
  ];
}

function checkSelection(problems: Problems, props: BlobRestoreJobProps): void {
  const { backup, before, database, sourceDatabase, targetDatabase } = props;
  const { spec } = database.engine;
  if (backup !== undefined && !/^db_\d{14}$/.test(backup)) {
    problems.add('backup', 'must be the name of a backup', backup, "write it as 'db_20261121063800', without '.json'");
  }
  if (before !== undefined && !isTime(before)) {
    problems.add('before', 'must be a time in UTC', before, "write it as '2026-11-21T06:38:00Z'");
  }
  if (backup !== undefined && before !== undefined) {
    problems.add('before', 'must be left out with backup', before, 'the name says which one it is');
  }
  if (sourceDatabase !== undefined && !spec.backupScripts?.wholeServer) {
    const wayOut = 'its backup holds one database';
    problems.add('sourceDatabase', `must be left out with the engine ${spec.name}`, sourceDatabase, wayOut);
  } else if (sourceDatabase === '' || /[\r\n]/.test(sourceDatabase ?? '')) {
    const wayOut = 'leave it out for all databases of the backup';
    problems.add('sourceDatabase', 'must be a name of one line', sourceDatabase, wayOut);
  }
  if (targetDatabase === '') {
    problems.add('targetDatabase', 'must not be empty', targetDatabase, 'leave it out for that of the database');
  }
}

/** Of a month 21 every backup of the year would be before it, and the newest be restored. */
function isTime(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : NaN;
  // February 30 may be read as March 2.
  return !Number.isNaN(time) && new Date(time).toISOString() === text.replace('Z', '.000Z');
}
