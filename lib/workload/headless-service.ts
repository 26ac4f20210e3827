import type { ApiObject } from 'cdk8s';
import { Protocol, k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import {
  checkDnsLabel,
  checkInteger,
  checkLabels,
  checkPort,
  checkServiceName,
  checkStatefulSetName,
  checkUnique,
} from '../private/names';
import { Problems } from '../private/problems';
import { portText } from './network-port';

/**
 * A port of a headless Service: the port that the containers listen on, since clients reach the pods directly.
 */
export interface HeadlessServicePort {
  /** Name of the port, part of its SRV record: a DNS label, which may be longer than the name of a container's port, and have no letter. */
  readonly name: string;

  /** Number of the port, 1 to 65535. */
  readonly port: number;

  /**
   * Protocol that is spoken on it. `kubectl apply` without `--server-side` takes two protocols of one number for one port when it changes
   * them: give UDP beside TCP a number of its own if you can.
   *
   * @default Protocol.TCP
   */
  readonly protocol?: Protocol;
}

/**
 * Properties of `HeadlessService`.
 */
export interface HeadlessServiceProps {
  /**
   * Name of the Service, which every pod's DNS name ends with: a contract with the clients.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the Service.
   *
   * @default - the chart's
   */
  readonly namespace?: string;

  /**
   * Labels that the pods are found by. **A StatefulSet takes its selector from here, and no selector of a set that exists
   * can be changed**: choose once.
   *
   * @default - `app: <name>`
   */
  readonly selector?: { [key: string]: string };

  /**
   * Labels of the Service besides those of the selector.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /** The ports that the pods listen on. */
  readonly ports: HeadlessServicePort[];

  /**
   * Whether DNS lists a pod before it is ready. Members that must find each other in order to become ready need it; clients
   * that expect a working server behind each address do not want it.
   *
   * @default false
   */
  readonly publishNotReadyAddresses?: boolean;
}

/**
 * A Service without an address of its own: DNS answers with every pod, and gives each pod of a StatefulSet a name.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
 *
 * @example
 * const service = new HeadlessService(this, 'mongo-service', {
 *   selector: { app: 'mongo' },
 *   ports: [{ name: 'mongo', port: 27017 }],
 * });
 */
export class HeadlessService extends Construct {
  /** Name of the Service. */
  public readonly serviceName: string;

  /** Namespace of the Service, where the app knows it. */
  public readonly namespace?: string;

  /** Labels that the pods are found by. */
  public readonly selector: { [key: string]: string };

  /**
   * The shortest name that resolves wherever the app's pods may be: `stateful`, or `stateful.shop` where the namespace is
   * known. It resolves to the addresses of all ready pods.
   */
  public readonly dnsName: string;

  /** The ports of the Service. */
  public readonly ports: HeadlessServicePort[];

  /** The Service itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: HeadlessServiceProps) {
    super(scope, id);
    checkKnownProps(this, 'HeadlessServiceProps', props);
    this.serviceName = props.name ?? id;
    this.selector = props.selector ?? { app: this.serviceName };
    const problems = new Problems(this);
    checkServiceName(problems, 'name', this.serviceName);
    if (props.namespace !== undefined) checkDnsLabel(problems, 'namespace', props.namespace);
    checkSelector(problems, this.selector);
    checkLabels(problems, 'labels', props.labels);
    checkServicePorts(problems, props.ports);
    checkIdentity(problems, this, 'name', k8s.KubeService.GVK, this.serviceName, props.namespace);
    problems.throwIfAny();

    this.ports = props.ports;
    const namespace = namespaceOf(this, props.namespace);
    if (namespace !== undefined) this.namespace = namespace;
    this.dnsName = serviceDnsName(this.serviceName, namespace);
    this.apiObject = claimIdentity(
      new k8s.KubeService(this, 'Resource', {
        metadata: metadata(this.serviceName, props.namespace, { ...this.selector, ...props.labels }),
        spec: {
          clusterIp: 'None',
          selector: this.selector,
          ports: props.ports.map(renderServicePort),
          ...(props.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
        },
      }),
    );
  }

  /**
   * The name that other pods reach a pod of a set by, also before the set exists: `mongo-0.mongo-service`, with the namespace behind it where
   * it is known. For lists of peers in the set's own environment and arguments.
   *
   * @param statefulSetName name of the set that has this Service
   * @param ordinal number of the pod, from 0
   * @throws if the name or the ordinal is none
   */
  public podDnsName(statefulSetName: string, ordinal: number): string {
    return `${this.podName(statefulSetName, ordinal)}.${this.dnsName}`;
  }

  /**
   * The fully qualified name of a pod of a set, also before the set exists: `mongo-0.mongo-service.shop.svc.cluster.local`. For certificates,
   * and for software that compares it with what its host calls itself.
   *
   * @param statefulSetName name of the set that has this Service
   * @param ordinal number of the pod, from 0
   * @param clusterDomain domain of the cluster
   * @throws if the name or the ordinal is none, or the namespace is not known
   */
  public podFqdn(statefulSetName: string, ordinal: number, clusterDomain = 'cluster.local'): string {
    const name = `${this.podName(statefulSetName, ordinal)}.${this.serviceName}`;
    if (this.namespace !== undefined) return `${name}.${this.namespace}.svc.${clusterDomain}`;
    const problems = new Problems();
    const wayOut = `a full name holds it; give the Service or its chart a namespace, or use podDnsName`;
    problems.add('namespace', 'must be known', undefined, wayOut);
    return problems.throw(`HeadlessService '${this.node.path}'`);
  }

  private podName(statefulSetName: string, ordinal: number): string {
    const problems = new Problems();
    checkStatefulSetName(problems, 'statefulSetName', statefulSetName);
    checkInteger(problems, 'ordinal', ordinal, 0, 2147483647, 'it is the number at the end of the name of the pod');
    problems.throwIfAny(`HeadlessService '${this.node.path}'`);
    return `${statefulSetName}-${ordinal}`;
  }
}

/** The shortest name that resolves in every namespace that is known. */
export function serviceDnsName(name: string, namespace?: string): string {
  return namespace === undefined ? name : `${name}.${namespace}`;
}

export function renderServicePort({ name, port, protocol = Protocol.TCP }: HeadlessServicePort): k8s.ServicePort {
  return { name, port, ...(protocol !== Protocol.TCP && { protocol }) };
}

export function checkSelector(problems: Problems, selector: { [key: string]: string }): void {
  checkLabels(problems, 'selector', selector);
  if (Object.keys(selector).length > 0) return;
  problems.add('selector', 'must have a label', selector, "an empty one finds no pod; write { app: 'postgresql' }");
}

export function checkServicePorts(problems: Problems, ports: HeadlessServicePort[]): void {
  if (ports.length === 0) {
    problems.add(
      'ports',
      'must name a port',
      ports,
      "clients and SRV records need one; write [{ name: 'sql', port: 5432 }]",
    );
  }
  ports.forEach(({ name, port }, index) => {
    checkDnsLabel(problems, `ports[${index}].name`, name);
    checkPort(problems, `ports[${index}].port`, port);
  });
  checkUnique(
    problems,
    'ports',
    ports.map(({ name }) => name),
    'of one name',
    'give each port a name of its own',
  );
  checkUnique(problems, 'ports', ports.map(portText), 'of one number', 'leave one of them out');
}
