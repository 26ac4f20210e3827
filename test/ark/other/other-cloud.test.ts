import { ArkCloud, ArkObjectStore, ArkProfile, ArkVolumeSnapshotter } from '../../../lib';
import type { ArkOtherCloudOptions, ArkOtherObjectStoreOptions, ArkOtherVolumeSnapshotterOptions } from '../../../lib';
import { expectCloudRefused, serverIn, snapshotSpec, storeSpec, unknownTo, VELERO } from '../../support/ark';
import { CLOUD_CREDENTIALS } from '../../support/elsewhere';
import { named } from '../../support/manifests';

const PROVIDER = 'example.com/store';
const CLOUD: Required<ArkOtherCloudOptions> = {
  provider: PROVIDER,
  plugin: { name: 'store', image: 'example.com/velero-plugin:v1' },
  credentials: CLOUD_CREDENTIALS,
  credentialsVariable: 'STORE_FILE',
  serviceAccountAnnotations: { 'example.com/who': 'velero' },
};

test('a server has a plugin that this library does not know', () => {
  const { account, deployment } = serverIn(ArkCloud.of(CLOUD));
  expect(account.metadata.annotations).toEqual({ 'example.com/who': 'velero' });
  const { spec } = deployment.spec.template;
  expect(spec.initContainers.map(({ name, image }) => ({ name, image }))).toEqual([CLOUD.plugin]);
  expect(named(spec.containers, 'velero').env).toContainEqual({ name: 'STORE_FILE', value: '/credentials/cloud' });
});

test('need not have credentials', () => {
  const { provider, plugin } = CLOUD;
  const { account, deployment } = serverIn(ArkCloud.of({ provider, plugin }));
  expect(account.metadata.annotations).toBeUndefined();
  expect(JSON.stringify(deployment)).not.toMatch(/credentials/i);
});

test('of Ark has no plugin', () => {
  const problem = unknownTo(ArkProfile.ARK_0_10, 'cloud.plugin', '"example.com/velero-plugin:v1"', ...VELERO);
  expectCloudRefused(ArkCloud.of(CLOUD), ArkProfile.ARK_0_10, problem);
});

test.each(VELERO)('its locations say to %s what is given', (profile) => {
  const config = { key: 'value' };
  const store: Required<ArkOtherObjectStoreOptions> = { provider: PROVIDER, bucket: 'backups', config };
  expect(storeSpec(ArkObjectStore.of(store), profile)).toEqual({
    provider: PROVIDER,
    objectStorage: { bucket: 'backups' },
    default: true,
    config,
  });
  const snapshots: Required<ArkOtherVolumeSnapshotterOptions> = { provider: PROVIDER, config };
  expect(snapshotSpec(ArkVolumeSnapshotter.of(snapshots), profile)).toEqual({ provider: PROVIDER, config });
  expect(snapshotSpec(ArkVolumeSnapshotter.of({ provider: PROVIDER }), profile)).toEqual({ provider: PROVIDER });
});
