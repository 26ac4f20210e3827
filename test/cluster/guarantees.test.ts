import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Size, Yaml } from 'cdk8s';
import { HeadlessService, PersistentStatefulSet } from '../../lib';
import type { PersistentStatefulSetProps } from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { PodWatch } from './support/pod-watch';
import { ready } from './support/scenario';

/** A pod that runs wherever the documents' pods do, and stops at once. */
const SLEEPER = {
  name: 'server',
  image: 'ubuntu:24.04',
  command: ['sh', '-c', 'trap "exit 0" TERM; sleep infinity & wait'],
};

interface Pod extends LiveObject {
  readonly spec: { volumes: { persistentVolumeClaim?: { claimName: string } }[] };
}

interface Claim extends LiveObject {
  readonly spec: { volumeName?: string };
  readonly status: { phase: string; capacity?: { storage: string } };
}

interface StatefulSet extends LiveObject {
  readonly status: { readyReplicas?: number };
}

function newSet(props: Partial<PersistentStatefulSetProps> = {}, size = 1) {
  const chart = newChart();
  const service = new HeadlessService(chart, 'db', { ports: [{ name: 'sql', port: 5432 }] });
  const set = new PersistentStatefulSet(chart, 'set', {
    name: 'db',
    service,
    replicas: 3,
    containers: [SLEEPER],
    volumeClaimTemplates: [{ name: 'data', size: Size.gibibytes(size), mounts: [{ path: '/data' }] }],
    ...props,
  });
  return { set, yaml: Yaml.stringify(...manifestsOf(chart)) };
}

const cluster = new TestCluster(facts());
let kubectl: Kubectl;

const apply = async (yaml: string) => kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: yaml });
const pods = () => kubectl.get<Pod>('pods', '--selector=app=db');
const claims = async () =>
  (await kubectl.get<Claim>('persistentvolumeclaims')).map(({ metadata, spec }) => ({
    name: metadata.name,
    uid: metadata.uid,
    volume: spec.volumeName,
  }));
const uids = async (): Promise<{ [name: string]: string }> =>
  Object.fromEntries((await pods()).map(({ metadata }) => [metadata.name, metadata.uid]));
const CLAIMS = ['data-db-0', 'data-db-1', 'data-db-2'];

/** Every pod is there, and ready. */
async function whole(replicas = 3): Promise<void> {
  await eventually(async () => {
    const [set] = await kubectl.get<StatefulSet>('statefulset/db');
    expect(set?.status.readyReplicas ?? 0).toBe(replicas);
  });
}

beforeEach(async () => {
  const { currentTestName = '' } = expect.getState();
  const name = currentTestName.replace(/[^a-z]+/gi, '-').toLowerCase();
  kubectl = await cluster.namespace(name.slice(0, 40).replace(/-$/, ''));
});
afterAll(() => cluster.clean());

test('pods start in order, each after the one before is ready, and stop in reverse', async () => {
  const watch = await PodWatch.start(kubectl, 'app=db');
  try {
    await apply(newSet().yaml);
    expect(await watch.until('ready db-2')).toEqual(
      ['db-0', 'db-1', 'db-2'].flatMap((pod) => [`created ${pod}`, `ready ${pod}`]),
    );
    await apply(newSet({ replicas: 0 }).yaml);
    expect(await watch.until('deleted db-0')).toEqual(
      ['db-2', 'db-1', 'db-0'].flatMap((pod) => [`stops ${pod}`, `deleted ${pod}`]),
    );
  } finally {
    watch.close();
  }
});

test('claims outlive scaling down and deletion, and each pod finds its own again', async () => {
  await apply(newSet().yaml);
  await whole();
  const before = await claims();
  expect(before.map(({ name }) => name)).toEqual(CLAIMS);
  expect(before.filter(({ volume }) => volume === undefined)).toEqual([]);

  await apply(newSet({ replicas: 0 }).yaml);
  await eventually(async () => expect(await pods()).toEqual([]));
  expect(await claims()).toEqual(before);

  await kubectl.ok(['delete', 'statefulset', 'db', '--wait=false']);
  await eventually(async () => expect(await kubectl.get('statefulsets')).toEqual([]));
  expect(await claims()).toEqual(before);

  await apply(newSet().yaml);
  await whole();
  expect(await claims()).toEqual(before);
  const mounted = (await pods()).map(({ metadata, spec }) => [
    metadata.name,
    spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
  ]);
  expect(Object.fromEntries(mounted)).toEqual({ 'db-0': ['data-db-0'], 'db-1': ['data-db-1'], 'db-2': ['data-db-2'] });
});

