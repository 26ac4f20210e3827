import type { Resource } from '../model';
import { kubectl, patch, word } from '../shell';
import { leave } from '../ways-out';
import { GONE, isPruned, stays } from './rule';
import type { Rule } from './rule';

const KINDS = ['Application', 'ApplicationSet', 'Kustomization', 'HelmRelease'];

function says({ kind }: Resource): string {
  switch (kind) {
    case 'Kustomization':
      return 'Flux deletes all that it applied, claims too, before another one applies it again. Only objects with kustomize.toolkit.fluxcd.io/prune: disabled stay.';
    case 'HelmRelease':
      return 'Flux uninstalls the release: all that its chart rendered is deleted, claims too. Only objects with helm.sh/resource-policy: keep stay; prune: disabled keeps none of them.';
    default:
      return 'Argo CD deletes all that it deployed, claims too. Prune=false does not keep an object then, Delete=false does.';
  }
}

function wayOut(gone: Resource): string[] {
  const { kind, namespace, name } = gone;
  if (kind === 'Kustomization')
    return leave('put it back; or set prune: false and apply that first: what it applied then stays');
  if (kind === 'HelmRelease')
    return leave('put it back; or set suspend: true and apply that first: the release then stays');
  if (kind === 'ApplicationSet') {
    return leave('put it back; or set syncPolicy.preserveResourcesOnDeletion: true and apply that first');
  }
  return [
    ...leave('put it back; or let go of what it deployed first:'),
    kubectl(namespace, `patch applications.argoproj.io ${word(name)} ${patch({ metadata: { finalizers: null } })}`),
  ];
}

/** What deploys other objects, and takes them along when it is deleted. */
export const APPLICATION_RULES: readonly Rule[] = [
  {
    id: 'application-removed',
    kinds: KINDS,
    verdict: 'loses',
    needs: 'before',
    find({ before }, context) {
      if (before.facts.takes === undefined) return [];
      if (!isPruned(before, context)) return stays('Nothing removes it: it stays, with all that it deployed.');
      return [{ change: `${GONE}, with ${before.facts.takes}`, says: says(before), wayOut: wayOut(before) }];
    },
  },
];
