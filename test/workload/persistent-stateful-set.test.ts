import { Duration, Size } from 'cdk8s';
import { Pods, ServiceAccount } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import {
  AccessMode,
  AntiAffinity,
  ClaimRetention,
  HeadlessService,
  PersistentStatefulSet,
  PodManagementPolicy,
  UpdateStrategy,
  VolumeDataSource,
} from '../../lib';
import type { EmptyDirMount, PersistentStatefulSetProps, VolumeClaimMount, VolumeClaimTemplate } from '../../lib';
import { DISK, PULL_SECRET } from '../support/elsewhere';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { expectRefused } from '../support/refused';
import { CONTAINER, DATA, newService, newSet, renderSet } from '../support/samples';
import { schemaErrors } from '../support/strict-schema';

/** Expects that a set with these props is refused, with its Service already there. */
function refusedSet(props: Partial<PersistentStatefulSetProps>, ...problems: string[]): void {
  const chart = newChart();
  const service = newService(chart);
  expectRefused(
    chart,
    () => new PersistentStatefulSet(chart, 'set', { name: 'db', service, containers: [CONTAINER], ...props }),
    "PersistentStatefulSet 'test/set'",
    ...problems,
  );
  // The same id is free again.
  new PersistentStatefulSet(chart, 'set', { name: 'db', service, containers: [CONTAINER] });
}

describe('a set by default', () => {
  test('is a set, a Service and a policy, all of its name', () => {
    const { chart } = newSet();
    expect(identities(manifestsOf(chart))).toEqual(['NetworkPolicy db', 'Service db', 'StatefulSet db']);
  });

  test('keeps its claims whatever happens to it', () => {
    expect(renderSet().spec.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
  });

  test('has one pod, found by the selector of its Service', () => {
    const { metadata, spec } = renderSet();
    expect(metadata).toEqual({ name: 'db', labels: { app: 'db' } });
    expect(spec.replicas).toBe(1);
    expect(spec.serviceName).toBe('db');
    expect(spec.selector).toEqual({ matchLabels: { app: 'db' } });
    expect(spec.template.metadata).toEqual({ labels: { app: 'db' } });
  });

  test('takes its name from its construct', () => {
    const chart = newChart();
    const set = new PersistentStatefulSet(chart, 'consul', { service: newService(chart), containers: [CONTAINER] });
    expect(set.statefulSetName).toBe('consul');
    expect(find(manifestsOf(chart), 'StatefulSet', 'consul').metadata.name).toBe('consul');
  });

  test('replaces its pods one by one, in order', () => {
    const { spec } = renderSet();
    expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate' });
    // OrderedReady is the server's default, and not written.
    expect(spec).not.toHaveProperty('podManagementPolicy');
    expect(spec).not.toHaveProperty('minReadySeconds');
  });

  test('fulfils Pod Security "restricted", and more', () => {
    const set = renderSet({ initContainers: [{ ...CONTAINER, name: 'init' }] });
    expect(podSecurityErrors(set as never)).toEqual([]);
    const { spec } = set.spec.template;
    expect(spec.securityContext).toEqual({
      runAsNonRoot: true,
      // A number, since the kubelet cannot tell that a user by name is not root.
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      // Otherwise each start would walk through the whole volume, and open a database's folder to the group.
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const hardened = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    };
    expect(named(spec.containers, 'server').securityContext).toEqual(hardened);
    expect(named(spec.initContainers, 'init').securityContext).toEqual(hardened);
    // Nobody who breaks into a database shall find a token of the cluster.
    expect(spec.automountServiceAccountToken).toBe(false);
    // Variables such as CONSUL_PORT of other Services are taken for settings by some images.
    expect(spec.enableServiceLinks).toBe(false);
  });

  test('asks for a little, and has no limit that would be a guess', () => {
    const { containers } = renderSet().spec.template.spec;
    expect(named(containers, 'server').resources).toEqual({ requests: { cpu: '100m', memory: '128Mi' } });
  });

  test('has 30 seconds to stop', () => {
    expect(renderSet().spec.template.spec.terminationGracePeriodSeconds).toBe(30);
  });

  test('lets in its own members and nobody else', () => {
    const policy = find(manifestsOf(newSet().chart), 'NetworkPolicy', 'db');
    expect(policy.metadata).toEqual({ name: 'db', labels: { app: 'db' } });
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: { app: 'db' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
    });
    expect(schemaErrors(policy)).toEqual([]);
  });

  test('writes nothing that a single pod does not need', () => {
    const { spec } = renderSet().spec.template;
    expect(Object.keys(spec).sort()).toEqual([
      'automountServiceAccountToken',
      'containers',
      'enableServiceLinks',
      'securityContext',
      'terminationGracePeriodSeconds',
    ]);
    expect(renderSet().spec).not.toHaveProperty('volumeClaimTemplates');
  });
});

describe('a set of several pods', () => {
  test('spreads them over nodes and zones, as far as there are any', () => {
    const { spec } = renderSet({ replicas: 2 }).spec.template;
    const labelSelector = { matchLabels: { app: 'db' } };
    expect(spec.affinity).toEqual({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { labelSelector, topologyKey: 'kubernetes.io/hostname' } },
        ],
      },
    });
    expect(spec.topologySpreadConstraints).toEqual([
      { labelSelector, maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ]);
  });

  test('loses one of them at a time to a drain, which a sick pod never blocks', () => {
    const budget = find(manifestsOf(newSet({ replicas: 2 }).chart), 'PodDisruptionBudget', 'db');
    expect(budget.metadata).toEqual({ name: 'db', labels: { app: 'db' } });
    expect(budget.spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { app: 'db' } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
    expect(schemaErrors(budget)).toEqual([]);
  });

  test('can do without each of these', () => {
    const props = { replicas: 3, antiAffinity: AntiAffinity.NONE, zoneSpread: false, podDisruptionBudget: false };
    const { spec } = renderSet(props).spec.template;
    expect(spec).not.toHaveProperty('affinity');
    expect(spec).not.toHaveProperty('topologySpreadConstraints');
    expect(identities(manifestsOf(newSet(props).chart))).toEqual(['NetworkPolicy db', 'Service db', 'StatefulSet db']);
  });

  test('never shares a node where that is required', () => {
    const { spec } = renderSet({ replicas: 3, antiAffinity: AntiAffinity.REQUIRED }).spec.template;
    expect(spec.affinity).toEqual({
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    });
  });
});

