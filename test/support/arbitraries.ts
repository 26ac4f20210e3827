import { Cron, Duration, Size } from 'cdk8s';
import { Cpu, RestartPolicy } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import {
  AccessMode,
  AntiAffinity,
  BackupEncryption,
  BlobBackupCronJob,
  BlobCredentials,
  BlobStore,
  GcsCredentials,
  S3Credentials,
  BlobRestoreJob,
  ClaimRetention,
  ClientAccess,
  DatabaseCopy,
  DatabaseEngine,
  HeadlessService,
  PersistentStatefulSet,
  PersistentVolumeClaim,
  Pod,
  PodManagementPolicy,
  RestoreDrill,
  StatefulDatabase,
  UpdateStrategy,
  VolumeDataSource,
} from '../../lib';
import type {
  BlobBackupCronJobProps,
  AzureBlobStoreOptions,
  GcsBlobStoreOptions,
  RemoteBlobStoreOptions,
  S3BlobStoreOptions,
  BlobJobProps,
  BlobRestoreJobProps,
  DatabaseCopyProps,
  EmptyDirMount,
  HeadlessServiceProps,
  PersistentStatefulSetProps,
  PersistentVolumeClaimProps,
  PodProps,
  RestoreDrillProps,
  ScheduledJobProps,
  StatefulDatabaseProps,
  StatefulWorkloadProps,
  VolumeClaimTemplate,
  WorkloadProps,
  IStorageClass,
} from '../../lib';
import {
  DISK,
  DUMP_PASSWORD,
  ENCRYPTION_KEY,
  EXPORTER_PASSWORD,
  IDENTITY,
  NFS,
  PASSWORD,
  PULL_SECRET,
  SHOP_PASSWORD,
  STORAGE_KEY,
} from './elsewhere';

/*
 * Random props that every server of Kubernetes from 1.27 on accepts. They are data, apart from the constructs that `build…`
 * makes of them, so that the same case can be made twice, moved, or broken in one place.
 */

export interface SetCase {
  readonly service: HeadlessServiceProps;
  readonly set: Omit<PersistentStatefulSetProps, 'service'>;
}

export interface PodCase {
  readonly claim: PersistentVolumeClaimProps;
  readonly pod: Omit<PodProps, 'claims'>;
  readonly mountPath: string;
}

export interface AccessCase {
  readonly name: string;
  readonly to: SetCase;
  readonly ports: number[] | undefined;
}

export interface BackupCase {
  readonly database: StatefulDatabaseProps;
  readonly store: BlobStore;
  readonly backup: Omit<BlobBackupCronJobProps, 'database' | 'store'>;
  readonly restore: Omit<BlobRestoreJobProps, 'database' | 'store'>;
  readonly drill: Omit<RestoreDrillProps, 'backup'>;
}

export interface CopyCase {
  readonly from: StatefulDatabaseProps;
  readonly to: StatefulDatabaseProps;
  readonly copy: Omit<DatabaseCopyProps, 'from' | 'to'>;
}

export function buildSet(scope: Construct, { service, set }: SetCase): PersistentStatefulSet {
  return new PersistentStatefulSet(scope, 'set', { ...set, service: new HeadlessService(scope, 'service', service) });
}

export function buildDatabase(scope: Construct, props: StatefulDatabaseProps): StatefulDatabase {
  return new StatefulDatabase(scope, 'database', props);
}

export function buildPod(scope: Construct, { claim, pod, mountPath }: PodCase): Pod {
  const made = new PersistentVolumeClaim(scope, 'claim', claim);
  const container = pod.containers.at(-1)?.name;
  const mounts = [{ path: mountPath, ...(pod.containers.length > 1 && defined({ container })) }];
  return new Pod(scope, 'pod', { ...pod, claims: [{ name: 'claimed', claim: made, mounts }] });
}

export function buildAccess(scope: Construct, { name, to, ports }: AccessCase): ClientAccess {
  const set = buildSet(scope, to);
  const from = new Pod(scope, 'client', { containers: [{ name: 'client', image: 'example.com/client:1' }] });
  return new ClientAccess(scope, 'access', { name, from, to: set, ...(ports && { ports }) });
}

