import type { Chart } from 'cdk8s';
import { ArkBackupLocation, ArkCloud, ArkObjectStore, ArkProfile, ArkServer } from '../../lib';
import { ArkVolumeSnapshotLocation, ArkVolumeSnapshotter } from '../../lib';
import type { ArkServerProps, IArkServer } from '../../lib';
import type { Profile } from './crds';
import { strictly } from './crds';
import { CLOUD_CREDENTIALS } from './elsewhere';
import type { Manifest } from './manifests';
import { find, manifestsOf, newChart } from './manifests';
import { expectRefusedAlone } from './refused';
import { schemaErrors } from './strict-schema';

export const PROFILES = Object.values(ArkProfile);
export const VELERO = [ArkProfile.VELERO_1_16, ArkProfile.VELERO_1_18];

const CRDS: { [profile in ArkProfile]: Profile } = {
  [ArkProfile.ARK_0_10]: 'ark-0.10',
  [ArkProfile.VELERO_1_16]: 'velero-1.16',
  [ArkProfile.VELERO_1_18]: 'velero-1.18',
};

/** A cloud, a place for backups in it, and its snapshots, with what they must have and nothing else. */
export const CLOUD = ArkCloud.azure({ credentials: CLOUD_CREDENTIALS });
export const PLACE = { storageAccount: 'aksbackups', bucket: 'ark', resourceGroup: 'aks-backups' };
export const STORE = ArkObjectStore.azure(PLACE);
export const SNAPSHOTTER = ArkVolumeSnapshotter.azure();

/** What a cluster with the CRDs of this profile would refuse or drop. */
export function crdErrors(profile: ArkProfile, manifests: Manifest[]): string[] {
  return manifests.flatMap((manifest) =>
    /^(ark\.heptio\.com|velero\.io)\//.test(manifest.apiVersion)
      ? strictly(CRDS[profile], manifest)
      : schemaErrors(manifest),
  );
}

/** A server that is made elsewhere, so that a chart holds only what the test is about. */
export function serverOf(profile = ArkProfile.VELERO_1_18): IArkServer {
  return ArkServer.fromAttributes({ profile });
}

/** A server with all that it must have and nothing else, in a chart of its own. */
export function newServer(
  profile = ArkProfile.VELERO_1_18,
  props: Partial<ArkServerProps> = {},
): { chart: Chart; server: ArkServer } {
  const chart = newChart();
  return { chart, server: new ArkServer(chart, 'server', { profile, cloud: CLOUD, ...props }) };
}

/** The one object of a kind in a chart, held against the CRDs. */
export function renderArk(profile: ArkProfile, kind: string, build: (chart: Chart) => unknown): Manifest {
  const chart = newChart();
  build(chart);
  const manifests = manifestsOf(chart);
  expect(crdErrors(profile, manifests)).toEqual([]);
  const [found, ...more] = manifests.filter((manifest) => manifest.kind === kind);
  expect(more).toEqual([]);
  return found!;
}

/** The server's ServiceAccount and Deployment in a cloud, held against the schemas. */
export function serverIn(
  cloud: ArkCloud,
  profile = ArkProfile.VELERO_1_18,
): { account: Manifest; deployment: ReturnType<typeof find<'Deployment'>> } {
  const { chart, server } = newServer(profile, { cloud });
  const manifests = manifestsOf(chart);
  expect(crdErrors(profile, manifests)).toEqual([]);
  const account = manifests.find(({ kind }) => kind === 'ServiceAccount')!;
  return { account, deployment: find(manifests, 'Deployment', server.serverName) };
}

/** The spec of a backup location with this store. */
export function storeSpec(
  store: ArkObjectStore,
  profile = ArkProfile.VELERO_1_18,
  server = serverOf(profile),
): unknown {
  const made = renderArk(profile, 'BackupStorageLocation', (chart) => {
    new ArkBackupLocation(chart, 'default', { server, store });
  });
  return (made as Manifest & { spec: unknown }).spec;
}

/** The spec of a snapshot location with this snapshotter. */
export function snapshotSpec(snapshotter: ArkVolumeSnapshotter, profile = ArkProfile.VELERO_1_18): unknown {
  const made = renderArk(profile, 'VolumeSnapshotLocation', (chart) => {
    new ArkVolumeSnapshotLocation(chart, 'snapshots', { server: serverOf(profile), snapshotter });
  });
  return (made as Manifest & { spec: unknown }).spec;
}

/** Expects that a location with this store is refused for exactly these reasons. */
export function expectStoreRefused(store: ArkObjectStore, server: IArkServer, ...problems: string[]): void {
  expectRefusedAlone(
    (chart) => new ArkBackupLocation(chart, 'default', { server, store }),
    "ArkBackupLocation 'test/default'",
    ...problems,
  );
}

/** The same of a snapshotter. */
export function expectSnapshotterRefused(
  snapshotter: ArkVolumeSnapshotter,
  server: IArkServer,
  ...problems: string[]
): void {
  expectRefusedAlone(
    (chart) => new ArkVolumeSnapshotLocation(chart, 'snapshots', { server, snapshotter }),
    "ArkVolumeSnapshotLocation 'test/snapshots'",
    ...problems,
  );
}

/** The same of a server's cloud. */
export function expectCloudRefused(cloud: ArkCloud, profile: ArkProfile, ...problems: string[]): void {
  expectRefusedAlone(
    (chart) => new ArkServer(chart, 'server', { profile, cloud }),
    "ArkServer 'test/server'",
    ...problems,
  );
}

/** Of an option that only these profiles know. */
export function unknownTo(profile: ArkProfile, option: string, got: string, ...known: ArkProfile[]): string {
  const who = known.length > 1 ? `${known.join(' and ')} do` : `${known[0]} does`;
  return `'${option}' must be left out with ${profile}, got ${got}: its server does not know it, and would pass over it in silence; ${who}`;
}
