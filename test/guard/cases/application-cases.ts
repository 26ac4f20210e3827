import type { Case, Manifest } from './case';

const ARGO = 'argoproj.io/v1alpha1';
const FLUX = 'kustomize.toolkit.fluxcd.io/v1';
const FINALIZER = 'resources-finalizer.argocd.argoproj.io/foreground';

/** What deploys, or what an operator makes of its resource: nobody who would do it is there. */
function deploys(
  kind: string,
  apiVersion: string,
  spec: unknown = {},
  metadata: { [field: string]: unknown } = {},
): Manifest {
  return { apiVersion, kind, metadata: { name: 'shop', ...metadata }, spec };
}

function search(policy: string): Manifest {
  const nodeSets = [{ name: 'default', count: 3 }];
  return deploys('Elasticsearch', 'elasticsearch.k8s.elastic.co/v1', {
    version: '9.4.0',
    volumeClaimDeletePolicy: policy,
    nodeSets,
  });
}

function kafka(deleteClaim: boolean): Manifest {
  const storage = { type: 'persistent-claim', size: '1Gi', deleteClaim };
  return deploys('KafkaNodePool', 'kafka.strimzi.io/v1', { replicas: 3, storage });
}

function gone(name: string, before: Manifest, finds: Case['finds'], deployer: Case['deployer'] = 'prune'): Case {
  return {
    name,
    before: [before],
    after: [],
    deployer,
    finds,
    server: 'not asked',
    unseen: 'what deploys, or an operator',
  };
}

/** Cases of what deploys other objects, and of operators that are known: both are not there, so no server is asked. */
export const APPLICATION_CASES: readonly Case[] = [
  gone(
    'an Application of Argo CD that takes its objects along is pruned',
    deploys('Application', ARGO, {}, { finalizers: [FINALIZER] }),
    [['application-removed', 'loses']],
    'argocd',
  ),
  gone(
    'an Application of Argo CD that takes its objects along is gone, and nothing removes it',
    deploys('Application', ARGO, {}, { finalizers: [FINALIZER] }),
    [['application-removed', 'note']],
    'kubectl',
  ),
  gone(
    'an Application of Argo CD is told not to be pruned',
    deploys(
      'Application',
      ARGO,
      {},
      {
        finalizers: [FINALIZER],
        annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false' },
      },
    ),
    [['application-removed', 'note']],
    'argocd',
  ),
  gone('an Application of Argo CD that leaves its objects is pruned', deploys('Application', ARGO), [], 'argocd'),
  gone(
    'an ApplicationSet of Argo CD is pruned',
    deploys('ApplicationSet', ARGO),
    [['application-removed', 'loses']],
    'argocd',
  ),
  gone(
    'an ApplicationSet of Argo CD that leaves its objects is pruned',
    deploys('ApplicationSet', ARGO, { syncPolicy: { preserveResourcesOnDeletion: true } }),
    [],
    'argocd',
  ),
  gone(
    'a Kustomization of Flux that prunes is pruned',
    deploys('Kustomization', FLUX, { prune: true }),
    [['application-removed', 'loses']],
    'flux',
  ),
  gone(
    'a Kustomization of Flux that deletes is pruned',
    deploys('Kustomization', FLUX, { prune: false, deletionPolicy: 'Delete' }),
    [['application-removed', 'loses']],
    'flux',
  ),
  gone(
    'a Kustomization of Flux that prunes nothing is pruned',
    deploys('Kustomization', FLUX, { prune: false }),
    [],
    'flux',
  ),
  gone(
    'a Kustomization of Flux that leaves its objects is pruned',
    deploys('Kustomization', FLUX, { prune: true, deletionPolicy: 'Orphan' }),
    [],
    'flux',
  ),
  gone(
    'a HelmRelease of Flux is pruned',
    deploys('HelmRelease', 'helm.toolkit.fluxcd.io/v2', { values: { persistence: { size: '1Gi' } } }),
    [['application-removed', 'loses']],
    'flux',
  ),
  gone(
    'a HelmRelease of Flux that is suspended is pruned',
    deploys('HelmRelease', 'helm.toolkit.fluxcd.io/v2', { suspend: true }),
    [],
    'flux',
  ),
  gone(
    'a Cluster of CloudNativePG is pruned',
    deploys('Cluster', 'postgresql.cnpg.io/v1', { storage: { size: '1Gi' } }),
    [['operator-resource-removed', 'loses']],
  ),
  gone('an Elasticsearch is pruned', search('DeleteOnScaledownAndClusterDeletion'), [
    ['operator-resource-removed', 'loses'],
  ]),
  gone('an Elasticsearch that leaves its claims is pruned', search('DeleteOnScaledownOnly'), [
    ['operator-resource-removed', 'strands'],
  ]),
  gone('nodes of Kafka that delete their claims are pruned', kafka(true), [['operator-resource-removed', 'loses']]),
  gone('nodes of Kafka are pruned', kafka(false), [['operator-resource-removed', 'strands']]),
];
