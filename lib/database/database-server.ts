import { Size } from 'cdk8s';
import { Cpu, k8s } from 'cdk8s-plus-27';
import type { SecretValue } from 'cdk8s-plus-27';
import { propsOf } from '../private/known-props';
import { kibibytes, quantity } from '../storage/quantity';
import type { VolumeClaimMount, VolumeClaimTemplate } from '../storage/volume-claim-template';
import type { EmptyDirMount } from '../workload/empty-dir-mount';
import type { PersistentStatefulSetProps } from '../workload/persistent-stateful-set';
import { renderSecretFiles } from '../workload/secret-files';
import type { SecretFiles } from '../workload/secret-files';
import { databaseOf, secretEnv, withName } from './database';
import type { DatabaseEngineSpec } from './database-engine-spec';
import { initializeStub } from './database-scripts';
import { METRICS_USER, renderExporter, renderMetricsUser, renderMetricsVolumes } from './metrics/metrics-containers';
import { SCRIPTS } from './read-script';
import { InitScriptsRunAs } from './stateful-database-props';
import type { DatabaseStorage, StatefulDatabaseProps } from './stateful-database-props';

export const APPLICATION_USER_SCRIPT = '00-application-user.sh';
export const BACKUP_USER_SCRIPT = '00-backup-user.sh';
export const INITIALIZE = 'initialize';
const INIT_SCRIPTS = 'init-scripts';
const PASSWORDS = { volume: 'passwords', path: '/passwords' };

/** Names of the ConfigMaps of a database. */
export interface DatabaseConfigMaps {
  readonly initScripts?: string;
  readonly scripts?: string;
}

/** The set that runs a database's server, but for its name and Service. */
export type Server = Omit<PersistentStatefulSetProps, 'name' | 'service'> & {
  readonly volumeClaimTemplates: VolumeClaimTemplate[];
};

export function renderServer(props: StatefulDatabaseProps, maps: DatabaseConfigMaps): Server {
  const { spec } = props.engine;
  const server = renderContainer(props, spec);
  const initScripts: k8s.VolumeMount[] = [];
  const volumes: k8s.Volume[] = [...(props.volumes ?? [])];
  if (maps.initScripts !== undefined && spec.initScriptsPath !== undefined) {
    initScripts.push({ name: INIT_SCRIPTS, mountPath: spec.initScriptsPath });
    // A database that is made needs them no more; who makes one looks whether they are there.
    const made = spec.initializeScript !== undefined;
    // An image may run only what can be executed, or source what cannot: both work so. Our own runs them by their interpreters.
    const mode = made ? { optional: true } : { defaultMode: 0o555 };
    volumes.push({ name: INIT_SCRIPTS, configMap: { name: maps.initScripts, ...mode } });
  }
  const scripts: k8s.VolumeMount[] = [];
  if (maps.scripts !== undefined) {
    scripts.push({ name: SCRIPTS.volume, mountPath: SCRIPTS.path, readOnly: true });
    volumes.push({ name: SCRIPTS.volume, configMap: { name: maps.scripts, optional: true } });
  }
  const passwords: k8s.VolumeMount[] = [];
  const passwordVolumes = renderSecretFiles(PASSWORDS.volume, passwordFilesOf(props, spec));
  if (passwordVolumes.length > 0) {
    passwords.push({ name: PASSWORDS.volume, mountPath: PASSWORDS.path, readOnly: true });
    volumes.push(...passwordVolumes);
  }
  const { image, resources } = server;
  const initContainers: k8s.Container[] = (spec.initContainers ?? []).map((container) => ({
    image,
    resources,
    ...container,
  }));
  volumes.push(...(spec.volumes ?? []));
  const withData = [server.name];
  if (spec.initializeScript !== undefined) {
    initContainers.push(
      renderInitialize(props, server, maps, [...initScripts, ...scripts, ...passwords, ...(props.volumeMounts ?? [])]),
    );
    withData.push(INITIALIZE);
  }
  initContainers.push(...(props.nativeSidecars ?? []), ...(props.initContainers ?? []));
  const metrics = renderMetrics(props, server, [...scripts, ...passwords]);
  volumes.push(...metrics.volumes);
  const mounts = [
    ...(spec.initializeScript === undefined ? initScripts : []),
    ...(spec.volumeBackupScripts || spec.initializeFiles ? scripts : []),
    ...passwords,
    ...(props.volumeMounts ?? []),
  ];
  return {
    ...propsOf('PersistentStatefulSetProps', props),
    runAsUser: props.runAsUser ?? spec.runAsUser,
    runAsGroup: props.runAsGroup ?? props.runAsUser ?? spec.runAsGroup,
    terminationGracePeriod: props.terminationGracePeriod ?? spec.terminationGracePeriod,
    ...(initContainers.length > 0 && { initContainers }),
    containers: [
      {
        ...server,
        // An image may leave the content of the file in the environment of its server, which needs it no more when its data are made.
        env: [
          ...(spec.initializeScript === undefined || !spec.passwordFiles ? renderPasswords(props, spec) : []),
          ...(server.env ?? []),
        ],
        ...(mounts.length > 0 && { volumeMounts: mounts }),
        ports: [{ name: props.portName ?? spec.name, containerPort: spec.port }],
        startupProbe: spec.startupProbe,
        readinessProbe: spec.readinessProbe,
        ...(spec.livenessProbe && { livenessProbe: spec.livenessProbe }),
      },
      ...(props.sidecars ?? []),
      ...metrics.containers,
    ],
    volumeClaimTemplates: [
      renderStorage(props.storage, spec, withData),
      ...(props.volumeClaimTemplates ?? []).map((template) => shareClaim(template, withData)),
    ],
    ...(spec.replicates && { replicates: true }),
    // The administrator may log in by a socket alone, which lies in one of these.
    emptyDirs: renderEmptyDirs(props, [...withData, ...metrics.asClient]),
    ...(volumes.length > 0 && { volumes }),
  };
}

