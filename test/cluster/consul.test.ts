import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { ready, scenarioYaml } from './support/scenario';

const PODS = ['consul-0', 'consul-1', 'consul-2'];
const cluster = new TestCluster(facts());
let kubectl: Kubectl;

const consul = (...args: string[]) => kubectl.ok(['exec', 'consul-0', '--', 'consul', ...args]);

async function whole(): Promise<void> {
  await eventually(async () => {
    await ready(kubectl, PODS, 60);
    const members = (await consul('members')).split('\n').filter((line) => /alive +server/.test(line));
    expect(members).toHaveLength(3);
    // A key can be read when there is a leader.
    await consul('operator', 'raft', 'list-peers');
  }, 180);
}

afterAll(() => cluster.clean());

describePods('Consul', () => {
  beforeAll(async () => {
    kubectl = await cluster.namespace('consul', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await kubectl.ok(['apply', '--filename=-'], { input: scenarioYaml(cluster, 'consul') });
    await whole();
  });

  // The document's three servers on folders of their pods lose everything here.
  test('keeps its keys when all pods are deleted at once', async () => {
    await consul('kv', 'put', 'kept', 'mine');
    const before = await kubectl.get('pods', '--selector=app=consul');
    await kubectl.ok(['delete', 'pod', '--selector=app=consul']);
    await eventually(async () => {
      const now = await kubectl.get('pods', '--selector=app=consul');
      expect(now).toHaveLength(3);
      const old = before.map(({ metadata }) => metadata.uid);
      expect(now.filter(({ metadata }) => old.includes(metadata.uid))).toEqual([]);
    });
    await whole();
    expect(await consul('kv', 'get', 'kept')).toBe('mine\n');
  });
});