test.each([0, 1])('a set of %d pods has no budget', (replicas) => {
  const { chart } = newSet({ replicas });
  expect(identities(manifestsOf(chart))).not.toContain('PodDisruptionBudget db');
  expect(find(manifestsOf(chart), 'StatefulSet', 'db').spec.replicas).toBe(replicas);
});

test('a native sidecar starts before init containers, after what fills volumes, and runs on', () => {
  const sidecar = { name: 'proxy', image: 'example.com/proxy:1' };
  const { chart } = newSet({
    nativeSidecars: [sidecar],
    initContainers: [{ name: 'init', image: 'example.com/init:1' }],
    emptyDirs: [{ path: '/etc/server', seed: '/etc/server', containers: ['server', 'proxy'] }],
  });
  const { initContainers } = find(manifestsOf(chart), 'StatefulSet', 'db').spec.template.spec;
  expect(initContainers.map(({ name }) => name)).toEqual(['seed-etc-server', 'proxy', 'init']);
  expect(named(initContainers, 'proxy')).toMatchObject({
    restartPolicy: 'Always',
    securityContext: { readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'etc-server', mountPath: '/etc/server', subPath: 'content' }],
  });
  expect(named(initContainers, 'init')).not.toHaveProperty('restartPolicy');
});

test('a set takes every prop', () => {
  const chart = newChart();
  const service = new HeadlessService(chart, 'db', {
    namespace: 'shop',
    selector: { app: 'db', env: 'prod' },
    ports: [{ name: 'sql', port: 5432 }],
  });
  const mount: Required<VolumeClaimMount> = {
    path: '/modules',
    subPath: 'modules',
    seed: '/opt/modules',
    container: 'side',
    readOnly: true,
  };
  const template: Required<VolumeClaimTemplate> = {
    name: 'data',
    size: Size.gibibytes(2),
    storageClass: DISK,
    accessMode: AccessMode.READ_WRITE_ONCE_POD,
    labels: { app: 'db' },
    annotations: { note: 'kept' },
    dataSource: VolumeDataSource.snapshot('before'),
    mounts: [mount, { path: '/data', container: 'server' }],
  };
  const emptyDir: Required<EmptyDirMount> = {
    path: '/dev/shm',
    name: 'shm',
    sizeLimit: Size.mebibytes(32),
    memory: true,
    seed: '/dev/shm',
    containers: ['server', 'side'],
  };
  const props: Required<PersistentStatefulSetProps> = {
    name: 'my-db',
    namespace: 'shop',
    service,
    labels: { team: 'a' },
    podLabels: { version: '1' },
    podAnnotations: { 'prometheus.io/scrape': 'true' },
    imagePullSecrets: [PULL_SECRET],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }],
      },
    },
    tolerations: [{ key: 'db', operator: 'Exists' }],
    priorityClassName: 'high',
    serviceAccount: ServiceAccount.fromServiceAccountName(chart, 'Account', 'consul'),
    automountServiceAccountToken: true,
    runAsUser: 100,
    runAsGroup: 101,
    fsGroup: 102,
    sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
    terminationGracePeriod: Duration.minutes(2),
    replicas: 3,
    whenDeleted: ClaimRetention.DELETE,
    whenScaled: ClaimRetention.DELETE,
    updateStrategy: UpdateStrategy.ROLLING_UPDATE,
    partition: 2,
    minReady: Duration.seconds(10),
    antiAffinity: AntiAffinity.REQUIRED,
    zoneSpread: true,
    podDisruptionBudget: true,
    networkPolicy: true,
    containers: [
      { ...CONTAINER, ports: [{ name: 'sql', containerPort: 5432 }] },
      {
        name: 'side',
        image: 'example.com/side:1',
        ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
      },
    ],
    nativeSidecars: [{ name: 'proxy', image: 'example.com/proxy:1', ports: [{ containerPort: 4000 }] }],
    initContainers: [
      { name: 'init', image: 'example.com/init:1', volumeMounts: [{ name: 'config', mountPath: '/config' }] },
    ],
    volumeClaimTemplates: [template],
    emptyDirs: [emptyDir, { path: '/var/run/Some_Thing/', containers: ['server'] }],
    volumes: [{ name: 'config', configMap: { name: 'config' } }],
    podManagementPolicy: PodManagementPolicy.PARALLEL,
    openPorts: [80],
    replicates: true,
  };
  const set = new PersistentStatefulSet(chart, 'set', props);
  const manifests = manifestsOf(chart);
  const object = find(manifests, 'StatefulSet', 'my-db');

  expect(identities(manifests)).toEqual([
    'NetworkPolicy shop/my-db',
    'PodDisruptionBudget shop/my-db',
    'Service shop/db',
    'StatefulSet shop/my-db',
  ]);
  // Kubernetes 1.27, applied to strictly, refuses a native sidecar by name.
  expect(manifests.flatMap(schemaErrors)).toEqual([
    '.spec.template.spec.initContainers[2].restartPolicy: is no field that 1.27 knows',
  ]);
  expect(object.metadata.labels).toEqual({ app: 'db', env: 'prod', team: 'a' });
  const { template: pods, volumeClaimTemplates: claims, ...spec } = object.spec;
  expect(spec).toEqual({
    serviceName: 'db',
    replicas: 3,
    selector: { matchLabels: { app: 'db', env: 'prod' } },
    podManagementPolicy: 'Parallel',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
    minReadySeconds: 10,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
  });
  expect(pods.metadata).toEqual({
    labels: { app: 'db', env: 'prod', version: '1' },
    // kubectl exec and logs then take the first container without saying so.
    annotations: { 'kubectl.kubernetes.io/default-container': 'server', 'prometheus.io/scrape': 'true' },
  });
  expect(claims).toEqual([
    {
      metadata: { name: 'data', labels: { app: 'db' }, annotations: { note: 'kept' } },
      spec: {
        accessModes: ['ReadWriteOncePod'],
        storageClassName: 'managed-csi',
        resources: { requests: { storage: '2Gi' } },
        dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'before' },
      },
    },
  ]);
  const { containers, initContainers, affinity, topologySpreadConstraints, ...pod } = pods.spec;
  expect(pod).toEqual({
    serviceAccountName: 'consul',
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 100,
      runAsGroup: 101,
      fsGroup: 102,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
      sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
    },
    terminationGracePeriodSeconds: 120,
    volumes: [
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '32Mi' } },
      // On disk, with a limit, so that a runaway process cannot fill the node.
      { name: 'var-run-some-thing', emptyDir: { sizeLimit: '64Mi' } },
      { name: 'config', configMap: { name: 'config' } },
    ],
    imagePullSecrets: [{ name: 'registry-login' }],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'db', operator: 'Exists' }],
    priorityClassName: 'high',
  });
  // Beside each other.
  expect(affinity.nodeAffinity).toEqual(props.nodeAffinity);
  expect(affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
  expect(topologySpreadConstraints).toHaveLength(1);
  // Mounts that name no container go to the first one.
  expect(named(containers, 'server').volumeMounts).toEqual([
    { name: 'data', mountPath: '/data' },
    { name: 'shm', mountPath: '/dev/shm', subPath: 'content' },
    { name: 'var-run-some-thing', mountPath: '/var/run/Some_Thing/' },
  ]);
  expect(named(containers, 'side').volumeMounts).toEqual([
    { name: 'data', mountPath: '/modules', subPath: 'modules', readOnly: true },
    { name: 'shm', mountPath: '/dev/shm', subPath: 'content' },
  ]);
  expect(named(initContainers, 'init').volumeMounts).toEqual([{ name: 'config', mountPath: '/config' }]);
  expect(find(manifests, 'NetworkPolicy', 'my-db').spec.ingress).toEqual([
    { from: [{ podSelector: { matchLabels: { app: 'db', env: 'prod' } } }] },
    // To everybody, but on that port only.
    { ports: [{ port: 80 }] },
  ]);
  expect(set).toMatchObject({
    statefulSetName: 'my-db',
    namespace: 'shop',
    replicas: 3,
    service,
    accessPorts: [
      { port: 5432, protocol: 'TCP' },
      { port: 80, protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
      { port: 4000, protocol: 'TCP' },
    ],
    networkPolicy: true,
  });
  expect(set.apiObject.toJson()).toEqual(object);
});

