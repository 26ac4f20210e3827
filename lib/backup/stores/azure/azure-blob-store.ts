import { Problems } from '../../../private/problems';
import { checkContainerName, checkStorageAccountName } from '../../../storage/azure/azure-names';
import { below, checkPrefix, remoteScript, secretKey, shownAddress } from '../store-parts';
import type { BarmanStore, BlobStoreParts } from '../store-parts';
import { checkCredentials } from './blob-credentials';
import type { BlobCredentials } from './blob-credentials';

/**
 * Options of `BlobStore.azure`.
 */
export interface AzureBlobStoreOptions {
  /** Name of the storage account: 3 to 24 of a-z and 0-9. */
  readonly account: string;

  /** Name of the container: 3 to 63 of a-z, 0-9 and single `-`. */
  readonly container: string;

  /** How a job proves who it is. */
  readonly credentials: BlobCredentials;

  /**
   * Path that all names begin with, e.g. `shop`.
   *
   * @default - none: backups lie at the top of the container
   */
  readonly prefix?: string;

  /**
   * Address of the account in another cloud, on port 443, e.g. `https://shop.blob.core.chinacloudapi.cn`.
   *
   * @default - `https://<account>.blob.core.windows.net`
   */
  readonly endpoint?: string;
}

export function azureParts(options: AzureBlobStoreOptions): BlobStoreParts {
  validate(options);
  const { account, container, prefix, endpoint, credentials } = options;
  const { key, serviceAccount } = credentials;
  return {
    name: 'azure',
    // Names of two endpoints differ by their accounts.
    place: below(`${account}/${container}`, prefix),
    // As the documents call them.
    env: {
      STORAGE_ACCOUNT: account,
      CONTAINER_NAME: container,
      BLOB_PREFIX: prefix,
      BLOB_ENDPOINT: endpoint,
      ...(serviceAccount && { BLOB_AUTHENTICATION: 'workloadIdentity' }),
    },
    secrets: { 'storageKey.txt': key },
    script: remoteScript('azure'),
    ports: [443],
    ...(serviceAccount && {
      serviceAccount,
      // The webhook looks at the pod's label, and mounts the identity's token into every container.
      podLabels: { 'azure.workload.identity/use': 'true' },
    }),
    barman: (problems, prop) => barmanStore(problems, prop, options),
  };
}

function barmanStore(problems: Problems, prop: string, options: AzureBlobStoreOptions): BarmanStore {
  const { account, container, prefix, credentials } = options;
  const endpoint = options.endpoint ?? `https://${account}.blob.core.windows.net`;
  if (!endpoint.endsWith('.blob.core.windows.net')) {
    const wayOut =
      "Barman takes any other host for an emulator and asks for a connection string; use an account of Azure's public cloud";
    problems.add(`${prop}.endpoint`, 'must end with .blob.core.windows.net', endpoint, wayOut);
  }
  return {
    destinationPath: `${endpoint}/${below(container, prefix)}`,
    credentials: {
      azureCredentials: credentials.key
        ? { storageKey: secretKey(credentials.key) }
        : { useDefaultAzureCredentials: true },
    },
    env: { AZURE_STORAGE_ACCOUNT: account },
  };
}

/** What speaks S3's protocol, or its own. */
const OTHER_STORES =
  /(amazonaws\.com|googleapis\.com|digitaloceanspaces\.com|cloudflarestorage\.com|backblazeb2\.com|wasabisys\.com)$/;

function validate({ account, container, prefix, endpoint, credentials }: AzureBlobStoreOptions): void {
  const problems = new Problems();
  checkStorageAccountName(problems, 'account', account);
  checkContainerName(problems, 'container', container);
  checkCredentials(problems, 'credentials', credentials);
  checkPrefix(problems, prefix);
  if (endpoint !== undefined && !/^https:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(endpoint)) {
    problems.add(
      'endpoint',
      'must be https:// and a host name',
      shownAddress(endpoint),
      'a backup must not travel in the clear, credentials stand nowhere in YAML, and a drill reaches port 443 alone; write it as ' +
        "'https://shop.blob.core.chinacloudapi.cn'",
    );
  }
  const [, other] = OTHER_STORES.exec(endpoint ?? '') ?? [];
  if (other !== undefined) {
    const wayOut = `${other} speaks another protocol, and every run would fail; take BlobStore.s3 or BlobStore.gcs`;
    problems.add('endpoint', 'must be of Azure Blob Storage', endpoint, wayOut);
  }
  problems.throwIfAny('BlobStore.azure');
}
