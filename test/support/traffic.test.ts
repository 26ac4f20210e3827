import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec';
import { namespaceNamed } from './cluster';
import type { ClusterPod } from './cluster';
import type { Manifest } from './manifests';
import { trafficIn } from './traffic';
import type { Connection } from './traffic';

function pod(name: string, namespace = 'default', more: Partial<ClusterPod> = {}): ClusterPod {
  return { name, ...namespaceNamed(namespace), labels: { app: name }, ports: [], ...more };
}

const DB = pod('db', 'default', {
  ports: [
    { name: 'sql', containerPort: 5432 },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
  ],
});
const WEB = pod('web');
const SHOP = pod('shop');
const WEB_ELSEWHERE = pod('web', 'elsewhere');
const OUTSIDE = { address: '203.0.113.7' };
const OUTSIDE_6 = { address: '2001:db8::7' };

const app = (name: string) => ({ matchLabels: { app: name } });
const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

function policy(spec: INetworkPolicySpec, namespace?: string): Manifest {
  const metadata = { name: 'policy', ...(namespace !== undefined && { namespace }) };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, ...{ spec } };
}

/** One that selects the database. */
function ofDb(spec: Omit<INetworkPolicySpec, 'podSelector'>, namespace?: string): Manifest {
  return policy({ podSelector: app('db'), ...spec }, namespace);
}

const CLOSED = ofDb({ policyTypes: ['Ingress'] });

type Ingress = NonNullable<INetworkPolicySpec['ingress']>[number];
type Egress = NonNullable<INetworkPolicySpec['egress']>[number];
const peer = (from: NonNullable<Ingress['from']>[number]) => [ofDb({ ingress: [{ from: [from] }] })];
const port = (ports: NonNullable<Ingress['ports']>[number]) => [ofDb({ ingress: [{ ports: [ports] }] })];
const webMay = (rule: Egress) => [policy({ podSelector: app('web'), policyTypes: ['Egress'], egress: [rule] })];

type Case = [what: string, policies: Manifest[], connection: Partial<Connection>, isLetIn: boolean];

/** From web to the database's port, unless the case says otherwise. */
function testCases(subject: string, cases: Case[]): void {
  describe(subject, () => {
    test.each(cases)('%s', (_, policies, connection, expected) => {
      expect(trafficIn(policies)({ from: WEB, to: DB, port: 5432, ...connection })).toBe(expected);
    });
  });
}

testCases('a policy', [
  ['is not there: all is open', [], {}, true],
  ['is not there: it is open to the world', [], { from: OUTSIDE }, true],
  ['without a rule closes', [CLOSED], {}, false],
  ['without a rule closes to the world', [CLOSED], { from: OUTSIDE }, false],
  ['without a rule closes to pods of the same labels', [CLOSED], { from: { ...DB, name: 'db-1' } }, false],
  ['never closes a pod to itself', [CLOSED], { from: DB }, true],
  ['closes to its namesake elsewhere', [CLOSED], { from: pod('db', 'elsewhere') }, false],
  ['of other pods says nothing', [policy({ podSelector: app('shop') })], {}, true],
  ['with an empty selector selects all pods', [policy({ podSelector: {} })], {}, false],
  ['of another namespace says nothing', [ofDb({}, 'elsewhere')], {}, true],
  ['without a namespace belongs to default', [ofDb({}, 'default')], {}, false],
  ['of another API is another thing', [{ ...CLOSED, apiVersion: 'crd.projectcalico.org/v1' }], {}, true],
  ['adds to another', [CLOSED, ...peer({ podSelector: app('web') })], {}, true],
  ['adds to another, in any order', [...peer({ podSelector: app('web') }), CLOSED], {}, true],
  [
    'lends none of its ports to the peers of another',
    [
      ofDb({ ingress: [{ from: [{ podSelector: app('web') }], ports: [{ port: 80 }] }] }),
      ofDb({ ingress: [{ from: [{ podSelector: app('shop') }], ports: [{ port: 5432 }] }] }),
    ],
    {},
    false,
  ],
]);

