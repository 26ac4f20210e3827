import { k8s } from 'cdk8s-plus-27';
import type { BlobStore } from '../backup/blob-store';
import type { CloudNativePgDatabaseProps } from './cloudnative-pg-database-props';

/** PostgreSQL, the instance manager's status that the operator asks for, and metrics. */
export const PORTS = { postgresql: 5432, status: 8000, metrics: 9187 };

export const DEFAULT_OPERATOR_NAMESPACE = 'cnpg-system';

/** The name service, and the API of a cluster whose Service sends on to 443 or 6443. */
const NAME_SERVICE = [port(53, 'UDP'), port(53)];
const API_SERVER = [443, 6443];

/**
 * The spec of the policy that closes a Cluster. `ClientAccess` lets clients in by policies of their own.
 *
 * Without the operator's rule all goes well until it restarts: an open connection hides the fault, and then nothing fails over.
 */
export function renderNetworkPolicy(
  name: string,
  props: CloudNativePgDatabaseProps,
  stores: BlobStore[],
): k8s.NetworkPolicySpec {
  // Pods of jobs that make or join an instance have this label too, and no other.
  const podSelector = { matchLabels: { 'cnpg.io/cluster': name } };
  const members = { ports: [port(PORTS.postgresql), port(PORTS.status)] };
  const operator: k8s.NetworkPolicyPeer = {
    namespaceSelector: {
      matchLabels: { 'kubernetes.io/metadata.name': props.operatorNamespace ?? DEFAULT_OPERATOR_NAMESPACE },
    },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } },
  };
  const parts = stores.map((store) => store._parts);
  const outside = new Set([...(props.apiServerPorts ?? API_SERVER), ...parts.flatMap(({ ports }) => ports)]);
  if (props.importFrom) outside.add(props.importFrom.database.port);
  return {
    podSelector,
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: [{ podSelector }], ...members },
      { from: [operator], ports: [port(PORTS.status)] },
    ],
    egress: [
      { to: [{ podSelector }], ...members },
      { ports: [...NAME_SERVICE, ...[...outside].map((number) => port(number))] },
      ...new Set(parts.flatMap(({ egress = [] }) => egress)),
    ],
  };
}

/** With the server's default written out, `kubectl apply` of the same says `unchanged`. */
function port(number: number, protocol = 'TCP'): k8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol };
}
