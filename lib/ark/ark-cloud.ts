import { checkKnownProps } from '../private/known-props';
import { awsCloud } from './aws/aws-cloud';
import type { ArkAwsCloudOptions } from './aws/aws-cloud';
import { azureCloud } from './azure/azure-cloud';
import type { ArkAzureCloudOptions } from './azure/azure-cloud';
import type { CloudParts } from './cloud-parts';
import { gcpCloud } from './gcp/gcp-cloud';
import type { ArkGcpCloudOptions } from './gcp/gcp-cloud';
import { otherCloud } from './other/other-cloud';
import type { ArkOtherCloudOptions } from './other/other-cloud';

/**
 * How a server reaches its cloud: the plugin that it needs, and its credentials or the identity of its pods.
 *
 * @example
 * const cloud = ArkCloud.azure({ credentials: kplus.Secret.fromSecretName(this, 'CloudCredentials', 'cloud-credentials') });
 */
export class ArkCloud {
  /**
   * Microsoft Azure.
   *
   * @param options credentials, or the identity of the pods
   */
  public static azure(options: ArkAzureCloudOptions): ArkCloud {
    checkKnownProps('ArkCloud.azure', 'ArkAzureCloudOptions', options);
    return new ArkCloud(azureCloud(options));
  }

  /**
   * Amazon Web Services, or a store that speaks S3, e.g. MinIO or Ceph.
   *
   * @param options credentials, or the identity of the pods
   */
  public static aws(options: ArkAwsCloudOptions): ArkCloud {
    checkKnownProps('ArkCloud.aws', 'ArkAwsCloudOptions', options);
    return new ArkCloud(awsCloud(options));
  }

  /**
   * Google Cloud.
   *
   * @param options credentials, or the identity of the pods
   */
  public static gcp(options: ArkGcpCloudOptions): ArkCloud {
    checkKnownProps('ArkCloud.gcp', 'ArkGcpCloudOptions', options);
    return new ArkCloud(gcpCloud(options));
  }

  /**
   * Any other, by a plugin of Velero.
   *
   * @param options the plugin, and how it finds its credentials
   */
  public static of(options: ArkOtherCloudOptions): ArkCloud {
    checkKnownProps('ArkCloud.of', 'ArkOtherCloudOptions', options);
    return new ArkCloud(otherCloud(options));
  }

  private constructor(
    /**
     * What the server must know of it.
     *
     * @internal
     */
    public readonly _parts: CloudParts,
  ) {}
}
