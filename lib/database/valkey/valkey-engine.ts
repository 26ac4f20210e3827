import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Problems } from '../../private/problems';
import type { DatabaseEngineSpec } from '../database-engine-spec';
import { readScript, readScripts, verbsOf } from '../read-script';
import type { StatefulDatabaseProps } from '../stateful-database-props';

/** The majors whose image is known here. */
const MAJORS = [8, 9];

const DATA = 'the path at which the claim is mounted, /data';
const POLICY = 'the probes and the clients; close the server by a NetworkPolicy';
const USERS = 'the users, which the server keeps in /data/users.acl; change them by ACL SETUSER and ACL SAVE';
const ALONE = 'a server that is alone: it would drop its data for those of another, or hold a part of them';

/**
 * Options of `DatabaseEngine.valkey`.
 */
export interface ValkeyOptions {
  /**
   * Version as `major.minor.patch`, e.g. `8.1.8`. Any release of 8 and 9.
   *
   * A later release starts on the data of an earlier one, but **there is no way back**: an earlier one may not read what a later one wrote.
   */
  readonly version: string;

  /**
   * The image's suffix: a Debian suite or an Alpine version, e.g. `trixie`, `alpine3.23`. The group id of Alpine's image is another.
   *
   * @default 'trixie'
   */
  readonly variant?: string;
}

export function valkeySpec(options: ValkeyOptions): DatabaseEngineSpec {
  const variant = options.variant ?? 'trixie';
  validate(options);
  return {
    name: 'valkey',
    image: `valkey/valkey:${options.version}-${variant}`,
    version: options.version,
    port: 6379,
    mountPath: '/data',
    // https://github.com/valkey-io/valkey-container/blob/mainline/Dockerfile.template
    runAsUser: 999,
    runAsGroup: variant.startsWith('alpine') ? 1000 : 999,
    // At SIGTERM it brings the append-only file to the disk, and then writes a dump.rdb: nothing is lost if that takes too long.
    terminationGracePeriod: Duration.seconds(120),
    emptyDirs: [{ path: '/tmp', sizeLimit: Size.mebibytes(64) }],
    user: 'default',
    databaseName: '0',
    applicationDatabaseName: '0',
    passwordVariable: 'VALKEY_PASSWORD',
    applicationVariables: {
      user: 'VALKEY_USER',
      password: 'VALKEY_USER_PASSWORD',
      databaseName: 'VALKEY_USER_DATABASE',
    },
    passwordFiles: true,
    reservedUsers: ['probe'],
    args: [
      ...['--dir', '/data', '--aclfile', '/data/users.acl'],
      // A write is in the file before it is acknowledged, and each second the file is brought to the disk.
      ...['--appendonly', 'yes', '--appendfsync', 'everysec'],
      // A restore fills databases that are empty, beside those that clients use: as many as the image has again.
      ...['--databases', '32'],
      ...['--maxmemory-policy', 'noeviction'],
    ],
    // The copy of a snapshot, of buffers and of what is written meanwhile needs the rest.
    memoryArgs: ['--maxmemory', '{bytes}'],
    memoryShare: 0.6,
    parameterArgs: ['--{name}', '{value}'],
    reservedParameters: {
      aclfile: USERS,
      appenddirname: DATA,
      appendfilename: DATA,
      appendonly: 'the data: without the file, all that was written since the last snapshot is lost',
      bind: POLICY,
      cluster_enabled: ALONE,
      daemonize: 'the container, which ends with its first process',
      dbfilename: DATA,
      dir: DATA,
      include: 'the arguments of the server; write each parameter by itself',
      maxmemory_policy: 'the data: any other drops keys when the memory is full; for a cache, use a Deployment',
      port: 'the port of probes, Service and clients, which is 6379',
      rename_command: 'probes and backups, which use the commands; take rights from users instead',
      replicaof: ALONE,
      requirepass: USERS,
      slaveof: ALONE,
      user: USERS,
    },
    initializeScript: readScript(__dirname, 'initialize.sh'),
    initializeFiles: { 'set-password.sh': readScript(__dirname, 'set-password.sh') },
    initializedTest: '[ -s "$DATA_VOLUME/users.acl" ] && [ -s "$DATA_VOLUME/appendonlydir/appendonly.aof.manifest" ]',
    backupScripts: {
      ...verbsOf(readScripts(join(__dirname, 'backup'))),
      checkEnding: '.lua',
      // Without its modules a server does not read what they wrote.
      drillParameters: ['loadmodule', 'proto_max_bulk_len'],
    },
    exporter: {
      name: 'redis_exporter',
      image: 'oliver006/redis_exporter:v1.88.0-alpine',
      port: 9121,
      // CONFIG would show it more than it needs, and its user may not.
      env: { REDIS_ADDR: 'redis://127.0.0.1:6379', REDIS_EXPORTER_CONFIG_COMMAND: '-' },
      // It reads passwords as JSON, by address.
      script: [
        `tr -d '\\r\\n' < "$METRICS_PASSWORD_FILE" | sed -e 's/[\\\\"]/\\\\&/g' -e "s|.*|{\\"redis://$METRICS_USER@127.0.0.1:6379\\":\\"&\\"}|" |`,
        '    REDIS_USER=$METRICS_USER REDIS_PASSWORD_FILE=/dev/stdin exec /redis_exporter "$@"',
      ].join('\n'),
      userScript: readScript(__dirname, 'metrics-user.sh'),
    },
    // A server that reads its data answers LOADING: it is up, and takes as long as it takes. A day, rather than a restart that begins anew.
    startupProbe: { ...probe('^[A-Z][A-Z]'), periodSeconds: 5, failureThreshold: 17280 },
    livenessProbe: { ...probe('^[A-Z][A-Z]'), periodSeconds: 20, failureThreshold: 6 },
    // MISCONF: it takes no writes until its disk has space again, and reads go on.
    readinessProbe: { ...probe('^PONG', '^MISCONF'), periodSeconds: 10, failureThreshold: 3 },
  };
}