testCases('a rule', [
  ['without from lets in everybody', [ofDb({ ingress: [{ ports: [{ port: 5432 }] }] })], { from: OUTSIDE }, true],
  ['with an empty from lets in everybody', [ofDb({ ingress: [{ from: [] }] })], { from: OUTSIDE }, true],
  ['without ports opens all', peer({ podSelector: app('web') }), { port: 1, protocol: 'SCTP' }, true],
  [
    'with empty ports opens all',
    [ofDb({ ingress: [{ from: [{ podSelector: app('web') }], ports: [] }] })],
    { port: 1, protocol: 'UDP' },
    true,
  ],
  [
    'lets in each of its peers',
    [ofDb({ ingress: [{ from: [{ podSelector: app('shop') }, { podSelector: app('web') }] }] })],
    {},
    true,
  ],
  ['opens each of its ports', [ofDb({ ingress: [{ ports: [{ port: 80 }, { port: 5432 }] }] })], {}, true],
  [
    'adds to another rule',
    [ofDb({ ingress: [{ from: [{ podSelector: app('shop') }] }, { from: [{ podSelector: app('web') }] }] })],
    {},
    true,
  ],
  [
    'lends none of its ports to another rule',
    [
      ofDb({
        ingress: [
          { from: [{ podSelector: app('web') }], ports: [{ port: 80 }] },
          { from: [{ podSelector: app('shop') }], ports: [{ port: 5432 }] },
        ],
      }),
    ],
    {},
    false,
  ],
  [
    'needs the peer and the port',
    [ofDb({ ingress: [{ from: [{ podSelector: app('web') }], ports: [{ port: 80 }] }] })],
    {},
    false,
  ],
  [
    'needs the port and the peer',
    [ofDb({ ingress: [{ from: [{ podSelector: app('shop') }], ports: [{ port: 5432 }] }] })],
    {},
    false,
  ],
]);

testCases('a peer', [
  ['by pod labels is let in', peer({ podSelector: app('web') }), {}, true],
  ['by other pod labels is not', peer({ podSelector: app('shop') }), {}, false],
  ['by pod labels is in the own namespace', peer({ podSelector: app('web') }), { from: WEB_ELSEWHERE }, false],
  ['by an empty pod selector is any pod', peer({ podSelector: {} }), { from: SHOP }, true],
  ['by an empty pod selector is in the own namespace', peer({ podSelector: {} }), { from: WEB_ELSEWHERE }, false],
  ['by an empty pod selector is a pod', peer({ podSelector: {} }), { from: OUTSIDE }, false],
  [
    'by namespace is any pod of it',
    peer({ namespaceSelector: inNamespace('elsewhere') }),
    { from: WEB_ELSEWHERE },
    true,
  ],
  ['by namespace is not in the own one', peer({ namespaceSelector: inNamespace('elsewhere') }), {}, false],
  ['by an empty namespace selector is in any', peer({ namespaceSelector: {} }), { from: WEB_ELSEWHERE }, true],
  ['by an empty namespace selector is a pod', peer({ namespaceSelector: {} }), { from: OUTSIDE }, false],
  [
    'by both is let in',
    peer({ podSelector: app('web'), namespaceSelector: inNamespace('elsewhere') }),
    { from: WEB_ELSEWHERE },
    true,
  ],
  [
    'by both needs the namespace',
    peer({ podSelector: app('web'), namespaceSelector: inNamespace('elsewhere') }),
    {},
    false,
  ],
  [
    'by both needs the labels',
    peer({ podSelector: app('shop'), namespaceSelector: inNamespace('elsewhere') }),
    { from: WEB_ELSEWHERE },
    false,
  ],
  [
    'by one of two needs only one',
    [ofDb({ ingress: [{ from: [{ podSelector: app('shop') }, { namespaceSelector: inNamespace('elsewhere') }] }] })],
    { from: WEB_ELSEWHERE },
    true,
  ],
  [
    'by an expression is let in',
    peer({ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } }),
    {},
    true,
  ],
  [
    'by an expression of namespaces is not, where it does not hold',
    peer({
      namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'DoesNotExist' }] },
    }),
    {},
    false,
  ],
]);

