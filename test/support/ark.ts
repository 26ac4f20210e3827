import type { Chart } from 'cdk8s';
import { ArkCloud, ArkObjectStore, ArkProfile, ArkServer, ArkVolumeSnapshotter } from '../../lib';
import type { ArkServerProps, IArkServer } from '../../lib';
import type { Profile } from './crds';
import { strictly } from './crds';
import { CLOUD_CREDENTIALS } from './elsewhere';
import type { Manifest } from './manifests';
import { manifestsOf, newChart } from './manifests';
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
