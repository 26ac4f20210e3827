import { k8s } from 'cdk8s-plus-27';
import { ArkCloud, ArkNodeAgent, ArkProfile } from '../../lib';
import type { ArkNodeAgentProps, ArkServerProps } from '../../lib';
import { crdErrors, newServer, PROFILES } from '../support/ark';
import { CLOUD_CREDENTIALS } from '../support/elsewhere';
import { find, manifestsOf } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { expectRefused } from '../support/refused';

const ALL: Required<Omit<ArkNodeAgentProps, 'server'>> = {
  hostPodsPath: '/data/kubelet/pods',
  image: 'mirror.example.com/velero:v1.18.3',
  resources: { limits: { memory: k8s.Quantity.fromString('4Gi') } },
  nodeSelector: { pool: 'data' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
};

function render(props: Partial<ArkNodeAgentProps>, profile: ArkProfile, serverProps: Partial<ArkServerProps> = {}) {
  const { chart, server } = newServer(profile, serverProps);
  const agent = new ArkNodeAgent(chart, 'agent', { server, ...props });
  const manifests = manifestsOf(chart);
  expect(crdErrors(profile, manifests)).toEqual([]);
  return { agent, manifests, daemonSet: manifests.find(({ kind }) => kind === 'DaemonSet') };
}

const SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'] },
  readOnlyRootFilesystem: true,
};
const MOUNTS = [
  { name: 'host-pods', mountPath: '/host_pods', mountPropagation: 'HostToContainer' },
  { name: 'scratch', mountPath: '/scratch' },
  { name: 'tmp', mountPath: '/tmp' },
];
const EMPTY_DIRS = [
  { name: 'scratch', emptyDir: {} },
  { name: 'tmp', emptyDir: {} },
];
const POD = {
  enableServiceLinks: false,
  securityContext: { runAsUser: 0, seccompProfile: { type: 'RuntimeDefault' } },
};
const fieldRef = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });

test('the node agent of Velero, with all that can be said', () => {
  const { agent, daemonSet } = render(ALL, ArkProfile.VELERO_1_18, {
    cloud: ArkCloud.azure({ credentials: CLOUD_CREDENTIALS, workloadIdentity: { clientId: 'client' } }),
  });
  expect(agent.daemonSetName).toBe('node-agent');
  expect(daemonSet).toEqual({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'node-agent', namespace: 'velero', labels: { component: 'velero', name: 'node-agent' } },
    spec: {
      selector: { matchLabels: { name: 'node-agent' } },
      template: {
        metadata: {
          labels: {
            component: 'velero',
            name: 'node-agent',
            role: 'node-agent',
            'azure.workload.identity/use': 'true',
          },
        },
        spec: {
          ...POD,
          serviceAccountName: 'velero',
          containers: [
            {
              name: 'node-agent',
              image: 'mirror.example.com/velero:v1.18.3',
              command: ['/velero'],
              args: ['node-agent', 'server'],
              env: [
                { name: 'NODE_NAME', ...fieldRef('spec.nodeName') },
                { name: 'VELERO_NAMESPACE', ...fieldRef('metadata.namespace') },
                { name: 'VELERO_SCRATCH_DIR', value: '/scratch' },
                { name: 'LD_LIBRARY_PATH', value: '/plugins' },
                { name: 'HOME', value: '/scratch' },
                { name: 'AZURE_CREDENTIALS_FILE', value: '/credentials/cloud' },
              ],
              resources: { limits: { memory: '4Gi' } },
              securityContext: { ...SECURITY, capabilities: { drop: ['ALL'] } },
              volumeMounts: [...MOUNTS, { name: 'cloud-credentials', mountPath: '/credentials', readOnly: true }],
            },
          ],
          volumes: [
            { name: 'host-pods', hostPath: { path: '/data/kubelet/pods' } },
            ...EMPTY_DIRS,
            { name: 'cloud-credentials', secret: { secretName: 'cloud-credentials' } },
          ],
          nodeSelector: { pool: 'data' },
          tolerations: [{ key: 'dedicated', operator: 'Exists' }],
        },
      },
    },
  });
});

