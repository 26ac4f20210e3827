import { Yaml } from 'cdk8s';
import { readDist } from '../../support/dist';
import type { Manifest } from '../../support/manifests';
import type { TestCluster } from './cluster';
import { eventually } from './kubectl';
import type { Kubectl, LiveObject, ObjectReference } from './kubectl';
import { withClaims } from './pods-and-claims';

interface Affinity {
  podAntiAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: object[];
    preferredDuringSchedulingIgnoredDuringExecution?: object[];
  };
}

/** As in dist/, but for servers that must not share a node where there are fewer nodes than servers. */
export function scenarioYaml(cluster: TestCluster, name: string): string {
  const objects = readDist([`dist/${name}.k8s.yaml`]);
  if (cluster.facts.nodes < 3) objects.forEach(preferInsteadOfRequire);
  return Yaml.stringify(...objects);
}

function preferInsteadOfRequire(manifest: Manifest): void {
  const pod = (manifest as { spec?: { template?: { spec: { affinity?: Affinity } } } }).spec?.template?.spec;
  const required = pod?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!pod || !required) return;
  const preferred = required.map((podAffinityTerm) => ({ weight: 1, podAffinityTerm }));
  pod.affinity = { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
}

/** Announces what a scenario makes, and what its document makes by hand. */
export async function reserveScenario(
  cluster: TestCluster,
  kubectl: Kubectl,
  name: string,
  byHand: ObjectReference[] = [],
): Promise<void> {
  await cluster.reserve(kubectl, [...withClaims(readDist([`dist/${name}.k8s.yaml`])), ...byHand]);
}

/** Waits until pods are ready; says why they are not. A controller makes them in its own time, for which `kubectl wait` does not wait. */
export async function ready(kubectl: Kubectl, pods: string[], seconds = 180): Promise<void> {
  await eventually(() => kubectl.ok(['get', 'pods', ...pods, '--output=name']), seconds);
  const { status, stderr } = await kubectl.run(
    ['wait', ...pods.map((pod) => `pod/${pod}`), '--for=condition=Ready', `--timeout=${seconds}s`],
    { seconds: seconds + 10 },
  );
  if (status === 0) return;
  const found = await kubectl.get<LiveObject & { status: object }>('pods');
  throw new Error(
    `${stderr}${JSON.stringify(
      found.map(({ metadata, status: now }) => [metadata.name, now]),
      null,
      1,
    )}`,
  );
}
