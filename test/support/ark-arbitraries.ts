import { Cron } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import {
  ArkAccessMode,
  ArkBackup,
  ArkBackupLocation,
  ArkExistingResourcePolicy,
  ArkHookErrorMode,
  ArkNodeAgent,
  ArkProfile,
  ArkRestore,
  ArkSchedule,
  ArkServer,
  ArkUploader,
  ArkVolumeSnapshotLocation,
} from '../../lib';
import type {
  ArkBackupHook,
  ArkBackupLocationProps,
  ArkBackupOptions,
  ArkBackupProps,
  ArkNodeAgentProps,
  ArkObjectFilter,
  ArkResourceFilter,
  ArkRestoreHook,
  ArkRestoreProps,
  ArkScheduleProps,
  ArkServerProps,
  ArkVolumeSnapshotLocationProps,
} from '../../lib';
import { defined, image, label, labels, seconds, some } from './arbitraries';
import { cloudCase } from './ark-cloud-arbitraries';
import { OTHER_CREDENTIALS } from './elsewhere';

/*
 * Random props of Ark and Velero that their servers accept, for a random profile.
 */

type OfServer<Props> = Omit<Props, 'server' | 'storageLocation' | 'volumeSnapshotLocation' | 'backup' | 'schedule'>;

export interface ArkCase {
  readonly server: ArkServerProps;
  readonly agent: Omit<ArkNodeAgentProps, 'server'>;
  readonly location: Omit<ArkBackupLocationProps, 'server'>;
  readonly snapshots: Omit<ArkVolumeSnapshotLocationProps, 'server'>;
  readonly backup: OfServer<ArkBackupProps>;
  readonly schedule: OfServer<ArkScheduleProps> & Pick<ArkScheduleProps, 'schedule'>;
  readonly restore: OfServer<ArkRestoreProps>;
  /** Whether the restore is of the schedule's last backup. */
  readonly ofSchedule: boolean;
}

export function buildArk(scope: Construct, given: ArkCase): void {
  const server = new ArkServer(scope, 'server', given.server);
  new ArkNodeAgent(scope, 'agent', { ...given.agent, server });
  const location = new ArkBackupLocation(scope, 'location', { ...given.location, server });
  const snapshots = new ArkVolumeSnapshotLocation(scope, 'snapshots', { ...given.snapshots, server });
  const places = (options: ArkBackupOptions) => ({
    ...(!location.isDefault && { storageLocation: location }),
    ...(options.snapshotVolumes && { volumeSnapshotLocation: snapshots }),
  });
  if (server.restoreOnly) {
    new ArkRestore(scope, 'restore', { ...given.restore, backup: ArkBackup.fromBackupName(server, 'elsewhere') });
    return;
  }
  const { backup: b, schedule: s } = given;
  const backup = new ArkBackup(scope, 'backup', { ...b, ...places(b), server });
  const schedule = new ArkSchedule(scope, 'schedule', { ...s, ...places(s), server });
  new ArkRestore(scope, 'restore', { ...given.restore, ...(given.ofSchedule ? { schedule } : { backup }) });
}

/** What is in two lists has another beginning in each. */
function list(prefix: string): fc.Arbitrary<string[]> {
  return fc.array(
    label().map((name) => `${prefix}-${name}`),
    { maxLength: 2 },
  );
}

/** Everything, or one of these. */
function all(...others: string[][]): fc.Arbitrary<string[]> {
  return fc.constantFrom(['*'], ...others);
}

function labelSelector(): fc.Arbitrary<k8s.LabelSelector> {
  const expression = fc.oneof(
    label().map((key) => ({ key, operator: 'Exists' })),
    fc.tuple(label(), list('v')).map(([key, values]) => ({ key, operator: 'In', values: [...values, 'one'] })),
  );
  return some<k8s.LabelSelector>({ matchLabels: labels(), matchExpressions: fc.array(expression, { maxLength: 2 }) });
}

