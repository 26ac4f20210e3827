import type { ApiObject } from 'cdk8s';
import { k8s, Protocol } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkStatefulSetName } from '../private/names';
import { Problems } from '../private/problems';
import { checkVolumeClaimTemplate, renderVolumeClaimTemplate } from '../storage/volume-claim-template';
import type { VolumeClaimTemplate } from '../storage/volume-claim-template';
import { AntiAffinity, withSpread } from './anti-affinity';
import type { IClientAccessTarget } from './client-access';
import { checkAloneImages } from './database-image-rules';
import type { EmptyDirMount } from './empty-dir-mount';
import type { HeadlessService } from './headless-service';
import { runningContainers } from './native-sidecar';
import { checkDeclared, declaredPorts, portsOfNumbers } from './network-port';
import type { NetworkPort } from './network-port';
import { claimedTemplates } from './pod-claims';
import { checkPods, propsOfContainers } from './pod-rules';
import { renderPodMetadata, renderPodSpec } from './pod-spec';
import type { ClaimedVolume } from './pod-spec';
import { checkSameNamespace, podReferences } from './reference-rules';
import { withSeeds } from './seed';
import { checkClients, checkHeadlessPorts, enterDeclared } from './service-ports';
import { checkSelectedPods, claimPods } from './shared-pods';
import { StatefulSetPod } from './stateful-set-pod';
import {
  checkSetObjects,
  checkStatefulWorkload,
  ClaimRetention,
  hasNetworkPolicy,
  hasPodDisruptionBudget,
  UpdateStrategy,
} from './stateful-workload-props';
import type { StatefulWorkloadProps } from './stateful-workload-props';
import { renderVolumeGrowth } from './volume-growth';
import type { VolumeGrowthOptions } from './volume-growth';
import { Workload } from './workload';

/**
 * Whether pods start and stop one by one.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-management-policies
 */
export enum PodManagementPolicy {
  /** Each pod starts when the one before is ready, and stops in reverse order. */
  ORDERED_READY = 'OrderedReady',

  /**
   * All start and stop at once. Right for members that are ready only together, as a quorum is: in order, the first would
   * wait for the others, and they for it.
   */
  PARALLEL = 'Parallel',
}

/**
 * Properties of `PersistentStatefulSet`.
 */
export interface PersistentStatefulSetProps extends StatefulWorkloadProps {
  /** The Service that names the pods. The set's selector and namespace are those of the Service. */
  readonly service: HeadlessService;

  /** The containers. If there is more than one, a mount names its container, unless an image decides: see `VolumeClaimMount.container`. */
  readonly containers: k8s.Container[];

  /**
   * Containers that run one after another before the others start.
   *
   * @default - none
   */
  readonly initContainers?: k8s.Container[];

  /**
   * Containers that start before `initContainers` and run on until all others have stopped, e.g. a proxy that these need: init containers
   * with `restartPolicy: Always`. **Kubernetes 1.29 and later**: an older server refuses the field. One with a startup probe holds all
   * others back until it succeeds.
   *
   * @default - none
   * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
   */
  readonly nativeSidecars?: k8s.Container[];

  /**
   * The claims of each pod.
   *
   * @default - none: the pods keep their names, not their data
   */
  readonly volumeClaimTemplates?: VolumeClaimTemplate[];

  /**
   * Paths that may be written to, lost with the pod.
   *
   * @default - none
   */
  readonly emptyDirs?: EmptyDirMount[];

  /**
   * Further volumes, for `volumeMounts` of the containers.
   *
   * @default - none
   */
  readonly volumes?: k8s.Volume[];

  /**
   * Whether the servers of a well-known database replicate, as you have set it up: by init containers and files of configuration, as
   * in the tutorial below. It sets nothing up itself. **Without replication, each pod has a database of its own**, all behind one
   * name: so PostgreSQL, MySQL, MariaDB and MongoDB are refused with more than one replica, unless their arguments or variables show
   * that they replicate.
   *
   * @default false
   * @see https://kubernetes.io/docs/tasks/run-application/run-replicated-stateful-application/
   */
  readonly replicates?: boolean;

  /**
   * Whether pods start and stop one by one. It cannot be changed later.
   *
   * @default PodManagementPolicy.ORDERED_READY
   */
  readonly podManagementPolicy?: PodManagementPolicy;

