import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ArkBackupLocation, ArkCloud, ArkNodeAgent, ArkObjectStore, ArkServer } from '../lib';
import { ArkVolumeSnapshotLocation, ArkVolumeSnapshotter, ContainerResources } from '../lib';
import type { ArkProfile } from '../lib';

/** What the server of a cluster is. */
export interface ArkProps {
  /** Ark, as documented, or a Velero. */
  readonly profile: ArkProfile;

  /** Container of the storage account. Each of Ark and Velero needs its own, as they lay out their backups in different ways. */
  readonly bucket: string;

  /** Whether it is the second cluster, which reads the backups of the first. */
  readonly restoreOnly?: boolean;
}

/**
 * Heptio Ark, or Velero, with its backups in Azure Blob Storage and its snapshots in a resource group that outlives the cluster.
 *
 * Make the Secret of the first step by hand: see docs/ark-and-velero.md.
 */
export class Ark extends Chart {
  public readonly server: ArkServer;

  public constructor(scope: Construct, id: string, props: ArkProps) {
    super(scope, id);
    this.server = new ArkServer(this, 'Server', {
      profile: props.profile,
      restoreOnly: props.restoreOnly ?? false,
      cloud: ArkCloud.azure({ credentials: kplus.Secret.fromSecretName(this, 'Credentials', 'cloud-credentials') }),
      // Backups and restores go through its /tmp and /scratch.
      resources: ContainerResources.of({ memory: Size.mebibytes(512), ephemeralStorage: Size.gibibytes(10) }),
    });
    new ArkBackupLocation(this, 'default', {
      server: this.server,
      store: ArkObjectStore.azure({
        storageAccount: 'aksbackupsva4ai',
        bucket: props.bucket,
        resourceGroup: 'aks-backups',
      }),
    });
    new ArkVolumeSnapshotLocation(this, 'azure-default', {
      server: this.server,
      snapshotter: ArkVolumeSnapshotter.azure({ apiTimeout: Duration.minutes(20), resourceGroup: 'aks-backups' }),
    });
    new ArkNodeAgent(this, 'NodeAgent', {
      server: this.server,
      // An index of the repository is in memory, and a cache of it in /scratch: more for millions of files.
      resources: ContainerResources.of({ memory: Size.gibibytes(1), ephemeralStorage: Size.gibibytes(4) }),
    });
  }
}
