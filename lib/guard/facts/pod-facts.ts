import { ENGINES } from '../engines';
import type { ContainerFacts, PodFacts, Texts } from '../model';
import { compact, emptyToNothing, sorted } from '../reader';
import type { Reader } from '../reader';

/** The annotation of an object that says what an unreadable image holds: `postgres:17`, or `db=postgres:17, cache=redis:7.2`. */
export const ENGINE_ANNOTATION = 'cdk8s-stateful/engine';

const DATA_SETTINGS = new Set(ENGINES.flatMap(({ dataSettings = [] }) => dataSettings));
const FIRST_START = new Set(ENGINES.flatMap(({ firstStart = [] }) => firstStart));

/** Keys by which applications encrypt what they store. With another one they cannot read it. */
const ENCRYPTION_KEY = /ENCRYPTION_KEY|FERNET_KEY|SECRET_KEY(?:_BASE)?$|MASTER_KEY|CRYPT_KEY|GF_SECURITY_SECRET_KEY/;

/** A pod, of what its `spec` and labels say; of claim templates the names. */
export function podFacts(pod: Reader, templates: readonly string[], engines: Texts): PodFacts {
  const spec = pod.get('spec');
  const volumes: Texts = {};
  for (const volume of spec.get('volumes').list()) {
    const name = volume.get('name').text();
    if (name !== undefined) volumes[name] = sourceOf(volume);
  }
  // A template wins over a volume of its name.
  for (const name of templates) volumes[name] = `template ${name}`;
  const containers: { [name: string]: ContainerFacts } = {};
  const sidecars = spec
    .get('initContainers')
    .list()
    .filter((container) => container.get('restartPolicy').raw() === 'Always');
  for (const container of [...spec.get('containers').list(), ...sidecars]) {
    const name = container.get('name').text();
    if (name !== undefined) containers[name] = containerFacts(container, engines[name] ?? engines['']);
  }
  const security = spec.get('securityContext');
  return compact({
    user: security.get('runAsUser').text(),
    group: security.get('runAsGroup').text(),
    fsGroup: security.get('fsGroup').text(),
    labels: pod.get('metadata', 'labels').texts(),
    volumes: emptyToNothing(sorted(volumes)),
    containers: emptyToNothing(sorted(containers)),
  });
}

function sourceOf(volume: Reader): string {
  const claim = volume.get('persistentVolumeClaim', 'claimName').text();
  if (claim !== undefined) return `claim ${claim}`;
  const path = volume.get('hostPath', 'path').text();
  if (path !== undefined) return `hostPath ${path}`;
  const server = volume.get('nfs', 'server').text();
  if (server !== undefined) return `nfs ${server}:${volume.get('nfs', 'path').text() ?? ''}`;
  const driver = volume.get('csi', 'driver').text();
  if (driver !== undefined)
    return `csi ${driver} ${Object.values(volume.get('csi', 'volumeAttributes').texts() ?? {}).join(' ')}`.trim();
  const disk = volume.get('azureDisk', 'diskName').text() ?? volume.get('awsElasticBlockStore', 'volumeID').text();
  if (disk !== undefined) return `disk ${disk}`;
  return volume.keys().find((key) => key !== 'name') ?? 'emptyDir';
}

function containerFacts(container: Reader, engine: string | undefined): ContainerFacts {
  const mounts: Texts = {};
  for (const mount of [...container.get('volumeMounts').list(), ...container.get('volumeDevices').list()]) {
    const path = mount.get('mountPath').text() ?? mount.get('devicePath').text();
    const name = mount.get('name').text();
    const subPath = mount.get('subPath').text() ?? mount.get('subPathExpr').text();
    if (path !== undefined && name !== undefined)
      mounts[trimmed(path)] = subPath ? `${name}:${trimmed(subPath)}` : name;
  }
  const { settings, secrets } = variablesOf(container);
  const security = container.get('securityContext');
  const image = container.get('image').text();
  return compact({
    image,
    engine: image === undefined ? undefined : engine,
    user: security.get('runAsUser').text(),
    group: security.get('runAsGroup').text(),
    mounts: emptyToNothing(sorted(mounts)),
    settings: emptyToNothing(sorted({ ...settings, ...argumentsOf(container) })),
    secrets: emptyToNothing(sorted(secrets)),
    imports: importsOf(container),
  });
}

