import type { Duration } from 'cdk8s';
import { checkSeconds } from '../../private/names';
import type { Problems } from '../../private/problems';
import type { SnapshotterParts } from '../cloud-parts';
import { shortDuration } from '../go-duration';
import { checkSupported, VELERO_PROFILES } from '../profile-facts';

/**
 * Options of `ArkVolumeSnapshotter.azure`.
 */
export interface ArkAzureVolumeSnapshotterOptions {
  /**
   * How long a call of Azure may take.
   *
   * @default - the server's: 2 minutes
   */
  readonly apiTimeout?: Duration;

  /**
   * Resource group that snapshots are made in; `subscriptionId` needs it. That of the disks is deleted together with an AKS cluster, and the snapshots with it.
   *
   * @default - that of the credentials
   */
  readonly resourceGroup?: string;

  /**
   * Subscription that snapshots are made in. Velero only.
   *
   * @default - that of the credentials
   */
  readonly subscriptionId?: string;

  /**
   * Whether a snapshot holds only what has changed since the last one, which is cheaper. Velero only.
   *
   * @default - full snapshots
   */
  readonly incremental?: boolean;

  /**
   * Tags of the snapshots. Velero only.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
}

export function azureVolumeSnapshotter(options: ArkAzureVolumeSnapshotterOptions): SnapshotterParts {
  const { apiTimeout, resourceGroup, subscriptionId, incremental, tags } = options;
  return {
    provider: 'azure',
    config: {
      apiTimeout: apiTimeout && shortDuration(apiTimeout),
      resourceGroup,
      subscriptionId,
      incremental,
      tags:
        tags &&
        Object.entries(tags)
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
    },
    check: (problems, server) => {
      checkSupported(problems, server.profile, VELERO_PROFILES, {
        'snapshotter.subscriptionId': subscriptionId,
        'snapshotter.incremental': incremental,
        'snapshotter.tags': tags,
      });
      if (apiTimeout) checkSeconds(problems, 'snapshotter.apiTimeout', apiTimeout, 1, 'write Duration.minutes(2)');
      if (resourceGroup === '') {
        const wayOut = "leave it out for the credentials' own";
        problems.add('snapshotter.resourceGroup', 'must name a group', '', wayOut);
      }
      if (subscriptionId !== undefined && resourceGroup === undefined) {
        const wayOut = "the plugin refuses one without the other; write it as 'aks-backups'";
        problems.add('snapshotter.resourceGroup', 'must go with subscriptionId', undefined, wayOut);
      }
      checkTags(problems, tags);
    },
  };
}

/** They are written into one string, `a=1,b=2`, and Azure refuses more. */
function checkTags(problems: Problems, tags: { [key: string]: string } = {}): void {
  const at = 'snapshotter.tags';
  for (const [key, value] of Object.entries(tags)) {
    if (key.trim() === '' || /[=,<>%&?\\/]/.test(key)) {
      problems.add(at, 'must have keys without = , < > % & ? \\ /', key, 'Azure or the plugin refuses it');
    }
    if (/[=,]/.test(value)) {
      const wayOut = 'the plugin would read it as more tags; leave it out';
      problems.add(`${at}['${key}']`, "must not contain '=' or ','", value, wayOut);
    }
  }
}
