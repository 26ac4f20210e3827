import type { ISecret } from 'cdk8s-plus-27';
import type { Problems } from '../../private/problems';
import type { CloudParts } from '../cloud-parts';

/**
 * Options of `ArkCloud.aws`: one of `credentials`, `roleArn` and `podIdentity`.
 */
export interface ArkAwsCloudOptions {
  /**
   * The Secret with the credentials, in the server's namespace, made by hand. Its key `cloud` is a credentials file of AWS: `[default]`, and a line
   * each for `aws_access_key_id` and `aws_secret_access_key`.
   *
   * @default - none
   * @see https://github.com/vmware-tanzu/velero-plugin-for-aws#set-permissions-for-velero
   */
  readonly credentials?: ISecret;

  /**
   * The IAM role of the server's ServiceAccount (IRSA): no secret in the cluster. Velero only.
   *
   * **kopia does not renew the role's session**, which is an hour: to copy a volume, or to restore it, may take no longer. What takes longer needs
   * `credentials`.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
   * @see https://github.com/vmware-tanzu/velero/issues/8173
   */
  readonly roleArn?: string;

  /**
   * Whether EKS Pod Identity gives the server's ServiceAccount a role. The association is made in EKS; nothing in the cluster says so. Velero only.
   * kopia does not renew this role's session either, see `roleArn`.
   *
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
   */
  readonly podIdentity?: boolean;

  /**
   * The plugin's image, with a tag or digest that does not move. Velero only; Ark has it built in.
   *
   * @default - that of the profile
   */
  readonly plugin?: string;
}

export function awsCloud(options: ArkAwsCloudOptions): CloudParts {
  const { credentials, roleArn, podIdentity, plugin } = options;
  const variable = 'AWS_SHARED_CREDENTIALS_FILE';
  const identity = roleArn ?? (podIdentity ? 'Pod Identity' : undefined);
  return {
    provider: 'aws',
    pluginName: 'aws',
    credentialsVariable: { ark: variable, velero: variable },
    ...(credentials && { credentials }),
    ...(plugin !== undefined && { plugin }),
    ...(identity !== undefined && { identity }),
    ...(roleArn !== undefined && { serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': roleArn } }),
    veleroOnly: { 'cloud.roleArn': roleArn, 'cloud.podIdentity': podIdentity, 'cloud.plugin': plugin },
    check: (problems) => checkAccess(problems, options),
  };
}

function checkAccess(problems: Problems, { credentials, roleArn, podIdentity }: ArkAwsCloudOptions): void {
  const given = [credentials && 'credentials', roleArn !== undefined && 'roleArn', podIdentity && 'podIdentity'].filter(
    (name) => typeof name === 'string',
  );
  if (given.length === 0) {
    const wayOut = 'the server reaches no storage without; give a Secret made by hand, or a role';
    problems.add('cloud.credentials', 'must be given, or roleArn, or podIdentity: true', undefined, wayOut);
  }
  if (given.length > 1) {
    const wayOut = 'the first of them counts, and the others are passed over in silence; leave them out';
    problems.add('cloud.credentials', 'must be given, or roleArn, or podIdentity, and one alone', given.join(), wayOut);
  }
  if (roleArn !== undefined && !/^arn:[a-z-]+:iam::\d{12}:role\/\S+$/.test(roleArn)) {
    const wayOut = "no other is ever assumed; write it as 'arn:aws:iam::123456789012:role/velero'";
    problems.add('cloud.roleArn', 'must be the ARN of an IAM role', roleArn, wayOut);
  }
}