test('a deleted pod comes back under its name, with its volume', async () => {
  await apply(newSet().yaml);
  await whole();
  const [before, kept] = [await uids(), await claims()];
  await kubectl.ok(['delete', 'pod', 'db-1', '--wait=false']);
  await eventually(async () => {
    const now = await uids();
    expect(Object.keys(now)).toEqual(['db-0', 'db-1', 'db-2']);
    expect(now['db-1']).not.toBe(before['db-1']);
  });
  await whole();
  expect({ ...(await uids()), 'db-1': before['db-1'] }).toEqual(before);
  expect(await claims()).toEqual(kept);
});

test('a partition holds the pods below it back', async () => {
  const grace = { podAnnotations: { 'example.com/release': '2' } };
  await apply(newSet().yaml);
  await whole();
  const before = await uids();
  await apply(newSet({ ...grace, partition: 2 }).yaml);
  await eventually(async () => expect((await uids())['db-2']).not.toBe(before['db-2']));
  await whole();
  expect({ ...(await uids()), 'db-2': before['db-2'] }).toEqual(before);

  // Without it the rest follows, from the last to the first.
  const watch = await PodWatch.start(kubectl, 'app=db');
  try {
    await apply(newSet(grace).yaml);
    // A controller that has not seen the new partition yet may replace a pod twice.
    const order = new Set((await watch.until('deleted db-0')).filter((event) => event.startsWith('stops')));
    expect([...order]).toEqual(['stops db-1', 'stops db-0']);
  } finally {
    watch.close();
  }
});

test('volumes grow by the procedure that we print; no pod is replaced', async () => {
  await apply(newSet().yaml);
  await whole();
  const [before, kept] = [await uids(), await claims()];
  const folder = mkdtempSync(join(tmpdir(), 'growth-'));
  try {
    const grown = newSet({}, 3);
    writeFileSync(join(folder, 'db.yaml'), grown.yaml);
    const procedure = grown.set.volumeGrowthProcedure({
      manifest: 'db.yaml',
      currentSizes: { data: Size.gibibytes(1) },
    });
    const { status, stderr } = await kubectl.spawn('bash', ['-e', '-c', procedure], { folder });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
  await whole();
  expect(await claims()).toEqual(kept);
  expect(await uids()).toEqual(before);
  const sizes = (await kubectl.get<Claim>('persistentvolumeclaims')).map(({ status }) => status.capacity?.storage);
  expect(sizes).toEqual(['3Gi', '3Gi', '3Gi']);
});

// Why the procedure is printed at all, and why shrinking is refused at synth.
test('the server refuses a larger claim template and a smaller claim', async () => {
  await apply(newSet().yaml);
  await whole();
  const template = await kubectl.run(['apply', '--filename=-'], { input: newSet({}, 3).yaml });
  // As 1.27 says it, or 1.37.
  expect(template.stderr).toMatch(/updates to statefulset spec for fields other than|volumeClaimTemplates.*immutable/);
  const patch = JSON.stringify({ spec: { resources: { requests: { storage: '1Mi' } } } });
  const claim = await kubectl.run(['patch', 'persistentvolumeclaim', 'data-db-0', '--type=merge', `--patch=${patch}`]);
  expect(claim.stderr).toMatch(/field can not be less than (status.capacity|previous value)/);
});

test('a hand-written set is adopted with its claims: same names, same volumes', async () => {
  const labels = { app: 'old', tier: 'db' };
  const old = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'old' },
    spec: {
      serviceName: 'old-headless',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ ...SLEEPER, volumeMounts: [{ name: 'pgdata', mountPath: '/data' }] }] },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'pgdata' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  };
  await apply(JSON.stringify(old));
  await ready(kubectl, ['old-0'], 60);
  const before = await claims();
  expect(before.map(({ name }) => name)).toEqual(['pgdata-old-0']);

  // As docs/adopting-data.md says.
  await kubectl.ok(['delete', 'statefulset', 'old', '--wait=false']);
  await eventually(async () => expect(await kubectl.get('pods')).toEqual([]));
  const chart = newChart();
  const service = new HeadlessService(chart, 'old-headless', {
    selector: labels,
    ports: [{ name: 'sql', port: 5432 }],
  });
  new PersistentStatefulSet(chart, 'old', {
    service,
    containers: [SLEEPER],
    volumeClaimTemplates: [{ name: 'pgdata', size: Size.gibibytes(5), mounts: [{ path: '/data' }] }],
  });
  await apply(Yaml.stringify(...manifestsOf(chart)));
  await ready(kubectl, ['old-0'], 60);
  expect(await claims()).toEqual(before);
});
