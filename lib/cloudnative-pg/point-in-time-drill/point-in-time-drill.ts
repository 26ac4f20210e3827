import type { ApiObject } from 'cdk8s';
import { Duration, Size } from 'cdk8s';
import type { SecretValue } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { blobEnv, blobSecrets, checkBlobJob, connectedDatabase, loginOf, rcloneImage } from '../../backup/blob-job';
import type { BlobJobProps, ScheduledJobProps } from '../../backup/blob-job-props';
import { addCronJob, checkCronJob, checkCronJobName, checkScheduledJob } from '../../backup/cron-job';
import { addDatabaseAccess, checkDatabaseAccess } from '../../backup/database-access';
import { checkCheckFiles, checkParameters, checkScratch, egressOf, parameterLines } from '../../backup/drill-rules';
import type { IScheduledJob } from '../../backup/scheduled-job';
import { env, renderJobPod } from '../../backup/step-job';
import type { Step } from '../../backup/step-job';
import type { IDatabase } from '../../database/database';
import type { DatabaseEngine } from '../../database/database-engine';
import { namespaceOf } from '../../private/identity';
import { checkKnownProps } from '../../private/known-props';
import { checkImage, checkSeconds, checkSecretKey } from '../../private/names';
import { Problems } from '../../private/problems';
import { kibibytes } from '../../storage/quantity';
import { addTextConfigMap, checkTextConfigMap } from '../../workload/text-config-map';
import { Workload } from '../../workload/workload';
import type { CloudNativePgDatabase } from '../cloudnative-pg-database';
import { checkServerName } from '../continuous-archive';
import type { PostgresArchive } from '../continuous-archive';
import { archiveScripts } from './archive-scripts';

/**
 * The live database in which a drill commits one transaction, to see it arrive in the archive.
 */
export interface PointInTimeHeartbeat {
  /**
   * The database that archives. The drill makes the policy that lets its pods in. Its Secret must be in the drill's namespace.
   */
  readonly database: IDatabase;

  /**
   * User to log in as, with `password`. It needs no right but to connect.
   *
   * @default - the database's `backupUser`, if it has one; else its administrator
   */
  readonly user?: string;

  /**
   * The user's password, in a Secret of the drill's namespace.
   *
   * @default - that of the database's `backupUser` or administrator
   */
  readonly password?: SecretValue;
}

/**
 * Properties of `PointInTimeDrill`.
 */
export interface PointInTimeDrillProps extends BlobJobProps, ScheduledJobProps {
  /**
   * The database of this app whose archive is recovered: it says `source`, `engine`, `image` and `databaseName`. It needs a `continuousBackup`.
   *
   * @default - none; `source` and `engine` are given
   */
  readonly database?: CloudNativePgDatabase;

  /**
   * The archive that is recovered, in place of `database`. Its credentials must be in the drill's namespace, and need write nothing but the report.
   *
   * @default - that of `database`
   */
  readonly source?: PostgresArchive;

  /**
   * The engine of the official PostgreSQL image that recovers: it must be of the major of the server.
   *
   * @default - that of `database`
   */
  readonly engine?: DatabaseEngine;

  /**
   * The image that recovers, e.g. on a mirror, or one that has the libraries of the extensions which `checks` use.
   *
   * @default - the `image` of `database`; else the engine's
   */
  readonly image?: string;

  /**
   * How long ago the second is that it recovers to, beside the newest. Where that is before the oldest base backup ended, it takes the first
   * second that can be recovered, and its report says so.
   *
   * @default Duration.hours(4)
   */
  readonly target?: Duration;

  /**
   * The live database, in which the drill commits one transaction before it fetches the archive. It then waits until the archive has it, for
   * `recoveryPointObjective` at most.
   *
   * Only this tells **an archiver that has stopped** from a database in which nothing happens: PostgreSQL writes no WAL then, so the newest
   * WAL is old, and nothing is wrong. The transaction is a logical message (`pg_logical_emit_message`): no table, no right but to log in,
   * and nothing in the database changes. It costs a login of the live database in the drill's namespace, which only the first of its steps sees.
   * The statistics of the server (`pg_stat_archiver`) would need a login with more rights, and would say what the archiver believes, not
   * what the archive holds.
   *
   * @default - the age of the newest transaction is reported and not judged, and a stopped archiver is not noticed
   * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION
   */
  readonly heartbeat?: PointInTimeHeartbeat;

