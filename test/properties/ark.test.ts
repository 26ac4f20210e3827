import { Cron, Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { ArkAccessMode, ArkCloud, ArkObjectStore, ArkProfile, ArkUploader, ArkVolumeSnapshotter } from '../../lib';
import { crdErrors, PLACE, PROFILES } from '../support/ark';
import { arkCase, buildArk } from '../support/ark-arbitraries';
import type { ArkCase } from '../support/ark-arbitraries';
import { OTHER_CREDENTIALS } from '../support/elsewhere';
import { identities, manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { podSecurityErrors } from '../support/pod-security';

/** A failure names its seed and path, with which fast-check repeats it; it is not shrunk for longer than this. */
const RUNS = { numRuns: 100, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true };

function manifestsAt(depth: number, props: ArkCase): Manifest[] {
  const chart = newChart();
  let scope: Construct = chart;
  for (let level = 0; level < depth; level++) scope = new Construct(scope, `level-${level}`);
  buildArk(scope, props);
  return manifestsOf(chart);
}

describe.each(PROFILES)('a server of %s with all that it is told, whatever the props', (profile) => {
  test('is known to its CRDs, is there once, and is restricted but for its node agent', () => {
    fc.assert(
      fc.property(arkCase(profile), (props) => {
        const manifests = manifestsAt(0, props);
        expect(crdErrors(profile, manifests)).toEqual([]);
        const all = identities(manifests);
        expect(new Set(all).size).toBe(all.length);
        expect(JSON.stringify(manifests)).not.toMatch(
          /undefined|\[object|cdk8s\.io\/metadata\.addr|-c8[0-9a-f]{6}(?![0-9a-f])/,
        );
        const others = manifests.filter(({ kind }) => kind !== 'DaemonSet');
        expect(others.flatMap(podSecurityErrors)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('whatever the props and the profile', () => {
  test('every byte is kept when the constructs are moved', () => {
    fc.assert(
      fc.property(arkCase(...PROFILES), fc.integer({ min: 1, max: 4 }), (props, depth) => {
        expect(JSON.stringify(manifestsAt(depth, props))).toBe(JSON.stringify(manifestsAt(0, props)));
      }),
      RUNS,
    );
  });

  // `kubectl diff` would show them for ever: the server writes its objects back.
  test('durations are as Go writes them, and a backup always says how long it is kept', () => {
    const names = /^(ttl|timeout|.*Timeout|backupSyncPeriod|validationFrequency)$/;
    const found = (value: unknown, key = ''): string[] => {
      if (typeof value === 'string') return names.test(key) ? [value] : [];
      return typeof value === 'object' && value ? Object.entries(value).flatMap(([name, one]) => found(one, name)) : [];
    };
    fc.assert(
      fc.property(arkCase(...PROFILES), (props) => {
        const specs = manifestsAt(0, props).filter(({ apiVersion }) => /ark|velero/.test(apiVersion));
        for (const object of specs.filter(({ kind }) => ['Backup', 'Schedule'].includes(kind))) {
          expect(JSON.stringify(object)).toContain('"ttl":"');
        }
        // The plugin only reads its configuration.
        for (const text of found(specs.filter(({ kind }) => kind !== 'VolumeSnapshotLocation'))) {
          expect(text).toMatch(/^([1-9]\d*h[1-5]?\dm|([1-9]|[1-5]\d)m)?[1-5]?\ds$/);
        }
      }),
      RUNS,
    );
  });
});

type Part = 'server' | 'agent' | 'location' | 'snapshots' | 'backup' | 'schedule' | 'restore';
const broken =
  <Name extends Part>(part: Name, change: Partial<ArkCase[Name]>) =>
  (good: ArkCase): ArkCase => ({ ...good, [part]: { ...good[part], ...change } });

const ZERO = Duration.seconds(0);
const HALF = Duration.millis(500);
const BAD_LABEL = { app: '-' };
const NO_KEY = { ...OTHER_CREDENTIALS, key: 'no key' };
const HOOK = { name: 'h', pre: [{ command: [] }] };

/** By the class whose error it is, the prop that the error names, and the profiles that it is wrong for. */
type Breaker = [subject: string, prop: string, change: (good: ArkCase) => ArkCase, profiles?: ArkProfile[]];

const ARK = [ArkProfile.ARK_0_10];
const VELERO = [ArkProfile.VELERO_1_16, ArkProfile.VELERO_1_18];

const options = (part: 'backup' | 'schedule', subject: string): Breaker[] => [
  [subject, 'name', broken(part, { name: 'A' })],
  [subject, 'name', broken(part, { name: 'x'.repeat(64) })],
  [subject, 'labels', broken(part, { labels: BAD_LABEL })],
  [subject, 'ttl', broken(part, { ttl: ZERO })],
  [subject, 'ttl', broken(part, { ttl: HALF })],
  [subject, 'hooks[0].pre[0].command', broken(part, { hooks: [HOOK] })],
  [subject, 'hooks[0]', broken(part, { hooks: [{ name: 'h' }] })],
  [subject, 'excludedNamespaces', broken(part, { excludedNamespaces: ['*'] })],
  [subject, 'includedNamespaces', broken(part, { includedNamespaces: ['Wp'] })],
  [subject, 'includedNamespaces', broken(part, { includedNamespaces: ['wp-*'] }), [ArkProfile.ARK_0_10, ArkProfile.VELERO_1_16]], // prettier-ignore
  [subject, 'excludedResources', broken(part, { includedResources: ['a'], excludedResources: ['a'] })],
  [subject, 'snapshotMoveData', broken(part, { snapshotMoveData: true, snapshotVolumes: false })],
  [subject, 'parallelFilesUpload', broken(part, { parallelFilesUpload: 0 })],
  [subject, 'csiSnapshotTimeout', broken(part, { csiSnapshotTimeout: HALF })],
  [subject, 'itemOperationTimeout', broken(part, { itemOperationTimeout: ZERO })],
  [subject, 'resourcePolicy', broken(part, { resourcePolicy: 'a b' })],
  [subject, 'orLabelSelectors', broken(part, { labelSelector: {}, orLabelSelectors: [] })],
  [subject, 'orderedResources', broken(part, { orderedResources: {} }), ARK],
  [subject, 'includedClusterScopedResources', broken(part, { includedClusterScopedResources: [] }), ARK],
  [subject, 'defaultVolumesToFsBackup', broken(part, { defaultVolumesToFsBackup: false }), ARK],
];

const BREAKERS: Breaker[] = [
  ['ArkServer', 'namespace', broken('server', { namespace: 'a.b' })],
  ['ArkServer', 'image', broken('server', { image: 'velero:latest' })],
  ['ArkServer', 'podLabels', broken('server', { podLabels: BAD_LABEL })],
  ['ArkServer', 'fsBackupTimeout', broken('server', { fsBackupTimeout: ZERO })],
  ['ArkServer', 'uploader', broken('server', { uploader: ArkUploader.RESTIC }), [ArkProfile.VELERO_1_18]],
  ['ArkServer', 'uploader', broken('server', { uploader: ArkUploader.KOPIA }), ARK],
  ['ArkServer', 'plugins', broken('server', { plugins: [{ name: 'A', image: 'a:1' }] })],
  [
    'ArkServer',
    'cloud.workloadIdentity',
    broken('server', { cloud: ArkCloud.azure({ workloadIdentity: { clientId: 'a' } }) }),
    ARK,
  ],
  ['ArkServer', 'cloud.roleArn', broken('server', { cloud: ArkCloud.aws({ roleArn: 'velero' }) })],
  ['ArkServer', 'cloud.serviceAccount', broken('server', { cloud: ArkCloud.gcp({ serviceAccount: 'velero' }) })],
  ['ArkServer', 'csiSnapshots', broken('server', { csiSnapshots: false }), ARK],
  ['ArkServer', 'cloud.credentials', broken('server', { cloud: ArkCloud.azure({}) })],
  ['ArkServer', 'cloud.credentials', broken('server', { cloud: ArkCloud.aws({}) })],
  ['ArkServer', 'cloud.credentials', broken('server', { cloud: ArkCloud.gcp({}) })],
  ['ArkNodeAgent', 'image', broken('agent', { image: 'velero' })],
  ['ArkNodeAgent', 'nodeSelector', broken('agent', { nodeSelector: BAD_LABEL })],
  ['ArkNodeAgent', 'hostPodsPath', broken('agent', { hostPodsPath: '' })],
  ['ArkBackupLocation', 'name', broken('location', { name: 'A' })],
  [
    'ArkBackupLocation',
    'store.storageAccount',
    broken('location', { store: ArkObjectStore.azure({ ...PLACE, storageAccount: 'a-b' }) }),
  ],
  [
    'ArkBackupLocation',
    'store.bucket',
    broken('location', { store: ArkObjectStore.azure({ ...PLACE, bucket: 'ab' }) }),
  ],
  ['ArkBackupLocation', 'prefix', broken('location', { prefix: '/a' })],
  [
    'ArkBackupLocation',
    'store.storageAccountUri',
    broken('location', { store: ArkObjectStore.azure({ ...PLACE, storageAccountUri: 'https://a.b/?sig=x' }) }),
  ],
  [
    'ArkBackupLocation',
    'store.storageAccountKeyEnvVar',
    broken('location', { store: ArkObjectStore.azure({ ...PLACE, storageAccountKeyEnvVar: 'a=' }) }),
  ],
  [
    'ArkBackupLocation',
    'store.blockSize',
    broken('location', { store: ArkObjectStore.azure({ ...PLACE, blockSize: Size.mebibytes(101) }) }),
  ],
  ['ArkBackupLocation', 'store.bucket', broken('location', { store: ArkObjectStore.s3({ bucket: 's3://a' }) })],
  [
    'ArkBackupLocation',
    'store.region',
    broken('location', { store: ArkObjectStore.s3({ bucket: 'abc', s3Url: 'http://a' }) }),
  ],
  [
    'ArkBackupLocation',
    'store.region',
    broken('location', { store: ArkObjectStore.s3({ bucket: 'abc', region: 'eu-central-1a' }) }),
  ],
  ['ArkBackupLocation', 'store.bucket', broken('location', { store: ArkObjectStore.gcs({ bucket: 'gs://a' }) })],
  [
    'ArkBackupLocation',
    'store.kmsKeyName',
    broken('location', { store: ArkObjectStore.gcs({ bucket: 'abc', kmsKeyName: 'a' }) }),
  ],
  ['ArkBackupLocation', 'credential.key', broken('location', { credential: NO_KEY })],
  ['ArkBackupLocation', 'backupSyncPeriod', broken('location', { backupSyncPeriod: ZERO })],
  ['ArkBackupLocation', 'validationFrequency', broken('location', { validationFrequency: HALF })],
  ['ArkBackupLocation', 'accessMode', broken('location', { accessMode: ArkAccessMode.READ_ONLY }), ARK],
  ['ArkBackupLocation', 'isDefault', broken('location', { name: 'other', isDefault: true }), ARK],
  ['ArkBackupLocation', 'accessMode', (good) => broken('server', { restoreOnly: true })(broken('location', { accessMode: ArkAccessMode.READ_WRITE })(good))], // prettier-ignore
  ['ArkVolumeSnapshotLocation', 'name', broken('snapshots', { name: '' })],
  [
    'ArkVolumeSnapshotLocation',
    'snapshotter.apiTimeout',
    broken('snapshots', { snapshotter: ArkVolumeSnapshotter.azure({ apiTimeout: ZERO }) }),
  ],
  [
    'ArkVolumeSnapshotLocation',
    'snapshotter.resourceGroup',
    broken('snapshots', { snapshotter: ArkVolumeSnapshotter.azure({ resourceGroup: '' }) }),
  ],
  [
    'ArkVolumeSnapshotLocation',
    'snapshotter.tags',
    broken('snapshots', { snapshotter: ArkVolumeSnapshotter.azure({ tags: { 'a=b': 'c' } }) }),
  ],
  [
    'ArkVolumeSnapshotLocation',
    'snapshotter.region',
    broken('snapshots', { snapshotter: ArkVolumeSnapshotter.aws({ region: '' }) }),
  ],
  [
    'ArkVolumeSnapshotLocation',
    'snapshotter.snapshotLocation',
    broken('snapshots', { snapshotter: ArkVolumeSnapshotter.gcp({ snapshotLocation: 'europe-west1-b' }) }),
  ],
  ['ArkVolumeSnapshotLocation', 'credential.key', broken('snapshots', { credential: NO_KEY })],
  [
    'ArkVolumeSnapshotLocation',
    'snapshotter.incremental',
    broken('snapshots', { snapshotter: ArkVolumeSnapshotter.azure({ incremental: false }) }),
    ARK,
  ],
  ...options('backup', 'ArkBackup'),
  ...options('schedule', 'ArkSchedule'),
  ['ArkSchedule', 'name', broken('schedule', { name: 'x'.repeat(49) })],
  ['ArkSchedule', 'schedule.weekDay', broken('schedule', { schedule: Cron.schedule({ weekDay: '7' }) })],
  ['ArkSchedule', 'schedule.minute', broken('schedule', { schedule: Cron.schedule({ minute: '*/60' }) })],
  ['ArkSchedule', 'schedule.day', broken('schedule', { schedule: Cron.schedule({ day: '31', month: '2' }) })],
  ['ArkSchedule', 'paused', broken('schedule', { paused: false }), ARK],
  ['ArkRestore', 'name', broken('restore', { name: 'a_b' })],
  ['ArkRestore', 'labels', broken('restore', { labels: BAD_LABEL })],
  ['ArkRestore', 'namespaceMapping', broken('restore', { namespaceMapping: { A: 'a' } })],
  ['ArkRestore', 'namespaceMapping', broken('restore', { namespaceMapping: { a: '' } })],
  ['ArkRestore', 'excludedResources', broken('restore', { excludedResources: ['*'] })],
  ['ArkRestore', 'hooks[0].exec', broken('restore', { hooks: [{ name: 'h', exec: [] }] })],
  ['ArkRestore', 'itemOperationTimeout', broken('restore', { itemOperationTimeout: ZERO })],
  ['ArkRestore', 'resourceModifier', broken('restore', { resourceModifier: 'A' })],
  ['ArkRestore', 'parallelFilesDownload', broken('restore', { parallelFilesDownload: 1025 })],
  ['ArkRestore', 'writeSparseFiles', broken('restore', { writeSparseFiles: false }), ARK],
];

/** What is not about backups is wrong of a server that only restores, too. */
const needsBackups = (subject: string) => subject === 'ArkBackup' || subject === 'ArkSchedule';

describe('whatever else it is', () => {
  test.each(
    BREAKERS.map(([subject, prop, change, profiles = [...ARK, ...VELERO]], index) => ({
      subject,
      prop,
      change,
      profiles,
      index,
    })),
  )(
    // prettier-ignore
    '$subject is refused for its $prop ($index)',
    ({ subject, prop, change, profiles }) => {
      const property = fc.property(arkCase(...profiles), (good) => {
        const chart = newChart();
        let message = 'nothing was thrown';
        const given = needsBackups(subject) ? broken('server', { restoreOnly: false })(broken('location', writable(good))(good)) : good; // prettier-ignore
        try {
          buildArk(chart, change(given));
        } catch (error) {
          message = (error as Error).message;
        }
        expect(message).toContain(`${subject} 'test/`);
        expect(message).toContain(`\n- '${prop}`);
        // What it needs may be there, and it not.
        const left = chart.node.findAll().map((construct) => construct.constructor.name);
        expect(left).not.toContain(subject);
      });
      fc.assert(property, { ...RUNS, numRuns: 10 });
    },
  );
});

function writable({ location }: ArkCase): Partial<ArkCase['location']> {
  return location.accessMode ? { accessMode: ArkAccessMode.READ_WRITE } : {};
}
