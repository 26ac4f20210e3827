import { BlockList, isIPv6 } from 'node:net';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort';
import { namespaceOf } from './cluster';
import type { ClusterPod } from './cluster';
import { selects } from './label-selector';
import type { Manifest } from './manifests';

/** A pod, or an address outside the cluster. */
export type End = ClusterPod | { readonly address: string };

export interface Connection {
  readonly from: End;
  readonly to: End;
  /** Of the pod, which a Service may call by another number. */
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

type Direction = 'Ingress' | 'Egress';

/** A rule of either direction. */
interface Rule {
  readonly peers: INetworkPolicyPeer[];
  readonly ports: INetworkPolicyPort[];
}

/**
 * Who is let in by the NetworkPolicies of a cluster, where its network plugin enforces them. Nodes are not asked about: they
 * always reach their own pods, so probes do, and `kubectl exec` and `port-forward`.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function trafficIn(cluster: Manifest[]): (connection: Connection) => boolean {
  const policies = cluster.filter(
    ({ apiVersion, kind }) => apiVersion === 'networking.k8s.io/v1' && kind === 'NetworkPolicy',
  );
  return (connection) => {
    const { from, to } = connection;
    return (
      // A pod cannot shut itself out.
      (isPod(from) && isPod(to) && from.name === to.name && from.namespace === to.namespace) ||
      (allows(policies, 'Egress', from, to, connection) && allows(policies, 'Ingress', to, from, connection))
    );
  };
}

/** Whether one end accepts the other: always, where no policy selects it; policies that do add up. */
function allows(policies: Manifest[], direction: Direction, own: End, other: End, connection: Connection): boolean {
  if (!isPod(own)) return true;
  const selecting = policies.filter(
    (policy) =>
      namespaceOf(policy) === own.namespace &&
      typesOf(policy).includes(direction) &&
      selects(specOf(policy).podSelector, own.labels),
  );
  const isAllowedBy = (policy: Manifest) =>
    rulesOf(policy, direction).some(
      ({ peers, ports }) =>
        (peers.length === 0 || peers.some((peer) => isPeer(other, peer, namespaceOf(policy)))) &&
        (ports.length === 0 || ports.some((port) => isPort(connection, port))),
    );
  return selecting.length === 0 || selecting.some(isAllowedBy);
}

function specOf(policy: Manifest): NonNullable<INetworkPolicy['spec']> {
  return { podSelector: {}, ...(policy as unknown as INetworkPolicy).spec };
}

/** As the server fills them in, which takes an empty list for none. */
function typesOf(policy: Manifest): string[] {
  const { policyTypes = [], egress = [] } = specOf(policy);
  if (policyTypes.length > 0) return policyTypes;
  return egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function rulesOf(policy: Manifest, direction: Direction): Rule[] {
  const { ingress = [], egress = [] } = specOf(policy);
  return direction === 'Ingress'
    ? ingress.map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : egress.map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

function isPeer(end: End, { ipBlock, podSelector, namespaceSelector }: INetworkPolicyPeer, namespace: string): boolean {
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined;
  if (hasSelector === (ipBlock !== undefined))
    throw new Error('the server refuses a peer that is not either an ipBlock or selectors');
  if (ipBlock) {
    const address = addressOf(end);
    return isWithin(address, ipBlock.cidr) && !ipBlock.except?.some((cidr) => isWithin(address, cidr));
  }
  return (
    isPod(end) &&
    selects(podSelector ?? {}, end.labels) &&
    (namespaceSelector ? selects(namespaceSelector, end.namespaceLabels) : end.namespace === namespace)
  );
}

/** Most network plugins count pods' addresses too. An answer that depends on one that is not known would be a guess. */
function addressOf(end: End): string {
  if (end.address === undefined) throw new Error(`a policy asks for the address of '${(end as ClusterPod).name}'`);
  return end.address;
}

function isWithin(address: string, cidr: string): boolean {
  const [network = '', prefix] = cidr.split('/');
  // Node counts IPv4 to ::/0 as well, which no policy does.
  if (isIPv6(address) !== isIPv6(network)) return false;
  const family = (text: string) => (isIPv6(text) ? 'ipv6' : 'ipv4');
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family(network));
  return block.check(address, family(address));
}

function isPort({ to, port, protocol = 'TCP' }: Connection, allowed: INetworkPolicyPort): boolean {
  if ((allowed.protocol ?? 'TCP') !== protocol) return false;
  if (allowed.port === undefined) return true;
  if (typeof allowed.port === 'number') return port >= allowed.port && port <= (allowed.endPort ?? allowed.port);
  // In both directions a name is one of the pod that is connected to.
  const declared = isPod(to) ? to.ports : [];
  return declared.some(
    (one) =>
      one.name === allowed.port &&
      one.containerPort === port &&
      (one.protocol ?? 'TCP') === (allowed.protocol ?? 'TCP'),
  );
}

function isPod(end: End): end is ClusterPod {
  return 'namespace' in end;
}
