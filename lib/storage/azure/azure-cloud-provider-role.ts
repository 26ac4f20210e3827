import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { claimIdentity, metadata, clusterScoped } from '../../private/identity';

const NAME = 'system:azure-cloud-provider';

/**
 * What the in-tree Azure Files driver needs: to keep an account's key in a Secret. One for all classes of a chart.
 */
export class AzureCloudProviderRole extends Construct {
  public static ensure(scope: Construct): void {
    const chart = Chart.of(scope);
    if (!chart.node.tryFindChild(NAME)) new AzureCloudProviderRole(chart);
  }

  private constructor(chart: Chart) {
    super(chart, NAME);
    clusterScoped(
      claimIdentity(
        new k8s.KubeClusterRole(this, 'Resource', {
          metadata: metadata(NAME),
          rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create'] }],
        }),
      ),
    );
    clusterScoped(
      claimIdentity(
        new k8s.KubeClusterRoleBinding(this, 'Binding', {
          metadata: metadata(NAME),
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
          subjects: [{ kind: 'ServiceAccount', name: 'persistent-volume-binder', namespace: 'kube-system' }],
        }),
      ),
    );
  }
}
