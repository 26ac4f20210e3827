import { join } from 'node:path';
import { Duration, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { checkMountPath } from '../../private/names';
import { Problems } from '../../private/problems';
import type { DatabaseEngineSpec } from '../database-engine-spec';
import { readScript, readScripts, readVolumeBackupScripts, verbsOf } from '../read-script';

/** The majors whose image is known here: a new one may move its data, as 18 did. */
const MAJORS = [14, 15, 16, 17, 18];

/**
 * Options of `DatabaseEngine.postgres`.
 */
export interface PostgresOptions {
  /**
   * Version as `major.minor`, e.g. `17.11`. Any minor of the majors 14 to 18.
   *
   * Minors share their data format: raise them freely. **A new major cannot read the data of an old one**; it refuses to
   * start on them, and changes nothing.
   */
  readonly version: string;

  /**
   * The image's suffix: a Debian suite or an Alpine version, e.g. `bookworm`, `trixie`, `alpine3.24`.
   *
   * **Keep it for the life of the data.** Another suite has another C library, which sorts text in another order than
   * existing indexes were built in: they then miss rows. Debian and Alpine differ in user id as well.
   *
   * @default 'bookworm'
   */
  readonly variant?: string;

  /**
   * PGDATA, the folder of the database cluster: a folder below `mountPath`. Set it to adopt data that lie elsewhere.
   *
   * @default - `/var/lib/postgresql/data/pgdata`; from 18 on the image's own, e.g. `/var/lib/postgresql/18/docker`
   */
  readonly dataDirectory?: string;

  /**
   * Where the claim is mounted: the image's VOLUME, or a path outside of it that holds `dataDirectory`.
   *
   * @default - `/var/lib/postgresql/data`; from 18 on `/var/lib/postgresql`
   */
  readonly mountPath?: string;

  /**
   * Arguments of initdb, which makes the cluster at the very first start.
   *
   * @default - `--data-checksums`: a page that the disk has altered is an error instead of a wrong answer
   */
  readonly initdbArgs?: string[];
}

export function postgresSpec(options: PostgresOptions): DatabaseEngineSpec {
  const variant = options.variant ?? 'bookworm';
  const major = parseInt(options.version, 10);
  const [mountPath, dataDirectory] =
    major >= 18
      ? ['/var/lib/postgresql', `/var/lib/postgresql/${major}/docker`]
      : ['/var/lib/postgresql/data', '/var/lib/postgresql/data/pgdata'];
  const layout = {
    mountPath: (options.mountPath ?? mountPath).replace(/\/+$/, ''),
    dataDirectory: options.dataDirectory ?? dataDirectory,
  };
  validate(options, major, layout);

  const initdbArgs = (options.initdbArgs ?? ['--data-checksums']).join(' ');
  const id = variant.startsWith('alpine') ? 70 : 999;
  return {
    name: 'postgresql',
    replicatedBy: 'CloudNativePgDatabase',
    image: `postgres:${options.version}-${variant}`,
    version: options.version,
    port: 5432,
    mountPath: layout.mountPath,
    runAsUser: id,
    runAsGroup: id,
    // The image stops by SIGINT, a fast shutdown: sessions are ended, and a checkpoint is written.
    terminationGracePeriod: Duration.seconds(120),
    emptyDirs: [{ path: '/var/run/postgresql', sizeLimit: Size.mebibytes(16) }, { path: '/tmp' }],
    sharedMemory: true,
    env: {
      PGDATA: layout.dataDirectory,
      ...(initdbArgs && { POSTGRES_INITDB_ARGS: initdbArgs }),
    },
    user: 'postgres',
    databaseName: 'postgres',
    userVariable: 'POSTGRES_USER',
    passwordVariable: 'POSTGRES_PASSWORD',
    databaseVariable: 'POSTGRES_DB',
    parameterArgs: ['-c', '{name}={value}'],
    reservedParameters: {
      config_file: "the engine's dataDirectory, where the server keeps it",
      data_directory: "the engine's dataDirectory",
      listen_addresses: 'the probes, which connect to 127.0.0.1; close the server by a NetworkPolicy',
      port: 'the port of probes, Service and clients, which is 5432',
      unix_socket_directories: 'the only folder for sockets that may be written to, /var/run/postgresql',
    },
    initScriptsPath: '/docker-entrypoint-initdb.d',
    initScriptEndings: ['.sh', '.sql', '.sql.gz', '.sql.xz', '.sql.zst'],
    applicationUserScript: readScript(__dirname, 'application-user.sh'),
    initializeScript: readScript(__dirname, 'initialize.sh'),
    initializeFiles: {
      'as-made.sh': readScript(join(__dirname, 'backup'), 'as-made.sh'),
      'set-password.sh': readScript(__dirname, 'set-password.sh'),
    },
    initializedTest: '[ -s "$PGDATA/PG_VERSION" ]',
    passwordFiles: true,
    backupScripts: {
      ...verbsOf(readScripts(join(__dirname, 'backup'))),
      copyFiles: readScripts(join(__dirname, 'copy')),
      wholeServer: true,
      parallel: true,
      // Extensions that must be preloaded, and their own parameters, as cron.database_name.
      drillParameters: ['shared_preload_libraries', 'session_preload_libraries', 'local_preload_libraries', '*.*'],
    },
    volumeBackupScripts: readVolumeBackupScripts(__dirname),
    exporter: {
      name: 'postgres_exporter',
      image: 'prometheuscommunity/postgres-exporter:v0.19.1',
      port: 9187,
      // A database that exists always, and that no restore of an application's gives another name.
      env: { DATA_SOURCE_URI: '127.0.0.1:5432/postgres?sslmode=disable' },
      // A password from a file that holds a space or a quote it takes for a malformed login, and logs it. The variable is that of this process alone.
      script: [
        `PGPASSWORD=$(tr -d '\\r\\n' < "$METRICS_PASSWORD_FILE") DATA_SOURCE_USER=$METRICS_USER \\`,
        '    exec /bin/postgres_exporter "$@"',
      ].join('\n'),
      userScript: readScript(__dirname, 'metrics-user.sh'),
    },
    // A server in crash recovery is up and answers "rejecting": pg_isready's status 1. It must be left alone, for hours if
    // need be. Without -h it would ask the socket. An answer is not a login: user and database only keep the log clean.
    startupProbe: { ...probe('[ $? -lt 2 ]'), periodSeconds: 5, failureThreshold: 120 },
    livenessProbe: { ...probe('[ $? -lt 2 ]'), periodSeconds: 20, failureThreshold: 6 },
    readinessProbe: { ...probe(''), periodSeconds: 10, failureThreshold: 3 },
    connectionVariables: {
      host: 'PGHOST',
      port: 'PGPORT',
      user: 'PGUSER',
      password: 'PGPASSWORD',
      databaseName: 'PGDATABASE',
    },
  };
}

function probe(verdict: string): k8s.Probe {
  const isReady = 'pg_isready -q -h 127.0.0.1 -t 5 -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-postgres}"';
  return {
    exec: { command: ['sh', '-c', verdict ? `${isReady}; ${verdict}` : `exec ${isReady}`] },
    timeoutSeconds: 10,
  };
}

function validate(options: PostgresOptions, major: number, layout: { mountPath: string; dataDirectory: string }): void {
  const problems = new Problems();
  if (!/^\d+\.\d+$/.test(options.version)) {
    problems.add(
      'version',
      "must be 'major.minor'",
      options.version,
      "a tag without minor moves under the data; write '17.11'",
    );
  } else if (!MAJORS.includes(major)) {
    problems.add(
      'version',
      `must be of a known major, ${MAJORS.join(', ')}`,
      options.version,
      'another major may keep its data elsewhere, where no volume is mounted; use one of these, or DatabaseEngine.of',
    );
  }
  if (options.variant !== undefined && !/^[a-z][a-z0-9.]*$/.test(options.variant)) {
    problems.add('variant', 'must be the suffix of an image tag', options.variant, "write 'bookworm' or 'alpine3.24'");
  }
  checkMountPath(problems, 'mountPath', layout.mountPath);
  checkMountPath(problems, 'dataDirectory', layout.dataDirectory);
  if (!`${layout.dataDirectory}/`.startsWith(`${layout.mountPath}/`)) {
    problems.add(
      'dataDirectory',
      `must lie below mountPath, ${layout.mountPath}`,
      layout.dataDirectory,
      "elsewhere it is lost with the container; write it as '/var/lib/postgresql/data/pgdata'",
    );
  }
  problems.throwIfAny('DatabaseEngine.postgres');
}