test('the restic of Ark, as it is by default', () => {
  const { agent, daemonSet } = render({}, ArkProfile.ARK_0_10);
  expect(agent.daemonSetName).toBe('restic');
  expect(daemonSet).toEqual({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'restic', namespace: 'heptio-ark', labels: { component: 'ark', name: 'restic' } },
    spec: {
      selector: { matchLabels: { name: 'restic' } },
      template: {
        // Not with `component: ark`, by which the server's Deployment finds its pods.
        metadata: { labels: { name: 'restic' } },
        spec: {
          ...POD,
          serviceAccountName: 'ark',
          containers: [
            {
              name: 'ark',
              image: 'gcr.io/heptio-images/ark:v0.10.1',
              command: ['/ark'],
              args: ['restic', 'server'],
              env: [
                { name: 'NODE_NAME', ...fieldRef('spec.nodeName') },
                { name: 'HEPTIO_ARK_NAMESPACE', ...fieldRef('metadata.namespace') },
                { name: 'ARK_SCRATCH_DIR', value: '/scratch' },
              ],
              envFrom: [{ secretRef: { name: 'cloud-credentials' } }],
              resources: { requests: { cpu: '100m', memory: '128Mi' } },
              securityContext: SECURITY,
              volumeMounts: MOUNTS,
            },
          ],
          volumes: [{ name: 'host-pods', hostPath: { path: '/var/lib/kubelet/pods' } }, ...EMPTY_DIRS],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
        },
      },
    },
  });
});

describe.each(PROFILES)('with %s, a node agent', (profile) => {
  const namespace = profile === ArkProfile.ARK_0_10 ? 'heptio-ark' : 'velero';

  test('is refused by Pod Security, which its namespace therefore is freed of', () => {
    const { manifests, daemonSet } = render({}, profile);
    const [name] = profile === ArkProfile.ARK_0_10 ? ['ark'] : ['node-agent'];
    expect(podSecurityErrors(daemonSet!)).toEqual([
      'volume host-pods is hostPath',
      'pod: runAsUser 0',
      // The agent of 1.18 copies nothing itself.
      ...(profile === ArkProfile.VELERO_1_18 ? [] : [`${name}: adds CHOWN, DAC_OVERRIDE, FOWNER, FSETID`]),
      `${name}: runAsNonRoot is not true`,
    ]);
    expect(find(manifests, 'Namespace', namespace).metadata.labels).toEqual({
      'pod-security.kubernetes.io/enforce': 'privileged',
    });
    // The server stays what it is.
    const server = manifests.filter((manifest: Manifest) => manifest.kind === 'Deployment');
    expect(server.flatMap(podSecurityErrors)).toEqual([]);
  });

  test('has the image of its server', () => {
    const { daemonSet } = render({}, profile, { image: 'mirror.example.com/it:1' });
    expect(JSON.stringify(daemonSet)).toContain('"image":"mirror.example.com/it:1"');
  });
});

test('a node agent is refused with all that is wrong at once', () => {
  const { chart, server } = newServer();
  expectRefused(
    chart,
    () =>
      new ArkNodeAgent(chart, 'agent', {
        server,
        image: 'velero',
        hostPodsPath: 'pods',
        nodeSelector: { pool: '-' },
      }),
    "ArkNodeAgent 'test/agent'",
    "'image' must name a tag other than 'latest', or a digest, got \"velero\": otherwise a pod that moves to another node may start " +
      'another version on the same data; pin it, as in postgres:17.11-bookworm',
    "'nodeSelector['pool']' must be a label value of at most 63 characters, got \"-\": " +
      "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
    "'hostPodsPath' must be an absolute path below '/', without ':' and '..', got \"pods\": write it as '/var/lib/data'",
  );
});

test('a server has one node agent', () => {
  const { chart, server } = newServer();
  new ArkNodeAgent(chart, 'agent', { server });
  expectRefused(
    chart,
    () => new ArkNodeAgent(chart, 'second', { server }),
    "ArkNodeAgent 'test/second'",
    "'server' must make a DaemonSet that its chart does not have yet, got \"node-agent\": 'test/agent/Resource' is the same object to " +
      'kubectl, which would keep only one of them; choose another name or namespace',
  );
});
