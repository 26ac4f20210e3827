import { Namespaces, Pods } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { connectedDatabase, loginOf } from '../backup/blob-job';
import { addDatabaseAccess, checkDatabaseAccess, checkFound } from '../backup/database-access';
import type { IDatabase } from '../database/database';
import { namespaceOf } from '../private/identity';
import type { Problems } from '../private/problems';
import { serviceDnsName } from '../workload/headless-service';
import { checkSameNamespace } from '../workload/reference-rules';

/**
 * A database of another server that this one begins with.
 */
export interface PostgresImport {
  /**
   * The server that is read, of the same major or an earlier one: a `StatefulDatabase`, or one that runs anywhere
   * (`StatefulDatabase.fromAttributes`). The Secret of its password must be in the namespace of the new one.
   */
  readonly database: IDatabase;

  /**
   * The database that is copied.
   *
   * @default - that of the application user of `database`, else the one that it connects to
   */
  readonly databaseName?: string;
}

/** The name that a Cluster calls the server by. */
const SOURCE = 'source';

/** The Cluster that begins so. */
interface Importer {
  readonly name: string;
  readonly namespace: string | undefined;
}

export function checkImport(
  problems: Problems,
  construct: Construct,
  { name, namespace, version }: Importer & { readonly version: string | undefined },
  source: PostgresImport,
): void {
  const { database, databaseName } = source;
  const { spec } = database.engine;
  const prop = 'importFrom.database';
  if (spec.name !== 'postgresql') {
    problems.add(prop, 'must be a PostgreSQL', spec.name, 'the operator reads it by pg_dump; give another database');
  } else if (majorOf(spec.version) > majorOf(version)) {
    const wayOut = `no server reads the dump of a later one; give this one an engine of ${majorOf(spec.version)}`;
    problems.add(prop, `must be of major ${majorOf(version)} or earlier`, spec.version, wayOut);
  }
  if (database.address === serviceDnsName(`${name}-rw`, namespace)) {
    const wayOut = 'it would wait for itself; give the new one another name';
    problems.add(prop, 'must be another server', database.address, wayOut);
  }
  if (databaseName === '' || databaseName === '*') {
    const wayOut = 'one database is imported; to take all of them, with their roles, use a DatabaseCopy';
    problems.add('importFrom.databaseName', 'must name one database', databaseName, wayOut);
  }
  checkSameNamespace(problems, construct, namespace, { [`${prop}.password.secret`]: loginOf(source).password?.secret });
  // In a chart with a namespace, the permission below asks for that of the server.
  if (namespaceOf(construct) === undefined) checkFound(problems, prop, database, namespace);
  checkDatabaseAccess(problems, construct, accessOf(name), database, prop);
}

/** Lets the job that imports in to the server: its pods are no instances yet. */
export function addImportAccess(
  construct: Construct,
  { name, namespace }: Importer,
  { database }: PostgresImport,
): void {
  const pods = Pods.select(construct, 'ImportPods', {
    labels: { 'cnpg.io/cluster': name, 'cnpg.io/jobRole': 'import' },
    ...(namespace !== undefined && {
      namespaces: Namespaces.select(construct, 'ImportNamespace', { names: [namespace] }),
    }),
  });
  addDatabaseAccess(construct, accessOf(name), database, 'ImportAccess', pods);
}

/** What `initdb` says of it, and where it is. */
export function renderImport(source: PostgresImport): { readonly initdb: object; readonly externalClusters: object[] } {
  const { database, databaseName } = source;
  const { user, password } = loginOf(source);
  return {
    initdb: {
      import: {
        type: 'microservice',
        databases: [databaseName ?? connectedDatabase({ database })],
        source: { externalCluster: SOURCE },
      },
    },
    externalClusters: [
      {
        name: SOURCE,
        connectionParameters: {
          host: database.address,
          port: String(database.port),
          user,
          dbname: database.databaseName,
        },
        ...(password && { password: { name: password.secret.name, key: password.key } }),
      },
    ],
  };
}

function accessOf(name: string): string {
  return `${name}-import`;
}

function majorOf(version = ''): number {
  return Number(version.split('.')[0]);
}