/** Asks as the user `probe`, who may do nothing else and has no password. An answer is in capitals; what the client says by itself is not. */
function probe(...answers: string[]): k8s.Probe {
  const ask = "valkey-cli --no-auth-warning --user probe --pass '' PING 2>&1";
  const patterns = answers.map((answer) => `-e '${answer}'`).join(' ');
  return { exec: { command: ['sh', '-c', `${ask} | grep ${patterns}`] }, timeoutSeconds: 10 };
}

function validate({ version, variant }: ValkeyOptions): void {
  const problems = new Problems();
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    const wayOut = "a shorter tag moves under the data; write '8.1.8'";
    problems.add('version', "must be 'major.minor.patch'", version, wayOut);
  } else if (!MAJORS.includes(parseInt(version, 10))) {
    const wayOut =
      'another major may keep its data elsewhere, where no volume is mounted; use one of these, or DatabaseEngine.of';
    problems.add('version', `must be of a known major, ${MAJORS.join(', ')}`, version, wayOut);
  }
  if (variant !== undefined && !/^[a-z][a-z0-9.]*$/.test(variant)) {
    problems.add('variant', 'must be the suffix of an image tag', variant, "write 'trixie' or 'alpine3.23'");
  }
  problems.throwIfAny('DatabaseEngine.valkey');
}

/** What this engine refuses of a database's props. */
export function checkValkey(problems: Problems, { applicationUser }: StatefulDatabaseProps): void {
  const databaseName = applicationUser?.databaseName;
  if (databaseName === undefined || /^\d+$/.test(databaseName)) return;
  const wayOut = "its databases have numbers, and no client could select another; write '0' or leave it out";
  problems.add('applicationUser.databaseName', 'must be a number with the engine valkey', databaseName, wayOut);
}
