import { Size, Yaml } from 'cdk8s';
import { DatabaseEngine, StatefulDatabase } from '../../lib';
import { PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { ready, scenarioYaml } from './support/scenario';

const POD = 'postgresql-0';
const cluster = new TestCluster(facts());
let kubectl: Kubectl;

const apply = () => kubectl.ok(['apply', '--filename=-'], { input: scenarioYaml(cluster, 'postgresql') });
const bash = (script: string) => kubectl.ok(['exec', POD, '--', 'bash', '-c', script]);
const sql = async (query: string) =>
  (await kubectl.ok(['exec', POD, '--', 'psql', '-Upostgres', '-qAtc', query])).trim();
/** Of the server, or of the init container that makes the database. */
const logs = (container = 'postgresql-pv-container') => kubectl.ok(['logs', POD, `--container=${container}`]);
const makeSecret = (key: string, value: string) =>
  kubectl.ok(['create', 'secret', 'generic', 'dbpass', `--from-literal=${key}=${value}`]);
const removeSet = async () => {
  await kubectl.ok(['delete', 'statefulset', 'postgresql', '--wait=false']);
  await eventually(async () => expect(await kubectl.get('pods')).toEqual([]), 150);
};

async function enter(name: string): Promise<void> {
  kubectl = await cluster.namespace(name, { 'pod-security.kubernetes.io/enforce': 'restricted' });
}

afterAll(() => cluster.clean());

describePods('the documented PostgreSQL', () => {
  beforeAll(async () => {
    await enter('postgresql');
    await makeSecret('dbpassword', 'of a test');
    await apply();
    await ready(kubectl, [POD]);
    await sql('CREATE TABLE mytable (id bigint PRIMARY KEY)');
    await sql('INSERT INTO mytable VALUES (1)');
  });

  test('is hardened: no root, a root file system that nobody writes to, no token', async () => {
    expect(await bash('id -u')).toBe('999\n');
    expect(await bash('touch /file 2>&1 || true')).toContain('Read-only file system');
    expect(await bash('ls /var/run/secrets/kubernetes.io 2>&1 || true')).toContain('No such file');
    expect(await bash('grep CapEff /proc/self/status')).toBe('CapEff:\t0000000000000000\n');
  });

  test('keeps its rows when the pod is deleted, which stops it cleanly', async () => {
    await kubectl.ok(['delete', 'pod', POD]);
    await ready(kubectl, [POD]);
    expect(await sql('SELECT count(*) FROM mytable')).toBe('1');
    expect(await logs()).toContain('database system was shut down at');
    expect(await logs('initialize')).toContain('holds a PostgreSQL');
  });

  test('keeps its rows when the set is deleted and applied again', async () => {
    await removeSet();
    await apply();
    await ready(kubectl, [POD]);
    expect(await sql('SELECT count(*) FROM mytable')).toBe('1');
  });

  // What a client was told is committed must be there, whatever comes.
  test('loses no committed row when its processes are killed under write load', async () => {
    // Each number is printed when its row is committed.
    const load =
      'i=1; while i=$((i+1)); psql -Upostgres -qAtc "INSERT INTO mytable VALUES ($i)" 2>/dev/null; do echo $i; done';
    const writer = kubectl.run(['exec', POD, '--', 'bash', '-c', load]);
    await eventually(async () => expect(Number(await sql('SELECT max(id) FROM mytable'))).toBeGreaterThan(50));
    await bash(
      'kill -9 $(psql -Upostgres -qAtc "SELECT pid FROM pg_stat_activity WHERE backend_type = \'checkpointer\'")',
    );
    const committed = (await writer).stdout.trim().split('\n').map(Number);
    expect(committed.length).toBeGreaterThan(40);
    await eventually(async () => expect(await sql('SELECT 1')).toBe('1'));
    const rows = (await sql('SELECT id FROM mytable')).split('\n').map(Number);
    expect(committed.filter((id) => !rows.includes(id))).toEqual([]);
    expect(await logs()).toContain('database system was not properly shut down; automatic recovery in progress');
    // The probes left it alone.
    const [pod] = await kubectl.get<LiveObject & { status: { containerStatuses: { restartCount: number }[] } }>(
      'pod',
      POD,
    );
    expect(pod!.status.containerStatuses.map(({ restartCount }) => restartCount)).toEqual([0]);
  });
});

describePods('PostgreSQL and the ConfigMap of its scripts', () => {
  const uid = async () => (await kubectl.ok(['get', 'pod', POD, '--output=jsonpath={.metadata.uid}'])).trim();
  /** What an upgrade of this library brings: other texts, under the same names. */
  const upgraded = () => scenarioYaml(cluster, 'postgresql').replaceAll('initialize: $', 'initialize (new): $');

  beforeAll(async () => {
    await enter('scripts');
    await makeSecret('dbpassword', 'of a test');
    await apply();
    await ready(kubectl, [POD]);
    await sql('CREATE TABLE mytable AS SELECT 1 AS id');
  });

  test('has its password in no environment', async () => {
    expect(await bash('env; cat /proc/1/environ')).not.toContain('of a test');
    const login = `PGPASSWORD="$(cat /passwords/POSTGRES_PASSWORD)" psql -h "$(hostname -i)" -Upostgres -qAtc 'SELECT 7'`;
    expect(await bash(login)).toBe('7\n');
    expect(
      await bash(login.replace('/passwords/POSTGRES_PASSWORD', '/etc/hostname').replace(/$/, ' 2>&1 || true')),
    ).toContain('password authentication failed');
  });

  test('is upgraded without a restart, and kubectl diff shows the script, once', async () => {
    const before = await uid();
    const { stdout } = await kubectl.run(['diff', '--filename=-'], { input: upgraded() });
    const changed = stdout
      .split('\n')
      .filter((line) => /^[-+] /.test(line) && !/resourceVersion|generation/.test(line));
    expect(changed).toHaveLength(6);
    expect(changed.filter((line) => !line.includes('initialize'))).toEqual([]);
    expect([...stdout.matchAll(/^diff /gm)]).toHaveLength(1);
    await kubectl.ok(['apply', '--filename=-'], { input: upgraded() });
    await kubectl.ok(['rollout', 'status', 'statefulset/postgresql', '--timeout=60s'], { seconds: 70 });
    expect(await uid()).toBe(before);
    await kubectl.ok(['delete', 'pod', POD]);
    await ready(kubectl, [POD]);
    expect(await logs('initialize')).toContain('initialize (new): /var/lib/postgresql/data/pgdata holds a PostgreSQL');
  });

  test('starts on its data without it, and makes none without it', async () => {
    await kubectl.ok(['delete', 'configmap', 'postgresql-scripts']);
    await kubectl.ok(['delete', 'pod', POD]);
    await ready(kubectl, [POD]);
    expect(await logs('initialize')).toBe('initialize: there is no ConfigMap postgresql-scripts\n');
    expect(await sql('SELECT count(*) FROM mytable')).toBe('1');

    await removeSet();
    await kubectl.ok(['delete', 'pvc', '--all']);
    await apply();
    await kubectl.ok(['delete', 'configmap', 'postgresql-scripts']);
    await kubectl.ok(['delete', 'pod', POD, '--ignore-not-found']);
    await eventually(
      async () =>
        expect(await logs('initialize')).toContain(
          'initialize: and no database: apply the ConfigMap. Nothing was changed',
        ),
      60,
    );
    await apply();
    await ready(kubectl, [POD], 300);
    expect(await logs('initialize')).toContain('initialize: made /var/lib/postgresql/data/pgdata');
  });
});

describePods('PostgreSQL with a Secret that is not right', () => {
  test('says so and makes nothing, and starts when it is', async () => {
    await enter('wrong-secret');
    await makeSecret('password', 'under another key');
    await apply();
    await eventually(async () => {
      const events = await kubectl.get<LiveObject & { message: string }>(
        'events',
        '--field-selector=reason=FailedMount',
      );
      expect(events.map(({ message }) => message)).toEqual(
        expect.arrayContaining([expect.stringMatching(/references non-existent secret key: dbpassword/)]),
      );
    });
    await kubectl.ok(['delete', 'secret', 'dbpass']);
    await makeSecret('dbpassword', 'of a test');
    // The kubelet tries to mount it again after at most two minutes.
    await ready(kubectl, [POD], 300);
    expect(await logs('initialize')).toContain('initialize: made /var/lib/postgresql/data/pgdata');
  });

  test('makes no database with an empty password', async () => {
    await enter('empty-secret');
    await makeSecret('dbpassword', '');
    await apply();
    await eventually(async () => expect(await logs('initialize')).toContain('superuser password is not specified'));
    await eventually(async () =>
      expect(await logs('initialize')).toContain('initialize: failed with status 1; the next attempt begins anew'),
    );
    await kubectl.ok(['delete', 'secret', 'dbpass']);
    await makeSecret('dbpassword', 'of a test');
    await ready(kubectl, [POD], 300);
  });
});

// docs/adopting-data.md: the set that a tutorial prints, with a row in it, becomes ours.
describePods('a hand-written PostgreSQL', () => {
  test('is adopted with its rows', async () => {
    await enter('adoption');
    const mount = { name: 'data', mountPath: '/var/lib/postgresql/data', subPath: 'data' };
    const container = {
      name: 'postgres',
      image: 'postgres:17.11-bookworm',
      env: [
        { name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef: { name: 'dbpass', key: 'dbpassword' } } },
        { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
        { name: 'POSTGRES_USER', value: 'shop' },
        { name: 'POSTGRES_DB', value: 'orders' },
      ],
      volumeMounts: [mount],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    };
    const labels = { app: 'pg', tier: 'database' };
    const securityContext = {
      runAsUser: 999,
      fsGroup: 999,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const old = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'postgresql' },
      spec: {
        serviceName: 'pg',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { securityContext, containers: [container] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
      },
    };
    await makeSecret('dbpassword', 'of a test');
    await kubectl.ok(['apply', '--filename=-'], { input: JSON.stringify(old) });
    await ready(kubectl, [POD]);
    const query = (text: string) => kubectl.ok(['exec', POD, '--', 'psql', '-Ushop', '-dorders', '-qAtc', text]);
    await eventually(() => query("CREATE TABLE kept AS SELECT 'mine' AS what"));
    // As the page reads off the owner.
    expect(await bash('stat -c "%u:%g" "$PGDATA"')).toMatch(/^999:/);

    await removeSet();
    const chart = newChart();
    new StatefulDatabase(chart, 'postgresql', {
      engine: DatabaseEngine.postgres({ version: '17.11', variant: 'bookworm' }),
      password: PASSWORD,
      serviceName: 'pg',
      selector: labels,
      user: 'shop',
      databaseName: 'orders',
      storage: { size: Size.gibibytes(1), claimName: 'data', subPath: 'data' },
    });
    await kubectl.ok(['apply', '--filename=-'], { input: Yaml.stringify(...manifestsOf(chart)) });
    await ready(kubectl, [POD]);
    expect(await query('SELECT what FROM kept')).toBe('mine\n');
    expect(await logs('initialize')).toContain('nothing to do');
  });
});
