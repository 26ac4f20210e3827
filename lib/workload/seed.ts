import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { k8s } from 'cdk8s-plus-27';
import { inlineScript } from './inline-script';
import type { ClaimedVolume, PodSource } from './pod-spec';

const VOLUME = '/volume';

/** The pods, with an init container before all others for each volume that is filled from an image. */
export function withSeeds<T extends PodSource>(pods: T, claimed: ClaimedVolume[]): T {
  const { containers, initContainers = [] } = pods;
  const seeds = claimed.flatMap(({ name, mounts }) =>
    mounts.flatMap(({ seed, subPath, container: of = containers[0]?.name }) => {
      const container = [...containers, ...initContainers].find((one) => one.name === of);
      // What is missing is a problem of its own.
      if (seed === undefined || subPath === undefined || !container) return [];
      return [renderSeed(name, `${VOLUME}/${subPath}`, seed, container)];
    }),
  );
  return seeds.length > 0 ? { ...pods, initContainers: [...seeds, ...initContainers] } : pods;
}

function renderSeed(volume: string, folder: string, seed: string, container: k8s.Container): k8s.Container {
  const { image, imagePullPolicy, resources, securityContext } = container;
  const script = readFileSync(join(__dirname, 'seed.sh'), 'utf8');
  return {
    name: `seed-${volume}`,
    image,
    ...(imagePullPolicy !== undefined && { imagePullPolicy }),
    command: ['sh', '-c', inlineScript(script), 'seed', seed, folder],
    ...(resources && { resources }),
    ...(securityContext && { securityContext }),
    volumeMounts: [{ name: volume, mountPath: VOLUME }],
  };
}
