import { Cron, Duration, Size } from 'cdk8s';
import { RestartPolicy } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import fc from 'fast-check';
import { BackupEncryption, BackupVerification, DatabaseEngine, UpdateStrategy } from '../../lib';
import type { BlobJobProps, DatabaseCopyProps, ScheduledJobProps, StatefulDatabaseProps } from '../../lib';
import {
  accessCase,
  backupCase,
  buildAccess,
  buildBackup,
  buildCopy,
  buildDatabase,
  buildPod,
  buildSet,
  copyCase,
  databaseProps,
  podCase,
  setCase,
} from '../support/arbitraries';
import type { AccessCase, BackupCase, CopyCase, PodCase, SetCase } from '../support/arbitraries';
import { PASSWORD, SHOP_PASSWORD, SMB } from '../support/elsewhere';
import { newChart } from '../support/manifests';
import { BLOBS } from '../support/samples';

/** A failure names its seed and path, with which fast-check repeats it; it is not shrunk for longer than this. */
const RUNS = { numRuns: 20, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true };

/** One way to break good props, by the prop that the error must name. */
type Breaker<T> = [prop: string, broken: (good: T) => T];

const BAD_LABEL = { app2: '-' };
const ZERO = Size.gibibytes(0);
const HALF = Duration.millis(500);

const inSet = (change: Partial<SetCase['set']>) => (good: SetCase) => ({ ...good, set: { ...good.set, ...change } });
const inService = (change: Partial<SetCase['service']>) => (good: SetCase) => ({
  ...good,
  service: { ...good.service, ...change },
});
const withFirst = (list: k8s.Container[], change: Partial<k8s.Container>) =>
  list.map((one, index) => (index === 0 ? { ...one, ...change } : one));
const inContainer = (change: Partial<k8s.Container>) => (good: SetCase) =>
  inSet({ containers: withFirst(good.set.containers, change) })(good);
const SEEDED = { path: '/a', subPath: 'a', seed: '/b' };
const claim = (change: object) => ({
  name: 'more',
  size: Size.gibibytes(1),
  mounts: [{ path: '/more', container: 'main-0' }],
  ...change,
});

