import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/dist';
import { TestCluster, facts } from './support/cluster';

/** `npm run test:cluster`, in an environment that is not right, whatever the suite. */
function run(env: { [name: string]: string | undefined }) {
  const { TEST_CLUSTER_FACTS: _, ...own } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-r', 'ts-node/register', 'test/cluster/run.ts', '--listTests'],
    { cwd: ROOT, env: { ...own, ...env }, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

const cluster = new TestCluster(facts());
const { context } = cluster.facts;
const refused = (line: string) => ({ status: 1, stdout: '', stderr: `test:cluster: ${line}\n` });

test('the cluster that was named is tested, and nothing is left', async () => {
  // Left by a run that was killed: one line of the ledger, and a namespace.
  await cluster.namespace('killed');
  const claim = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'stateful-test-killed', namespace: 'default' },
  };
  await cluster.reserve(cluster.kubectl, [claim]);
  await cluster.kubectl.ok(['create', 'configmap', 'stateful-test-killed', '--namespace=default']);
  expect(run({}).status).toBe(0);
  expect(await cluster.kubectl.existing([claim])).toEqual([]);
  const marked = await cluster.kubectl.get('namespaces', '--selector=cdk8s-stateful.test=true');
  expect(marked).toEqual([]);
});

test('what others have is never taken', async () => {
  const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'of-somebody-else' } };
  const kubectl = await cluster.namespace('others');
  await kubectl.ok(['create', '--filename=-'], { input: JSON.stringify(other) });
  await expect(cluster.reserve(kubectl, [other])).rejects.toThrow(
    'on the cluster already, and not made by these tests: ConfigMap stateful-test-others/of-somebody-else',
  );
  await cluster.clean();
});

describe('is refused', () => {
  let folder: string;

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'guard-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A kubeconfig with this user, of the cluster, or of one at another address. */
  function kubeconfig(server?: string): string {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'other',
      clusters: [{ name: 'other', cluster: { server, 'insecure-skip-tls-verify': true } }],
      contexts: [{ name: 'other', context: { cluster: 'other', user: 'nobody' } }],
      users: [{ name: 'nobody', user: { token: 'none' } }],
    };
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  test('without KUBECONFIG', () => {
    expect(run({ KUBECONFIG: undefined })).toEqual(
      refused('KUBECONFIG must name the kubeconfig of the cluster to test on, got nothing: it is never guessed'),
    );
  });

  test('with a KUBECONFIG that is not there', () => {
    expect(run({ KUBECONFIG: '/none' })).toEqual(refused("KUBECONFIG must name a file that exists, got '/none'"));
  });

  test.each([
    ['nothing', undefined],
    ["'production'", 'production'],
  ])('a cluster that was not named: %s', (got, name) => {
    expect(run({ TEST_CLUSTER: name })).toEqual(
      refused(
        `TEST_CLUSTER must name the context of the cluster to test on, which is '${context}', got ${got}: the tests make and ` +
          `delete namespaces, claims, volumes, StorageClasses and CRDs there; if that is what you want, set TEST_CLUSTER=${context}`,
      ),
    );
  });

  test('a cluster that does not answer', () => {
    const { status, stderr } = run({ KUBECONFIG: kubeconfig('https://127.0.0.1:1'), TEST_CLUSTER: 'other' });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^test:cluster: the cluster 'other' does not answer: [^\n]*127\.0\.0\.1:1[^\n]*refused[^\n]*\n$/,
    );
  });

  test('a user who may not do everything', async () => {
    const kubectl = await cluster.namespace('rights');
    await kubectl.ok(['create', 'serviceaccount', 'reader']);
    await kubectl.ok([
      'create',
      'rolebinding',
      'reader',
      '--clusterrole=view',
      '--serviceaccount=stateful-test-rights:reader',
    ]);
    const token = (await kubectl.ok(['create', 'token', 'reader'])).trim();
    const view = JSON.parse(await kubectl.ok(['config', 'view', '--raw', '--minify', '--flatten', '--output=json']));
    view.users = [{ name: 'reader', user: { token } }];
    view.contexts[0].context.user = 'reader';
    const file = join(folder, 'reader.json');
    writeFileSync(file, JSON.stringify(view));
    expect(run({ KUBECONFIG: file, TEST_CLUSTER: view['current-context'] })).toEqual(
      refused(
        `the user 'reader' must be allowed everything on the cluster '${view['current-context']}', got 'no': the tests make ` +
          'namespaces, volumes and roles; bind the user to the ClusterRole cluster-admin, or take another',
      ),
    );
    await cluster.clean();
  });

  test('a cluster that is too old', () => {
    // A server of its own process, as this one waits for the command.
    const server = `
      const answer = JSON.stringify({ major: '1', minor: '26', gitVersion: 'v1.26.15' });
      const server = require('http').createServer((request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(answer);
      });
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
    const script = `node -e "$SERVER" > port & trap "kill $!" EXIT
      until [ -s port ]; do sleep 0.1; done
      sed "s/PORT/$(cat port)/" config.json > old.json
      cd "$ROOT" && KUBECONFIG=$FOLDER/old.json TEST_CLUSTER=other node -r ts-node/register test/cluster/run.ts --listTests`;
    kubeconfig('http://127.0.0.1:PORT');
    const env = { ...process.env, SERVER: server, ROOT, FOLDER: folder };
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "test:cluster: the cluster 'other' must run Kubernetes 1.27 or later, got v1.26.15\n",
    });
  });
});
