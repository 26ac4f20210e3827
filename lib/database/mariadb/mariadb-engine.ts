import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Problems } from '../../private/problems';
import type { DatabaseEngineSpec } from '../database-engine-spec';
import { readScript, readScripts, readVolumeBackupScripts, verbsOf } from '../read-script';

/** The majors whose image is known here. */
const MAJORS = [10, 11, 12];

const DATA = 'the path at which the claim is mounted, /var/lib/mysql';

/**
 * Options of `DatabaseEngine.mariadb`.
 */
export interface MariadbOptions {
  /**
   * Version as `major.minor.patch`, e.g. `11.8.8`. Any release of 10, 11 and 12.
   *
   * A later release starts on the data of an earlier one, but **there is no way back**. After a change of `major.minor`, the system
   * tables are brought up to date by `autoUpgrade`.
   */
  readonly version: string;

  /**
   * Whether the server brings the system tables up to date when it starts on data of an earlier release; it keeps a dump of the
   * old ones beside the data.
   *
   * @default true
   */
  readonly autoUpgrade?: boolean;
}

export function mariadbSpec(options: MariadbOptions): DatabaseEngineSpec {
  const problems = new Problems();
  if (!/^\d+\.\d+\.\d+$/.test(options.version)) {
    const wayOut = "a shorter tag moves under the data; write '11.8.8'";
    problems.add('version', "must be 'major.minor.patch'", options.version, wayOut);
  } else if (!MAJORS.includes(parseInt(options.version, 10))) {
    const wayOut =
      'another major may keep its data elsewhere, where no volume is mounted; use one of these, or DatabaseEngine.of';
    problems.add('version', `must be of a known major, ${MAJORS.join(', ')}`, options.version, wayOut);
  }
  problems.throwIfAny('DatabaseEngine.mariadb');

  return {
    name: 'mariadb',
    image: `mariadb:${options.version}`,
    version: options.version,
    port: 3306,
    mountPath: '/var/lib/mysql',
    runAsUser: 999,
    runAsGroup: 999,
    terminationGracePeriod: Duration.seconds(120),
    emptyDirs: [
      { path: '/run/mysqld', sizeLimit: Size.mebibytes(16) },
      // Large sorts and changes of tables go there.
      { path: '/tmp', sizeLimit: Size.gibibytes(1) },
    ],
    env: {
      // The image's default is root from the whole network.
      MARIADB_ROOT_HOST: 'localhost',
      ...((options.autoUpgrade ?? true) && { MARIADB_AUTO_UPGRADE: '1' }),
    },
    user: 'root',
    administratorIsLocal: true,
    databaseName: 'mysql',
    passwordVariable: 'MARIADB_ROOT_PASSWORD',
    applicationVariables: { user: 'MARIADB_USER', password: 'MARIADB_PASSWORD', databaseName: 'MARIADB_DATABASE' },
    backupUserScript: readScript(__dirname, 'backup-user.sh'),
    reservedUsers: ['mariadb.sys', 'healthcheck'],
    // Folders that a file system, or Velero after a restore, leaves in the root would else be taken for databases, which no dump can read.
    args: ['--ignore-db-dirs=lost+found', '--ignore-db-dirs=.velero'],
    parameterArgs: ['--{name}={value}'],
    reservedParameters: {
      aria_log_dir_path: DATA,
      bind_address: 'the probes and the clients; close the server by a NetworkPolicy',
      datadir: DATA,
      innodb_data_home_dir: DATA,
      innodb_log_group_home_dir: DATA,
      innodb_undo_directory: DATA,
      port: 'the port of probes, Service and clients, which is 3306',
      skip_networking: 'the probes and the clients; close the server by a NetworkPolicy',
      socket: 'the only folder for sockets that may be written to, /run/mysqld',
    },
    initScriptsPath: '/docker-entrypoint-initdb.d',
    initScriptEndings: ['.sh', '.sql', '.sql.gz', '.sql.xz', '.sql.zst'],
    initializeScript: readScript(__dirname, 'initialize.sh'),
    initializeFiles: {
      'as-made.sh': readScript(join(__dirname, 'backup'), 'as-made.sh'),
      'set-password.sh': readScript(__dirname, 'set-password.sh'),
    },
    initializedTest: '[ -d "$DATA_VOLUME/mysql" ] && [ ! -e "$DATA_VOLUME/.initializing" ]',
    passwordFiles: true,
    backupScripts: {
      ...verbsOf(readScripts(join(__dirname, 'backup'))),
      copyFiles: readScripts(join(__dirname, 'copy')),
      wholeServer: true,
      // What decides whether the statements of a dump are taken, and what names mean.
      drillParameters: [
        'lower_case_table_names',
        'sql_mode',
        'character_set_server',
        'collation_server',
        'innodb_page_size',
        'innodb_strict_mode',
        'plugin_load_add',
      ],
    },
    volumeBackupScripts: readVolumeBackupScripts(__dirname),
    exporter: {
      name: 'mysqld_exporter',
      image: 'prom/mysqld-exporter:v0.19.0',
      port: 9104,
      // In a file of its own it would replace what follows a `$`. The variable is that of this process alone.
      script: [
        `MYSQLD_EXPORTER_PASSWORD=$(tr -d '\\r\\n' < "$METRICS_PASSWORD_FILE") exec /bin/mysqld_exporter --config.my-cnf= \\`,
        '    --mysqld.address=127.0.0.1:3306 --mysqld.username="$METRICS_USER" "$@"',
      ].join('\n'),
      userScript: readScript(__dirname, 'metrics-user.sh'),
    },
    // InnoDB recovers before the server listens: a day, rather than a restart that begins it anew.
    startupProbe: { ...probe(), periodSeconds: 10, failureThreshold: 8640 },
    livenessProbe: { ...probe(), periodSeconds: 20, failureThreshold: 6 },
    readinessProbe: { ...probe(), periodSeconds: 10, failureThreshold: 3 },
  };
}

/**
 * Only --connect: it takes "access denied" for alive. The check's own user is made with the database, so all else fails for
 * ever on data that an older image made.
 */
function probe(): k8s.Probe {
  return { exec: { command: ['healthcheck.sh', '--connect'] }, timeoutSeconds: 10 };
}
