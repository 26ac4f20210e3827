import type { Problems } from '../private/problems';
import { checkContainerName, checkStorageAccountName } from '../storage/azure/azure-names';
import { checkCredentials } from './blob-credentials';
import type { BlobCredentials } from './blob-credentials';

/**
 * A container of Azure Blob Storage, where backups lie. It is made by hand: a misspelt name is an error, not a new container.
 *
 * Give each database a container, or a `prefix`, of its own: retention counts all backups that lie in one place.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/storage-blobs-introduction
 */
export interface BlobContainer {
  /** Name of the storage account: 3 to 24 of a-z and 0-9. */
  readonly account: string;

  /** Name of the container: 3 to 63 of a-z, 0-9 and single `-`. */
  readonly name: string;

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

export function checkContainer(problems: Problems, prop: string, container: BlobContainer): void {
  checkStorageAccountName(problems, `${prop}.account`, container.account);
  checkContainerName(problems, `${prop}.name`, container.name);
  checkCredentials(problems, `${prop}.credentials`, container.credentials);
  const { prefix, endpoint } = container;
  if (prefix !== undefined && !/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(prefix)) {
    problems.add(
      `${prop}.prefix`,
      "must be a path of letters, digits, '-', '_' and '.', without '/' at its ends",
      prefix,
      "write it as 'shop' or 'production/shop'",
    );
  }
  if (endpoint !== undefined && !/^https:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(endpoint)) {
    problems.add(
      `${prop}.endpoint`,
      'must be https:// and a host name',
      // A signature or a login in it is a secret.
      /[?@]/.test(endpoint) ? `${endpoint.length} characters` : endpoint,
      'a backup must not travel in the clear, credentials stand nowhere in YAML, and a drill reaches port 443 alone; write it as ' +
        "'https://shop.blob.core.chinacloudapi.cn'",
    );
  }
  const [, other] = OTHER_STORES.exec(endpoint ?? '') ?? [];
  if (other !== undefined) {
    problems.add(
      `${prop}.endpoint`,
      'must be of Azure Blob Storage',
      endpoint,
      `${other} speaks another protocol, and every run would fail; take a container of Azure`,
    );
  }
}

/** What speaks S3's protocol, or its own. */
const OTHER_STORES =
  /(amazonaws\.com|googleapis\.com|digitaloceanspaces\.com|cloudflarestorage\.com|backblazeb2\.com|wasabisys\.com)$/;

/** What of all places in Azure backups lie at; names of two endpoints differ by their accounts. */
export function placeOf({ account, name, prefix = '' }: BlobContainer): string {
  return [account, name, ...(prefix === '' ? [] : [prefix])].join('/');
}
