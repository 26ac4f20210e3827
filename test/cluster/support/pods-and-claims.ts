import type { Manifest, StatefulSetManifest } from '../../support/manifests';
import type { ObjectReference } from './kubectl';

function setOf(manifest: Manifest): StatefulSetManifest['spec'] | undefined {
  return manifest.kind === 'StatefulSet' ? (manifest as unknown as StatefulSetManifest).spec : undefined;
}

/** These objects, and the claims that sets make of their templates and never delete. */
export function withClaims(manifests: Manifest[]): ObjectReference[] {
  const claims = manifests.flatMap((manifest) => {
    const { namespace } = manifest.metadata;
    const templates = setOf(manifest)?.volumeClaimTemplates as { metadata: { name: string } }[] | undefined;
    return (templates ?? []).flatMap((template) =>
      podNames(manifest).map((pod) => ({
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: `${template.metadata.name}-${pod}`, ...(namespace !== undefined && { namespace }) },
      })),
    );
  });
  return [...manifests, ...claims];
}

/** Pods whose names are known: those that are one, and those of sets. */
export function podNames(manifest: Manifest): string[] {
  const { name } = manifest.metadata;
  if (manifest.kind === 'Pod') return [name];
  return Array.from({ length: setOf(manifest)?.replicas ?? 0 }, (_, ordinal) => `${name}-${ordinal}`);
}
