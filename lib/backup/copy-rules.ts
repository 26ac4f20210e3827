import type { IDatabase } from '../database/database';
import type { Problems } from '../private/problems';
import { loginOf } from './blob-job';
import { checkFound } from './database-access';

/**
 * What holds for the two servers of a copy.
 *
 * @param namespace that of the job, where it is known
 * @param own that of the job, where it is not that of one of the servers
 */
export function checkServers(
  problems: Problems,
  from: IDatabase,
  to: IDatabase,
  namespace: string | undefined,
  own: string | undefined,
): void {
  checkEngines(problems, from, to);
  if (from === to || (from.address === to.address && from.port === to.port)) {
    const wayOut = "it would be copied into itself; give the new server's construct a name of its own";
    problems.add('to', 'must be another server than from', `${to.address}:${to.port}`, wayOut);
  }
  for (const [prop, database] of Object.entries({ from, to })) {
    checkLogin(problems, prop, database);
    if (own === undefined) checkFound(problems, prop, database, namespace);
  }
}

function checkEngines(problems: Problems, from: IDatabase, to: IDatabase): void {
  const [old, later] = [from.engine.spec, to.engine.spec];
  if (old.name !== later.name) {
    const wayOut = 'a dump is read by its own kind of server; give two databases of one engine';
    problems.add('to', `must be of the engine of from, ${old.name}`, later.name, wayOut);
    return;
  }
  if (!later.backupScripts?.wholeServer) {
    const wayOut = 'a copy takes a whole server; dump and restore by its own tools, or by a backup and a restore';
    problems.add('to', 'must have an engine whose backup scripts take the whole server', later.name, wayOut);
    return;
  }
  if (isOlder(releaseOf(later.version), releaseOf(old.version))) {
    const wayOut = 'no server reads the dump of a later one; exchange the two, or give to a later engine';
    problems.add(
      'to',
      `must be of release ${releaseOf(old.version).join('.')} or later, as from`,
      later.version,
      wayOut,
    );
  }
}

function checkLogin(problems: Problems, prop: string, database: IDatabase): void {
  const { spec } = database.engine;
  if (!spec.administratorIsLocal || loginOf({ database }).user !== spec.user) return;
  const wayOut = `'${spec.user}' can log in only beside the server; give the database a backupUser`;
  problems.add(prop, `must have a backupUser with the engine ${spec.name}`, database.node.path, wayOut);
}

/** Versions that differ in the last number alone are of one release: 17 of PostgreSQL 17.11, 11.8 of MariaDB 11.8.8. */
function releaseOf(version = ''): number[] {
  return version.split('.').slice(0, -1).map(Number);
}

function isOlder(one: number[], other: number[]): boolean {
  const differences = one.map((number, index) => number - (other[index] ?? 0));
  return (differences.find((difference) => difference !== 0) ?? 0) < 0;
}