testCases('a block of addresses', [
  ['holds an address', peer({ ipBlock: { cidr: '203.0.113.0/29' } }), { from: OUTSIDE }, true],
  ['ends where it says', peer({ ipBlock: { cidr: '203.0.113.0/29' } }), { from: { address: '203.0.113.8' } }, false],
  ['is the world', peer({ ipBlock: { cidr: '0.0.0.0/0' } }), { from: OUTSIDE }, true],
  [
    'has exceptions',
    peer({ ipBlock: { cidr: '203.0.0.0/16', except: ['203.0.1.0/24', '203.0.113.0/24'] } }),
    { from: OUTSIDE },
    false,
  ],
  [
    'has other exceptions',
    peer({ ipBlock: { cidr: '203.0.0.0/16', except: ['203.0.1.0/24'] } }),
    { from: OUTSIDE },
    true,
  ],
  [
    'has exceptions that another peer may let in',
    [
      ofDb({
        ingress: [
          {
            from: [
              { ipBlock: { cidr: '203.0.0.0/16', except: ['203.0.113.0/24'] } },
              { ipBlock: { cidr: '203.0.113.7/32' } },
            ],
          },
        ],
      }),
    ],
    { from: OUTSIDE },
    true,
  ],
  ['holds addresses of IPv6', peer({ ipBlock: { cidr: '2001:db8::/64' } }), { from: OUTSIDE_6 }, true],
  ['ends there as well', peer({ ipBlock: { cidr: '2001:db8:1::/64' } }), { from: OUTSIDE_6 }, false],
  ['of IPv4 holds none of IPv6', peer({ ipBlock: { cidr: '0.0.0.0/0' } }), { from: OUTSIDE_6 }, false],
  ['of IPv6 holds none of IPv4', peer({ ipBlock: { cidr: '::/0' } }), { from: OUTSIDE }, false],
  ['holds pods', peer({ ipBlock: { cidr: '10.0.0.0/8' } }), { from: { ...WEB, address: '10.1.2.3' } }, true],
  [
    'does not hold other pods',
    peer({ ipBlock: { cidr: '10.0.0.0/16' } }),
    { from: { ...WEB, address: '10.1.2.3' } },
    false,
  ],
]);

testCases('a port', [
  ['by number is open', port({ port: 5432 }), {}, true],
  ['by number is not its neighbour', port({ port: 5432 }), { port: 5433 }, false],
  ['is of TCP', port({ port: 5432 }), { protocol: 'UDP' }, false],
  ['may be of UDP', port({ port: 5432, protocol: 'UDP' }), { protocol: 'UDP' }, true],
  ['of UDP is not of TCP', port({ port: 5432, protocol: 'UDP' }), {}, false],
  ['without a number is any of its protocol', port({ protocol: 'UDP' }), { port: 1, protocol: 'UDP' }, true],
  ['without a number is of no other protocol', port({ protocol: 'UDP' }), {}, false],
  ['without anything is any of TCP', port({}), { port: 1 }, true],
  ['without anything is none of UDP', port({}), { port: 1, protocol: 'UDP' }, false],
  ['begins a range', port({ port: 5432, endPort: 5434 }), {}, true],
  ['ends a range', port({ port: 5430, endPort: 5432 }), {}, true],
  ['is below a range', port({ port: 5433, endPort: 5440 }), {}, false],
  ['is above a range', port({ port: 5430, endPort: 5431 }), {}, false],
  ['by name is that of the container', port({ port: 'sql' }), {}, true],
  ['by name is no other', port({ port: 'sql' }), { port: 53 }, false],
  ['by a name that the pod does not have is none', port({ port: 'http' }), {}, false],
  ['by name is of its protocol', port({ port: 'dns', protocol: 'UDP' }), { port: 53, protocol: 'UDP' }, true],
  ['by name is of no other protocol', port({ port: 'dns' }), { port: 53 }, false],
]);

