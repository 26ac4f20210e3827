import { Duration } from 'cdk8s';
import type { BlobStore } from '../backup/blob-store';
import type { BarmanStore } from '../backup/stores/store-parts';
import { databaseOf } from '../database/database';
import {
  checkDnsLabel,
  checkImage,
  checkInteger,
  checkPort,
  checkSeconds,
  checkSecretKey,
  parseImage,
} from '../private/names';
import type { Problems } from '../private/problems';
import { checkSize, kibibytes } from '../storage/quantity';
import { checkMedium } from '../workload/database-image-rules';
import type { CloudNativePgDatabase } from './cloudnative-pg-database';
import { DataDurability } from './cloudnative-pg-database-props';
import type {
  CloudNativePgDatabaseProps,
  CloudNativePgStorage,
  ContinuousBackup,
  PostgresRecovery,
} from './cloudnative-pg-database-props';
import { instancesOf } from './cluster-spec';
import { archiveOf, checkServerName, originOf, placeOf } from './continuous-archive';
import { checkParameters } from './parameter-rules';

/** Roles and databases that the operator or PostgreSQL itself makes. */
const RESERVED_USERS = ['postgres', 'streaming_replica', 'cnpg_pooler_pgbouncer'];
const RESERVED_DATABASES = ['postgres', 'template0', 'template1'];

/** Services get endings of this name; a Service begins with a letter. */
export function checkClusterName(problems: Problems, name: string): void {
  checkDnsLabel(problems, 'name', name, 50, 'the operator takes no longer one');
  if (/^[0-9]/.test(name)) {
    problems.add('name', 'must begin with a letter', name, 'Services are called after it; put a letter first');
  }
}

/** What holds for the props alone. */
export function checkProps(problems: Problems, name: string, image: string, props: CloudNativePgDatabaseProps): void {
  checkClusterName(problems, name);
  checkEngine(problems, image, props);
  checkInstances(problems, props);
  checkStorage(problems, 'storage', props.storage);
  if (props.walStorage) checkStorage(problems, 'walStorage', props.walStorage);
  if (props.resources?.memory) checkSize(problems, 'resources.memory', props.resources.memory);
  if (props.resources?.ephemeralStorage) {
    checkSize(problems, 'resources.ephemeralStorage', props.resources.ephemeralStorage);
  }
  checkUsers(problems, props);
  checkParameters(problems, props);
  checkShutdown(problems, props);
  if (props.operatorNamespace !== undefined) checkDnsLabel(problems, 'operatorNamespace', props.operatorNamespace);
  props.apiServerPorts?.forEach((port, index) => checkPort(problems, `apiServerPorts[${index}]`, port));
  if (props.continuousBackup) checkBackup(problems, name, props.continuousBackup);
  if (props.recoverFrom) checkRecovery(problems, name, props, props.recoverFrom);
  if (props.recoverFrom && props.importFrom) {
    const wayOut = 'a database begins with one of the two; leave the other out';
    problems.add('importFrom', "must not stand beside 'recoverFrom'", props.importFrom.database.node.path, wayOut);
  }
}

function checkEngine(problems: Problems, image: string, { engine, clientImage }: CloudNativePgDatabaseProps): void {
  const { spec } = engine;
  const [major] = spec.version?.split('.') ?? [];
  if (spec.name !== 'postgresql' || major === undefined) {
    const wayOut = "CloudNativePG runs PostgreSQL alone; write DatabaseEngine.postgres({ version: '17.11' })";
    problems.add('engine', 'must be of DatabaseEngine.postgres', spec.name, wayOut);
    return;
  }
  const { tag, digest } = parseImage(image);
  if (tag === undefined || tag === 'latest' || !/^\d/.test(tag)) {
    const wayOut =
      'the operator reads the version in it, and refuses others and a digest alone; write ' +
      `'ghcr.io/cloudnative-pg/postgresql:${spec.version}-standard-trixie', with @sha256:… behind it if you want it pinned`;
    problems.add('image', 'must have a tag that begins with the version', image, wayOut);
  } else {
    checkImage(problems, 'image', image);
    if (!new RegExp(`^${major}([.-]|$)`).test(tag)) {
      const wayOut =
        'the operator takes another major for an upgrade and begins it at once, with all instances down; give both the same';
      problems.add('image', `must hold the major of the engine, ${major}`, image, wayOut);
    } else if (digest === undefined && !/^\d+\.\d+/.test(tag)) {
      const wayOut = `it moves on to the next minor in the middle of anything; write '${spec.version}-standard-trixie'`;
      problems.add('image', 'must name the minor version too', image, wayOut);
    }
  }
  if (clientImage === undefined) return;
  checkImage(problems, 'clientImage', clientImage);
  if (/cloudnative-pg\/postgresql[:@]/.test(clientImage)) {
    const wayOut = "jobs run as user 999, which its images do not have; leave it out, or name a mirror of 'postgres'";
    problems.add('clientImage', 'must be an image of the official postgres', clientImage, wayOut);
  }
}

