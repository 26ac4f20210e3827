import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import {
  accessCase,
  backupCase,
  buildAccess,
  buildBackup,
  buildCopy,
  buildDatabase,
  buildPod,
  buildSet,
  copyCase,
  databaseProps,
  podCase,
  setCase,
} from '../support/arbitraries';
import { invariantErrors } from '../support/invariants';
import { manifestsOf, newChart } from '../support/manifests';
import { buildStorageClass, goodStorageClassCase } from '../support/storage-arbitraries';

/** A failure names its seed and path, with which fast-check repeats it; it is not shrunk for longer than this. */
const RUNS = { numRuns: 100, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true };

/** What a chart writes when something is built at this depth of its tree. */
function yamlAt(depth: number, build: (scope: Construct) => unknown): string {
  const chart = newChart();
  let scope: Construct = chart;
  for (let level = 0; level < depth; level++) scope = new Construct(scope, `level-${level}`);
  build(scope);
  return Yaml.stringify(...manifestsOf(chart));
}

function testAlways<Case>(
  subject: string,
  given: fc.Arbitrary<Case>,
  build: (scope: Construct, props: Case) => unknown,
): void {
  describe(`${subject}, whatever its props`, () => {
    test('is known to the server, safe, and whole: selectors find, mounts have volumes, names differ', () => {
      fc.assert(
        fc.property(given, (props) => {
          const chart = newChart();
          build(chart, props);
          expect(invariantErrors(manifestsOf(chart))).toEqual([]);
        }),
        RUNS,
      );
    });

    // What holds data is found by its name: one that depends on where the code stands loses the data when it is moved.
    test('keeps every byte when it is moved in the construct tree', () => {
      fc.assert(
        fc.property(given, fc.integer({ min: 1, max: 4 }), (props, depth) => {
          const make = (scope: Construct) => build(scope, props);
          expect(yamlAt(depth, make)).toBe(yamlAt(0, make));
        }),
        RUNS,
      );
    });
  });
}

testAlways('a set with its Service', setCase(), buildSet);
testAlways('a database', databaseProps(), buildDatabase);
testAlways('a pod with a claim', podCase(), buildPod);
testAlways('a set with a client that has access', accessCase(), buildAccess);
testAlways('a database with its backup, restore and drill', backupCase(), buildBackup);
testAlways('a copy', copyCase(), buildCopy);
testAlways('a storage class of a cloud', goodStorageClassCase(), buildStorageClass);

describe('the checks of these tests', () => {
  const labels = { app: 'a' };
  const pod = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      ...spec,
    },
  });
  const container = (more: object) => ({
    name: 'c',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    ...more,
  });

  test.each<[string, object[], string]>([
    [
      'a mount without a volume',
      [pod({ containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })] })],
      'Pod p: no volume is called v',
    ],
    [
      'a volume without a mount',
      [pod({ containers: [container({})], volumes: [{ name: 'v', emptyDir: {} }] })],
      'Pod p: no container sees v',
    ],
    [
      'two mounts at one path',
      [
        pod({
          containers: [
            container({
              volumeMounts: [
                { name: 'v', mountPath: '/v' },
                { name: 'v', mountPath: '/v/', subPath: 'a' },
              ],
            }),
          ],
          volumes: [{ name: 'v', emptyDir: {} }],
        }),
      ],
      'Pod p: c has two mounts at /v',
    ],
    [
      'an object twice',
      [pod({ containers: [container({})] }), pod({ containers: [container({})] })],
      'Pod p is there twice',
    ],
    [
      'an argument that is too long',
      [pod({ containers: [container({ command: ['sh', '-c', 'é'.repeat(64 * 1024)] })] })],
      'Pod p: c has a longer argument than Linux takes',
    ],
    [
      'a job without its ConfigMap',
      [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'j' },
          spec: {
            schedule: '0 0 * * *',
            jobTemplate: {
              spec: {
                template: {
                  metadata: { labels },
                  spec: {
                    ...pod({
                      restartPolicy: 'Never',
                      containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
                      volumes: [{ name: 'v', configMap: { name: 'm' } }],
                    }).spec,
                  },
                },
              },
            },
          },
        },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'elsewhere' } },
      ],
      'CronJob j: no ConfigMap is called m',
    ],
    ['a hash', [pod({ containers: [container({ env: [{ name: 'X', value: 'x-c8012345' }] })] })], 'writes -c8012345'],
    [
      'a policy that protects nobody',
      [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'n' },
          spec: { podSelector: { matchLabels: { app: 'b' } } },
        },
        pod({ containers: [container({})] }),
      ],
      'NetworkPolicy n: protects no pod',
    ],
    [
      'a set that does not find its pods, nor does its Service',
      [
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { selector: { app: 'b' } } },
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { name: 's' },
          spec: {
            serviceName: 's',
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: pod({ containers: [container({})] }).spec },
          },
        },
      ],
      'StatefulSet s: its Service does not find its pods',
    ],
  ])('find %s', (_, manifests, error) => {
    expect(invariantErrors(manifests as never)).toEqual([error]);
  });
});
