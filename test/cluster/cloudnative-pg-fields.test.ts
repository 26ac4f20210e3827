import { JsonPatch } from 'cdk8s';
import fc from 'fast-check';
import { CloudNativePgDatabase } from '../../lib';
import { clusterProps } from '../support/cloudnative-pg-arbitraries';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { DryRun } from './support/dry-run';

/** Whether the operator, its plugin and their CRDs are in the cluster: `.ci/run` installs them beside real pods. */
const describeOperator = (process.env.TEST_CLUSTER_BLOB_STORE ?? '') === '' ? describe.skip : describe;
const RUNS = { numRuns: Number(process.env.TEST_CLUSTER_RUNS ?? 100), interruptAfterTimeLimit: 600_000 };

const cluster = new TestCluster(facts());

describeOperator('what a CloudNativePgDatabase writes', () => {
  let server: DryRun;

  beforeAll(async () => {
    const kubectl = await cluster.namespace('fields-of-cnpg');
    server = await DryRun.start(kubectl, 'stateful-test-fields-of-cnpg');
  });
  afterAll(async () => {
    server.close();
    await cluster.clean();
  });

  // Strictly by the schemas of their CRDs, and then by the operator's own webhook.
  test('is accepted by the operator and its plugin, whatever its props, without a warning', async () => {
    const accepted = fc.asyncProperty(clusterProps(), async (props) => {
      const chart = newChart();
      new CloudNativePgDatabase(chart, 'orders', props);
      // The policy is one for all apps: another suite's may be there.
      const own = manifestsOf(chart).filter(
        ({ apiVersion }) => !apiVersion.startsWith('admissionregistration.k8s.io/'),
      );
      expect(await server.refusals(own)).toEqual([]);
    });
    await fc.assert(accepted, RUNS);
  }, 600_000);

  // Or the test above could not fail.
  test('would be refused with a field that they do not know', async () => {
    const chart = newChart();
    const database = new CloudNativePgDatabase(chart, 'orders', fc.sample(clusterProps(), 1)[0]!);
    database.apiObject.addJsonPatch(JsonPatch.add('/spec/noSuchField', 1));
    const refusals = await server.refusals(manifestsOf(chart).filter(({ kind }) => kind === 'Cluster'));
    expect(refusals).toEqual([expect.stringContaining('unknown field "spec.noSuchField"')]);
  });
});