function checkInstances(problems: Problems, props: CloudNativePgDatabaseProps): void {
  const instances = instancesOf(props);
  checkInteger(problems, 'instances', instances, 1, 2147483647, 'write 3, a primary and two standbys');
  if (props.podDisruptionBudget === true && instances <= 1) {
    const wayOut = 'it would block every drain of the only instance for ever; leave it out';
    problems.add('podDisruptionBudget', 'must not be true with one instance', true, wayOut);
  }
  if (!props.synchronous) return;
  const { number = 1, durability = DataDurability.REQUIRED } = props.synchronous;
  checkInteger(problems, 'synchronous.number', number, 1, 2147483647, 'write 1, or leave synchronous out');
  if (number < instances) return;
  const wayOut =
    durability === DataDurability.REQUIRED
      ? 'so many standbys are never there, and each commit would wait for ever; write 3 instances and number: 1'
      : 'so many standbys are never there; write 3 instances and number: 1';
  problems.add('synchronous.number', `must be less than 'instances', ${instances}`, number, wayOut);
}

function checkStorage(problems: Problems, prop: string, { size, storageClass }: CloudNativePgStorage): void {
  checkSize(problems, `${prop}.size`, size);
  const { medium, minimumSize, storageClassName = '' } = storageClass ?? {};
  checkMedium(
    problems,
    { prop: `${prop}.storageClass`, value: storageClassName, ...(medium && { medium }) },
    'PostgreSQL',
  );
  if (!minimumSize || kibibytes(size) >= kibibytes(minimumSize)) return;
  const wayOut = `class '${storageClassName}' makes no smaller volume; write its size`;
  problems.add(`${prop}.size`, `must be at least ${minimumSize.asString()}`, size.asString(), wayOut);
}

function checkUsers(problems: Problems, props: CloudNativePgDatabaseProps): void {
  const { applicationUser, password, engine } = props;
  checkBasicAuthKey(problems, 'applicationUser.password.key', applicationUser.password.key);
  if (password) checkBasicAuthKey(problems, 'password.key', password.key);
  if (RESERVED_USERS.includes(applicationUser.name) || applicationUser.name === '') {
    const rule = "must be another than the server's own users";
    problems.add('applicationUser.name', rule, applicationUser.name, "choose another name, e.g. 'shop'");
  }
  const databaseName = databaseOf(applicationUser, engine.spec);
  if (RESERVED_DATABASES.includes(databaseName) || databaseName === '') {
    const rule = "must be another than the server's own databases";
    problems.add('applicationUser.databaseName', rule, databaseName, "choose another name, e.g. 'shop'");
  }
}

/** The operator reads two keys, and asks for no others. */
function checkBasicAuthKey(problems: Problems, prop: string, key: string): void {
  checkSecretKey(problems, prop, key);
  if (key === 'password' || !/^[-._a-zA-Z0-9]+$/.test(key)) return;
  const wayOut =
    "the operator reads the keys 'username' and 'password' of a Secret of the type kubernetes.io/basic-auth; make one, and write key: 'password'";
  problems.add(prop, "must be 'password'", key, wayOut);
}

function checkShutdown(problems: Problems, props: CloudNativePgDatabaseProps): void {
  const { smartShutdownTimeout = Duration.seconds(15), stopDelay = Duration.seconds(180) } = props;
  checkSeconds(problems, 'smartShutdownTimeout', smartShutdownTimeout, 0, 'write Duration.seconds(15)');
  checkSeconds(problems, 'stopDelay', stopDelay, 1, 'with 0 the server is always killed');
  if (stopDelay.toMilliseconds() > smartShutdownTimeout.toMilliseconds()) return;
  const wayOut = 'the server would be killed while it waits for its sessions, and recover from a crash; write more';
  problems.add('stopDelay', "must be longer than 'smartShutdownTimeout'", stopDelay.toHumanString(), wayOut);
}