export function buildBackup(scope: Construct, given: BackupCase): BlobBackupCronJob {
  const { store } = given;
  const database = buildDatabase(scope, given.database);
  const backup = new BlobBackupCronJob(scope, 'backup', { ...given.backup, database, store });
  new BlobRestoreJob(scope, 'restore', { ...given.restore, database, store });
  new RestoreDrill(scope, 'drill', { ...given.drill, backup });
  return backup;
}

export function buildCopy(scope: Construct, { from, to, copy }: CopyCase): DatabaseCopy {
  const [old, later] = [new StatefulDatabase(scope, 'from', from), new StatefulDatabase(scope, 'to', to)];
  return new DatabaseCopy(scope, 'copy', { ...copy, from: old, to: later });
}

/** Lower case, a letter first: good for every kind of name. */
export function label(max = 12): fc.Arbitrary<string> {
  return (
    fc
      .tuple(fc.stringMatching(/^[a-z]$/), fc.stringMatching(new RegExp(`^[a-z0-9-]{0,${max - 2}}$`)))
      .map(([first, rest]) => `${first}${rest}`.replace(/-+$/, ''))
      // As the path hashes of cdk8s begin, which nothing may write.
      .filter((name) => !/^c8|-c8/.test(name))
  );
}

function portName(): fc.Arbitrary<string> {
  return label(15).map((name) => name.replace(/-+/g, '-'));
}

/** Keys that begin with this can be no others' keys. */
export function labels(prefix = ''): fc.Arbitrary<{ [key: string]: string }> {
  const value = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?$/);
  const name = value.map((rest) => prefix + rest);
  const key = fc.oneof(
    name,
    fc.tuple(label(), name).map(([prefix, rest]) => `${prefix}.example.com/${rest}`),
  );
  return fc.dictionary(key, fc.oneof(value, fc.constant('')), { maxKeys: 3, noNullPrototype: true });
}

function selector(): fc.Arbitrary<{ [key: string]: string }> {
  return labels('sel-').map((more) => ({ ...more, app: 'selected' }));
}

function path(): fc.Arbitrary<string> {
  const part = fc.stringMatching(/^[a-z0-9_.]{0,5}[a-z0-9]$/);
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
}

function size(): fc.Arbitrary<Size> {
  return fc.oneof(
    fc.integer({ min: 1, max: 64 }).map((amount) => Size.gibibytes(amount)),
    fc.integer({ min: 1, max: 4096 }).map((amount) => Size.mebibytes(amount)),
  );
}

export function seconds(min: number): fc.Arbitrary<Duration> {
  return fc.integer({ min, max: 3600 }).map((amount) => Duration.seconds(amount));
}

export function image(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.tuple(label(), label()).map(([name, tag]) => `example.com/x-${name}:v${tag}`),
    fc.constant(`localhost:5000/mirror/server@sha256:${'0'.repeat(64)}`),
  );
}

