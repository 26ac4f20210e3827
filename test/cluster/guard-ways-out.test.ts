import { TestCluster, facts } from './support/cluster';
import { GuardRun } from './support/guard-cli';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { ready } from './support/scenario';

/** What somebody wrote by hand: none of our constructs has a part in it. */
interface SetOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly service?: string;
  readonly template?: string;
  readonly size?: string;
  readonly label?: string;
  readonly app?: string;
  readonly members?: number;
  readonly start?: number;
  readonly retention?: 'Retain' | 'Delete';
  readonly storageClass?: string;
}

const POD = (mount: string) => `
      terminationGracePeriodSeconds: 5
      containers:
        - name: server
          image: ubuntu:24.04
          command: [sh, -c, 'trap "exit 0" TERM; sleep infinity & wait']
          volumeMounts: [{ name: ${mount}, mountPath: /data }]`;

function set(options: SetOptions = {}): string {
  const {
    name = 'db',
    namespace,
    service = 'db',
    template = 'data',
    size = '1Gi',
    label = 'one',
    app = 'db',
  } = options;
  const { members = 1, start = 0, retention = 'Retain', storageClass } = options;
  const ofClass = storageClass === undefined ? '' : `storageClassName: ${storageClass}, `;
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: ${name}${namespace === undefined ? '' : `\n  namespace: ${namespace}`}
spec:
  replicas: ${members}
  ordinals: { start: ${start} }
  podManagementPolicy: Parallel
  serviceName: ${service}
  selector: { matchLabels: { app: ${app} } }
  persistentVolumeClaimRetentionPolicy: { whenDeleted: ${retention}, whenScaled: ${retention} }
  template:
    metadata: { labels: { app: ${app} } }
    spec:${POD(template)}
  volumeClaimTemplates:
    - metadata: { name: ${template}, labels: { chart: ${label} } }
      spec: { ${ofClass}accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } }
`;
}

const metadata = (name: string, namespace?: string) =>
  `metadata: { name: ${name}${namespace === undefined ? '' : `, namespace: ${namespace}`} }`;

const claim = (name: string, namespace?: string) => `apiVersion: v1
kind: PersistentVolumeClaim
${metadata(name, namespace)}
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

const deployment = (claimName: string, namespace?: string) => `apiVersion: apps/v1
kind: Deployment
${metadata('app', namespace)}
spec:
  replicas: 1
  strategy: { type: Recreate }
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:${POD('files')}
      volumes: [{ name: files, persistentVolumeClaim: { claimName: ${claimName} } }]
`;

const namespaceYaml = (name: string) => `apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { cdk8s-stateful.test: 'true' } }
`;

const yaml = (...documents: string[]) => documents.join('---\n');

// Each test has a namespace of its own, and mostly waits: they run beside each other.
const cluster = new TestCluster(facts());

interface Claim extends LiveObject {
  readonly spec: { volumeName?: string };
  readonly status: { phase: string; capacity?: { storage: string } };
}

interface Volume extends LiveObject {
  readonly spec: { claimRef?: { namespace: string; name: string }; persistentVolumeReclaimPolicy: string };
  readonly status: { phase: string };
}

const apply = (kubectl: Kubectl, text: string) => kubectl.ok(['apply', '--filename=-'], { input: text });

/** The volume of each claim. */
async function volumes(kubectl: Kubectl): Promise<{ [claim: string]: string | undefined }> {
  const found = await kubectl.get<Claim>('persistentvolumeclaims');
  return Object.fromEntries(found.map(({ metadata: { name }, spec }) => [name, spec.volumeName]));
}

const pods = (name: string, members: number, start = 0) =>
  Array.from({ length: members }, (_, index) => `${name}-${start + index}`);

/** Each pod's volume gets a file that says whose it was. */
async function mark(kubectl: Kubectl, of: string[]): Promise<void> {
  await ready(kubectl, of, 120);
  for (const pod of of) await kubectl.ok(['exec', pod, '--', 'sh', '-c', `echo ${pod} > /data/marker && sync`]);
}

const marker = async (kubectl: Kubectl, pod: string) =>
  (await kubectl.ok(['exec', pod, '--', 'cat', '/data/marker'])).trim();

async function markers(kubectl: Kubectl, of: string[]): Promise<string[]> {
  await ready(kubectl, of, 120);
  return Promise.all(of.map((pod) => marker(kubectl, pod)));
}