describe('a set', () => {
  test('can do without a NetworkPolicy', () => {
    const { chart } = newSet({ networkPolicy: false });
    expect(identities(manifestsOf(chart))).toEqual(['Service db', 'StatefulSet db']);
  });

  test('can leave its pods alone until someone deletes them', () => {
    const { spec } = renderSet({ updateStrategy: UpdateStrategy.ON_DELETE });
    expect(spec.updateStrategy).toEqual({ type: 'OnDelete' });
  });

  test('gives group and volumes to the group of the user unless told otherwise', () => {
    expect(renderSet({ runAsUser: 999 }).spec.template.spec.securityContext).toMatchObject({
      runAsUser: 999,
      runAsGroup: 999,
      fsGroup: 999,
    });
    expect(renderSet({ runAsUser: 472, runAsGroup: 0 }).spec.template.spec.securityContext).toMatchObject({
      runAsUser: 472,
      runAsGroup: 0,
      fsGroup: 0,
    });
  });

  test('leaves a container its own resources and what it relaxes, and hardens the rest', () => {
    const resources = { limits: {} };
    const container: k8s.Container = { ...CONTAINER, resources, securityContext: { readOnlyRootFilesystem: false } };
    const rendered = named(renderSet({ containers: [container] }).spec.template.spec.containers, 'server');
    expect(rendered.resources).toEqual(resources);
    expect(rendered.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: false,
    });
  });

  // As manifests of Kubernetes have it: nothing is to be said twice.
  test('of a template may be in the containers alone', () => {
    const container = { ...CONTAINER, volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'a' }] };
    const { spec } = renderSet({ containers: [container], volumeClaimTemplates: [{ ...DATA, mounts: [] }] }).spec
      .template;
    expect(named(spec.containers, 'server').volumeMounts).toEqual(container.volumeMounts);
  });

  test('puts the mounts of a container beside those of claims', () => {
    const container = { ...CONTAINER, volumeMounts: [{ name: 'config', mountPath: '/config' }] };
    const volumes = [{ name: 'config', configMap: { name: 'c' } }];
    const { spec } = renderSet({ containers: [container], volumeClaimTemplates: [DATA], volumes }).spec.template;
    expect(named(spec.containers, 'server').volumeMounts).toEqual([
      { name: 'data', mountPath: '/data' },
      { name: 'config', mountPath: '/config' },
    ]);
  });

  test('gives one claim template to several containers, init containers too', () => {
    const mounts = [{ path: '/data' }, { path: '/seed', container: 'init' }];
    const props = { initContainers: [{ ...CONTAINER, name: 'init' }], volumeClaimTemplates: [{ ...DATA, mounts }] };
    const { spec } = renderSet(props).spec.template;
    expect(named(spec.containers, 'server').volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
    expect(named(spec.initContainers, 'init').volumeMounts).toEqual([{ name: 'data', mountPath: '/seed' }]);
  });

  test('names its pods, with the namespace where it is known', () => {
    const pod = newSet({ replicas: 2 }).set.pod(1);
    expect(pod).toMatchObject({ podName: 'db-1', dnsName: 'db-1.db' });
    const chart = newChart({ namespace: 'shop' });
    const service = newService(chart);
    const set = new PersistentStatefulSet(chart, 'mongo', { service, containers: [CONTAINER] });
    expect(set.pod(0)).toMatchObject({ podName: 'mongo-0', dnsName: 'mongo-0.db.shop' });
  });

  test.each([2, -1, 0.5])('has no pod %d of two', (ordinal) => {
    const { set } = newSet({ replicas: 2 });
    expect(() => set.pod(ordinal)).toThrow(
      new Error(
        `PersistentStatefulSet 'test/set': 'ordinal' must be a whole number below 2, got ${ordinal}: ` +
          'a pod that the set never makes has no name; raise replicas or ask for another',
      ),
    );
  });

  test('can be named in policies of cdk8s-plus, by labels that one can see', () => {
    const { set } = newSet();
    expect(set.toPodSelector()).toBe(set);
    expect(set.toPodSelectorConfig().namespaces).toBeUndefined();
    expect(set.toPodSelectorConfig().labelSelector._toKube()).toEqual({ matchLabels: { app: 'db' } });
    expect(set.toNetworkPolicyPeerConfig().podSelector?.labelSelector._toKube()).toEqual({
      matchLabels: { app: 'db' },
    });
    const chart = newChart({ namespace: 'shop' });
    const other = new PersistentStatefulSet(chart, 'x', { service: newService(chart), containers: [CONTAINER] });
    expect(other.toPodSelectorConfig().namespaces).toEqual({ names: ['shop'] });
    expect(other.toNetworkPolicyPeerConfig()).toEqual({ podSelector: other.toPodSelectorConfig() });
    expect(
      Pods.select(chart, 'Pods', { labels: { app: 'db' } })
        .toPodSelectorConfig()
        .labelSelector._toKube(),
    ).toEqual(other.toPodSelectorConfig().labelSelector._toKube());
  });
});