/** All optional props there or not, in any mixture. */
export function some<T>(props: { [Key in keyof T]-?: fc.Arbitrary<T[Key]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(props, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Partial<T>>;
}

function nodeAffinity(): fc.Arbitrary<k8s.NodeAffinity> {
  const plain = <T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) => fc.record(model, { noNullPrototype: true });
  const values = (minLength: number, maxLength: number) => fc.array(label(), { minLength, maxLength });
  const expression = fc.oneof(
    plain({ key: label(), operator: fc.constantFrom('In', 'NotIn'), values: values(1, 3) }),
    plain({ key: label(), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
    plain({ key: label(), operator: fc.constantFrom('Gt', 'Lt'), values: fc.constant<string[]>(['3']) }),
  );
  const term = plain({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) });
  return some<k8s.NodeAffinity>({
    requiredDuringSchedulingIgnoredDuringExecution: plain({
      nodeSelectorTerms: fc.array(term, { minLength: 1, maxLength: 2 }),
    }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(
      plain({ weight: fc.integer({ min: 1, max: 100 }), preference: term }),
      { maxLength: 2 },
    ),
  });
}

type Placing = Pick<WorkloadProps, 'name' | 'namespace' | 'serviceAccount'>;

function workload(minimalGrace = 0): fc.Arbitrary<Partial<Omit<WorkloadProps, keyof Placing>>> {
  const id = fc.integer({ min: 1, max: 65535 });
  return some<Omit<WorkloadProps, keyof Placing>>({
    labels: labels(),
    podLabels: labels('pod-'),
    podAnnotations: fc.dictionary(label(), fc.string(), { maxKeys: 2, noNullPrototype: true }),
    imagePullSecrets: fc.constant([PULL_SECRET]),
    nodeSelector: labels(),
    nodeAffinity: nodeAffinity(),
    tolerations: fc.constant([{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' }]),
    priorityClassName: label(),
    automountServiceAccountToken: fc.boolean(),
    runAsUser: id,
    runAsGroup: fc.oneof(id, fc.constant(0)),
    fsGroup: fc.oneof(id, fc.constant(0)),
    sysctls: fc.constant({ 'net.ipv4.ip_unprivileged_port_start': '0' }),
    terminationGracePeriod: seconds(minimalGrace),
  });
}

type Shape = Omit<StatefulWorkloadProps, keyof WorkloadProps | 'partition' | 'updateStrategy' | 'replicas'>;

function statefulShape(): fc.Arbitrary<Partial<StatefulWorkloadProps>> {
  const retention = fc.constantFrom(...Object.values(ClaimRetention));
  const update = fc.oneof(
    fc.constant({}),
    fc.constant({ updateStrategy: UpdateStrategy.ON_DELETE }),
    fc.integer({ min: 0, max: 5 }).map((partition) => ({ updateStrategy: UpdateStrategy.ROLLING_UPDATE, partition })),
  );
  const shape = some<Shape>({
    whenDeleted: retention,
    whenScaled: retention,
    minReady: seconds(0),
    antiAffinity: fc.constantFrom(...Object.values(AntiAffinity)),
    zoneSpread: fc.boolean(),
    podDisruptionBudget: fc.boolean(),
    networkPolicy: fc.boolean(),
  });
  return fc.tuple(shape, update).map(([props, strategy]) => ({ ...props, ...strategy }));
}

/**
 * Volumes and their mounts, for containers of which only the names are still to come. A mount must name one where more than one
 * is not an init container.
 */
type Volumes = (
  containers: string[],
  mains?: number,
) => {
  readonly volumeClaimTemplates: VolumeClaimTemplate[];
  readonly emptyDirs: EmptyDirMount[];
};

/** One node at a time attaches a disk. */
function isClaimable(claim: { readonly accessMode?: AccessMode; readonly storageClass?: IStorageClass }): boolean {
  const oneNode: (AccessMode | undefined)[] = [undefined, AccessMode.READ_WRITE_ONCE, AccessMode.READ_WRITE_ONCE_POD];
  return claim.storageClass !== DISK || oneNode.includes(claim.accessMode);
}

/** No two of one name, nor at one path. */
function volumes(maxTemplates = 3): fc.Arbitrary<Volumes> {
  const place = fc.nat({ max: 5 });
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const mount = fc.record({
    path: path(),
    place: optional(place),
    subPath: optional(label()),
    seed: optional(path()),
    readOnly: fc.boolean(),
  });
  const unique = { selector: (one: { path: string }) => one.path };
  const template = fc
    .record({
      size: size(),
      accessMode: fc.constantFrom(...Object.values(AccessMode)),
      storageClass: optional(fc.constantFrom(DISK, NFS)),
      labels: optional(labels()),
      annotations: optional(labels()),
      dataSource: optional(fc.constant(VolumeDataSource.snapshot('before'))),
      mounts: fc.uniqueArray(mount, { ...unique, minLength: 1, maxLength: 3 }),
    })
    .filter(isClaimable);
  const emptyDir = fc.record({
    path: path(),
    sizeLimit: optional(size()),
    memory: fc.boolean(),
    seed: optional(path()),
    places: optional(fc.uniqueArray(place, { minLength: 1, maxLength: 3 })),
  });
  const some = fc.record({
    templates: fc.array(template, { maxLength: maxTemplates }),
    emptyDirs: fc.uniqueArray(emptyDir, { ...unique, maxLength: 3 }),
  });
  return some.map(({ templates, emptyDirs }) => (containers, mains = 1) => {
    const mustName = mains > 1 ? 0 : undefined;
    const at = (index: number) => containers[index % containers.length]!;
    // A folder of its own for each volume: no path can be that of another.
    return {
      volumeClaimTemplates: templates.map(({ mounts, ...rest }, index) => ({
        ...defined(rest),
        name: `claim-${index}`,
        mounts: mounts.map(({ place: where = mustName, seed, ...one }, nth) => ({
          ...defined(one),
          // One in a volume, and not at its root.
          ...(nth === 0 && one.subPath !== undefined && defined({ seed })),
          path: `/c${index}${one.path}`,
          ...(where !== undefined && { container: at(where) }),
        })),
      })),
      emptyDirs: emptyDirs.map(({ places = mains > 1 ? [0] : undefined, ...one }, index) => ({
        ...defined(one),
        path: `/e${index}${one.path}`,
        ...(places && { containers: [...new Set(places.map(at))] }),
      })),
    };
  });
}

/** As a caller leaves a prop out, rather than giving `undefined` for it. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

function without<T extends object, Key extends keyof T>(object: T, key: Key): Omit<T, Key> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)) as Omit<T, Key>;
}

/** Containers of different names, with ports that differ in name and number. */
function containers(prefix: string, minLength: number): fc.Arbitrary<k8s.Container[]> {
  const port = fc.record({
    name: fc.option(portName(), { nil: undefined }),
    containerPort: fc.integer({ min: 1, max: 65535 }),
  });
  const container = fc.record({
    image: image(),
    command: fc.option(fc.constant<string[]>(['tail', '-f', '/dev/null']), { nil: undefined }),
    args: fc.option(fc.array(fc.string(), { maxLength: 2 }), { nil: undefined }),
  });
  return fc
    .record({
      list: fc.array(container, { minLength, maxLength: 3 }),
      ports: fc.uniqueArray(port, { selector: ({ containerPort }) => containerPort, maxLength: 3 }),
    })
    .map(({ list, ports }) =>
      list.map((one, index) => {
        const own = ports
          .filter((_, place) => place % list.length === index)
          .map((given, place) =>
            defined({ ...given, ...(given.name && { name: `${prefix.charAt(0)}${index}-${place}` }) }),
          );
        return { ...defined(one), name: `${prefix}-${index}`, ...(own.length > 0 && { ports: own }) };
      }),
    );
}

export function setCase(): fc.Arbitrary<SetCase> {
  const servicePort = fc.record({ name: portName(), port: fc.integer({ min: 1, max: 65535 }) });
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const all = fc.record({
    main: containers('main', 1),
    init: containers('init', 0),
    service: fc.record({
      name: label(63),
      namespace: optional(label()),
      selector: optional(selector()),
      labels: optional(labels()),
      ports: fc.uniqueArray(servicePort, { selector: ({ port }) => port, minLength: 1, maxLength: 3 }),
      publishNotReadyAddresses: fc.boolean(),
    }),
    set: fc.record({
      name: label(52),
      replicas: optional(fc.integer({ min: 0, max: 5 })),
      podManagementPolicy: optional(fc.constantFrom(...Object.values(PodManagementPolicy))),
    }),
    opened: fc.nat({ max: 3 }),
    workload: workload(),
    shape: statefulShape(),
    volumes: volumes(),
  });
  return all.map(({ main, init, service, set, opened, ...rest }) => {
    const names = [...main, ...init].map(({ name }) => name);
    const ports = main.flatMap((container) => (container.ports ?? []).map(({ containerPort }) => containerPort));
    return {
      service: {
        ...defined(service),
        // Of the ports that the containers declare, if they declare any.
        ports: (ports.length > 0 ? ports : service.ports.map(({ port }) => port))
          .slice(0, service.ports.length)
          .map((port, index) => ({ name: `p${index}`, port })),
      },
      set: {
        ...defined(set),
        ...rest.workload,
        ...withBudget(rest.shape, set.replicas),
        ...rest.volumes(names, main.length),
        openPorts: ports.slice(0, opened),
        containers: main,
        initContainers: withoutPorts(init),
      },
    };
  });
}

/** One pod has no budget. */
function withBudget(shape: Partial<StatefulWorkloadProps>, replicas = 1): Partial<StatefulWorkloadProps> {
  return replicas > 1 || shape.podDisruptionBudget !== true ? shape : without(shape, 'podDisruptionBudget');
}

/** Init containers do not listen. */
function withoutPorts(list: k8s.Container[]): k8s.Container[] {
  return list.map((container) => without(container, 'ports'));
}

export function podCase(): fc.Arbitrary<PodCase> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const all = fc.record({
    main: containers('main', 1),
    init: containers('init', 0),
    namespace: optional(label()),
    claim: fc
      .record({
        name: label(63),
        size: size(),
        accessMode: optional(fc.constantFrom(...Object.values(AccessMode))),
        labels: optional(labels()),
        storageClass: optional(fc.constant(DISK)),
      })
      .filter(isClaimable),
    name: label(63),
    workload: workload(),
    volumes: volumes(0),
    mountPath: path(),
  });
  return all.map(({ main, init, namespace, claim, name, mountPath, ...rest }) => ({
    claim: { ...defined(claim), ...(namespace !== undefined && { namespace }) },
    pod: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...rest.workload,
      containers: main,
      initContainers: withoutPorts(init),
      emptyDirs: rest.volumes(
        [...main, ...init].map((container) => container.name),
        main.length,
      ).emptyDirs,
    },
    mountPath: `/mnt${mountPath}`,
  }));
}

export function accessCase(): fc.Arbitrary<AccessCase> {
  return fc
    .record({
      name: label(63),
      to: setCase(),
      ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 3 }),
      declared: fc.boolean(),
    })
    .map(({ name, to, ports, declared }) => {
      const service = without(to.service, 'namespace');
      const own = to.set.containers.flatMap((container) =>
        (container.ports ?? []).map(({ containerPort }) => containerPort),
      );
      // In one chart without a namespace, where the client is; under a name that the set's own policy does not have.
      return {
        name: `access-${name}`.slice(0, 63).replace(/-+$/, ''),
        to: { service, set: { ...to.set, networkPolicy: true } },
        // Of those that are declared, if any is.
        ports: own.length === 0 ? ports : declared ? undefined : own.slice(0, ports.length),
      };
    });
}

function engine(): fc.Arbitrary<DatabaseEngine> {
  return fc
    .record({
      version: fc.constantFrom('14.24', '15.19', '16.15', '17.11', '18.6'),
      variant: fc.constantFrom(undefined, 'bookworm', 'trixie', 'alpine3.24'),
      initdbArgs: fc.constantFrom<(string[] | undefined)[]>(undefined, [], ['--locale=C']),
    })
    .map((options) => DatabaseEngine.postgres(defined(options)));
}

export function databaseProps(): fc.Arbitrary<StatefulDatabaseProps> {
  const optional = some<
    Pick<
      StatefulDatabaseProps,
      | 'namespace'
      | 'selector'
      | 'serviceName'
      | 'clientServiceName'
      | 'servicePortName'
      | 'containerName'
      | 'user'
      | 'databaseName'
      | 'applicationUser'
      | 'metrics'
      | 'parameters'
      | 'initScripts'
      | 'resources'
      | 'replicas'
    >
  >({
    namespace: label(),
    selector: selector(),
    serviceName: label(63),
    clientServiceName: label(50).map((name) => `clients-${name}`),
    servicePortName: portName(),
    containerName: label().map((name) => `server-${name}`),
    // Anything that is a name to PostgreSQL, however ugly.
    user: fc.string({ minLength: 1 }).map((name) => `u${name}`),
    databaseName: fc.string({ minLength: 1 }),
    applicationUser: fc
      .record({ name: fc.string().map((name) => `a${name}`), databaseName: fc.string({ minLength: 1 }) })
      .map((user) => ({ ...user, password: SHOP_PASSWORD })),
    metrics: fc
      .record({ user: fc.stringMatching(/^w[A-Za-z0-9_-]{0,20}$/), args: fc.array(fc.string(), { maxLength: 2 }) })
      .map((metrics) => ({ ...metrics, password: EXPORTER_PASSWORD })),
    parameters: fc.dictionary(fc.stringMatching(/^m[a-z_]{0,10}$/), fc.string(), { maxKeys: 3, noNullPrototype: true }),
    initScripts: fc.dictionary(
      fc
        .tuple(label(), fc.constantFrom('.sh', '.sql', '.sql.gz', '.sql.xz', '.sql.zst'))
        .map((parts) => parts.join('')),
      fc.string(),
      { maxKeys: 2, noNullPrototype: true },
    ),
    resources: fc.record({ cpu: fc.constant(Cpu.millis(500)), memory: size(), ephemeralStorage: size() }),
    replicas: fc.constantFrom(0, 1),
  });
  return fc
    .record({
      name: label(52),
      engine: engine(),
      storage: fc.record({
        size: size(),
        claimName: fc.option(
          label().map((name) => `volume-${name}`),
          { nil: undefined },
        ),
        subPath: fc.option(label(), { nil: undefined }),
        storageClass: fc.option(fc.constantFrom(DISK, NFS), { nil: undefined }),
        labels: fc.option(labels(), { nil: undefined }),
      }),
      workload: workload(1),
      shape: statefulShape(),
      optional,
    })
    .map(({ name, engine: kind, storage, workload: common, shape, optional: more }) => ({
      ...common,
      ...withBudget(shape),
      ...more,
      name,
      engine: kind,
      password: PASSWORD,
      storage: defined(storage),
    }));
}

type Shared = Omit<BlobJobProps, keyof WorkloadProps>;

function blobJob(): fc.Arbitrary<Partial<BlobJobProps>> {
  const own = some<Shared>({
    scratch: some<NonNullable<Shared['scratch']>>({ size: size(), storageClass: fc.constantFrom(DISK, NFS) }),
    cpu: fc.integer({ min: 1, max: 4000 }).map((amount) => Cpu.millis(amount)),
    memory: size(),
    timeout: seconds(1),
    retries: fc.integer({ min: 0, max: 10 }),
    restartPolicy: fc.constantFrom(RestartPolicy.NEVER, RestartPolicy.ON_FAILURE),
    rcloneImage: image(),
  });
  const namespace = fc.option(label(), { nil: undefined });
  return fc
    .record({ own, workload: workload(), namespace })
    .map((job) => ({ ...job.workload, ...job.own, ...defined({ namespace: job.namespace }) }));
}

function scheduled(): fc.Arbitrary<ScheduledJobProps> {
  const history = fc.integer({ min: 1, max: 10 });
  const schedule = fc.oneof(
    fc.constantFrom(Cron.everyMinute(), Cron.hourly(), Cron.daily(), Cron.weekly(), Cron.monthly(), Cron.annually()),
    fc
      .tuple(fc.nat({ max: 59 }), fc.nat({ max: 23 }))
      .map(([minute, hour]) => Cron.schedule({ minute: String(minute), hour: String(hour) })),
  );
  const optional = some<Omit<ScheduledJobProps, 'schedule'>>({
    timeZone: fc.constantFrom('UTC', 'Etc/UTC', 'Europe/Prague', 'America/Argentina/Buenos_Aires', 'Etc/GMT+1'),
    startingDeadline: seconds(10),
    successfulJobsHistory: history,
    failedJobsHistory: history,
    suspend: fc.boolean(),
  });
  return fc.tuple(schedule, optional).map(([when, props]) => ({ ...props, schedule: when }));
}

function blobPrefix(): fc.Arbitrary<string | undefined> {
  const segment = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,8}$/);
  return fc.option(
    fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    { nil: undefined },
  );
}

