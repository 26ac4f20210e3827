import type { ISecret } from 'cdk8s-plus-27';
import type { CloudParts } from '../cloud-parts';
import { checkServiceAccount } from './gcp-names';

/**
 * Options of `ArkCloud.gcp`: one of `credentials` and `serviceAccount`.
 */
export interface ArkGcpCloudOptions {
  /**
   * The Secret with the credentials, in the server's namespace, made by hand. Its key `cloud` is the key of a service account, in JSON.
   *
   * @default - none: `serviceAccount` must be given
   * @see https://github.com/vmware-tanzu/velero-plugin-for-gcp#set-permissions-for-velero
   */
  readonly credentials?: ISecret;

  /**
   * The service account of Google that the server's ServiceAccount acts as, by the workload identity of GKE: no secret in the cluster. It needs
   * `iam.serviceAccounts.signBlob` on itself, for the logs that Velero's client downloads. Velero only.
   *
   * @default - none: `credentials` must be given
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
   */
  readonly serviceAccount?: string;

  /**
   * The plugin's image, with a tag or digest that does not move. Velero only; Ark has it built in.
   *
   * @default - that of the profile
   */
  readonly plugin?: string;
}

export function gcpCloud({ credentials, serviceAccount, plugin }: ArkGcpCloudOptions): CloudParts {
  const variable = 'GOOGLE_APPLICATION_CREDENTIALS';
  return {
    provider: 'gcp',
    pluginName: 'gcp',
    credentialsVariable: { ark: variable, velero: variable },
    ...(credentials && { credentials }),
    ...(plugin !== undefined && { plugin }),
    ...(serviceAccount !== undefined && {
      identity: serviceAccount,
      serviceAccountAnnotations: { 'iam.gke.io/gcp-service-account': serviceAccount },
    }),
    veleroOnly: { 'cloud.serviceAccount': serviceAccount, 'cloud.plugin': plugin },
    check: (problems) => {
      if (!credentials && serviceAccount === undefined) {
        const wayOut = 'the server reaches no storage without; give a Secret made by hand, or a service account';
        problems.add('cloud.credentials', 'must be given, or serviceAccount', undefined, wayOut);
      }
      if (serviceAccount === undefined) return;
      checkServiceAccount(problems, 'cloud.serviceAccount', serviceAccount);
      if (credentials) {
        const wayOut = 'the file of the credentials counts, and the identity is passed over in silence; leave it out';
        problems.add('cloud.serviceAccount', 'must be left out with credentials', serviceAccount, wayOut);
      }
    },
  };
}
