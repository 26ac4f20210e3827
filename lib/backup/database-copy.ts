import { join } from 'node:path';
import { Size } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { IDatabase } from '../database/database';
import { readLibrary, readScripts, readme } from '../database/read-script';
import { namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { Problems } from '../private/problems';
import { checkSameNamespace } from '../workload/reference-rules';
import { addTextConfigMap, checkTextConfigMap } from '../workload/text-config-map';
import type { TextFiles } from '../workload/text-config-map';
import { Workload } from '../workload/workload';
import { CONTRACT, checkFileNames } from './backup-scripts';
import { databaseEnv, loginOf } from './blob-job';
import { checkServers } from './copy-rules';
import { addCronJob, checkCronJob, checkCronJobName } from './cron-job';
import { addDatabaseAccess, checkDatabaseAccess } from './database-access';
import type { JobProps } from './job-props';
import { checkJob, renderJobPod, secretMount } from './step-job';
import type { Step } from './step-job';

/**
 * Properties of `DatabaseCopy`.
 */
export interface DatabaseCopyProps extends JobProps {
  /** The server that is copied. The job only reads it. */
  readonly from: IDatabase;

  /**
   * The server that gets the copy: of the same engine, of the same release or a later one. It may hold only what was made with it: the
   * application user, its empty database, what init scripts made.
   */
  readonly to: IDatabase;
}

/**
 * Copies a whole database server into another one, of the same release or a later one: every database, the roles or users with their
 * passwords, and their rights.
 *
 * It is a CronJob that is suspended and has no date. An apply can neither start nor stop a run; this does:
 *
 *     kubectl create job --from=cronjob/<name> <run>
 *
 * Dump and restore are those of `BlobBackupCronJob` and `BlobRestoreJob`, with the programs of the new server and without a blob store.
 * PostgreSQL's databases are filled under other names, their rows are counted, and then all names change in one transaction: a run that fails
 * leaves all databases of the new server as they were; of MariaDB it puts them back. What is written to the old server during a run is not in the copy: stop its clients
 * first.
 *
 * @see docs/upgrading.md
 *
 * @example
 * declare const postgresql15: StatefulDatabase;
 * declare const postgresql17: StatefulDatabase;
 * new DatabaseCopy(this, 'copy-to-17', { from: postgresql15, to: postgresql17 });
 */
export class DatabaseCopy extends Workload {
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
  public constructor(scope: Construct, id: string, props: DatabaseCopyProps) {
    super(scope, id);
    checkKnownProps(this, 'DatabaseCopyProps', props);
    const name = props.name ?? id;
    const { from, to } = props;
    const namespace = namespaceOf(this, props.namespace) ?? to.namespace ?? from.namespace;
    this.cronJobName = name;
    this.selector = { app: name };
    const map = { name: `${name}-scripts`, namespace, labels: this.selector };
    const files = filesOf(to, name);
    const pods = renderJobPod(props, {
      scripts: map.name,
      steps: [stepOf('dump', from, to.image), stepOf('restore', to, to.image)],
      secrets: {
        [secretOf('dump')]: loginOf({ database: from }).password,
        [secretOf('restore')]: loginOf({ database: to }).password,
      },
      memory: Size.mebibytes(512),
      runAsUser: to.engine.spec.runAsUser,
      runAsGroup: to.engine.spec.runAsGroup,
    });
    const problems = new Problems(this);
    checkCronJobName(problems, name);
    checkJob(problems, props);
    checkServers(problems, from, to, namespace, namespaceOf(this, props.namespace));
    checkSameNamespace(problems, this, namespace, {
      'from.password.secret': loginOf({ database: from }).password?.secret,
      'to.password.secret': loginOf({ database: to }).password?.secret,
    });
    checkCronJob(problems, this, name, namespace, pods);
    checkDatabaseAccess(problems, this, `${name}-from`, from, 'from');
    checkDatabaseAccess(problems, this, `${name}-to`, to, 'to');
    const { files: others, copyFiles } = to.engine.spec.backupScripts ?? {};
    const drivers = Object.keys(readDrivers());
    checkFileNames(problems, 'to.engine.backupScripts.files', others, drivers);
    checkFileNames(problems, 'to.engine.backupScripts.copyFiles', copyFiles, [
      ...drivers,
      ...Object.keys(others ?? {}),
    ]);
    checkTextConfigMap(problems, this, 'name', 'to.engine.backupScripts', map, files);
    problems.throwIfAny();

    if (namespace !== undefined) this.namespace = namespace;
    addTextConfigMap(this, 'Scripts', map, files);
    // Whoever started it looks at why it failed before it is tried again.
    this.apiObject = addCronJob(this, name, props, pods, 0);
    addDatabaseAccess(this, `${name}-from`, from, 'FromAccess');
    addDatabaseAccess(this, `${name}-to`, to, 'ToAccess');
  }
}

type StepName = 'dump' | 'restore';

function secretOf(step: StepName): string {
  return `${step}Password.txt`;
}

/** Both run in the image of the new server: its programs read older servers, and not the other way round. */
function stepOf(name: StepName, database: IDatabase, image: string): Step {
  return {
    name,
    script: `copy-${name}`,
    image,
    env: databaseEnv({ database }),
    secrets: [],
    // Each sees the password of its own server alone.
    ...(loginOf({ database }).password && { volumeMounts: [secretMount(secretOf(name), 'dbPassword.txt')] }),
  };
}

function readDrivers(): TextFiles {
  return readScripts(join(__dirname, 'copy'));
}

function filesOf({ engine }: IDatabase, name: string): TextFiles {
  const { backupScripts } = engine.spec;
  return {
    ...readme(`Scripts of the copy '${name}', contract ${CONTRACT}. A run copies them first.`, 'upgrading.md'),
    ...readLibrary(),
    ...readDrivers(),
    'engine.sh': backupScripts?.verbs ?? '',
    ...backupScripts?.files,
    ...backupScripts?.copyFiles,
  };
}