function blobEndpoint(): fc.Arbitrary<string | undefined> {
  return fc.option(
    label().map((host) => `https://${host}.example.com`),
    { nil: undefined },
  );
}

const LONGER_ENDPOINTS = fc.constantFrom(':9000', ':443', '');

/** One of all stores, with all that can be said of it. */
function blobStore(): fc.Arbitrary<BlobStore> {
  return fc.oneof(
    azureStore().map((options) => BlobStore.azure(options)),
    s3Store().map((options) => BlobStore.s3(options)),
    gcsStore().map((options) => BlobStore.gcs(options)),
    remoteStore().map((options) => BlobStore.of(options)),
  );
}

function s3Store(): fc.Arbitrary<S3BlobStoreOptions> {
  return fc
    .record({
      bucket: fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/),
      region: fc.constantFrom('eu-central-1', 'us-gov-west-1'),
      credentials: fc.constantFrom(
        S3Credentials.accessKey(STORAGE_KEY, STORAGE_KEY),
        S3Credentials.workloadIdentity(IDENTITY),
        S3Credentials.podIdentity(IDENTITY),
      ),
      prefix: blobPrefix(),
      endpoint: fc.tuple(blobEndpoint(), LONGER_ENDPOINTS).map(([host, port]) => host && host + port),
      forcePathStyle: fc.option(fc.boolean(), { nil: undefined }),
      options: fc.option(fc.constant({ storage_class: 'STANDARD_IA' }), { nil: undefined }),
    })
    .map(defined);
}

