import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest, StatefulSetManifest } from '../../support/manifests';
import type { ObjectReference } from './kubectl';

export const ROOT = join(__dirname, '../../..');

/** The files that `kubectl apply -f dist/` reads. */
export function distFiles(): string[] {
  return readdirSync(join(ROOT, 'dist'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `dist/${name}`);
}

/** Objects of files of dist/, of all of them unless some are named. */
export function distObjects(files = distFiles()): Manifest[] {
  return files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(ROOT, file), 'utf8')).map((document) => document.toJS() as Manifest),
  );
}

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
