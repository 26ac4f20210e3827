import type { ApiObject } from 'cdk8s';
import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { IDatabase } from '../database/database';
import { namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkImage } from '../private/names';
import { Problems } from '../private/problems';
import { Workload } from '../workload/workload';
import type { BackupEncryption } from './backup-encryption';
import { claimBackupPlace, checkBackupPlace } from './backup-place';
import { checkRetention, retentionEnv } from './backup-retention';
import type { BackupRetention } from './backup-retention';
import { BackupScripts } from './backup-scripts';
import { checkVerification, verificationEnv } from './backup-verification';
import type { BackupVerification } from './backup-verification';
import {
  blobEnv,
  blobSecrets,
  checkDatabaseJob,
  checkDatabases,
  connectedDatabase,
  databaseEnv,
  databaseSecrets,
  rcloneImage,
} from './blob-job';
import type { DatabaseJobProps, ScheduledJobProps } from './blob-job-props';
import type { BlobStore } from './blob-store';
import { addCronJob, checkCronJob, checkCronJobName, checkScheduledJob } from './cron-job';
import { addDatabaseAccess, checkDatabaseAccess } from './database-access';
import { ImportedBackup } from './imported-backup';
import type { BlobBackupAttributes, IBlobBackup } from './imported-backup';
import type { IScheduledJob } from './scheduled-job';
import { env, renderJobPod } from './step-job';
import type { Step } from './step-job';

/**
 * Properties of `BlobBackupCronJob`.
 */
export interface BlobBackupCronJobProps extends DatabaseJobProps, ScheduledJobProps {
  /**
   * The databases of the server that are backed up, of PostgreSQL and MariaDB. **A database that is not named is not in the backup**: the
   * manifest, the log of each run and the drill say which ones are missing. The list must hold the database that the job connects to.
   *
   * PostgreSQL dumps databases one after the other, so the dumps are not of the same moment. MariaDB's are, for tables of InnoDB.
   *
   * @default - all databases of the server, but for templates and the server's own
   */
  readonly databases?: string[];

  /**
   * How long backups are kept.
   *
   * @default - for ever: the job deletes nothing
   */
  readonly retention?: BackupRetention;

  /**
   * How the job makes sure that the store holds what was sent.
   *
   * @default BackupVerification.READ_BACK
   */
  readonly verify?: BackupVerification;

  /**
   * One image that does it all, which you build of `images/backup-job` and push, with a tag or digest that does not move. It must have the
   * server's major version.
   *
   * @default - the database's own image dumps, and rclone's uploads: nothing to build
   */
  readonly image?: string;
}

/**
 * Backs a database up to an object store, on a schedule.
 *
 * **A backup that failed never looks like one that worked.** The dump is read back as a whole before it is uploaded, what lies in the
 * store is read back before the manifest is written, and the manifest, written last, is what makes it a backup: restore, drill and
 * retention see nothing else. A run that fails uploads no manifest, deletes nothing, and its Job stays to be seen.
 *
 * In the store: `db_<YYYYMMDDHHMMSS>` (UTC), beside it `.globals.sql` (PostgreSQL's roles, without passwords) and the manifest
 * `.json`. Nothing is ever overwritten. The time of the last good backup is that of the newest `.json`.
 *
 * Try a restore: `RestoreDrill` does, on a schedule.
 *
 * @see https://www.postgresql.org/docs/current/backup-dump.html
 *
 * @example
 * declare const database: StatefulDatabase;
 * const storageKey = { secret: kplus.Secret.fromSecretName(this, 'StorageKey', 'backupcredentials'), key: 'storageKey.txt' };
 * new BlobBackupCronJob(this, 'backupjob', {
 *   database,
 *   store: BlobStore.azure({
 *     account: 'tomasbackupdbstore',
 *     container: 'backup',
 *     credentials: BlobCredentials.accountKey(storageKey),
 *   }),
 *   schedule: Cron.daily(),
 *   retention: { days: 14, keepAtLeast: 7, weekly: 4, monthly: 12 },
 * });
 */
export class BlobBackupCronJob extends Workload implements IBlobBackup, IScheduledJob {
  /**
   * The backups of a job of another app, e.g. for a drill of one's own.
   *
   * @param attributes where they lie, and of what database they are
   */
  public static fromAttributes(attributes: BlobBackupAttributes): IBlobBackup {
    checkKnownProps('BlobBackupCronJob.fromAttributes', 'BlobBackupAttributes', attributes);
    return new ImportedBackup(attributes);
  }

