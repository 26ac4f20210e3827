import type { Case, Manifest } from './case';
import { NAMESPACE } from './case';
import { claim, deployment, metadata, namespace, ofClaim, pod } from './objects';

const OTHER = `${NAMESPACE}-other`;
const CLASS = `${NAMESPACE}-class`;
const VOLUME = `${NAMESPACE}-volume`;

function storageClass(fields: { [field: string]: unknown } = {}): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: CLASS },
    provisioner: 'disk.csi.azure.com',
    ...fields,
  };
}

function volume(spec: { [field: string]: unknown } = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: VOLUME, annotations: { 'pv.kubernetes.io/provisioned-by': 'disk.csi.azure.com' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      storageClassName: '',
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: NAMESPACE, name: 'data' },
      hostPath: { path: `/srv/${NAMESPACE}` },
      ...spec,
    },
  };
}

/** Of a driver that is there, which so deletes what is behind the volume. */
const deleted = {
  persistentVolumeReclaimPolicy: 'Delete',
  hostPath: undefined,
  csi: { driver: 'disk.csi.azure.com', volumeHandle: `/disks/${NAMESPACE}` },
};
const ofVolume = claim({ class: '', spec: { volumeName: VOLUME } });
const kept = (annotations: { [name: string]: string }): Manifest => claim({ annotations });

function service(clusterIP?: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata({}),
    spec: { selector: { app: 'db' }, ports: [{ port: 5432 }], ...(clusterIP && { clusterIP }) },
  };
}

const IMMUTABLE = /spec is immutable after creation except resources\.requests/;

