import type { ISecret } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';
import type { IArkServer } from './ark-server-props';

/*
 * All that server, locations and emitters know of a cloud. Whatever is one cloud's alone stands in the folder of that cloud.
 */

/** What a plugin reads. */
export interface PluginConfig {
  readonly [key: string]: string | boolean | number | undefined;
}

/** Options that not every server knows, under the names that the user wrote. */
export interface Support {
  readonly [option: string]: unknown;
}

/** How a server reaches a cloud. */
export interface CloudParts {
  /** What locations of this cloud name: of Velero's own plugins without the `velero.io/` that only Velero writes. */
  readonly provider: string;
  /** The Secret of the server's credentials. */
  readonly credentials?: ISecret;
  /** The variable by which the cloud's SDK finds the file of credentials; none where Ark reads each line as a variable of its own. */
  readonly credentialsVariable: { readonly ark?: string; readonly velero: string };
  /** Who the server's pods are to the cloud, without a Secret. */
  readonly identity?: string;
  readonly podLabels?: { readonly [key: string]: string };
  readonly serviceAccountAnnotations?: { readonly [key: string]: string };
  /** The image of the plugin, in place of the profile's. */
  readonly plugin?: string;
  /** The name of the plugin's container. */
  readonly pluginName: string;
  /** What Ark does not know. */
  readonly veleroOnly: Support;
  check(problems: Problems): void;
}

/** A place for backups in a cloud. */
export interface ObjectStoreParts {
  readonly provider: string;
  readonly bucket: string;
  /** What of all buckets this is. */
  readonly place: string;
  /** Certificates that its server's is signed by, in PEM. */
  readonly caCert?: string;
  config(server: IArkServer): PluginConfig;
  check(problems: Problems, server: IArkServer): void;
}

/** How a cloud's disks are snapshotted. */
export interface SnapshotterParts {
  readonly provider: string;
  readonly config: PluginConfig;
  check(problems: Problems, server: IArkServer): void;
}