function objectFilter(profile: ArkProfile): fc.Arbitrary<ArkObjectFilter> {
  const isNew = profile !== ArkProfile.ARK_0_10;
  const patterns = profile === ArkProfile.VELERO_1_18 ? [['shop-*', 'wp[0-9]?']] : [];
  const selector = fc.oneof(
    fc.constant({}),
    labelSelector().map((one) => ({ labelSelector: one })),
    ...(isNew ? [fc.array(labelSelector(), { maxLength: 2 }).map((all) => ({ orLabelSelectors: all }))] : []),
  );
  const lists = some<Omit<ArkObjectFilter, 'labelSelector' | 'orLabelSelectors'>>({
    includedNamespaces: fc.oneof(list('i'), all(...patterns)),
    excludedNamespaces: list('x'),
    includedResources: fc.oneof(list('i'), all()),
    excludedResources: list('x'),
    includeClusterResources: fc.boolean(),
  });
  return fc.tuple(lists, selector).map(([one, other]) => ({ ...one, ...other }));
}

/** The filters of one kind, or those of the other. */
function resourceFilter(profile: ArkProfile): fc.Arbitrary<ArkResourceFilter> {
  if (profile === ArkProfile.ARK_0_10) return objectFilter(profile);
  const scoped = some<Omit<ArkResourceFilter, keyof ArkObjectFilter>>({
    includedClusterScopedResources: list('i'),
    excludedClusterScopedResources: fc.oneof(list('x'), all()),
    includedNamespaceScopedResources: list('i'),
    excludedNamespaceScopedResources: fc.oneof(list('x'), all()),
  });
  const both = fc.tuple(objectFilter(profile), scoped).map(([filter, more]) => {
    const { includedResources: _, excludedResources: __, includeClusterResources: ___, ...rest } = filter;
    return { ...rest, ...more };
  });
  return fc.oneof(objectFilter(profile), both);
}

function command(): fc.Arbitrary<string[]> {
  return fc
    .tuple(fc.string({ minLength: 1 }), fc.array(fc.string(), { maxLength: 2 }))
    .map(([first, rest]) => [first, ...rest]);
}

function exec<T>(more: { [Key in keyof T]-?: fc.Arbitrary<T[Key]> }): fc.Arbitrary<{ command: string[] } & Partial<T>> {
  return fc.tuple(command(), some<T>(more)).map(([one, rest]) => ({ command: one, ...rest }));
}

function backupHook(): fc.Arbitrary<ArkBackupHook> {
  const onError = fc.constantFrom(...Object.values(ArkHookErrorMode));
  const execs = fc.array(exec({ container: label(), onError, timeout: seconds(1) }), { minLength: 1, maxLength: 2 });
  const place = some<Pick<ArkBackupHook, 'includedNamespaces' | 'excludedNamespaces' | 'labelSelector'>>({
    includedNamespaces: list('i'),
    excludedNamespaces: list('x'),
    labelSelector: labelSelector(),
  });
  const commands = fc.oneof(
    execs.map((pre) => ({ pre })),
    execs.map((post) => ({ post })),
    fc.tuple(execs, execs).map(([pre, post]) => ({ pre, post })),
  );
  return fc.tuple(label(), place, commands).map(([name, where, what]) => ({ name, ...where, ...what }));
}

function restoreHook(): fc.Arbitrary<ArkRestoreHook> {
  const one = exec({
    container: label(),
    onError: fc.constantFrom(...Object.values(ArkHookErrorMode)),
    execTimeout: seconds(1),
    waitTimeout: seconds(1),
    waitForReady: fc.boolean(),
  });
  const place = some<Pick<ArkRestoreHook, 'includedNamespaces' | 'labelSelector'>>({
    includedNamespaces: list('i'),
    labelSelector: labelSelector(),
  });
  return fc
    .tuple(label(), place, fc.array(one, { minLength: 1, maxLength: 2 }))
    .map(([name, where, execs]) => ({ name, ...where, exec: execs }));
}

type Options = Omit<
  ArkBackupOptions,
  keyof ArkResourceFilter | 'storageLocation' | 'volumeSnapshotLocation' | 'snapshotMoveData'
>;