function gcsStore(): fc.Arbitrary<GcsBlobStoreOptions> {
  return fc
    .record({
      bucket: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{1,20}[a-z0-9]$/),
      credentials: fc.constantFrom(
        GcsCredentials.serviceAccountKey(STORAGE_KEY),
        GcsCredentials.workloadIdentity(IDENTITY),
      ),
      prefix: blobPrefix(),
      options: fc.option(fc.constant({ storage_class: 'NEARLINE' }), { nil: undefined }),
    })
    .map(defined);
}

function remoteStore(): fc.Arbitrary<RemoteBlobStoreOptions> {
  const optional = <T>(value: T) => fc.option(fc.constant(value), { nil: undefined });
  return fc
    .record({
      type: fc.constantFrom('sftp', 'webdav'),
      path: fc.stringMatching(/^[a-z0-9]{1,9}(\/[a-z0-9]{1,9}){0,2}$/),
      prefix: blobPrefix(),
      options: optional({ host: 'nas.example.com', user: 'backup' }),
      secrets: optional({ key_pem: STORAGE_KEY }),
      passwords: optional({ pass: STORAGE_KEY }),
      secretFiles: optional({ key_file: STORAGE_KEY }),
      ports: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { maxLength: 3 }), { nil: undefined }),
      serviceAccount: optional(IDENTITY),
      podLabels: optional({ vault: 'yes' }),
    })
    .map(defined);
}