  /**
   * How long after its commit a transaction may be missing from the archive (RPO): more than the server's `archive_timeout`, and the time that
   * an upload takes. Only with `heartbeat`.
   *
   * @default - with a heartbeat Duration.minutes(15)
   */
  readonly recoveryPointObjective?: Duration;

  /**
   * The database that is looked into, and that checks are asked of.
   *
   * @default - the application's, of `database` or of the heartbeat's; without either `postgres`
   */
  readonly databaseName?: string;

  /**
   * Queries on the recovered database, by file names that end with `.sql`. Each is asked after both recoveries, and passes if the first column of
   * its first row is `t`, `true` or `1`. `current_setting('drill.recovery')` is `newest` or `target`, and `current_setting('drill.target')`
   * the time of the target, or empty.
   *
   * @default - whether the database answers, and whether all pages hold their checksums
   */
  readonly checks?: { [fileName: string]: string };

  /**
   * Parameters of the drill's own server, e.g. `shared_preload_libraries` where checks use an extension that must be preloaded. Nothing is
   * taken over from the server that was backed up. What would start work, archive, or reach for another server is off.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };
}

/**
 * Recovers a PostgreSQL from its physical archive, on a schedule, into a server that lives only as long as its pod: to the newest transaction, and to
 * a second in the past.
 *
 * It needs stock images and the store, and neither an operator nor any right in the cluster: it shows that the archive itself can be recovered. The archive is one
 * of Barman's, as the Barman Cloud plugin of CloudNativePG writes it, compressed by gzip and without tablespaces.
 *
 * What it found is written to the store as `<serverName>/drill_<time>.json`. If WAL is missing, a file is damaged, a recovery does not reach its
 * target, or a check does not pass, its Job fails. A recovery that cannot end says nothing; so after nine tenths of `timeout` the drill gives up, and
 * reports that.
 *
 * Its `scratch` volume must hold the compressed base backup, the WAL since, and the database. Its pods reach the name service, the store and, with
 * a heartbeat, the port of the database.
 *
 * @see https://www.postgresql.org/docs/current/continuous-archiving.html
 *
 * @example
 * declare const database: CloudNativePgDatabase;
 * new PointInTimeDrill(this, 'drill', {
 *   database,
 *   schedule: Cron.weekly(),
 *   heartbeat: { database },
 *   recoveryPointObjective: Duration.minutes(10),
 *   scratch: { size: Size.gibibytes(100) },
 *   checks: { 'orders.sql': 'SELECT count(*) > 1000 FROM orders' },
 * });
 */
export class PointInTimeDrill extends Workload implements IScheduledJob {
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
  public constructor(scope: Construct, id: string, props: PointInTimeDrillProps) {
    super(scope, id);
    checkKnownProps(this, 'PointInTimeDrillProps', props);
    const name = props.name ?? id;
    const { heartbeat, checks = {} } = props;
    const origin = originOf(this, props);
    const { source } = origin;
    const { spec } = origin.engine;
    const namespace = namespaceOf(this, props.namespace) ?? (props.database ?? heartbeat?.database)?.namespace;
    this.cronJobName = name;
    this.selector = { app: name };
    const hasChecks = Object.keys(checks).length > 0;
    const pods = renderJobPod(
      props,
      {
        scripts: scriptsName(name),
        steps: stepsOf(props, origin, hasChecks),
        secrets: { ...blobSecrets(source.store), ...(heartbeat && { [PASSWORD]: loginOf(heartbeat).password }) },
        ...(hasChecks && { volumes: [{ name: 'checks', configMap: { name: checksName(name) } }] }),
        memory: Size.gibibytes(1),
        runAsUser: spec.runAsUser,
        runAsGroup: spec.runAsGroup,
      },
      source.store._parts,
    );
    const labels = { ...this.selector, ...props.labels };
    const scripts = { name: scriptsName(name), namespace, labels };
    const scriptFiles = archiveScripts(name, source.store);
    const checksMap = { name: checksName(name), namespace, labels };
    const problems = new Problems(this);
    checkCronJobName(problems, name);
    checkStore(problems, props, source);
    checkScheduledJob(problems, props);
    checkSource(problems, props, origin);
    checkTimes(problems, props);
    checkHeartbeat(problems, this, name, heartbeat);
    checkChecks(problems, props);
    checkParameters(problems, props.parameters);
    checkScratch(problems, props.scratch);
    checkCronJob(problems, this, name, namespace, pods);
    checkTextConfigMap(problems, this, 'name', 'scripts', scripts, scriptFiles);
    if (hasChecks) checkTextConfigMap(problems, this, 'name', 'checks', checksMap, checks);
    problems.throwIfAny();

    if (namespace !== undefined) this.namespace = namespace;
    addTextConfigMap(this, 'Scripts', scripts, scriptFiles);
    if (hasChecks) addTextConfigMap(this, 'Checks', checksMap, checks);
    if (heartbeat) addDatabaseAccess(this, name, heartbeat.database);
    // What fails in a drill fails again.
    const egress = egressOf(source.store, heartbeat && [heartbeat.database.port]);
    this.apiObject = addCronJob(this, name, props, pods, 0, egress);
  }
}

const PASSWORD = 'dbPassword.txt';

/** What is recovered, and by what. */
interface Origin {
  readonly source: PostgresArchive;
  readonly engine: DatabaseEngine;
  readonly image: string;
  readonly databaseName?: string;
}

function originOf(drill: PointInTimeDrill, props: PointInTimeDrillProps): Origin {
  const { database, heartbeat } = props;
  const problems = new Problems(drill);
  const source = props.source ?? database?._archive;
  const engine = props.engine ?? database?.engine;
  if (database && props.source) {
    problems.add('source', 'must be left out with a database', props.source.serverName, 'it has an archive of its own');
  } else if (database && !source) {
    const wayOut = 'without it the database archives nothing that could be recovered';
    problems.add('database', 'must have a continuousBackup', database.node.path, wayOut);
  } else if (!source) {
    problems.add('source', 'must be given without a database', undefined, 'one of them says what is recovered');
  }
  if (!engine) {
    problems.add('engine', 'must be given without a database', undefined, 'it is of the major of the server');
  }
  problems.throwIfAny();
  if (!source || !engine) throw new Error('unreachable');
  const databaseName = props.databaseName ?? database?.databaseName ?? (heartbeat && connectedDatabase(heartbeat));
  return {
    source,
    engine,
    image: props.image ?? (props.engine ? undefined : database?.image) ?? engine.spec.image,
    ...(databaseName !== undefined && { databaseName }),
  };
}

function stepsOf(props: PointInTimeDrillProps, { source, image, databaseName }: Origin, hasChecks: boolean): Step[] {
  const { heartbeat } = props;
  const objective = heartbeat && seconds(props.recoveryPointObjective ?? Duration.minutes(15));
  const folder = [source.store._parts.env.BLOB_PREFIX, source.serverName].filter((part) => part !== undefined);
  const store = {
    // The server's folder, to which the report belongs as well.
    env: blobEnv(source.store)
      .filter(({ name }) => name !== 'BLOB_PREFIX')
      .concat(env({ BLOB_PREFIX: folder.join('/') })),
    secrets: Object.keys(blobSecrets(source.store)),
  };
  return [
    ...(heartbeat ? [heartbeatStep(heartbeat, image)] : []),
    {
      name: 'fetch',
      script: 'fetch-archive',
      image: rcloneImage(props),
      secrets: store.secrets,
      env: store.env.concat(
        env({
          TARGET_SECONDS: seconds(props.target ?? Duration.hours(4)),
          RPO_SECONDS: objective,
          SCRATCH_BYTES: String(kibibytes(props.scratch?.size ?? Size.gibibytes(10)) * 1024),
        }),
      ),
    },
    {
      name: 'recover',
      image,
      secrets: [],
      env: env({
        DB_NAME: databaseName,
        RPO_SECONDS: objective,
        DEADLINE_SECONDS: deadlineOf(props),
        SERVER_PARAMETERS: parameterLines(props.parameters ?? {}),
      }),
      ...(hasChecks && { volumeMounts: [{ name: 'checks', mountPath: '/checks', readOnly: true }] }),
    },
    { name: 'report', image: rcloneImage(props), ...store },
  ];
}

/** The only step that can log in to the live database. */
function heartbeatStep(heartbeat: PointInTimeHeartbeat, image: string): Step {
  const { database } = heartbeat;
  return {
    name: 'heartbeat',
    image,
    secrets: [PASSWORD],
    env: env({
      DB_HOST: database.address,
      DB_PORT: String(database.port),
      DB_USER: loginOf(heartbeat).user,
      DB_NAME: connectedDatabase(heartbeat),
    }),
  };
}

function seconds(duration: Duration): string {
  return String(Math.floor(duration.toMilliseconds() / 1000));
}

/** What is left is for the report. */
function deadlineOf({ timeout = Duration.hours(6) }: PointInTimeDrillProps): string {
  return String(Math.floor(timeout.toMilliseconds() * 0.0009));
}

function checkStore(problems: Problems, props: PointInTimeDrillProps, { store }: PostgresArchive): void {
  if (store._parts.inTheClear) {
    const wayOut = 'the database would travel in the clear; give the store an endpoint of https://';
    problems.add('source.store', 'must not have an endpoint of http://', store.place, wayOut);
  } else {
    checkBlobJob(problems, props, { store });
  }
}

function checkSource(problems: Problems, { image }: PointInTimeDrillProps, { source, engine }: Origin): void {
  checkServerName(problems, 'source.serverName', source.serverName);
  if (engine.spec.name !== 'postgresql') {
    const wayOut = "only that has an archive of WAL; write DatabaseEngine.postgres({ version: '17.11' })";
    problems.add('engine', 'must be PostgreSQL', engine.spec.name, wayOut);
  }
  if (image !== undefined) checkImage(problems, 'image', image);
}

function checkTimes(
  problems: Problems,
  { target, recoveryPointObjective, heartbeat, timeout }: PointInTimeDrillProps,
): void {
  if (target) checkSeconds(problems, 'target', target, 1, 'write Duration.hours(4)');
  if (!recoveryPointObjective) return;
  checkSeconds(problems, 'recoveryPointObjective', recoveryPointObjective, 1, 'write Duration.minutes(10)');
  if (!heartbeat) {
    const wayOut =
      'a database in which nothing happens writes no WAL, so the age of its newest transaction says nothing; give the drill a heartbeat';
    problems.add(
      'recoveryPointObjective',
      'must be left out without a heartbeat',
      seconds(recoveryPointObjective),
      wayOut,
    );
  }
  const whole = timeout ?? Duration.hours(6);
  if (recoveryPointObjective.toMilliseconds() * 2 > whole.toMilliseconds()) {
    const wayOut = 'the drill waits for it before it recovers anything; set timeout to more';
    problems.add('recoveryPointObjective', 'must be at most half of timeout', seconds(recoveryPointObjective), wayOut);
  }
}

function checkHeartbeat(
  problems: Problems,
  drill: PointInTimeDrill,
  name: string,
  heartbeat: PointInTimeHeartbeat | undefined,
): void {
  if (!heartbeat) return;
  const { database, user, password } = heartbeat;
  if (database.engine.spec.name !== 'postgresql') {
    const wayOut = 'it is the server whose archive is recovered; leave the heartbeat out';
    problems.add('heartbeat.database', 'must be a PostgreSQL', database.engine.spec.name, wayOut);
  }
  if (password) checkSecretKey(problems, 'heartbeat.password.key', password.key);
  if (user !== undefined && user !== database.user && !loginOf(heartbeat).password) {
    const wayOut = "the database's own is that of another user";
    problems.add('heartbeat.password', 'must be given with a user', undefined, wayOut);
  }
  checkDatabaseAccess(problems, drill, name, database, 'heartbeat.database');
}

function checkChecks(problems: Problems, { checks = {}, databaseName }: PointInTimeDrillProps): void {
  if (databaseName === '') problems.add('databaseName', 'must not be empty', databaseName, "write 'orders'");
  checkCheckFiles(problems, checks, '.sql');
}

function scriptsName(name: string): string {
  return `${name}-scripts`;
}

function checksName(name: string): string {
  return `${name}-checks`;
}
