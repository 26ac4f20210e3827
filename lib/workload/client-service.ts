import type { ApiObject } from 'cdk8s';
import { ServiceType, k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkAnnotations, checkLabels, checkPort, checkServiceName } from '../private/names';
import { Problems } from '../private/problems';
import { checkServicePorts, renderServicePort, serviceDnsName } from './headless-service';
import type { HeadlessService, HeadlessServicePort } from './headless-service';
import { checkClientPorts, enterClient } from './service-ports';

/**
 * A port of a Service for clients.
 */
export interface ClientServicePort extends HeadlessServicePort {
  /**
   * The port that the pods listen on, if clients connect to another.
   *
   * @default - that of the Service
   */
  readonly targetPort?: number;
}

/**
 * Properties of `ClientService`.
 */
export interface ClientServiceProps {
  /**
   * Name of the Service.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /** The headless Service of the same pods. */
  readonly headless: HeadlessService;

  /**
   * The ports that clients connect to.
   *
   * @default - those of the headless Service
   */
  readonly ports?: ClientServicePort[];

  /**
   * Who reaches the Service: pods of the cluster (`CLUSTER_IP`), a port of each node, or a load balancer. The NetworkPolicy of the pods
   * holds here too: let clients in by `ClientAccess`, those from outside by their addresses.
   *
   * @default ServiceType.CLUSTER_IP
   */
  readonly type?: ServiceType;

  /**
   * Labels of the Service besides those of the selector.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the Service, e.g. for the load balancer of a cloud.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/**
 * A Service with an address of its own beside a headless one, for clients that want any ready pod and keep an address: proxies, load
 * balancers, drivers that look a name up once. **A client gets any of the pods**: for a database whose members differ, use the names of its
 * pods.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/
 *
 * @example
 * declare const service: HeadlessService;
 * new ClientService(this, 'consul-ui', { headless: service, ports: [{ name: 'http', port: 8500 }] });
 */
export class ClientService extends Construct {
  /** Name of the Service. */
  public readonly serviceName: string;

  /** Namespace of the Service, where the app knows it. */
  public readonly namespace?: string;

  /** The shortest name that resolves wherever the app's pods may be. */
  public readonly dnsName: string;

  /** The Service itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: ClientServiceProps) {
    super(scope, id);
    checkKnownProps(this, 'ClientServiceProps', props);
    const { headless, type = ServiceType.CLUSTER_IP } = props;
    const ports: ClientServicePort[] = props.ports ?? headless.ports;
    this.serviceName = props.name ?? id;
    const problems = new Problems(this);
    checkServiceName(problems, 'name', this.serviceName);
    checkLabels(problems, 'labels', props.labels);
    checkAnnotations(problems, 'annotations', props.annotations);
    checkServicePorts(problems, ports);
    ports.forEach(({ targetPort }, index) => {
      if (targetPort !== undefined) checkPort(problems, `ports[${index}].targetPort`, targetPort);
    });
    checkClientPorts(problems, headless, ports);
    if (type === ServiceType.EXTERNAL_NAME) {
      problems.add('type', 'must have pods behind it', type, 'an external name has none; write ServiceType.CLUSTER_IP');
    }
    checkIdentity(problems, this, 'name', k8s.KubeService.GVK, this.serviceName, headless.namespace);
    problems.throwIfAny();

    if (headless.namespace !== undefined) this.namespace = headless.namespace;
    this.dnsName = serviceDnsName(this.serviceName, headless.namespace);
    this.apiObject = claimIdentity(
      new k8s.KubeService(this, 'Resource', {
        metadata: metadata(
          this.serviceName,
          headless.namespace,
          { ...headless.selector, ...props.labels },
          props.annotations,
        ),
        spec: { type, selector: headless.selector, ports: ports.map(renderPort) },
      }),
    );
    enterClient(headless, this, ports);
  }
}

function renderPort(port: ClientServicePort): k8s.ServicePort {
  const { targetPort } = port;
  return {
    ...renderServicePort(port),
    ...(targetPort !== undefined && { targetPort: k8s.IntOrString.fromNumber(targetPort) }),
  };
}
