import { randomBytes } from 'node:crypto';
import { Cron, Duration, Size, Yaml } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import { BlobCredentials, BlobStore, ClientAccess, CloudNativePgDatabase, DatabaseEngine, Deployment } from '../../lib';
import type { CloudNativePgDatabaseProps } from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { STORAGE_KEY } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { Story } from './support/story';
import { Writer } from './support/writer';
import type { Written } from './support/writer';

/** Takes the store away and gives it back: a command that takes `--stop` and `--start`. */
const BLOB_STORE = process.env.TEST_CLUSTER_BLOB_STORE ?? '';
const describeOperator = STORAGE_KEY === '' || BLOB_STORE === '' ? describe.skip : describe;

const cluster = new TestCluster(facts());
const OPERATOR = '--namespace=cnpg-system';
/** Each run writes to a folder of its own: a plugin refuses one that holds another database's files. */
const RUN = randomBytes(4).toString('hex');
let kubectl: Kubectl;

interface PgCluster extends LiveObject {
  readonly status: {
    readonly currentPrimary: string;
    readonly readyInstances?: number;
    readonly instances: number;
    readonly conditions: { type: string; status: string }[];
  };
}

/** The database as the README's scenario has it, small, with a client that is let in and one that is not. */
function shop(props: Partial<CloudNativePgDatabaseProps> = {}): string {
  const chart = newChart();
  const secretOf = (name: string, key: string) => ({ secret: Secret.fromSecretName(chart, name, name), key });
  const credentials = BlobCredentials.accountKey(secretOf('backupcredentials', 'storageKey.txt'));
  const store = BlobStore.azure({ account: 'tomasbackupdbstore', container: 'postgresql', credentials, prefix: RUN });
  const { recoverFrom, ...others } = props;
  const database = new CloudNativePgDatabase(chart, 'orders', {
    engine: DatabaseEngine.postgres({ version: '17.11' }),
    synchronous: { number: 1 },
    storage: { size: Size.gibibytes(2) },
    walStorage: { size: Size.gibibytes(1) },
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(384) },
    applicationUser: { name: 'shop', password: secretOf('shop-user', 'password') },
    continuousBackup: {
      store,
      schedule: Cron.schedule({ minute: '0', hour: '2' }),
      recoveryPointObjective: Duration.seconds(60),
    },
    ...others,
    ...(recoverFrom && { recoverFrom: { store, ...recoverFrom } }),
  });
  const [client] = ['client', 'stranger'].map(
    (name) =>
      new Deployment(chart, name, {
        containers: [{ name, image: database.image, command: ['sleep', '100000'], env: database.connectionEnv() }],
        runAsUser: 999,
        emptyDirs: [{ path: '/tmp' }],
        terminationGracePeriod: Duration.seconds(1),
      }),
  );
  new ClientAccess(chart, 'orders-from-client', { from: client!, to: database });
  return Yaml.stringify(...manifestsOf(chart));
}

/** A recovered database goes on in a folder of its own. */
function archivingTo(serverName: string): Partial<CloudNativePgDatabaseProps> {
  const secret = Secret.fromSecretName(newChart(), 'backupcredentials', 'backupcredentials');
  const credentials = BlobCredentials.accountKey({ secret, key: 'storageKey.txt' });
  const store = BlobStore.azure({ account: 'tomasbackupdbstore', container: 'postgresql', credentials, prefix: RUN });
  return { instances: 1, continuousBackup: { store, serverName } };
}

async function prepare(name: string): Promise<Kubectl> {
  const made = await cluster.namespace(name, { 'pod-security.kubernetes.io/enforce': 'restricted' });
  const data = ['--from-literal=username=shop', '--from-literal=password=only for this test'];
  await made.ok(['create', 'secret', 'generic', 'shop-user', '--type=kubernetes.io/basic-auth', ...data]);
  await made.ok(['create', 'secret', 'generic', 'backupcredentials', `--from-literal=storageKey.txt=${STORAGE_KEY}`]);
  return made;
}

