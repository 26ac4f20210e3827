import type { ISecret } from 'cdk8s-plus-27';
import type { ArkPlugin } from '../ark-server-props';
import type { CloudParts } from '../cloud-parts';

/**
 * Options of `ArkCloud.of`.
 */
export interface ArkOtherCloudOptions {
  /** What the plugin calls itself, as its locations name it, e.g. `example.com/store`. */
  readonly provider: string;

  /** The plugin. */
  readonly plugin: ArkPlugin;

  /**
   * The Secret with the credentials, in the server's namespace, made by hand. Its key `cloud` is a file.
   *
   * @default - none
   */
  readonly credentials?: ISecret;

  /**
   * The variable by which the plugin finds that file.
   *
   * @default 'VELERO_CREDENTIALS_FILE'
   */
  readonly credentialsVariable?: string;

  /**
   * Annotations of the server's ServiceAccount, by which its pods have an identity.
   *
   * @default - none
   */
  readonly serviceAccountAnnotations?: { [key: string]: string };
}

export function otherCloud(options: ArkOtherCloudOptions): CloudParts {
  const { provider, plugin, credentials, serviceAccountAnnotations } = options;
  const variable = options.credentialsVariable ?? 'VELERO_CREDENTIALS_FILE';
  return {
    provider,
    pluginName: plugin.name,
    plugin: plugin.image,
    credentialsVariable: { ark: variable, velero: variable },
    ...(credentials && { credentials }),
    ...(serviceAccountAnnotations && { identity: provider, serviceAccountAnnotations }),
    veleroOnly: { 'cloud.plugin': plugin.image },
    check: () => undefined,
  };
}
