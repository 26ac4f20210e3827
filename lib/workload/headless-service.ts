import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsLabel, checkLabels, checkPort, checkPortName, checkServiceName, checkUnique } from '../private/names';
import { Problems } from '../private/problems';

/**
 * A port of a headless Service: the port that the containers listen on, since clients reach the pods directly.
 */
export interface HeadlessServicePort {
  /** Name of the port, part of its SRV record: at most 15 of a-z, 0-9 and `-`. */
  readonly name: string;

  /** Number of the port, 1 to 65535. */
  readonly port: number;
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

    const namespace = namespaceOf(this, props.namespace);
    if (namespace !== undefined) this.namespace = namespace;
    this.dnsName = namespace === undefined ? this.serviceName : `${this.serviceName}.${namespace}`;
    this.apiObject = claimIdentity(
      new k8s.KubeService(this, 'Resource', {
        metadata: metadata(this.serviceName, props.namespace, { ...this.selector, ...props.labels }),
        spec: {
          clusterIp: 'None',
          selector: this.selector,
          ports: props.ports.map(({ name, port }) => ({ name, port })),
          ...(props.publishNotReadyAddresses && { publishNotReadyAddresses: true }),
        },
      }),
    );
  }
}

export function checkSelector(problems: Problems, selector: { [key: string]: string }): void {
  checkLabels(problems, 'selector', selector);
  if (Object.keys(selector).length > 0) return;
  problems.add('selector', 'must have a label', selector, "an empty one finds no pod; write { app: 'postgresql' }");
}

function checkServicePorts(problems: Problems, ports: HeadlessServicePort[]): void {
  if (ports.length === 0) {
    problems.add(
      'ports',
      'must name a port',
      ports,
      "clients and SRV records need one; write [{ name: 'sql', port: 5432 }]",
    );
  }
  ports.forEach(({ name, port }, index) => {
    checkPortName(problems, `ports[${index}].name`, name);
    checkPort(problems, `ports[${index}].port`, port);
  });
  checkUnique(
    problems,
    'ports',
    ports.map(({ name }) => name),
    'of one name',
    'give each port a name of its own',
  );
  checkUnique(
    problems,
    'ports',
    ports.map(({ port }) => String(port)),
    'of one number',
    'leave one of them out',
  );
}
