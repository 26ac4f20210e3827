import { persistentMounts, volumeOf } from '../facts/pod-facts';
import { parseImage } from '../images';
import type { Facts, Resource } from '../model';
import { handOver, leave } from '../ways-out';
import { workloadsIn } from './rule';
import type { Context } from './rule';

/** A StatefulSet that takes the place of a Deployment on a claim, and its own claim. */
export interface Successor {
  readonly set: Resource;
  readonly claim: string;
  readonly wayOut: string[];
}

/** A new set of the same name or image that mounts a volume of its own where a pod that is gone mounted the claim. */
export function successorOf(gone: Resource, claim: string, context: Context): Successor | undefined {
  const { before, after } = context;
  if (gone.kind === 'StatefulSet' || after.has(gone.key)) return undefined;
  const paths = pathsOf(gone, `claim ${claim}`);
  for (const set of workloadsIn(gone.namespace, after)) {
    if (set.kind !== 'StatefulSet' || before.has(set.key)) continue;
    if (gone.name !== set.name && !sharesImage(gone.facts, set.facts)) continue;
    const template = Object.keys(set.facts.templates ?? {}).find((name) =>
      pathsOf(set, `template ${name}`).some((path) => paths.includes(path)),
    );
    if (template === undefined) continue;
    const { namespace } = gone;
    const to = { namespace, claim: `${template}-${set.name}-0` };
    const hands = handOver({ from: { namespace, claim }, to, users: [gone] });
    return { set, claim: to.claim, wayOut: [...leave('hand the volume over before the apply:'), ...hands] };
  }
  return undefined;
}

/** Where a pod mounts a volume. */
function pathsOf({ facts: { pod = {} } }: Resource, source: string): string[] {
  return Object.values(pod.containers ?? {}).flatMap((container) =>
    persistentMounts(pod, container)
      .filter(([, mount]) => pod.volumes?.[volumeOf(mount)] === source)
      .map(([path]) => path),
  );
}

function sharesImage(one: Facts, other: Facts): boolean {
  const repositories = ({ pod }: Facts): string[] =>
    Object.values(pod?.containers ?? {}).map(({ image = '' }) => parseImage(image).repository);
  return repositories(one).some((repository) => repositories(other).includes(repository));
}
