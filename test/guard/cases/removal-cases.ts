import type { Case, Manifest } from './case';
import { NAMESPACE } from './case';
import { claim, deployment, fromSecret, namespace, secret, set } from './objects';

const GROUP = `${NAMESPACE}.example.org`;
const OTHER = `${NAMESPACE}-other`;

function definition(): Manifest {
  const names = { kind: 'Store', plural: 'stores', singular: 'store' };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `stores.${GROUP}` },
    spec: { group: GROUP, scope: 'Namespaced', names, versions: [{ name: 'v1', served: true, storage: true, schema }] },
  };
}

function store(size: string): Manifest {
  return { apiVersion: `${GROUP}/v1`, kind: 'Store', metadata: { name: 'db' }, spec: { storage: { size } } };
}

const password = set({ env: [fromSecret('POSTGRES_PASSWORD', 'password')] });
const LOCKED = { server: 'accepted', unseen: 'whom a running server lets in' } as const;

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

/** Cases of what takes others along, of Secrets, and of operators. */
export const REMOVAL_CASES: readonly Case[] = [
  {
    name: 'a definition is pruned',
    before: [definition()],
    after: [],
    finds: [['crd-removed', 'loses']],
    server: 'accepted',
  },
  {
    name: 'a definition is gone from the YAML, and nothing removes it',
    before: [definition()],
    after: [],
    deployer: 'kubectl',
    finds: [['crd-removed', 'note']],
    server: 'accepted',
  },
  {
    name: 'a namespace is pruned',
    before: [namespace(OTHER), claim({ namespace: OTHER })],
    after: [],
    finds: [
      ['claim-removed', 'loses'],
      ['namespace-removed', 'loses'],
    ],
    server: 'accepted',
    claims: { [`${OTHER}/data`]: 'gone' },
    volumes: { [`${OTHER}/data`]: 'gone' },
  },
  {
    name: 'a namespace is gone from the YAML, and nothing removes it',
    before: [namespace(OTHER), claim({ namespace: OTHER })],
    after: [claim({ namespace: OTHER })],
    deployer: 'kubectl',
    finds: [['namespace-removed', 'note']],
    server: 'accepted',
    claims: { [`${OTHER}/data`]: 'unused' },
  },
  {
    name: 'a Secret that a database takes is pruned',
    before: [secret({ password: 'a' }), password],
    after: [password],
    finds: [['secret-removed', 'locks out']],
    ...LOCKED,
  },
  {
    name: 'a Secret that nothing takes is pruned',
    before: [secret({ password: 'a' }, 'other'), set()],
    after: [set()],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'a Secret loses the key that a database takes',
    before: [secret({ password: 'a', user: 'b' }), password],
    after: [secret({ user: 'b' }), password],
    finds: [['secret-key-removed', 'locks out']],
    ...LOCKED,
  },
  {
    name: 'a Secret has another password for a database',
    before: [secret({ password: 'a' }), password],
    after: [secret({ password: 'b' }), password],
    finds: [['secret-value', 'locks out']],
    lockForgets: true,
    ...LOCKED,
  },
  {
    name: 'a Secret has another value that nothing takes',
    before: [secret({ password: 'a', other: 'a' }), password],
    after: [secret({ password: 'a', other: 'b' }), password],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'a Deployment on a claim is pruned',
    before: [claim(), deployment()],
    after: [claim()],
    finds: [['workload-removed', 'note']],
    server: 'accepted',
    claims: { data: 'unused' },
  },
  {
    name: "an operator's resource is pruned",
    before: [definition(), store('1Gi')],
    after: [definition()],
    finds: [['operator-resource-removed', 'cannot tell']],
    server: 'accepted',
    unseen: 'an operator',
  },
  {
    name: "an operator's resource is new",
    before: [definition()],
    after: [definition(), store('1Gi')],
    finds: [['operator-resource-new', 'note']],
    server: 'accepted',
    unseen: 'an operator',
  },
  {
    name: "an operator's resource changes its storage",
    before: [definition(), store('1Gi')],
    after: [definition(), store('2Gi')],
    finds: [['operator-resource-changed', 'cannot tell']],
    server: 'accepted',
    unseen: 'an operator',
  },
  {
    name: "the storage of an operator's resource is spelled otherwise",
    before: [definition(), store('1Gi')],
    after: [definition(), store('1024Mi')],
    finds: [],
    server: 'accepted',
  },
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
  {
    name: 'a Secret that a database takes whole has another password',
    before: [secret({ POSTGRES_PASSWORD: 'a', OTHER: 'a' }), set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    after: [secret({ POSTGRES_PASSWORD: 'b', OTHER: 'b' }), set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    finds: [['secret-value', 'locks out']],
    lockForgets: true,
    ...LOCKED,
  },
  {
    name: 'a Secret that a database takes whole is pruned',
    before: [secret({ POSTGRES_PASSWORD: 'a' }), set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    after: [set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    finds: [['secret-removed', 'locks out']],
    ...LOCKED,
  },
  {
    name: 'a Secret has another key for a program that encrypts and stores elsewhere',
    before: [
      secret({ key: 'a' }),
      deployment({ mounts: {}, volumes: [], env: [fromSecret('N8N_ENCRYPTION_KEY', 'key')] }),
    ],
    after: [
      secret({ key: 'b' }),
      deployment({ mounts: {}, volumes: [], env: [fromSecret('N8N_ENCRYPTION_KEY', 'key')] }),
    ],
    finds: [['secret-value', 'locks out']],
    lockForgets: true,
    server: 'accepted',
    unseen: 'whether a program can read what it encrypted',
  },
];