interface MetricsParts {
  readonly containers: k8s.Container[];
  readonly volumes: k8s.Volume[];
  /** Who logs in as the administrator. */
  readonly asClient: string[];
}

/** The exporter, and who makes its user. */
function renderMetrics(
  { engine, metrics, password }: StatefulDatabaseProps,
  { image, env = [] }: k8s.Container,
  volumeMounts: k8s.VolumeMount[],
): MetricsParts {
  const { spec } = engine;
  if (!metrics || !spec.exporter) return { containers: [], volumes: [], asClient: [] };
  const administrator =
    spec.passwordVariable !== undefined && password ? [passwordEnv(spec, spec.passwordVariable, password)] : [];
  const server = { ...(image !== undefined && { image }), env: [...administrator, ...env], volumeMounts };
  return {
    containers: [renderExporter(spec.exporter, metrics), renderMetricsUser(server, metrics)],
    volumes: renderMetricsVolumes(metrics),
    asClient: [METRICS_USER],
  };
}

/** The scripts that make the database, by file name. */
export function initScriptsOf(props: StatefulDatabaseProps): { [fileName: string]: string } {
  const { applicationUserScript, backupUserScript } = props.engine.spec;
  return {
    ...(props.applicationUser &&
      applicationUserScript !== undefined && { [APPLICATION_USER_SCRIPT]: applicationUserScript }),
    ...(props.backupUser && backupUserScript !== undefined && { [BACKUP_USER_SCRIPT]: backupUserScript }),
    ...props.initScripts,
  };
}

function renderContainer(props: StatefulDatabaseProps, spec: DatabaseEngineSpec): k8s.Container {
  const args = [...(spec.args ?? []), ...renderMemory(props, spec), ...renderParameters(props, spec)];
  return {
    name: props.containerName ?? spec.name,
    image: props.image ?? spec.image,
    env: renderEnv(props, spec),
    ...(args.length > 0 && { args }),
    resources: renderResources(props),
  };
}