  /**
   * Container ports that the NetworkPolicy leaves open to everybody, e.g. that of a web interface.
   *
   * @default - none
   */
  readonly openPorts?: number[];
}

/**
 * A StatefulSet whose pods keep their names and their volumes.
 *
 * Hardened as Pod Security "restricted" asks, and more: no root user, read-only root file system, no capabilities, no token.
 * A container's own `securityContext` overrides each.
 *
 * Name, selector and claim templates are how pods find their data again, and never depend on where in the construct tree
 * the set is made.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 *
 * @example
 * const service = new HeadlessService(this, 'consul', { ports: [{ name: 'http', port: 8500 }] });
 * new PersistentStatefulSet(this, 'consul-servers', {
 *   service,
 *   replicas: 3,
 *   containers: [{ name: 'consul', image: 'hashicorp/consul:1.22.3' }],
 *   volumeClaimTemplates: [{ name: 'data', size: Size.gibibytes(1), mounts: [{ path: '/consul/data' }] }],
 * });
 */
export class PersistentStatefulSet extends Workload implements IClientAccessTarget {
  /** Name of the set. */
  public readonly statefulSetName: string;

  /** Labels that the pods are found by: those of the Service. */
  public readonly selector: { [key: string]: string };

  /** Namespace of the set, where the app knows it. */
  public readonly namespace?: string;

  /** The Service that names the pods. */
  public readonly service: HeadlessService;

  /** How many pods the set has. */
  public readonly replicas: number;

  /** The ports that `ClientAccess` opens: all that the containers declare. */
  public readonly accessPorts: NetworkPort[];

  /** The ports that the containers declare. */
  public readonly containerPorts: NetworkPort[];

  /** Whether a NetworkPolicy closes the pods to all who are not let in. */
  public readonly networkPolicy: boolean;

