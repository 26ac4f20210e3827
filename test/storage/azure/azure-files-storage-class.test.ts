import { Size } from 'cdk8s';
import {
  AzureFilesAccountAccessTier,
  AzureFilesDataPlaneApi,
  AzureFilesFsGroupChangePolicy,
  AzureFilesNetworkEndpointType,
  AzureFilesProtocol,
  AzureFilesProvisioner,
  AzureFilesPublicNetworkAccess,
  AzureFilesRootSquashType,
  AzureFilesShareAccessTier,
  AzureFilesSku,
  AzureFilesStorageClass,
  ReclaimPolicy,
  StorageMedium,
  VolumeBindingMode,
} from '../../../lib';
import type { AzureFilesStorageClassProps } from '../../../lib';
import { find, identities, manifestsOf, newChart, synth } from '../../support/manifests';
import { expectRefusedAlone } from '../../support/refused';
import { schemaErrors } from '../../support/strict-schema';

const NFS = AzureFilesProtocol.NFS;
const IN_TREE = AzureFilesProvisioner.IN_TREE;
const PRIVATE = AzureFilesNetworkEndpointType.PRIVATE_ENDPOINT;
const V2 = AzureFilesSku.PREMIUM_V2_LRS;

/** Every prop, of which no class can have all: those of SMB and NFS, of a new and an existing account exclude each other. */
const ALL: Required<AzureFilesStorageClassProps> = {
  name: 'shares',
  reclaimPolicy: ReclaimPolicy.DELETE,
  allowVolumeExpansion: false,
  volumeBindingMode: VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER,
  mountOptions: ['nconnect=4', 'noresvport'],
  labels: { team: 'a' },
  defaultClass: true,
  provisioner: AzureFilesProvisioner.CSI,
  skuName: V2,
  storageAccount: 'tomaskubefiles',
  resourceGroup: 'files',
  subscriptionId: '0000',
  location: 'westeurope',
  createAccount: true,
  tags: { a: '1,2', b: '3' },
  tagValueDelimiter: ';',
  matchTags: true,
  selectRandomMatchingAccount: true,
  accountQuota: Size.tebibytes(1),
  accountAccessTier: AzureFilesAccountAccessTier.HOT,
  enableLargeFileShares: true,
  requireInfraEncryption: true,
  disableDeleteRetentionPolicy: false,
  allowBlobPublicAccess: false,
  allowSharedKeyAccess: false,
  publicNetworkAccess: AzureFilesPublicNetworkAccess.DISABLED,
  networkEndpointType: PRIVATE,
  vnetResourceGroup: 'net',
  vnetName: 'vnet',
  subnetNames: ['subnet'],
  vnetLinkName: 'link',
  privateDnsZoneResourceGroup: 'dns',
  server: 'files.example.com',
  storageEndpointSuffix: 'core.windows.net',
  protocol: AzureFilesProtocol.SMB,
  shareName: 'share-${pv.metadata.name}',
  shareNamePrefix: 'team-a',
  folderName: 'reports/${pvc.metadata.name}',
  createFolderIfNotExist: true,
  shareAccessTier: AzureFilesShareAccessTier.PREMIUM,
  provisionedIops: 500,
  provisionedBandwidth: 100,
  fsGroupChangePolicy: AzureFilesFsGroupChangePolicy.NONE,
  useDataPlaneApi: AzureFilesDataPlaneApi.OAUTH,
  storeAccountKey: false,
  latestAccountKey: true,
  secretName: 'key',
  secretNamespace: 'shop',
  enableMultichannel: true,
  clientId: 'client',
  tenantId: 'tenant',
  mountWithManagedIdentity: false,
  mountWithWorkloadIdentityToken: false,
  mountWithOAuthToken: true,
  rootSquashType: AzureFilesRootSquashType.ROOT_SQUASH,
  mountPermissions: '0750',
  encryptInTransit: true,
};

