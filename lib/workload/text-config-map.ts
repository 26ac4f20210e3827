import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import type { Problems } from '../private/problems';

/** Texts by the names of their files. */
export interface TextFiles {
  readonly [fileName: string]: string;
}

/** Where pods find one. */
export interface TextConfigMap {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: { [key: string]: string };
}

/** Client-side apply keeps the whole object in an annotation, and annotations of one object have no more room. */
const ROOM = 262_144;

/**
 * What holds for a ConfigMap of texts.
 *
 * @param nameProp the prop that its name comes from
 * @param prop the prop that its texts come from
 */
export function checkTextConfigMap(
  problems: Problems,
  construct: Construct,
  nameProp: string,
  prop: string,
  map: TextConfigMap,
  data: TextFiles,
): void {
  checkIdentity(problems, construct, nameProp, k8s.KubeConfigMap.GVK, map.name, map.namespace);
  const { name, namespace } = map;
  const labels = { ...Chart.of(construct).labels, ...map.labels };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { annotations: {}, name, namespace, labels }, data };
  const size = Buffer.byteLength(`kubectl.kubernetes.io/last-applied-configuration${asGoWrites(object)}\n`);
  if (size > ROOM) {
    problems.add(
      prop,
      `must fit into a ConfigMap of ${ROOM} bytes as JSON`,
      size,
      'kubectl apply keeps the whole object in an annotation, which has no more room; shorten the texts, or load them from a volume',
    );
  }
}

/** Go writes six bytes for each of these, of which scripts are full. */
function asGoWrites(object: unknown): string {
  return JSON.stringify(object).replace(/[<>&\u2028\u2029]/g, '\\u0000');
}

/** @param data the texts, or what makes them when the app is synthesized */
export function addTextConfigMap(
  scope: Construct,
  id: string,
  { name, namespace, labels }: TextConfigMap,
  data: TextFiles,
): k8s.KubeConfigMap {
  return claimIdentity(new k8s.KubeConfigMap(scope, id, { metadata: metadata(name, namespace, labels), data }));
}
