import { checkInteger, checkUnique } from '../../private/names';
import type { Problems } from '../../private/problems';
import { checkRules } from '../rules';
import type { Rule } from '../rules';
import { VolumeBindingMode } from '../storage-class-props';
import type { CommonStorageClassProps } from '../storage-class-props';
import { AzureDiskCachingMode, AzureDiskNetworkAccessPolicy, AzureDiskSku } from './azure-disk-enums';
import type { AzureDiskStorageClassProps } from './azure-disk-storage-class-props';
import { checkArmId, checkAzureZone, checkRegion, checkTags } from './azure-names';

type Props = AzureDiskStorageClassProps;
type Parameter = Exclude<keyof Props, keyof CommonStorageClassProps | 'zones'>;

/** Every parameter by the name that the driver's page gives it; a prop that is missing here does not compile. */
export const AZURE_DISK_PARAMETERS: { readonly [Prop in Parameter]: string } = {
  skuName: 'skuName',
  cachingMode: 'cachingMode',
  fsType: 'fsType',
  location: 'location',
  resourceGroup: 'resourceGroup',
  subscriptionId: 'subscriptionID',
  tags: 'tags',
  tagValueDelimiter: 'tagValueDelimiter',
  diskIopsReadWrite: 'DiskIOPSReadWrite',
  diskMbpsReadWrite: 'DiskMBpsReadWrite',
  logicalSectorSize: 'LogicalSectorSize',
  perfProfile: 'perfProfile',
  maxShares: 'maxShares',
  enableBursting: 'enableBursting',
  enablePerformancePlus: 'enablePerformancePlus',
  writeAcceleratorEnabled: 'writeAcceleratorEnabled',
  diskEncryptionSetId: 'diskEncryptionSetID',
  diskEncryptionType: 'diskEncryptionType',
  networkAccessPolicy: 'networkAccessPolicy',
  diskAccessId: 'diskAccessID',
  publicNetworkAccess: 'publicNetworkAccess',
  attachDiskInitialDelay: 'attachDiskInitialDelay',
  userAgent: 'userAgent',
};

const skuOf = ({ skuName }: Props): AzureDiskSku => skuName ?? AzureDiskSku.STANDARD_SSD_LRS;
const isProvisioned = (props: Props): boolean =>
  [AzureDiskSku.PREMIUM_V2_LRS, AzureDiskSku.ULTRA_SSD_LRS].includes(skuOf(props));
const isPremium = (props: Props): boolean =>
  [AzureDiskSku.PREMIUM_LRS, AzureDiskSku.PREMIUM_ZRS].includes(skuOf(props));
const isShared = ({ maxShares = 1 }: Props): boolean => maxShares > 1;
const isAllowPrivate = ({ networkAccessPolicy }: Props): boolean =>
  networkAccessPolicy === AzureDiskNetworkAccessPolicy.ALLOW_PRIVATE;

const onlyProvisioned = (prop: Parameter): Rule<Props> => ({
  prop,
  breaks: (props) => !isProvisioned(props),
  rule: 'must come with skuName PREMIUM_V2_LRS or ULTRA_SSD_LRS',
  wayOut: 'the driver refuses each claim: of others the size decides; leave it out',
});