  /** The StatefulSet itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  private readonly templates: VolumeClaimTemplate[];

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: PersistentStatefulSetProps) {
    super(scope, id);
    checkKnownProps(this, 'PersistentStatefulSetProps', props);
    this.statefulSetName = props.name ?? id;
    this.service = props.service;
    this.selector = this.service.selector;
    this.replicas = props.replicas ?? 1;
    this.templates = props.volumeClaimTemplates ?? [];
    const claimed = claimedTemplates(this.templates);
    this.containerPorts = declaredPorts(runningContainers(props));
    this.validate(props, claimed);

    if (this.service.namespace !== undefined) this.namespace = this.service.namespace;
    this.accessPorts = this.containerPorts;
    this.networkPolicy = hasNetworkPolicy(props);
    if (this.networkPolicy) this.addNetworkPolicy(props.openPorts ?? []);
    if (hasPodDisruptionBudget(props)) this.addPodDisruptionBudget();
    claimPods(this, this.selector, props.podLabels, this.namespace);
    enterDeclared(this.service, this.containerPorts);
    this.apiObject = claimIdentity(
      new k8s.KubeStatefulSet(this, 'Resource', {
        metadata: this.metadata(props.labels),
        spec: this.renderSpec(props, claimed),
      }),
    );
  }

  /**
   * A pod of the set, by its ordinal from 0.
   *
   * @throws if the set has no such pod
   */
  public pod(ordinal: number): StatefulSetPod {
    if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= this.replicas) {
      throw new Error(
        `PersistentStatefulSet '${this.node.path}': 'ordinal' must be a whole number below ${this.replicas}, got ${ordinal}: ` +
          'a pod that the set never makes has no name; raise replicas or ask for another',
      );
    }
    return new StatefulSetPod(`${this.statefulSetName}-${ordinal}`, this.service.dnsName);
  }

  /**
   * The commands that bring the claims of this set to the sizes that its templates now ask for.
   *
   * A claim template of a set that exists cannot be changed: the server refuses to apply a larger size. So the claims are grown
   * one by one, the set is deleted without its pods, and made again from the new manifest. Nothing stops meanwhile.
   *
   * @param options the manifest, and the present sizes
   * @throws if a claim is larger now than its template asks for
   * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
   */
  public volumeGrowthProcedure(options: VolumeGrowthOptions): string {
    return renderVolumeGrowth(this, this.templates, options);
  }

  private validate(props: PersistentStatefulSetProps, claimed: ClaimedVolume[]): void {
    const problems = new Problems(this);
    checkStatefulSetName(problems, 'name', this.statefulSetName);
    checkStatefulWorkload(problems, props);
    const all = [...props.containers, ...(props.initContainers ?? []), ...(props.nativeSidecars ?? [])];
    const mounted = all.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
    this.templates.forEach((template, index) =>
      checkVolumeClaimTemplate(problems, `volumeClaimTemplates[${index}]`, template, mounted),
    );
    checkPods(problems, withSeeds(props, claimed), claimed, propsOfContainers(props));
    if (!props.replicates) {
      const wayOut = 'use 1, or set replication up and write replicates: true';
      checkAloneImages(problems, props.containers, props.replicas, wayOut);
    }
    if (props.namespace !== undefined && props.namespace !== this.service.namespace) {
      problems.add(
        'namespace',
        `must be that of its service, ${this.service.namespace ?? "the chart's"}`,
        props.namespace,
        'a Service names pods of its own namespace only; give the namespace to the HeadlessService and leave it out here',
      );
    }
    checkDeclared(problems, 'openPorts', this.containerPorts, props.openPorts);
    checkHeadlessPorts(problems, this.service, this.containerPorts);
    checkSameNamespace(problems, this, this.service.namespace, podReferences(props));
    checkClients(problems, this.service, this.containerPorts);
    checkSetObjects(problems, this, props, this.statefulSetName, this.service.namespace);
    checkSelectedPods(problems, this, this.selector, props.podLabels, this.service.namespace);
    problems.throwIfAny();
  }

  private renderSpec(props: PersistentStatefulSetProps, claimed: ClaimedVolume[]): k8s.StatefulSetSpec {
    const pods = withSeeds(props, claimed);
    const updateStrategy = props.updateStrategy ?? UpdateStrategy.ROLLING_UPDATE;
    return {
      serviceName: this.service.serviceName,
      replicas: this.replicas,
      selector: { matchLabels: this.selector },
      ...(props.podManagementPolicy && { podManagementPolicy: props.podManagementPolicy }),
      updateStrategy: {
        type: updateStrategy,
        ...(props.partition && { rollingUpdate: { partition: props.partition } }),
      },
      ...(props.minReady && { minReadySeconds: props.minReady.toSeconds() }),
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: props.whenDeleted ?? ClaimRetention.RETAIN,
        whenScaled: props.whenScaled ?? ClaimRetention.RETAIN,
      },
      template: {
        metadata: renderPodMetadata(pods, this.selector),
        spec: {
          ...withSpread(
            renderPodSpec(pods, claimed),
            this.selector,
            props.antiAffinity ?? (this.replicas > 1 ? AntiAffinity.PREFERRED : AntiAffinity.NONE),
            props.zoneSpread ?? this.replicas > 1,
          ),
        },
      },
      ...(this.templates.length > 0 && { volumeClaimTemplates: this.templates.map(renderVolumeClaimTemplate) }),
    };
  }

  /** Clients are let in by policies of their own, which add up with this one: see ClientAccess. */
  private addNetworkPolicy(openPorts: number[]): void {
    const podSelector = { matchLabels: this.selector };
    const open = portsOfNumbers(this.containerPorts, openPorts).map(({ port, protocol = Protocol.TCP }) => ({
      port: k8s.IntOrString.fromNumber(port),
      ...(protocol !== Protocol.TCP && { protocol }),
    }));
    claimIdentity(
      new k8s.KubeNetworkPolicy(this, 'NetworkPolicy', {
        metadata: this.metadata(),
        spec: {
          podSelector,
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector }] }, ...(open.length > 0 ? [{ ports: open }] : [])],
        },
      }),
    );
  }

  private addPodDisruptionBudget(): void {
    claimIdentity(
      new k8s.KubePodDisruptionBudget(this, 'PodDisruptionBudget', {
        metadata: this.metadata(),
        spec: {
          maxUnavailable: k8s.IntOrString.fromNumber(1),
          selector: { matchLabels: this.selector },
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
        },
      }),
    );
  }

  private metadata(labels?: { [key: string]: string }): k8s.ObjectMeta {
    return metadata(this.statefulSetName, this.namespace, { ...this.selector, ...labels });
  }
}
