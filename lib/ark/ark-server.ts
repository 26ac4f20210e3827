import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, clusterScoped, metadata } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsLabel, checkImage, checkLabels, checkSeconds } from '../private/names';
import { Problems } from '../private/problems';
import { checkPods } from '../workload/pod-rules';
import { renderPodMetadata, renderPodSpec } from '../workload/pod-spec';
import { checkSelectedPods, claimPods } from '../workload/shared-pods';
import { ArkProfile } from './ark-profile';
import { ArkUploader } from './ark-server-props';
import type { ArkServerAttributes, ArkServerProps, IArkServer } from './ark-server-props';
import { installationOf } from './installation';
import { checkSupported, factsOf, VELERO_PROFILES } from './profile-facts';
import { podsOf, selectorOf } from './server-pods';

/**
 * The server of Ark or Velero: its namespace, its account, which **may do everything in the cluster**, since it restores whatever a backup
 * holds, and its Deployment.
 *
 * Its CRDs must be there first: `kubectl apply -f crds/…`, see the README.
 *
 * @see https://velero.io/docs/v1.18/basic-install/
 *
 * @example
 * const server = new ArkServer(this, 'velero', {
 *   profile: ArkProfile.VELERO_1_18,
 *   cloud: ArkCloud.azure({ credentials: kplus.Secret.fromSecretName(this, 'Credentials', 'cloud-credentials') }),
 * });
 * const store = ArkObjectStore.azure({ storageAccount: 'aksbackups', bucket: 'velero', resourceGroup: 'aks-backups' });
 * new ArkBackupLocation(this, 'default', { server, store });
 */
export class ArkServer extends Construct implements IArkServer {
  /**
   * A server that this app does not make: by Helm, by `velero install`, by another app. Nothing is synthesized.
   *
   * @param attributes what its objects need to know of it
   * @throws if an attribute breaks a rule
   */
  public static fromAttributes(attributes: ArkServerAttributes): IArkServer {
    checkKnownProps('ArkServer.fromAttributes', 'ArkServerAttributes', attributes);
    const problems = new Problems();
    const namespace = attributes.namespace ?? factsOf(attributes.profile).namespace;
    const { profile, csiSnapshots, workloadIdentity } = attributes;
    checkDnsLabel(problems, 'namespace', namespace);
    checkSupported(problems, profile, VELERO_PROFILES, { csiSnapshots, workloadIdentity });
    problems.throwIfAny('ArkServer.fromAttributes');
    return {
      profile,
      namespace,
      restoreOnly: attributes.restoreOnly ?? false,
      csiSnapshots: csiSnapshots ?? false,
      hasWorkloadIdentity: workloadIdentity ?? false,
    };
  }

  /** Which server it is. */
  public readonly profile: ArkProfile;

  /** Its namespace. */
  public readonly namespace: string;

  /** Whether it only restores. */
  public readonly restoreOnly: boolean;

  /** Whether it takes snapshots by the drivers of the volumes. */
  public readonly csiSnapshots: boolean;

  /** Whether its pods have a workload identity. */
  public readonly hasWorkloadIdentity: boolean;

  /** Name of the Deployment, and of the ServiceAccount: `ark` or `velero`. */
  public readonly serverName: string;

  /** Labels that the pods are found by. */
  public readonly selector: { [key: string]: string };

  /** The Namespace itself, for what the props do not offer. */
  public readonly namespaceObject: ApiObject;

