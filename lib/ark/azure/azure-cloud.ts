import type { ISecret } from 'cdk8s-plus-27';
import type { CloudParts } from '../cloud-parts';

/**
 * A workload identity of Microsoft Entra.
 *
 * @see https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
 */
export interface ArkAzureWorkloadIdentity {
  /** Client id of the identity. It needs the role "Storage Blob Data Contributor" on the container. */
  readonly clientId: string;

  /**
   * Id of its tenant.
   *
   * @default - that of the cluster's webhook
   */
  readonly tenantId?: string;
}

/**
 * Options of `ArkCloud.azure`.
 */
export interface ArkAzureCloudOptions {
  /**
   * The Secret with the credentials, in the server's namespace, made by hand. Of Ark, its keys are variables: AZURE_SUBSCRIPTION_ID,
   * AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_RESOURCE_GROUP. Of Velero, its key `cloud` is a file with a line for each.
   *
   * @default - none: a workload identity must be given
   * @see https://github.com/vmware-tanzu/velero-plugin-for-microsoft-azure#set-permissions-for-velero
   */
  readonly credentials?: ISecret;

  /**
   * The workload identity of the server's pods: no secret in the cluster. Velero only.
   *
   * @default - none: `credentials` must be given
   */
  readonly workloadIdentity?: ArkAzureWorkloadIdentity;

  /**
   * The plugin's image, with a tag or digest that does not move. Velero only; Ark has it built in.
   *
   * @default - that of the profile
   */
  readonly plugin?: string;
}

export function azureCloud({ credentials, workloadIdentity, plugin }: ArkAzureCloudOptions): CloudParts {
  return {
    provider: 'azure',
    pluginName: 'azure',
    credentialsVariable: { velero: 'AZURE_CREDENTIALS_FILE' },
    ...(credentials && { credentials }),
    ...(plugin !== undefined && { plugin }),
    ...(workloadIdentity && {
      identity: workloadIdentity.clientId,
      // The webhook looks at pods.
      podLabels: { 'azure.workload.identity/use': 'true' },
      serviceAccountAnnotations: {
        'azure.workload.identity/client-id': workloadIdentity.clientId,
        ...(workloadIdentity.tenantId !== undefined && {
          'azure.workload.identity/tenant-id': workloadIdentity.tenantId,
        }),
      },
    }),
    veleroOnly: { 'cloud.workloadIdentity': workloadIdentity, 'cloud.plugin': plugin },
    check: (problems) => {
      if (credentials || workloadIdentity) return;
      const wayOut = 'the server reaches no storage without; give a Secret made by hand, or a workload identity';
      problems.add('cloud.credentials', 'must be given, or workloadIdentity', undefined, wayOut);
    },
  };
}
