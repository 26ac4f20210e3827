import type { IServiceAccount, SecretValue } from 'cdk8s-plus-27';
import { checkSecretKey } from '../../../private/names';
import type { Problems } from '../../../private/problems';

/**
 * How a job proves to Azure who it is.
 */
export class BlobCredentials {
  /**
   * By a key of the storage account, in a Secret that is made by hand. **It may do everything with all containers of the account**;
   * a workload identity with a role on one container is better where the cluster has it.
   *
   * @param key the Secret in the job's namespace, and the name of its key
   * @see https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage
   */
  public static accountKey(key: SecretValue): BlobCredentials {
    return new BlobCredentials(key);
  }

  /**
   * By a Microsoft Entra workload identity: no secret in the cluster.
   *
   * The identity needs the role "Storage Blob Data Contributor" on the container, and a federated credential for the ServiceAccount;
   * the ServiceAccount needs the annotation `azure.workload.identity/client-id`.
   *
   * @param serviceAccount the annotated ServiceAccount, in the job's namespace
   * @see https://learn.microsoft.com/azure/aks/workload-identity-overview
   */
  public static workloadIdentity(serviceAccount: IServiceAccount): BlobCredentials {
    return new BlobCredentials(undefined, serviceAccount);
  }

  private constructor(
    /** The key of the account, if there is one. */
    public readonly key?: SecretValue,
    /** The ServiceAccount of the workload identity, if there is one. */
    public readonly serviceAccount?: IServiceAccount,
  ) {}
}

export function checkCredentials(problems: Problems, prop: string, { key }: BlobCredentials): void {
  if (key) checkSecretKey(problems, `${prop}.key`, key.key);
}