const setBreakers: Breaker<SetCase>[] = [
  ['name', inSet({ name: 'x'.repeat(53) })],
  ['name', inSet({ name: 'A' })],
  ['namespace', inSet({ namespace: 'elsewhere-than-its-service' })],
  ['labels', inSet({ labels: BAD_LABEL })],
  ['podLabels', inSet({ podLabels: BAD_LABEL })],
  ['podLabels', (good) => inSet({ podLabels: { app: 'nobody' } })(good)],
  ['nodeSelector', inSet({ nodeSelector: BAD_LABEL })],
  ['runAsUser', inSet({ runAsUser: 0 })],
  ['runAsGroup', inSet({ runAsGroup: -1 })],
  ['fsGroup', inSet({ fsGroup: 0.5 })],
  ['terminationGracePeriod', inSet({ terminationGracePeriod: HALF })],
  ['minReady', inSet({ minReady: HALF })],
  ['replicas', inSet({ replicas: -1 })],
  ['partition', inSet({ partition: -1 })],
  ['partition', inSet({ partition: 1, updateStrategy: UpdateStrategy.ON_DELETE })],
  ['containers', inSet({ containers: [], openPorts: [], emptyDirs: [], volumeClaimTemplates: [] })],
  ['containers', (good) => inSet({ containers: [...good.set.containers, good.set.containers[0]!] })(good)],
  ['containers[0].name', inContainer({ name: 'A' })],
  ['containers[0].image', inContainer({ image: 'postgres:latest' })],
  ['containers[0].ports[0].containerPort', inContainer({ ports: [{ containerPort: 65536 }] })],
  ['containers[0].ports[0].name', inContainer({ ports: [{ containerPort: 1, name: 'A' }] })],
  ['initContainers[0].image', inSet({ initContainers: [{ name: 'last', image: 'x' }] })],
  ['volumeClaimTemplates[0].name', inSet({ volumeClaimTemplates: [claim({ name: 'a.b' })] })],
  ['volumeClaimTemplates[0].size', inSet({ volumeClaimTemplates: [claim({ size: ZERO })] })],
  ['volumeClaimTemplates[0].labels', inSet({ volumeClaimTemplates: [claim({ labels: BAD_LABEL })] })],
  ['volumeClaimTemplates[0].mounts', inSet({ volumeClaimTemplates: [claim({ mounts: [] })] })],
  ['volumeClaimTemplates[0].mounts[0].path', inSet({ volumeClaimTemplates: [claim({ mounts: [{ path: '/' }] })] })],
  [
    'volumeClaimTemplates[0].mounts[0].subPath',
    inSet({ volumeClaimTemplates: [claim({ mounts: [{ path: '/a', subPath: '..' }] })] }),
  ],
  [
    'volumeClaimTemplates[0].mounts[0].subPath',
    inSet({ volumeClaimTemplates: [claim({ mounts: [{ path: '/a', seed: '/b' }] })] }),
  ],
  [
    'volumeClaimTemplates[0].mounts[0].seed',
    inSet({ volumeClaimTemplates: [claim({ mounts: [{ path: '/a', subPath: 'a', seed: 'b' }] })] }),
  ],
  [
    'volumeClaimTemplates[0].mounts',
    inSet({ volumeClaimTemplates: [claim({ mounts: [SEEDED, { ...SEEDED, path: '/b' }] })] }),
  ],
  [
    'volumeClaimTemplates[0].name',
    inSet({ volumeClaimTemplates: [claim({ name: 'a'.repeat(59), mounts: [SEEDED] })] }),
  ],
  [
    'volumeClaimTemplates[0].mounts[0].container',
    inSet({ volumeClaimTemplates: [claim({ mounts: [{ path: '/a', container: 'nobody' }] })] }),
  ],
  ['volumes', inSet({ volumeClaimTemplates: [claim({}), claim({ mounts: [{ path: '/other' }] })] })],
  ['main-0.volumeMounts', inSet({ volumeClaimTemplates: [claim({}), claim({ name: 'other' })] })],
  ['main-0.volumeMounts', inContainer({ volumeMounts: [{ name: 'nothing', mountPath: '/x' }] })],
  ['emptyDirs[0].path', inSet({ emptyDirs: [{ path: 'tmp' }] })],
  ['emptyDirs[0].name', inSet({ emptyDirs: [{ path: '/tmp', name: 'A' }] })],
  ['emptyDirs[0].sizeLimit', inSet({ emptyDirs: [{ path: '/tmp', sizeLimit: ZERO }] })],
  ['emptyDirs[0].containers', inSet({ emptyDirs: [{ path: '/tmp', containers: ['nobody'] }] })],
  ['openPorts', inSet({ openPorts: [65536] })],
];

const serviceBreakers: Breaker<SetCase>[] = [
  ['name', inService({ name: '9' })],
  ['name', inService({ name: 'x'.repeat(64) })],
  ['namespace', inService({ namespace: 'a.b' })],
  ['selector', inService({ selector: {} })],
  ['selector', inService({ selector: { app: ' ' } })],
  ['labels', inService({ labels: BAD_LABEL })],
  ['ports', inService({ ports: [] })],
  ['ports[0].name', inService({ ports: [{ name: 'A', port: 1 }] })],
  ['ports[0].port', inService({ ports: [{ name: 'a', port: 0 }] })],
  ['ports', inService({ ports: [{ name: 'a', port: 1 }, { name: 'a', port: 2 }] })], // prettier-ignore
  ['ports', inService({ ports: [{ name: 'a', port: 1 }, { name: 'b', port: 1 }] })], // prettier-ignore
];

const inDatabase = (change: Partial<StatefulDatabaseProps>) => (good: StatefulDatabaseProps) => ({
  ...good,
  ...change,
});
const inStorage = (change: object) => (good: StatefulDatabaseProps) => ({
  ...good,
  storage: { ...good.storage, ...change },
});