  /** The Deployment itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /** @internal */
  public readonly _props: ArkServerProps;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: ArkServerProps) {
    super(scope, id);
    checkKnownProps(this, 'ArkServerProps', props);
    const facts = factsOf(props.profile);
    this._props = props;
    this.profile = props.profile;
    this.namespace = props.namespace ?? facts.namespace;
    this.restoreOnly = props.restoreOnly ?? false;
    this.csiSnapshots = props.csiSnapshots ?? false;
    this.hasWorkloadIdentity = props.cloud._parts.identity !== undefined;
    this.serverName = facts.product;
    this.selector = selectorOf(props.profile);
    this.validate(props);

    Object.assign(installationOf(this), {
      nodeAgent: false,
      cloud: props.cloud._parts,
      hasMorePlugins: (props.plugins ?? []).length > 0,
    });
    const labels = { component: facts.product };
    this.namespaceObject = claimIdentity(
      clusterScoped(new k8s.KubeNamespace(this, 'Namespace', { metadata: { name: this.namespace } })),
    );
    this.addServiceAccount(props, labels);
    claimPods(this, this.selector, { ...labels, ...props.podLabels }, this.namespace);
    const pods = podsOf(props);
    this.apiObject = claimIdentity(
      new k8s.KubeDeployment(this, 'Resource', {
        metadata: metadata(this.serverName, this.namespace, labels),
        spec: {
          replicas: 1,
          selector: { matchLabels: this.selector },
          // Two servers at once would both run the schedules.
          strategy: { type: 'Recreate' },
          template: {
            metadata: renderPodMetadata(pods, this.selector),
            spec: { ...renderPodSpec(pods, []), serviceAccountName: this.serverName },
          },
        },
      }),
    );
  }

  private validate(props: ArkServerProps): void {
    const problems = new Problems(this);
    const { profile, cloud, csiSnapshots, plugins, uploader } = props;
    checkDnsLabel(problems, 'namespace', this.namespace);
    checkSupported(problems, profile, VELERO_PROFILES, { ...cloud._parts.veleroOnly, csiSnapshots, plugins });
    cloud._parts.check(problems);
    checkUploader(problems, profile, uploader);
    if (props.fsBackupTimeout)
      checkSeconds(problems, 'fsBackupTimeout', props.fsBackupTimeout, 1, 'write Duration.hours(4)');
    checkLabels(problems, 'podLabels', props.podLabels);
    const pods = podsOf(props);
    const plugged = (pods.initContainers ?? []).map((plugin, index) => [plugin, pluginProp(index)] as const);
    checkImage(problems, 'image', props.image ?? factsOf(profile).image);
    checkPods(problems, pods, [], new Map(plugged));
    checkSelectedPods(problems, this, this.selector, props.podLabels, this.namespace);
    for (const [prop, type, name, namespace] of [
      ['namespace', k8s.KubeNamespace.GVK, this.namespace, undefined],
      ['namespace', k8s.KubeDeployment.GVK, this.serverName, this.namespace],
      ['namespace', k8s.KubeServiceAccount.GVK, this.serverName, this.namespace],
      ['namespace', k8s.KubeClusterRoleBinding.GVK, this.bindingName, undefined],
    ] as const) {
      checkIdentity(problems, this, prop, type, name, namespace);
    }
    problems.throwIfAny();
  }

  /** Of all namespaces of a cluster, so that of another one has its name. */
  private get bindingName(): string {
    const { namespace } = factsOf(this.profile);
    return this.namespace === namespace ? this.serverName : `${this.serverName}-${this.namespace}`;
  }

  private addServiceAccount({ cloud }: ArkServerProps, labels: { [key: string]: string }): void {
    claimIdentity(
      new k8s.KubeServiceAccount(this, 'ServiceAccount', {
        metadata: metadata(this.serverName, this.namespace, labels, cloud._parts.serviceAccountAnnotations),
      }),
    );
    claimIdentity(
      clusterScoped(
        new k8s.KubeClusterRoleBinding(this, 'ClusterRoleBinding', {
          metadata: { name: this.bindingName, labels },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'ServiceAccount', name: this.serverName, namespace: this.namespace }],
        }),
      ),
    );
  }
}

/** The plugin of the cloud comes first. */
function pluginProp(index: number): string {
  return index === 0 ? 'cloud.plugin' : `plugins[${index - 1}]`;
}

function checkUploader(problems: Problems, profile: ArkProfile, uploader: ArkUploader | undefined): void {
  if (profile === ArkProfile.VELERO_1_18 && uploader === ArkUploader.RESTIC) {
    const wayOut =
      'it still restores what restic has copied, and copies with kopia alone; leave it out, or set profile ArkProfile.VELERO_1_16';
    problems.add('uploader', `must be kopia with ${profile}`, uploader, wayOut);
  }
  if (profile === ArkProfile.ARK_0_10 && uploader === ArkUploader.KOPIA) {
    const wayOut = 'kopia came with Velero 1.10; leave it out, or set profile ArkProfile.VELERO_1_18';
    problems.add('uploader', `must be restic with ${profile}`, uploader, wayOut);
  }
}