  /** Name of the CronJob. */
  public readonly cronJobName: string;

  /** Namespace of the CronJob, where the app knows it. */
  public readonly namespace?: string;

  /** Labels that the job's pods are found by: `app: <name>`. */
  public readonly selector: { [key: string]: string };

  /** The database that is backed up. */
  public readonly database: IDatabase;

  /** Where the backups lie. */
  public readonly store: BlobStore;

  /** How the backups are encrypted, if they are. */
  public readonly encryption?: BackupEncryption;

  /** The CronJob itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: BlobBackupCronJobProps) {
    super(scope, id);
    checkKnownProps(this, 'BlobBackupCronJobProps', props);
    const name = props.name ?? id;
    const namespace = namespaceOf(this, props.namespace) ?? props.database.namespace;
    this.cronJobName = name;
    this.selector = { app: name };
    this.database = props.database;
    this.store = props.store;
    if (props.encryption) this.encryption = props.encryption;
    const { engine } = props.database;
    const { spec } = engine;
    const scripts = new BackupScripts(this, engine, namespace, props.store);
    const source = {
      scripts: scripts.name,
      steps: props.image === undefined ? stockSteps(props) : [imageStep(props, props.image)],
      secrets: { ...databaseSecrets(props), ...blobSecrets(props.store, props.encryption) },
      memory: Size.mebibytes(512),
      runAsUser: spec.runAsUser,
      runAsGroup: spec.runAsGroup,
    };
    const pods = renderJobPod(props, source, props.store._parts);
    const problems = new Problems(this);
    checkCronJobName(problems, name);
    checkDatabaseJob(problems, props);
    checkDatabases(problems, props, props.databases);
    checkScheduledJob(problems, props);
    if (props.image !== undefined) checkOwnImage(problems, props.image, props.store);
    checkVerification(problems, props);
    if (props.retention) checkRetention(problems, 'retention', props.retention);
    checkBackupPlace(problems, this, props.store);
    checkCronJob(problems, this, name, namespace, pods);
    checkDatabaseAccess(problems, this, name, props.database);
    scripts.check(problems);
    problems.throwIfAny();

    if (namespace !== undefined) this.namespace = namespace;
    claimBackupPlace(this, props.store);
    scripts.addForBackup(props.image === undefined);
    this.apiObject = addCronJob(this, name, props, pods, 2);
    scripts.precede(this.apiObject);
    addDatabaseAccess(this, name, props.database);
  }
}

function dumpEnv(props: BlobBackupCronJobProps): k8s.EnvVar[] {
  const own = props.database.applicationDatabaseName;
  return [
    ...databaseEnv(props),
    ...env({
      DATABASES: props.databases?.join('\n'),
      // Once it has been noted, a backup in which the application's database holds nothing is refused.
      APPLICATION_DATABASE: connectedDatabase(props) === own ? own : undefined,
    }),
  ];
}

function checkOwnImage(problems: Problems, image: string, { _parts: { name, script } }: BlobStore): void {
  checkImage(problems, 'image', image);
  if (name !== undefined || script === undefined) return;
  const wayOut = 'it has scripts of its own and would not run this one; leave one of them out';
  problems.add('image', 'must be left out with a store that has a script', image, wayOut);
}

function stockSteps(props: BlobBackupCronJobProps): Step[] {
  const { database, store, encryption } = props;
  return [
    {
      name: 'dump',
      image: database.image,
      env: dumpEnv(props),
      secrets: ['dbPassword.txt'],
    },
    {
      name: 'upload',
      image: rcloneImage(props),
      env: [...blobEnv(store, encryption), ...verificationEnv(props.verify), ...retentionEnv(props.retention)],
      secrets: Object.keys(blobSecrets(store, encryption)),
    },
  ];
}

function imageStep(props: BlobBackupCronJobProps, image: string): Step {
  const { store, encryption } = props;
  return {
    name: 'backup',
    image,
    ownScripts: true,
    env: [
      ...env({ BLOB_STORE: store._parts.name }),
      ...blobEnv(store, encryption),
      ...dumpEnv(props),
      ...verificationEnv(props.verify),
      ...retentionEnv(props.retention),
    ],
    secrets: ['dbPassword.txt', ...Object.keys(blobSecrets(store, encryption))],
  };
}
