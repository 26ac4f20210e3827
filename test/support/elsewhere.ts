import { App, Chart } from 'cdk8s';
import { Secret, ServiceAccount } from 'cdk8s-plus-27';
import type { SecretValue } from 'cdk8s-plus-27';
import { StorageClass } from '../../lib';

/** A chart for references, so that the chart under test holds only what the test is about. */
const elsewhere = new Chart(new App(), 'elsewhere');

export const PASSWORD: SecretValue = {
  secret: Secret.fromSecretName(elsewhere, 'Password', 'dbpass'),
  key: 'dbpassword',
};
export const SHOP_PASSWORD: SecretValue = {
  secret: Secret.fromSecretName(elsewhere, 'ShopPassword', 'shop'),
  key: 'pw',
};
const backupCredentials = Secret.fromSecretName(elsewhere, 'BackupCredentials', 'backupcredentials');
export const STORAGE_KEY: SecretValue = { secret: backupCredentials, key: 'account-key' };
export const DUMP_PASSWORD: SecretValue = { secret: backupCredentials, key: 'dump-password' };
export const EXPORTER_PASSWORD: SecretValue = {
  secret: Secret.fromSecretName(elsewhere, 'ExporterPassword', 'exporter'),
  key: 'pw',
};
export const ENCRYPTION_KEY: SecretValue = {
  secret: Secret.fromSecretName(elsewhere, 'BackupKey', 'backupkey'),
  key: 'sealed',
};
export const IDENTITY = ServiceAccount.fromServiceAccountName(elsewhere, 'Identity', 'backup-identity');

/** Those of a server of backups, and those of one place alone. */
export const CLOUD_CREDENTIALS = Secret.fromSecretName(elsewhere, 'CloudCredentials', 'cloud-credentials');
export const OTHER_CREDENTIALS: SecretValue = {
  secret: Secret.fromSecretName(elsewhere, 'OtherCredentials', 'other-credentials'),
  key: 'cloud',
};

export const PULL_SECRET = Secret.fromSecretName(elsewhere, 'PullSecret', 'registry-login');

export const DISK = StorageClass.fromStorageClassName(elsewhere, 'Disk', 'managed-csi');
export const SMB = StorageClass.fromStorageClassName(elsewhere, 'Smb', 'azurefile-csi');
export const OBJECT_STORE = StorageClass.fromStorageClassName(elsewhere, 'Object', 'azureblob-fuse-premium');
export const NFS = StorageClass.fromStorageClassName(elsewhere, 'Nfs', 'shares', {
  // Unlike that of Azure Files, it makes volumes of any size.
  provisioner: 'nfs.csi.k8s.io',
});