function azureStore(): fc.Arbitrary<AzureBlobStoreOptions> {
  return fc
    .record({
      account: fc.stringMatching(/^[a-z0-9]{3,24}$/),
      container: fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){2,20}$/),
      credentials: fc.constantFrom(BlobCredentials.accountKey(STORAGE_KEY), BlobCredentials.workloadIdentity(IDENTITY)),
      prefix: blobPrefix(),
      endpoint: blobEndpoint(),
    })
    .map(defined);
}

/** A login beside the administrator's: a user comes with a password. */
function login(): fc.Arbitrary<Pick<BlobRestoreJobProps, 'user' | 'password' | 'databaseName'>> {
  const name = fc.string({ minLength: 1 });
  return fc
    .record({
      login: fc.oneof(
        fc.constant({}),
        fc.constant({ password: DUMP_PASSWORD }),
        name.map((user) => ({ user, password: DUMP_PASSWORD })),
      ),
      databaseName: fc.option(name, { nil: undefined }),
    })
    .map(({ login: given, databaseName }) => ({ ...given, ...defined({ databaseName }) }));
}

/** A time that there is, as backups are called and as people write it. */
function choice(): fc.Arbitrary<Pick<BlobRestoreJobProps, 'backup' | 'before'>> {
  const moment = fc
    .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 19));
  return fc.oneof(
    fc.constant({}),
    moment.map((text) => ({ backup: `db_${text.replace(/\D/g, '')}` })),
    moment.map((text) => ({ before: `${text}Z` })),
  );
}