function render(props: AzureFilesStorageClassProps) {
  const manifests = synth((chart) => new AzureFilesStorageClass(chart, 'shares', props));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  return find(manifests, 'StorageClass', 'shares');
}

describe('a class of Azure Files', () => {
  test('leaves everything to the CSI driver, and keeps the data, unless told otherwise', () => {
    expect(render({})).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'shares' },
      provisioner: 'file.csi.azure.com',
      reclaimPolicy: 'Retain',
      allowVolumeExpansion: true,
      volumeBindingMode: 'Immediate',
    });
  });

  test('takes every prop of SMB on an account that the driver makes', () => {
    const others = ['storageAccount', 'shareName', 'rootSquashType', 'mountPermissions', 'encryptInTransit'];
    const storageClass = render(Object.fromEntries(Object.entries(ALL).filter(([prop]) => !others.includes(prop))));
    expect(storageClass.metadata).toEqual({
      name: 'shares',
      labels: { team: 'a' },
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    });
    expect(storageClass).toMatchObject({
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: false,
      volumeBindingMode: 'WaitForFirstConsumer',
      mountOptions: ['nconnect=4', 'noresvport'],
    });
    // The driver refuses a key that it does not know, so each is spelled out here.
    expect(storageClass.parameters).toEqual({
      skuName: 'PremiumV2_LRS',
      resourceGroup: 'files',
      subscriptionID: '0000',
      location: 'westeurope',
      createAccount: 'true',
      tags: 'a=1,2;b=3',
      tagValueDelimiter: ';',
      matchTags: 'true',
      selectRandomMatchingAccount: 'true',
      accountQuota: '1024',
      accountAccessTier: 'Hot',
      enableLargeFileShares: 'true',
      requireInfraEncryption: 'true',
      disableDeleteRetentionPolicy: 'false',
      allowBlobPublicAccess: 'false',
      allowSharedKeyAccess: 'false',
      publicNetworkAccess: 'Disabled',
      networkEndpointType: 'privateEndpoint',
      vnetResourceGroup: 'net',
      vnetName: 'vnet',
      subnetName: 'subnet',
      vnetLinkName: 'link',
      privateDNSZoneResourceGroup: 'dns',
      server: 'files.example.com',
      storageEndpointSuffix: 'core.windows.net',
      protocol: 'smb',
      shareNamePrefix: 'team-a',
      folderName: 'reports/${pvc.metadata.name}',
      createFolderIfNotExist: 'true',
      shareAccessTier: 'Premium',
      provisionedIOPS: '500',
      provisionedBandwidth: '100',
      fsGroupChangePolicy: 'None',
      useDataPlaneAPI: 'oauth',
      storeAccountKey: 'false',
      getLatestAccountKey: 'true',
      secretName: 'key',
      secretNamespace: 'shop',
      enableMultichannel: 'true',
      clientID: 'client',
      tenantID: 'tenant',
      mountWithManagedIdentity: 'false',
      mountWithWorkloadIdentityToken: 'false',
      mountWithOAuthToken: 'true',
    });
  });

  test('takes those of NFS and of an account that exists', () => {
    const { storageAccount, shareName, rootSquashType, mountPermissions, encryptInTransit } = ALL;
    const props = { protocol: NFS, storageAccount, shareName, rootSquashType, mountPermissions, encryptInTransit };
    expect(render({ ...props, subnetNames: ['a', 'b'] }).parameters).toEqual({
      protocol: 'nfs',
      storageAccount: 'tomaskubefiles',
      shareName: 'share-${pv.metadata.name}',
      subnetName: 'a,b',
      rootSquashType: 'RootSquash',
      mountPermissions: '0750',
      encryptInTransit: 'true',
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

  test('has no namespace, in a chart that has one', () => {
    const chart = newChart({ namespace: 'shop' });
    const storageClass = new AzureFilesStorageClass(chart, 'shares', { provisioner: IN_TREE });
    expect(identities(manifestsOf(chart))).toEqual([
      'ClusterRole system:azure-cloud-provider',
      'ClusterRoleBinding system:azure-cloud-provider',
      'StorageClass shares',
    ]);
    expect(storageClass.apiObject.toJson()).toMatchObject({ metadata: { name: 'shares' } });
  });

  test('of the in-tree driver brings its role, once for all classes of a chart', () => {
    const manifests = synth((chart) => {
      new AzureFilesStorageClass(chart, 'a', {
        provisioner: IN_TREE,
        skuName: AzureFilesSku.STANDARD_RAGRS,
        storageAccount: 'tomaskubefiles',
        resourceGroup: 'files',
        location: 'westeurope',
        shareName: 'share',
        secretNamespace: 'shop',
      });
      new AzureFilesStorageClass(chart, 'b', { provisioner: IN_TREE, tags: { a: 'b' } });
    });
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(find(manifests, 'StorageClass', 'a')).toMatchObject({
      provisioner: 'kubernetes.io/azure-file',
      parameters: {
        skuName: 'Standard_RAGRS',
        storageAccount: 'tomaskubefiles',
        resourceGroup: 'files',
        location: 'westeurope',
        shareName: 'share',
        secretNamespace: 'shop',
      },
    });
    expect(find(manifests, 'StorageClass', 'b').parameters).toEqual({ tags: 'a=b' });
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
    { allowSharedKeyAccess: false, storeAccountKey: false },
    { allowSharedKeyAccess: false, protocol: NFS },
    { allowSharedKeyAccess: false, mountWithManagedIdentity: true },
    { mountWithOAuthToken: true, secretName: 'token' },
    { enableMultichannel: true, storageAccount: 'tomaskubefiles' },
    { enableMultichannel: true, skuName: AzureFilesSku.PREMIUM_ZRS },
    { shareName: 'all' },
    { shareName: '${pvc.metadata.namespace}-${pvc.metadata.name}', reclaimPolicy: ReclaimPolicy.DELETE },
    { storageAccount: 'tomaskubefiles', matchTags: false },
    {
      mountOptions: ['dir_mode=0755', 'file_mode=0755', 'uid=1000', 'gid=1000', 'mfsymlinks', 'cache=strict', 'nobrl'],
    },
    // Its data plane serves NFS shares as well.
    { protocol: NFS, useDataPlaneApi: AzureFilesDataPlaneApi.OAUTH },
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
      'a sku that the in-tree driver does not know',
      { provisioner: IN_TREE, skuName: AzureFilesSku.PREMIUM_V2_LRS },
      '\'skuName\' must be one that the in-tree driver knows, got "PremiumV2_LRS": it knows Standard_LRS, Standard_GRS, Standard_ZRS, Standard_RAGRS, Premium_LRS, Premium_ZRS; for others take AzureFilesProvisioner.CSI',
    ],
    [
      'a parameter that the in-tree driver does not know',
      { provisioner: IN_TREE, protocol: NFS },
      '\'protocol\' must be left out with the in-tree driver, got "nfs": it knows only skuName, storageAccount, location, resourceGroup, shareName, secretNamespace, tags; take AzureFilesProvisioner.CSI',
    ],
    [
      'tags to look for with an account',
      { storageAccount: 'abc', matchTags: true },
      "'matchTags' must be off with storageAccount, got true: the driver refuses each claim, as there is no account to look for; leave one of them out",
    ],
    [
      'a subscription without its group',
      { subscriptionId: 's' },
      "'subscriptionId' must come with resourceGroup, got \"s\": the driver refuses each claim: the cluster's group is not in another subscription; name the group",
    ],
    [
      'a DNS zone without a private endpoint',
      { privateDnsZoneResourceGroup: 'g' },
      '\'privateDnsZoneResourceGroup\' must come with networkEndpointType PRIVATE_ENDPOINT, got "g": the driver refuses each claim; a DNS zone belongs to a private endpoint only',
    ],
    [
      'several subnets of a private endpoint',
      { networkEndpointType: PRIVATE, subnetNames: ['a', 'b'] },
      '\'subnetNames\' must be one with networkEndpointType PRIVATE_ENDPOINT, got ["a","b"]: the driver refuses each claim: a private endpoint lies in one subnet; name that one',
    ],
    [
      'a key that opens nothing',
      { allowSharedKeyAccess: false },
      "'allowSharedKeyAccess' must be on while storeAccountKey is, got false: the driver refuses each claim, as the key that it would store opens nothing; set storeAccountKey: false",
    ],
    [
      'a stored key beside an identity',
      { storeAccountKey: true, mountWithManagedIdentity: true },
      "'storeAccountKey' must be off where an identity mounts, got true: the driver stores no key then; leave storeAccountKey out",
    ],
    [
      'two identities',
      { mountWithManagedIdentity: true, mountWithWorkloadIdentityToken: true },
      "'mountWithManagedIdentity' must be the only mountWith… that is on, got true: the driver refuses each claim; decide for one",
      "'mountWithWorkloadIdentityToken' must be the only mountWith… that is on, got true: the driver refuses each claim; decide for one",
    ],
    [
      'a token without its Secret',
      { mountWithOAuthToken: true },
      "'mountWithOAuthToken' must come with secretName, got true: the driver refuses each claim: the token is in that Secret; name it",
    ],
    [
      'multichannel on hard disks',
      { enableMultichannel: true },
      "'enableMultichannel' must come with a Premium skuName, got true: others have no SMB multichannel; take AzureFilesSku.PREMIUM_LRS",
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
      'a prefix of a name that is given',
      { shareName: 'all', shareNamePrefix: 'a' },
      '\'shareNamePrefix\' must be left out with shareName, got "a": the driver passes over it; put it into shareName',
    ],
    [
      'a prefix of another form',
      { shareNamePrefix: '-a' },
      '\'shareNamePrefix\' must be at most 20 of a-z, 0-9 and -, beginning with a letter or digit, got "-a": the driver refuses each claim; the name of the volume comes behind it',
    ],
    [
      'a prefix that is too long',
      { shareNamePrefix: 'a23456789012345678901' },
      '\'shareNamePrefix\' must be at most 20 of a-z, 0-9 and -, beginning with a letter or digit, got "a23456789012345678901": the driver refuses each claim; the name of the volume comes behind it',
    ],
    [
      'a folder outside of the share',
      { folderName: '../other' },
      "'folderName' must be a path in the share, without . .. \\ : * ? \" < > |, got \"../other\": the driver refuses each claim; write it as 'reports/2026'",
    ],
    [
      'no folder to make',
      { createFolderIfNotExist: true },
      "'createFolderIfNotExist' must come with folderName, got true: there is no other folder to make; name it",
    ],
    [
      'a temperature that the sku has not',
      { skuName: AzureFilesSku.PREMIUM_LRS, shareAccessTier: AzureFilesShareAccessTier.HOT },
      '\'shareAccessTier\' must be PREMIUM with a Premium skuName, and only then, got "Hot": Azure makes no such share; leave it out',
    ],
    [
      'the temperature of another sku',
      { skuName: AzureFilesSku.STANDARD_LRS, shareAccessTier: AzureFilesShareAccessTier.PREMIUM },
      '\'shareAccessTier\' must be PREMIUM with a Premium skuName, and only then, got "Premium": Azure makes no such share; leave it out',
    ],
    [
      'performance that goes with the size',
      { provisionedIops: 500 },
      "'provisionedIops' must come with a v2 skuName, got 500: of others the size decides; take AzureFilesSku.PREMIUM_V2_LRS or leave it out",
    ],
    [
      'throughput that goes with the size',
      { skuName: AzureFilesSku.PREMIUM_LRS, provisionedBandwidth: 100 },
      "'provisionedBandwidth' must come with a v2 skuName, got 100: of others the size decides; take AzureFilesSku.PREMIUM_V2_LRS or leave it out",
    ],
    [
      'negative performance',
      { skuName: V2, provisionedIops: -1 },
      "'provisionedIops' must be a whole number at least 0, got -1: the driver refuses each claim",
    ],
    [
      'a fraction of throughput',
      { skuName: V2, provisionedBandwidth: 0.5 },
      "'provisionedBandwidth' must be a whole number at least 0, got 0.5: the driver refuses each claim",
    ],
    [
      'a mode that is not octal',
      { protocol: NFS, mountPermissions: '0788' },
      "'mountPermissions' must be an octal mode, got \"0788\": the driver refuses each claim; write it as '0750', or '0' to leave the folder as it is",
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
      'a title for a region',
      { location: 'West Europe' },
      "'location' must be a-z and 0-9 only, got \"West Europe\": it is the region's name, not its title; write it as 'westeurope'",
    ],
    [
      'a Secret of another form',
      { secretName: 'Key' },
      "'secretName' must be a DNS subdomain of at most 253 characters, got \"Key\": use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    ],
    [
      'a namespace of another form',
      { secretNamespace: 'a.b' },
      "'secretNamespace' must be a DNS label of at most 63 characters, got \"a.b\": use a-z, 0-9 and '-', beginning and ending with a letter or digit",
    ],
    [
      'a tag whose key Azure refuses',
      { tags: { 'a/b': 'c' } },
      "'tags' must have keys without = < > % & ? \\ / and tagValueDelimiter ',', got \"a/b\": Azure or the driver refuses it",
    ],
    [
      'a tag that would be two',
      { tags: { a: 'b,c' } },
      "'tags['a']' must not contain tagValueDelimiter ',', got \"b,c\": the driver would take what follows for the next tag; set it to another character",
    ],
    [
      'a quota below the least',
      { accountQuota: Size.gibibytes(99) },
      '\'accountQuota\' must be whole GiB, at least 100, got "99Gi": the driver refuses each claim; write it as Size.gibibytes(102400)',
    ],
    [
      'a quota in parts of GiB',
      { accountQuota: Size.mebibytes(204801) },
      '\'accountQuota\' must be whole GiB, at least 100, got "204801Mi": the driver refuses each claim; write it as Size.gibibytes(102400)',
    ],
    [
      'a mount option that is two',
      { mountOptions: ['a,b'] },
      "'mountOptions[0]' must be one option, without blanks and commas, got \"a,b\": no server checks it, and with a wrong one no pod starts; write one each, as ['noatime', 'nconnect=4']",
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

  test.each<[AzureFilesStorageClassProps, string, string]>([
    [{ storeAccountKey: false }, 'storeAccountKey', 'false'],
    [{ latestAccountKey: true }, 'latestAccountKey', 'true'],
    [{ secretName: 's' }, 'secretName', '"s"'],
    [{ secretNamespace: 'n' }, 'secretNamespace', '"n"'],
    [{ enableMultichannel: false }, 'enableMultichannel', 'false'],
    [{ clientId: 'c' }, 'clientId', '"c"'],
    [{ tenantId: 't' }, 'tenantId', '"t"'],
    [{ mountWithManagedIdentity: false }, 'mountWithManagedIdentity', 'false'],
    [{ mountWithWorkloadIdentityToken: false }, 'mountWithWorkloadIdentityToken', 'false'],
    [{ mountWithOAuthToken: false }, 'mountWithOAuthToken', 'false'],
  ])('refuses what is of SMB on NFS: %j', (props, prop, got) => {
    expectRefusedAlone(
      (chart) => new AzureFilesStorageClass(chart, 'x', { protocol: NFS, ...props }),
      "AzureFilesStorageClass 'test/x'",
      `'${prop}' must be left out with protocol NFS, got ${got}: it is of SMB only: NFS has no account key and no identity`,
    );
  });

  test.each<[AzureFilesStorageClassProps, string, string]>([
    [{ rootSquashType: AzureFilesRootSquashType.ALL_SQUASH }, 'rootSquashType', '"AllSquash"'],
    [{ mountPermissions: '0' }, 'mountPermissions', '"0"'],
    [{ encryptInTransit: true }, 'encryptInTransit', 'true'],
  ])('refuses what is of NFS on SMB: %j', (props, prop, got) => {
    expectRefusedAlone(
      (chart) => new AzureFilesStorageClass(chart, 'x', props),
      "AzureFilesStorageClass 'test/x'",
      `'${prop}' must come with protocol NFS, got ${got}: it has no effect on SMB; leave it out`,
    );
  });

  // Some are about security: without effect, and without a word from the driver.
  test.each<[AzureFilesStorageClassProps, string, string]>([
    [{ createAccount: true }, 'createAccount', 'true'],
    [{ tags: { a: 'b' } }, 'tags', '{"a":"b"}'],
    [{ selectRandomMatchingAccount: true }, 'selectRandomMatchingAccount', 'true'],
    [{ accountQuota: Size.tebibytes(1) }, 'accountQuota', '"1Ti"'],
    [{ accountAccessTier: AzureFilesAccountAccessTier.COOL }, 'accountAccessTier', '"Cool"'],
    [{ enableLargeFileShares: true }, 'enableLargeFileShares', 'true'],
    [{ requireInfraEncryption: true }, 'requireInfraEncryption', 'true'],
    [{ disableDeleteRetentionPolicy: true }, 'disableDeleteRetentionPolicy', 'true'],
    [{ allowBlobPublicAccess: false }, 'allowBlobPublicAccess', 'false'],
    [{ allowSharedKeyAccess: true }, 'allowSharedKeyAccess', 'true'],
    [{ publicNetworkAccess: AzureFilesPublicNetworkAccess.DISABLED }, 'publicNetworkAccess', '"Disabled"'],
  ])('refuses what is of a new account on one that exists: %j', (props, prop, got) => {
    expectRefusedAlone(
      (chart) => new AzureFilesStorageClass(chart, 'x', { storageAccount: 'tomaskubefiles', ...props }),
      "AzureFilesStorageClass 'test/x'",
      `'${prop}' must be left out with storageAccount, got ${got}: ` +
        'the driver leaves an account that exists as it is; set it on the account',
    );
  });

  test('refuses every other parameter on the in-tree driver', () => {
    const known = ['skuName', 'storageAccount', 'location', 'resourceGroup', 'shareName', 'secretNamespace', 'tags'];
    const common = ['name', 'reclaimPolicy', 'allowVolumeExpansion', 'volumeBindingMode', 'mountOptions', 'labels'];
    const others = Object.keys(ALL).filter(
      (prop) => ![...known, ...common, 'defaultClass', 'provisioner'].includes(prop),
    );
    expect(others).toHaveLength(42);
    for (const prop of others) {
      const props = { provisioner: IN_TREE, [prop]: ALL[prop as keyof typeof ALL] };
      expect(() => new AzureFilesStorageClass(newChart(), 'x', props)).toThrow(
        `'${prop}' must be left out with the in-tree driver, got `,
      );
    }
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
  [AzureFilesShareAccessTier, ['TransactionOptimized', 'Hot', 'Cool', 'Premium']],
  [AzureFilesAccountAccessTier, ['Hot', 'Cool', 'Premium']],
  [AzureFilesNetworkEndpointType, ['privateEndpoint', 'serviceEndpoint']],
  [AzureFilesPublicNetworkAccess, ['Enabled', 'Disabled', 'SecuredByPerimeter']],
  [AzureFilesRootSquashType, ['NoRootSquash', 'RootSquash', 'AllSquash']],
  [AzureFilesFsGroupChangePolicy, ['OnRootMismatch', 'Always', 'None']],
  [AzureFilesDataPlaneApi, ['false', 'true', 'oauth']],
])('an enum has the words of the driver: %j', (type, values) => {
  expect(Object.values(type)).toEqual(values);
});
