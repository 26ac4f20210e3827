import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ArkCloud, ArkNodeAgent, ArkProfile, ArkServer, ArkUploader, Deployment } from '../../lib';
import type { ArkServerAttributes, ArkServerProps } from '../../lib';
import { CLOUD, crdErrors, newServer, PROFILES, VELERO } from '../support/ark';
import { CLOUD_CREDENTIALS } from '../support/elsewhere';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { CONTAINER } from '../support/samples';

const RESOURCES = { limits: { memory: k8s.Quantity.fromString('2Gi') } };

/** Every prop that a server of Ark takes. */
const ARK: Required<Omit<ArkServerProps, 'csiSnapshots' | 'plugins'>> = {
  profile: ArkProfile.ARK_0_10,
  namespace: 'backups',
  cloud: CLOUD,
  restoreOnly: true,
  uploader: ArkUploader.RESTIC,
  fsBackupTimeout: Duration.hours(2),
  image: 'mirror.example.com/ark:v0.10.1',
  args: ['--log-level=debug'],
  resources: RESOURCES,
  podLabels: { team: 'a' },
};

const VELERO_ALL: Required<ArkServerProps> = {
  ...ARK,
  profile: ArkProfile.VELERO_1_16,
  cloud: ArkCloud.azure({
    credentials: CLOUD_CREDENTIALS,
    workloadIdentity: { clientId: 'client', tenantId: 'tenant' },
    plugin: 'mirror.example.com/azure:v1.12.2',
  }),
  csiSnapshots: true,
  image: 'mirror.example.com/velero:v1.16.2',
  plugins: [{ name: 'more', image: 'mirror.example.com/more:v1' }],
};

const HARDENED = {
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  },
};
const SCRAPED = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8085', 'prometheus.io/path': '/metrics' };
const WRITABLE = [
  { name: 'plugins', mountPath: '/plugins' },
  { name: 'scratch', mountPath: '/scratch' },
  { name: 'tmp', mountPath: '/tmp' },
];
const EMPTY_DIRS = [
  { name: 'plugins', emptyDir: { sizeLimit: '1Gi' } },
  { name: 'scratch', emptyDir: { sizeLimit: '4Gi' } },
  { name: 'tmp', emptyDir: { sizeLimit: '4Gi' } },
];
const fieldRef = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });

function podOf(user: number, group: number) {
  return {
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: group,
      fsGroup: group,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: 30,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
  };
}

function render(props: ArkServerProps) {
  const chart = newChart({ namespace: 'of-the-chart' });
  const server = new ArkServer(chart, 'server', props);
  const manifests = manifestsOf(chart);
  expect(crdErrors(props.profile, manifests)).toEqual([]);
  return { server, manifests };
}

function deploymentOf(props: Partial<ArkServerProps>, profile = ArkProfile.VELERO_1_18) {
  const { manifests, server } = render({ profile, cloud: CLOUD, ...props });
  return find(manifests, 'Deployment', server.serverName);
}

describe('a server of Ark', () => {
  test('is its namespace, its account that may do everything, and one pod', () => {
    const { server, manifests } = render(ARK);
    const labels = { component: 'ark' };
    expect(manifests).toEqual([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'backups' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ark', namespace: 'backups', labels } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'ark-backups', labels },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'ark', namespace: 'backups' }],
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'ark', namespace: 'backups', labels },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          strategy: { type: 'Recreate' },
          template: {
            metadata: { labels: { ...labels, team: 'a' }, annotations: SCRAPED },
            spec: {
              ...podOf(65534, 65534),
              serviceAccountName: 'ark',
              containers: [
                {
                  name: 'ark',
                  image: 'mirror.example.com/ark:v0.10.1',
                  command: ['/ark'],
                  args: ['server', '--restore-only', '--restic-timeout=2h', '--log-level=debug'],
                  ports: [{ name: 'metrics', containerPort: 8085 }],
                  env: [{ name: 'ARK_SCRATCH_DIR', value: '/scratch' }],
                  envFrom: [{ secretRef: { name: 'cloud-credentials' } }],
                  resources: { limits: { memory: '2Gi' } },
                  volumeMounts: WRITABLE,
                  ...HARDENED,
                },
              ],
              volumes: EMPTY_DIRS,
            },
          },
        },
      },
    ]);
    const { profile, namespace, restoreOnly, csiSnapshots, hasWorkloadIdentity, serverName, selector } = server;
    expect({ profile, namespace, restoreOnly, csiSnapshots, hasWorkloadIdentity, serverName, selector }).toEqual({
      ...{ profile: 'Ark 0.10', namespace: 'backups', restoreOnly: true, csiSnapshots: false },
      ...{ hasWorkloadIdentity: false, serverName: 'ark', selector: labels },
    });
  });
});

