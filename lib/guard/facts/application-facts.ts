import type { Reader } from '../reader';

const FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** Why all that such an object deployed is deleted with it; nothing if it stays. */
const TAKES: { readonly [kind: string]: (object: Reader) => string | undefined } = {
  'Application.argoproj.io': (object) =>
    object
      .get('metadata', 'finalizers')
      .list()
      .map((finalizer) => finalizer.raw())
      .find((finalizer) => finalizer === FINALIZER || finalizer.startsWith(`${FINALIZER}/`)),
  // The Applications that it makes have the finalizer unless it says otherwise.
  'ApplicationSet.argoproj.io': (object) =>
    object.get('spec', 'syncPolicy', 'preserveResourcesOnDeletion').raw() === 'true'
      ? undefined
      : 'preserveResourcesOnDeletion: false',
  'Kustomization.kustomize.toolkit.fluxcd.io': (object) => {
    const policy = object.get('spec', 'deletionPolicy').raw();
    if (isSuspended(object) || policy === 'Orphan') return undefined;
    if (policy === 'Delete' || policy === 'WaitForTermination') return `deletionPolicy: ${policy}`;
    return object.get('spec', 'prune').raw() === 'true' ? 'prune: true' : undefined;
  },
  'HelmRelease.helm.toolkit.fluxcd.io': (object) => (isSuspended(object) ? undefined : 'its release'),
};

/** Flux deletes nothing along with what is suspended. */
function isSuspended(object: Reader): boolean {
  return object.get('spec', 'suspend').raw() === 'true';
}

export function takesOf(kind: string, object: Reader): string | undefined {
  return TAKES[kind]?.(object);
}
