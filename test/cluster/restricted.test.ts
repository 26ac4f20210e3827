import { ROOT, distFiles, readDist } from '../support/dist';
import { isNamespaced, podOf } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { podNames, withClaims } from './support/pods-and-claims';
import { templateAsPod } from './support/templates';

const ENFORCED = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const cluster = new TestCluster(facts());

/*
 * Pod Security judges pods; of a set or a Job it only warns. So the pods that the controllers make are looked at, and each
 * template is tried as a Pod, since a server of 1.27 validates none in a set.
 */
describe('in a namespace that enforces Pod Security "restricted"', () => {
  let kubectl: Kubectl;

  beforeAll(async () => {
    kubectl = await cluster.namespace('restricted', ENFORCED);
  });
  afterAll(() => cluster.clean());

  const dryRun = (pod: object) =>
    kubectl.run(['create', '--dry-run=server', '--validate=strict', '--filename=-'], { input: JSON.stringify(pod) });

  test('a pod that is not hardened is refused, so that the others prove something', async () => {
    const spec = { containers: [{ name: 'plain', image: 'example.com/plain:1' }] };
    const { status, stderr } = await dryRun({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'plain' }, spec });
    expect(status).toBe(1);
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  });

  describe.each(distFiles())('%s', (file) => {
    const objects = readDist([file]);
    const withPods = objects.filter((manifest) => podOf(manifest));

    test.each(withPods.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
      'the pod of %s passes as a Pod, strictly',
      async (_, manifest) => {
        const { status, stderr } = await dryRun(templateAsPod(manifest)[0]!);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      },
    );

    test('its pods are made', async () => {
      const fixed = objects.filter(({ kind, metadata }) => metadata.namespace ?? !isNamespaced(kind));
      await cluster.reserve(kubectl, withClaims(fixed));
      const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
      // It must enforce before the first pod comes: the file's own Namespace then only adds to it.
      for (const name of namespaces) {
        await kubectl.ok(['create', 'namespace', name]);
        await kubectl.ok(['label', 'namespace', name, ...Object.entries(ENFORCED).map((pair) => pair.join('='))]);
      }
      try {
        const { status, stderr } = await kubectl.run(['apply', '--filename', file], { folder: ROOT });
        expect({ status, stderr: stderr.replace(/^Warning: .*last-applied-configuration.*\n/m, '') }).toEqual({
          status: 0,
          stderr: '',
        });
        for (const { kind, metadata } of objects) {
          if (kind === 'CronJob')
            await kubectl.ok(['create', 'job', `--from=cronjob/${metadata.name}`, `${metadata.name}-now`]);
        }
        const first = withPods.map((manifest) => podNames(manifest).at(0) ?? manifest.metadata.name);
        await eventually(async () => {
          const lists = [undefined, ...namespaces].map((name) =>
            kubectl.get('pods', ...(name === undefined ? [] : [`--namespace=${name}`])),
          );
          const pods = (await Promise.all(lists)).flat().map(({ metadata }) => metadata.name);
          expect(first.filter((name) => !pods.some((pod) => pod.startsWith(name)))).toEqual([]);
        });
        expect(await failures(kubectl, [undefined, ...namespaces])).toEqual([]);
      } finally {
        await kubectl.ok(['delete', '--filename', file, '--wait=false', '--ignore-not-found'], { folder: ROOT });
        await cluster.release();
      }
    });
  });
});

/** Events of controllers that could not make a pod. */
async function failures(kubectl: Kubectl, namespaces: (string | undefined)[]): Promise<string[]> {
  const events = await Promise.all(
    namespaces.map((name) =>
      kubectl.get<LiveObject & { message: string }>(
        'events',
        '--field-selector=reason=FailedCreate',
        ...(name === undefined ? [] : [`--namespace=${name}`]),
      ),
    ),
  );
  return events.flat().map(({ message }) => message);
}
