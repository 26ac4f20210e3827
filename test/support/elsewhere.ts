import { App, Chart } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
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
export const PULL_SECRET = Secret.fromSecretName(elsewhere, 'PullSecret', 'registry-login');

export const DISK = StorageClass.fromStorageClassName(elsewhere, 'Disk', 'managed-csi');
export const SMB = StorageClass.fromStorageClassName(elsewhere, 'Smb', 'azurefile-csi');
export const OBJECT_STORE = StorageClass.fromStorageClassName(elsewhere, 'Object', 'azureblob-fuse-premium');
export const NFS = StorageClass.fromStorageClassName(elsewhere, 'Nfs', 'shares', {
  // Unlike that of Azure Files, it makes volumes of any size.
  provisioner: 'nfs.csi.k8s.io',
});