const RULES: Rule<Props>[] = [
  {
    prop: 'cachingMode',
    breaks: (props) => isProvisioned(props) && props.cachingMode !== AzureDiskCachingMode.NONE,
    rule: 'must be NONE with PremiumV2 and Ultra disks',
    wayOut: 'they have no host cache: claim or attachment fails; leave it out',
  },
  {
    prop: 'cachingMode',
    breaks: (props) => isPremium(props) && isShared(props) && props.cachingMode !== AzureDiskCachingMode.NONE,
    rule: 'must be NONE with maxShares above 1 on Premium disks',
    wayOut: 'the cache of one node would not see what another writes, and Azure refuses it; leave it out',
  },
  {
    prop: 'volumeBindingMode',
    breaks: (props) => props.volumeBindingMode === VolumeBindingMode.IMMEDIATE && !skuOf(props).endsWith('_ZRS'),
    rule: 'must be WAIT_FOR_FIRST_CONSUMER with LRS disks',
    wayOut:
      'such a disk is bound to its zone, and made at once it may be where its pod cannot run; leave it out, or take a ZRS skuName',
  },
  onlyProvisioned('diskIopsReadWrite'),
  onlyProvisioned('diskMbpsReadWrite'),
  onlyProvisioned('logicalSectorSize'),
  {
    prop: 'logicalSectorSize',
    breaks: ({ logicalSectorSize }) => logicalSectorSize !== 512 && logicalSectorSize !== 4096,
    rule: 'must be 512 or 4096',
    wayOut: 'Azure has no other',
  },
  {
    prop: 'enableBursting',
    breaks: (props) => props.enableBursting === true && (!isPremium(props) || isShared(props)),
    rule: 'must come with skuName PREMIUM_LRS or PREMIUM_ZRS and without maxShares',
    wayOut: 'no other disk bursts on demand; leave it out',
  },
  {
    prop: 'enablePerformancePlus',
    breaks: (props) => props.enablePerformancePlus === true && isProvisioned(props),
    rule: 'must be off with PremiumV2 and Ultra disks',
    wayOut: 'their performance is bought by diskIopsReadWrite and diskMbpsReadWrite',
  },
  {
    prop: 'diskEncryptionType',
    breaks: ({ diskEncryptionSetId }) => diskEncryptionSetId === undefined,
    rule: 'must come with diskEncryptionSetId',
    wayOut: 'the driver refuses each claim: there is no key to encrypt with; give the set or leave it out',
  },
  {
    prop: 'diskAccessId',
    breaks: (props) => !isAllowPrivate(props),
    rule: 'must come with networkAccessPolicy ALLOW_PRIVATE',
    wayOut: 'the driver refuses each claim, or passes over it; set both or none',
  },
  {
    prop: 'networkAccessPolicy',
    breaks: (props) => isAllowPrivate(props) && props.diskAccessId === undefined,
    rule: 'must come with diskAccessId if it is ALLOW_PRIVATE',
    wayOut: 'the driver refuses each claim: there is no private endpoint; set both or none',
  },
  {
    prop: 'subscriptionId',
    breaks: ({ resourceGroup }) => resourceGroup === undefined,
    rule: 'must come with resourceGroup',
    wayOut: "the driver refuses each claim: the cluster's group is not in another subscription; name the group",
  },
  {
    prop: 'zones',
    breaks: ({ zones }) => zones?.length === 0,
    rule: 'must name a zone',
    wayOut: 'no disk could be made anywhere; leave it out for any zone',
  },
];

export function checkAzureDisk(problems: Problems, props: Props): void {
  checkRules(problems, props, RULES);
  for (const prop of ['diskIopsReadWrite', 'diskMbpsReadWrite', 'maxShares'] as const) {
    const value = props[prop];
    if (value !== undefined) checkInteger(problems, prop, value, 1, Infinity, 'the driver or Azure refuses each claim');
  }
  if (props.attachDiskInitialDelay) {
    const delay = props.attachDiskInitialDelay.toMilliseconds({ integral: false });
    checkInteger(problems, 'attachDiskInitialDelay', delay, 0, Infinity, 'the driver knows whole milliseconds only');
  }
  if (props.location !== undefined) checkRegion(problems, 'location', props.location);
  props.zones?.forEach((zone, index) => checkAzureZone(problems, `zones[${index}]`, zone));
  checkUnique(problems, 'zones', props.zones ?? [], 'of one name', 'leave one of them out');
  checkTags(problems, 'tags', props.tags, props.tagValueDelimiter);
  if (props.diskEncryptionSetId !== undefined) {
    checkArmId(problems, 'diskEncryptionSetId', props.diskEncryptionSetId, 'Microsoft.Compute/diskEncryptionSets');
  }
  if (props.diskAccessId !== undefined) {
    checkArmId(problems, 'diskAccessId', props.diskAccessId, 'Microsoft.Compute/diskAccesses');
  }
}

/** The mode that is written: where the driver's own default fails, it has to be. */
export function cachingModeOf(props: Props): AzureDiskCachingMode | undefined {
  const needsNone = isProvisioned(props) || (isPremium(props) && isShared(props));
  return props.cachingMode ?? (needsNone ? AzureDiskCachingMode.NONE : undefined);
}
