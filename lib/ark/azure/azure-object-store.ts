import type { Size } from 'cdk8s';
import { checkInteger } from '../../private/names';
import type { Problems } from '../../private/problems';
import { checkContainerName, checkStorageAccountName } from '../../storage/azure/azure-names';
import { kibibytes } from '../../storage/quantity';
import type { IArkServer } from '../ark-server-props';
import type { ObjectStoreParts } from '../cloud-parts';
import { checkSupported, VELERO_PROFILES } from '../profile-facts';

/**
 * Options of `ArkObjectStore.azure`.
 */
export interface ArkAzureObjectStoreOptions {
  /** Name of the storage account: 3 to 24 of a-z and 0-9. */
  readonly storageAccount: string;

  /** Name of the container: 3 to 63 of a-z, 0-9 and single `-`. It is made by hand. */
  readonly bucket: string;

  /**
   * Resource group of the storage account. It must be given, unless a server of Velero needs to look up no key of the account, with
   * `useAad` or `storageAccountKeyEnvVar`.
   *
   * @default - none
   */
  readonly resourceGroup?: string;

  /**
   * Subscription of the storage account. Velero only.
   *
   * @default - that of the credentials
   */
  readonly subscriptionId?: string;

  /**
   * Address of the account's blobs, as `https://<account>.blob.core.windows.net`, so that it need not be looked up. Velero only.
   *
   * @default - looked up in the resource group
   */
  readonly storageAccountUri?: string;

  /**
   * Whether blobs are reached by the server's identity rather than by a key of the account that it looks up. Velero only.
   *
   * @default - true with a workload identity
   */
  readonly useAad?: boolean;

  /**
   * Address of the authority of another cloud. Velero only.
   *
   * @default - that of the public cloud
   */
  readonly activeDirectoryAuthorityUri?: string;

  /**
   * The line of the credentials' file that holds a key of the account; the server then looks none up. Velero only.
   *
   * @default - none
   */
  readonly storageAccountKeyEnvVar?: string;

  /**
   * Size of the blocks of an upload: 1 KiB to 100 MiB. Velero only.
   *
   * @default - 1 MiB
   */
  readonly blockSize?: Size;
}

export function azureObjectStore(options: ArkAzureObjectStoreOptions): ObjectStoreParts {
  const { storageAccount, bucket, blockSize } = options;
  const useAad = ({ hasWorkloadIdentity }: IArkServer) => options.useAad ?? (hasWorkloadIdentity ? true : undefined);
  return {
    provider: 'azure',
    bucket,
    place: `${storageAccount}/${bucket}`,
    config: (server) => ({
      resourceGroup: options.resourceGroup,
      storageAccount,
      subscriptionId: options.subscriptionId,
      storageAccountURI: options.storageAccountUri,
      useAAD: useAad(server),
      activeDirectoryAuthorityURI: options.activeDirectoryAuthorityUri,
      storageAccountKeyEnvVar: options.storageAccountKeyEnvVar,
      blockSizeInBytes: blockSize && kibibytes(blockSize) * 1024,
    }),
    check: (problems, server) => {
      checkStorageAccountName(problems, 'store.storageAccount', storageAccount);
      checkContainerName(problems, 'store.bucket', bucket);
      checkSupported(problems, server.profile, VELERO_PROFILES, {
        'store.subscriptionId': options.subscriptionId,
        'store.storageAccountUri': options.storageAccountUri,
        'store.useAad': options.useAad,
        'store.activeDirectoryAuthorityUri': options.activeDirectoryAuthorityUri,
        'store.storageAccountKeyEnvVar': options.storageAccountKeyEnvVar,
        'store.blockSize': blockSize,
      });
      checkKeys(problems, options, useAad(server) === true);
      checkAddresses(problems, options);
      if (blockSize) {
        const wayOut = 'those are KiB; the plugin takes its default else; write Size.mebibytes(4)';
        checkInteger(problems, 'store.blockSize', kibibytes(blockSize), 1, 102400, wayOut);
      }
    },
  };
}

function checkKeys(
  problems: Problems,
  { resourceGroup, storageAccountKeyEnvVar }: ArkAzureObjectStoreOptions,
  useAad: boolean,
): void {
  // It is needed to look up a key of the account, and of Ark always.
  if (!resourceGroup && !useAad && storageAccountKeyEnvVar === undefined) {
    const wayOut = "the server could not look up a key of the account; write it as 'aks-backups'";
    problems.add('store.resourceGroup', 'must be given', resourceGroup, wayOut);
  }
  if (storageAccountKeyEnvVar !== undefined && !/^[A-Z][A-Z0-9_]*$/.test(storageAccountKeyEnvVar)) {
    // Somebody may have taken it for the place of the key itself.
    const wayOut = "the key itself is never written here; write 'AZURE_STORAGE_ACCOUNT_ACCESS_KEY'";
    const got = `${storageAccountKeyEnvVar.length} characters that are none`;
    problems.add('store.storageAccountKeyEnvVar', 'must be the name of a line in the credentials', got, wayOut);
  }
}

function checkAddresses(
  problems: Problems,
  { storageAccountUri, activeDirectoryAuthorityUri }: ArkAzureObjectStoreOptions,
): void {
  for (const [option, uri] of Object.entries({ storageAccountUri, activeDirectoryAuthorityUri })) {
    if (uri === undefined || /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[^?\s]*)?$/.test(uri)) continue;
    const wayOut =
      "a signature is a secret, and stands nowhere in YAML; write it as 'https://shop.blob.core.windows.net'";
    problems.add(
      `store.${option}`,
      'must be https:// and a host name, without a query',
      `${uri.length} characters`,
      wayOut,
    );
  }
}
