import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkImage, checkLabels, checkMountPath } from '../private/names';
import { Problems } from '../private/problems';
import { REQUESTS } from '../workload/pod-spec';
import { hardened } from '../workload/security-context';
import type { ArkServer } from './ark-server';
import { installationOf } from './installation';
import { factsOf } from './profile-facts';
import { credentialsMount, credentialsVolume, environmentOf } from './server-pods';

/**
 * Properties of `ArkNodeAgent`.
 */
export interface ArkNodeAgentProps {
  /** The server that it copies for. */
  readonly server: ArkServer;

  /**
   * Folder in which the kubelet keeps the volumes of pods.
   *
   * @default '/var/lib/kubelet/pods'
   */
  readonly hostPodsPath?: string;

  /**
   * Its image, with a tag or digest that does not move.
   *
   * @default - the server's
   */
  readonly image?: string;

  /**
   * CPU, memory and ephemeral storage of each pod, see `ContainerResources`. The copying of many small files takes memory: kopia some GiB for a million.
   *
   * @default - requests of 100m and 128Mi, no limits
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * Labels that a node must have.
   *
   * @default - Linux
   */
  readonly nodeSelector?: { [key: string]: string };

  /**
   * Taints of nodes that it tolerates. A volume on a node without it is not copied.
   *
   * @default - none
   */
  readonly tolerations?: k8s.Toleration[];
}

/**
 * What copies volumes file by file, on each node: restic of Ark, the node agent of Velero.
 *
 * **It runs as root and sees the volumes of all pods of its node**, which Pod Security "baseline" refuses: its namespace is labelled as
 * privileged. Apart from that it has no more than it needs. The agent of Velero 1.18 makes a pod for each volume that it copies, as root too.
 *
 * @see https://velero.io/docs/v1.18/file-system-backup/
 *
 * @example
 * declare const server: ArkServer;
 * new ArkNodeAgent(this, 'node-agent', { server });
 */
export class ArkNodeAgent extends Construct {
  /** Name of the DaemonSet: `restic` or `node-agent`. */
  public readonly daemonSetName: string;

  /** The DaemonSet itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: ArkNodeAgentProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkNodeAgentProps', props);
    const { server } = props;
    const facts = factsOf(server.profile);
    this.daemonSetName = facts.nodeAgent.name;
    const image = props.image ?? server._props.image ?? facts.image;
    const problems = new Problems(this);
    checkImage(problems, 'image', image);
    checkLabels(problems, 'nodeSelector', props.nodeSelector);
    if (props.hostPodsPath !== undefined) checkMountPath(problems, 'hostPodsPath', props.hostPodsPath);
    checkIdentity(problems, this, 'server', k8s.KubeDaemonSet.GVK, this.daemonSetName, server.namespace);
    problems.throwIfAny();

    const selector = { name: this.daemonSetName };
    const labels = { component: facts.product, ...selector };
    // Velero looks for its agents by their role. Ark's must not have the label that its server's pods are found by.
    const podLabels = facts.product === 'ark' ? selector : { ...labels, role: this.daemonSetName };
    this.apiObject = claimIdentity(
      new k8s.KubeDaemonSet(this, 'Resource', {
        metadata: metadata(this.daemonSetName, server.namespace, labels),
        spec: {
          selector: { matchLabels: selector },
          template: {
            metadata: { labels: { ...podLabels, ...server._props.cloud._parts.podLabels } },
            spec: this.renderPodSpec(props, image),
          },
        },
      }),
    );
    server.namespaceObject.metadata.addLabel('pod-security.kubernetes.io/enforce', 'privileged');
    installationOf(server).nodeAgent = true;
  }

  private renderPodSpec(props: ArkNodeAgentProps, image: string): k8s.PodSpec {
    const { server, hostPodsPath = '/var/lib/kubelet/pods' } = props;
    const { product, nodeAgent } = factsOf(server.profile);
    const { capabilities } = nodeAgent;
    return {
      serviceAccountName: server.serverName,
      enableServiceLinks: false,
      securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: product === 'ark' ? 'ark' : nodeAgent.name,
          image,
          command: [`/${product}`],
          args: nodeAgent.args,
          ...nodeAgentEnvironment(server),
          resources: props.resources ?? REQUESTS,
          securityContext: hardened({ capabilities: { add: capabilities } }),
          volumeMounts: [
            // What is mounted after the agent has started is seen too.
            { name: 'host-pods', mountPath: '/host_pods', mountPropagation: 'HostToContainer' },
            { name: 'scratch', mountPath: '/scratch' },
            { name: 'tmp', mountPath: '/tmp' },
            ...credentialsMount(server._props),
          ],
        },
      ],
      volumes: [
        { name: 'host-pods', hostPath: { path: hostPodsPath } },
        { name: 'scratch', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
        ...credentialsVolume(server._props),
      ],
      nodeSelector: props.nodeSelector ?? { 'kubernetes.io/os': 'linux' },
      ...(props.tolerations && { tolerations: props.tolerations }),
    };
  }
}

function nodeAgentEnvironment(server: ArkServer): { env: k8s.EnvVar[]; envFrom?: k8s.EnvFromSource[] } {
  const { product } = factsOf(server.profile);
  const { env, envFrom } = environmentOf(server._props);
  return {
    env: [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      ...(product === 'ark'
        ? [{ name: 'HEPTIO_ARK_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }]
        : []),
      ...env,
    ],
    ...(envFrom && { envFrom }),
  };
}
