import { Size } from 'cdk8s';
import { Secret, ServiceAccount } from 'cdk8s-plus-27';
import {
  AccessMode,
  DatabaseEngine,
  Deployment,
  HeadlessService,
  PersistentStatefulSet,
  PersistentVolumeClaim,
  Pod,
  StatefulDatabase,
} from '../../lib';
import { newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER } from '../support/samples';

const size = Size.gibibytes(1);
const WAY_OUT =
  "pods find only what is in their own, and would wait for ever; make it in 'shop' too, or refer to the one there by its name";
const elsewhere = (prop: string) => `'${prop}' must be in the namespace of the pods, 'shop', got "other": ${WAY_OUT}`;

function newParts() {
  const chart = newChart({ namespace: 'shop' });
  const metadata = { namespace: 'other' };
  const claim = new PersistentVolumeClaim(chart, 'claim', { namespace: 'other', size });
  return {
    chart,
    claims: [{ name: 'data', claim, mounts: [{ path: '/data' }] }],
    serviceAccount: new ServiceAccount(chart, 'Account', { metadata }),
    secret: new Secret(chart, 'Secret', { metadata }),
  };
}

describe('what pods name is refused in another namespace', () => {
  const problems = [elsewhere('serviceAccount'), elsewhere('imagePullSecrets[0]')];

  test.each([
    ['a pod', Pod],
    ['a Deployment', Deployment],
  ])('by %s', (_, Workload) => {
    const { chart, claims, serviceAccount, secret } = newParts();
    const props = { containers: [CONTAINER], claims, serviceAccount, imagePullSecrets: [secret] };
    expectRefused(
      chart,
      () => new Workload(chart, 'x', props),
      `${Workload.name} 'test/x'`,
      elsewhere('claims[0].claim'),
      ...problems,
    );
  });

  test('by a set', () => {
    const { chart, serviceAccount, secret } = newParts();
    const service = new HeadlessService(chart, 'db', { ports: [{ name: 'sql', port: 5432 }] });
    const props = { service, containers: [CONTAINER], serviceAccount, imagePullSecrets: [secret] };
    expectRefused(
      chart,
      () => new PersistentStatefulSet(chart, 'x', props),
      "PersistentStatefulSet 'test/x'",
      ...problems,
    );
  });

  test('by a database', () => {
    const { chart, secret } = newParts();
    const password = { secret, key: 'password' };
    const props = {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      password,
      applicationUser: { name: 'shop', password },
      storage: { size },
    };
    expectRefused(
      chart,
      () => new StatefulDatabase(chart, 'x', props),
      "StatefulDatabase 'test/x'",
      elsewhere('password.secret'),
      elsewhere('applicationUser.password.secret'),
    );
  });
});

test('what pods name may be in a namespace that is not known', () => {
  const chart = newChart({ namespace: 'shop' });
  const claim = PersistentVolumeClaim.fromClaimName(chart, 'claim', 'data');
  const serviceAccount = ServiceAccount.fromServiceAccountName(chart, 'Account', 'reader');
  const claims = [{ name: 'data', claim, mounts: [{ path: '/data' }] }];
  expect(() => new Pod(chart, 'x', { containers: [CONTAINER], claims, serviceAccount })).not.toThrow();
  const made = new PersistentVolumeClaim(newChart(), 'data', { size });
  const unknown = [{ name: 'data', claim: made, mounts: [{ path: '/data' }] }];
  expect(() => new Pod(chart, 'y', { containers: [CONTAINER], claims: unknown })).not.toThrow();
});

describe('a Deployment of several pods', () => {
  const make = (accessMode: AccessMode | undefined, replicas: number) => {
    const chart = newChart();
    const claim = new PersistentVolumeClaim(chart, 'data', { size, ...(accessMode && { accessMode }) });
    const claims = [{ name: 'data', claim, mounts: [{ path: '/data' }] }];
    return { chart, make: () => new Deployment(chart, 'x', { containers: [CONTAINER], replicas, claims }) };
  };

  test.each([undefined, AccessMode.READ_WRITE_ONCE, AccessMode.READ_WRITE_ONCE_POD])(
    'is refused with a volume that one node mounts: %s',
    (accessMode) => {
      const refused = make(accessMode, 2);
      expectRefused(
        refused.chart,
        refused.make,
        "Deployment 'test/x'",
        `'claims[0].claim' must be for many nodes with more than one replica, got "${accessMode ?? 'ReadWriteOnce'}": a pod on another ` +
          'node would wait for ever; write replicas: 1, take a share with READ_WRITE_MANY, or a PersistentStatefulSet, whose pods ' +
          'have a volume each',
      );
      expect(make(accessMode, 1).make).not.toThrow();
    },
  );

  test.each([AccessMode.READ_WRITE_MANY, AccessMode.READ_ONLY_MANY])('is taken with one for many nodes: %s', (mode) => {
    expect(make(mode, 3).make).not.toThrow();
  });
});
