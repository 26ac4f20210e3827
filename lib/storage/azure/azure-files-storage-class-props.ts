import type { CommonStorageClassProps } from '../storage-class-props';
import type { AzureFilesAccountProps } from './azure-files-account-props';
import type {
  AzureFilesDataPlaneApi,
  AzureFilesFsGroupChangePolicy,
  AzureFilesProtocol,
  AzureFilesProvisioner,
  AzureFilesRootSquashType,
  AzureFilesShareAccessTier,
} from './azure-files-enums';

/**
 * Properties of `AzureFilesStorageClass`. Each is a parameter of the driver by the same name; what is not given is left to
 * the driver.
 *
 * @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureFilesStorageClassProps extends CommonStorageClassProps, AzureFilesAccountProps {
  /**
   * Which driver makes the shares. The in-tree one brings a ClusterRole and its binding, and knows few of the parameters.
   *
   * @default AzureFilesProvisioner.CSI
   */
  readonly provisioner?: AzureFilesProvisioner;

  /**
   * How nodes mount the shares.
   *
   * @default AzureFilesProtocol.SMB
   */
  readonly protocol?: AzureFilesProtocol;

  /**
   * Name of the share: that of one that exists, else it is made. It may hold `${pvc.metadata.name}`,
   * `${pvc.metadata.namespace}` and `${pv.metadata.name}`. **Without them all claims of the class share one share.**
   *
   * @default - one share for each claim, `pvc-<uid>`; for NFS `pvcn-<uid>`
   */
  readonly shareName?: string;

  /**
   * Beginning of the names of the shares that the driver makes: at most 20 of a-z, 0-9 and `-`.
   *
   * @default - none
   */
  readonly shareNamePrefix?: string;

  /**
   * Folder of the share that is mounted. It may hold the same placeholders as `shareName`.
   *
   * @default - the root of the share
   */
  readonly folderName?: string;

  /**
   * Whether a missing `folderName` is made; else no pod starts without it. Driver 1.34 or later.
   *
   * @default false
   */
  readonly createFolderIfNotExist?: boolean;

  /**
   * Temperature of the shares.
   *
   * @default - Azure's for the sku
   */
  readonly shareAccessTier?: AzureFilesShareAccessTier;

  /**
   * Operations per second of each share. Only v2 skus; driver 1.33.4 or later.
   *
   * @default - by its size
   */
  readonly provisionedIops?: number;

  /**
   * Throughput of each share in MiB/s. Only v2 skus; driver 1.33.4 or later.
   *
   * @default - by its size
   */
  readonly provisionedBandwidth?: number;

  /**
   * When the driver gives the files to the pod's `fsGroup`.
   *
   * @default AzureFilesFsGroupChangePolicy.ON_ROOT_MISMATCH
   */
  readonly fsGroupChangePolicy?: AzureFilesFsGroupChangePolicy;

  /**
   * By which interface the driver makes the shares.
   *
   * @default AzureFilesDataPlaneApi.OFF
   */
  readonly useDataPlaneApi?: AzureFilesDataPlaneApi;

  /**
   * SMB: whether the account's key is kept in a Secret of the claim's namespace, which whoever reads Secrets there can use for
   * the whole account. Else the kubelet's identity fetches it at each mount.
   *
   * @default true
   */
  readonly storeAccountKey?: boolean;

  /**
   * SMB: whether to take the newer of the account's two keys: the parameter `getLatestAccountKey`.
   *
   * @default false
   */
  readonly latestAccountKey?: boolean;

  /**
   * SMB: name of the Secret that the key is kept in.
   *
   * @default - `azure-storage-account-<account>-secret`
   */
  readonly secretName?: string;

  /**
   * SMB: namespace of the Secret that the key is kept in.
   *
   * @default - the claim's; with the in-tree driver `default`
   */
  readonly secretNamespace?: string;

  /**
   * SMB: whether nodes use several connections. Only Premium skus, with the mount option `max_channels=4`.
   *
   * @default false
   */
  readonly enableMultichannel?: boolean;

  /**
   * SMB: id of the identity that mounts without a key.
   *
   * @default - the kubelet's
   */
  readonly clientId?: string;

  /**
   * SMB: tenant of the identity that mounts without a key.
   *
   * @default - the cluster's
   */
  readonly tenantId?: string;

  /**
   * SMB: mount by a managed identity instead of the key. It needs the role "Storage File Data SMB MI Admin". Linux only,
   * driver 1.34 or later.
   *
   * @default false
   */
  readonly mountWithManagedIdentity?: boolean;

  /**
   * SMB: mount by the pod's workload identity instead of the key. Driver 1.35 or later.
   *
   * @default false
   */
  readonly mountWithWorkloadIdentityToken?: boolean;

  /**
   * SMB: mount by a token that the Secret `secretName` holds.
   *
   * @default false
   */
  readonly mountWithOAuthToken?: boolean;

  /**
   * NFS: what root of a client may do.
   *
   * @default AzureFilesRootSquashType.NO_ROOT_SQUASH
   */
  readonly rootSquashType?: AzureFilesRootSquashType;

  /**
   * NFS: mode that the mounted folder gets, octal, e.g. `'0750'`; `'0'` leaves it as it is.
   *
   * @default '0777'
   */
  readonly mountPermissions?: string;

  /**
   * NFS: whether data are encrypted on their way. A preview.
   *
   * @default false
   */
  readonly encryptInTransit?: boolean;
}