function renderEnv(props: StatefulDatabaseProps, spec: DatabaseEngineSpec): k8s.EnvVar[] {
  const values = { ...spec.env };
  // Both or none: an image may take the one for the default of the other.
  if (props.user !== undefined || props.databaseName !== undefined) {
    if (spec.userVariable !== undefined) values[spec.userVariable] = props.user ?? spec.user;
    if (spec.databaseVariable !== undefined) values[spec.databaseVariable] = props.databaseName ?? spec.databaseName;
  }
  const { applicationVariables: variables } = spec;
  const { applicationUser: user } = props;
  if (variables && user) {
    values[variables.user] = user.name;
    values[variables.databaseName] = databaseOf(user, spec);
  }
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** The passwords that the database is made with. */
function renderPasswords(props: StatefulDatabaseProps, spec: DatabaseEngineSpec): k8s.EnvVar[] {
  const { passwordVariable, applicationVariables } = spec;
  const { password, applicationUser } = props;
  return [
    ...(passwordVariable !== undefined && password ? [passwordEnv(spec, passwordVariable, password)] : []),
    ...(applicationVariables && applicationUser
      ? [passwordEnv(spec, applicationVariables.password, applicationUser.password)]
      : []),
  ];
}

function renderMemory(
  props: StatefulDatabaseProps,
  { memoryArgs = [], memoryShare = 1 }: DatabaseEngineSpec,
): string[] {
  const bytes = Math.floor(kibibytes(memoryOf(props)) * 1024 * memoryShare);
  return memoryArgs.map((arg) => arg.replace('{bytes}', String(bytes)));
}

function renderParameters(props: StatefulDatabaseProps, spec: DatabaseEngineSpec): string[] {
  return Object.entries(props.parameters ?? {}).flatMap(([name, value]) =>
    (spec.parameterArgs ?? []).map((arg) => arg.replace('{name}', () => name).replace('{value}', () => value)),
  );
}

/** A password as the image reads it: from a file where it can, so that it stands in no environment. */
function passwordEnv(spec: DatabaseEngineSpec, variable: string, password: SecretValue): k8s.EnvVar {
  return spec.passwordFiles
    ? { name: `${variable}_FILE`, value: `${PASSWORDS.path}/${variable}` }
    : secretEnv(variable, password);
}

function passwordFilesOf(props: StatefulDatabaseProps, spec: DatabaseEngineSpec): SecretFiles {
  if (!spec.passwordFiles) return {};
  const { passwordVariable, applicationVariables, applicationUserScript, backupUserScript } = spec;
  const ofUser = applicationVariables?.password ?? (applicationUserScript !== undefined && APPLICATION_PASSWORD);
  return {
    ...(passwordVariable !== undefined && { [passwordVariable]: props.password }),
    ...(ofUser && { [ofUser]: props.applicationUser?.password }),
    ...(backupUserScript !== undefined && { [BACKUP_PASSWORD]: props.backupUser?.password }),
  };
}

const APPLICATION_PASSWORD = 'APPLICATION_PASSWORD';
const BACKUP_PASSWORD = 'BACKUP_PASSWORD';

function renderInitialize(
  props: StatefulDatabaseProps,
  server: k8s.Container,
  maps: DatabaseConfigMaps,
  volumeMounts: k8s.VolumeMount[],
): k8s.Container {
  const { spec } = props.engine;
  const user = spec.applicationUserScript !== undefined ? props.applicationUser : undefined;
  const backup = spec.backupUserScript !== undefined && props.backupUser ? withName(props.backupUser) : undefined;
  return {
    ...server,
    name: INITIALIZE,
    command: ['sh', '-c', initializeStub(maps.scripts ?? '', spec.initializedTest ?? 'false'), INITIALIZE],
    env: [
      ...renderPasswords(props, spec),
      ...(server.env ?? []),
      { name: 'DATA_VOLUME', value: spec.mountPath },
      ...(maps.initScripts !== undefined && spec.initScriptsPath !== undefined
        ? [{ name: 'INIT_SCRIPTS', value: spec.initScriptsPath }]
        : []),
      ...(user
        ? [
            { name: 'APPLICATION_USER', value: user.name },
            { name: 'APPLICATION_DATABASE', value: databaseOf(user, spec) },
            passwordEnv(spec, APPLICATION_PASSWORD, user.password),
          ]
        : []),
      // The default has no variable, so that pods that are there stay as they are.
      ...(props.initScriptsRunAs === InitScriptsRunAs.ADMINISTRATOR
        ? [{ name: 'INIT_SCRIPTS_RUN_AS', value: props.initScriptsRunAs }]
        : []),
      ...(backup
        ? [{ name: 'BACKUP_USER', value: backup.name }, passwordEnv(spec, BACKUP_PASSWORD, backup.password)]
        : []),
    ],
    volumeMounts,
  };
}

/** The claim of a member, seen by these containers. */
export function renderStorage(
  storage: DatabaseStorage,
  spec: DatabaseEngineSpec,
  containers: string[],
): VolumeClaimTemplate {
  const { claimName, subPath, ...claim } = storage;
  return {
    ...claim,
    name: claimName ?? 'data',
    mounts: containers.map((container) => ({
      path: spec.mountPath,
      ...(subPath !== undefined && { subPath }),
      container,
    })),
  };
}

/** What the server sees, the container that makes its database sees too: parameters may name it. */
function shareClaim(template: VolumeClaimTemplate, [server = '', ...others]: string[]): VolumeClaimTemplate {
  const mounts = template.mounts.map((mount) => ({ ...mount, container: mount.container ?? server }));
  const shared = mounts
    .filter(({ container }) => container === server)
    // One container is enough to fill it.
    .map(({ path, subPath, readOnly }) => ({
      path,
      ...(subPath !== undefined && { subPath }),
      ...(readOnly !== undefined && { readOnly }),
    }))
    .flatMap((mount) => others.map((container) => ({ ...mount, container })));
  const isNew = (one: VolumeClaimMount) =>
    !mounts.some(({ container, path }) => container === one.container && path === one.path);
  return { ...template, mounts: [...mounts, ...shared.filter(isNew)] };
}

function renderEmptyDirs(props: StatefulDatabaseProps, containers: string[]): EmptyDirMount[] {
  const { spec } = props.engine;
  const quarter = Size.kibibytes(Math.floor(kibibytes(memoryOf(props)) / 4));
  const mounts: EmptyDirMount[] = (spec.emptyDirs ?? []).map((mount) => ({
    ...mount,
    containers: [...(mount.containers ?? []), ...containers],
  }));
  if (spec.sharedMemory) mounts.push({ path: '/dev/shm', memory: true, sizeLimit: quarter, containers });
  // One of the server's own paths can be given another size.
  const own = (mount: EmptyDirMount) => mounts.find(({ path }) => path === mount.path && !mount.containers);
  const [server = ''] = containers;
  const shared = (mount: EmptyDirMount): EmptyDirMount => {
    const named = mount.containers ?? [server];
    return { ...mount, containers: named.includes(server) ? [...new Set([...named, ...containers])] : named };
  };
  const given = (props.emptyDirs ?? []).map((mount) => shared({ ...own(mount), ...mount }));
  return [...given, ...mounts.filter((mount) => !props.emptyDirs?.some((one) => own(one) === mount))];
}

/** What a server may use, of its `resources`. */
export function renderResources(props: Pick<StatefulDatabaseProps, 'resources'>): k8s.ResourceRequirements {
  const memory = quantity(memoryOf(props));
  const disk = quantity(props.resources?.ephemeralStorage ?? Size.gibibytes(1));
  const cpu = k8s.Quantity.fromString((props.resources?.cpu ?? Cpu.millis(250)).amount);
  return { requests: { cpu, memory, 'ephemeral-storage': disk }, limits: { memory, 'ephemeral-storage': disk } };
}

function memoryOf(props: Pick<StatefulDatabaseProps, 'resources'>): Size {
  return props.resources?.memory ?? Size.gibibytes(1);
}
