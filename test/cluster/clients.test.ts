import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { PASSWORD } from '../support/elsewhere';
import { manifestsOf } from '../support/manifests';
import { blockWith, clientOf, runProgram } from '../support/pages';
import { newDatabase } from '../support/samples';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { logOfJob, runJob } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { ready } from './support/scenario';

const cluster = new TestCluster(facts());
const program = blockWith('README.md', 'ts', 'import { App');
const commands = blockWith('README.md', 'sh', 'kubectl create secret generic dbpass').trim().split('\n');
let kubectl: Kubectl;
let folder: string;

/** A command of the README, as it stands there, in the folder of the app. */
async function run(start: string): Promise<string> {
  const command = commands.find((line) => line.startsWith(start));
  if (command === undefined) throw new Error(`the README has no command '${start}'`);
  const { status, stdout, stderr } = await kubectl.spawn('bash', ['-c', command], { folder });
  if (status !== 0) throw new Error(`${command}: status ${status}: ${stderr}`);
  return stdout;
}

const logsOf = (deployment: string) => kubectl.ok(['logs', `deployment/${deployment}`, '--tail=-1']);

/** What the client prints every five seconds: who it is, and when. */
const ANSWER = /^shop\|\d{4}-\d\d-\d\d \d\d:/m;

afterAll(() => cluster.clean());

describePods("the README's first five minutes", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'readme-'));
    runProgram(program, join(folder, 'dist'));
    kubectl = await cluster.namespace('readme', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await run('kubectl create secret');
    await run('kubectl apply');
    await ready(kubectl, ['postgresql-0']);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('end with a client that logs in as its user and runs a query', async () => {
    await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=120s'], { seconds: 130 });
    await eventually(async () => expect(await logsOf('web')).toMatch(ANSWER));
  });

  test('let the client do as the owner of its database', async () => {
    const sql = 'CREATE TABLE orders AS SELECT 1 AS id; SELECT current_database(), count(*) FROM orders';
    expect(await kubectl.ok(['exec', 'deployment/web', '--', 'psql', '-qAtc', sql])).toBe('shop|1\n');
  });

  test('leave it at its queries when the database was restarted', async () => {
    await kubectl.ok(['delete', 'pod', 'postgresql-0']);
    await ready(kubectl, ['postgresql-0']);
    const answers = async () => (await logsOf('web')).match(/^shop\|/gm)?.length ?? 0;
    const before = await answers();
    await eventually(async () => expect(await answers()).toBeGreaterThan(before));
    const restarts = '--output=jsonpath={.items[*].status.containerStatuses[*].restartCount}';
    expect(await kubectl.ok(['get', 'pods', '--selector=app=web', restarts])).toBe('0');
  });

  // docs/clients.md: with the same database, as the README's program and this one make the same.
  test('go on with clients that read a URL, or are of a later cdk8s-plus', async () => {
    const applicationUser = { name: 'shop', password: { ...PASSWORD, key: 'shop' } };
    const { chart, database } = newDatabase({ name: 'postgresql', applicationUser });
    for (const name of ['addWorker', 'addReport']) clientOf('docs/clients.md', name)(chart, database);
    await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: Yaml.stringify(...manifestsOf(chart)) });
    await kubectl.ok(['rollout', 'status', 'deployment/worker', '--timeout=120s'], { seconds: 130 });
    await eventually(async () => expect(await logsOf('worker')).toMatch(ANSWER));
    expect({ end: await runJob(kubectl, 'report', 'report-1'), log: await logOfJob(kubectl, 'report-1') }).toEqual({
      end: 'Complete',
      log: expect.stringMatching(/^shop\|\d+$/m) as string,
    });
  });
});