/** The one pod of the Deployment, once no other is left. */
async function podOfDeployment(kubectl: Kubectl): Promise<string> {
  return eventually(async () => {
    const found = await kubectl.get('pods', '--selector=app=app');
    expect(found.map((pod) => pod.metadata.deletionTimestamp)).toEqual([undefined]);
    const { name } = found[0]!.metadata;
    await ready(kubectl, [name], 30);
    return name;
  });
}

/** What was applied is there, whole. */
async function content(kubectl: Kubectl, text: string): Promise<void> {
  const { status, stdout, stderr } = await kubectl.run(['diff', '--filename=-'], { input: text });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
}

async function refused(kubectl: Kubectl, text: string): Promise<void> {
  const { status, stderr } = await kubectl.run(['apply', '--filename=-'], { input: text });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/Forbidden|Invalid|invalid/) as string,
  });
}

afterAll(() => cluster.clean());

test.concurrent('grow: a claim template is larger, of two members', async () => {
  const kubectl = await cluster.namespace('guard-grow');
  const [before, after] = [set({ members: 2 }), set({ members: 2, size: '2Gi' })];
  await apply(kubectl, before);
  await mark(kubectl, pods('db', 2));
  const kept = await volumes(kubectl);
  await refused(kubectl, after);

  const guard = GuardRun.plan(before, after);
  await guard.run(kubectl, guard.wayOut('template-grown'));

  expect(await markers(kubectl, pods('db', 2))).toEqual(['db-0', 'db-1']);
  expect(await volumes(kubectl)).toEqual(kept);
  const claims = await kubectl.get<Claim>('persistentvolumeclaims');
  expect(claims.map(({ status }) => status.capacity?.storage)).toEqual(['2Gi', '2Gi']);
  await content(kubectl, after);
});

test.concurrent('recreate: another serviceName, then another label of a claim template; no pod restarts', async () => {
  const kubectl = await cluster.namespace('guard-recreate');
  const steps = [set({ retention: 'Delete' }), set({ retention: 'Delete', service: 'other' })];
  steps.push(set({ retention: 'Delete', service: 'other', label: 'two' }));
  await apply(kubectl, steps[0]!);
  await mark(kubectl, ['db-0']);
  const kept = await volumes(kubectl);
  const uid = async () => (await kubectl.get('pod', 'db-0')).map((pod) => pod.metadata.uid);
  const pod = await uid();
  for (const [index, rule] of ['set-immutable', 'template-metadata'].entries()) {
    const [before, after] = [steps[index]!, steps[index + 1]!];
    await refused(kubectl, after);
    const guard = GuardRun.plan(before, after);
    await guard.run(kubectl, guard.wayOut(rule));
    await content(kubectl, after);
  }
  expect(await markers(kubectl, ['db-0'])).toEqual(['db-0']);
  expect(await volumes(kubectl)).toEqual(kept);
  expect(await uid()).toEqual(pod);
});

test.concurrent('recreate with pods: another selector, where scaling to 0 would delete the claims', async () => {
  const kubectl = await cluster.namespace('guard-selector');
  const [before, after] = [
    set({ retention: 'Delete', members: 2 }),
    set({ retention: 'Delete', members: 2, app: 'new' }),
  ];
  await apply(kubectl, before);
  await mark(kubectl, pods('db', 2));
  const kept = await volumes(kubectl);
  await refused(kubectl, after);

  const guard = GuardRun.plan(before, after);
  await guard.run(kubectl, guard.wayOut('set-selector'));

  expect(await markers(kubectl, pods('db', 2))).toEqual(['db-0', 'db-1']);
  expect(await volumes(kubectl)).toEqual(kept);
  await content(kubectl, after);
});

test.concurrent(
  'hand over: a claim template has another name, of two members whose claims go with the set',
  async () => {
    const kubectl = await cluster.namespace('guard-template');
    const options = { members: 2, start: 1, retention: 'Delete' } as const;
    const [before, after] = [set(options), set({ ...options, template: 'files' })];
    await apply(kubectl, before);
    await mark(kubectl, pods('db', 2, 1));
    const kept = await volumes(kubectl);
    await refused(kubectl, after);

    const guard = GuardRun.plan(before, after);
    await guard.run(kubectl, guard.wayOut('template-renamed'));

    expect(await markers(kubectl, pods('db', 2, 1))).toEqual(['db-1', 'db-2']);
    expect(await volumes(kubectl)).toEqual({ 'files-db-1': kept['data-db-1'], 'files-db-2': kept['data-db-2'] });
    await content(kubectl, after);
  },
);

