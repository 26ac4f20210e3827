import { find } from './manifests';
import type { Manifest, PodSpec } from './manifests';

type Container = PodSpec['containers'][number];

/** What a test asks of the pod that a CronJob starts. */
export interface RenderedJob {
  readonly pod: PodSpec;
  /** Names of the containers, in the order in which they run. */
  readonly steps: string[];
  readonly step: (name: string) => Container;
  readonly envOf: (name: string) => { [variable: string]: string | undefined };
  /** All that a container can read of Secrets, by where it reads it: `<secret>/<key>`. */
  readonly secretsOf: (name: string) => { [place: string]: string };
}

export function renderedJob(manifests: Manifest[], name: string): RenderedJob {
  const pod = find(manifests, 'CronJob', name).spec.jobTemplate.spec.template.spec;
  // Of one step there are no init containers.
  const containers = [...((pod.initContainers as Container[] | undefined) ?? []), ...pod.containers];
  const step = (wanted: string): Container => {
    const found = containers.find((container) => container.name === wanted);
    if (!found) throw new Error(`no container '${wanted}' among ${containers.map((one) => one.name).join(', ')}`);
    return found;
  };
  return {
    pod,
    steps: containers.map((container) => container.name),
    step,
    envOf: (wanted) => Object.fromEntries(envOf(step(wanted)).map((one) => [one.name, one.value])),
    secretsOf: (wanted) => secretsOf(pod, step(wanted)),
  };
}

type Env = { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
interface Item {
  readonly key: string;
  readonly path: string;
}
interface Volume {
  readonly name: string;
  readonly secret?: { secretName: string; items: Item[] };
  readonly projected?: { sources: { secret: { name: string; items: Item[] } }[] };
}

function envOf(container: Container): Env {
  return (container as { env?: Env }).env ?? [];
}

function secretsOf(pod: PodSpec, container: Container): { [place: string]: string } {
  const seen: [string, string][] = envOf(container).flatMap(({ name, valueFrom }) => {
    const ref = valueFrom?.secretKeyRef;
    return ref ? [[name, `${ref.name}/${ref.key}`] as [string, string]] : [];
  });
  if ((container as Partial<Container>).envFrom)
    throw new Error(`'${container.name}' has envFrom, which is not looked into`);
  for (const mount of container.volumeMounts) {
    const { secret, projected } = (pod.volumes as Volume[]).find(({ name }) => name === mount.name)!;
    const sources = projected?.sources.map((source) => source.secret) ?? [];
    if (secret) sources.push({ name: secret.secretName, items: secret.items });
    const { subPath } = mount as { subPath?: string };
    for (const { name, items } of sources) {
      for (const { key, path } of items) {
        // A mount of a single file, or of all that there is.
        if (subPath === undefined) seen.push([`${mount.mountPath}/${path}`, `${name}/${key}`]);
        else if (subPath === path) seen.push([mount.mountPath, `${name}/${key}`]);
      }
    }
  }
  return Object.fromEntries(seen);
}

/** As the kubelet expands the arguments of a container. */
export function expand(text: string, env: { [name: string]: string | undefined }): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (match: string, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(env, name) ? env[name]! : match;
  });
}