const databaseBreakers: Breaker<StatefulDatabaseProps>[] = [
  ['name', inDatabase({ name: 'x'.repeat(53) })],
  ['serviceName', inDatabase({ serviceName: 'A' })],
  ['clientServiceName', inDatabase({ clientServiceName: 'A' })],
  ['clientServiceName', inDatabase({ serviceName: 'same', clientServiceName: 'same' })],
  ['portName', inDatabase({ portName: 'A' })],
  ['servicePortName', inDatabase({ servicePortName: 'A' })],
  ['namespace', inDatabase({ namespace: 'A' })],
  ['selector', inDatabase({ selector: {} })],
  ['selector', inDatabase({ selector: { app: '-' } })],
  ['labels', inDatabase({ labels: BAD_LABEL })],
  ['podLabels', inDatabase({ podLabels: { app: 'nobody' } })],
  ['replicas', inDatabase({ replicas: 2 })],
  ['replicas', inDatabase({ replicas: 0.5 })],
  ['partition', inDatabase({ partition: -1 })],
  ['minReady', inDatabase({ minReady: HALF })],
  ['terminationGracePeriod', inDatabase({ terminationGracePeriod: Duration.seconds(0) })],
  ['terminationGracePeriod', inDatabase({ terminationGracePeriod: HALF })],
  ['runAsUser', inDatabase({ runAsUser: 0 })],
  ['containerName', inDatabase({ containerName: 'A' })],
  ['containerName', inDatabase({ containerName: 'initialize' })],
  ['image', inDatabase({ image: 'postgres' })],
  ['image', inDatabase({ image: 'postgres:9.6' })],
  [
    'password',
    (good) =>
      Object.fromEntries(
        Object.entries(good).filter(([prop]) => prop !== 'password'),
      ) as unknown as StatefulDatabaseProps,
  ],
  ['storage.size', inStorage({ size: ZERO })],
  ['storage.claimName', inStorage({ claimName: 'a.b' })],
  ['storage.labels', inStorage({ labels: BAD_LABEL })],
  ['storage.storageClass', inStorage({ storageClass: SMB })],
  ['volumes', inStorage({ claimName: 'tmp' })],
  ['resources.memory', inDatabase({ resources: { memory: ZERO } })],
  ['resources.ephemeralStorage', inDatabase({ resources: { ephemeralStorage: ZERO } })],
  ['user', inDatabase({ user: '' })],
  ['databaseName', inDatabase({ databaseName: '' })],
  ['applicationUser.name', inDatabase({ user: 'admin', applicationUser: { name: 'admin', password: SHOP_PASSWORD } })],
  ['parameters', inDatabase({ parameters: { data_directory: '/x' } })],
  ['parameters', inDatabase({ parameters: { 'a b': '1' } })],
  ['initScripts', inDatabase({ initScripts: { 'readme.txt': '' } })],
  [
    'engine.mountPath',
    inDatabase({ engine: DatabaseEngine.postgres({ version: '17.11', mountPath: '/var/lib/postgresql' }), image: 'postgres:17.11' }), // prettier-ignore
  ],
];

const inPod = (change: Partial<PodCase['pod']>) => (good: PodCase) => ({ ...good, pod: { ...good.pod, ...change } });
const inClaim = (change: Partial<PodCase['claim']>) => (good: PodCase) => ({
  ...good,
  claim: { ...good.claim, ...change },
});

const podBreakers: Breaker<PodCase>[] = [
  ['name', inPod({ name: 'a_b' })],
  ['name', inPod({ name: 'x'.repeat(64) })],
  ['namespace', inPod({ namespace: 'A' })],
  ['podLabels', inPod({ podLabels: { app: 'nobody' } })],
  ['runAsUser', inPod({ runAsUser: 0 })],
  ['terminationGracePeriod', inPod({ terminationGracePeriod: HALF })],
  ['containers', inPod({ containers: [], initContainers: [], emptyDirs: [] })],
  ['claims[0].mounts[0].path', (good) => ({ ...good, mountPath: 'mnt' })],
  ['volumes', inPod({ volumes: [{ name: 'claimed', emptyDir: {} }] })],
];

const claimBreakers: Breaker<PodCase>[] = [
  ['name', inClaim({ name: 'A' })],
  ['namespace', inClaim({ namespace: 'A' })],
  ['labels', inClaim({ labels: BAD_LABEL })],
  ['size', inClaim({ size: ZERO })],
];

