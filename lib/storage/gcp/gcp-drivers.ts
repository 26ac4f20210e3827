import { Size } from 'cdk8s';
import type { DriverFacts, KnownClass, LowerParameters } from '../driver-facts';
import { StorageMedium } from '../storage-medium';

export const PERSISTENT_DISK = 'pd.csi.storage.gke.io';

const HANDLE = /^projects\/[^/]+\/(zones|regions)\/([^/]+)\/disks\/[^/]+$/;

/** The smallest disks of types, in GiB, where they are small enough for every claim. */
const LEAST_SIZES: { readonly [type: string]: number | undefined } = {
  'hyperdisk-balanced': 4,
  'hyperdisk-balanced-high-availability': 4,
  'hyperdisk-extreme': 64,
  'hyperdisk-ml': 4,
  'hyperdisk-throughput': 2048,
  'pd-extreme': 500,
};

/** Whether a disk has a copy in a second zone. */
function isRegional(parameters: LowerParameters): boolean {
  return parameters['replication-type'] === 'regional-pd' || parameters.type === 'hyperdisk-balanced-high-availability';
}

/**
 * @see https://cloud.google.com/compute/docs/disks/hyperdisks
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/regional-pd
 */
function minimumSize(parameters: LowerParameters): Size | undefined {
  const { type = 'pd-standard' } = parameters;
  const least = type === 'pd-standard' && isRegional(parameters) ? 200 : LEAST_SIZES[type];
  return least === undefined ? undefined : Size.gibibytes(least);
}

export const PERSISTENT_DISK_FACTS = {
  medium: StorageMedium.DISK,
  minimumSize,
  zones: {
    label: 'topology.gke.io/zone',
    pattern: /^((?:u-)?[a-z]+-[a-z]+\d+)-[a-z][a-z0-9]*$/,
    rule: 'must be the name of a zone',
    example: 'europe-west1-b',
    reach: (parameters: LowerParameters) => (isRegional(parameters) ? 2 : 1),
  },
  checkHandle: (problems, prop, handle) => {
    if (HANDLE.test(handle)) return;
    problems.add(
      prop,
      'must be the path of a disk',
      handle,
      'no pod would start; write it as projects/<project>/zones/<zone>/disks/<name>, or with regions/<region> of a regional one',
    );
  },
  zonesOfHandle: (handle) => {
    const [, kind, zone = ''] = HANDLE.exec(handle) ?? [];
    return kind === 'zones' ? [zone] : undefined;
  },
} satisfies DriverFacts;

/** @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver */
export const GCP_DRIVERS: { readonly [provisioner: string]: DriverFacts } = {
  [PERSISTENT_DISK]: PERSISTENT_DISK_FACTS,
  'filestore.csi.storage.gke.io': { medium: StorageMedium.NFS },
  'gcsfuse.csi.storage.gke.io': { medium: StorageMedium.OBJECT },
  'kubernetes.io/gce-pd': { medium: StorageMedium.DISK, minimumSize },
};

const FILESTORE: KnownClass = { provisioner: 'filestore.csi.storage.gke.io', allowVolumeExpansion: true };

/**
 * The classes that GKE comes with, but for `standard`, which is another class in each cloud.
 *
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/gce-pd-csi-driver
 * @see https://cloud.google.com/filestore/docs/csi-driver
 */
export const GKE_CLASSES: { readonly [name: string]: KnownClass } = {
  'standard-rwo': { provisioner: PERSISTENT_DISK, parameters: { type: 'pd-balanced' }, allowVolumeExpansion: true },
  'premium-rwo': { provisioner: PERSISTENT_DISK, parameters: { type: 'pd-ssd' }, allowVolumeExpansion: true },
  'standard-rwx': FILESTORE,
  'premium-rwx': FILESTORE,
  'zonal-rwx': FILESTORE,
  'enterprise-rwx': FILESTORE,
  'enterprise-multishare-rwx': FILESTORE,
};