function checkBackup(problems: Problems, name: string, backup: ContinuousBackup): void {
  const prop = 'continuousBackup';
  const { schedule, recoveryWindow, recoveryPointObjective, memory } = backup;
  checkServerName(problems, `${prop}.serverName`, backup.serverName ?? name);
  const expression = schedule?.expressionString;
  if (expression !== undefined && !/^\S+( \S+){4}$/.test(expression)) {
    const wayOut =
      "the operator's has a sixth, seconds, which is added here; write Cron.daily() or Cron.schedule({ minute: '0', hour: '2' })";
    problems.add(`${prop}.schedule`, 'must have five fields without spaces in them', expression, wayOut);
  } else if (expression?.includes('TZ=')) {
    problems.add(`${prop}.schedule`, 'must name no time zone', expression, "it runs in the operator's, which is UTC");
  }
  const days = recoveryWindow && recoveryWindow.toMilliseconds() / 86_400_000;
  if (days !== undefined) {
    checkInteger(
      problems,
      `${prop}.recoveryWindow`,
      days,
      1,
      36_500,
      'the plugin counts days; write Duration.days(14)',
    );
  }
  if (recoveryPointObjective) {
    const wayOut = 'with 0 a quiet database archives nothing until 16 MiB are written; write Duration.minutes(5)';
    checkSeconds(problems, `${prop}.recoveryPointObjective`, recoveryPointObjective, 1, wayOut);
    if (recoveryPointObjective.toMilliseconds() > 86_400_000) {
      const rule = 'must be a day at most';
      problems.add(
        `${prop}.recoveryPointObjective`,
        rule,
        recoveryPointObjective.toHumanString(),
        'write Duration.minutes(5)',
      );
    }
  }
  if (memory) checkSize(problems, `${prop}.memory`, memory);
}

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:?\d\d)?)$/;

function checkRecovery(
  problems: Problems,
  name: string,
  props: CloudNativePgDatabaseProps,
  recovery: PostgresRecovery,
): void {
  const prop = 'recoverFrom';
  const { database, store, serverName, targetTime } = recovery;
  if (database && (store || serverName !== undefined)) {
    const wayOut = "'database' says where its backups are; leave one of the two out";
    problems.add(prop, "must have 'database', or 'store' and 'serverName'", Object.keys(recovery), wayOut);
  } else if (database && !database._archive) {
    const wayOut =
      "it has no 'continuousBackup', so there is nothing to recover from; give it one, or another database";
    problems.add(`${prop}.database`, 'must be one with a continuousBackup', database.node.path, wayOut);
  } else if (!database && !(store && serverName !== undefined)) {
    const wayOut = "write { database }, or { store, serverName } of backups that another app's database made";
    problems.add(prop, "must have 'database', or 'store' and 'serverName'", Object.keys(recovery), wayOut);
  }
  if (serverName !== undefined) checkServerName(problems, `${prop}.serverName`, serverName);
  if (targetTime !== undefined) checkTargetTime(problems, `${prop}.targetTime`, targetTime);
  const origin = originOf(recovery);
  const archive = archiveOf(name, props.continuousBackup);
  if (!archive || !origin.store || origin.serverName === undefined) return;
  if (placeOf(archive) === placeOf({ store: origin.store, serverName: origin.serverName })) {
    const wayOut =
      'it would archive among the files of its past, which the plugin refuses, and the recovery would not end; ' +
      `write serverName: '${archive.serverName}-2'`;
    problems.add(
      'continuousBackup.serverName',
      'must be new for a database that is recovered',
      archive.serverName,
      wayOut,
    );
  }
}

function checkTargetTime(problems: Problems, prop: string, time: string): void {
  const parsed = Date.parse(time.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  if (!TIME.test(time) || Number.isNaN(parsed)) {
    const wayOut = "without a time zone it would be another moment on another machine; write '2026-11-28T10:15:00Z'";
    problems.add(prop, 'must be a date, a time with seconds, and a time zone', time, wayOut);
  } else if (parsed > Date.now()) {
    const wayOut = 'the recovery would wait for WAL that does not come, without end; write a time that was archived';
    problems.add(prop, 'must lie in the past', time, wayOut);
  }
}

/** The sidecar has one environment and one ServiceAccount: what one store says of them would be said of the other too. */
export function checkStores(
  problems: Problems,
  own: { readonly store: BlobStore; readonly barman: BarmanStore | undefined },
  origin: { readonly store: BlobStore; readonly barman: BarmanStore | undefined },
): void {
  const wayOut =
    'one recovery cannot read one and write the other; recover without continuousBackup first, and add it when the database is up';
  for (const [name, value] of Object.entries(origin.barman?.env ?? {})) {
    const other = own.barman?.env?.[name];
    if (other === undefined || other === value) continue;
    problems.add('recoverFrom.store', `must have the ${name} of 'continuousBackup.store', ${other}`, value, wayOut);
  }
  const [identity, other] = [own, origin].map(({ store }) => store._parts.serviceAccount?.name);
  if (identity === undefined || other === undefined || identity === other) return;
  const rule = `must have the ServiceAccount of 'continuousBackup.store', ${identity}`;
  problems.add('recoverFrom.store', rule, other, 'the instances have one; give both roles to it');
}

/** Whose archive is where, in each app. */
const archives = new WeakMap<object, Map<string, CloudNativePgDatabase>>();

export function claimArchive(database: CloudNativePgDatabase, place: string): void {
  const { root } = database.node;
  const known = archives.get(root) ?? new Map<string, CloudNativePgDatabase>();
  archives.set(root, known);
  known.set(place, database);
}

export function otherArchive(root: object, place: string): CloudNativePgDatabase | undefined {
  return archives.get(root)?.get(place);
}