testCases('a policy of egress', [
  ['lets out to its peers', webMay({ to: [{ podSelector: app('db') }] }), {}, true],
  ['lets out to nobody else', webMay({ to: [{ podSelector: app('shop') }] }), {}, false],
  ['lets out to its ports', webMay({ ports: [{ port: 5432 }] }), {}, true],
  ['lets out to no other ports', webMay({ ports: [{ port: 80 }] }), {}, false],
  ['knows ports by the names of the pod that is connected to', webMay({ ports: [{ port: 'sql' }] }), {}, true],
  ['knows no port of an address by name', webMay({ ports: [{ port: 'sql' }] }), { to: OUTSIDE }, false],
  ['lets out to addresses', webMay({ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }), { to: OUTSIDE }, true],
  ['lets out to no other addresses', webMay({ to: [{ ipBlock: { cidr: '203.0.113.0/30' } }] }), { to: OUTSIDE }, false],
  ['says nothing of other pods', webMay({ to: [], ports: [{ port: 1 }] }), { from: SHOP }, true],
  ['says nothing of who is let in', webMay({ ports: [{ port: 1 }] }), { from: SHOP, to: WEB }, true],
  ['does not open the other end', [CLOSED, ...webMay({ to: [{ podSelector: app('db') }] })], {}, false],
  [
    'is not opened by the other end',
    [...peer({ podSelector: app('web') }), ...webMay({ to: [{ podSelector: app('shop') }] })],
    {},
    false,
  ],
  [
    'agrees with the other end',
    [...peer({ podSelector: app('web') }), ...webMay({ to: [{ podSelector: app('db') }] })],
    {},
    true,
  ],
  [
    'looks for pods in its own namespace, which is that of the client',
    [policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] }, 'elsewhere')],
    { from: WEB_ELSEWHERE },
    false,
  ],
]);

testCases('the types of a policy', [
  ['are Ingress', [ofDb({})], {}, false],
  ['are Ingress where the list is empty', [ofDb({ policyTypes: [] })], {}, false],
  ['are not Egress', [ofDb({})], { from: DB, to: WEB }, true],
  ['are not Egress without a rule', [ofDb({ egress: [] })], { from: DB, to: WEB }, true],
  ['are Egress with a rule', [ofDb({ egress: [{ ports: [{ port: 1 }] }] })], { from: DB, to: WEB }, false],
  ['are Ingress as well, with a rule of egress', [ofDb({ egress: [{}] })], {}, false],
  ['that leave out Egress leave its rules out', [ofDb({ policyTypes: ['Ingress'], egress: [{ ports: [{ port: 1 }] }] })], { from: DB, to: WEB }, true], // prettier-ignore
  ['that leave out Ingress leave it open', [ofDb({ policyTypes: ['Egress'], ingress: [] })], {}, true],
  ['with Egress and no rule shut in', [ofDb({ policyTypes: ['Egress'] })], { from: DB, to: WEB }, false],
  [
    'with Egress and no rule shut in from the world',
    [ofDb({ policyTypes: ['Egress'] })],
    { from: DB, to: OUTSIDE },
    false,
  ],
]);

describe('no answer is given', () => {
  const connection = { from: WEB, to: DB, port: 5432 };

  test('where it depends on an address that is not known', () => {
    const isLetIn = trafficIn(peer({ ipBlock: { cidr: '10.0.0.0/8' } }));
    expect(() => isLetIn(connection)).toThrow("a policy asks for the address of 'web'");
  });

  test.each<[string, NonNullable<Ingress['from']>[number]]>([
    ['nothing', {}],
    ['addresses and labels', { ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }],
  ])('for a peer by %s, which the server refuses', (_, refused) => {
    expect(() => trafficIn(peer(refused))(connection)).toThrow(
      'the server refuses a peer that is not either an ipBlock or selectors',
    );
  });
});
