import { checkDnsLabel, checkDnsSubdomain, checkInteger } from '../../private/names';
import type { Problems } from '../../private/problems';
import { kibibytes } from '../quantity';
import { checkRules } from '../rules';
import type { Rule } from '../rules';
import { ReclaimPolicy } from '../storage-class-props';
import {
  AzureFilesNetworkEndpointType,
  AzureFilesProtocol,
  AzureFilesProvisioner,
  AzureFilesSku,
  AzureFilesShareAccessTier,
} from './azure-files-enums';
import { AZURE_FILES_PARAMETERS, IN_TREE, NEW_ACCOUNT_ONLY, NFS_ONLY, SMB_ONLY } from './azure-files-parameters';
import type { AzureFilesParameter } from './azure-files-parameters';
import type { AzureFilesStorageClassProps } from './azure-files-storage-class-props';
import { checkRegion, checkShareName, checkStorageAccountName, checkTags } from './azure-names';

type Props = AzureFilesStorageClassProps;

const IN_TREE_SKUS: (AzureFilesSku | undefined)[] = [
  AzureFilesSku.STANDARD_LRS,
  AzureFilesSku.STANDARD_GRS,
  AzureFilesSku.STANDARD_ZRS,
  AzureFilesSku.STANDARD_RAGRS,
  AzureFilesSku.PREMIUM_LRS,
  AzureFilesSku.PREMIUM_ZRS,
];

const isNfs = ({ protocol }: Props): boolean => protocol === AzureFilesProtocol.NFS;
const isInTree = ({ provisioner }: Props): boolean => provisioner === AzureFilesProvisioner.IN_TREE;
const isPremium = ({ skuName }: Props): boolean => skuName?.startsWith('Premium') ?? false;
const isV2 = ({ skuName }: Props): boolean => skuName?.includes('V2') ?? false;
const isPrivate = ({ networkEndpointType }: Props): boolean =>
  networkEndpointType === AzureFilesNetworkEndpointType.PRIVATE_ENDPOINT;

/** Which ways to mount without a key are on. */
const identities = (props: Props): string[] =>
  (['mountWithManagedIdentity', 'mountWithWorkloadIdentityToken', 'mountWithOAuthToken'] as const).filter(
    (prop) => props[prop],
  );

/** A share of its own for each claim, whatever the names of claims in other namespaces. */
const isOfOneClaim = (name = ''): boolean =>
  name.includes('${pv.metadata.name}') ||
  (name.includes('${pvc.metadata.name}') && name.includes('${pvc.metadata.namespace}'));

const without = (
  props: AzureFilesParameter[],
  breaks: (props: Props) => boolean,
  rule: string,
  wayOut: string,
): Rule<Props>[] => props.map((prop) => ({ prop, breaks, rule, wayOut }));

