import { persistentMounts } from '../facts/pod-facts';
import { knownImage, layoutOf } from '../images';
import type { ContainerFacts, PodFacts, Resource } from '../model';
import { leave } from '../ways-out';
import { containers, podPath } from './container-changes';
import { WITH_PODS } from './rule';
import type { Rule } from './rule';

/** Settings of a server that say where its data is, the first that is there. */
const FOLDER = ['PGDATA', '-D', '--data-directory', 'data_directory'];

interface Stray {
  readonly folder: string;
  /** Where the volume would reach it. */
  readonly mount: string;
  readonly says: string;
}

/** The folder in which a server with a volume keeps its data, if the volume does not reach it. */
function strayFolder(pod: PodFacts, container: ContainerFacts): Stray | undefined {
  const image = knownImage(container.engine ?? container.image ?? '');
  const layout = image && layoutOf(image);
  const mounts = persistentMounts(pod, container).map(([path]) => path);
  // What a ConfigMap or a Secret that is taken whole says of the folder, nobody sees.
  if (!layout || mounts.length === 0 || container.imports !== undefined) return undefined;
  const { settings = {} } = container;
  const folder = FOLDER.map((name) => settings[name]).find((text) => text !== undefined) ?? layout.data;
  const reaches = mounts.filter((path) => isIn(folder, path));
  // The runtime mounts a volume of its own where the image declares one: a mount above that does not reach into it.
  const { declared } = layout;
  const isHidden = isIn(folder, declared) && !reaches.some((path) => isIn(path, declared));
  if (reaches.length > 0 && !isHidden) return undefined;
  const why = isHidden ? `${declared}, which the image declares as a volume of its own` : 'no volume';
  return {
    folder,
    mount: isHidden ? declared : folder,
    says: `${image.engine.name} writes to ${folder}. That is on ${why}, and gone with the pod or its node.`,
  };
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Whether the container held the same data before: then it was lost before, or it does not start now. */
function wasSo(before: Resource, after: Resource, name: string): boolean {
  const change = containers(before, after).find((one) => one.name === name);
  if (!change) return false;
  const [old, now] = [change.old, change.now].map(({ engine, image }) => knownImage(engine ?? image ?? ''));
  return old?.version[0] !== now?.version[0] || strayFolder(before.facts.pod ?? {}, change.old) !== undefined;
}

/** Folders in which servers keep data. */
export const FOLDER_RULES: readonly Rule[] = [
  {
    id: 'data-off-volume',
    kinds: WITH_PODS,
    verdict: 'loses',
    needs: 'after',
    find({ before, after }) {
      const { pod } = after.facts;
      return Object.entries(pod?.containers ?? {}).flatMap(([name, container]) => {
        const stray = pod && strayFolder(pod, container);
        if (!stray || wasSo(before, after, name)) return [];
        const mounted = persistentMounts(pod, container).map(([path]) => path);
        return [
          {
            change: `'${name}': data in ${stray.folder}, the volume at ${mounted.join(', ')}`,
            says: stray.says,
            wayOut: leave(
              `mount the volume at ${stray.mount}; if data was written already, dump it before any pod restarts`,
            ),
            path: [...podPath(after), 'containers'],
          },
        ];
      });
    },
  },
];