/** Cases of claims, of volumes and classes, and of what else a server refuses. */
export const CLAIM_CASES: readonly Case[] = [
  {
    name: 'a claim gets another name, and the old one is pruned',
    before: [claim(), deployment()],
    after: [claim({ name: 'files' }), deployment({ volumes: ofClaim('files') })],
    deployer: 'prune',
    finds: [
      ['claim-moved', 'loses'],
      ['volume-replaced', 'strands'],
    ],
    server: 'accepted',
    claims: { data: 'gone', files: 'new' },
    volumes: { data: 'gone' },
  },
  {
    name: 'a claim moves to another namespace, and nothing removes the old one',
    before: [namespace(OTHER), claim()],
    after: [namespace(OTHER), claim({ namespace: OTHER })],
    deployer: 'kubectl',
    finds: [['claim-moved', 'strands']],
    server: 'accepted',
    claims: { data: 'unused', [`${OTHER}/data`]: 'new' },
  },
  {
    name: 'a claim is gone from the YAML, and nothing removes it',
    before: [claim()],
    after: [],
    deployer: 'kubectl',
    finds: [['claim-removed', 'note']],
    server: 'accepted',
    claims: { data: 'unused' },
  },
  {
    name: 'a claim in use is pruned',
    before: [claim(), deployment()],
    after: [deployment()],
    deployer: 'prune',
    finds: [['claim-removed', 'loses']],
    server: 'accepted',
    claims: { data: 'terminating' },
    volumes: { data: 'Bound' },
  },
  {
    name: 'a claim is pruned, and nobody said who applies',
    before: [claim()],
    after: [],
    finds: [['claim-removed', 'loses']],
    server: 'accepted',
    claims: { data: 'gone' },
    volumes: { data: 'gone' },
  },
  {
    name: 'a claim is pruned that Helm is told to keep, but not Argo CD',
    before: [kept({ 'helm.sh/resource-policy': 'keep' })],
    after: [],
    deployer: 'argocd',
    finds: [['claim-removed', 'loses']],
    server: 'accepted',
    claims: { data: 'gone' },
  },
  {
    name: 'a claim is gone that Helm is told to keep',
    before: [kept({ 'helm.sh/resource-policy': 'keep' })],
    after: [],
    deployer: 'helm',
    finds: [['claim-removed', 'note']],
    server: 'not asked',
  },
  {
    name: 'a claim is gone that Argo CD is told not to prune',
    before: [kept({ 'argocd.argoproj.io/sync-options': 'Prune=false' })],
    after: [],
    deployer: 'argocd',
    finds: [['claim-removed', 'note']],
    server: 'not asked',
  },
  {
    name: 'a claim is gone that Flux is told not to prune',
    before: [kept({ 'kustomize.toolkit.fluxcd.io/prune': 'disabled' })],
    after: [],
    deployer: 'flux',
    finds: [['claim-removed', 'note']],
    server: 'not asked',
  },
  {
    name: 'a claim becomes a hook of Helm',
    before: [claim()],
    after: [kept({ 'helm.sh/hook': 'pre-install,pre-upgrade' })],
    deployer: 'helm',
    finds: [['claim-is-hook', 'loses']],
    server: 'not asked',
  },
  {
    name: 'a claim is a new hook of Helm that is never deleted',
    before: [],
    after: [kept({ 'helm.sh/hook': 'pre-install', 'helm.sh/hook-delete-policy': 'hook-failed' })],
    deployer: 'helm',
    finds: [],
    server: 'not asked',
  },
  {
    name: 'a claim has the annotation of a hook, and kubectl applies',
    before: [claim()],
    after: [kept({ 'helm.sh/hook': 'pre-upgrade' })],
    deployer: 'kubectl',
    finds: [],
    server: 'accepted',
    claims: { data: 'unused' },
  },
  {
    name: 'a claim is no longer kept',
    before: [kept({ 'helm.sh/resource-policy': 'keep' })],
    after: [claim()],
    deployer: 'helm',
    finds: [['claim-unkept', 'unprotects']],
    server: 'accepted',
    claims: { data: 'unused' },
  },
  {
    name: 'a claim shrinks',
    before: [claim({ size: '2Gi' })],
    after: [claim()],
    finds: [['claim-shrunk', 'refused']],
    server: 'refused',
    message: /field can not be less than/,
    claims: { data: 'unused' },
  },
  {
    name: 'a claim shrinks, and the deployer forces',
    before: [claim({ size: '2Gi' })],
    after: [claim()],
    force: true,
    finds: [['claim-shrunk', 'loses']],
    server: 'refused',
    message: /field can not be less than/,
    claims: { data: 'made again' },
    volumes: { data: 'gone' },
  },
  {
    name: 'a claim grows, which its class does not allow',
    before: [storageClass(), claim({ class: CLASS })],
    after: [storageClass(), claim({ class: CLASS, size: '2Gi' })],
    finds: [['claim-cannot-grow', 'refused']],
    server: 'refused',
    message:
      /only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support/,
    claims: { data: 'unused' },
  },
  {
    name: 'a claim grows, which its class allows',
    before: [storageClass({ allowVolumeExpansion: true }), claim({ class: CLASS })],
    after: [storageClass({ allowVolumeExpansion: true }), claim({ class: CLASS, size: '2Gi' })],
    finds: [],
    server: 'accepted',
    claims: { data: 'unused' },
  },
  {
    name: 'a claim takes another class',
    before: [claim({ class: 'default' })],
    after: [claim({ class: 'fast' })],
    finds: [['claim-spec', 'refused']],
    server: 'refused',
    message: IMMUTABLE,
    claims: { data: 'unused' },
  },
  {
    name: 'a claim is shared from this apply on',
    before: [claim()],
    after: [claim({ mode: 'ReadWriteMany' })],
    finds: [['claim-spec', 'refused']],
    server: 'refused',
    message: IMMUTABLE,
    claims: { data: 'unused' },
  },
  {
    name: 'a claim no longer names its volume',
    before: [volume(), ofVolume],
    after: [volume(), claim({ class: '' })],
    finds: [['claim-spec', 'refused']],
    server: 'refused',
    message: IMMUTABLE,
    claims: { data: 'unused' },
  },
  {
    name: 'a claim no longer names its class',
    before: [claim({ class: 'default' })],
    after: [claim()],
    finds: [['claim-spec', 'refused']],
    server: 'refused',
    message: IMMUTABLE,
    claims: { data: 'unused' },
  },
  {
    name: 'a claim spells out the class that it has',
    before: [claim()],
    after: [claim({ class: 'default' })],
    finds: [['claim-spec', 'note']],
    server: 'accepted',
    claims: { data: 'unused' },
  },
  {
    name: 'a volume goes with its claim from this apply on',
    before: [volume(), ofVolume],
    after: [volume({ persistentVolumeReclaimPolicy: 'Delete' }), ofVolume],
    finds: [['volume-reclaim-armed', 'unprotects']],
    server: 'accepted',
    volumes: { data: 'Bound' },
  },
  {
    name: 'a bound volume is reserved for another claim',
    before: [volume(), ofVolume],
    after: [volume({ claimRef: { namespace: NAMESPACE, name: 'other' } }), ofVolume],
    finds: [['volume-claim-ref', 'strands']],
    server: 'accepted',
    claims: { data: 'unused' },
    // After some seconds as Released, or Available.
    volumes: { data: 'Bound' },
  },
  {
    name: 'a bound volume that goes with its claim is reserved for another claim',
    before: [volume(deleted), ofVolume],
    after: [volume({ ...deleted, claimRef: { namespace: NAMESPACE, name: 'other' } }), ofVolume],
    finds: [['volume-claim-ref', 'loses']],
    server: 'accepted',
    claims: { data: 'unused' },
    volumes: { data: 'gone' },
  },
  {
    name: 'a volume has another source',
    before: [volume(), ofVolume],
    after: [volume({ hostPath: { path: '/srv/other' } }), ofVolume],
    finds: [['volume-source', 'refused']],
    server: 'refused',
    message: /spec\.persistentvolumesource.*is immutable after creation/s,
    volumes: { data: 'Bound' },
  },
  {
    name: 'a volume is pruned while its claim is bound',
    before: [volume(), ofVolume],
    after: [ofVolume],
    deployer: 'prune',
    finds: [['volume-removed', 'strands']],
    server: 'accepted',
    volumes: { data: 'Bound' },
    unseen: 'storage behind a volume: that of the tests is simulated',
  },
  {
    name: 'a volume that nobody claims is pruned',
    before: [volume({ persistentVolumeReclaimPolicy: 'Delete' })],
    after: [],
    finds: [['volume-removed', 'loses']],
    server: 'accepted',
    unseen: 'storage behind a volume: that of the tests is simulated',
  },
  {
    name: 'a snapshot is pruned',
    before: [snapshot()],
    after: [],
    finds: [['snapshot-removed', 'loses']],
    server: 'not asked',
    unseen: 'a driver that makes snapshots',
  },
  {
    name: 'a class has other parameters',
    before: [storageClass({ parameters: { skuName: 'Standard_LRS' } })],
    after: [storageClass({ parameters: { skuName: 'Premium_LRS' } }), claim()],
    finds: [['class-immutable', 'refused']],
    server: 'refused',
    message: /parameters: (?:Forbidden: updates to parameters are forbidden|Invalid value: null: field is immutable)/,
    claims: { data: 'new' },
  },
  {
    name: 'a class has another provisioner',
    before: [storageClass()],
    after: [storageClass({ provisioner: 'file.csi.azure.com' })],
    finds: [['class-immutable', 'refused']],
    server: 'refused',
    message: /provisioner: (?:Forbidden: updates to provisioner are forbidden|Invalid value: null: field is immutable)/,
  },
  {
    name: 'a class spells out its defaults',
    before: [storageClass()],
    after: [storageClass({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })],
    finds: [],
    server: 'accepted',
  },
  {
    name: 'volumes of a class can no longer grow',
    before: [storageClass({ allowVolumeExpansion: true })],
    after: [storageClass({ allowVolumeExpansion: false })],
    finds: [['class-expansion-off', 'unprotects']],
    server: 'accepted',
  },
  {
    name: 'a class is pruned',
    before: [storageClass(), claim({ class: CLASS })],
    after: [claim({ class: CLASS })],
    finds: [['class-removed', 'unprotects']],
    server: 'accepted',
    claims: { data: 'unused' },
    volumes: { data: 'Bound' },
  },
  {
    name: 'a Service becomes headless',
    before: [service()],
    after: [service('None')],
    finds: [['service-headless', 'refused']],
    lockForgets: true,
    server: 'refused',
    message: /spec\.clusterIPs?.*field is immutable|may not change once set/s,
  },
  {
    name: 'a Service is no longer headless',
    before: [service('None')],
    after: [service()],
    finds: [['service-headless', 'note']],
    server: 'accepted',
  },
  {
    name: 'a Deployment on a claim has another selector',
    before: [claim(), deployment()],
    after: [claim(), deployment({ labels: { app: 'postgres' } })],
    finds: [['deployment-selector', 'refused']],
    server: 'refused',
    message: /spec\.selector: Invalid value: .*field is immutable/s,
    claims: { data: 'used' },
  },
  {
    name: 'a Pod takes another claim',
    before: [claim(), claim({ name: 'other' }), pod()],
    after: [claim(), claim({ name: 'other' }), pod({ volumes: ofClaim('other') })],
    finds: [
      ['volume-replaced', 'strands'],
      ['pod-immutable', 'refused'],
    ],
    server: 'refused',
    message: /pod updates may not change fields other than/,
    claims: { data: 'used', other: 'unused' },
  },
];

function snapshot(): Manifest {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: metadata({}),
    spec: { source: { persistentVolumeClaimName: 'data' } },
  };
}
