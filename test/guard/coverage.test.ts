import { coverageOf } from '../../lib/guard/coverage/coverage';
import { coveredTexts } from '../../lib/guard/coverage/findings';
import type { Policy } from '../../lib/guard/lock';
import type { Deployer, State } from '../../lib/guard/model';
import { plan } from '../../lib/guard/plan';
import { readState } from '../../lib/guard/state';
import { longestGap } from '../../lib/units/longest-gap';

function read(...objects: string[]): State {
  const { state, problems } = readState([{ file: 'x.yaml', text: objects.join('\n---\n') }]);
  expect(problems).toEqual([]);
  return state;
}

/** Each store: what backs it up with its caveats, or why nearly. */
function covered(state: State, ...elsewhere: State[]): { [store: string]: string[] } {
  return Object.fromEntries(
    coverageOf(state, elsewhere).stores.map(({ store, backups, misses }) => [
      store.name,
      backups.length > 0 ? backups.flatMap(({ by, caveats }) => [by, ...caveats]) : ['nothing', ...misses],
    ]),
  );
}

interface SetOptions {
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly annotations?: string;
  readonly labels?: string;
  /** By template, the path. */
  readonly mounts?: { readonly [template: string]: string };
  readonly more?: string;
}

function set(options: SetOptions = {}): string {
  const { name = 'db', image = 'postgres:17.2', replicas = 1, mounts = { data: '/var/lib/postgresql/data' } } = options;
  const { annotations = '{}', labels = `{ app: ${name} }`, more = '' } = options;
  const volumeMounts = Object.entries(mounts).map(([volume, path]) => `{ name: ${volume}, mountPath: ${path} }`);
  const templates = Object.keys(mounts).map((template) => `{ metadata: { name: ${template} }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }`); // prettier-ignore
  return `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: shop }
spec:
  serviceName: ${name}
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: ${labels}, annotations: ${annotations} }
    spec:
      containers:
        - { name: server, image: '${image}', volumeMounts: [${volumeMounts.join(', ')}] }
${more}
  volumeClaimTemplates: [${templates.join(', ')}]`;
}

function service(name = 'db', app = name): string {
  return `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${app} }, ports: [{ port: 5432 }] } }`;
}

function claim(name: string, more = ''): string {
  return `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: ${name}, namespace: shop }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } }${more} } }`;
}

function deployment(claimName: string, image = 'nginx:1.27'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: '${image}', volumeMounts: [{ name: files, mountPath: /files }] }]
      volumes: [{ name: files, persistentVolumeClaim: { claimName: ${claimName} } }]`;
}

interface JobOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly schedule?: string;
  readonly suspend?: boolean;
  readonly image?: string;
  readonly command?: string;
  readonly env?: { readonly [name: string]: string };
  readonly moreEnv?: string;
  /** By claim, its path; a path that ends with `:ro` is read only. */
  readonly claims?: { readonly [claim: string]: string };
  readonly volumes?: string;
  readonly mounts?: string;
}

function job(options: JobOptions = {}): string {
  const { name = 'backup', namespace = 'shop', schedule = '0 3 * * *', suspend = false, claims = {} } = options;
  const { image = 'example.org/tools:1', command = 'pg_dump -h db shop | aws s3 cp - s3://bucket/shop', env = {} } = options; // prettier-ignore
  const variables = Object.entries(env).map(([variable, value]) => JSON.stringify({ name: variable, value }));
  const mounts = Object.entries(claims).map(([of, path]) => `{ name: ${of}, mountPath: ${path.replace(':ro', '')}, readOnly: ${path.endsWith(':ro')} }`); // prettier-ignore
  const volumes = Object.keys(claims).map((of) => `{ name: ${of}, persistentVolumeClaim: { claimName: ${of} } }`);
  return `apiVersion: batch/v1
