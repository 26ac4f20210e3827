import type { Construct } from 'constructs';
import type { Problems } from '../../private/problems';
import { DriverStorageClass } from '../driver-storage-class';
import { checkFreeParameters, renderParameters } from '../parameters';
import { checkRules } from '../rules';
import type { Rule } from '../rules';
import { ReclaimPolicy } from '../storage-class-props';
import type { CommonStorageClassProps } from '../storage-class-props';
import { AzureCloudProviderRole } from './azure-cloud-provider-role';
import { AzureFilesProtocol, AzureFilesProvisioner, AzureFilesSku } from './azure-files-enums';
import { checkShareName, checkStorageAccountName } from './azure-names';

/**
 * Properties of `AzureFilesStorageClass`: those that have a rule, or lose data. What else the driver knows is one of `parameters`.
 *
 * @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md
 */
export interface AzureFilesStorageClassProps extends CommonStorageClassProps {
  /**
   * Which driver makes the shares. The in-tree one brings a ClusterRole and its binding.
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
   * Performance, redundancy and billing of the account. Shares of Premium skus have at least 100 GiB, those of v2 skus 32 GiB.
   *
   * @default - that of `storageAccount`, else Standard_LRS; for NFS Premium_LRS
   */
  readonly skuName?: AzureFilesSku;

  /**
   * An account that exists already: 3 to 24 of a-z and 0-9. Parameters about accounts, e.g. `allowBlobPublicAccess`, do nothing then.
   *
   * @default - the driver takes an account that fits, else makes one
   */
  readonly storageAccount?: string;

  /**
   * Name of the share: that of one that exists, else it is made. It may hold `${pvc.metadata.name}`,
   * `${pvc.metadata.namespace}` and `${pv.metadata.name}`. **Without them all claims of the class share one share.**
   *
   * @default - one share for each claim, `pvc-<uid>`; for NFS `pvcn-<uid>`
   */
  readonly shareName?: string;

  /**
   * Other parameters of the driver. Nothing but their names is checked here, and those only for being a prop: **with one that the
   * driver does not know claims wait for ever.**
   *
   * @default - none
   */
  readonly parameters?: { [key: string]: string };
}

type Props = AzureFilesStorageClassProps;

const NAMES = {
  protocol: 'protocol',
  skuName: 'skuName',
  storageAccount: 'storageAccount',
  shareName: 'shareName',
};
const ALIASES = { storageAccountType: 'skuName' };

const isNfs = ({ protocol }: Props): boolean => protocol === AzureFilesProtocol.NFS;
const isInTree = ({ provisioner }: Props): boolean => provisioner === AzureFilesProvisioner.IN_TREE;

/** A share of its own for each claim, whatever the names of claims in other namespaces. */
const isOfOneClaim = (name = ''): boolean =>
  name.includes('${pv.metadata.name}') ||
  (name.includes('${pvc.metadata.name}') && name.includes('${pvc.metadata.namespace}'));

const RULES: Rule<Props>[] = [
  {
    prop: 'skuName',
    breaks: (props) => isNfs(props) && !props.skuName?.startsWith('Premium'),
    rule: 'must be a Premium one with protocol NFS',
    wayOut: 'the driver refuses each claim: NFS shares are on SSD only; take AzureFilesSku.PREMIUM_LRS',
  },
  {
    prop: 'skuName',
    breaks: (props) => isInTree(props) && /V2|RAGZRS/.test(props.skuName ?? ''),
    rule: 'must be one that the in-tree driver knows',
    wayOut: 'it knows none of v2 and no Standard_RAGZRS; take AzureFilesProvisioner.CSI',
  },
  {
    prop: 'protocol',
    breaks: isInTree,
    rule: 'must be left out with the in-tree driver',
    wayOut: 'it knows SMB only; take AzureFilesProvisioner.CSI',
  },
  {
    prop: 'shareName',
    breaks: ({ shareName, reclaimPolicy }) => reclaimPolicy === ReclaimPolicy.DELETE && !isOfOneClaim(shareName),
    rule: 'must be of one claim only with reclaimPolicy DELETE',
    wayOut:
      'with the first claim that is deleted the share goes, and the data of all others with it; take RETAIN, or add ${pv.metadata.name} to the name',
  },
];

/**
 * A class of shares in Azure Files, which many nodes can use at a time.
 *
 * Over SMB files have no owner and mode of their own: `chmod` and `chown` do nothing, and no database can live there. Over NFS
 * they have. A share can grow in use, and never shrinks.
 *
 * @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md
 *
 * @example
 * const files = new AzureFilesStorageClass(this, 'shares', {
 *   protocol: AzureFilesProtocol.NFS,
 *   skuName: AzureFilesSku.PREMIUM_ZRS,
 *   mountOptions: ['nconnect=4'],
 *   parameters: { rootSquashType: 'RootSquash' },
 * });
 * new PersistentVolumeClaim(this, 'uploads', {
 *   size: Size.gibibytes(100),
 *   storageClass: files,
 *   accessMode: AccessMode.READ_WRITE_MANY,
 * });
 */
export class AzureFilesStorageClass extends DriverStorageClass {
  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: AzureFilesStorageClassProps = {}) {
    const provisioner = props.provisioner ?? AzureFilesProvisioner.CSI;
    super(scope, id, 'AzureFilesStorageClassProps', props, {
      provisioner,
      parameters: renderParameters(props, NAMES, props.parameters),
      check: (problems) => checkAzureFiles(problems, props),
    });
    if (provisioner === AzureFilesProvisioner.IN_TREE) AzureCloudProviderRole.ensure(this);
  }
}

function checkAzureFiles(problems: Problems, props: Props): void {
  checkRules(problems, props, RULES);
  checkFreeParameters(problems, props.parameters, NAMES, ALIASES);
  if (props.storageAccount !== undefined) checkStorageAccountName(problems, 'storageAccount', props.storageAccount);
  if (props.shareName !== undefined) checkShareName(problems, 'shareName', props.shareName);
}