function backupOptions(profile: ArkProfile): fc.Arbitrary<OfServer<ArkBackupOptions>> {
  const common = { ttl: seconds(1), hooks: fc.array(backupHook(), { maxLength: 2 }) };
  const more = {
    defaultVolumesToFsBackup: fc.boolean(),
    csiSnapshotTimeout: seconds(1),
    itemOperationTimeout: seconds(1),
    orderedResources: fc.dictionary(label(), list('ns'), { maxKeys: 2, noNullPrototype: true }),
    resourcePolicy: label(),
    parallelFilesUpload: fc.integer({ min: 1, max: 1024 }),
  };
  const options: fc.Arbitrary<Partial<Options>> =
    profile === ArkProfile.ARK_0_10
      ? some<Pick<Options, 'ttl' | 'hooks'>>(common)
      : some<Omit<Options, 'snapshotVolumes'>>({ ...common, ...more });
  return fc
    .tuple(resourceFilter(profile), options, fc.boolean())
    .map(([filter, rest, snapshotVolumes]) => ({ ...filter, ...rest, snapshotVolumes }));
}

/** Fields that all servers read: never both of the days, and a day that each month has. */
export function cron(): fc.Arbitrary<Cron> {
  const field = (min: number, max: number) => {
    const range = fc
      .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const part = fc.oneof(
      fc.integer({ min, max }).map(String),
      range.map(([low, high]) => `${low}-${high}`),
      range.filter(([low, high]) => high - low >= 2).map(([low, high]) => `${low}-${high}/2`),
    );
    return fc.oneof(fc.constantFrom('*', '?', '*/2'), fc.array(part, { minLength: 1, maxLength: 3 }).map((all) => all.join())); // prettier-ignore
  };
  const days = fc.oneof(
    field(1, 28).map((day) => ({ day })),
    fc.oneof(field(0, 6), fc.constantFrom('SUN', 'mon-fri')).map((weekDay) => ({ weekDay })),
  );
  return fc
    .record({ minute: field(0, 59), hour: field(0, 23), month: fc.oneof(field(1, 12), fc.constant('jan-Mar')), days })
    .map(({ days: one, ...rest }) => Cron.schedule({ ...rest, ...one }));
}

function server(profile: ArkProfile): fc.Arbitrary<Omit<ArkServerProps, 'cloud'>> {
  const isArk = profile === ArkProfile.ARK_0_10;
  const uploaders: { [one in ArkProfile]: ArkUploader[] } = {
    [ArkProfile.ARK_0_10]: [ArkUploader.RESTIC],
    [ArkProfile.VELERO_1_16]: [ArkUploader.RESTIC, ArkUploader.KOPIA],
    [ArkProfile.VELERO_1_18]: [ArkUploader.KOPIA],
  };
  const common = some<Omit<ArkServerProps, 'profile' | 'cloud' | 'csiSnapshots' | 'plugins' | 'resources'>>({
    // prettier-ignore
    namespace: label(),
    restoreOnly: fc.boolean(),
    uploader: fc.constantFrom(...uploaders[profile]),
    fsBackupTimeout: seconds(1),
    image: image(),
    args: fc.array(fc.string(), { maxLength: 2 }),
    podLabels: labels('pod-'),
  });
  const more: fc.Arbitrary<Partial<Omit<ArkServerProps, 'cloud'>>> = isArk
    ? fc.constant({})
    : some<Pick<ArkServerProps, 'csiSnapshots' | 'plugins'>>({
        csiSnapshots: fc.boolean(),
        plugins: image().map((one) => [{ name: 'more', image: one }]),
      });
  return fc.tuple(common, more).map(([a, b]) => ({ profile, ...a, ...b }));
}

function location(profile: ArkProfile): fc.Arbitrary<Omit<ArkBackupLocationProps, 'server' | 'store'>> {
  const common = fc.record({
    name: fc.constantFrom('default', 'other'),
    prefix: fc.option(fc.stringMatching(/^[a-z0-9]+(\/[a-z0-9._-]+)?$/), { nil: undefined }),
  });
  if (profile === ArkProfile.ARK_0_10) return common.map(defined);
  const more = some<Omit<ArkBackupLocationProps, 'server' | 'store' | 'name' | 'prefix'>>({
    credential: fc.constant(OTHER_CREDENTIALS),
    backupSyncPeriod: seconds(1),
    validationFrequency: seconds(1),
    isDefault: fc.boolean(),
    accessMode: fc.constant(ArkAccessMode.READ_WRITE),
  });
  return fc.tuple(common, more).map(([a, b]) => ({ ...defined(a), ...b }));
}

