import type { Duration } from 'cdk8s';
import type { IServiceAccount, ISecret, k8s } from 'cdk8s-plus-27';

/**
 * What every workload of this library takes. Anything else is set through its public `apiObject`.
 */
export interface WorkloadProps {
  /**
   * Name of the workload, and of what belongs to it. What holds data is found by it: **another name is another, empty
   * database**, with the old one's volumes left behind.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the workload.
   *
   * @default - the chart's
   */
  readonly namespace?: string;

  /**
   * Labels of the workload object itself.
   *
   * @default - the pods' selector labels
   */
  readonly labels?: { [key: string]: string };

  /**
   * Labels of the pods, besides those that they are selected by.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the pods.
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * Secrets to pull the images with.
   *
   * @default - none
   */
  readonly imagePullSecrets?: ISecret[];

  /**
   * Labels that a node must have to run the pods.
   *
   * @default - any node
   */
  readonly nodeSelector?: { [key: string]: string };

  /**
   * Rules for the nodes that run the pods, where `nodeSelector` does not say enough.
   *
   * @default - any node
   * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
   */
  readonly nodeAffinity?: k8s.NodeAffinity;

  /**
   * Taints of nodes that the pods tolerate.
   *
   * @default - none
   */
  readonly tolerations?: k8s.Toleration[];

  /**
   * Priority class of the pods: who goes first when a node is full.
   *
   * @default - the cluster's default class
   */
  readonly priorityClassName?: string;

  /**
   * Service account of the pods.
   *
   * @default - the namespace's `default`
   */
  readonly serviceAccount?: IServiceAccount;

  /**
   * Whether the containers get the service account's token, and with it whatever the account may do in the cluster.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;

  /**
   * User id of the containers. A number, so that the kubelet can tell that it is not root.
   *
   * @default 1000 - an engine knows its image's
   */
  readonly runAsUser?: number;

  /**
   * Group id of the containers.
   *
   * @default - that of `runAsUser`
   */
  readonly runAsGroup?: number;

  /**
   * Group that the volumes are given to when they are mounted, unless their root folder has it already.
   *
   * @default - that of `runAsGroup`
   */
  readonly fsGroup?: number;

  /**
   * Kernel settings of the pods. Pod Security "restricted" allows only the safe ones, such as
   * `net.ipv4.ip_unprivileged_port_start`, which lets a server listen below 1024 without being root.
   *
   * @default - the node's
   */
  readonly sysctls?: { [name: string]: string };

  /**
   * How long a pod has to stop before it is killed.
   *
   * @default Duration.seconds(30) - an engine knows what its server needs to flush
   */
  readonly terminationGracePeriod?: Duration;
}
