import { Size } from 'cdk8s';
import type { Problems } from '../../private/problems';
import type { DriverFacts, LowerParameters } from '../driver-facts';
import { StorageMedium } from '../storage-medium';
import { checkArmId } from './azure-names';

export const AZURE_DISK = 'disk.csi.azure.com';
export const AZURE_FILES = 'file.csi.azure.com';
export const AZURE_FILES_IN_TREE = 'kubernetes.io/azure-file';

/** @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md */
export const AZURE_DISK_FACTS = {
  medium: StorageMedium.DISK,
  minimumSize: ({ enablebursting, enableperformanceplus }) =>
    // Bursting is refused by Azure up to 512 GiB, performance plus raises the size.
    enablebursting === 'true' || enableperformanceplus === 'true' ? Size.gibibytes(513) : undefined,
  zones: {
    label: 'topology.disk.csi.azure.com/zone',
    pattern: /^([a-z0-9]+)-[1-9]$/,
    rule: 'must be a region and the number of a zone',
    example: 'westeurope-1',
    reach: ({ skuname = '' }: LowerParameters) => (skuname.endsWith('_zrs') ? Infinity : 1),
  },
  checkHandle: (problems, prop, handle) => checkArmId(problems, prop, handle, 'Microsoft.Compute/disks'),
} satisfies DriverFacts;

/** @see https://github.com/kubernetes-sigs/azurefile-csi-driver/blob/master/docs/driver-parameters.md */
const FILES: DriverFacts = {
  medium: ({ protocol }) => (protocol === 'nfs' ? StorageMedium.NFS : StorageMedium.SMB),
  minimumSize: ({ skuname, storageaccounttype, protocol }) => {
    const sku = skuname ?? storageaccounttype ?? (protocol === 'nfs' ? 'premium' : '');
    if (sku.includes('v2')) return Size.gibibytes(32);
    return sku.startsWith('premium') ? Size.gibibytes(100) : undefined;
  },
  checkMountOptions: (problems, medium, options) => {
    if (medium === StorageMedium.NFS) checkNfsMountOptions(problems, options);
  },
};

export const AZURE_DRIVERS: { readonly [provisioner: string]: DriverFacts } = {
  [AZURE_DISK]: AZURE_DISK_FACTS,
  [AZURE_FILES]: FILES,
  'blob.csi.azure.com': { medium: StorageMedium.OBJECT },
  [AZURE_FILES_IN_TREE]: FILES,
  'kubernetes.io/azure-disk': { medium: StorageMedium.DISK },
};

/** Options that fail the mount: those that the driver sets itself, and those of SMB. */
function checkNfsMountOptions(problems: Problems, options: string[] = []): void {
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
