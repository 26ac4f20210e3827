import { Duration } from 'cdk8s';
import { ArkProfile, ArkVolumeSnapshotter } from '../../../lib';
import type { ArkAzureVolumeSnapshotterOptions } from '../../../lib';
import { expectSnapshotterRefused, serverOf, snapshotSpec, unknownTo, VELERO } from '../../support/ark';

const ALL: Required<ArkAzureVolumeSnapshotterOptions> = {
  apiTimeout: Duration.minutes(20),
  resourceGroup: 'aks-backups',
  subscriptionId: '0000',
  incremental: true,
  tags: { team: 'a', cost: '7' },
};

test.each(VELERO)('snapshots of Azure disks have all that can be said to %s', (profile) => {
  expect(snapshotSpec(ArkVolumeSnapshotter.azure(ALL), profile)).toEqual({
    provider: 'velero.io/azure',
    config: {
      apiTimeout: '20m',
      resourceGroup: 'aks-backups',
      subscriptionId: '0000',
      incremental: 'true',
      tags: 'team=a,cost=7',
    },
  });
});

test('have all that Ark knows', () => {
  const { apiTimeout, resourceGroup } = ALL;
  expect(snapshotSpec(ArkVolumeSnapshotter.azure({ apiTimeout, resourceGroup }), ArkProfile.ARK_0_10)).toEqual({
    provider: 'azure',
    config: { apiTimeout: '20m', resourceGroup: 'aks-backups' },
  });
});

test('are refused with all that is wrong at once', () => {
  expectSnapshotterRefused(
    ArkVolumeSnapshotter.azure({
      apiTimeout: Duration.seconds(0),
      resourceGroup: '',
      tags: { 'a=b': 'c', ' ': 'd', e: 'f,g=h' },
    }),
    serverOf(),
    "'snapshotter.apiTimeout' must be a whole number from 1 to 2147483647, got 0: write Duration.minutes(2)",
    "'snapshotter.resourceGroup' must name a group, got \"\": leave it out for the credentials' own",
    '\'snapshotter.tags\' must have keys without = , < > % & ? \\ /, got "a=b": Azure or the plugin refuses it',
    '\'snapshotter.tags\' must have keys without = , < > % & ? \\ /, got " ": Azure or the plugin refuses it',
    "'snapshotter.tags['e']' must not contain '=' or ',', got \"f,g=h\": the plugin would read it as more tags; leave it out",
  );
});

test('are refused in a subscription whose group is not said', () => {
  expectSnapshotterRefused(
    ArkVolumeSnapshotter.azure({ subscriptionId: '0000' }),
    serverOf(),
    "'snapshotter.resourceGroup' must go with subscriptionId, got nothing: the plugin refuses one without the other; write it as " +
      "'aks-backups'",
  );
});

test('are refused by Ark with what came with Velero', () => {
  const unknown = (option: string, got: string) =>
    unknownTo(ArkProfile.ARK_0_10, `snapshotter.${option}`, got, ...VELERO);
  expectSnapshotterRefused(
    ArkVolumeSnapshotter.azure(ALL),
    serverOf(ArkProfile.ARK_0_10),
    unknown('subscriptionId', '"0000"'),
    unknown('incremental', 'true'),
    unknown('tags', '{"team":"a","cost":"7"}'),
  );
});