test.concurrent('hand over: a set of five members has another name, and another namespace', async () => {
  const kubectl = await cluster.namespace('guard-renamed');
  const [before, after] = [set({ members: 5 }), set({ members: 5, name: 'sql' })];
  await apply(kubectl, before);
  await mark(kubectl, pods('db', 5));
  const kept = await volumes(kubectl);

  const guard = GuardRun.plan(before, after, '--deployer=kubectl');
  await guard.run(kubectl, guard.wayOut('set-renamed'));

  expect(await markers(kubectl, pods('sql', 5))).toEqual(pods('db', 5));
  const renamed = Object.fromEntries(
    Object.entries(kept).map(([name, volume]) => [name.replace('-db-', '-sql-'), volume]),
  );
  expect(await volumes(kubectl)).toEqual(renamed);
  expect((await kubectl.get('statefulsets')).map((found) => found.metadata.name)).toEqual(['sql']);
  await content(kubectl, after);
});

test.concurrent('hand over: a set, and a claim with its Deployment, have another namespace', async () => {
  const [from, to] = [await cluster.namespace('guard-from'), await cluster.namespace('guard-to')];
  const all = (namespace: string) =>
    yaml(set({ namespace }), claim('files', namespace), deployment('files', namespace));
  const [before, after] = [all('stateful-test-guard-from'), all('stateful-test-guard-to')];
  await apply(from, before);
  await mark(from, ['db-0', await podOfDeployment(from)]);
  const [kept, pod] = [await volumes(from), await podOfDeployment(from)];

  const guard = GuardRun.plan(before, after);
  const withoutApply = (lines: string[]) => lines.filter((line) => !line.startsWith('#'));
  // All is applied once, after both.
  await guard.run(from, withoutApply(guard.wayOut('set-moved')));
  await guard.run(from, guard.wayOut('claim-moved'));

  expect(await markers(to, ['db-0', await podOfDeployment(to)])).toEqual(['db-0', pod]);
  expect(await volumes(to)).toEqual(kept);
  expect(await volumes(from)).toEqual({});
  await content(to, after);
});

test.concurrent.each(['claim-removed', 'workload-removed'])(
  'hand over: a StatefulSet takes the place of a Deployment and the volume of its claim (%s)',
  async (rule) => {
    const kubectl = await cluster.namespace(`guard-successor-${rule}`);
    const before = yaml(claim('files'), deployment('files'));
    const after = rule === 'claim-removed' ? set() : yaml(claim('files'), set());
    await apply(kubectl, before);
    const pod = await podOfDeployment(kubectl);
    await mark(kubectl, [pod]);
    const kept = await volumes(kubectl);

    const guard = GuardRun.plan(before, after, '--deployer=prune');
    await guard.run(kubectl, guard.wayOut(rule));

    expect(await markers(kubectl, ['db-0'])).toEqual([pod]);
    expect((await volumes(kubectl))['data-db-0']).toEqual(kept.files);
    await content(kubectl, after);
  },
);

test.concurrent('hand over: what fails is the end, before anything is deleted', async () => {
  const kubectl = await cluster.namespace('guard-fails');
  const before = set();
  await apply(kubectl, before);
  await mark(kubectl, ['db-0']);
  const kept = await volumes(kubectl);
  const guard = GuardRun.plan(before, set({ template: 'files' }));
  // Somebody who may not change volumes, in a terminal: it goes on after a command that fails.
  const forbidden =
    'kubectl() { case "$*" in *"patch persistentvolume "*) return 1 ;; *) command kubectl "$@" ;; esac }';
  const lines = guard.wayOut('template-renamed').filter((line) => !line.startsWith('#'));
  await guard.run(kubectl, ['set +e', forbidden, ...lines, 'true']);
  expect(await volumes(kubectl)).toEqual(kept);
});

test.concurrent('rescue: a claim that was pruned while its pod runs', async () => {
  const kubectl = await cluster.namespace('guard-rescue');
  const [before, after] = [yaml(claim('files'), deployment('files')), deployment('files')];
  await apply(kubectl, before);
  const pod = await podOfDeployment(kubectl);
  await mark(kubectl, [pod]);
  const kept = await volumes(kubectl);
  const guard = GuardRun.plan(before, after, '--deployer=prune');
  const lines = guard.wayOut('claim-removed');
  // As pruning does.
  await kubectl.ok(['delete', 'persistentvolumeclaim', 'files', '--wait=false']);
  const [terminating] = await kubectl.get<Claim>('persistentvolumeclaim', 'files');
  expect(terminating?.metadata.deletionTimestamp).toBeDefined();

  await guard.run(kubectl, lines.slice(lines.indexOf('# after the apply, while a pod still runs:')), 'old.yaml');

  expect(await markers(kubectl, [await podOfDeployment(kubectl)])).toEqual([pod]);
  expect(await volumes(kubectl)).toEqual(kept);
  const [found] = await kubectl.get<Claim>('persistentvolumeclaim', 'files');
  expect(found?.metadata.deletionTimestamp).toBeUndefined();
  await content(kubectl, before);
});