/** What is taken whole. */
function importsOf(container: Reader): string | undefined {
  const names = container
    .get('envFrom')
    .list()
    .flatMap((source) => [
      ...named('Secret', source.get('secretRef', 'name')),
      ...named('ConfigMap', source.get('configMapRef', 'name')),
    ]);
  return names.length === 0 ? undefined : names.sort().join(', ');
}

function named(kind: string, name: Reader): string[] {
  return name.has() ? [`${kind}/${name.raw()}`] : [];
}

/** `/data/` and `/data` are one folder. */
function trimmed(path: string): string {
  return path.replace(/(?<=.)\/+$/, '').replace(/^\.\//, '');
}

function variablesOf(container: Reader): { settings: Texts; secrets: Texts } {
  const settings: Texts = {};
  const secrets: Texts = {};
  for (const variable of container.get('env').list()) {
    const name = variable.get('name').raw();
    const secret = variable.get('valueFrom', 'secretKeyRef');
    if (secret.has()) {
      secrets[name] = `${secret.get('name').text() ?? ''}/${secret.get('key').text() ?? ''}`;
    } else if (DATA_SETTINGS.has(name) || (FIRST_START.has(name) && !isSecret(name))) {
      const value = variable.get('value').text();
      if (value !== undefined) settings[name] = value;
    }
  }
  return { settings, secrets };
}

/** Whether a variable holds what no lock file may hold. */
function isSecret(name: string): boolean {
  return /PASS|TOKEN|SECRET|KEY/.test(name) && !name.endsWith('_FILE');
}

/** `--datadir=/x`, `--dbpath /x`, `-c data_directory=/x`, in arguments or in a command. */
function argumentsOf(container: Reader): Texts {
  const words = [...container.get('command').list(), ...container.get('args').list()].map((word) => word.raw());
  const settings: Texts = {};
  words.forEach((word, index) => {
    const [name, value] = split(word.replace(/^-[cE](?=\w)/, ''));
    if (!DATA_SETTINGS.has(name)) return;
    const text = value ?? words[index + 1];
    if (text !== undefined) settings[name] = trimmed(text);
  });
  return settings;
}

function split(word: string): [string, string?] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
}

export function isEncryptionKey(variable: string): boolean {
  return ENCRYPTION_KEY.test(variable);
}

export function isFirstStart(variable: string): boolean {
  return FIRST_START.has(variable);
}

/**
 * Folders of a node that belong to its system: kernel, devices, sockets, logs, the kubelet and the container runtime.
 * Agents mount them to look, and nobody keeps a server's data there.
 */
const SYSTEM_FOLDER =
  /^hostPath (?:\/|\/(?:sys|proc|dev|run|var\/run|var\/log|boot|etc|lib|lib64|usr|bin|sbin|opt\/cni|var\/lib\/(?:kubelet|docker|containerd|containers|dockershim|cni|cloud))(?:\/.*)?)$/;

/** Whether a volume keeps what is written to it when its pod is gone. */
export function isPersistent(source: string | undefined): boolean {
  if (source === undefined || SYSTEM_FOLDER.test(source)) return false;
  return /^(?:claim|template|hostPath|nfs|csi|disk) /.test(source);
}

/** The volume of a mount, before its subPath. */
export function volumeOf(mount: string): string {
  return mount.split(':', 1)[0] ?? mount;
}

export function subPathOf(mount: string): string {
  return mount.slice(volumeOf(mount).length + 1);
}

/** Paths and mounts of what a container writes to and keeps. */
export function persistentMounts(pod: PodFacts, { mounts = {} }: ContainerFacts): [path: string, mount: string][] {
  return Object.entries(mounts).filter(([, mount]) => isPersistent(pod.volumes?.[volumeOf(mount)]));
}
