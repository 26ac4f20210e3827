import type { ApiObject, Duration } from 'cdk8s';
import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkSeconds } from '../private/names';
import { Problems } from '../private/problems';
import { addTextConfigMap, checkTextConfigMap } from '../workload/text-config-map';
import { Workload } from '../workload/workload';
import { BackupScripts } from './backup-scripts';
import { blobEnv, blobSecrets, checkBlobJob, checkParallel, parallelOf, rcloneImage } from './blob-job';
import type { BlobJobProps, ScheduledJobProps } from './blob-job-props';
import { addCronJob, checkCronJob, checkCronJobName, checkScheduledJob } from './cron-job';
import { checkCheckFiles, checkParameters, checkScratch, egressOf, parameterLines } from './drill-rules';
import type { IBlobBackup } from './imported-backup';
import type { IScheduledJob } from './scheduled-job';
import { env, renderJobPod } from './step-job';
import type { Step } from './step-job';

/**
 * Properties of `RestoreDrill`.
 */
export interface RestoreDrillProps extends BlobJobProps, ScheduledJobProps {
  /**
   * The job whose newest backup is restored; one of another app by `BlobBackupCronJob.fromAttributes`. Its credentials must be in the drill's
   * namespace, and need write nothing but the report, `drill_<time>.json`.
   */
  readonly backup: IBlobBackup;

  /**
   * How old the newest backup may be (RPO): how much work you can afford to lose.
   *
   * @default - its age is reported and not judged
   */
  readonly recoveryPointObjective?: Duration;

  /**
   * Parameters of the drill's own server, in addition to those that it takes over from the database: of PostgreSQL the libraries that it
   * preloads and the parameters of extensions, of MariaDB what decides how statements are read. Sizes, `ssl` and `archive_command` are never
   * taken over, and what would start work (pg_cron, TimescaleDB's jobs) is off.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Queries on the restored database, by file names that end with `.sql`, or the `checkEnding` of the engine's scripts. Each passes if the first column of its first row is
   * `t`, `true` or `1`.
   *
   * @default - rows of each table are counted and held against what was dumped
   */
  readonly checks?: { [fileName: string]: string };

  /**
   * SQL that the drill runs in its own server before it restores anything, as administrator: what a dump needs to load and does not hold.
   * PostgreSQL runs it in the database `postgres`, MariaDB in none. If it fails, the drill fails. It is kept in a ConfigMap: no place for
   * passwords.
   *
   * @default - none
   */
  readonly before?: string;

  /**
   * SQL that the drill runs in the restored database that the job connects to, before the checks. If it fails, the drill fails.
   *
   * @default - none
   */
  readonly after?: string;

  /**
   * How many sessions restore tables at the same time, of PostgreSQL. Each takes a core and memory of the drill's pod. It may be another number than the
   * backup's, whose dump by several sessions needs more `scratch` space in any case.
   *
   * @default 1
   */
  readonly parallel?: number;
}

/**
 * Restores the newest backup, on a schedule, into a server that lives only as long as its pod, and looks whether all is there.
 *
 * What it found is written to the store as `drill_<time>.json`. If anything is missing, wrong or too old, its Job fails. Retention of the
 * backup job keeps the last backup that passed, and deletes old reports.
 *
 * Its pods reach the name service (port 53) and the ports of the store, and nothing else; they have no credentials of a
 * database: a drill cannot touch the real one.
 *
 * @see https://sre.google/sre-book/data-integrity/
 *
 * @example
 * declare const backup: BlobBackupCronJob;
 * new RestoreDrill(this, 'drill', {
 *   backup,
 *   schedule: Cron.weekly(),
 *   recoveryPointObjective: Duration.hours(26),
 *   checks: { 'orders.sql': 'SELECT count(*) > 1000 FROM orders' },
 * });
 */
export class RestoreDrill extends Workload implements IScheduledJob {
  /** Name of the CronJob. */
  public readonly cronJobName: string;

  /** Namespace of the CronJob, where the app knows it. */
  public readonly namespace?: string;

  /** Labels that the drill's pods are found by: `app: <name>`. */
  public readonly selector: { [key: string]: string };

