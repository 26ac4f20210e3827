import { checkKnownProps } from '../private/known-props';
import { checkImage, checkMountPath, checkPort, checkPortName, checkUnique } from '../private/names';
import { Problems } from '../private/problems';
import { checkEmptyDirMount } from '../workload/empty-dir-mount';
import { checkRunAs } from '../workload/pod-rules';
import type { DatabaseEngineSpec } from './database-engine-spec';
import type { MariadbOptions } from './mariadb/mariadb-engine';
import { mariadbSpec } from './mariadb/mariadb-engine';
import type { MongoOptions } from './mongo/mongo-engine';
import { mongoSpec } from './mongo/mongo-engine';
import type { PostgresOptions } from './postgres/postgres-engine';
import { postgresSpec } from './postgres/postgres-engine';
import type { StatefulDatabaseProps } from './stateful-database-props';
import type { ValkeyOptions } from './valkey/valkey-engine';
import { checkValkey, valkeySpec } from './valkey/valkey-engine';

/**
 * The kind of server that a `StatefulDatabase` runs, with all that is to be known of its image.
 *
 * @example
 * const engine = DatabaseEngine.postgres({ version: '17.11' });
 */
export class DatabaseEngine {
  /**
   * PostgreSQL 14 to 18, in the official image.
   *
   * @param options version and layout
   * @throws if an option breaks a rule, naming each
   */
  public static postgres(options: PostgresOptions): DatabaseEngine {
    checkKnownProps('DatabaseEngine.postgres', 'PostgresOptions', options);
    return new DatabaseEngine(postgresSpec(options));
  }

  /**
   * MongoDB 5 to 8, in the official image: a single server or a replica set.
   *
   * **Its backup scripts are untested on a server**: their tests have fakes of MongoDB's programs. Run a `RestoreDrill` before you rely on
   * them. Its passwords stand in variables: the image drops a line feed at the end of a file, which the variable of a client keeps.
   *
   * @param options version, replica set and authentication
   * @throws if an option breaks a rule, naming each
   */
  public static mongo(options: MongoOptions): DatabaseEngine {
    checkKnownProps('DatabaseEngine.mongo', 'MongoOptions', options);
    return new DatabaseEngine(mongoSpec(options));
  }

  /**
   * MariaDB 10 to 12, in the official image.
   *
   * The administrator `root` can log in only from inside the pod; clients log in as the `applicationUser`.
   *
   * @param options version
   * @throws if an option breaks a rule, naming each
   */
  public static mariadb(options: MariadbOptions): DatabaseEngine {
    checkKnownProps('DatabaseEngine.mariadb', 'MariadbOptions', options);
    return new DatabaseEngine(mariadbSpec(options));
  }

  /**
   * Valkey 8 and 9, in the official image: a single server that keeps all data in memory, and on its volume.
   *
   * A server that is killed loses nothing that it has acknowledged. **A node that dies takes up to two seconds of writes along**, unless
   * `parameters` hold `appendfsync: 'always'`. The data may take 60 % of the container's memory; then writes are refused, and nothing is dropped.
   *
   * @param options version
   * @throws if an option breaks a rule, naming each
   */
  public static valkey(options: ValkeyOptions): DatabaseEngine {
    checkKnownProps('DatabaseEngine.valkey', 'ValkeyOptions', options);
    return new DatabaseEngine(valkeySpec(options), checkValkey);
  }

  /**
   * Any other server, from what its image needs.
   *
   * @param spec what is to be known of the image
   * @throws if a part of it breaks a rule, naming each
   */
  public static of(spec: DatabaseEngineSpec): DatabaseEngine {
    checkKnownProps('DatabaseEngine.of', 'DatabaseEngineSpec', spec);
    const problems = new Problems();
    checkPortName(problems, 'name', spec.name);
    checkImage(problems, 'image', spec.image);
    checkPort(problems, 'port', spec.port);
    checkMountPath(problems, 'mountPath', spec.mountPath);
    checkRunAs(problems, spec);
    spec.emptyDirs?.forEach((mount, index) => checkEmptyDirMount(problems, `emptyDirs[${index}]`, mount));
    checkUnique(
      problems,
      'emptyDirs',
      [spec.mountPath, ...(spec.emptyDirs ?? []).map(({ path }) => path), ...(spec.sharedMemory ? ['/dev/shm'] : [])],
      'volumes at one path',
      'mountPath, /dev/shm with sharedMemory and each of emptyDirs need paths of their own',
    );
    if ((spec.initializeScript === undefined) !== (spec.initializedTest === undefined)) {
      problems.add(
        spec.initializeScript === undefined ? 'initializeScript' : 'initializedTest',
        `must be given with ${spec.initializeScript === undefined ? 'initializedTest' : 'initializeScript'}`,
        undefined,
        'a pod whose ConfigMap is missing must know whether its data are made; write \'[ -s "$PGDATA/PG_VERSION" ]\' or the like',
      );
    }
    problems.throwIfAny('DatabaseEngine.of');
    return new DatabaseEngine(spec);
  }

  private constructor(
    /** What is known of the image. */
    public readonly spec: DatabaseEngineSpec,
    private readonly rules?: (problems: Problems, props: StatefulDatabaseProps) => void,
  ) {}

  /**
   * What this engine alone refuses of a database's props.
   *
   * @internal
   */
  public _check(problems: Problems, props: StatefulDatabaseProps): void {
    this.rules?.(problems, props);
  }
}
