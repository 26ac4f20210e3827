import { Size } from 'cdk8s';
import { ArkObjectStore, ArkProfile, ArkServer } from '../../../lib';
import type { ArkAzureObjectStoreOptions } from '../../../lib';
import { expectStoreRefused, PLACE, serverOf, storeSpec, unknownTo, VELERO } from '../../support/ark';

const ALL: Required<ArkAzureObjectStoreOptions> = {
  ...PLACE,
  subscriptionId: '0000',
  storageAccountUri: 'https://aksbackups.blob.core.windows.net',
  useAad: false,
  activeDirectoryAuthorityUri: 'https://login.example.com/',
  storageAccountKeyEnvVar: 'AZURE_STORAGE_ACCOUNT_ACCESS_KEY',
  blockSize: Size.mebibytes(4),
};
const identified = () => ArkServer.fromAttributes({ profile: ArkProfile.VELERO_1_18, workloadIdentity: true });

test.each(VELERO)('a container of Azure has all that can be said to %s', (profile) => {
  expect(storeSpec(ArkObjectStore.azure(ALL), profile)).toEqual({
    provider: 'velero.io/azure',
    objectStorage: { bucket: 'ark' },
    default: true,
    // The plugin reads strings alone.
    config: {
      resourceGroup: 'aks-backups',
      storageAccount: 'aksbackups',
      subscriptionId: '0000',
      storageAccountURI: 'https://aksbackups.blob.core.windows.net',
      useAAD: 'false',
      activeDirectoryAuthorityURI: 'https://login.example.com/',
      storageAccountKeyEnvVar: 'AZURE_STORAGE_ACCOUNT_ACCESS_KEY',
      blockSizeInBytes: '4194304',
    },
  });
});

test('is reached by the identity of its server, unless it says otherwise', () => {
  const spec = (options: ArkAzureObjectStoreOptions, server = identified()) =>
    storeSpec(ArkObjectStore.azure(options), ArkProfile.VELERO_1_18, server);
  expect(spec(PLACE)).toHaveProperty('config.useAAD', 'true');
  expect(spec({ ...PLACE, useAad: false })).toHaveProperty('config.useAAD', 'false');
  expect(spec(PLACE, serverOf())).not.toHaveProperty('config.useAAD');
});

// Velero's pkg/util/azure/storage.go: the group is needed to look up a key, and for nothing else.
test('needs no resource group where no key is looked up', () => {
  const { resourceGroup: _, ...rest } = PLACE;
  storeSpec(ArkObjectStore.azure(rest), ArkProfile.VELERO_1_18, identified());
  storeSpec(ArkObjectStore.azure({ ...rest, useAad: true }));
  storeSpec(ArkObjectStore.azure({ ...rest, storageAccountKeyEnvVar: 'KEY' }));
  const wayOut = "the server could not look up a key of the account; write it as 'aks-backups'";
  for (const [more, server] of [
    [{}, serverOf()],
    [{ resourceGroup: '' }, serverOf()],
    [{ storageAccountUri: 'https://aksbackups.blob.core.windows.net' }, serverOf()],
    [{ useAad: false }, identified()],
  ] as const) {
    expectStoreRefused(
      ArkObjectStore.azure({ ...rest, ...more }),
      server,
      `'store.resourceGroup' must be given, got ${'resourceGroup' in more ? '""' : 'nothing'}: ${wayOut}`,
    );
  }
});

test('is refused with all that is wrong at once, and no secret in the message', () => {
  const noQuery =
    "must be https:// and a host name, without a query, got %s: a signature is a secret, and stands nowhere in YAML; write it as 'https://shop.blob.core.windows.net'";
  expectStoreRefused(
    ArkObjectStore.azure({
      storageAccount: 'AKS-backups',
      bucket: 'ark--1',
      storageAccountUri: 'https://aksbackups.blob.core.windows.net/?sig=secret',
      activeDirectoryAuthorityUri: 'http://login.example.com',
      storageAccountKeyEnvVar: 'bm90IGEga2V5',
      blockSize: Size.mebibytes(101),
    }),
    serverOf(),
    '\'store.storageAccount\' must be 3 to 24 characters of a-z and 0-9, got "AKS-backups": Azure has no storage account of another form',
    '\'store.bucket\' must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit, got "ark--1": ' +
      'Azure refuses any other',
    '\'store.storageAccountKeyEnvVar\' must be the name of a line in the credentials, got "12 characters that are none": the key itself ' +
      "is never written here; write 'AZURE_STORAGE_ACCOUNT_ACCESS_KEY'",
    `'store.storageAccountUri' ${noQuery.replace('%s', '"52 characters"')}`,
    `'store.activeDirectoryAuthorityUri' ${noQuery.replace('%s', '"24 characters"')}`,
    "'store.blockSize' must be a whole number from 1 to 102400, got 103424: those are KiB; the plugin takes its default else; " +
      'write Size.mebibytes(4)',
  );
});

test('is refused by Ark with what came with Velero', () => {
  const values: { [Option in Exclude<keyof typeof ALL, keyof typeof PLACE>]: string } = {
    subscriptionId: '"0000"',
    storageAccountUri: '"https://aksbackups.blob.core.windows.net"',
    useAad: 'false',
    activeDirectoryAuthorityUri: '"https://login.example.com/"',
    storageAccountKeyEnvVar: '"AZURE_STORAGE_ACCOUNT_ACCESS_KEY"',
    blockSize: '"4Mi"',
  };
  expectStoreRefused(
    ArkObjectStore.azure(ALL),
    serverOf(ArkProfile.ARK_0_10),
    ...Object.entries(values).map(([option, got]) => unknownTo(ArkProfile.ARK_0_10, `store.${option}`, got, ...VELERO)),
  );
});
