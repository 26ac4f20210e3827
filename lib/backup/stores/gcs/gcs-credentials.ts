import type { IServiceAccount, SecretValue } from 'cdk8s-plus-27';
import { checkSecretKey } from '../../../private/names';
import type { Problems } from '../../../private/problems';

/**
 * How a job proves to Google Cloud who it is. It needs the role "Storage Object User" (`roles/storage.objectUser`) on the bucket.
 */
export class GcsCredentials {
  /**
   * By the key of a service account of Google Cloud, in a Secret that is made by hand. A workload identity is better where the cluster has it.
   *
   * @param key the key's JSON, in a Secret of the job's namespace
   * @see https://cloud.google.com/iam/docs/service-account-creds
   */
  public static serviceAccountKey(key: SecretValue): GcsCredentials {
    return new GcsCredentials(key);
  }

  /**
   * By GKE's workload identity federation: no secret in the cluster. Give the role to the Kubernetes ServiceAccount itself, or annotate it
   * with `iam.gke.io/gcp-service-account`.
   *
   * @param serviceAccount the ServiceAccount, in the job's namespace
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
   */
  public static workloadIdentity(serviceAccount: IServiceAccount): GcsCredentials {
    return new GcsCredentials(undefined, serviceAccount);
  }

  private constructor(
    /** The key's JSON, if there is one. */
    public readonly key?: SecretValue,
    /** The ServiceAccount, where it is the credential. */
    public readonly serviceAccount?: IServiceAccount,
  ) {}
}

export function checkGcsCredentials(problems: Problems, { key }: GcsCredentials): void {
  if (key) checkSecretKey(problems, 'credentials.key', key.key);
}