const accessBreakers: Breaker<AccessCase>[] = [
  ['name', (good) => ({ ...good, name: 'A' })],
  ['ports', (good) => ({ ...good, ports: [] })],
  ['ports', (good) => ({ ...good, ports: [0] })],
];

type Job = 'backup' | 'restore' | 'drill';
const inJob =
  <Name extends Job>(name: Name, change: Partial<BackupCase[Name]>) =>
  (good: BackupCase): BackupCase => ({ ...good, [name]: { ...good[name], ...change } });
const NO_KEY = { ...PASSWORD, key: 'no key' };

const commonBreakers = (job: Job): Breaker<BackupCase>[] => {
  const broken = (change: Partial<BlobJobProps>) => inJob(job, change);
  return [
    ['name', broken({ name: 'x'.repeat(53) })],
    ['name', broken({ name: 'a.b' })],
    ['namespace', broken({ namespace: 'A' })],
    ['labels', broken({ labels: BAD_LABEL })],
    ['podLabels', broken({ podLabels: { app: 'nobody' } })],
    ['runAsUser', broken({ runAsUser: 0 })],
    ['terminationGracePeriod', broken({ terminationGracePeriod: HALF })],
    ['scratch.size', broken({ scratch: { size: ZERO } })],
    ['memory', broken({ memory: ZERO })],
    ['timeout', broken({ timeout: HALF })],
    ['retries', broken({ retries: 0.5 })],
    ['restartPolicy', broken({ restartPolicy: RestartPolicy.ALWAYS })],
    ['rcloneImage', broken({ rcloneImage: 'rclone/rclone' })],
  ];
};

const scheduleBreakers = (job: 'backup' | 'drill'): Breaker<BackupCase>[] => {
  const broken = (change: Partial<ScheduledJobProps>) => inJob(job, change);
  return [
    ['schedule', broken({ schedule: Cron.schedule({ minute: 'TZ=UTC 0' }) })],
    ['timeZone', broken({ timeZone: '+01:00' })],
    ['startingDeadline', broken({ startingDeadline: Duration.seconds(9) })],
    ['successfulJobsHistory', broken({ successfulJobsHistory: -1 })],
    ['failedJobsHistory', broken({ failedJobsHistory: 0 })],
  ];
};

/** A Service of the database would send its clients to the job. */
function asItsDatabase({ database, ...good }: BackupCase): BackupCase {
  const { selector: _, ...rest } = database;
  const place = { name: 'one', namespace: 'shop' };
  return { ...good, database: { ...rest, ...place }, backup: { ...good.backup, ...place } };
}

const backupBreakers: Breaker<BackupCase>[] = [
  ...commonBreakers('backup'),
  ...scheduleBreakers('backup'),
  ['verify', (good) => ({ ...inJob('backup', { verify: BackupVerification.CHECKSUM })(good), store: BLOBS })],
  ['encryption.key', inJob('backup', { encryption: BackupEncryption.rcloneCrypt(NO_KEY) })],
  ['password.key', inJob('backup', { password: NO_KEY })],
  ['user', inJob('backup', { user: '' })],
  ['databaseName', inJob('backup', { databaseName: '' })],
  ['retention.days', inJob('backup', { retention: { days: 0, keepAtLeast: 1 } })],
  ['retention.keepAtLeast', inJob('backup', { retention: { days: 1, keepAtLeast: 0 } })],
  ['retention.weekly', inJob('backup', { retention: { days: 1, keepAtLeast: 1, weekly: 0 } })],
  ['retention.monthly', inJob('backup', { retention: { days: 1, keepAtLeast: 1, monthly: 0.5 } })],
  ['retention.yearly', inJob('backup', { retention: { days: 1, keepAtLeast: 1, yearly: 10001 } })],
  ['image', inJob('backup', { image: 'backupjob:latest' })],
  ['selector', asItsDatabase],
];

