import { plan } from '../../lib/guard/plan';
import { readState } from '../../lib/guard/state';
import { TestCluster, facts } from './support/cluster';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { ready } from './support/scenario';

/** What only a running server shows: the server of Kubernetes takes each of these changes, and the data is not there any more. */
const cluster = new TestCluster(facts());

afterAll(() => cluster.clean());

interface SetOptions {
  readonly mount?: string;
  readonly subPath?: string;
  readonly scratch?: boolean;
  readonly user?: number;
}

/** A server that keeps one file in /data, which only its user may read. */
function set({ mount = '/data', subPath = 'files', scratch = false, user = 1000 }: SetOptions = {}): string {
  const name = scratch ? 'scratch' : 'data';
  return `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: { runAsUser: ${user} }
      initContainers:
        - name: owner
          image: ubuntu:24.04
          command: [sh, -c, 'mkdir -p /all/files /all/other && chmod 777 /all/*']
          securityContext: { runAsUser: 0 }
          volumeMounts: [{ name: data, mountPath: /all }]
      containers:
        - name: server
          image: ubuntu:24.04
          command: [sh, -c, 'mkdir -p /tmp/x; umask 077; sleep infinity']
          volumeMounts: [{ name: ${name}, mountPath: ${mount}${scratch ? '' : `, subPath: ${subPath}`} }]
      volumes: [{ name: scratch, emptyDir: {} }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
}

function postgres(tag: string, folder: string): string {
  return `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: server
          image: postgres:${tag}
          env:
            - { name: POSTGRES_HOST_AUTH_METHOD, value: trust }
            - { name: PGDATA, value: /var/lib/postgresql/data/${folder} }
          readinessProbe: { exec: { command: [pg_isready, --host=127.0.0.1] }, periodSeconds: 1 }
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
}

function said(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => readState([{ file: 'x', text }]).state);
  return plan(old!, now!, { deployer: 'kubectl' }).map(({ verdict, rule }) => `${verdict}: ${rule}`);
}

async function apply(kubectl: Kubectl, text: string): Promise<void> {
  await kubectl.ok(['apply', '--filename=-'], { input: text });
}

/** Applies a change that the server takes, and waits until the pod is the new one. */
async function change(kubectl: Kubectl, text: string): Promise<void> {
  await apply(kubectl, text);
  await kubectl.ok(['rollout', 'status', 'statefulset/db', '--timeout=120s']);
}

const inPod = (kubectl: Kubectl, script: string) =>
  kubectl.run(['exec', 'db-0', '--container=server', '--', 'sh', '-c', script]);

test.concurrent.each<[string, string, SetOptions, string]>([
  ['mount-moved', 'strands', { mount: '/var/data' }, 'No such file'],
  ['subpath-changed', 'strands', { subPath: 'other' }, 'No such file'],
  ['volume-replaced', 'strands', { scratch: true }, 'No such file'],
  ['user-changed', 'locks out', { user: 2000 }, 'Permission denied'],
])(
  '%s: the server is there, and its file is not, until the change is undone',
  async (rule, verdict, options, answer) => {
    const kubectl = await cluster.namespace(`stateful-test-guard-${rule}`);
    expect(said(set(), set(options))).toEqual([`${verdict}: ${rule}`]);
    await apply(kubectl, set());
    await ready(kubectl, ['db-0']);
    await kubectl.ok(['exec', 'db-0', '--container=server', '--', 'sh', '-c', 'umask 077; echo marker > /data/file']);
    await change(kubectl, set(options));
    const { status, stderr } = await inPod(kubectl, 'cat /data/file');
    expect(status).not.toBe(0);
    expect(stderr).toContain(answer);
    await change(kubectl, set());
    expect((await inPod(kubectl, 'cat /data/file')).stdout).toBe('marker\n');
  },
);

test.concurrent('data-folder-moved: PostgreSQL makes an empty database beside the old one', async () => {
  const kubectl = await cluster.namespace('stateful-test-guard-folder');
  const [before, after] = [postgres('17.11-bookworm', 'pgdata'), postgres('17.11-bookworm', 'other')];
  expect(said(before, after)).toEqual(['strands: data-folder-moved']);
  await apply(kubectl, before);
  await ready(kubectl, ['db-0']);
  const psql = (sql: string) => inPod(kubectl, `psql --host=127.0.0.1 --username=postgres --command='${sql}'`);
  await eventually(async () => {
    expect((await psql('CREATE TABLE marker ()')).status).toBe(0);
  });
  await change(kubectl, after);
  await ready(kubectl, ['db-0']);
  expect((await psql('TABLE marker')).stderr).toContain('relation "marker" does not exist');
  await change(kubectl, before);
  await ready(kubectl, ['db-0']);
  expect((await psql('TABLE marker')).status).toBe(0);
});

test.concurrent.each<[string, string, string[], boolean]>([
  ['above', '/var/lib/postgresql', ['loses: data-off-volume'], false],
  ['at', '/var/lib/postgresql/data', [], true],
])(
  'data-off-volume: with a volume %s the folder of the image, what PostgreSQL writes outlives its pod or not',
  async (where, mount, finds, outlives) => {
    const kubectl = await cluster.namespace(`stateful-test-guard-volume-${where}`);
    const set = postgres('17.11-bookworm', '')
      .replace(/ +- \{ name: PGDATA.*\n/, '')
      .replace('mountPath: /var/lib/postgresql/data', `mountPath: ${mount}`);
    expect(said('', set)).toEqual(finds);
    const psql = (sql: string) => inPod(kubectl, `psql --host=127.0.0.1 --username=postgres --command='${sql}'`);
    await apply(kubectl, set);
    await ready(kubectl, ['db-0']);
    await eventually(async () => {
      expect((await psql('CREATE TABLE marker ()')).status).toBe(0);
    });
    await kubectl.ok(['delete', 'pod', 'db-0']);
    await kubectl.ok(['rollout', 'status', 'statefulset/db', '--timeout=120s']);
    await eventually(async () => {
      expect((await psql('SELECT 1')).status).toBe(0);
    });
    expect((await psql('TABLE marker')).status === 0).toBe(outlives);
  },
);

test.concurrent(
  'image-major, image-downgrade: PostgreSQL does not start on the data of another major version',
  async () => {
    const kubectl = await cluster.namespace('stateful-test-guard-major');
    const [old, now] = [postgres('15.14-bookworm', 'pgdata'), postgres('17.11-bookworm', 'pgdata')];
    expect(said(old, now)).toEqual(['locks out: image-major']);
    expect(said(now, old)).toEqual(['locks out: image-downgrade']);
    await apply(kubectl, old);
    await ready(kubectl, ['db-0']);
    await apply(kubectl, now);
    await eventually(async () => {
      const { stdout } = await kubectl.run(['logs', 'db-0', '--container=server']);
      expect(stdout + (await kubectl.run(['logs', 'db-0', '--previous'])).stdout).toContain(
        'database files are incompatible with server',
      );
    }, 60);
    // A pod that never was ready holds up the way back as well.
    await apply(kubectl, old);
    await kubectl.ok(['delete', 'pod', 'db-0']);
    await ready(kubectl, ['db-0']);
  },
);