function snapshotLocation(
  profile: ArkProfile,
): fc.Arbitrary<Omit<ArkVolumeSnapshotLocationProps, 'server' | 'snapshotter'>> {
  const name = label().map((rest) => `v-${rest}`);
  const more = profile === ArkProfile.ARK_0_10 ? {} : { credential: OTHER_CREDENTIALS };
  return fc.tuple(name, fc.constantFrom({}, more)).map(([one, rest]) => ({ name: one, ...rest }));
}

type VeleroRestore = Omit<ArkRestoreProps, keyof ArkObjectFilter | 'backup' | 'schedule' | 'name' | 'labels' | 'namespaceMapping' | 'restorePVs'>; // prettier-ignore

function restore(profile: ArkProfile): fc.Arbitrary<OfServer<ArkRestoreProps>> {
  const common = some<Pick<ArkRestoreProps, 'labels' | 'namespaceMapping' | 'restorePVs'>>({
    labels: labels(),
    namespaceMapping: fc.dictionary(
      label().map((name) => `from-${name}`),
      label(),
      { maxKeys: 2, noNullPrototype: true },
    ),
    restorePVs: fc.boolean(),
  });
  const more: fc.Arbitrary<Partial<VeleroRestore>> =
    profile === ArkProfile.ARK_0_10
      ? fc.constant({})
      : some<VeleroRestore>({
          existingResourcePolicy: fc.constantFrom(...Object.values(ArkExistingResourcePolicy)),
          hooks: fc.array(restoreHook(), { maxLength: 2 }),
          preserveNodePorts: fc.boolean(),
          restoreStatus: list('r'),
          itemOperationTimeout: seconds(1),
          resourceModifier: label(),
          parallelFilesDownload: fc.integer({ min: 1, max: 1024 }),
          writeSparseFiles: fc.boolean(),
        });
  return fc
    .tuple(label(63), objectFilter(profile), common, more)
    .map(([name, a, b, c]) => ({ name, ...a, ...b, ...c }));
}

/** Made once: to make these is slower than to draw from them. */
const cases = new Map<ArkProfile, fc.Arbitrary<ArkCase>>();

export function arkCase(...profiles: ArkProfile[]): fc.Arbitrary<ArkCase> {
  return fc.oneof(
    ...profiles.map((profile) => {
      const known = cases.get(profile) ?? arkCaseOf(profile);
      cases.set(profile, known);
      return known;
    }),
  );
}

function arkCaseOf(profile: ArkProfile): fc.Arbitrary<ArkCase> {
  const isArk = profile === ArkProfile.ARK_0_10;
  const agent = some<Omit<ArkNodeAgentProps, 'server' | 'resources'>>({
    hostPodsPath: label().map((name) => `/var/${name}/pods`),
    image: image(),
    nodeSelector: labels(),
    tolerations: fc.constant([{ key: 'dedicated', operator: 'Exists' }]),
  });
  const named = some<{ labels: { [key: string]: string } }>({ labels: labels() });
  const pausing = isArk
    ? fc.constant({})
    : some<Pick<ArkScheduleProps, 'paused' | 'skipImmediately'>>({
        paused: fc.boolean(),
        skipImmediately: fc.boolean(),
      });
  const options = backupOptions(profile);
  const given = fc.record({
    server: server(profile),
    agent,
    location: location(profile),
    snapshots: snapshotLocation(profile),
    backup: fc.tuple(label(63), named, options).map(([name, a, b]) => ({ name, ...a, ...b })),
    schedule: fc
      .tuple(label(48), named, options, cron(), pausing)
      .map(([name, a, b, schedule, c]) => ({ name, schedule, ...a, ...b, ...c })),
    restore: restore(profile),
    ofSchedule: fc.boolean(),
  });
  return fc
    .tuple(given, cloudCase(profile))
    .map(([one, { cloud, store, snapshotter }]) => ({
      ...one,
      server: { ...one.server, cloud },
      location: { ...one.location, store },
      snapshots: { ...one.snapshots, snapshotter },
    }))
    .map((one) => ({ ...one, location: fitting(one) }));
}

/** A server that only restores does not write. */
function fitting({ server: { restoreOnly }, location: given }: ArkCase): ArkCase['location'] {
  return restoreOnly && given.accessMode ? { ...given, accessMode: ArkAccessMode.READ_ONLY } : given;
}
