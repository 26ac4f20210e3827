import { readCrds } from '../support/crds';
import type { Profile } from '../support/crds';
import { ROOT, filesOf, readDist } from '../support/dist';
import type { Manifest } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { eventually } from './support/kubectl';
import { withClaims } from './support/pods-and-claims';

const cluster = new TestCluster(facts());

const isCustom = ({ apiVersion }: Manifest) => /^(ark\.heptio\.com|velero\.io)\//.test(apiVersion);

/** The order of the README: the CRDs, a wait, then the rest. */
describe.each<[string, Profile]>([
  ['ark', 'ark-0.10'],
  ['ark-second-cluster', 'ark-0.10'],
  ['velero', 'velero-1.18'],
  ['velero', 'velero-1.16'],
  ['velero-second-cluster', 'velero-1.18'],
])('dist/%s/ with crds/%s/', (name, profile) => {
  const kubectl = cluster.in('default');
  const crds = ['-f', `crds/${profile}/`];
  const folder = `dist/${name}`;
  const objects = readDist(filesOf(folder));
  const run = (...args: string[]) => kubectl.run(args, { folder: ROOT });
  // Custom objects go with their definitions.
  const others = objects.filter((object) => !isCustom(object));

  beforeAll(async () => {
    await cluster.reserve(kubectl, [...readCrds(profile).map(({ crd }) => crd), ...withClaims(others)]);
  });
  afterAll(() => cluster.release());

  const generations = async () =>
    (await kubectl.existing(objects)).map(({ metadata, kind }) => `${kind} ${metadata.uid} ${metadata.generation}`);

  test('is taken in one go after them, without an error or a warning', async () => {
    await kubectl.ok(['apply', '--validate=strict', ...crds], { folder: ROOT });
    await kubectl.ok(['wait', '--for=condition=Established', '--timeout=60s', ...crds], { folder: ROOT });
    const { status, stdout, stderr } = await run('apply', '--validate=strict', '-f', `${folder}/`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toHaveLength(objects.length);
  });

  test('leaves nothing for kubectl diff to show, and moves nothing when it is applied again', async () => {
    const diff = await run('diff', '-f', `${folder}/`);
    expect(diff).toMatchObject({ status: 0, stdout: '' });
    const before = await generations();
    expect(await run('apply', '--validate=strict', '-f', `${folder}/`)).toMatchObject({ status: 0, stderr: '' });
    expect(await generations()).toEqual(before);
  });

  test('makes the pods of server and agent, on every node', async () => {
    const { namespace } = objects.find(({ kind }) => kind === 'DaemonSet')!.metadata;
    const nodes = (await kubectl.get('nodes')).length;
    await eventually(async () => {
      const pods = await kubectl.get('pods', `--namespace=${namespace}`);
      expect(pods).toHaveLength(1 + nodes);
    });
  });

  // A file each: together they would begin backups and restores at once.
  const onDemand = `dist/on-demand/${name.split('-')[0]}`;
  test.each(filesOf(onDemand))('%s is an object that the server takes', async (file) => {
    const args = ['create', '--dry-run=server', '--validate=strict', '-f', file];
    expect(await run(...args)).toMatchObject({ status: 0, stderr: '' });
  });
});
