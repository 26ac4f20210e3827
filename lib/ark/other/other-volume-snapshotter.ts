import type { SnapshotterParts } from '../cloud-parts';

/**
 * Options of `ArkVolumeSnapshotter.of`.
 */
export interface ArkOtherVolumeSnapshotterOptions {
  /** What the plugin calls itself, e.g. `example.com/disks`. */
  readonly provider: string;

  /**
   * What the plugin is told. **It stands in YAML for all to read**: no credentials.
   *
   * @default - nothing
   */
  readonly config?: { [key: string]: string };
}

export function otherVolumeSnapshotter(options: ArkOtherVolumeSnapshotterOptions): SnapshotterParts {
  return { provider: options.provider, config: options.config ?? {}, check: () => undefined };
}
