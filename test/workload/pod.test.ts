import { Duration, Size } from 'cdk8s';
import { ServiceAccount } from 'cdk8s-plus-27';
import { PersistentVolumeClaim, Pod } from '../../lib';
import type { PodClaim, PodProps } from '../../lib';
import { PULL_SECRET } from '../support/elsewhere';
import { find, manifestsOf, named, newChart, synth } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';
import { expectRefused, expectRefusedAlone } from '../support/refused';
import { CONTAINER } from '../support/samples';
import { schemaErrors } from '../support/strict-schema';

describe('a pod', () => {
  test('is hardened by default, and writes nothing that it does not need', () => {
    const manifests = synth((chart) => new Pod(chart, 'ubuntu', { containers: [CONTAINER] }));
    expect(manifests).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'ubuntu', labels: { app: 'ubuntu' } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            runAsGroup: 1000,
            fsGroup: 1000,
            fsGroupChangePolicy: 'OnRootMismatch',
            seccompProfile: { type: 'RuntimeDefault' },
          },
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              ...CONTAINER,
              resources: { requests: { cpu: '100m', memory: '128Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
              },
            },
          ],
        },
      },
    ]);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  });

  test('takes every prop', () => {
    const chart = newChart();
    const claim = new PersistentVolumeClaim(chart, 'my-claim', { namespace: 'shop', size: Size.gibibytes(1) });
    const podClaim: Required<PodClaim> = {
      name: 'volume',
      claim,
      mounts: [{ path: '/mnt/azure' }, { path: '/sub', subPath: 'sub', container: 'init', readOnly: true }],
    };
    const props: Required<PodProps> = {
      name: 'my.pod',
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
      tolerations: [{ operator: 'Exists' }],
      priorityClassName: 'low',
      sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      serviceAccount: ServiceAccount.fromServiceAccountName(chart, 'Account', 'reader'),
      automountServiceAccountToken: true,
      runAsUser: 33,
      runAsGroup: 34,
      fsGroup: 35,
      terminationGracePeriod: Duration.seconds(0),
      containers: [CONTAINER],
      nativeSidecars: [{ name: 'proxy', image: 'example.com/proxy:1', ports: [{ containerPort: 4000 }] }],
      initContainers: [{ ...CONTAINER, name: 'init', volumeMounts: [{ name: 'config', mountPath: '/config' }] }],
      claims: [podClaim],
      emptyDirs: [{ path: '/tmp' }],
      volumes: [{ name: 'config', configMap: { name: 'config' } }],
    };
    const pod = new Pod(chart, 'x', props);
    const object = find(manifestsOf(chart), 'Pod', 'my.pod');
    expect(schemaErrors(object)).toEqual(['.spec.initContainers[0].restartPolicy: is no field that 1.27 knows']);
    expect(object.metadata).toMatchObject({
      name: 'my.pod',
      namespace: 'shop',
      labels: { app: 'my.pod', team: 'a', version: '1' },
      annotations: { note: 'x' },
    });
    expect(object.spec).toMatchObject({
      serviceAccountName: 'reader',
      automountServiceAccountToken: true,
      securityContext: { runAsUser: 33, runAsGroup: 34, fsGroup: 35 },
      terminationGracePeriodSeconds: 0,
      volumes: [
        { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
        { name: 'volume', persistentVolumeClaim: { claimName: 'my-claim' } },
        { name: 'config', configMap: { name: 'config' } },
      ],
      imagePullSecrets: [{ name: 'registry-login' }],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ operator: 'Exists' }],
      priorityClassName: 'low',
    });
    expect(named(object.spec.containers, 'server').volumeMounts).toEqual([
      { name: 'volume', mountPath: '/mnt/azure' },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
    expect(named(object.spec.initContainers, 'init').volumeMounts).toEqual([
      { name: 'volume', mountPath: '/sub', subPath: 'sub', readOnly: true },
      { name: 'config', mountPath: '/config' },
    ]);
    expect(pod).toMatchObject({ podName: 'my.pod', namespace: 'shop' });
    expect(pod.apiObject.toJson()).toEqual(object);
  });

  test('can be named in policies of cdk8s-plus, by labels that one can see', () => {
    const pod = new Pod(newChart(), 'client', { containers: [CONTAINER] });
    expect(pod.namespace).toBeUndefined();
    expect(pod.toPodSelector()).toBe(pod);
    expect(pod.toPodSelectorConfig().namespaces).toBeUndefined();
    expect(pod.toPodSelectorConfig().labelSelector._toKube()).toEqual({ matchLabels: { app: 'client' } });
    expect(pod.toNetworkPolicyPeerConfig()).toEqual({ podSelector: pod.toPodSelectorConfig() });
    const other = new Pod(newChart({ namespace: 'shop' }), 'client', { containers: [CONTAINER] });
    expect(other.namespace).toBe('shop');
    expect(other.toPodSelectorConfig().namespaces).toEqual({ names: ['shop'] });
  });

  test('names all that is wrong with its props at once', () => {
    const chart = newChart();
    const claim = new PersistentVolumeClaim(chart, 'data', { size: Size.gibibytes(1) });
    expectRefused(
      chart,
      () =>
        new Pod(chart, 'x', {
          name: 'a_b',
          namespace: 'A',
          containers: [{ name: 'c', image: 'ubuntu' }],
          runAsUser: 0,
          claims: [
            { name: 'v', claim, mounts: [{ path: 'x' }, { path: '/y', subPath: '..', container: 'd' }] },
            { name: 'v', claim, mounts: [{ path: '/y' }] },
          ],
          podLabels: { app: 'y' },
        }),
      "Pod 'test/x'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "a_b": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      "'claims[0].mounts[0].path' must be an absolute path below '/', without ':' and '..', got \"x\": write it as '/var/lib/data'",
      "'claims[0].mounts[1].subPath' must be a relative path inside the volume, without '..', got \"..\": write it as 'modules'",
      '\'namespace\' must be a DNS label of at most 63 characters, got "A": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'runAsUser' must be a whole number from 1 to 2147483647, got 0: " +
        'use the id of the image, or 1000; a container that must be root says so: securityContext: { runAsUser: 0 }',
      "'containers[0].image' must name a tag other than 'latest', or a digest, got \"ubuntu\": " +
        'otherwise a pod that moves to another node may start another version on the same data; ' +
        'pin it, as in postgres:17.11-bookworm',
      '\'volumes\' must not have two volumes of one name, got "v": claims, emptyDirs and volumes share their names',
      "'claims[0].mounts[1].container' must be a container of the pod, got \"d\": the pod has 'c'",
      "'podLabels['app']' must be 'a_b', as in the selector, got \"y\": " +
        'the set would not find its own pods; leave it out, or choose another selector before the set exists',
    );
  });

  // Its name is a pod's, up to 253 characters with dots, but also the value of the label that it is found by.
  test('cannot have a name that is too long for the label app', () => {
    expect(() => new Pod(newChart(), 'x'.repeat(64), { containers: [CONTAINER] })).toThrow('63 characters');
  });

  test('must be new to its chart', () => {
    const chart = newChart();
    new Pod(chart, 'a', { name: 'pod', containers: [CONTAINER] });
    expectRefused(
      chart,
      () => new Pod(chart, 'b', { name: 'pod', containers: [CONTAINER] }),
      "Pod 'test/b'",
      "'selector' must find no pods of 'test/a', got {\"app\":\"pod\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      '\'name\' must make a Pod that its chart does not have yet, got "pod": ' +
        "'test/a/Resource' is the same object to kubectl, which would keep only one of them; choose another name or namespace",
    );
  });

  test('has whole seconds to stop', () => {
    expectRefusedAlone(
      (chart) => new Pod(chart, 'x', { containers: [CONTAINER], terminationGracePeriod: Duration.millis(1500) }),
      "Pod 'test/x'",
      "'terminationGracePeriod' must be a whole number from 0 to 2147483647, got 1.5: write Duration.seconds(30)",
    );
  });

  test('must have a container', () => {
    expectRefusedAlone(
      (chart) => new Pod(chart, 'x', { containers: [] }),
      "Pod 'test/x'",
      "'containers' must name a container, got []: write [{ name: 'server', image: 'postgres:17.11' }]",
    );
  });
});
