import { ArkCloud, ArkObjectStore, ArkProfile, ArkServer } from '../../../lib';
import type { ArkGcsObjectStoreOptions } from '../../../lib';
import { expectStoreRefused, newServer, serverOf, storeSpec, unknownTo, VELERO } from '../../support/ark';

const WHO = 'velero@my-project.iam.gserviceaccount.com';
const ALL: Required<ArkGcsObjectStoreOptions> = {
  bucket: 'shop_backups.example.com',
  serviceAccount: WHO,
  kmsKeyName: 'projects/p/locations/eu/keyRings/r/cryptoKeys/k',
  storeEndpoint: 'storage-example.p.googleapis.com',
  universeDomain: 'example.com',
};
const { universeDomain: _, ...OLDER } = ALL;

test('a bucket of Google has all that can be said', () => {
  const spec = { provider: 'velero.io/gcp', objectStorage: { bucket: 'shop_backups.example.com' }, default: true };
  const { bucket: __, ...config } = ALL;
  expect(storeSpec(ArkObjectStore.gcs(ALL))).toEqual({ ...spec, config });
  const { bucket: ___, ...older } = OLDER;
  expect(storeSpec(ArkObjectStore.gcs(OLDER), ArkProfile.VELERO_1_16)).toEqual({ ...spec, config: older });
});

test('a bucket is all that Ark can have', () => {
  const spec = storeSpec(ArkObjectStore.gcs({ bucket: 'ark' }), ArkProfile.ARK_0_10);
  expect(spec).toEqual({ provider: 'gcp', objectStorage: { bucket: 'ark' } });
});

test('who signs addresses for downloads is who the pods of the server are', () => {
  const store = ArkObjectStore.gcs({ bucket: 'velero' });
  const { server } = newServer(ArkProfile.VELERO_1_18, { cloud: ArkCloud.gcp({ serviceAccount: WHO }) });
  expect(storeSpec(store, ArkProfile.VELERO_1_18, server)).toHaveProperty('config', { serviceAccount: WHO });
  expect(storeSpec(store)).not.toHaveProperty('config');
});

describe('a bucket of Google is refused', () => {
  test('where the pods have an identity that this app does not know', () => {
    const server = ArkServer.fromAttributes({ profile: ArkProfile.VELERO_1_18, workloadIdentity: true });
    expectStoreRefused(
      ArkObjectStore.gcs({ bucket: 'velero' }),
      server,
      "'store.serviceAccount' must be given with a workload identity, got nothing: the plugin asks for it where there is no key; write it as " +
        "'velero@my-project.iam.gserviceaccount.com'",
    );
    storeSpec(ArkObjectStore.gcs({ bucket: 'velero', serviceAccount: WHO }), ArkProfile.VELERO_1_18, server);
  });

  test.each(['gs://backups', 'backups/west', 'Backups', 'ab', 'a..b', '-ab', 'x'.repeat(64)])(
    'by the name %j',
    (bucket) => {
      expectStoreRefused(
        ArkObjectStore.gcs({ bucket, kmsKeyName: 'k', serviceAccount: 'velero' }),
        serverOf(),
        `'store.bucket' must be 3 to 63 of a-z, 0-9, '-' and '_', beginning and ending with a letter or digit, got "${bucket}": it has no path, ` +
          "and no 'gs://' before it; write it as 'shop-backups', and the path in the location's prefix",
        '\'store.kmsKeyName\' must be the full name of a key, got "k": the location would be available, and each upload fail; write it as ' +
          'projects/P/locations/L/keyRings/R/cryptoKeys/K',
        '\'store.serviceAccount\' must be the address of a service account, got "velero": by its name alone nothing is found, and no log can ' +
          "be downloaded; write it as 'velero@my-project.iam.gserviceaccount.com'",
      );
    },
  );

  test('by a server that does not know what is said', () => {
    const { ARK_0_10, VELERO_1_16, VELERO_1_18 } = ArkProfile;
    const universe = (profile: ArkProfile) => unknownTo(profile, 'store.universeDomain', '"example.com"', VELERO_1_18);
    expectStoreRefused(ArkObjectStore.gcs(ALL), serverOf(VELERO_1_16), universe(VELERO_1_16));
    const unknown = (option: keyof typeof ALL) => unknownTo(ARK_0_10, `store.${option}`, `"${ALL[option]}"`, ...VELERO);
    expectStoreRefused(
      ArkObjectStore.gcs(ALL),
      serverOf(ARK_0_10),
      unknown('serviceAccount'),
      unknown('kmsKeyName'),
      unknown('storeEndpoint'),
      universe(ARK_0_10),
    );
  });
});
