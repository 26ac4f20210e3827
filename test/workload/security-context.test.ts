import type { k8s } from 'cdk8s-plus-27';
import { Deployment, HeadlessService, PersistentStatefulSet, Pod } from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';

const IMAGE = 'example.com/server:1';
interface PodManifest {
  spec: { initContainers?: k8s.Container[]; containers: k8s.Container[] };
}

/** The context of a container that is given this one. */
function written(securityContext?: k8s.SecurityContext): k8s.SecurityContext | undefined {
  const chart = newChart();
  new Pod(chart, 'pod', {
    containers: [{ name: 'server', image: IMAGE, ...(securityContext && { securityContext }) }],
  });
  return (manifestsOf(chart)[0] as unknown as PodManifest).spec.containers[0]!.securityContext;
}

const HARDENED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

describe('a security context', () => {
  test.each<[string, k8s.SecurityContext | undefined, k8s.SecurityContext]>([
    ['nothing', undefined, HARDENED],
    ['an empty one', {}, HARDENED],
    [
      'an added capability',
      { capabilities: { add: ['NET_BIND_SERVICE'] } },
      { ...HARDENED, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } },
    ],
    [
      'capabilities to drop, which replace ALL',
      { capabilities: { drop: ['NET_RAW'] } },
      { ...HARDENED, capabilities: { drop: ['NET_RAW'] } },
    ],
    [
      'an empty list of capabilities to drop',
      { capabilities: { drop: [] } },
      { ...HARDENED, capabilities: { drop: [] } },
    ],
    [
      'SYS_ADMIN, which is a privilege',
      { capabilities: { add: ['SYS_ADMIN'] } },
      { capabilities: { add: ['SYS_ADMIN'], drop: ['ALL'] }, readOnlyRootFilesystem: true },
    ],
    [
      'all capabilities, which a drop of ALL would take away',
      { capabilities: { add: ['ALL'] } },
      { capabilities: { add: ['ALL'] }, readOnlyRootFilesystem: true },
    ],
    ['privileged', { privileged: true }, { privileged: true, readOnlyRootFilesystem: true }],
    ['privileged: false', { privileged: false }, { ...HARDENED, privileged: false }],
    ['root', { runAsUser: 0 }, { ...HARDENED, runAsNonRoot: false, runAsUser: 0 }],
    ['another user', { runAsUser: 101 }, { ...HARDENED, runAsUser: 101 }],
    [
      'what it wants to be without',
      { allowPrivilegeEscalation: true, readOnlyRootFilesystem: false },
      { ...HARDENED, allowPrivilegeEscalation: true, readOnlyRootFilesystem: false },
    ],
    ['a profile', { seccompProfile: { type: 'Unconfined' } }, { ...HARDENED, seccompProfile: { type: 'Unconfined' } }],
    [
      'undefined, which says nothing',
      {
        allowPrivilegeEscalation: undefined,
        readOnlyRootFilesystem: undefined,
        capabilities: undefined,
      },
      HARDENED,
    ],
    [
      'undefined in its capabilities',
      { capabilities: { add: ['CHOWN'], drop: undefined } },
      { ...HARDENED, capabilities: { add: ['CHOWN'], drop: ['ALL'] } },
    ],
  ])('given %s stays hardened as far as that goes', (_, given, expected) => {
    expect(written(given)).toEqual(expected);
  });

  test('of an init container that is root changes nothing of the pod and its other containers', () => {
    const chart = newChart();
    new Deployment(chart, 'shop', {
      initContainers: [{ name: 'chown', image: IMAGE, securityContext: { runAsUser: 0 } }],
      containers: [{ name: 'server', image: IMAGE }],
    });
    const { spec } = (manifestsOf(chart)[0] as unknown as { spec: { template: PodManifest } }).spec.template;
    expect(spec).toMatchObject({ securityContext: { runAsNonRoot: true, runAsUser: 1000 } });
    expect(spec.initContainers![0]!.securityContext).toEqual({ ...HARDENED, runAsNonRoot: false, runAsUser: 0 });
    expect(spec.containers[0]!.securityContext).toEqual(HARDENED);
  });
});

