import { longestGap } from '../../units/longest-gap';
import type { Resource, Texts } from '../model';
import type { Reader } from '../reader';

/** A container of a job, with all that its YAML says of what it does. */
export interface JobContainer {
  readonly image: string;
  /** Command, arguments and the scripts of ConfigMaps that they name. */
  readonly words: string;
  readonly env: Texts;
  /** Variables that come from a Secret, whose values nobody can see. */
  readonly hidden: readonly string[];
  /** By volume, the paths and whether it is read only. */
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly readOnly: boolean }[];
}

/** A CronJob as far as it says what it backs up. */
export interface BackupJob {
  readonly resource: Resource;
  readonly containers: readonly JobContainer[];
  /** By name, the claim or the path of the node. */
  readonly volumes: ReadonlyMap<string, { readonly claim?: string; readonly readOnly: boolean; readonly kind: string }>;
}

const DRILL = /drill|verif|restore-?test|test-?restore/i;

/** Whether a CronJob brings a backup back by itself, to see that it works. */
export function isDrill(job: Resource): boolean {
  return DRILL.test(job.name) && idle(job) === undefined;
}

/** Why a CronJob never runs. */
export function idle({ object }: Resource): string | undefined {
  if (object?.get('spec', 'suspend').raw() === 'true') return 'is suspended';
  return longestGap(object?.get('spec', 'schedule').raw() ?? '') === Infinity
    ? 'has a date that never comes'
    : undefined;
}

/** Reads a CronJob, with the ConfigMaps of its namespace. */
export function readJob(resource: Resource, configMaps: ReadonlyMap<string, Resource>): BackupJob | undefined {
  const pod = resource.object?.get('spec', 'jobTemplate', 'spec', 'template', 'spec');
  if (!pod) return undefined;
  const mapOf = (name: string): Reader | undefined =>
    configMaps.get(`${resource.namespace}/${name}`)?.object?.get('data');
  const volumes = new Map<string, { claim?: string; readOnly: boolean; kind: string }>();
  const scripts = new Map<string, Reader>();
  for (const volume of pod.get('volumes').list()) {
    const name = volume.get('name').raw();
    const claim = volume.get('persistentVolumeClaim');
    const kind = volume.keys().find((key) => key !== 'name') ?? 'emptyDir';
    const readOnly = claim.get('readOnly').raw() === 'true';
    volumes.set(name, { ...(claim.has() && { claim: claim.get('claimName').raw() }), readOnly, kind });
    const data = mapOf(volume.get('configMap', 'name').raw());
    if (data) scripts.set(name, data);
  }
  const containers = [...pod.get('initContainers').list(), ...pod.get('containers').list()];
  return { resource, volumes, containers: containers.map((container) => readContainer(container, scripts, mapOf)) };
}

function readContainer(
  container: Reader,
  scripts: ReadonlyMap<string, Reader>,
  mapOf: (name: string) => Reader | undefined,
): JobContainer {
  const { env, hidden } = environmentOf(container, mapOf);
  const said = [...container.get('command').list(), ...container.get('args').list()].map((word) => word.raw());
  const mounts = container
    .get('volumeMounts')
    .list()
    .map((mount) => ({
      volume: mount.get('name').raw(),
      path: mount.get('mountPath').raw(),
      readOnly: mount.get('readOnly').raw() === 'true',
    }));
  // Of a script that the command names by its path, all is said as well.
  const text = said.join(' ');
  const named = mounts.flatMap(({ volume }) =>
    (scripts.get(volume)?.entries() ?? []).filter(([key]) => text.includes(key)).map(([, script]) => script.raw()),
  );
  return {
    image: container.get('image').raw(),
    words: expanded([text, ...named].join('\n'), env),
    env,
    hidden,
    mounts,
  };
}

function environmentOf(
  container: Reader,
  mapOf: (name: string) => Reader | undefined,
): { env: Texts; hidden: string[] } {
  const env: Texts = {};
  const hidden: string[] = [];
  for (const source of container.get('envFrom').list()) {
    const map = mapOf(source.get('configMapRef', 'name').raw());
    for (const [name, value] of map?.entries() ?? []) env[source.get('prefix').raw() + name] = value.raw();
    if (source.get('secretRef').has()) hidden.push(`Secret ${source.get('secretRef', 'name').raw()}`);
  }
  for (const variable of container.get('env').list()) {
    const name = variable.get('name').raw();
    const reference = variable.get('valueFrom', 'configMapKeyRef');
    if (variable.get('valueFrom', 'secretKeyRef').has()) hidden.push(name);
    else if (reference.has())
      env[name] = mapOf(reference.get('name').raw())?.get(reference.get('key').raw()).raw() ?? '';
    else env[name] = variable.get('value').raw();
  }
  return { env, hidden };
}

/** `$(NAME)`, `${NAME}` and `$NAME` of variables whose values are known. */
function expanded(text: string, env: Texts): string {
  return text.replace(/\$(?:\((\w+)\)|\{(\w+)\}|(\w+))/g, (all, one?: string, two?: string, three?: string) => {
    const name = one ?? two ?? three ?? '';
    return Object.hasOwn(env, name) ? (env[name] ?? all) : all;
  });
}
