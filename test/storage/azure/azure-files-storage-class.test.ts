import {
  AzureFilesProtocol,
  AzureFilesProvisioner,
  AzureFilesSku,
  AzureFilesStorageClass,
  ReclaimPolicy,
  StorageMedium,
  VolumeBindingMode,
} from '../../../lib';
import type { AzureFilesStorageClassProps } from '../../../lib';
import { find, identities, newChart, synth } from '../../support/manifests';
import { expectRefusedAlone } from '../../support/refused';
import { schemaErrors } from '../../support/strict-schema';

const NFS = AzureFilesProtocol.NFS;
const IN_TREE = AzureFilesProvisioner.IN_TREE;
const V2 = AzureFilesSku.PREMIUM_V2_LRS;

const ALL: Required<AzureFilesStorageClassProps> = {
  name: 'shares',
  reclaimPolicy: ReclaimPolicy.DELETE,
  allowVolumeExpansion: false,
  volumeBindingMode: VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
  mountOptions: ['nconnect=4', 'noresvport'],
  labels: { team: 'a' },
  defaultClass: true,
  provisioner: AzureFilesProvisioner.CSI,
  protocol: NFS,
  skuName: V2,
  storageAccount: 'tomaskubefiles',
  shareName: 'share-${pv.metadata.name}',
  parameters: { rootSquashType: 'RootSquash', mountPermissions: '0750' },
};

function render(props: AzureFilesStorageClassProps) {
  const manifests = synth((chart) => new AzureFilesStorageClass(chart, 'shares', props));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  return find(manifests, 'StorageClass', 'shares');
}

