import type { Manifest } from './manifests';
import { podSecurityErrors } from './pod-security';

const GOOD = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const GOOD_POD = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

function pod(container: object = {}, spec: object = {}): Manifest {
  const containers = [{ name: 'c', securityContext: GOOD, ...container }];
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { securityContext: GOOD_POD, containers, ...spec },
  };
  return object;
}

describe('the checker of Pod Security "restricted"', () => {
  test('accepts a pod that fulfils it', () => {
    expect(podSecurityErrors(pod())).toEqual([]);
  });

  test('looks into the template of a set, and at its init containers', () => {
    const template = {
      metadata: {},
      spec: { securityContext: GOOD_POD, containers: [], initContainers: [{ name: 'i' }] },
    };
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' }, spec: { template } };
    expect(podSecurityErrors(set as Manifest)).toEqual([
      'i: allowPrivilegeEscalation is not false',
      'i: does not drop ALL capabilities',
    ]);
  });

  test.each<[string, object, object, string[]]>([
    ['a privileged container', { securityContext: { ...GOOD, privileged: true } }, {}, ['c: privileged']],
    [
      'an added capability',
      { securityContext: { ...GOOD, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
      {},
      ['c: adds SYS_ADMIN'],
    ],
    ['a root user', { securityContext: { ...GOOD, runAsUser: 0 } }, {}, ['c: runAsUser 0']],
    ['a root user of the pod', {}, { securityContext: { ...GOOD_POD, runAsUser: 0 } }, ['pod: runAsUser 0']],
    ['no seccomp profile', {}, { securityContext: { runAsNonRoot: true } }, ['c: no seccomp profile']],
    [
      'an unconfined one',
      {},
      { securityContext: { ...GOOD_POD, seccompProfile: { type: 'Unconfined' } } },
      ['pod: seccomp profile Unconfined'],
    ],
    [
      'a user that may be root',
      {},
      { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      ['c: runAsNonRoot is not true'],
    ],
    ['a host path', {}, { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, ['volume v is hostPath']],
    ['an inline NFS volume', {}, { volumes: [{ name: 'v', nfs: { server: 's', path: '/' } }] }, ['volume v is nfs']],
    ['the network of the host', {}, { hostNetwork: true }, ['hostNetwork']],
    ['a port of the host', { ports: [{ containerPort: 1, hostPort: 1 }] }, {}, ['c: hostPort']],
    [
      'an unsafe sysctl',
      {},
      { securityContext: { ...GOOD_POD, sysctls: [{ name: 'kernel.msgmax' }] } },
      ['sysctl kernel.msgmax'],
    ],
    ['another proc mount', { securityContext: { ...GOOD, procMount: 'Unmasked' } }, {}, ['c: procMount Unmasked']],
  ])('refuses %s', (_, container, spec, errors) => {
    expect(podSecurityErrors(pod(container, spec))).toEqual(errors);
  });
});
