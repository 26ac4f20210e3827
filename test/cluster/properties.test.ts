import type { Construct } from 'constructs';
import fc from 'fast-check';
import {
  accessCase,
  backupCase,
  buildAccess,
  buildBackup,
  buildDatabase,
  buildPod,
  buildSet,
  databaseProps,
  podCase,
  setCase,
} from '../support/arbitraries';
import { manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { DryRun } from './support/dry-run';
import { mutants } from './support/mutants';
import { templateAsPod } from './support/templates';

/** Of each kind of construct; a failure names its seed and path, with which fast-check repeats it. */
const RUNS = { numRuns: Number(process.env.TEST_CLUSTER_RUNS ?? 100), interruptAfterTimeLimit: 3_600_000 };

const cluster = new TestCluster(facts());
let server: DryRun;

beforeAll(async () => {
  const kubectl = await cluster.namespace('properties', { 'pod-security.kubernetes.io/enforce': 'restricted' });
  server = await DryRun.start(kubectl, 'stateful-test-properties');
});
afterAll(async () => {
  server.close();
  await cluster.clean();
});

/** What the chart of one case writes, with each pod as the server will see it. */
function built<Case>(build: (scope: Construct, props: Case) => unknown, props: Case): object[] {
  const chart = newChart();
  build(chart, props);
  const manifests: Manifest[] = manifestsOf(chart);
  return [
    ...manifests.filter(({ kind }) => kind !== 'Pod'),
    ...manifests.flatMap((manifest) => templateAsPod(manifest)),
  ];
}

function testServer<Case>(
  subject: string,
  given: fc.Arbitrary<Case>,
  build: (scope: Construct, props: Case) => unknown,
): void {
  describe(subject, () => {
    test('with valid props is accepted by the server', async () => {
      const accepted = fc.asyncProperty(given, async (props) => {
        expect(await server.refusals(built(build, props))).toEqual([]);
      });
      await fc.assert(accepted, RUNS);
    }, 3_600_000);

    test('with one prop broken is refused by the constructor, or accepted by the server', async () => {
      let refused = 0;
      const never = fc.asyncProperty(given, fc.infiniteStream(fc.nat()), async (props, random) => {
        const { broken, where } = mutants(props, random);
        let objects: object[];
        try {
          objects = built(build, broken);
        } catch (error) {
          refused++;
          // Not a crash: a list of problems, for somebody to read.
          expect((error as Error).message).toMatch(/^\w[\w.]* '[^\n]*':\n- '/);
          return;
        }
        expect({ where, refusals: await server.refusals(objects) }).toEqual({ where, refusals: [] });
      });
      await fc.assert(never, RUNS);
      expect(refused).toBeGreaterThan(0);
    }, 3_600_000);
  });
}

testServer('a set with its Service', setCase(), buildSet);
testServer('a database', databaseProps(), buildDatabase);
testServer('a pod with a claim', podCase(), buildPod);
testServer('a client that has access', accessCase(), buildAccess);
testServer('a database with its backup, restore and drill', backupCase(), buildBackup);

test('the server refuses what is wrong, so that the others prove something', async () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'A' }, spec: { typo: 1 } };
  expect(await server.refusals([claim])).toEqual([expect.stringContaining('unknown field "spec.typo"')]);
});
