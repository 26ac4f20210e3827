import type { ApiObject } from 'cdk8s';
import { LabelSelector } from 'cdk8s-plus-27';
import type { INetworkPolicyPeer, IPodSelector, NetworkPolicyPeerConfig, PodSelectorConfig } from 'cdk8s-plus-27';
import { Construct } from 'constructs';

/**
 * Pods that are found by visible labels: what policies of this library and of cdk8s-plus name as a selector or a peer.
 */
export abstract class Workload extends Construct implements IPodSelector, INetworkPolicyPeer {
  /** Labels that the pods are found by. */
  public abstract readonly selector: { [key: string]: string };

  /** Namespace of the pods, where the app knows it. */
  public abstract readonly namespace?: string;

  /** The object that makes the pods, for what the props do not offer. */
  public abstract readonly apiObject: ApiObject;

  /** The pods as a selector in policies of cdk8s-plus. */
  public toPodSelectorConfig(): PodSelectorConfig {
    return {
      labelSelector: LabelSelector.of({ labels: this.selector }),
      ...(this.namespace !== undefined && { namespaces: { names: [this.namespace] } }),
    };
  }

  /** The pods as a peer in policies of cdk8s-plus. */
  public toNetworkPolicyPeerConfig(): NetworkPolicyPeerConfig {
    return { podSelector: this.toPodSelectorConfig() };
  }

  /** The pods themselves. */
  public toPodSelector(): IPodSelector | undefined {
    return this;
  }
}