export function backupCase(): fc.Arbitrary<BackupCase> {
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const encryption = optional(fc.constant(BackupEncryption.rcloneCrypt(ENCRYPTION_KEY)));
  const restore = some<Pick<BlobRestoreJobProps, 'replace' | 'targetDatabase'>>({
    replace: fc.boolean(),
    targetDatabase: fc.string({ minLength: 1 }),
  });
  const drill = some<Pick<RestoreDrillProps, 'recoveryPointObjective' | 'checks'>>({
    recoveryPointObjective: seconds(1),
    checks: fc.dictionary(
      label().map((name) => `${name}.sql`),
      fc.string().map((text) => `SELECT ${text}`),
      { maxKeys: 2, noNullPrototype: true },
    ),
  });
  const all = fc.record({
    // Each name has a beginning of its own, so that no two objects have one name.
    names: fc.record({ database: label(), backup: label(48), restore: label(48), drill: label(48) }),
    database: fc.record({
      engine: engine(),
      namespace: optional(label()),
      networkPolicy: fc.boolean(),
      selector: optional(selector()),
    }),
    store: blobStore(),
    encryption,
    jobs: fc.tuple(blobJob(), blobJob(), blobJob()),
    schedules: fc.tuple(scheduled(), scheduled()),
    logins: fc.tuple(login(), login()),
    retention: optional(
      fc.record(
        {
          days: fc.integer({ min: 1, max: 400 }),
          keepAtLeast: fc.integer({ min: 1, max: 100 }),
          weekly: fc.integer({ min: 1, max: 60 }),
          monthly: fc.integer({ min: 1, max: 60 }),
          yearly: fc.integer({ min: 1, max: 60 }),
        },
        { requiredKeys: ['days', 'keepAtLeast'] },
      ),
    ),
    image: optional(image()),
    choice: choice(),
    restore,
    drill,
  });
  return all.map(({ names, database, store, jobs, schedules, logins, retention, image: own, ...rest }) => ({
    database: {
      ...defined(database),
      name: `db-${names.database}`,
      password: PASSWORD,
      storage: { size: Size.gibibytes(1) },
    },
    store,
    backup: {
      ...jobs[0],
      ...schedules[0],
      ...logins[0],
      ...defined({ retention, image: own, encryption: rest.encryption }),
      name: `b-${names.backup}`,
    },
    restore: {
      ...jobs[1],
      ...logins[1],
      ...rest.choice,
      ...rest.restore,
      ...defined({ encryption: rest.encryption }),
      name: `r-${names.restore}`,
    },
    drill: { ...jobs[2], ...schedules[1], ...rest.drill, name: `d-${names.drill}` },
  }));
}

export function copyCase(): fc.Arbitrary<CopyCase> {
  const versions = ['14.24', '15.19', '16.15', '17.11', '18.6'];
  const server = fc.record({ name: label(), networkPolicy: fc.boolean(), namespace: label() });
  return fc
    .record({
      servers: fc.tuple(server, server),
      // Both namespaces are known or none: of one alone nobody knows where the other is.
      known: fc.boolean(),
      releases: fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })).map((pair) => pair.sort()),
      job: blobJob(),
      name: label(48),
    })
    .map(({ servers, known, releases, job: { rcloneImage: _, ...job }, name }) => {
      const [from, to] = servers.map(({ namespace, ...props }, index) => ({
        ...props,
        ...(known && { namespace }),
        name: `${index === 0 ? 'old' : 'new'}-${props.name}`,
        engine: DatabaseEngine.postgres({ version: versions[releases[index]!]! }),
        password: PASSWORD,
        storage: { size: Size.gibibytes(1) },
      }));
      return { from: from!, to: to!, copy: { ...job, name: `c-${name}` } };
    });
}
