import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsSubdomain, checkLabels } from '../private/names';
import { Problems } from '../private/problems';
import type { EmptyDirMount } from './empty-dir-mount';
import { checkPodClaims, claimedVolumes, claimsByProp, renderPodClaims } from './pod-claims';
import type { PodClaim } from './pod-claims';
import { checkPods, propsOfContainers } from './pod-rules';
import { renderPodMetadata, renderPodSpec } from './pod-spec';
import { checkSameNamespace, podReferences } from './reference-rules';
import { withSeeds } from './seed';
import { checkSelectedPods, claimPods } from './shared-pods';
import { Workload } from './workload';
import type { WorkloadProps } from './workload-props';

/**
 * Properties of `Pod`.
 */
export interface PodProps extends WorkloadProps {
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
   * Claims that the pod mounts.
   *
   * @default - none
   */
  readonly claims?: PodClaim[];

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
}

/**
 * A single pod by its name, hardened as all workloads here: for a look at a volume or a network, not for a service, as nobody
 * starts it again when its node is gone.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/
 *
 * @example
 * declare const claim: PersistentVolumeClaim;
 * new Pod(this, 'pod-pvc-disk', {
 *   containers: [{ name: 'ubuntu', image: 'ubuntu:24.04', command: ['tail', '-f', '/dev/null'] }],
 *   claims: [{ name: 'volume', claim, mounts: [{ path: '/data' }] }],
 * });
 */
export class Pod extends Workload {
  /** Name of the pod. */
  public readonly podName: string;

  /** Namespace of the pod, where the app knows it. */
  public readonly namespace?: string;

  /** The pod itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /** Labels that the pod is found by: `app: <name>`. */
  public readonly selector: { [key: string]: string };

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: PodProps) {
    super(scope, id);
    checkKnownProps(this, 'PodProps', props);
    this.podName = props.name ?? id;
    this.selector = { app: this.podName };
    const claimed = claimedVolumes(props.claims);
    const pods = withSeeds(props, claimed);
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'name', this.podName);
    checkLabels(problems, 'name', this.selector);
    checkPodClaims(problems, claimed);
    checkSameNamespace(problems, this, props.namespace, { ...claimsByProp(props.claims), ...podReferences(props) });
    checkPods(problems, pods, claimed, propsOfContainers(props));
    checkSelectedPods(problems, this, this.selector, props.podLabels, props.namespace);
    checkIdentity(problems, this, 'name', k8s.KubePod.GVK, this.podName, props.namespace);
    problems.throwIfAny();

    const namespace = namespaceOf(this, props.namespace);
    if (namespace !== undefined) this.namespace = namespace;
    const { labels, annotations } = renderPodMetadata(pods, this.selector);
    claimPods(this, this.selector, props.podLabels, props.namespace);
    this.apiObject = claimIdentity(
      new k8s.KubePod(this, 'Resource', {
        metadata: metadata(this.podName, props.namespace, { ...props.labels, ...labels }, annotations),
        spec: renderPodSpec({ ...pods, volumes: renderPodClaims(props) }, claimed),
      }),
    );
  }
}