describe('a server of Velero', () => {
  test('has its plugins, its credentials as a file, and the identity of its pods', () => {
    const { server, manifests } = render(VELERO_ALL);
    expect(find(manifests, 'ClusterRoleBinding', 'velero-backups').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'velero', namespace: 'backups' },
    ]);
    expect(manifests.find(({ kind }) => kind === 'ServiceAccount')).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: 'velero',
        namespace: 'backups',
        labels: { component: 'velero' },
        annotations: { 'azure.workload.identity/client-id': 'client', 'azure.workload.identity/tenant-id': 'tenant' },
      },
    });
    expect(find(manifests, 'Deployment', 'velero')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'velero', namespace: 'backups', labels: { component: 'velero' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { deploy: 'velero' } },
        strategy: { type: 'Recreate' },
        template: {
          metadata: {
            labels: { component: 'velero', deploy: 'velero', 'azure.workload.identity/use': 'true', team: 'a' },
            annotations: { 'kubectl.kubernetes.io/default-container': 'velero', ...SCRAPED },
          },
          spec: {
            ...podOf(1002, 1000),
            serviceAccountName: 'velero',
            initContainers: [
              {
                name: 'azure',
                image: 'mirror.example.com/azure:v1.12.2',
                volumeMounts: [{ name: 'plugins', mountPath: '/target' }],
                resources: { limits: { memory: '2Gi' } },
                ...HARDENED,
              },
              {
                name: 'more',
                image: 'mirror.example.com/more:v1',
                volumeMounts: [{ name: 'plugins', mountPath: '/target' }],
                resources: { limits: { memory: '2Gi' } },
                ...HARDENED,
              },
            ],
            containers: [
              {
                name: 'velero',
                image: 'mirror.example.com/velero:v1.16.2',
                command: ['/velero'],
                args: [
                  ...['server', '--uploader-type=restic', '--features=EnableCSI', '--fs-backup-timeout=2h'],
                  '--log-level=debug',
                ],
                ports: [{ name: 'metrics', containerPort: 8085 }],
                env: [
                  { name: 'VELERO_NAMESPACE', ...fieldRef('metadata.namespace') },
                  { name: 'VELERO_SCRATCH_DIR', value: '/scratch' },
                  { name: 'LD_LIBRARY_PATH', value: '/plugins' },
                  { name: 'HOME', value: '/scratch' },
                  { name: 'AZURE_CREDENTIALS_FILE', value: '/credentials/cloud' },
                ],
                resources: { limits: { memory: '2Gi' } },
                volumeMounts: [...WRITABLE, { name: 'cloud-credentials', mountPath: '/credentials', readOnly: true }],
                ...HARDENED,
              },
            ],
            volumes: [...EMPTY_DIRS, { name: 'cloud-credentials', secret: { secretName: 'cloud-credentials' } }],
          },
        },
      },
    });
    const { restoreOnly, csiSnapshots, hasWorkloadIdentity, selector } = server;
    expect({ restoreOnly, csiSnapshots, hasWorkloadIdentity, selector }).toEqual({
      ...{ restoreOnly: true, csiSnapshots: true, hasWorkloadIdentity: true, selector: { deploy: 'velero' } },
    });
  });
});