const NOBODY = 'clients would find this one in DNS, and nobody behind it';

describe('a set is refused', () => {
  test('with a name after which no pod would start', () => {
    refusedSet(
      { name: 'x'.repeat(53) },
      `'name' must be a DNS label of at most 52 characters, got "${'x'.repeat(53)}": ` +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit; " +
        'the server accepts a longer one and then no pod ever starts',
    );
  });

  test('with everything that is wrong with its numbers said at once', () => {
    refusedSet(
      { replicas: -1, partition: 0.5, runAsUser: 0, runAsGroup: -1, fsGroup: 2 ** 31 },
      "'replicas' must be a whole number from 0 to 2147483647, got -1: that many pods are made",
      "'partition' must be a whole number from 0 to 2147483647, got 0.5: it is the lowest ordinal that an update replaces",
      "'runAsUser' must be a whole number from 1 to 2147483647, got 0: " +
        'use the id of the image, or 1000; a container that must be root says so: securityContext: { runAsUser: 0 }',
      "'runAsGroup' must be a whole number from 0 to 2147483647, got -1: " + 'use the id of the image, or 1000',
      "'fsGroup' must be a whole number from 0 to 2147483647, got 2147483648: " + 'use the id of the image, or 1000',
    );
  });

  test('with a partition that OnDelete would pass over', () => {
    refusedSet(
      { updateStrategy: UpdateStrategy.ON_DELETE, partition: 1 },
      "'partition' must be left out with OnDelete, got 1: it divides a rolling update only",
    );
  });

  test('with claim templates that hold nothing or have broken names', () => {
    refusedSet(
      {
        volumeClaimTemplates: [
          { name: 'Data', size: Size.gibibytes(0), labels: { a: ' ' }, mounts: [] },
          { ...DATA, mounts: [{ path: 'data' }, { path: '/x', subPath: '../x' }] },
        ],
      },
      '\'volumeClaimTemplates[0].name\' must be a DNS label of at most 63 characters, got "Data": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      '\'volumeClaimTemplates[0].size\' must be a whole number of KiB above 0, got "0Gi": write it as Size.gibibytes(32)',
      "'volumeClaimTemplates[0].labels['a']' must be a label value of at most 63 characters, got \" \": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      "'volumeClaimTemplates[0].mounts' must name a path, got []: " +
        'a volume that no container sees keeps no data; give it mounts or leave the template out',
      "'volumeClaimTemplates[1].mounts[0].path' must be an absolute path below '/', without ':' and '..', got \"data\": " +
        "write it as '/var/lib/data'",
      "'volumeClaimTemplates[1].mounts[1].subPath' must be a relative path inside the volume, without '..', got \"../x\": " +
        "write it as 'modules'",
    );
  });

  test('without a container', () => {
    refusedSet(
      { containers: [] },
      "'containers' must name a container, got []: write [{ name: 'server', image: 'postgres:17.11' }]",
    );
  });

  test('with broken containers, and says of which', () => {
    refusedSet(
      {
        containers: [{ name: 'Server', image: 'postgres', ports: [{ name: 'SQL', containerPort: 0 }] }],
        initContainers: [{ name: 'init' }],
      },
      '\'containers[0].name\' must be a DNS label of at most 63 characters, got "Server": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'containers[0].image' must name a tag other than 'latest', or a digest, got \"postgres\": " +
        'otherwise a pod that moves to another node may start another version on the same data; ' +
        'pin it, as in postgres:17.11-bookworm',
      "'containers[0].ports[0].containerPort' must be a whole number from 1 to 65535, got 0: " +
        'that is the range of TCP and UDP ports',
      '\'containers[0].ports[0].name\' must be a port name of at most 15 characters, got "SQL": ' +
        "use a-z, 0-9 and single '-' inside, with at least one letter",
      "'initContainers[0].image' must name a tag other than 'latest', or a digest, got \"\": " +
        'otherwise a pod that moves to another node may start another version on the same data; ' +
        'pin it, as in postgres:17.11-bookworm',
      '\'service.ports\' must be ports of the containers, got "5432": they declare 0; ' + NOBODY,
    );
  });

  test('with two containers, ports or volumes of one name', () => {
    refusedSet(
      {
        initContainers: [CONTAINER],
        containers: [
          { ...CONTAINER, ports: [{ name: 'a', containerPort: 1 }] },
          {
            ...CONTAINER,
            name: 'side',
            ports: [
              { name: 'a', containerPort: 2 },
              { containerPort: 1, protocol: 'TCP' },
              { containerPort: 1, protocol: 'UDP' },
            ],
          },
        ],
        volumeClaimTemplates: [{ ...DATA, mounts: [{ path: '/data', container: 'server' }] }],
        emptyDirs: [{ path: '/data/', containers: ['server'] }],
        volumes: [{ name: 'data', emptyDir: {} }],
      },
      '\'containers\' must not have two containers of one name, got "server": ' +
        'give each, init containers too, a name of its own',
      '\'containers\' must not have two ports of one number, got "1/TCP": ' +
        'the containers of a pod share one address; give each port a number and a name of its own',
      '\'containers\' must not have two ports of one name, got "a": ' +
        'the containers of a pod share one address; give each port a number and a name of its own',
      '\'volumes\' must not have two volumes of one name, got "data": claims, emptyDirs and volumes share their names',
      '\'server.volumeMounts\' must not have two volumes at one path, got "/data": the one would hide the other',
      '\'service.ports\' must be ports of the containers, got "5432": they declare 1, 2, 1/UDP; ' + NOBODY,
    );
  });

  test('with two mounts at one path, where the one would hide the other', () => {
    refusedSet(
      {
        volumeClaimTemplates: [DATA, { ...DATA, name: 'more' }],
        containers: [{ ...CONTAINER, volumeMounts: [{ name: 'data', mountPath: '/data/' }] }],
      },
      '\'server.volumeMounts\' must not have two volumes at one path, got "/data": the one would hide the other',
    );
  });

  test('with mounts of or in what does not exist', () => {
    refusedSet(
      {
        containers: [{ ...CONTAINER, volumeMounts: [{ name: 'other', mountPath: 'x' }] }],
        volumeClaimTemplates: [{ ...DATA, mounts: [{ path: '/data', container: 'sever' }] }],
        emptyDirs: [{ path: '/tmp', containers: ['server', 'sidecar'] }],
      },
      "'volumeClaimTemplates[0].mounts[0].container' must be a container of the pod, got \"sever\": the pod has 'server'",
      "'emptyDirs[0].containers' must be a container of the pod, got \"sidecar\": the pod has 'server'",
      "'server.volumeMounts' must be an absolute path below '/', without ':' and '..', got \"x\": write it as '/var/lib/data'",
      '\'server.volumeMounts\' must name a volume of the pod, got "other": add it to volumes or claims',
    );
  });

  test('with an emptyDir that cannot be', () => {
    refusedSet(
      { emptyDirs: [{ path: '/a:b', name: 'A', sizeLimit: Size.kibibytes(0) }, { path: '/_' }] },
      "'emptyDirs[0].path' must be an absolute path below '/', without ':' and '..', got \"/a:b\": write it as '/var/lib/data'",
      '\'emptyDirs[0].name\' must be a DNS label of at most 63 characters, got "A": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      '\'emptyDirs[0].sizeLimit\' must be a whole number of KiB above 0, got "0Ki": write it as Size.gibibytes(32)',
      '\'emptyDirs[1].name\' must be a DNS label of at most 63 characters, got "": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
    );
  });

  test('with a mount that misses the data of a well-known image', () => {
    const postgres = { name: 'sql', image: 'postgres:17.11' };
    const volumeClaimTemplates = [{ ...DATA, mounts: [{ path: '/var/lib/postgresql' }] }];
    refusedSet(
      { containers: [postgres], volumeClaimTemplates },
      "'sql.volumeMounts' must hold /var/lib/postgresql/data, where postgres:17.11 keeps its data, " +
        'got ["/var/lib/postgresql"]: the image has a VOLUME there that is lost with the container; ' +
        'mount the claim at the path of that VOLUME exactly',
    );
    // The container's own PGDATA decides.
    const env = [{ name: 'PGDATA', value: '/var/lib/postgresql/pgdata' }];
    expect(() => newSet({ containers: [{ ...postgres, env }], volumeClaimTemplates })).not.toThrow();
    // With a command of its own it is a client of some kind, and no server.
    expect(() => newSet({ containers: [{ ...postgres, command: ['psql'] }], volumeClaimTemplates })).not.toThrow();
  });

  test('with labels that no server takes, or that contradict the selector', () => {
    refusedSet(
      { labels: { a: '-' }, podLabels: { app: 'other', b: '-' }, nodeSelector: { c: '-' } },
      ...['labels', 'podLabels', 'nodeSelector'].map(
        (prop, index) =>
          `'${prop}['${'abc'.charAt(index)}']' must be a label value of at most 63 characters, got "-": ` +
          "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      ),
      "'podLabels['app']' must be 'db', as in the selector, got \"other\": " +
        'the set would not find its own pods; leave it out, or choose another selector before the set exists',
    );
    expect(() => newSet({ podLabels: { app: 'db' } })).not.toThrow();
  });

  // Found by random props on a server: those of 1.27 take such a set, and make no pod.
  test('with tolerations, a priority class or pull secrets that make no pod', () => {
    refusedSet(
      {
        tolerations: [
          { key: 'a b' },
          { key: 'a', operator: 'equals', effect: 'No' },
          { effect: 'NoSchedule', tolerationSeconds: 5 },
          { operator: 'Exists', value: 'x' },
        ],
        priorityClassName: 'High',
        imagePullSecrets: [PULL_SECRET, PULL_SECRET],
      },
      '\'tolerations[0]\' must have keys of the form [prefix/]name, got "a b": ' +
        "the name has at most 63 of A-Z a-z 0-9 '-' '_' '.'",
      "'tolerations[1].operator' must be one of 'Equal', 'Exists', got \"equals\": it is 'Equal' if left out",
      "'tolerations[1].effect' must be one of 'NoSchedule', 'PreferNoSchedule', 'NoExecute', got \"No\": " +
        'leave it out to tolerate each',
      "'tolerations[2].key' must be given, got \"\": name the taint, or write operator: 'Exists' to tolerate every one",
      "'tolerations[2].effect' must be 'NoExecute' with tolerationSeconds, got \"NoSchedule\": " +
        'only a pod that is to be evicted stays for a time',
      "'tolerations[3].value' must be left out with operator 'Exists', got \"x\": or write operator: 'Equal'",
      '\'priorityClassName\' must be a DNS subdomain of at most 253 characters, got "High": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      '\'imagePullSecrets\' must not have two Secrets of one name, got "registry-login": ' +
        'the server warns of it; name it once',
    );
    const evicted = [{ key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 5 }];
    expect(() => newSet({ tolerations: evicted, priorityClassName: 'system-node-critical' })).not.toThrow();
  });

  test('in another namespace than its Service', () => {
    refusedSet(
      { namespace: 'shop' },
      "'namespace' must be that of its service, the chart's, got \"shop\": " +
        'a Service names pods of its own namespace only; give the namespace to the HeadlessService and leave it out here',
    );
    const chart = newChart({ namespace: 'shop' });
    const service = newService(chart);
    expectRefused(
      chart,
      () => new PersistentStatefulSet(chart, 'set', { namespace: 'A', service, containers: [CONTAINER] }),
      "PersistentStatefulSet 'test/set'",
      '\'namespace\' must be a DNS label of at most 63 characters, got "A": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      '\'namespace\' must be that of its service, shop, got "A": ' +
        'a Service names pods of its own namespace only; give the namespace to the HeadlessService and leave it out here',
    );
  });

  test('with a budget for one pod, which protects nothing', () => {
    refusedSet(
      { podDisruptionBudget: true },
      "'podDisruptionBudget' must not be true with less than two pods, got true: one that allows to evict the only pod protects " +
        'nothing, and one that does not blocks every drain for ever; leave it out',
    );
  });

  test('with an open port that nothing listens on', () => {
    refusedSet(
      { openPorts: [80] },
      "'openPorts' must name ports of the containers, got 80: they declare none; name one of these, or add it to 'ports' of its container",
    );
    const ports = [80, 81, 82, 5432].map((containerPort) => ({
      containerPort,
      protocol: containerPort === 80 ? 'UDP' : 'TCP',
    }));
    refusedSet(
      { containers: [{ ...CONTAINER, ports }], openPorts: [82, 83] },
      "'openPorts' must name ports of the containers, got 83: they declare 80/UDP, 81, 82, 5432; name one of these, or add it to 'ports' of its container",
    );
  });

  test('where the chart has any of its objects already', () => {
    const { chart, set } = newSet({ replicas: 2 });
    const clash = (kind: string, child: string) =>
      `'name' must make a ${kind} that its chart does not have yet, got "db": 'test/set/${child}' is the same object to ` +
      'kubectl, which would keep only one of them; choose another name or namespace';
    expect(set.service.selector).toEqual({ app: 'db' });
    const props = { name: 'db', service: newService(chart, 'other-service'), containers: [CONTAINER] };
    expectRefused(
      chart,
      () => new PersistentStatefulSet(chart, 'other', { ...props, replicas: 2 }),
      "PersistentStatefulSet 'test/other'",
      clash('StatefulSet', 'Resource'),
      clash('NetworkPolicy', 'NetworkPolicy'),
      clash('PodDisruptionBudget', 'PodDisruptionBudget'),
    );
    // What it does not make cannot be there twice.
    expectRefused(
      chart,
      () => new PersistentStatefulSet(chart, 'other', { ...props, networkPolicy: false }),
      "PersistentStatefulSet 'test/other'",
      clash('StatefulSet', 'Resource'),
    );
  });

  // Kubernetes counts seconds: cdk8s would refuse to convert these, but only in the middle of the work.
  test('with times that are no whole seconds', () => {
    refusedSet(
      { minReady: Duration.millis(1500), terminationGracePeriod: Duration.millis(500) },
      "'minReady' must be a whole number from 0 to 2147483647, got 1.5: write Duration.seconds(10)",
      "'terminationGracePeriod' must be a whole number from 0 to 2147483647, got 0.5: write Duration.seconds(30)",
    );
  });
});
