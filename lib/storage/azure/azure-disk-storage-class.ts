import type { Construct } from 'constructs';
import { checkInteger } from '../../private/names';
import type { Problems } from '../../private/problems';
import { lowerParameters } from '../driver-facts';
import { DriverStorageClass } from '../driver-storage-class';
import type { FsType } from '../fs-type';
import { checkFreeParameters, renderParameters } from '../parameters';
import { checkRules } from '../rules';
import type { Rule } from '../rules';
import type { CommonStorageClassProps } from '../storage-class-props';
import { checkZones } from '../zone-rules';
import { AzureDiskCachingMode, AzureDiskSku } from './azure-disk-enums';
import { AZURE_DISK, AZURE_DISK_FACTS } from './azure-drivers';
import { checkArmId } from './azure-names';

/**
 * Properties of `AzureDiskStorageClass`: those that have a rule, or lose data. What else the driver knows is one of `parameters`.
 *
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureDiskStorageClassProps extends CommonStorageClassProps {
  /**
   * Performance and redundancy of the disks.
   *
   * @default AzureDiskSku.STANDARD_SSD_LRS
   */
  readonly skuName?: AzureDiskSku;

  /**
   * What the host caches.
   *
   * @default AzureDiskCachingMode.READ_ONLY; NONE where nothing else works: with PremiumV2 and Ultra disks
   */
  readonly cachingMode?: AzureDiskCachingMode;

  /**
   * The file system that a new disk is given.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * Zones that disks may be made in, as the nodes' label `topology.disk.csi.azure.com/zone` has them: `westeurope-1`.
   *
   * @default - any
   */
  readonly zones?: string[];

  /**
   * Resource group of the disks.
   *
   * @default - the cluster's node resource group, **which goes with the cluster, and the disks with it**
   */
  readonly resourceGroup?: string;

  /**
   * Operations per second. Only PremiumV2 and Ultra.
   *
   * @default - by its size; PremiumV2: Azure's baseline
   */
  readonly diskIopsReadWrite?: number;

  /**
   * Throughput in MB/s. Only PremiumV2 and Ultra.
   *
   * @default - by its size; PremiumV2: Azure's baseline
   */
  readonly diskMbpsReadWrite?: number;

  /**
   * Id of the disk encryption set with the customer's key. **Without that key the data are lost.**
   *
   * @default - Azure's own key
   */
  readonly diskEncryptionSetId?: string;

  /**
   * Other parameters of the driver. Nothing but their names is checked here, and those only for being a prop: **with one that the
   * driver does not know claims wait for ever.**
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

type Props = AzureDiskStorageClassProps;

const NAMES = {
  skuName: 'skuName',
  cachingMode: 'cachingMode',
  fsType: 'fsType',
  resourceGroup: 'resourceGroup',
  diskIopsReadWrite: 'DiskIOPSReadWrite',
  diskMbpsReadWrite: 'DiskMBpsReadWrite',
  diskEncryptionSetId: 'diskEncryptionSetID',
};
const ALIASES = { storageAccountType: 'skuName', 'csi.storage.k8s.io/fstype': 'fsType' };

const isProvisioned = ({ skuName }: Props): boolean =>
  skuName === AzureDiskSku.PREMIUM_V2_LRS || skuName === AzureDiskSku.ULTRA_SSD_LRS;

const onlyProvisioned = (prop: 'diskIopsReadWrite' | 'diskMbpsReadWrite'): Rule<Props> => ({
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
  onlyProvisioned('diskIopsReadWrite'),
  onlyProvisioned('diskMbpsReadWrite'),
];

/**
 * A class of Azure Disks, which one node uses at a time: what databases live on.
 *
 * A disk can grow in use, and never shrinks. **An LRS disk can be used in its own zone only**: without a node there its pod
 * waits. A ZRS disk can be used in all of them.
 *
 * @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 *
 * @example
 * const fast = new AzureDiskStorageClass(this, 'fast', {
 *   skuName: AzureDiskSku.PREMIUM_ZRS,
 *   fsType: FsType.XFS,
 *   parameters: { tags: 'team=shop' },
 * });
 * new PersistentVolumeClaim(this, 'data', { size: Size.gibibytes(32), storageClass: fast });
 */
export class AzureDiskStorageClass extends DriverStorageClass {
  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: AzureDiskStorageClassProps = {}) {
    // The driver's own default fails on these.
    const cachingMode = props.cachingMode ?? (isProvisioned(props) ? AzureDiskCachingMode.NONE : undefined);
    const parameters = renderParameters({ ...props, cachingMode }, NAMES, props.parameters);
    super(scope, id, 'AzureDiskStorageClassProps', props, {
      provisioner: AZURE_DISK,
      parameters,
      ...(props.zones && { zones: props.zones }),
      check: (problems) => {
        checkAzureDisk(problems, props);
        checkZones(problems, AZURE_DISK_FACTS.zones, lowerParameters(parameters), props);
      },
    });
  }
}

function checkAzureDisk(problems: Problems, props: Props): void {
  checkRules(problems, props, RULES);
  checkFreeParameters(problems, props.parameters, NAMES, ALIASES);
  for (const prop of ['diskIopsReadWrite', 'diskMbpsReadWrite'] as const) {
    const value = props[prop];
    if (value !== undefined) checkInteger(problems, prop, value, 1, Infinity, 'the driver or Azure refuses each claim');
  }
  if (props.diskEncryptionSetId !== undefined) {
    checkArmId(problems, 'diskEncryptionSetId', props.diskEncryptionSetId, 'Microsoft.Compute/diskEncryptionSets');
  }
}
