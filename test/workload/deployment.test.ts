import { Duration, Size } from 'cdk8s';
import { ServiceAccount } from 'cdk8s-plus-27';
import { AccessMode, ClientAccess, Deployment, PersistentVolumeClaim } from '../../lib';
import type { DeploymentProps } from '../../lib';
import { PULL_SECRET } from '../support/elsewhere';
import { find, manifestsOf, newChart, synth } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { expectRefusedAlone } from '../support/refused';
import { CONTAINER, newDatabase } from '../support/samples';
import { schemaErrors } from '../support/strict-schema';

function render(props: Partial<DeploymentProps> = {}) {
  const manifests = synth((chart) => new Deployment(chart, 'web', { containers: [CONTAINER], ...props }));
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  return find(manifests, 'Deployment', props.name ?? 'web');
}

describe('a Deployment', () => {
  test('runs one hardened pod, found by its visible label', () => {
    const { spec } = render();
    expect(spec.replicas).toBe(1);
    expect(spec.selector).toEqual({ matchLabels: { app: 'web' } });
    expect(spec.template.metadata.labels).toEqual({ app: 'web' });
    expect(spec).not.toHaveProperty('strategy');
  });

  // Two pods must not write to one volume at a time, and on a disk the new one would wait for ever.
  test('with a claim stops the old pod before it starts the new one', () => {
    const chart = newChart();
    const claim = new PersistentVolumeClaim(chart, 'files', { size: Size.gibibytes(1) });
    const claims = [{ name: 'files', claim, mounts: [{ path: '/files' }] }];
    new Deployment(chart, 'web', { containers: [CONTAINER], claims });
    const { spec } = find(manifestsOf(chart), 'Deployment', 'web');
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(spec.template.spec.volumes).toEqual([{ name: 'files', persistentVolumeClaim: { claimName: 'files' } }]);
  });

  test('with a claim among its volumes does so too', () => {
    const volumes = [{ name: 'files', persistentVolumeClaim: { claimName: 'files' } }];
    expect(render({ volumes }).spec.strategy).toEqual({ type: 'Recreate' });
    expect(render({ volumes: [{ name: 'config', configMap: { name: 'a' } }] }).spec).not.toHaveProperty('strategy');
  });

  test('takes every prop', () => {
    const chart = newChart();
    const claim = new PersistentVolumeClaim(chart, 'files', {
      namespace: 'shop',
      size: Size.gibibytes(1),
      accessMode: AccessMode.READ_WRITE_MANY,
    });
    const props: Required<DeploymentProps> = {
      name: 'site',
      namespace: 'shop',
      labels: { team: 'a' },
      podLabels: { version: '1' },
      podAnnotations: { note: 'x' },
      imagePullSecrets: [PULL_SECRET],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }],
        },
      },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      priorityClassName: 'high',
      serviceAccount: new ServiceAccount(chart, 'Account', { metadata: { name: 'site', namespace: 'shop' } }),
      automountServiceAccountToken: true,
      runAsUser: 33,
      runAsGroup: 34,
      fsGroup: 35,
      sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      terminationGracePeriod: Duration.seconds(5),
      replicas: 2,
      selector: { 'app.kubernetes.io/name': 'shop-site' },
      containers: [CONTAINER],
      nativeSidecars: [{ name: 'proxy', image: 'example.com/proxy:1', ports: [{ containerPort: 4000 }] }],
      initContainers: [{ name: 'init', image: 'example.com/init:1', command: ['true'] }],
      claims: [{ name: 'files', claim, mounts: [{ path: '/files' }] }],
      emptyDirs: [{ path: '/tmp' }],
      volumes: [{ name: 'config', configMap: { name: 'site' } }],
    };
    new Deployment(chart, 'web', props);
    const manifests = manifestsOf(chart);
    expect(manifests.flatMap(schemaErrors)).toEqual([
      '.spec.template.spec.initContainers[0].restartPolicy: is no field that 1.27 knows',
    ]);
    const { metadata, spec } = find(manifests, 'Deployment', 'site');
    expect(metadata).toMatchObject({
      namespace: 'shop',
      labels: { 'app.kubernetes.io/name': 'shop-site', team: 'a' },
    });
    expect(spec.selector).toEqual({ matchLabels: { 'app.kubernetes.io/name': 'shop-site' } });
    expect(spec.replicas).toBe(2);
    expect(spec.template.metadata).toMatchObject({
      labels: { 'app.kubernetes.io/name': 'shop-site', version: '1' },
      annotations: { note: 'x' },
    });
    expect(spec.template.spec).toMatchObject({
      automountServiceAccountToken: true,
      serviceAccountName: 'site',
      priorityClassName: 'high',
      terminationGracePeriodSeconds: 5,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      imagePullSecrets: [{ name: 'registry-login' }],
      securityContext: {
        runAsUser: 33,
        runAsGroup: 34,
        fsGroup: 35,
        sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
      },
    });
    expect(spec.template.spec.volumes.map(({ name }) => name).sort()).toEqual(['config', 'files', 'tmp']);
  });

  test('is let in to a database by its label', () => {
    const { chart, database } = newDatabase({ namespace: 'data' });
    const web = new Deployment(chart, 'web', { namespace: 'shop', containers: [CONTAINER] });
    expect(web.toPodSelector()).toBe(web);
    new ClientAccess(chart, 'db-from-web', { from: web, to: database });
    expect(find(manifestsOf(chart), 'NetworkPolicy', 'db-from-web').spec.ingress).toEqual([
      {
        from: [
          {
            podSelector: { matchLabels: { app: 'web' } },
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
          },
        ],
        ports: [{ port: 5432, protocol: 'TCP' }],
      },
    ]);
  });

  test('must be found by a label', () => {
    expectRefusedAlone(
      (chart) => new Deployment(chart, 'web', { selector: {}, containers: [CONTAINER] }),
      "Deployment 'test/web'",
      "'selector' must have a label, got {}: an empty one finds no pod; write { app: 'postgresql' }",
    );
  });

  test('is refused with all that is wrong at once', () => {
    expectRefusedAlone(
      (chart) =>
        new Deployment(chart, 'web', {
          name: 'x'.repeat(53),
          replicas: -1,
          podLabels: { app: 'other' },
          containers: [{ ...CONTAINER, image: 'web' }],
        }),
      "Deployment 'test/web'",
      `'name' must be a DNS label of at most 52 characters, got "${'x'.repeat(53)}": use a-z, 0-9 and '-', beginning and ending ` +
        'with a letter or digit; the names of its pods have 11 characters more',
      "'replicas' must be a whole number from 0 to 2147483647, got -1: that many pods are made",
      "'containers[0].image' must name a tag other than 'latest', or a digest, got \"web\": otherwise a pod that moves to another " +
        'node may start another version on the same data; pin it, as in postgres:17.11-bookworm',
      `'podLabels['app']' must be '${'x'.repeat(53)}', as in the selector, got "other": the set would not find its own pods; ` +
        'leave it out, or choose another selector before the set exists',
    );
  });

  // A set or Deployment whose pods are refused is accepted all the same, and stays empty.
  test('has kernel settings that are allowed in every cluster', () => {
    expectRefusedAlone(
      (chart) => new Deployment(chart, 'web', { containers: [CONTAINER], sysctls: { 'kernel.msgmax': '1' } }),
      "Deployment 'test/web'",
      '\'sysctls\' must be safe ones, got "kernel.msgmax": Pod Security and the kubelet refuse others, and a set that makes no pod ' +
        'says so only in its events; if your nodes allow it, set it by apiObject',
    );
  });

  test('must be new to its chart', () => {
    const chart = newChart();
    new Deployment(chart, 'a', { name: 'web', containers: [CONTAINER] });
    expect(() => new Deployment(chart, 'b', { name: 'web', containers: [CONTAINER] })).toThrow(
      "'name' must make a Deployment that its chart does not have yet",
    );
  });
});
