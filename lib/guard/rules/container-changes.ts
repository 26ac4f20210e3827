import { persistentMounts } from '../facts/pod-facts';
import type { ContainerFacts, Resource } from '../model';

/** A container of before and of after. After a rename, the one that mounts the same volume at the same path. */
export interface ContainerChange {
  readonly name: string;
  readonly old: ContainerFacts;
  readonly now: ContainerFacts;
  readonly path: (string | number)[];
}

/** The containers whose data may be touched: those that mounted a volume that keeps its content. */
export function containers(before: Resource, after: Resource): ContainerChange[] {
  const [old, now] = [before.facts.pod, after.facts.pod];
  if (!old || !now) return [];
  return Object.entries(old.containers ?? {}).flatMap(([name, container]) => {
    if (persistentMounts(old, container).length === 0) return [];
    const renamed = Object.entries(now.containers ?? {}).find(([, other]) => sharesMount(container, other));
    const [nowName, found] = now.containers?.[name] ? [name, now.containers[name]] : (renamed ?? [name, {}]);
    const index = Object.keys(now.containers ?? {}).length === 1 ? [0] : [];
    return [{ name: nowName, old: container, now: found, path: [...podPath(after), 'containers', ...index] }];
  });
}

function sharesMount(one: ContainerFacts, other: ContainerFacts): boolean {
  return Object.entries(one.mounts ?? {}).some(([path, mount]) => other.mounts?.[path] === mount);
}

/** Where the pod stands in an object. */
export function podPath({ kind }: Resource): string[] {
  return kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
}