const RULES: Rule<Props>[] = [
  {
    prop: 'skuName',
    breaks: (props) => isNfs(props) && !isPremium(props),
    rule: 'must be a Premium one with protocol NFS',
    wayOut: 'the driver refuses each claim: NFS shares are on SSD only; take AzureFilesSku.PREMIUM_LRS',
  },
  {
    prop: 'skuName',
    breaks: (props) => isInTree(props) && !IN_TREE_SKUS.includes(props.skuName),
    rule: 'must be one that the in-tree driver knows',
    wayOut: `it knows ${IN_TREE_SKUS.join(', ')}; for others take AzureFilesProvisioner.CSI`,
  },
  {
    prop: 'matchTags',
    breaks: ({ matchTags, storageAccount }) => matchTags === true && storageAccount !== undefined,
    rule: 'must be off with storageAccount',
    wayOut: 'the driver refuses each claim, as there is no account to look for; leave one of them out',
  },
  {
    prop: 'subscriptionId',
    breaks: ({ resourceGroup }) => resourceGroup === undefined,
    rule: 'must come with resourceGroup',
    wayOut: "the driver refuses each claim: the cluster's group is not in another subscription; name the group",
  },
  {
    prop: 'privateDnsZoneResourceGroup',
    breaks: (props) => !isPrivate(props),
    rule: 'must come with networkEndpointType PRIVATE_ENDPOINT',
    wayOut: 'the driver refuses each claim; a DNS zone belongs to a private endpoint only',
  },
  {
    prop: 'subnetNames',
    breaks: (props) => isPrivate(props) && (props.subnetNames?.length ?? 0) > 1,
    rule: 'must be one with networkEndpointType PRIVATE_ENDPOINT',
    wayOut: 'the driver refuses each claim: a private endpoint lies in one subnet; name that one',
  },
  {
    prop: 'allowSharedKeyAccess',
    breaks: (props) =>
      props.allowSharedKeyAccess === false &&
      props.storeAccountKey !== false &&
      !isNfs(props) &&
      identities(props).length === 0,
    rule: 'must be on while storeAccountKey is',
    wayOut: 'the driver refuses each claim, as the key that it would store opens nothing; set storeAccountKey: false',
  },
  {
    prop: 'storeAccountKey',
    breaks: (props) => props.storeAccountKey === true && identities(props).length > 0,
    rule: 'must be off where an identity mounts',
    wayOut: 'the driver stores no key then; leave storeAccountKey out',
  },
  ...without(
    ['mountWithManagedIdentity', 'mountWithWorkloadIdentityToken', 'mountWithOAuthToken'],
    (props) => identities(props).length > 1,
    'must be the only mountWith… that is on',
    'the driver refuses each claim; decide for one',
  ),
  {
    prop: 'mountWithOAuthToken',
    breaks: ({ mountWithOAuthToken, secretName }) => mountWithOAuthToken === true && secretName === undefined,
    rule: 'must come with secretName',
    wayOut: 'the driver refuses each claim: the token is in that Secret; name it',
  },
  {
    prop: 'enableMultichannel',
    breaks: (props) =>
      props.enableMultichannel === true &&
      !isPremium(props) &&
      (props.skuName !== undefined || props.storageAccount === undefined),
    rule: 'must come with a Premium skuName',
    wayOut: 'others have no SMB multichannel; take AzureFilesSku.PREMIUM_LRS',
  },
  {
    prop: 'shareName',
    breaks: ({ shareName, reclaimPolicy }) => reclaimPolicy === ReclaimPolicy.DELETE && !isOfOneClaim(shareName),
    rule: 'must be of one claim only with reclaimPolicy DELETE',
    wayOut:
      'with the first claim that is deleted the share goes, and the data of all others with it; take RETAIN, or add ${pv.metadata.name} to the name',
  },
  {
    prop: 'shareNamePrefix',
    breaks: ({ shareName }) => shareName !== undefined,
    rule: 'must be left out with shareName',
    wayOut: 'the driver passes over it; put it into shareName',
  },
  {
    prop: 'shareNamePrefix',
    breaks: ({ shareNamePrefix = '' }) => !/^[a-z0-9][a-z0-9-]{0,19}$/.test(shareNamePrefix),
    rule: 'must be at most 20 of a-z, 0-9 and -, beginning with a letter or digit',
    wayOut: 'the driver refuses each claim; the name of the volume comes behind it',
  },
  {
    prop: 'folderName',
    breaks: ({ folderName = '' }) =>
      folderName
        .replace(/^\/+|\/+$/g, '')
        .split('/')
        .some((part) => ['', '.', '..'].includes(part) || /[\\:*?"<>|]/.test(part)),
    rule: 'must be a path in the share, without . .. \\ : * ? " < > |',
    wayOut: "the driver refuses each claim; write it as 'reports/2026'",
  },
  {
    prop: 'createFolderIfNotExist',
    breaks: ({ createFolderIfNotExist, folderName }) => createFolderIfNotExist === true && folderName === undefined,
    rule: 'must come with folderName',
    wayOut: 'there is no other folder to make; name it',
  },
  {
    prop: 'shareAccessTier',
    breaks: (props) =>
      props.skuName !== undefined &&
      !isV2(props) &&
      isPremium(props) !== (props.shareAccessTier === AzureFilesShareAccessTier.PREMIUM),
    rule: 'must be PREMIUM with a Premium skuName, and only then',
    wayOut: 'Azure makes no such share; leave it out',
  },
  ...without(
    ['provisionedIops', 'provisionedBandwidth'],
    (props) => !isV2(props),
    'must come with a v2 skuName',
    'of others the size decides; take AzureFilesSku.PREMIUM_V2_LRS or leave it out',
  ),
  {
    prop: 'mountPermissions',
    breaks: ({ mountPermissions = '' }) => !/^[0-7]{1,4}$/.test(mountPermissions),
    rule: 'must be an octal mode',
    wayOut: "the driver refuses each claim; write it as '0750', or '0' to leave the folder as it is",
  },
  ...without(
    SMB_ONLY,
    isNfs,
    'must be left out with protocol NFS',
    'it is of SMB only: NFS has no account key and no identity',
  ),
  ...without(
    NFS_ONLY,
    (props) => !isNfs(props),
    'must come with protocol NFS',
    'it has no effect on SMB; leave it out',
  ),
  ...without(
    NEW_ACCOUNT_ONLY,
    ({ storageAccount }) => storageAccount !== undefined,
    'must be left out with storageAccount',
    'the driver leaves an account that exists as it is; set it on the account',
  ),
  ...without(
    (Object.keys(AZURE_FILES_PARAMETERS) as AzureFilesParameter[]).filter((prop) => !IN_TREE.includes(prop)),
    isInTree,
    'must be left out with the in-tree driver',
    `it knows only ${IN_TREE.join(', ')}; take AzureFilesProvisioner.CSI`,
  ),
];

export function checkAzureFiles(problems: Problems, props: Props): void {
  checkRules(problems, props, RULES);
  if (props.storageAccount !== undefined) checkStorageAccountName(problems, 'storageAccount', props.storageAccount);
  if (props.shareName !== undefined) checkShareName(problems, 'shareName', props.shareName);
  if (props.location !== undefined) checkRegion(problems, 'location', props.location);
  if (props.secretName !== undefined) checkDnsSubdomain(problems, 'secretName', props.secretName);
  if (props.secretNamespace !== undefined) checkDnsLabel(problems, 'secretNamespace', props.secretNamespace);
  checkTags(problems, 'tags', props.tags, props.tagValueDelimiter);
  for (const prop of ['provisionedIops', 'provisionedBandwidth'] as const) {
    const value = props[prop];
    if (value !== undefined) checkInteger(problems, prop, value, 0, Infinity, 'the driver refuses each claim');
  }
  checkAccountQuota(problems, props);
  if (isNfs(props)) checkNfsMountOptions(problems, props.mountOptions);
}

function checkAccountQuota(problems: Problems, { accountQuota }: Props): void {
  if (accountQuota === undefined) return;
  const gibibytes = kibibytes(accountQuota) / 1024 ** 2;
  if (Number.isInteger(gibibytes) && gibibytes >= 100) return;
  problems.add(
    'accountQuota',
    'must be whole GiB, at least 100',
    accountQuota.asString(),
    'the driver refuses each claim; write it as Size.gibibytes(102400)',
  );
}

/** Options that fail the mount: those that the driver sets itself, and those of SMB. */
export function checkNfsMountOptions(problems: Problems, options: string[] = []): void {
  options.forEach((option, index) => {
    const [name = ''] = option.split('=');
    if (['vers', 'nfsvers', 'minorversion', 'sec'].includes(name)) {
      problems.add(
        `mountOptions[${index}]`,
        'must not be one that the driver sets itself',
        option,
        'it mounts with vers=4,minorversion=1,sec=sys, and no pod starts with a second; leave it out',
      );
    }
    if (['dir_mode', 'file_mode', 'mfsymlinks', 'cache'].includes(name)) {
      problems.add(
        `mountOptions[${index}]`,
        'must not be one of SMB with protocol NFS',
        option,
        'no pod starts with it; an NFS share keeps modes and links of its own; leave it out',
      );
    }
  });
}
