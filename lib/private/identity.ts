import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import type { ApiObjectMetadata, GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Problems } from './problems';
import { keepWhole } from './whole-object';

/** What this library made in each chart, by identity: a look-up instead of a walk through the chart for each object. */
const claimed = new WeakMap<Chart, Map<string, ApiObject>>();

/**
 * Takes the namespace off an object of a kind that has none. cdk8s writes the chart's namespace into every object; a server
 * passes over it, but the file would claim what is not so.
 */
export function clusterScoped<T extends ApiObject>(object: T): T {
  if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}

/** The namespace that an object of this construct gets: its own prop, else its chart's. */
export function namespaceOf(construct: Construct, namespace?: string): string | undefined {
  return namespace ?? Chart.of(construct).namespace;
}

/** Metadata with only the keys that were given: an explicit `undefined` would erase what the chart adds. */
export function metadata(
  name: string,
  namespace?: string,
  labels?: { [key: string]: string },
  annotations?: { [key: string]: string },
): ApiObjectMetadata {
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
}

/** Refuses an object that the chart already has: `kubectl apply` would keep only the last of two. */
export function checkIdentity(
  problems: Problems,
  construct: Construct,
  prop: string,
  type: GroupVersionKind,
  name: string,
  namespace?: string,
): void {
  const inNamespace = namespaceOf(construct, namespace);
  const other = claimed.get(Chart.of(construct))?.get(identity(type, name, inNamespace));
  // One whose construct was taken out of the tree is no rival.
  if (!other || !isAttached(other)) return;
  problems.add(
    prop,
    `must make a ${type.kind} that its chart does not have yet`,
    name,
    `'${other.node.path}' is the same object to kubectl, which would keep only one of them; choose another name or namespace`,
  );
}

/**
 * Enters an object of this library, which then writes all that it was given; the first of a chart also makes synthesis look for
 * duplicates among all others.
 */
export function claimIdentity<T extends ApiObject>(object: T): T {
  const chart = Chart.of(object);
  let objects = claimed.get(chart);
  if (!objects) {
    objects = new Map();
    claimed.set(chart, objects);
    chart.node.addValidation({ validate: () => duplicates(chart) });
  }
  objects.set(identity(object, object.name, object.metadata.namespace), object);
  return keepWhole(object);
}

function duplicates(chart: Chart): string[] {
  const seen = new Map<string, ApiObject>();
  const found: string[] = [];
  for (const object of chart.node.findAll()) {
    // A chart in a chart is synthesized by itself.
    if (!ApiObject.isApiObject(object) || Chart.of(object) !== chart) continue;
    const key = identity(object, object.name, object.metadata.namespace);
    const first = seen.get(key);
    if (first) {
      found.push(
        `'${first.node.path}' and '${object.node.path}' are both ${object.kind} '${object.name}': ` +
          'kubectl apply would keep only one of them; choose another name or namespace for one',
      );
    }
    seen.set(key, object);
  }
  return found;
}

function identity(type: GroupVersionKind, name: string, namespace = ''): string {
  const group = type.apiVersion.includes('/') ? type.apiVersion.split('/')[0] : '';
  return [group, type.kind, namespace, name].join('/');
}

/** Whether a construct still is in its tree: one that broke a rule was taken out. */
export function isAttached(object: Construct): boolean {
  return object.node.scopes.every(
    (construct) => !construct.node.scope || construct.node.scope.node.tryFindChild(construct.node.id) === construct,
  );
}