kind: CronJob
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  schedule: '${schedule}'
  suspend: ${suspend}
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: backup
              image: ${image}
              command: [sh, -c, ${JSON.stringify(command)}]
              env: [${[...variables, options.moreEnv ?? ''].filter(Boolean).join(', ')}]
              volumeMounts: [${[...mounts, options.mounts ?? ''].filter(Boolean).join(', ')}]
          volumes: [${[...volumes, options.volumes ?? ''].filter(Boolean).join(', ')}]`;
}

const DATA = 'StatefulSet/shop/db data';
const JOB = 'CronJob/shop/backup';

describe('a job that dumps a server', () => {
  test.each<[string, JobOptions]>([
    ['an option', { command: 'pg_dump -h db shop | aws s3 cp - s3://bucket/shop' }],
    ['a long option', { command: 'pg_dumpall --host=db.shop.svc.cluster.local | rclone rcat store:shop' }],
    ['the name of a pod', { command: 'pg_basebackup --host db-0.db --pgdata - --format tar | restic backup --stdin' }],
    ['a connection string', { command: 'pg_dump "host=db dbname=shop" | mc pipe store/shop' }],
    ['an address', { command: 'pg_dump postgresql://reader@db.shop:5432/shop | gsutil cp - gs://bucket/shop' }],
    ['a variable of the client', { command: 'pg_dump shop | restic backup --stdin', env: { PGHOST: 'db' } }],
    ['a variable in the command', { command: 'pg_dump -h "$SERVER_NAME" | s3cmd put - s3://b/x', env: { SERVER_NAME: 'db' } }], // prettier-ignore
    ['an address in a variable', { command: 'pg_dump "$DATABASE_URL" | restic backup --stdin', env: { DATABASE_URL: 'postgres://u@db:5432/shop' } }], // prettier-ignore
    ['another namespace', { namespace: 'backups', command: 'pg_dump -h db.shop | restic backup --stdin' }],
    [
      'its pod',
      { command: 'kubectl exec --namespace shop db-0 -c server -- pg_dump shop | aws s3 cp - s3://bucket/x' },
    ],
    ['its set', { command: 'kubectl -n shop exec statefulset/db -- pg_dumpall | aws s3 cp - s3://bucket/x' }],
  ])('finds it by %s', (_, options) => {
    const state = read(set(), service(), job(options));
    expect(covered(state)).toEqual({ [DATA]: [`CronJob/${options.namespace ?? 'shop'}/backup`] });
  });

  test('finds it by a ConfigMap, for its script and for its variables', () => {
    const scripts = `{ apiVersion: v1, kind: ConfigMap, metadata: { name: nightly, namespace: shop }, data: { run.sh: 'pg_dump -h $TARGET shop | aws s3 cp - s3://bucket/x', target: db } }`;
    const named = job({
      command: '/scripts/run.sh',
      moreEnv: '{ name: TARGET, valueFrom: { configMapKeyRef: { name: nightly, key: target } } }',
      mounts: '{ name: scripts, mountPath: /scripts }',
      volumes: '{ name: scripts, configMap: { name: nightly } }',
    });
    expect(covered(read(set(), service(), scripts, named))).toEqual({ [DATA]: [JOB] });
    expect(covered(read(set(), service(), named))).toEqual({ [DATA]: ['nothing'] });
  });

  test.each<[string, string[], JobOptions]>([
    ['a Service that is not there', [set()], {}],
    ['a Service of other pods', [set(), service('db', 'cache')], {}],
    ['a word that is no host', [set({ name: 'postgres' }), service('postgres')], { command: 'pg_dump -U postgres -h elsewhere.example.org postgres | restic backup --stdin' }], // prettier-ignore
    ['the same name in another namespace', [set(), service()], { namespace: 'other' }],
    ['a tool of another server', [set(), service()], { command: 'mysqldump -h db shop | aws s3 cp - s3://bucket/x' }],
    ['a command that brings back', [set(), service()], { command: 'aws s3 cp s3://bucket/x /tmp/x && pg_restore -h db /tmp/x' }], // prettier-ignore
    ['a restore', [set(), service()], { command: 'restic -r s3:store restore latest --target /tmp; psql -h db < /tmp/x' }], // prettier-ignore
    ['a job called restore', [set(), service()], { name: 'restore' }],
    ['a job called drill', [set(), service()], { name: 'restore-drill' }],
    ['no tool', [set(), service()], { command: 'psql -h db -c vacuum' }],
  ])('does not take %s for a backup', (_, others, options) => {
    const name = Object.keys(covered(read(...others)))[0]!;
    expect(covered(read(...others, job(options)))[name]![0]).toBe('nothing');
  });

  test('says why it is none', () => {
    const of = (options: JobOptions) => covered(read(set(), service(), job(options)))[DATA];
    expect(of({ suspend: true })).toEqual(['nothing', `${JOB} is suspended`]);
    expect(of({ schedule: '0 0 30 2 *' })).toEqual(['nothing', `${JOB} has a date that never comes`]);
    expect(of({ command: 'pg_dump -h db -f /tmp/shop shop' })).toEqual([
      'nothing',
      `${JOB} writes to no place that outlives its pod`,
    ]);
  });

  test('names a job that backs up something that is not to be seen', () => {
    const hidden = job({ command: 'pg_dump "$DATABASE_URL" | restic backup --stdin', moreEnv: '{ name: DATABASE_URL, valueFrom: { secretKeyRef: { name: db, key: url } } }' }); // prettier-ignore
    expect(coverageOf(read(set(), service(), hidden)).unplaced).toEqual([
      `${JOB} makes backups, and what of is not to be seen here (it may come from DATABASE_URL)`,
    ]);
    expect(coverageOf(read(set(), service(), job())).unplaced).toEqual([]);
  });

  test('covers the data of the server, and nothing else in its pod', () => {
    const state = read(
      set({ mounts: { data: '/var/lib/postgresql/data', wal: '/wal', backups: '/backups' }, more: '        - { name: files, image: "nginx:1", volumeMounts: [{ name: uploads, mountPath: /uploads }] }\n      volumes: [{ name: uploads, persistentVolumeClaim: { claimName: uploads } }]' }), // prettier-ignore
      claim('uploads'),
      service(),
      job(),
    );
    expect(covered(state)).toEqual({
      'PersistentVolumeClaim/shop/uploads': ['nothing', `${JOB} is of container 'files', which is not the server`],
      'StatefulSet/shop/db backups': ['nothing', `${JOB} is no data of the server: it is mounted at /backups`],
      [DATA]: [JOB],
      'StatefulSet/shop/db wal': [JOB],
    });
  });

  test('says what is not as it seems', () => {
    const of = (...objects: string[]) => covered(read(service(), ...objects))[DATA];
    expect(of(set({ image: 'example.org/db:1' }), job())).toEqual([JOB, 'the image example.org/db:1 is not known, and taken for the server']); // prettier-ignore
    expect(of(set({ replicas: 3 }), job())).toEqual([JOB, 'it asks one of 3 members; what only another one holds is not in it']); // prettier-ignore
    const script = job({ image: 'example.org/own:1', command: 'backup.sh', env: { DB_HOST: 'db' } });
    expect(of(set(), script)).toEqual([JOB, 'what its own script does is not to be seen']);
    const minio = set({ name: 'minio', image: 'minio/minio:1', mounts: { files: '/data' } });
    const inside = job({ command: 'pg_dump -h db | aws --endpoint-url http://minio:9000 s3 cp - s3://b/x; curl http://minio:9000' }); // prettier-ignore
    expect(of(set(), minio, service('minio'), inside)).toEqual([JOB, 'the copies stay in the cluster: Service/shop/minio']); // prettier-ignore
  });

  test('does not take the store that it writes to for its server', () => {
    const store = set({ name: 'minio', image: 'example.org/minio:1', mounts: { files: '/data' } });
    const env = { SERVICE_URL: 'http://minio:9000', DB_HOST: 'db' };
    const script = job({ command: 'backup.sh --endpoint-url http://minio:9000', env });
    const state = read(set(), service(), store, service('minio'), script);
    expect(covered(state)['StatefulSet/shop/minio files']).toEqual(['nothing']);
    expect(covered(state)[DATA]![0]).toBe(JOB);
  });

  test('does not take its own target for covered, and says that the copies stay in the cluster', () => {
    const state = read(set(), service(), claim('dumps'), job({ command: 'pg_dump -h db -f /dumps/shop', claims: { dumps: '/dumps' } })); // prettier-ignore
    expect(covered(state)).toEqual({
      'PersistentVolumeClaim/shop/dumps': ['nothing', `${JOB} writes its copies to it, and does not copy those`],
      [DATA]: [JOB, "the copies stay in the cluster: PersistentVolumeClaim 'dumps'"],
    });
  });

  test('tells how often, how long and whether it is tried', () => {
    const env = { STORAGE_ACCOUNT: 'shop', CONTAINER_NAME: 'backups', RETENTION_DAYS: '14' };
    const command = 'pg_dump -h db | rclone rcat store:x';
    const drill = job({ name: 'restore-drill', command: 'rclone copy store:x /x; pg_restore /x', env: { STORAGE_ACCOUNT: 'shop', CONTAINER_NAME: 'backups' } }); // prettier-ignore
    const of = (...objects: string[]) => coverageOf(read(set(), service(), ...objects)).stores[0]!.backups;
    expect(of(job({ command, env }), drill)).toEqual([{ by: JOB, gap: 24, kept: '14 days', drill: 'CronJob/shop/restore-drill', caveats: [] }]); // prettier-ignore
    expect(of(job({ command, env }), drill.replace('suspend: false', 'suspend: true'))).toEqual([{ by: JOB, gap: 24, kept: '14 days', caveats: [] }]); // prettier-ignore
    expect(of(job({ command, env: { ...env, CONTAINER_NAME: 'other' } }), drill)).toEqual([{ by: JOB, gap: 24, kept: '14 days', caveats: [] }]); // prettier-ignore
  });
});

describe('a job that copies files', () => {
  const FILES = 'PersistentVolumeClaim/shop/files';
  const files = [claim('files'), deployment('files')];

  test.each<[string, JobOptions]>([
    ['restic', { command: 'restic backup /files', claims: { files: '/files:ro' } }],
    ['rclone', { command: 'rclone sync /files store:files', claims: { files: '/files' } }],
    ['aws', { command: 'aws s3 sync /files s3://bucket/files', claims: { files: '/files' } }],
  ])('covers the claims that it mounts: %s', (_, options) => {
    expect(covered(read(...files, job(options)))).toEqual({ [FILES]: [JOB] });
  });

  test.each<[string, JobOptions]>([
    ['a download', { command: 'rclone sync store:files /files', claims: { files: '/files' } }],
    ['a restore', { command: 'restic restore latest --target /files', claims: { files: '/files' } }],
    ['its own repository', { command: 'restic -r /files/repo backup /etc', claims: { files: '/files' } }],
    ['its own repository by a variable', { command: 'restic backup /etc', env: { RESTIC_REPOSITORY: '/files' }, claims: { files: '/files' } }], // prettier-ignore
  ])('does not take %s for a backup', (_, options) => {
    expect(covered(read(...files, job(options)))[FILES]![0]).toBe('nothing');
  });

  test('says where the copies stay, what writes meanwhile, and that it copies one claim of several', () => {
    const both = [claim('repo'), ...files, job({ command: 'restic -r /repo backup /files', claims: { files: '/files', repo: '/repo' } })]; // prettier-ignore
    expect(covered(read(...both))[FILES]).toEqual([
      JOB,
      "the copies stay in the cluster: PersistentVolumeClaim 'repo'",
    ]);
    const hot = [set(), job({ command: 'restic backup /data', claims: { 'data-db-0': '/data:ro' } })];
    expect(covered(read(...hot))[DATA]).toEqual([
      JOB,
      'its files are copied while PostgreSQL writes: it may not start on them',
      "of the claims of this template, only 'data-db-0'",
    ]);
  });
});

function schedule(template = '{}', more = '', group = 'velero.io'): string {
  return `{ apiVersion: ${group}/v1, kind: Schedule, metadata: { name: nightly, namespace: backups }, spec: { schedule: '30 1 * * *', template: ${template}${more} } }`;
}

const LOCATION = '{ apiVersion: velero.io/v1, kind: VolumeSnapshotLocation, metadata: { name: default, namespace: backups }, spec: { provider: azure } }'; // prettier-ignore
const SCHEDULE = 'Schedule.velero.io/backups/nightly';
const HOT = 'copied while PostgreSQL writes, without a hook';
const STAYS = 'the snapshots stay where the volume is, unless its driver copies them elsewhere';

describe('a schedule of Velero', () => {
  test.each<[string, string[], string[]]>([
    ['files by default', [set(), schedule('{ defaultVolumesToFsBackup: true }')], [SCHEDULE, HOT]],
    ['files of a volume that an annotation names', [set({ annotations: '{ backup.velero.io/backup-volumes: "x,data" }' }), schedule()], [SCHEDULE, HOT]], // prettier-ignore
    ['snapshots', [set(), schedule(), LOCATION], [SCHEDULE, STAYS, HOT]],
    ['snapshots that are moved', [set(), schedule('{ snapshotMoveData: true }')], [SCHEDULE, HOT]],
    ['snapshots of CSI', [set(), schedule(), '{ apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshotClass, metadata: { name: x, labels: { velero.io/csi-volumesnapshot-class: "true" } }, driver: x, deletionPolicy: Delete }'], [SCHEDULE, STAYS, HOT]], // prettier-ignore
    ['a namespace by its name', [set(), schedule('{ includedNamespaces: [shop], snapshotMoveData: true }')], [SCHEDULE, HOT]], // prettier-ignore
    ['a namespace by a pattern', [set(), schedule('{ includedNamespaces: ["sh*"], snapshotMoveData: true }')], [SCHEDULE, HOT]], // prettier-ignore
    ['labels', [set(), schedule('{ labelSelector: { matchLabels: { app: db } }, snapshotMoveData: true }')], [SCHEDULE, HOT]], // prettier-ignore
    ['expressions', [set(), schedule('{ labelSelector: { matchExpressions: [{ key: app, operator: In, values: [db, x] }] }, snapshotMoveData: true }')], [SCHEDULE, HOT]], // prettier-ignore
    ['one of several selectors', [set(), schedule('{ orLabelSelectors: [{ matchLabels: { app: x } }, { matchLabels: { app: db } }], snapshotMoveData: true }')], [SCHEDULE, HOT]], // prettier-ignore
    ['a hook that is written on the pod', [set({ annotations: '{ pre.hook.backup.velero.io/command: \'["fsfreeze", "--freeze", "/data"]\' }' }), schedule('{ defaultVolumesToFsBackup: true }')], [SCHEDULE]], // prettier-ignore
  ])('covers by %s', (_, objects, expected) => {
    expect(covered(read(...objects))).toEqual({ [DATA]: expected });
  });

  test.each<[string, string[], string[]]>([
    ['another namespace', [set(), LOCATION, schedule('{ includedNamespaces: [blog] }')], []],
    ['an excluded namespace', [set(), LOCATION, schedule('{ excludedNamespaces: [shop] }')], [`${SCHEDULE} leaves namespace 'shop' out (excludedNamespaces)`]], // prettier-ignore
    ['excluded claims', [set(), LOCATION, schedule('{ excludedResources: [pvc] }')], [`${SCHEDULE} leaves persistentvolumeclaims out`]], // prettier-ignore
    ['resources without claims', [set(), LOCATION, schedule('{ includedResources: [deployments, secrets] }')], [`${SCHEDULE} leaves persistentvolumeclaims out`]], // prettier-ignore
    ['excluded volumes', [set(), LOCATION, schedule('{ excludedClusterScopedResources: [persistentvolumes] }')], [`${SCHEDULE} leaves persistentvolumes out`]], // prettier-ignore
    ['no resources of the cluster', [set(), LOCATION, schedule('{ includeClusterResources: false }')], [`${SCHEDULE} leaves persistentvolumes out`]], // prettier-ignore
    ['other labels', [set(), LOCATION, schedule('{ labelSelector: { matchLabels: { app: web } } }')], [`${SCHEDULE} does not select it by its labels`]], // prettier-ignore
    ['an expression of other labels', [set(), LOCATION, schedule('{ labelSelector: { matchExpressions: [{ key: app, operator: In, values: [web] }] } }')], [`${SCHEDULE} does not select it by its labels`]], // prettier-ignore
    ['an expression of a label that it has not', [set(), LOCATION, schedule('{ labelSelector: { matchExpressions: [{ key: team, operator: Exists }] } }')], [`${SCHEDULE} does not select it by its labels`]], // prettier-ignore
    ['a label that excludes', [set({ labels: '{ app: db, velero.io/exclude-from-backup: "true" }' }), LOCATION, schedule()], [`${SCHEDULE} leaves it out by its label velero.io/exclude-from-backup`]], // prettier-ignore
    ['an annotation that excludes', [set({ annotations: '{ backup.velero.io/backup-volumes-excludes: data }' }), LOCATION, schedule('{ defaultVolumesToFsBackup: true }')], [`${SCHEDULE} leaves it out by the annotation backup.velero.io/backup-volumes-excludes`]], // prettier-ignore
    ['no snapshots', [set(), LOCATION, schedule('{ snapshotVolumes: false }')], [`${SCHEDULE} copies no volumes (snapshotVolumes: false)`]], // prettier-ignore
    ['no location', [set(), schedule()], [`${SCHEDULE} copies no volumes: it names no files, and there is no VolumeSnapshotLocation or VolumeSnapshotClass for it`]], // prettier-ignore
    ['a pause', [set(), LOCATION, schedule('{}', ', paused: true')], [`${SCHEDULE} is paused`]],
    ['a set of no pods', [set({ replicas: 0 }), schedule('{ defaultVolumesToFsBackup: true }')], [`${SCHEDULE} copies files of volumes that a running pod uses, and this one has 0 replicas`]], // prettier-ignore
  ])('does not cover by %s', (_, objects, misses) => {
    expect(covered(read(...objects))).toEqual({ [DATA]: ['nothing', ...misses] });
  });

  test('takes no snapshots of what has none', () => {
    const volume = '{ apiVersion: v1, kind: PersistentVolume, metadata: { name: share }, spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteMany], nfs: { server: nas, path: /x } } }'; // prettier-ignore
    const state = read(claim('files', ', volumeName: share'), deployment('files'), volume, LOCATION, schedule());
    expect(covered(state)).toEqual({
      'PersistentVolumeClaim/shop/files': [
        'nothing',
        `${SCHEDULE} takes snapshots, which a volume of nfs does not have`,
      ],
    });
  });

  test('covers a server by a hook that dumps it into a volume that is copied', () => {
    const hooks = (command: string) => `{ snapshotVolumes: false, hooks: { resources: [{ name: dump, labelSelector: { matchLabels: { app: db } }, pre: [{ exec: { command: [sh, -c, '${command}'] } }] }] } }`; // prettier-ignore
    const server = set({ mounts: { data: '/var/lib/postgresql/data', dump: '/dump' }, annotations: '{ backup.velero.io/backup-volumes: dump }' }); // prettier-ignore
    const of = (command: string) => covered(read(server, schedule(hooks(command))))[DATA];
    expect(of('pg_dumpall > /dump/all.sql')).toEqual([SCHEDULE]);
    expect(of('sync')).toEqual(['nothing', `${SCHEDULE} copies no volumes (snapshotVolumes: false)`]);
  });

  test('of Ark has annotations of its own', () => {
    const of = (annotation: string) => covered(read(set({ annotations: `{ ${annotation}: data }` }), schedule('{}', '', 'ark.heptio.com')))[DATA]; // prettier-ignore
    expect(of('backup.ark.heptio.com/backup-volumes')).toEqual(['Schedule.ark.heptio.com/backups/nightly', HOT]);
    expect(of('backup.velero.io/backup-volumes')![0]).toBe('nothing');
  });

  test('of another scope counts where it is named', () => {
    const elsewhere = read(schedule('{ includedNamespaces: [shop], defaultVolumesToFsBackup: true }'));
    expect(covered(read(set()))).toEqual({ [DATA]: ['nothing'] });
    expect(covered(read(set()), elsewhere)).toEqual({ [DATA]: [SCHEDULE, HOT] });
  });

  test('that was started once by hand covers nothing', () => {
    const backup = '{ apiVersion: velero.io/v1, kind: Backup, metadata: { name: now, namespace: backups }, spec: { defaultVolumesToFsBackup: true } }'; // prettier-ignore
    expect(covered(read(set(), backup))).toEqual({ [DATA]: ['nothing'] });
  });
});

describe('operators that copy claims', () => {
  const snapshots = (spec: string) => `{ apiVersion: snapscheduler.backube/v1, kind: SnapshotSchedule, metadata: { name: hourly, namespace: shop }, spec: ${spec} }`; // prettier-ignore
  const source = (spec: string) => `{ apiVersion: volsync.backube/v1alpha1, kind: ReplicationSource, metadata: { name: files, namespace: shop }, spec: ${spec} }`; // prettier-ignore
  const k8up = '{ apiVersion: k8up.io/v1, kind: Schedule, metadata: { name: all, namespace: shop }, spec: { backup: { schedule: "0 1 * * *" } } }'; // prettier-ignore
  const HOURLY = 'SnapshotSchedule.snapscheduler.backube/shop/hourly';
  const FILES = 'PersistentVolumeClaim/shop/files';

  test.each<[string, string, string[]]>([
    ['snapscheduler', snapshots('{ schedule: "0 * * * *" }'), [HOURLY, 'the snapshots stay where the volume is']],
    ['snapscheduler that is off', snapshots('{ schedule: "0 * * * *", disabled: true }'), ['nothing', `${HOURLY} is switched off`]], // prettier-ignore
    ['snapscheduler of other labels', snapshots('{ schedule: "0 * * * *", claimSelector: { matchLabels: { a: b } } }'), ['nothing']], // prettier-ignore
    ['VolSync', source('{ sourcePVC: files, trigger: { schedule: "0 2 * * *" } }'), ['ReplicationSource.volsync.backube/shop/files']], // prettier-ignore
    ['VolSync of another claim', source('{ sourcePVC: others, trigger: { schedule: "0 2 * * *" } }'), ['nothing']],
    ['VolSync by hand', source('{ sourcePVC: files, trigger: { manual: now } }'), ['nothing', 'ReplicationSource.volsync.backube/shop/files has no schedule']], // prettier-ignore
    ['K8up', k8up, ['Schedule.k8up.io/shop/all']],
    ['a snapshot', '{ apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: { name: now, namespace: shop }, spec: { source: { persistentVolumeClaimName: files } } }', ['nothing', 'VolumeSnapshot/shop/now is taken once, when it is applied']], // prettier-ignore
  ])('%s', (_, object, expected) => {
    expect(covered(read(claim('files'), object))).toEqual({ [FILES]: expected });
  });

  test('K8up leaves out what an annotation names', () => {
    const left = claim('files').replace(
      'namespace: shop }',
      'namespace: shop, annotations: { k8up.io/backup: "false" } }',
    );
    expect(covered(read(left, k8up))).toEqual({
      [FILES]: ['nothing', 'Schedule.k8up.io/shop/all leaves it out by the annotation k8up.io/backup'],
    });
  });
});

describe('resources of operators', () => {
  const PG = 'Cluster.postgresql.cnpg.io/shop/pg';
  const BY = 'ScheduledBackup.postgresql.cnpg.io/shop/pg';
  const cluster = (spec = '') => `{ apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: { name: pg, namespace: shop }, spec: { instances: 3, storage: { size: 1Gi }${spec} } }`; // prettier-ignore
  const scheduled = (spec: string) => `{ apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, metadata: { name: pg, namespace: shop }, spec: { schedule: '0 0 2 * * *', ${spec} } }`; // prettier-ignore
  const plugin = ', plugins: [{ name: barman-cloud.cloudnative-pg.io, isWALArchiver: true }]';
  const byPlugin =
    'cluster: { name: pg }, method: plugin, pluginConfiguration: { name: barman-cloud.cloudnative-pg.io }';

  test.each<[string, string[], string[], number | null]>([
    ['a plugin', [cluster(plugin), scheduled(byPlugin)], [BY], 5 / 60],
    ['a plugin, and a timeout of its own', [cluster(`${plugin}, postgresql: { parameters: { archive_timeout: '60' } }`), scheduled(byPlugin)], [BY], 1 / 60], // prettier-ignore
    ['what is in the operator', [cluster(', backup: { barmanObjectStore: { destinationPath: s3://x } }'), scheduled('cluster: { name: pg }')], [BY], 5 / 60], // prettier-ignore
    ['snapshots', [cluster(', backup: { volumeSnapshot: { className: x } }'), scheduled('cluster: { name: pg }, method: volumeSnapshot')], [BY, 'the snapshots stay where the volume is'], 24], // prettier-ignore
    ['no schedule', [cluster(plugin)], ['nothing'], null],
    ['a schedule that is suspended', [cluster(plugin), scheduled(`suspend: true, ${byPlugin}`)], ['nothing', `${BY} is suspended`], null], // prettier-ignore
    ['a schedule without a place', [cluster(), scheduled(byPlugin)], ['nothing', `${BY} has nowhere to write: ${PG} names no plugin that takes backups`], null], // prettier-ignore
    ['a schedule of another', [cluster(plugin), scheduled('cluster: { name: other }')], ['nothing'], null],
  ])('CloudNativePG: %s', (_, objects, expected, gap) => {
    const state = read(...objects);
    expect(covered(state)).toEqual({ [PG]: expected });
    expect(coverageOf(state).stores[0]!.backups[0]?.gap ?? null).toBe(gap);
  });

  test('CloudNativePG: how long, and whether it is tried', () => {
    const store = '{ apiVersion: barmancloud.cnpg.io/v1, kind: ObjectStore, metadata: { name: place, namespace: shop }, spec: { retentionPolicy: 14d, configuration: { destinationPath: s3://x } } }'; // prettier-ignore
    const archiver = ', plugins: [{ name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: { barmanObjectName: place } }]'; // prettier-ignore
    const drill = (prefix: string) => job({ name: 'pg-drill', command: 'recover', env: { BLOB_PREFIX: prefix } });
    const of = (...objects: string[]) => coverageOf(read(cluster(archiver), scheduled(byPlugin), ...objects)).stores[0]!.backups; // prettier-ignore
    expect(of(store, drill('shop/pg'))).toEqual([{ by: BY, gap: 5 / 60, kept: '14 days', drill: 'CronJob/shop/pg-drill', caveats: [] }]); // prettier-ignore
    expect(of(store, drill('shop/other'))).toEqual([{ by: BY, gap: 5 / 60, kept: '14 days', caveats: [] }]);
  });

  test('whose schedules stand inside', () => {
    const crunchy = (schedules: string) => `{ apiVersion: postgres-operator.crunchydata.com/v1beta1, kind: PostgresCluster, metadata: { name: pg, namespace: shop }, spec: { instances: [{ dataVolumeClaimSpec: { resources: { requests: { storage: 1Gi } } } }], backups: { pgbackrest: { repos: [{ name: repo1${schedules} }] } } } }`; // prettier-ignore
    const key = 'PostgresCluster.postgres-operator.crunchydata.com/shop/pg';
    expect(covered(read(crunchy(', schedules: { full: "0 1 * * 0", incremental: "0 1 * * *" }')))).toEqual({ [key]: [key, key] }); // prettier-ignore
    expect(covered(read(crunchy('')))).toEqual({ [key]: ['nothing'] });
  });
});

interface Change {
  readonly deployer?: Deployer;
  readonly policy?: Policy;
  readonly waived?: { readonly [store: string]: string };
}

/** What the guard finds, without what is only good to know of places and ways out. */
function found(before: State, after: State, { deployer, policy = {}, waived = {} }: Change = {}): string[] {
  const coverage = { before: coveredTexts(coverageOf(before)), after: coverageOf(after), waived, policy };
  return plan(before, after, { ...(deployer && { deployer }), coverage }).map(
    ({ verdict, rule, object, change, says }) => `${verdict}: ${rule} ${object}: ${change}: ${says}`,
  );
}

describe('a loss of coverage', () => {
  const before = read(set(), service(), job());

  test('by the end of the job is said there, once', () => {
    expect(found(before, read(set(), service()))).toEqual([
      `unprotects: backup-removed ${JOB}: gone from the YAML: From this apply on, no backups are made. Nothing else backs up ${DATA}.`,
    ]);
    expect(found(before, read(set(), service(), job({ suspend: true })))).toEqual([
      `unprotects: backup-suspended ${JOB}: suspend false → true: From this apply on, no backups are made. Nothing else backs up ${DATA}.`,
    ]);
  });

  test('is none where the job has another name, and a note says so', () => {
    expect(found(before, read(set(), service(), job({ name: 'nightly' })))).toEqual([
      `note: backup-removed ${JOB}: gone from the YAML: CronJob/shop/nightly backs up ${DATA}. Earlier backups stay where they are.`,
    ]);
  });

  test('by another cause is a finding of the store', () => {
    const lost = 'unprotects: coverage-lost StatefulSet/shop/db: template \'data\': ' + `${JOB} → nothing: No backup holds it from this apply on.`; // prettier-ignore
    expect(found(before, read(set(), service('database', 'db'), job()))).toContain(lost);
    expect(found(before, read(set(), service('db', 'other'), job())).at(0)).toBe(lost);
    const toNowhere = job({ command: 'pg_dump -h db -f /tmp/x shop' });
    expect(found(before, read(set(), service(), toNowhere))).toContain(`${lost} ${JOB} writes to no place that outlives its pod.`); // prettier-ignore
  });

  test('by Velero, which a label or an annotation leaves out', () => {
    const nightly = schedule('{ defaultVolumesToFsBackup: true }');
    const left = set({ annotations: '{ backup.velero.io/backup-volumes-excludes: data }' });
    expect(found(read(set(), nightly), read(left, nightly))).toEqual([
      `unprotects: coverage-lost StatefulSet/shop/db: template 'data': ${SCHEDULE} → nothing: No backup holds it from this apply on. ${SCHEDULE} leaves it out by the annotation backup.velero.io/backup-volumes-excludes.`,
    ]);
    const narrowed = schedule('{ defaultVolumesToFsBackup: true, excludedNamespaces: [shop] }');
    expect(found(read(set(), nightly), read(set(), narrowed))).toEqual([
      `unprotects: backup-narrowed ${SCHEDULE}: excludedNamespaces (none) → shop: The schedule backs up something else from now on; what it leaves out is in no later backup. Nothing else backs up ${DATA}.`,
    ]);
  });

  test('is a note where nothing removes the job', () => {
    expect(found(before, read(set(), service()), { deployer: 'kubectl' })).toEqual([
      `note: backup-removed ${JOB}: gone from the YAML: Nothing removes it: it runs on. Nothing else backs up ${DATA}.`,
    ]);
    const hourly = '{ apiVersion: snapscheduler.backube/v1, kind: SnapshotSchedule, metadata: { name: hourly, namespace: shop }, spec: { schedule: "0 * * * *" } }'; // prettier-ignore
    const lost = "coverage-lost StatefulSet/shop/db: template 'data': SnapshotSchedule.snapscheduler.backube/shop/hourly → nothing:"; // prettier-ignore
    expect(found(read(set(), hourly), read(set()), { deployer: 'kubectl' })).toEqual([
      `note: ${lost} What backed it up is gone from the YAML and runs on in the cluster.`,
    ]);
    expect(found(read(set(), hourly), read(set()))).toEqual([
      `unprotects: ${lost} No backup holds it from this apply on.`,
    ]);
  });

  test('is none of a store that is waived, or gone', () => {
    const after = read(set(), service('db', 'other'), job());
    expect(found(before, after, { waived: { [DATA]: 'a cache' } })).toEqual([]);
    expect(found(before, read(service(), job())).filter((text) => text.includes('coverage'))).toEqual([]);
  });

  test('of a drill is a finding as well', () => {
    const env = { STORAGE_ACCOUNT: 'shop' };
    const one = job({ env });
    const drill = job({ name: 'drill', command: 'rclone copy store:x /x', env });
    expect(found(read(set(), service(), one, drill), read(set(), service(), one))).toEqual([
      `unprotects: drill-lost StatefulSet/shop/db: template 'data': CronJob/shop/drill → nothing: Its backups are made, and nothing tries any more whether they can be restored.`,
    ]);
  });
});

test.each<[string, number | undefined]>([
  ['* * * * *', 1 / 60],
  ['*/15 * * * *', 0.25],
  ['30 1 * * *', 24],
  ['0 2,14 * * *', 12],
  ['0 9-17 * * *', 16],
  ['0 0 * * 0', 168],
  ['0 0 * * mon-fri', 72],
  ['0 0 * * 7', 168],
  ['0 0 1 * *', 31 * 24],
  ['0 0 1 * 0', 168],
  ['0 0 29 2 *', (4 * 365 + 1) * 24],
  ['0 0 30 2 *', Infinity],
  ['0 0 1 jan *', 366 * 24],
  ['0 30 2 * * *', 24],
  ['@weekly', 168],
  ['@every 6h', 6],
  ['TZ=Europe/Prague 0 3 * * *', 24],
  ['soon', undefined],
  ['61 * * * *', undefined],
])('between two runs of %s are at most %s hours', (schedule, hours) => {
  expect(longestGap(schedule)).toBe(hours);
});

test('a script of a megabyte is read in no time', () => {
  const script = (text: string) => job({ command: `pg_dump -h db | restic backup --stdin; ${text}` });
  for (const text of [
    'restic -r x '.repeat(80_000),
    'a -h '.repeat(200_000),
    'rclone copy '.repeat(80_000),
    'kubectl exec '.repeat(70_000),
    'x://'.repeat(200_000),
  ]) {
    const state = read(set(), service(), script(text));
    const began = Date.now();
    coverageOf(state);
    expect(Date.now() - began).toBeLessThan(10_000);
  }
});

describe('a policy', () => {
  const bare = read(set());
  const nightly = read(set(), service(), job());

  test('asks for a backup', () => {
    const missing = `unprotects: not-backed-up StatefulSet/shop/db: template 'data': no backup: Nothing backs it up by a schedule.`;
    expect(found(bare, bare)).toEqual([]);
    expect(found(bare, bare, { policy: { backup: 'required' } })).toEqual([missing]);
    expect(found(bare, bare, { policy: { backup: 'required' }, waived: { [DATA]: 'a cache' } })).toEqual([]);
    expect(found(nightly, nightly, { policy: { backup: 'required' } })).toEqual([]);
  });

  test('asks for backups often enough', () => {
    const seldom = `unprotects: backup-too-seldom StatefulSet/shop/db: template 'data': 24 h between two backups, where 12 h are promised: A loss just before a backup is larger than what was promised.`;
    expect(found(nightly, nightly, { policy: { rpo: '12h' } })).toEqual([seldom]);
    expect(found(nightly, nightly, { policy: { rpo: '1d' } })).toEqual([]);
    const often = read(set(), service(), job(), job({ name: 'hourly', schedule: '@hourly' }));
    expect(found(often, often, { policy: { rpo: '12h' } })).toEqual([]);
  });
});
