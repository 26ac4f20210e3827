import type { k8s } from 'cdk8s-plus-27';
import { emptyDirName, SEEDED } from './empty-dir-mount';
import { targetOf } from './mount-target';
import type { ClaimedVolume, PodSource } from './pod-spec';

const VOLUME = '/volume';

/**
 * Fills the folder $2 of a volume with the folder $1 of the image, once. A copy in place that is interrupted would be taken for the
 * whole by the next start: so it is made beside, and then renamed. Each pod has a folder of its own, as one that is being stopped may be
 * copying still.
 *
 * It is part of the pod template: whoever changes a letter of it restarts the pods of every user.
 */
const SEED = `set -eu
from=$1 to=$2
if [ -e "$to" ] && [ "$(ls -A "$to")" ]; then
  echo "seed: $to holds something; left alone"
  exit 0
fi
mkdir -p "$(dirname "$to")"
new=$(mktemp -d "$to.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 143' TERM
whole=$new/$(basename "$to")
mkdir "$whole"
cp -R "$from/." "$whole"
sync
mv "$whole" "$(dirname "$to")/"
sync
echo "seed: filled $to from $from"
`;

/** The pods with all their init containers: first one for each volume that is filled from an image, then native sidecars. */
export function withSeeds<T extends PodSource>(pods: T, claimed: ClaimedVolume[]): T {
  const { containers, initContainers = [], nativeSidecars = [] } = pods;
  const filled = [
    ...claimed.flatMap(({ name, mounts }) =>
      mounts.map((mount) => ({ name, seed: mount.seed, folder: mount.subPath, of: targetOf(containers, mount) })),
    ),
    ...(pods.emptyDirs ?? []).map((mount) => ({
      name: emptyDirName(mount),
      seed: mount.seed,
      folder: SEEDED,
      of: mount.containers?.[0] ?? targetOf(containers, { path: mount.path }),
    })),
  ];
  const seeds = filled.flatMap(({ name, seed, folder, of }) => {
    const container = [...containers, ...initContainers, ...nativeSidecars].find((one) => one.name === of);
    // What is missing is a problem of its own.
    if (seed === undefined || folder === undefined || !container) return [];
    return [renderSeed(name, `${VOLUME}/${folder}`, seed, container)];
  });
  // What init containers may need runs before them; a database has its sidecars between its own and those of its user.
  const sidecars = nativeSidecars.filter((sidecar) => !initContainers.includes(sidecar));
  const before = [...seeds, ...sidecars];
  return before.length > 0 ? { ...pods, initContainers: [...before, ...initContainers] } : pods;
}

function renderSeed(volume: string, folder: string, seed: string, container: k8s.Container): k8s.Container {
  const { image, imagePullPolicy, resources, securityContext } = container;
  return {
    name: `seed-${volume}`,
    image,
    ...(imagePullPolicy !== undefined && { imagePullPolicy }),
    command: ['sh', '-c', SEED, 'seed', seed, folder],
    ...(resources && { resources }),
    ...(securityContext && { securityContext }),
    volumeMounts: [{ name: volume, mountPath: VOLUME }],
  };
}