describe.each(PROFILES)('with %s, a server', (profile) => {
  const facts = {
    [ArkProfile.ARK_0_10]: {
      name: 'ark',
      namespace: 'heptio-ark',
      image: 'gcr.io/heptio-images/ark:v0.10.1',
      plugins: [],
    },
    [ArkProfile.VELERO_1_16]: {
      ...{ name: 'velero', namespace: 'velero', image: 'velero/velero:v1.16.2' },
      plugins: ['velero/velero-plugin-for-microsoft-azure:v1.12.2'],
    },
    [ArkProfile.VELERO_1_18]: {
      ...{ name: 'velero', namespace: 'velero', image: 'velero/velero:v1.18.3' },
      plugins: ['velero/velero-plugin-for-microsoft-azure:v1.14.0'],
    },
  }[profile];

  test('is by default what the profile is', () => {
    const { server, manifests } = render({ profile, cloud: CLOUD });
    const { name, namespace } = facts;
    expect(identities(manifests)).toEqual([
      `ClusterRoleBinding ${name}`,
      `Deployment ${namespace}/${name}`,
      `Namespace ${namespace}`,
      `ServiceAccount ${namespace}/${name}`,
    ]);
    const { spec } = find(manifests, 'Deployment', name).spec.template;
    expect(spec.containers.map(({ image, args }) => ({ image, args }))).toEqual([
      { image: facts.image, args: ['server'] },
    ]);
    const plugins = (spec.initContainers as typeof spec.initContainers | undefined) ?? [];
    expect(plugins.map(({ image }) => image)).toEqual(facts.plugins);
    expect({ restoreOnly: server.restoreOnly, csiSnapshots: server.csiSnapshots }).toEqual({
      restoreOnly: false,
      csiSnapshots: false,
    });
  });

  test('passes Pod Security "restricted", and its namespace says nothing else', () => {
    const { manifests } = render({ profile, cloud: CLOUD });
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
    expect(find(manifests, 'Namespace', facts.namespace).metadata).toEqual({ name: facts.namespace });
  });

  test('keeps every byte when it is moved', () => {
    const build = (move: (scope: Construct) => Construct) => {
      const chart = newChart();
      const server = new ArkServer(move(chart), 'server', { profile, cloud: CLOUD });
      new ArkNodeAgent(move(chart), 'agent', { server });
      return manifestsOf(chart);
    };
    let depth = 0;
    expect(build((scope) => new Construct(scope, `level-${depth++}`))).toEqual(build((scope) => scope));
  });
});

test('two servers of two groups stand in one chart', () => {
  const { chart } = newServer(ArkProfile.ARK_0_10);
  new ArkServer(chart, 'velero', { profile: ArkProfile.VELERO_1_18, cloud: CLOUD });
  new ArkServer(chart, 'second', { profile: ArkProfile.VELERO_1_18, cloud: CLOUD, namespace: 'v2' });
  expect(identities(manifestsOf(chart)).filter((one) => one.startsWith('ClusterRoleBinding'))).toEqual([
    'ClusterRoleBinding ark',
    'ClusterRoleBinding velero',
    'ClusterRoleBinding velero-v2',
  ]);
});

test.each([
  [{ uploader: ArkUploader.KOPIA }, ['server', '--uploader-type=kopia']],
  // Velero's own flag is deprecated: its locations are read-only instead.
  [{ restoreOnly: true }, ['server']],
  [{ fsBackupTimeout: Duration.minutes(90) }, ['server', '--fs-backup-timeout=1h30m']],
])('Velero is started with what is given: %j', (props, args) => {
  expect(named(deploymentOf(props).spec.template.spec.containers, 'velero').args).toEqual(args);
});

