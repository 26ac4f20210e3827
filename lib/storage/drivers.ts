import type { Size } from 'cdk8s';
import { AWS_DRIVERS } from './aws/aws-drivers';
import { AZURE_DRIVERS } from './azure/azure-drivers';
import { lowerParameters } from './driver-facts';
import type { DriverFacts } from './driver-facts';
import { GCP_DRIVERS } from './gcp/gcp-drivers';
import { StorageMedium } from './storage-medium';

const DRIVERS = new Map<string, DriverFacts>(
  Object.entries({
    ...AWS_DRIVERS,
    ...AZURE_DRIVERS,
    ...GCP_DRIVERS,
    'nfs.csi.k8s.io': { medium: StorageMedium.NFS },
    'smb.csi.k8s.io': { medium: StorageMedium.SMB },
  }),
);

export function driverFacts(provisioner: string | undefined): DriverFacts | undefined {
  return provisioner === undefined ? undefined : DRIVERS.get(provisioner);
}

/** What is known of the volumes that a provisioner makes. */
export interface KnownVolumes {
  readonly medium?: StorageMedium;
  readonly minimumSize?: Size;
}

export function knownVolumes(
  provisioner: string | undefined,
  parameters: { readonly [key: string]: string } = {},
): KnownVolumes {
  const facts = driverFacts(provisioner);
  if (!facts) return {};
  const values = lowerParameters(parameters);
  const medium = typeof facts.medium === 'function' ? facts.medium(values) : facts.medium;
  const minimumSize = facts.minimumSize?.(values);
  return { medium, ...(minimumSize && { minimumSize }) };
}