/**
 * A class of this name, which makes new volumes or makes none. The stand-in for drivers makes a volume for any claim that is not bound yet;
 * a real one waits until the cluster's controller has found none for it. Where none is made, a claim gets the freed volume or stays Pending.
 */
async function storageClass(name: string, makes: boolean): Promise<void> {
  await cluster.kubectl.ok(['delete', 'storageclass', name, '--ignore-not-found']);
  const provisioner = makes ? 'example.com/disk' : 'kubernetes.io/no-provisioner';
  const manifest = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, provisioner };
  await cluster.kubectl.ok(['create', '--filename=-'], { input: JSON.stringify(manifest) });
}

/** The volumes of claims that are gone are there, and are used again by the claims that the YAML makes. */
async function useAgain(guard: GuardRun, kubectl: Kubectl, lines: string[], names: string[]): Promise<void> {
  const commands = lines.filter((line) => line.includes('VOLUME')).map((line) => line.replace(/^# /, ''));
  expect(commands).toHaveLength(2);
  await eventually(async () => {
    const found = (await cluster.kubectl.get<Volume>('persistentvolumes')).filter((volume) =>
      names.includes(volume.metadata.name),
    );
    expect(found.map(({ status }) => status.phase)).toEqual(names.map(() => 'Released'));
  });
  await guard.run(
    kubectl,
    names.flatMap((name) => commands.map((command) => command.replace('VOLUME', name))),
  );
}

test.concurrent('keep: a set is removed with its claims, and put back', async () => {
  const kubectl = await cluster.namespace('guard-keep');
  const className = 'stateful-test-guard-keep';
  await storageClass(className, true);
  const before = set({ members: 2, retention: 'Delete', storageClass: className });
  await apply(kubectl, before);
  await mark(kubectl, pods('db', 2));
  const kept = await volumes(kubectl);
  const guard = GuardRun.plan(before, claim('other'), '--deployer=prune');
  const lines = guard.wayOut('set-removed');
  await guard.run(kubectl, lines);

  await kubectl.ok(['delete', 'statefulset', 'db']);
  await eventually(async () => expect(await volumes(kubectl)).toEqual({}));
  await useAgain(guard, kubectl, lines, Object.values(kept) as string[]);
  await storageClass(className, false);
  await apply(kubectl, before);

  expect(await markers(kubectl, pods('db', 2))).toEqual(['db-0', 'db-1']);
  expect(await volumes(kubectl)).toEqual(kept);
  await cluster.kubectl.ok(['delete', 'storageclass', className]);
});

test.concurrent('keep: a namespace is removed, and put back', async () => {
  const name = 'stateful-test-guard-gone';
  await storageClass(name, true);
  const before = yaml(namespaceYaml(name), set({ namespace: name, storageClass: name }));
  const kubectl = cluster.in(name);
  await apply(kubectl, before);
  await mark(kubectl, ['db-0']);
  const kept = await volumes(kubectl);
  const guard = GuardRun.plan(before, claim('other'), '--deployer=prune');
  const lines = guard.wayOut('namespace-removed');
  await guard.run(kubectl, lines);

  await cluster.removeNamespace('guard-gone');
  await useAgain(guard, cluster.kubectl, lines, Object.values(kept) as string[]);
  await storageClass(name, false);
  await apply(kubectl, before);

  expect(await markers(kubectl, ['db-0'])).toEqual(['db-0']);
  expect(await volumes(kubectl)).toEqual(kept);
  await content(kubectl, before);
  await cluster.kubectl.ok(['delete', 'storageclass', name]);
});

const postgres = (name: string, image: string) => `apiVersion: apps/v1
kind: StatefulSet
${metadata(name)}
spec:
  serviceName: ${name}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: postgres
          image: postgres:${image}
          env:
            - { name: POSTGRES_USER, value: shop-app }
            - { name: POSTGRES_DB, value: shop }
            - { name: POSTGRES_PASSWORD, value: not-a-secret }
            - { name: PGDATA, value: /var/lib/postgresql/data/pgdata }
          readinessProbe: { exec: { command: [pg_isready, --host=127.0.0.1] }, periodSeconds: 1 }
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

test.concurrent('dump and restore: PostgreSQL 15 to 17, with users and several databases', async () => {
  const kubectl = await cluster.namespace('guard-dump');
  const [before, after] = [postgres('db', '15.14-bookworm'), postgres('db', '17.11-bookworm')];
  await apply(kubectl, yaml(before, postgres('db-new', '17.11-bookworm')));
  await ready(kubectl, ['db-0', 'db-new-0'], 120);
  const sql = (pod: string, statement: string, database = 'shop') =>
    kubectl.ok(['exec', '--stdin', pod, '--', 'psql', '--username=shop-app', `--dbname=${database}`, '-qAt'], {
      input: statement,
    });
  await sql(
    'db-0',
    `CREATE TABLE orders AS SELECT i AS id, md5(i::text) AS what FROM generate_series(1, 10000) AS i;
CREATE ROLE reader LOGIN PASSWORD 'secret-of-reader'; GRANT SELECT ON orders TO reader; CREATE DATABASE second;`,
  );
  await sql('db-0', 'CREATE TABLE notes AS SELECT 42 AS n;', 'second');

  const guard = GuardRun.plan(before, after);
  await guard.run(kubectl, guard.wayOut('image-major'));

  const rows = `SELECT count(*), md5(string_agg(id || what, ',' ORDER BY id)) FROM orders; SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1;`;
  const [old, now] = [await sql('db-0', rows), await sql('db-new-0', rows)];
  expect(old).toMatch(/^10000\|[0-9a-f]{32}\nreader\nshop-app\n$/);
  expect(now).toBe(old);
  expect(await sql('db-new-0', 'SELECT n FROM notes;', 'second')).toBe('42\n');
  expect(await sql('db-new-0', 'SHOW server_version_num;')).toMatch(/^17/);
  const login = ['exec', 'db-new-0', '--', 'env', 'PGPASSWORD=secret-of-reader', 'psql', '--host=127.0.0.1'];
  expect(
    await kubectl.ok([...login, '--username=reader', '--dbname=shop', '-Atc', 'SELECT count(*) FROM orders']),
  ).toBe('10000\n');
});

/** kubectl, but what changes something is only tried; exec and wait are parsed by kubectl and go no further. */
const DRY = `kubectl() {
  case " $* " in
    *" --local "*) command kubectl "$@" ;;
    *" exec "*) command kubectl exec --help > /dev/null ;;
    *" wait "*) command kubectl "$@" --timeout=0s || [ $? -eq 1 ] ;;
    *" create "*) command kubectl "$@" --dry-run=client ;;
    *" patch "* | *" delete "* | *" scale "* | *" apply "*) command kubectl "$@" --dry-run=server ;;
    *) command kubectl "$@" ;;
  esac
}`;

test.concurrent('what other rules print is accepted by a server that only tries it', async () => {
  const kubectl = await cluster.namespace('guard-dry');
  const service = (address: string) => `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ port: 80 }], selector: { app: app }${address} }
