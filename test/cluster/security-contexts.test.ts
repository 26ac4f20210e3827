import { Duration, Size, Yaml } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import fc from 'fast-check';
import { ContainerResources, Pod } from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { securityContext } from '../support/security-contexts';
import { TestCluster, facts } from './support/cluster';
import { describePlayed, describePods } from './support/describe-pods';
import { DryRun } from './support/dry-run';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';

const cluster = new TestCluster(facts());
afterAll(() => cluster.clean());

const IMAGE = 'ubuntu:24.04';
const resources = ContainerResources.of({
  cpu: Cpu.millis(1),
  memory: Size.mebibytes(16),
  ephemeralStorage: Size.mebibytes(16),
});

function podOf(name: string, context: k8s.SecurityContext, script: string): Manifest {
  const chart = newChart();
  new Pod(chart, name, {
    containers: [{ name: 'server', image: IMAGE, command: ['sh', '-c', script], resources, securityContext: context }],
    emptyDirs: [{ path: '/scratch' }],
    terminationGracePeriod: Duration.seconds(0),
  });
  return manifestsOf(chart)[0]!;
}

describePlayed('random security contexts', () => {
  const CREATED = 500;

  test(`are refused with a reason, or their pods are made: ${CREATED} of them`, async () => {
    const kubectl = await cluster.namespace('security-contexts');
    const server = await DryRun.start(kubectl, 'stateful-test-security-contexts');
    let created = 0;
    let refused = 0;
    try {
      for (const context of fc.sample(securityContext(), 20 * CREATED)) {
        if (created === CREATED) break;
        let pod: Manifest;
        try {
          pod = podOf(`context-${created}`, context, 'true');
        } catch (error) {
          refused++;
          expect((error as Error).message).toMatch(/^Pod '[^\n]*':\n- 'containers\[0\]\.securityContext/);
          continue;
        }
        expect({ context, refusal: await server.make(pod) }).toEqual({ context, refusal: undefined });
        created++;
      }
    } finally {
      server.close();
    }
    expect(created).toBe(CREATED);
    expect(refused).toBeGreaterThan(CREATED / 10);
  });
});

/** As the kernel shows them: bits of capabilities in hexadecimal. */
const NONE = '0000000000000000';
const bit = (...numbers: number[]) =>
  numbers
    .reduce((sum, number) => sum | (1n << BigInt(number)), 0n)
    .toString(16)
    .padStart(16, '0');
const [CHOWN, NET_BIND_SERVICE, SYS_ADMIN] = [0, 10, 21];

/** What a container says of itself when it runs. */
interface Said {
  readonly uid?: string;
  readonly effective?: string | RegExp;
  readonly bounding?: string | RegExp;
  readonly noNewPrivileges?: '0' | '1';
  readonly seccomp?: '0' | '2';
  readonly writes?: 'yes' | 'no';
  readonly chowns?: 'yes' | 'no';
}

const SCRIPT = `
of() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status | cut -f 1; }
echo "uid $(of Uid)"
echo "effective $(of CapEff)"
echo "bounding $(of CapBnd)"
echo "noNewPrivileges $(of NoNewPrivs)"
echo "seccomp $(of Seccomp)"
{ touch /of-a-test 2> /dev/null && echo 'writes yes'; } || echo 'writes no'
touch /scratch/file
{ chown 7:7 /scratch/file 2> /dev/null && echo 'chowns yes'; } || echo 'chowns no'
echo end
exec sleep 3600
`;
const HARDENED: Said = {
  uid: '1000',
  effective: NONE,
  bounding: NONE,
  noNewPrivileges: '1',
  seccomp: '2',
  writes: 'no',
};
const FULL = /^0000[01][0-9a-f]+f$/;

/** Through our constructs, and what each must come to. */
const GIVEN: [string, k8s.SecurityContext, Said][] = [
  ['nothing', {}, { ...HARDENED, chowns: 'no' }],
  ['another user', { runAsUser: 33, runAsGroup: 33 }, { ...HARDENED, uid: '33' }],
  // Only in the bounding set: a process that is not root has it by a file alone.
  ['bind', { capabilities: { add: ['NET_BIND_SERVICE'] } }, { ...HARDENED, bounding: bit(NET_BIND_SERVICE) }],
  ['root', { runAsUser: 0 }, { ...HARDENED, uid: '0', chowns: 'no' }],
  [
    'root with chown',
    { runAsUser: 0, capabilities: { add: ['CHOWN'] } },
    { ...HARDENED, uid: '0', effective: bit(CHOWN), bounding: bit(CHOWN), chowns: 'yes' },
  ],
  [
    'root without raw',
    { runAsUser: 0, capabilities: { drop: ['NET_RAW'] } },
    { uid: '0', chowns: 'yes', noNewPrivileges: '1' },
  ],
  ['root with the runtime’s', { runAsUser: 0, capabilities: { drop: [] } }, { uid: '0', chowns: 'yes' }],
  ['root with all', { runAsUser: 0, capabilities: { add: ['ALL'] } }, { effective: FULL, noNewPrivileges: '0' }],
  [
    'root with admin',
    { runAsUser: 0, capabilities: { add: ['SYS_ADMIN'] } },
    { effective: bit(SYS_ADMIN), noNewPrivileges: '0' },
  ],
  [
    'privileged root',
    { runAsUser: 0, privileged: true },
    { effective: FULL, noNewPrivileges: '0', seccomp: '0', writes: 'no' },
  ],
  ['privileged', { privileged: true }, { uid: '1000', effective: NONE, bounding: FULL, noNewPrivileges: '0' }],
  ['escalation', { allowPrivilegeEscalation: true }, { ...HARDENED, noNewPrivileges: '0' }],
  ['writable root', { runAsUser: 0, readOnlyRootFilesystem: false }, { ...HARDENED, uid: '0', writes: 'yes' }],
  ['unconfined', { seccompProfile: { type: 'Unconfined' } }, { ...HARDENED, seccomp: '0' }],
  ['default profile', { seccompProfile: { type: 'RuntimeDefault' } }, HARDENED],
  ['not root, said twice', { runAsNonRoot: true }, HARDENED],
  ['may be root, is not', { runAsNonRoot: false }, HARDENED],
  ['selinux', { seLinuxOptions: { level: 's0:c1,c2' } }, HARDENED],
];

/** Nobody but the kubelet knows: the server takes it, and the container does not start. */
const UNSTARTED: [string, k8s.SecurityContext, RegExp][] = [
  [
    'a profile that the node does not have',
    { seccompProfile: { type: 'Localhost', localhostProfile: 'none.json' } },
    /none\.json/,
  ],
];

/** What the constructor refuses, put past it: why there is such a rule. */
const REFUSED: [string, k8s.SecurityContext, Said | RegExp][] = [
  ['root that must not be', { runAsUser: 0, runAsNonRoot: true }, /non-root/],
  [
    'a capability of another spelling',
    { runAsUser: 0, capabilities: { add: ['CAP_SYS_ADMIN'], drop: ['ALL'] } },
    { effective: NONE },
  ],
  [
    'a capability that there is not',
    { runAsUser: 0, capabilities: { add: ['TELEPORT'], drop: ['ALL'] } },
    { effective: NONE },
  ],
  ['added and dropped', { runAsUser: 0, capabilities: { add: ['CHOWN'], drop: ['CHOWN'] } }, { chowns: 'no' }],
  ['all, and all dropped', { runAsUser: 0, capabilities: { add: ['ALL'], drop: ['ALL'] } }, { effective: NONE }],
  [
    'privileged, and all dropped',
    { runAsUser: 0, privileged: true, capabilities: { drop: ['ALL'] } },
    { effective: FULL },
  ],
  [
    'privileged with a profile',
    { runAsUser: 0, privileged: true, seccompProfile: { type: 'RuntimeDefault' } },
    { seccomp: '0' },
  ],
];

interface RunningPod extends LiveObject {
  readonly status: { readonly containerStatuses?: { state: { waiting?: { message?: string } } }[] };
}

describePods('containers with security contexts', () => {
  let kubectl: Kubectl;
  const nameOf = (title: string) => title.toLowerCase().replace(/[^a-z0-9]+/g, '-');

  beforeAll(async () => {
    kubectl = await cluster.namespace('security-contexts');
    const ours = [...GIVEN, ...UNSTARTED].map(([title, context]) => podOf(nameOf(title), context, SCRIPT));
    const past = REFUSED.map(([title, context]) => {
      expect(() => podOf('refused', context, SCRIPT)).toThrow('securityContext');
      const pod = podOf(nameOf(title), {}, SCRIPT) as Manifest & { spec: { containers: k8s.Container[] } };
      // The pod asks for no root.
      const securityContext = { runAsNonRoot: context.runAsUser !== 0, ...context };
      const containers = pod.spec.containers.map((container) => ({ ...container, securityContext }));
      return { ...pod, spec: { ...pod.spec, containers } };
    });
    await kubectl.ok(['create', '--filename=-'], { input: Yaml.stringify(...ours, ...past) });
  });

  const said = async (title: string): Promise<{ [fact: string]: string }> => {
    const log = await eventually(async () => {
      const text = await kubectl.ok(['logs', nameOf(title)]);
      expect(text).toContain('end\n');
      return text;
    }, 60);
    return Object.fromEntries(log.split('\n').map((line) => line.split(' ', 2))) as { [fact: string]: string };
  };
  const expected = (facts: Said) =>
    expect.objectContaining(
      Object.fromEntries(
        Object.entries(facts).map(([fact, value]) => [
          fact,
          value instanceof RegExp ? (expect.stringMatching(value) as string) : (value as string),
        ]),
      ),
    ) as object;
  const waits = async (title: string, why: RegExp): Promise<void> =>
    eventually(async () => {
      const [pod] = await kubectl.get<RunningPod>('pod', nameOf(title));
      expect(pod!.status.containerStatuses?.[0]?.state.waiting?.message).toMatch(why);
    }, 60);

  test.each(GIVEN)('given %s', async (title, _, facts) => {
    expect(await said(title)).toEqual(expected(facts));
  });

  test.each(UNSTARTED)('with %s do not start, and the kubelet says why', async (title, _, why) => {
    await waits(title, why);
  });

  test.each(REFUSED)('that the constructor refuses: %s', async (title, _, outcome) => {
    if (outcome instanceof RegExp) await waits(title, outcome);
    else expect(await said(title)).toEqual(expected(outcome));
  });
});
