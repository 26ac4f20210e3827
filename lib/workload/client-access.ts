import { ApiObject } from 'cdk8s';
import { NetworkPolicy, NetworkPolicyPort, NetworkProtocol, Protocol, k8s } from 'cdk8s-plus-27';
import type { INetworkPolicyPeer, IPodSelector } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { checkIdentity, claimIdentity, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsSubdomain, checkPort } from '../private/names';
import { Problems } from '../private/problems';
import { checkDeclared, portsOfNumbers } from './network-port';
import type { NetworkPort } from './network-port';

/**
 * Pods that clients can be let in to: a set, or a database.
 */
export interface IClientAccessTarget extends IPodSelector {
  /** The ports that clients connect to. */
  readonly accessPorts: NetworkPort[];

  /** All ports that the pods' containers declare, those of sidecars too. */
  readonly containerPorts: NetworkPort[];

  /** Whether a NetworkPolicy closes the pods to all who are not let in. */
  readonly networkPolicy: boolean;
}

/**
 * Properties of `ClientAccess`.
 */
export interface ClientAccessProps {
  /**
   * Name of the NetworkPolicy. It lives in the namespace of `to`, where no other policy may have it.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Who is let in: a workload of this library, or anything of cdk8s-plus that is an `INetworkPolicyPeer`, such as a `Deployment`,
   * `Pods.select(…)`, `Namespaces.select(…)` or `NetworkPolicyIpBlock.ipv4(…)`. Of cdk8s-plus-27 or later: their peers are alike,
   * but the compiler takes those of one version for no others', and so any construct passes it. One that is no peer is refused.
   *
   * Pods whose namespace is not known are looked for in that of `to`.
   */
  readonly from: IConstruct;

  /** Where they are let in. */
  readonly to: IClientAccessTarget;

  /**
   * Ports that are opened, each for the protocols under which the containers of `to` declare it.
   *
   * @default - the ports that clients of `to` connect to
   */
  readonly ports?: number[];
}

/**
 * Permission for a client to reach the pods of a set or database, which let in only their own members otherwise.
 *
 * Network policies add up, so the permission belongs to the client: adding one changes nothing of the database.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 *
 * @example
 * declare const database: StatefulDatabase;
 * declare const shop: kplus.Deployment;
 * new ClientAccess(this, 'postgresql-from-shop', { from: shop, to: database });
 */
export class ClientAccess extends Construct {
  /** The NetworkPolicy itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: ClientAccessProps) {
    super(scope, id);
    checkKnownProps(this, 'ClientAccessProps', props);
    const name = props.name ?? id;
    const { accessPorts, containerPorts } = props.to;
    // Containers need not declare their ports; where none does, there is nothing to hold these against.
    const declared = containerPorts.length > 0 ? containerPorts : (props.ports ?? []).map((port) => ({ port }));
    const ports = props.ports ? portsOfNumbers(declared, props.ports) : accessPorts;
    const known = props.to.toPodSelectorConfig().namespaces?.names?.[0];
    const own = namespaceOf(this);
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'name', name);
    if (!isPeer(props.from)) {
      const wayOut =
        'a policy lets in pods, namespaces or addresses; give the workload itself, or Pods.select(…), Namespaces.select(…) or ' +
        'NetworkPolicyIpBlock.ipv4(…) of cdk8s-plus';
      problems.add('from', 'must be a peer of network policies', props.from.node.path, wayOut);
    }
    if (containerPorts.length > 0) checkDeclared(problems, 'ports', containerPorts, props.ports);
    else ports.forEach(({ port }, index) => checkPort(problems, `ports[${index}]`, port));
    if (ports.length === 0 && !props.ports?.length) {
      problems.add('ports', 'must name a port', ports, `'${props.to.node.path}' declares none; name the ones to open`);
    }
    if (!props.to.networkPolicy) {
      const wayOut =
        'its pods are open to all, and this would be their only policy, which closes them to everybody else, their own members ' +
        "included; leave it out, or leave 'networkPolicy' true";
      problems.add('to', 'must have a NetworkPolicy of its own', props.to.node.path, wayOut);
    }
    if (known === undefined && own !== undefined) {
      problems.add(
        'to',
        'must have a known namespace in a chart that has one',
        props.to.node.path,
        `a policy in '${own}' says nothing about pods elsewhere; give 'to' its namespace, or make this in its chart`,
      );
    }
    checkIdentity(problems, this, 'name', k8s.KubeNetworkPolicy.GVK, name, known);
    problems.throwIfAny();

    const policy = new NetworkPolicy(this, 'Resource', {
      metadata: { name, ...(known !== undefined && { namespace: known }) },
      selector: props.to,
      ingress: { rules: [{ peer: props.from as INetworkPolicyPeer, ports: ports.map(renderPort) }] },
    });
    this.apiObject = claimIdentity(ApiObject.of(policy));
  }
}

const PROTOCOLS = {
  [Protocol.TCP]: NetworkProtocol.TCP,
  [Protocol.UDP]: NetworkProtocol.UDP,
  [Protocol.SCTP]: NetworkProtocol.SCTP,
};

function renderPort({ port, protocol = Protocol.TCP }: NetworkPort): NetworkPolicyPort {
  return NetworkPolicyPort.of({ port, protocol: PROTOCOLS[protocol] });
}

function isPeer(construct: IConstruct): boolean {
  return 'toNetworkPolicyPeerConfig' in construct;
}
