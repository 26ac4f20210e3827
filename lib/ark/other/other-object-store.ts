import type { ObjectStoreParts } from '../cloud-parts';

/**
 * Options of `ArkObjectStore.of`.
 */
export interface ArkOtherObjectStoreOptions {
  /** What the plugin calls itself, e.g. `example.com/store`. */
  readonly provider: string;

  /** What the plugin calls a bucket. */
  readonly bucket: string;

  /**
   * What the plugin is told. **It stands in YAML for all to read**: no credentials.
   *
   * @default - nothing
   */
  readonly config?: { [key: string]: string };
}

export function otherObjectStore({ provider, bucket, config = {} }: ArkOtherObjectStoreOptions): ObjectStoreParts {
  return { provider, bucket, place: `${provider}/${bucket}`, config: () => config, check: () => undefined };
}
