import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { PodWatch } from './support/pod-watch';
import { scenarioYaml } from './support/scenario';

const cluster = new TestCluster(facts());

afterAll(() => cluster.clean());

describePods('the documented StatefulSet, whose pods take 10 s each to start', () => {
  test('starts one by one', async () => {
    const kubectl = await cluster.namespace('basics');
    const watch = await PodWatch.start(kubectl, 'app=stateful');
    try {
      await kubectl.ok(['apply', '--filename=-'], { input: scenarioYaml(cluster, 'statefulset-basics') });
      expect(await watch.until('ready stateful-2')).toEqual(
        ['stateful-0', 'stateful-1', 'stateful-2'].flatMap((pod) => [`created ${pod}`, `ready ${pod}`]),
      );
    } finally {
      watch.close();
    }
  });
});