describe('a server', () => {
  test('is refused with all that is wrong at once', () => {
    expectRefusedAlone(
      (chart) =>
        new ArkServer(chart, 'server', {
          profile: ArkProfile.VELERO_1_18,
          cloud: ArkCloud.azure({ plugin: 'azure' }),
          namespace: 'Velero',
          uploader: ArkUploader.RESTIC,
          fsBackupTimeout: Duration.millis(500),
          image: 'velero/velero',
          plugins: [{ name: 'More', image: 'more:latest' }],
          podLabels: { team: '-', deploy: 'other' },
        }),
      "ArkServer 'test/server'",
      '\'namespace\' must be a DNS label of at most 63 characters, got "Velero": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'cloud.credentials' must be given, or workloadIdentity, got nothing: " +
        'the server reaches no storage without; give a Secret made by hand, or a workload identity',
      '\'uploader\' must be kopia with Velero 1.18, got "restic": it still restores what restic has copied, and copies with kopia ' +
        'alone; leave it out, or set profile ArkProfile.VELERO_1_16',
      "'fsBackupTimeout' must be a whole number from 1 to 2147483647, got 0.5: write Duration.hours(4)",
      "'podLabels['team']' must be a label value of at most 63 characters, got \"-\": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      "'image' must name a tag other than 'latest', or a digest, got \"velero/velero\": otherwise a pod that moves to another node " +
        'may start another version on the same data; pin it, as in postgres:17.11-bookworm',
      "'cloud.plugin.image' must name a tag other than 'latest', or a digest, got \"azure\": otherwise a pod that moves to " +
        'another node may start another version on the same data; pin it, as in postgres:17.11-bookworm',
      '\'plugins[0].name\' must be a DNS label of at most 63 characters, got "More": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'plugins[0].image' must name a tag other than 'latest', or a digest, got \"more:latest\": otherwise a pod that moves to " +
        'another node may start another version on the same data; pin it, as in postgres:17.11-bookworm',
      "'podLabels['deploy']' must be 'velero', as in the selector, got \"other\": the set would not find its own pods; leave it out, or " +
        'choose another selector before the set exists',
    );
  });

  test('of Ark is refused what came with Velero', () => {
    const wayOut = 'its server does not know it, and would pass over it in silence; Velero 1.16 and Velero 1.18 do';
    expectRefusedAlone(
      (chart) =>
        new ArkServer(chart, 'server', {
          profile: ArkProfile.ARK_0_10,
          cloud: ArkCloud.azure({ workloadIdentity: { clientId: 'client' }, plugin: 'azure:1' }),
          csiSnapshots: false,
          plugins: [{ name: 'more', image: 'more:1' }],
          uploader: ArkUploader.KOPIA,
        }),
      "ArkServer 'test/server'",
      `'cloud.workloadIdentity' must be left out with Ark 0.10, got {"clientId":"client"}: ${wayOut}`,
      `'cloud.plugin' must be left out with Ark 0.10, got "azure:1": ${wayOut}`,
      `'csiSnapshots' must be left out with Ark 0.10, got false: ${wayOut}`,
      `'plugins' must be left out with Ark 0.10, got [{"name":"more","image":"more:1"}]: ${wayOut}`,
      '\'uploader\' must be restic with Ark 0.10, got "kopia": kopia came with Velero 1.10; leave it out, or set profile ' +
        'ArkProfile.VELERO_1_18',
    );
  });

  test('is refused a second time in one namespace', () => {
    const { chart } = newServer();
    const other = { profile: ArkProfile.VELERO_1_16, cloud: CLOUD };
    const rival = (type: string, name: string, path: string) =>
      `'namespace' must make a ${type} that its chart does not have yet, got "${name}": 'test/server/${path}' is the same object to ` +
      'kubectl, which would keep only one of them; choose another name or namespace';
    expectRefused(
      chart,
      () => new ArkServer(chart, 'second', other),
      "ArkServer 'test/second'",
      "'selector' must find no pods of 'test/server', got {\"deploy\":\"velero\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      rival('Namespace', 'velero', 'Namespace'),
      rival('Deployment', 'velero', 'Resource'),
      rival('ServiceAccount', 'velero', 'ServiceAccount'),
      rival('ClusterRoleBinding', 'velero', 'ClusterRoleBinding'),
    );
  });

  test('has pods that no other workload takes for its own', () => {
    const { chart } = newServer();
    const make = () =>
      new Deployment(chart, 'velero', {
        namespace: 'velero',
        podLabels: { deploy: 'velero' },
        containers: [CONTAINER],
      });
    expect(make).toThrow("'selector' must find no pods of 'test/server'");
  });
});

describe('a server that is made elsewhere', () => {
  test('is what is said of it', () => {
    const all: Required<ArkServerAttributes> = {
      profile: ArkProfile.VELERO_1_16,
      namespace: 'backups',
      restoreOnly: true,
      csiSnapshots: true,
      workloadIdentity: true,
    };
    expect(ArkServer.fromAttributes(all)).toEqual({
      profile: ArkProfile.VELERO_1_16,
      namespace: 'backups',
      restoreOnly: true,
      csiSnapshots: true,
      hasWorkloadIdentity: true,
    });
  });

  test.each([
    [ArkProfile.ARK_0_10, 'heptio-ark'],
    ...VELERO.map((profile): [ArkProfile, string] => [profile, 'velero']),
  ])('of %s is by default in %s', (profile, namespace) => {
    const no = { restoreOnly: false, csiSnapshots: false, hasWorkloadIdentity: false };
    expect(ArkServer.fromAttributes({ profile })).toEqual({ profile, namespace, ...no });
  });

  // With csiSnapshots the rule that asks for a snapshot location is off, and no snapshot would be taken.
  test('is refused what its profile cannot do', () => {
    const wayOut = 'its server does not know it, and would pass over it in silence; Velero 1.16 and Velero 1.18 do';
    const attributes = { profile: ArkProfile.ARK_0_10, namespace: 'a.b', csiSnapshots: true, workloadIdentity: true };
    expect(() => ArkServer.fromAttributes(attributes)).toThrow(
      new Error(
        [
          'ArkServer.fromAttributes:',
          "- 'namespace' must be a DNS label of at most 63 characters, got \"a.b\": use a-z, 0-9 and '-', beginning and ending with a " +
            'letter or digit',
          `- 'csiSnapshots' must be left out with Ark 0.10, got true: ${wayOut}`,
          `- 'workloadIdentity' must be left out with Ark 0.10, got true: ${wayOut}`,
        ].join('\n'),
      ),
    );
  });
});