describe('a security context is refused', () => {
  test.each<[string, k8s.SecurityContext, string[]]>([
    [
      'with names that a runtime ignores',
      { capabilities: { add: ['CAP_SYS_ADMIN', 'net_raw', 'TELEPORT'], drop: ['all'] } },
      [
        `'containers[0].securityContext.capabilities.add' must have names of Linux capabilities, got "CAP_SYS_ADMIN": with another spelling a runtime may ignore it without a word; write 'SYS_ADMIN'`,
        `'containers[0].securityContext.capabilities.add' must have names of Linux capabilities, got "net_raw": with another spelling a runtime may ignore it without a word; write 'NET_RAW'`,
        `'containers[0].securityContext.capabilities.add' must have names of Linux capabilities, got "TELEPORT": with another spelling a runtime may ignore it without a word; write it as in 'NET_BIND_SERVICE', without 'CAP_'`,
        `'containers[0].securityContext.capabilities.drop' must have names of Linux capabilities, got "all": with another spelling a runtime may ignore it without a word; write 'ALL'`,
      ],
    ],
    [
      'that adds what it drops',
      { capabilities: { add: ['CHOWN', 'ALL'], drop: ['ALL', 'CHOWN'] } },
      [
        `'containers[0].securityContext.capabilities' must not add and drop the same, got "CHOWN": the runtime would drop it; leave it out of one of them`,
        `'containers[0].securityContext.capabilities' must not add and drop the same, got "ALL": the runtime would drop it; leave it out of one of them`,
      ],
    ],
    [
      'that is privileged and less at once',
      {
        privileged: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      [
        `'containers[0].securityContext.capabilities.drop' must be left out with privileged, got ["ALL"]: the runtime gives all of them to a privileged container; leave one of the two out`,
        `'containers[0].securityContext.allowPrivilegeEscalation' must not be false with privileged, got false: a privileged container has every privilege, and the server refuses it; leave one of the two out`,
        `'containers[0].securityContext.seccompProfile' must be left out with privileged, got "RuntimeDefault": the runtime applies no profile to a privileged container; leave one of the two out`,
      ],
    ],
    [
      'that is root and must not be',
      { runAsUser: 0, runAsNonRoot: true },
      [
        `'containers[0].securityContext.runAsNonRoot' must not be true with runAsUser 0, got true: the kubelet refuses to start a container that is root and must not be; leave it out`,
      ],
    ],
    [
      'with ids that are none',
      { runAsUser: -1, runAsGroup: 2147483648 },
      [
        `'containers[0].securityContext.runAsUser' must be a whole number from 0 to 2147483647, got -1: write the number of the id in the image`,
        `'containers[0].securityContext.runAsGroup' must be a whole number from 0 to 2147483647, got 2147483648: write the number of the id in the image`,
      ],
    ],
    [
      'with half a seccomp profile',
      { seccompProfile: { type: 'Localhost' } },
      [
        `'containers[0].securityContext.seccompProfile.localhostProfile' must be a relative path with type 'Localhost', got nothing: it is a file below the kubelet's folder of profiles on each node; write 'profiles/server.json'`,
      ],
    ],
    [
      'with a seccomp profile that would not be used',
      { seccompProfile: { type: 'Default', localhostProfile: 'x.json' } },
      [
        `'containers[0].securityContext.seccompProfile.type' must be one of 'RuntimeDefault', 'Unconfined', 'Localhost', got "Default": write 'RuntimeDefault'`,
        `'containers[0].securityContext.seccompProfile.localhostProfile' must be left out with type 'Default', got "x.json": it would not be used; write type: 'Localhost', or leave it out`,
      ],
    ],
    [
      'for what its pods cannot be',
      { procMount: 'Unmasked', windowsOptions: { hostProcess: true } },
      [
        `'containers[0].securityContext.procMount' must be 'Default', got "Unmasked": any other needs a pod in a user namespace of its own; set both by apiObject`,
        `'containers[0].securityContext.windowsOptions' must be left out, got {"hostProcess":true}: the pods here are for Linux, where the kubelet ignores it; leave it out`,
      ],
    ],
  ])('%s', (_, given, expected) => {
    const chart = newChart();
    const service = new HeadlessService(chart, 'service', { ports: [{ name: 'sql', port: 5432 }] });
    const make = () =>
      new PersistentStatefulSet(chart, 'set', {
        service,
        containers: [{ name: 'server', image: IMAGE, securityContext: given }],
      });
    expect(make).toThrow(
      new Error([`PersistentStatefulSet '${chart.node.path}/set':`, ...expected.map((line) => `- ${line}`)].join('\n')),
    );
  });

  test.each(['../x.json', '/x.json', 'a/../b.json'])('with the seccomp profile %s', (localhostProfile) => {
    expect(() => written({ seccompProfile: { type: 'Localhost', localhostProfile } })).toThrow(
      'must be a relative path',
    );
  });

  test.each(['x.json', 'profiles/x..json', '..x/y.json'])('but not with the seccomp profile %s', (localhostProfile) => {
    const profile = { type: 'Localhost', localhostProfile };
    expect(written({ seccompProfile: profile })).toEqual({ ...HARDENED, seccompProfile: profile });
  });
});
