import type { IServiceAccount, SecretValue } from 'cdk8s-plus-27';
import { checkSecretKey } from '../../../private/names';
import type { Problems } from '../../../private/problems';

/**
 * How a job proves to S3 who it is. Its policy must allow `s3:ListBucket` on the bucket, and `s3:GetObject`, `s3:PutObject`,
 * `s3:AbortMultipartUpload` and (for retention and the job's own notes) `s3:DeleteObject` on what lies below the prefix.
 */
export class S3Credentials {
  /**
   * By an access key, in Secrets that are made by hand.
   *
   * @param id the access key's id, in a Secret of the job's namespace
   * @param secret the secret access key, in a Secret of the job's namespace
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
   */
  public static accessKey(id: SecretValue, secret: SecretValue): S3Credentials {
    return new S3Credentials(id, secret);
  }

  /**
   * By an IAM role for a ServiceAccount (IRSA): no secret in the cluster. The ServiceAccount needs the annotation
   * `eks.amazonaws.com/role-arn`, and the role must trust it.
   *
   * @param serviceAccount the annotated ServiceAccount, in the job's namespace
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   */
  public static workloadIdentity(serviceAccount: IServiceAccount): S3Credentials {
    return new S3Credentials(undefined, undefined, serviceAccount);
  }

  /**
   * By EKS Pod Identity: no secret in the cluster, and no annotation. The cluster needs its agent, and an association of the
   * ServiceAccount with a role.
   *
   * @param serviceAccount the associated ServiceAccount, in the job's namespace
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
   */
  public static podIdentity(serviceAccount: IServiceAccount): S3Credentials {
    return new S3Credentials(undefined, undefined, serviceAccount, true);
  }

  private constructor(
    /** The access key's id, if there is one. */
    public readonly accessKeyId?: SecretValue,
    /** The secret access key, if there is one. */
    public readonly secretAccessKey?: SecretValue,
    /** The ServiceAccount, where it is the credential. */
    public readonly serviceAccount?: IServiceAccount,
    /** Whether an agent on the node gives the credentials. */
    public readonly usesPodIdentity = false,
  ) {}
}

export function checkS3Credentials(problems: Problems, credentials: S3Credentials): void {
  const { accessKeyId, secretAccessKey } = credentials;
  if (accessKeyId) checkSecretKey(problems, 'credentials.accessKeyId.key', accessKeyId.key);
  if (secretAccessKey) checkSecretKey(problems, 'credentials.secretAccessKey.key', secretAccessKey.key);
}
