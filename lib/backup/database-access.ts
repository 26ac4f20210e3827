import { k8s } from 'cdk8s-plus-27';
import type { Construct, IConstruct } from 'constructs';
import type { IDatabase } from '../database/database';
import { checkIdentity, namespaceOf } from '../private/identity';
import type { Problems } from '../private/problems';
import { ClientAccess } from '../workload/client-access';

/** A database that no policy closes, or of which nothing is known, needs no permission. */
function isClosed(database: IDatabase): boolean {
  return database.pods?.networkPolicy ?? false;
}

/** @param prop the prop that names the database */
export function checkDatabaseAccess(
  problems: Problems,
  construct: Construct,
  name: string,
  database: IDatabase,
  prop = 'database',
): void {
  if (!isClosed(database)) return;
  const namespace = database.pods?.toPodSelectorConfig().namespaces?.names?.[0];
  const own = namespaceOf(construct);
  if (namespace === undefined && own !== undefined) {
    const wayOut =
      `the policy that lets the job in would be made in '${own}' and do nothing; give the database its namespace, or make this in ` +
      'its chart';
    problems.add(prop, 'must have a known namespace in a chart that has one', database.node.path, wayOut);
  }
  checkIdentity(problems, construct, 'name', k8s.KubeNetworkPolicy.GVK, accessName(name), namespace);
}

/** A host name without a namespace is looked for in that of the job. */
export function checkFound(problems: Problems, prop: string, database: IDatabase, namespace: string | undefined): void {
  if (namespace === undefined || !database.pods || database.namespace !== undefined) return;
  const wayOut = `its host name '${database.address}' would be looked for there; give the database or its chart a namespace`;
  problems.add(prop, `must have a known namespace, as the job runs in '${namespace}'`, database.node.path, wayOut);
}

/**
 * Lets the pods of a job in to the database; nothing of the database changes.
 *
 * @param from the pods, where they are not the construct's own
 */
export function addDatabaseAccess(
  job: Construct,
  name: string,
  database: IDatabase,
  id = 'Access',
  from: IConstruct = job,
): void {
  if (!database.pods || !isClosed(database)) return;
  new ClientAccess(job, id, { name: accessName(name), from, to: database.pods, ports: [database.port] });
}

function accessName(name: string): string {
  return `${name}-access`;
}