const restoreBreakers: Breaker<BackupCase>[] = [
  ...commonBreakers('restore'),
  ['backup', inJob('restore', { backup: 'newest' })],
  ['before', inJob('restore', { before: '2026-02-30T00:00:00Z' })],
  ['before', inJob('restore', { backup: 'db_20261121063800', before: '2026-11-21T06:38:00Z' })],
  ['targetDatabase', inJob('restore', { targetDatabase: '' })],
  ['password.key', inJob('restore', { password: NO_KEY })],
];

const drillBreakers: Breaker<BackupCase>[] = [
  ...commonBreakers('drill'),
  ...scheduleBreakers('drill'),
  ['recoveryPointObjective', inJob('drill', { recoveryPointObjective: HALF })],
  ['checks', inJob('drill', { checks: { 'a.js': 'true' } })],
  ["checks['a.sql']", inJob('drill', { checks: { 'a.sql': ' ' } })],
];

const inCopy = (change: Partial<DatabaseCopyProps>) => (good: CopyCase) => ({
  ...good,
  copy: { ...good.copy, ...change },
});
const inTo = (change: Partial<StatefulDatabaseProps>) => (good: CopyCase) => ({
  ...good,
  to: { ...good.to, ...change },
});

const copyBreakers: Breaker<CopyCase>[] = [
  ['name', inCopy({ name: 'x'.repeat(53) })],
  ['namespace', inCopy({ namespace: 'A' })],
  ['labels', inCopy({ labels: BAD_LABEL })],
  ['podLabels', inCopy({ podLabels: { app: 'nobody' } })],
  ['runAsUser', inCopy({ runAsUser: 0 })],
  ['scratch.size', inCopy({ scratch: { size: ZERO } })],
  ['memory', inCopy({ memory: ZERO })],
  ['timeout', inCopy({ timeout: HALF })],
  ['retries', inCopy({ retries: 0.5 })],
  ['restartPolicy', inCopy({ restartPolicy: RestartPolicy.ALWAYS })],
  ['to', inTo({ engine: DatabaseEngine.mongo({ version: '8.0.29' }) })],
  ['to', inTo({ engine: DatabaseEngine.mariadb({ version: '11.8.8' }) })],
  ['to', ({ from, to, copy }) => ({ to, copy, from: { ...from, engine: DatabaseEngine.of({ ...from.engine.spec, version: '19.0' }) } })], // prettier-ignore
];

/** Each breaker on random good props: the error is of the class, names the prop, and leaves nothing of it in the chart. */
function testBreakers<T>(
  subject: string,
  given: fc.Arbitrary<T>,
  build: (scope: ReturnType<typeof newChart>, props: T) => unknown,
  breakers: Breaker<T>[],
): void {
  describe(`${subject}, whatever else it is`, () => {
    test.each(breakers.map(([prop, broken], index) => ({ prop, broken, index })))(
      'is refused for its $prop ($index)',
      ({ prop, broken }) => {
        fc.assert(
          fc.property(given, (good) => {
            const chart = newChart();
            let message = 'nothing was thrown';
            try {
              build(chart, broken(good));
            } catch (error) {
              message = (error as Error).message;
            }
            expect(message).toContain(`${subject} 'test/`);
            expect(message).toContain(`\n- '${prop}`);
            // What it needs may be there, and it not: of the construct itself nothing is left.
            const left = chart.node.findAll().map((construct) => construct.constructor.name);
            expect(left).not.toContain(subject);
          }),
          RUNS,
        );
      },
    );
  });
}

testBreakers('PersistentStatefulSet', setCase(), buildSet, setBreakers);
testBreakers('HeadlessService', setCase(), buildSet, serviceBreakers);
testBreakers('StatefulDatabase', databaseProps(), buildDatabase, databaseBreakers);
testBreakers('Pod', podCase(), buildPod, podBreakers);
testBreakers('PersistentVolumeClaim', podCase(), buildPod, claimBreakers);
testBreakers('ClientAccess', accessCase(), buildAccess, accessBreakers);
testBreakers('BlobBackupCronJob', backupCase(), buildBackup, backupBreakers);
testBreakers('BlobRestoreJob', backupCase(), buildBackup, restoreBreakers);
testBreakers('RestoreDrill', backupCase(), buildBackup, drillBreakers);
testBreakers('DatabaseCopy', copyCase(), buildCopy, copyBreakers);