describe('a class of Azure Files', () => {
  test('takes every prop', () => {
    expect(render(ALL)).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'shares',
        labels: { team: 'a' },
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'file.csi.azure.com',
      // The driver refuses a key that it does not know, so each is spelled out here.
      parameters: {
        protocol: 'nfs',
        skuName: 'PremiumV2_LRS',
        storageAccount: 'tomaskubefiles',
        shareName: 'share-${pv.metadata.name}',
        rootSquashType: 'RootSquash',
        mountPermissions: '0750',
      },
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['nconnect=4', 'noresvport'],
    });
  });

  test.each<[AzureFilesStorageClassProps, StorageMedium, number | undefined]>([
    [{}, StorageMedium.SMB, undefined],
    [{ protocol: NFS }, StorageMedium.NFS, 100],
    [{ protocol: NFS, skuName: V2 }, StorageMedium.NFS, 32],
    [{ skuName: AzureFilesSku.STANDARD_RAGZRS }, StorageMedium.SMB, undefined],
    [{ skuName: AzureFilesSku.PREMIUM_ZRS }, StorageMedium.SMB, 100],
    [{ skuName: AzureFilesSku.STANDARD_V2_GZRS }, StorageMedium.SMB, 32],
    // The account's sku is not known here.
    [{ storageAccount: 'tomaskubefiles' }, StorageMedium.SMB, undefined],
  ])('tells claims what its shares are: %j', (props, medium, gibibytes) => {
    const storageClass = new AzureFilesStorageClass(newChart(), 'shares', props);
    expect(storageClass.medium).toBe(medium);
    expect(storageClass.minimumSize?.toGibibytes()).toBe(gibibytes);
    expect(storageClass.allowVolumeExpansion).toBe(true);
  });

  test('of the in-tree driver brings its role, once for all classes of a chart', () => {
    const manifests = synth(
      (chart) => {
        new AzureFilesStorageClass(chart, 'a', {
          provisioner: IN_TREE,
          skuName: AzureFilesSku.STANDARD_RAGRS,
          storageAccount: 'tomaskubefiles',
        });
        new AzureFilesStorageClass(chart, 'b', { provisioner: IN_TREE });
      },
      { namespace: 'shop' },
    );
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    // None of them has a namespace.
    expect(identities(manifests).sort()).toEqual([
      'ClusterRole system:azure-cloud-provider',
      'ClusterRoleBinding system:azure-cloud-provider',
      'StorageClass a',
      'StorageClass b',
    ]);
    expect(find(manifests, 'StorageClass', 'a')).toMatchObject({
      provisioner: 'kubernetes.io/azure-file',
      parameters: { skuName: 'Standard_RAGRS', storageAccount: 'tomaskubefiles' },
    });
    expect(find(manifests, 'ClusterRole', 'system:azure-cloud-provider').rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create'] },
    ]);
    expect(find(manifests, 'ClusterRoleBinding', 'system:azure-cloud-provider')).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:azure-cloud-provider' },
      subjects: [{ kind: 'ServiceAccount', name: 'persistent-volume-binder', namespace: 'kube-system' }],
    });
  });

  test('of the CSI driver brings no role', () => {
    expect(identities(synth((chart) => new AzureFilesStorageClass(chart, 'shares')))).toEqual(['StorageClass shares']);
  });

  test.each<AzureFilesStorageClassProps>([
    { shareName: 'all' },
    { shareName: '${pvc.metadata.namespace}-${pvc.metadata.name}', reclaimPolicy: ReclaimPolicy.DELETE },
    { protocol: NFS, skuName: AzureFilesSku.PREMIUM_ZRS },
    { provisioner: IN_TREE, skuName: AzureFilesSku.PREMIUM_ZRS },
    {
      mountOptions: ['dir_mode=0755', 'file_mode=0755', 'uid=1000', 'gid=1000', 'mfsymlinks', 'cache=strict', 'nobrl'],
    },
  ])('may be %j', (props) => {
    expect(render(props).kind).toBe('StorageClass');
  });

  test.each<[string, AzureFilesStorageClassProps, ...string[]]>([
    [
      'an NFS share on hard disks',
      { protocol: NFS, skuName: AzureFilesSku.STANDARD_LRS },
      '\'skuName\' must be a Premium one with protocol NFS, got "Standard_LRS": the driver refuses each claim: NFS shares are on SSD only; take AzureFilesSku.PREMIUM_LRS',
    ],
    [
      'an NFS share on hard disks of v2',
      { protocol: NFS, skuName: AzureFilesSku.STANDARD_V2_LRS },
      '\'skuName\' must be a Premium one with protocol NFS, got "StandardV2_LRS": the driver refuses each claim: NFS shares are on SSD only; take AzureFilesSku.PREMIUM_LRS',
    ],
    [
      'a sku of v2 in the in-tree driver',
      { provisioner: IN_TREE, skuName: AzureFilesSku.PREMIUM_V2_LRS },
      '\'skuName\' must be one that the in-tree driver knows, got "PremiumV2_LRS": it knows none of v2 and no Standard_RAGZRS; take AzureFilesProvisioner.CSI',
    ],
    [
      'another sku that the in-tree driver does not know',
      { provisioner: IN_TREE, skuName: AzureFilesSku.STANDARD_RAGZRS },
      '\'skuName\' must be one that the in-tree driver knows, got "Standard_RAGZRS": it knows none of v2 and no Standard_RAGZRS; take AzureFilesProvisioner.CSI',
    ],
    [
      'NFS in the in-tree driver',
      { provisioner: IN_TREE, protocol: NFS },
      '\'protocol\' must be left out with the in-tree driver, got "nfs": it knows SMB only; take AzureFilesProvisioner.CSI',
    ],
    [
      'one share of all claims that goes with the first',
      { shareName: 'all', reclaimPolicy: ReclaimPolicy.DELETE },
      '\'shareName\' must be of one claim only with reclaimPolicy DELETE, got "all": with the first claim that is deleted the share goes, and the data of all others with it; take RETAIN, or add ${pv.metadata.name} to the name',
    ],
    [
      'a share of claims of one name that goes with the first',
      { shareName: '${pvc.metadata.name}', reclaimPolicy: ReclaimPolicy.DELETE },
      '\'shareName\' must be of one claim only with reclaimPolicy DELETE, got "${pvc.metadata.name}": with the first claim that is deleted the share goes, and the data of all others with it; take RETAIN, or add ${pv.metadata.name} to the name',
    ],
    [
      'an account of another form',
      { storageAccount: 'My-Account' },
      '\'storageAccount\' must be 3 to 24 characters of a-z and 0-9, got "My-Account": Azure has no storage account of another form',
    ],
    [
      'a share of another form',
      { shareName: 'my--share' },
      '\'shareName\' must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit, got "my--share": Azure refuses any other',
    ],
    [
      'a share with a placeholder that there is not',
      { shareName: '${pvc.name}' },
      '\'shareName\' must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit, got "${pvc.name}": Azure refuses any other',
    ],
    [
      'a share whose placeholders do not make a name',
      { shareName: '${pvc.metadata.name}-' },
      "'shareName' must be a-z, 0-9 and single - around its placeholders, got \"${pvc.metadata.name}-\": the driver would make up another name; write it as '${pvc.metadata.namespace}-${pvc.metadata.name}'",
    ],
    [
      'a mount option that the driver sets',
      { protocol: NFS, mountOptions: ['nconnect=4', 'nfsvers=4.1'] },
      '\'mountOptions[1]\' must not be one that the driver sets itself, got "nfsvers=4.1": it mounts with vers=4,minorversion=1,sec=sys, and no pod starts with a second; leave it out',
    ],
    [
      'a mount option of SMB',
      { protocol: NFS, mountOptions: ['dir_mode=0777'] },
      '\'mountOptions[0]\' must not be one of SMB with protocol NFS, got "dir_mode=0777": no pod starts with it; an NFS share keeps modes and links of its own; leave it out',
    ],
  ])('refuses %s', (_, props, ...problems) => {
    expectRefusedAlone(
      (chart) => new AzureFilesStorageClass(chart, 'x', props),
      "AzureFilesStorageClass 'test/x'",
      ...problems,
    );
  });
});

test.each([
  [AzureFilesProvisioner, ['file.csi.azure.com', 'kubernetes.io/azure-file']],
  [
    AzureFilesSku,
    [
      ...['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_RAGZRS'],
      ...['Premium_LRS', 'Premium_ZRS'],
      ...['StandardV2_LRS', 'StandardV2_ZRS', 'StandardV2_GRS', 'StandardV2_GZRS'],
      ...['PremiumV2_LRS', 'PremiumV2_ZRS'],
    ],
  ],
  [AzureFilesProtocol, ['smb', 'nfs']],
])('an enum has the words of the driver: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
