import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsLabel, checkInteger } from '../private/names';
import { Problems } from '../private/problems';
import { checkAloneImages } from './database-image-rules';
import { checkSelector } from './headless-service';
import type { PodProps } from './pod';
import { checkPodClaims, checkShared, claimedVolumes, claimsByProp, renderPodClaims } from './pod-claims';
import { checkPods, propsOfContainers } from './pod-rules';
import { renderPodMetadata, renderPodSpec } from './pod-spec';
import { checkSameNamespace, podReferences } from './reference-rules';
import { withSeeds } from './seed';
import { checkSelectedPods, claimPods } from './shared-pods';
import { Workload } from './workload';

/**
 * Properties of `Deployment`.
 */
export interface DeploymentProps extends PodProps {
  /**
   * How many pods.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * Labels that the pods are found by. **No selector of a Deployment that exists can be changed**: choose once.
   *
   * @default - `app: <name>`
   */
  readonly selector?: { [key: string]: string };
}

/**
 * Pods that are all alike and keep nothing of their own: a client of a database, hardened as all workloads here.
 *
 * With a claim, the old pod stops before the new one starts: two must not write to one volume at a time, and on a disk the
 * new one would wait for ever.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 *
 * @example
 * new Deployment(this, 'catalog', {
 *   containers: [{ name: 'catalog', image: 'registry.example.com/catalog:1.0.0' }],
 * });
 */
export class Deployment extends Workload {
  /** Name of the Deployment. */
  public readonly deploymentName: string;

  /** Namespace of the Deployment, where the app knows it. */
  public readonly namespace?: string;

  /** Labels that the pods are found by. */
  public readonly selector: { [key: string]: string };

  /** The Deployment itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: DeploymentProps) {
    super(scope, id);
    checkKnownProps(this, 'DeploymentProps', props);
    this.deploymentName = props.name ?? id;
    this.selector = props.selector ?? { app: this.deploymentName };
    const claimed = claimedVolumes(props.claims);
    const pods = withSeeds(props, claimed);
    const problems = new Problems(this);
    checkDnsLabel(problems, 'name', this.deploymentName, 52, 'the names of its pods have 11 characters more');
    if (props.replicas !== undefined) {
      checkInteger(problems, 'replicas', props.replicas, 0, 2147483647, 'that many pods are made');
    }
    checkSelector(problems, this.selector);
    checkPodClaims(problems, claimed);
    checkShared(problems, props.claims, props.replicas);
    checkSameNamespace(problems, this, props.namespace, { ...claimsByProp(props.claims), ...podReferences(props) });
    checkPods(problems, pods, claimed, propsOfContainers(props));
    checkAloneImages(problems, props.containers, props.replicas);
    checkSelectedPods(problems, this, this.selector, props.podLabels, props.namespace);
    checkIdentity(problems, this, 'name', k8s.KubeDeployment.GVK, this.deploymentName, props.namespace);
    problems.throwIfAny();

    const namespace = namespaceOf(this, props.namespace);
    if (namespace !== undefined) this.namespace = namespace;
    claimPods(this, this.selector, props.podLabels, props.namespace);
    this.apiObject = claimIdentity(
      new k8s.KubeDeployment(this, 'Resource', {
        metadata: metadata(this.deploymentName, props.namespace, { ...this.selector, ...props.labels }),
        spec: {
          replicas: props.replicas ?? 1,
          selector: { matchLabels: this.selector },
          ...(keepsClaim(props) && { strategy: { type: 'Recreate' } }),
          template: {
            metadata: renderPodMetadata(pods, this.selector),
            spec: renderPodSpec({ ...pods, volumes: renderPodClaims(props) }, claimed),
          },
        },
      }),
    );
  }
}

/** By a prop of this library, or as Kubernetes writes it. */
function keepsClaim({ claims = [], volumes = [] }: DeploymentProps): boolean {
  return claims.length > 0 || volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim);
}
