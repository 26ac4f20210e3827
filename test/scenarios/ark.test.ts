import { App, Yaml } from 'cdk8s';
import { ArkProfile } from '../../lib';
import { Ark } from '../../scenarios/ark';
import { strictly } from '../support/crds';
import type { Profile } from '../support/crds';
import { find, identities, manifestsOf, named, podOf } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { schemaErrors } from '../support/strict-schema';

function synthesized(profile: ArkProfile, bucket: string, restoreOnly = false): Manifest[] {
  return manifestsOf(new Ark(new App(), 'scenario', { profile, bucket, restoreOnly }));
}

/** The one object of a kind that is not Kubernetes' own. */
function specOf(manifests: Manifest[], kind: string, name: string): unknown {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  expect(found).toHaveLength(1);
  return (found[0] as Manifest & { spec: unknown }).spec;
}

const CLUSTERS: [string, Profile, Manifest[]][] = [
  ['Ark', 'ark-0.10', synthesized(ArkProfile.ARK_0_10, 'ark')],
  ['Ark, second cluster', 'ark-0.10', synthesized(ArkProfile.ARK_0_10, 'ark', true)],
  ['Velero', 'velero-1.18', synthesized(ArkProfile.VELERO_1_18, 'velero')],
  ['Velero, second cluster', 'velero-1.18', synthesized(ArkProfile.VELERO_1_18, 'velero', true)],
];

describe.each(CLUSTERS)('the scenario Ark (A6): %s', (_, profile, manifests) => {
  test('writes this YAML', () => {
    expect(Yaml.stringify(...manifests)).toMatchSnapshot();
  });

  test('writes only what a server of Kubernetes 1.27 and the CRDs know', () => {
    const isCustom = ({ apiVersion }: Manifest) => /\.heptio\.com\/|velero\.io\//.test(apiVersion);
    expect(manifests.filter((one) => !isCustom(one)).flatMap(schemaErrors)).toEqual([]);
    expect(manifests.filter(isCustom).flatMap((one) => strictly(profile, one))).toEqual([]);
  });

  test('has a server that Pod Security "restricted" lets in; the agent, which sees the node, it does not', () => {
    const refused = manifests.filter((manifest) => podSecurityErrors(manifest).length > 0);
    expect(refused.map(({ kind }) => kind)).toEqual(['DaemonSet']);
    const { metadata } = manifests.find(({ kind }) => kind === 'Namespace')!;
    expect(metadata.labels).toEqual({ 'pod-security.kubernetes.io/enforce': 'privileged' });
  });

  test('makes no Secret', () => {
    expect(identities(manifests).filter((identity) => identity.includes('Secret'))).toEqual([]);
  });
});

describe('the documented names of Ark', () => {
  const manifests = CLUSTERS[0]![2];
  const namespace = 'heptio-ark';

  test('namespace, account and binding', () => {
    expect(find(manifests, 'Namespace', namespace).metadata.name).toBe(namespace);
    const account = manifests.find(({ kind }) => kind === 'ServiceAccount');
    expect(account?.metadata).toEqual({ name: 'ark', namespace, labels: { component: 'ark' } });
    const binding = find(manifests, 'ClusterRoleBinding', 'ark');
    expect(binding.roleRef).toMatchObject({ kind: 'ClusterRole', name: 'cluster-admin' });
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'ark', namespace }]);
  });

  test('Deployment', () => {
    const { metadata, spec } = find(manifests, 'Deployment', 'ark');
    expect(metadata).toMatchObject({ namespace, labels: { component: 'ark' } });
    expect(spec.replicas).toBe(1);
    expect(spec.template.metadata).toMatchObject({
      labels: { component: 'ark' },
      annotations: {
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': '8085',
        'prometheus.io/path': '/metrics',
      },
    });
    const pod = spec.template.spec;
    expect(pod.serviceAccountName).toBe('ark');
    expect(pod.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    const container = named(pod.containers, 'ark');
    expect(container).toMatchObject({
      image: 'gcr.io/heptio-images/ark:v0.10.1',
      command: ['/ark'],
      args: ['server'],
      ports: [{ name: 'metrics', containerPort: 8085 }],
      envFrom: [{ secretRef: { name: 'cloud-credentials' } }],
      env: [{ name: 'ARK_SCRATCH_DIR', value: '/scratch' }],
    });
    expect(named(container.volumeMounts, 'plugins').mountPath).toBe('/plugins');
    expect(named(container.volumeMounts, 'scratch').mountPath).toBe('/scratch');
    expect(pod.volumes.map(({ name }) => name)).toEqual(expect.arrayContaining(['plugins', 'scratch']));
  });

  test('the second cluster has the same but for --restore-only', () => {
    const second = Yaml.stringify(...CLUSTERS[1]![2]);
    expect(second.replace('            - --restore-only\n', '')).toBe(Yaml.stringify(...manifests));
    expect(second).toMatch(/args:\n +- server\n +- --restore-only\n/);
  });

  test('locations', () => {
    expect(specOf(manifests, 'BackupStorageLocation', 'default')).toEqual({
      provider: 'azure',
      objectStorage: { bucket: 'ark' },
      config: { resourceGroup: 'aks-backups', storageAccount: 'aksbackupsva4ai' },
    });
    expect(specOf(manifests, 'VolumeSnapshotLocation', 'azure-default')).toEqual({
      provider: 'azure',
      config: { apiTimeout: '20m', resourceGroup: 'aks-backups' },
    });
  });

  test('restic', () => {
    const daemonSet = manifests.find(({ kind }) => kind === 'DaemonSet')!;
    expect(daemonSet.metadata).toMatchObject({ name: 'restic', namespace });
    expect(podOf(daemonSet)!.labels).toEqual({ name: 'restic' });
    const pod = podOf(daemonSet)!.spec;
    expect(pod.serviceAccountName).toBe('ark');
    expect(pod.securityContext.runAsUser).toBe(0);
    const container = named(pod.containers, 'ark');
    expect(container.args).toEqual(['restic', 'server']);
    expect(container.env).toEqual([
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'HEPTIO_ARK_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'ARK_SCRATCH_DIR', value: '/scratch' },
    ]);
    expect(named(pod.volumes, 'host-pods').hostPath.path).toBe('/var/lib/kubelet/pods');
    expect(named(container.volumeMounts, 'host-pods')).toEqual({
      name: 'host-pods',
      mountPath: '/host_pods',
      mountPropagation: 'HostToContainer',
    });
    expect(named(pod.volumes, 'scratch').emptyDir).toEqual({});
  });
});

test('the second cluster of Velero reads its location, and its server is the same', () => {
  const [first, second] = [CLUSTERS[2]![2], CLUSTERS[3]![2]];
  expect(specOf(second, 'BackupStorageLocation', 'default')).toEqual({
    ...(specOf(first, 'BackupStorageLocation', 'default') as object),
    accessMode: 'ReadOnly',
  });
  expect(find(second, 'Deployment', 'velero')).toEqual(find(first, 'Deployment', 'velero'));
});