  /** The CronJob itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: RestoreDrillProps) {
    super(scope, id);
    checkKnownProps(this, 'RestoreDrillProps', props);
    const name = props.name ?? id;
    const { backup } = props;
    const checks = filesOf(props);
    // Where the backup's credentials are.
    const namespace = namespaceOf(this, props.namespace) ?? backup.namespace;
    this.cronJobName = name;
    this.selector = { app: name };
    const { spec } = backup.database.engine;
    const hasChecks = Object.keys(checks).length > 0;
    const scripts = new BackupScripts(this, backup.database.engine, namespace, backup.store);
    const source = {
      scripts: scripts.lazyName(),
      steps: stepsOf(props, hasChecks),
      secrets: blobSecrets(backup.store, backup.encryption),
      ...(hasChecks && { volumes: [{ name: 'checks', configMap: { name: checksName(name) } }] }),
      memory: Size.gibibytes(1),
      runAsUser: spec.runAsUser,
      runAsGroup: spec.runAsGroup,
    };
    const pods = renderJobPod(props, source, backup.store._parts);
    const problems = new Problems(this);
    checkCronJobName(problems, name);
    checkBlobJob(problems, props, backup);
    checkScheduledJob(problems, props);
    checkChecks(problems, props);
    checkParameters(problems, props.parameters);
    checkParallel(problems, backup.database.engine, props.parallel);
    checkScratch(problems, props.scratch);
    checkCronJob(problems, this, name, namespace, pods);
    const checksMap = { name: checksName(name), namespace, labels: { ...this.selector, ...props.labels } };
    if (hasChecks) checkTextConfigMap(problems, this, 'name', 'checks', checksMap, checks);
    scripts.check(problems);
    problems.throwIfAny();

    if (namespace !== undefined) this.namespace = namespace;
    scripts.add();
    if (hasChecks) addTextConfigMap(this, 'Checks', checksMap, checks);
    // What fails in a drill fails again.
    this.apiObject = addCronJob(this, name, props, pods, 0, egressOf(backup.store));
  }
}

function stepsOf(props: RestoreDrillProps, hasChecks: boolean): Step[] {
  const { database, store: place, encryption } = props.backup;
  const store = { env: blobEnv(place, encryption), secrets: Object.keys(blobSecrets(place, encryption)) };
  const objective = props.recoveryPointObjective;
  return [
    { name: 'fetch', image: rcloneImage(props), ...store },
    {
      name: 'drill',
      image: database.image,
      env: env({
        RPO_SECONDS: objective && String(objective.toMilliseconds() / 1000),
        SERVER_PARAMETERS: serverParameters(props),
        PARALLEL: parallelOf(props.parallel),
        ...database.engine.spec.backupScripts?.env,
      }),
      secrets: [],
      ...(hasChecks && { volumeMounts: [{ name: 'checks', mountPath: '/checks', readOnly: true }] }),
    },
    { name: 'report', image: rcloneImage(props), ...store },
  ];
}

/** Lines `NAME=VALUE`, those of the drill last. */
function serverParameters({ backup, parameters = {} }: RestoreDrillProps): string | undefined {
  const { database } = backup;
  const taken = database.engine.spec.backupScripts?.drillParameters ?? [];
  const isTaken = (name: string) => {
    const plain = name.toLowerCase().replaceAll('-', '_');
    return taken.includes(plain) || (plain.includes('.') && taken.includes('*.*'));
  };
  const all = {
    ...Object.fromEntries(Object.entries(database.parameters ?? {}).filter(([name]) => isTaken(name))),
    ...parameters,
  };
  return parameterLines(all);
}

/** What the ConfigMap of the checks holds. `before` and `after` have no ending, so that no check has their name. */
function filesOf({ before, after, checks }: RestoreDrillProps): { [fileName: string]: string } {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }), ...checks };
}

function checkChecks(problems: Problems, props: RestoreDrillProps): void {
  const { backup, before, after, checks = {}, recoveryPointObjective } = props;
  if (recoveryPointObjective) {
    checkSeconds(problems, 'recoveryPointObjective', recoveryPointObjective, 1, 'write Duration.hours(26)');
  }
  const ending = backup.database.engine.spec.backupScripts?.checkEnding ?? '.sql';
  for (const [prop, text] of Object.entries({ before, after })) {
    if (text === undefined) continue;
    if (ending !== '.sql') {
      const { name } = backup.database.engine.spec;
      problems.add(prop, `must be left out with the engine ${name}`, text, 'it takes no SQL');
    } else if (text.trim() === '') {
      problems.add(prop, 'must be SQL', text, 'leave it out');
    }
  }
  checkCheckFiles(problems, checks, ending);
}

function checksName(name: string): string {
  return `${name}-checks`;
}
