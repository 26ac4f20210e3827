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
  {
    name: 'a Secret that a database takes whole has another password',
    before: [secret({ POSTGRES_PASSWORD: 'a', OTHER: 'a' }), set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    after: [secret({ POSTGRES_PASSWORD: 'b', OTHER: 'b' }), set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    finds: [['secret-value', 'locks out']],
    lockForgets: true,
    ...LOCKED,
  },
  {
    name: 'a Secret that a database takes whole has another value of no account',
    before: [secret({ POSTGRES_PASSWORD: 'a', OTHER: 'a' }), set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    after: [secret({ POSTGRES_PASSWORD: 'a', OTHER: 'b' }), set({ envFrom: [{ secretRef: { name: 'db' } }] })],
    finds: [],
    server: 'accepted',
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
