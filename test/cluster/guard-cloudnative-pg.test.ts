import { yamlOf } from '../guard/cases/case';
import { CLUSTER_CASES } from '../guard/cases/cloudnative-pg-cases';
import { TestCluster, facts } from './support/cluster';

// Where a blob store can be stopped, there is CloudNativePG as well.
const describeOperator = (process.env.TEST_CLUSTER_BLOB_STORE ?? '') === '' ? describe.skip : describe;
const cluster = new TestCluster(facts());

afterAll(() => cluster.clean());

// The operator answers by its webhook; nothing is changed.
describeOperator('what CloudNativePG says to a change of a Cluster', () => {
  test.concurrent.each(CLUSTER_CASES.map((one, index) => [one.name, one, index] as const))(
    '%s',
    async (_, one, index) => {
      const kubectl = await cluster.namespace(`guard-cnpg-${index}`);
      await kubectl.ok(['apply', '--filename=-'], { input: yamlOf(one.before) });
      // What the operator compares an image with is what it wrote of the first one.
      await kubectl.ok(['wait', '--for=jsonpath={.status.pgDataImageInfo}', '--timeout=2m', 'cluster/pg']);
      const { status, stderr } = await kubectl.run(['apply', '--dry-run=server', '--filename=-'], {
        input: yamlOf(one.after),
      });
      expect({ status, stderr }).toEqual({
        status: one.operator === 'accepted' ? 0 : 1,
        stderr: one.operator === 'accepted' ? '' : (expect.stringMatching(/^The Cluster "pg" is invalid/) as string),
      });
    },
  );
});