`;
  const pod = (claimName: string) => `apiVersion: v1
kind: Pod
metadata: { name: alone }
spec:${POD('files').replace(/^ {4}/gm, '')}
  volumes: [{ name: files, persistentVolumeClaim: { claimName: ${claimName} } }]
`;
  const secret = `apiVersion: v1
kind: Secret
metadata: { name: password }
stringData: { password: not-a-secret }
`;
  const reader = postgres('db', '17.11-bookworm').replace(
    'value: not-a-secret }',
    'valueFrom: { secretKeyRef: { name: password, key: password } } }',
  );
  const [files, selector] = [deployment('files'), 'matchLabels: { app: app }'];
  const before = yaml(
    claim('files'),
    files,
    service(''),
    pod('files'),
    secret,
    reader,
    set({ name: 'cache', members: 4 }),
  );
  const after = yaml(
    claim('files'),
    files.replaceAll('app: app', 'app: other'),
    service(', clusterIP: None'),
    pod('other'),
    reader,
    set({ name: 'cache', members: 4, app: 'other', size: '2Gi' }),
  );
  expect(files).toContain(selector);
  await apply(kubectl, before);
  await ready(kubectl, pods('cache', 4), 120);
  const guard = GuardRun.plan(before, after, '--deployer=prune');
  for (const rule of [
    'deployment-selector',
    'service-headless',
    'pod-immutable',
    'secret-removed',
    'set-selector',
    'template-grown',
  ]) {
    const commands = guard.wayOut(rule).filter((line) => !line.startsWith('#'));
    expect(commands).not.toEqual([]);
    await guard.run(kubectl, [DRY, ...commands]);
  }
  expect((await kubectl.get('statefulsets')).map((found) => found.metadata.name)).toEqual(['cache', 'db']);
});