const apply = (of: Kubectl, yaml: string) => of.ok(['apply', '--validate=strict', '--filename=-'], { input: yaml });

async function healthy(of: Kubectl, instances: number, seconds = 300): Promise<PgCluster> {
  return eventually(async () => {
    const [found] = await of.get<PgCluster>('clusters.postgresql.cnpg.io', 'orders');
    const { status } = found!;
    const isReady = status.conditions.some(({ type, status: now }) => type === 'Ready' && now === 'True');
    if (!isReady || status.readyInstances !== instances || status.instances !== instances) {
      throw new Error(`not ready: ${JSON.stringify(status)}`);
    }
    return found!;
  }, seconds);
}

/** Whether the archive was reported to work after this moment. */
async function archives(of: Kubectl, is = 'True', seconds = 180): Promise<void> {
  await eventually(async () => {
    const [found] = await of.get<PgCluster>('clusters.postgresql.cnpg.io', 'orders');
    const condition = found!.status.conditions.find(({ type }) => type === 'ContinuousArchiving');
    expect(condition?.status).toBe(is);
  }, seconds);
}

async function primary(): Promise<string> {
  return (await kubectl.get<PgCluster>('clusters.postgresql.cnpg.io', 'orders'))[0]!.status.currentPrimary;
}

const sql = (text: string, of = kubectl, client = 'deployment/client') =>
  of.ok(['exec', client, '--', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', text]).then((rows) => rows.trim());

/** What a writer loses while this happens to the primary. */
async function written(what: string, happens: (pod: string) => Promise<unknown>): Promise<Written> {
  const writer = await Writer.start(kubectl, 'deployment/client');
  const before = await startOf();
  await happens(await primary());
  await eventually(async () => expect(await startOf()).not.toBe(before), 120);
  await writer.writes();
  const result = await writer.stop();
  process.stdout.write(`${what}: ${JSON.stringify(result)}\n`);
  return result;
}

/** Which server answers, and since when. */
const startOf = () => sql('SELECT inet_server_addr(), pg_postmaster_start_time()');

/** Waits until all that was written is in the store. */
async function archived(): Promise<void> {
  const file = await superuser('SELECT pg_walfile_name(pg_switch_wal())');
  await eventually(
    async () => expect((await superuser('SELECT last_archived_wal FROM pg_stat_archiver')) >= file).toBe(true),
    120,
  );
}

const superuser = async (text: string) =>
  (await kubectl.ok(['exec', await primary(), '--container=postgres', '--', 'psql', '-XAtq', '-c', text])).trim();

/** A network plugin answers in the server's place, or nobody does. */
async function shutsOutStranger(): Promise<void> {
  const connect = ['exec', 'deployment/stranger', '--', 'timeout', '5', 'psql', '-XAtqc', 'SELECT 1'];
  const { status, stdout, stderr } = await kubectl.run(connect);
  expect([status === 0, stdout]).toEqual([false, '']);
  expect(stderr).toMatch(/Connection refused|exit code 124/);
}

const denied = async (args: string[], of = kubectl) => {
  const { status, stderr } = await of.run(args);
  expect(status).toBe(1);
  return stderr.trim();
};

afterAll(async () => {
  // Nobody means the tests' own by accident.
  const all = ['annotate', 'clusters.postgresql.cnpg.io', '--all', '--all-namespaces', 'cdk8s-stateful/delete=orders'];
  await cluster.kubectl.run(all);
  const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
  const names = ['cloudnative-pg-deletion', 'cloudnative-pg-namespace-deletion'];
  for (const kind of kinds.split(',')) await cluster.kubectl.run(['delete', kind, '--ignore-not-found', ...names]);
  await cluster.clean();
});

describeOperator('PostgreSQL of three, by CloudNativePG', () => {
  const { act } = new Story();

  act('is up, archives, and makes a base backup at once', async () => {
    kubectl = await prepare('ha');
    await apply(kubectl, shop());
    await healthy(kubectl, 3);
    for (const client of ['client', 'stranger']) {
      await kubectl.ok(['rollout', 'status', `deployment/${client}`, '--timeout=120s'], { seconds: 130 });
    }
    await eventually(() => sql('CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 200000) n'));
    await archives(kubectl);
    await eventually(async () => {
      const phases = await kubectl.ok([
        'get',
        'backups.postgresql.cnpg.io',
        '--output=jsonpath={.items[*].status.phase}',
      ]);
      expect(phases).toBe('completed');
    }, 180);
    expect(await sql('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).toBe('t');
  });

  act('lets in its client, and no stranger', async () => {
    expect(await sql('SELECT 1')).toBe('1');
    await shutsOutStranger();
  });

  act("loses no acknowledged row when the primary's pod is deleted, forced, or its server killed", async () => {
    const deleted = await written('pod deleted', (pod) => kubectl.ok(['delete', 'pod', pod, '--wait=false']));
    expect(deleted).toMatchObject({ lost: 0 });
    await healthy(kubectl, 3);
    const forced = await written('pod deleted, forced', (pod) =>
      kubectl.ok(['delete', 'pod', pod, '--wait=false', '--force', '--grace-period=0']),
    );
    expect(forced).toMatchObject({ lost: 0 });
    await healthy(kubectl, 3);
    const kill = 'kill -9 $(head -1 "$PGDATA/postmaster.pid")';
    const killed = await written('server killed', (pod) =>
      kubectl.ok(['exec', pod, '--container=postgres', '--', 'bash', '-c', kill]),
    );
    expect(killed).toMatchObject({ lost: 0 });
    // Measured by hand (docs/high-availability.md); a machine that is busy is no measure.
    expect(Math.max(deleted.outage, forced.outage, killed.outage)).toBeLessThan(180_000);
    await healthy(kubectl, 3);
  });

  // The fault that open connections hide at first: a policy that forgets the operator.
  act('fails over after the operator was restarted', async () => {
    await cluster.kubectl.ok(['rollout', 'restart', 'deployment/cnpg-controller-manager', OPERATOR]);
    await cluster.kubectl.ok(['rollout', 'status', 'deployment/cnpg-controller-manager', OPERATOR, '--timeout=120s']);
    const before = await primary();
    await kubectl.ok(['delete', 'pod', before, '--wait=false']);
    await eventually(async () => expect(await primary()).not.toBe(before), 120);
    await healthy(kubectl, 3);
    await eventually(() => sql('SELECT 1'));
    await shutsOutStranger();
  });

  act('goes on while its store is down for three minutes, and archives all when it is back', async () => {
    const store = (what: string) => cluster.kubectl.spawn('bash', ['-c', `${BLOB_STORE} ${what}`]);
    expect((await store('--stop')).status).toBe(0);
    try {
      await sql('CREATE TABLE meanwhile AS SELECT 1 AS n');
      await superuser('SELECT pg_switch_wal()');
      await archives(kubectl, 'False');
      // Whoever looks at the Cluster alone sees nothing.
      await healthy(kubectl, 3);
      await new Promise((resolve) => setTimeout(resolve, 90_000));
    } finally {
      expect((await store('--start')).status).toBe(0);
    }
    await archives(kubectl);
    await archived();
  });

  let before: string;

  act('is recovered to the second before a DELETE', async () => {
    await sql('INSERT INTO orders SELECT n FROM generate_series(200001, 200010) n');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    before = await sql('SELECT to_char(now() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await sql('DELETE FROM orders');
    await archived();
    const other = await prepare('ha-then');
    const past = { recoverFrom: { serverName: 'orders', targetTime: before } };
    await apply(other, shop({ ...archivingTo(`then-${RUN}`), synchronous: undefined as never, ...past }));
    await healthy(other, 1);
    await eventually(async () =>
      expect(await sql('SELECT count(*), max(id) FROM orders', other)).toBe('200010|200010'),
    );
    expect(await sql('SELECT count(*) FROM orders')).toBe('0');
  });

  act('is scaled down to one and up again, and applied again without a difference', async () => {
    await kubectl.ok([
      'patch',
      'clusters.postgresql.cnpg.io',
      'orders',
      '--type=merge',
      '--patch',
      JSON.stringify({
        spec: { instances: 1, postgresql: { synchronous: null } },
      }),
    ]);
    await healthy(kubectl, 1);
    await sql('INSERT INTO orders VALUES (1)');
    await apply(kubectl, shop());
    await healthy(kubectl, 3);
    expect(await sql('SELECT count(*) FROM orders')).toBe('1');
    const { status, stdout } = await kubectl.run(['diff', '--filename=-'], { input: shop() });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  act('is not deleted by accident: not itself, not its namespace, not the CRD', async () => {
    const namespace = 'stateful-test-ha';
    expect(await denied(['delete', 'clusters.postgresql.cnpg.io', 'orders'])).toBe(
      "The clusters \"orders\" is invalid: : ValidatingAdmissionPolicy 'cloudnative-pg-deletion' with binding 'cloudnative-pg-deletion' denied " +
        'request: deleting it deletes the claims of its database, and the data where their class does not retain volumes; if you mean ' +
        `it: kubectl annotate --namespace ${namespace} clusters.postgresql.cnpg.io orders cdk8s-stateful/delete=orders`,
    );
    expect(await denied(['delete', 'namespace', namespace], cluster.kubectl)).toBe(
      `The namespaces "${namespace}" is invalid: : ValidatingAdmissionPolicy 'cloudnative-pg-namespace-deletion' with binding ` +
        "'cloudnative-pg-namespace-deletion' denied request: it holds the Cluster orders of CloudNativePG, whose data would be deleted; if you " +
        `mean it: kubectl annotate --namespace ${namespace} clusters.postgresql.cnpg.io orders cdk8s-stateful/delete=orders`,
    );
    const crd = 'clusters.postgresql.cnpg.io';
    expect(await denied(['delete', 'crd', crd], cluster.kubectl)).toBe(
      `The customresourcedefinitions "${crd}" is invalid: : ValidatingAdmissionPolicy 'cloudnative-pg-deletion' with binding ` +
        "'cloudnative-pg-deletion' denied request: deleting it deletes all Clusters of CloudNativePG, and their data; if you mean it: kubectl " +
        `annotate crd ${crd} cdk8s-stateful/delete=${crd}`,
    );
    // The ways out; that of the CRD without taking it, as all other Clusters would go with it.
    await cluster.kubectl.ok(['annotate', 'crd', crd, `cdk8s-stateful/delete=${crd}`]);
    await eventually(() => cluster.kubectl.ok(['delete', 'crd', crd, '--dry-run=server']));
    await cluster.kubectl.ok(['annotate', 'crd', crd, 'cdk8s-stateful/delete-']);
    await healthy(kubectl, 3);
    const other = cluster.in('stateful-test-ha-then');
    await other.ok(['annotate', crd, 'orders', 'cdk8s-stateful/delete=orders']);
    await other.ok(['delete', crd, 'orders']);
    // A namespace that holds none goes unasked.
    await eventually(() => cluster.removeNamespace('ha-then'));
  });

  act('comes back from its store when its namespace was deleted all the same', async () => {
    await sql('INSERT INTO orders VALUES (2)');
    await archived();
    await kubectl.ok(['annotate', 'clusters.postgresql.cnpg.io', 'orders', 'cdk8s-stateful/delete=orders']);
    await eventually(() => cluster.removeNamespace('ha'));
    const other = await prepare('ha-again');
    const past = { recoverFrom: { serverName: 'orders' } };
    await apply(other, shop({ ...archivingTo(`again-${RUN}`), synchronous: undefined as never, ...past }));
    await healthy(other, 1);
    await eventually(async () => expect(await sql('SELECT count(*), max(id) FROM orders', other)).toBe('2|2'));
    expect(await sql('SELECT n FROM meanwhile', other)).toBe('1');
  });
});
