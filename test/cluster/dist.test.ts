import { ROOT, readDist } from '../support/dist';
import { podOf } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import type { Kubectl, LiveObject } from './support/kubectl';
import { describeObject, eventually } from './support/kubectl';
import { podNames, withClaims } from './support/pods-and-claims';

const OBJECTS = readDist();

/** How many pods there are when all are, however many of them can run here. */
function expectedPods(simulated: boolean): number {
  return OBJECTS.filter((manifest) => podOf(manifest) && manifest.kind !== 'CronJob').reduce((sum, manifest) => {
    const names = podNames(manifest);
    if (names.length === 0) return sum + ((manifest as { spec?: { replicas?: number } }).spec?.replicas ?? 1);
    // Where an image is missing, the first pod of a set is never ready, and no other is made.
    return sum + (simulated ? names.length : 1);
  }, 0);
}

async function identitiesAndGenerations(kubectl: Kubectl): Promise<string[]> {
  const live = await kubectl.existing(OBJECTS);
  return live.map((one) => `${describeObject(one)} ${one.metadata.uid} ${one.metadata.generation}`);
}

const CRON_JOBS = OBJECTS.filter(({ kind }) => kind === 'CronJob').map(({ metadata }) => metadata.name);

/** But for those of CronJobs, which come and go by the clock. */
async function podsOf(kubectl: Kubectl, namespaces: string[]): Promise<LiveObject[]> {
  const lists = await Promise.all(namespaces.map((name) => kubectl.get('pods', `--namespace=${name}`)));
  return lists.flat().filter(({ metadata }) => !CRON_JOBS.includes(metadata.labels?.app ?? ''));
}

const cluster = new TestCluster(facts());

/** What the README says, on a cluster that has none of it. */
describe.each([
  ['client-side', []],
  ['server-side', ['--server-side']],
])('kubectl apply -f dist/, %s', (_, side) => {
  const kubectl = cluster.in('default');
  const namespaces = ['default', 'foodmag-app', 'wp'];
  const apply = () => kubectl.run(['apply', ...side, '--validate=strict', '-f', 'dist/'], { folder: ROOT });

  beforeAll(() => cluster.reserve(kubectl, withClaims(OBJECTS)));
  afterAll(() => cluster.release());

  test('takes everything in one go, without an error or a warning', async () => {
    const { status, stdout, stderr } = await apply();
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(OBJECTS.length);
  });

  test('makes every pod', async () => {
    await eventually(async () => {
      expect(await podsOf(kubectl, namespaces)).toHaveLength(expectedPods(cluster.facts.simulated));
    });
  });

  test('leaves nothing for kubectl diff to show', async () => {
    const { status, stdout, stderr } = await kubectl.run(['diff', ...side, '-f', 'dist/'], { folder: ROOT });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('moves no generation and no pod when it is done again', async () => {
    const before = await identitiesAndGenerations(kubectl);
    const pods = (await podsOf(kubectl, namespaces)).map(({ metadata }) => metadata.uid);
    const { status, stderr } = await apply();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // As long as a controller may take to see a change.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await identitiesAndGenerations(kubectl)).toEqual(before);
    expect((await podsOf(kubectl, namespaces)).map(({ metadata }) => metadata.uid)).toEqual(pods);
  });
});
