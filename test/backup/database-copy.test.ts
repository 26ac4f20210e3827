import { Duration, Size } from 'cdk8s';
import type { Chart, ChartProps } from 'cdk8s';
import { Cpu, RestartPolicy, Secret, ServiceAccount } from 'cdk8s-plus-27';
import { DatabaseCopy, DatabaseEngine, StatefulDatabase } from '../../lib';
import type { DatabaseCopyProps, StatefulDatabaseProps } from '../../lib';
import { podsOf } from '../support/cluster';
import { DISK, PASSWORD, PULL_SECRET, SHOP_PASSWORD } from '../support/elsewhere';
import { invariantErrors } from '../support/invariants';
import { renderedJob } from '../support/job';
import { find, identities, manifestsOf, named, newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { DATABASE, plainSpec } from '../support/samples';
import { DRIVERS, START, filesIn } from '../support/scripts';
import { trafficIn } from '../support/traffic';

const ENGINES = {
  old: DatabaseEngine.postgres({ version: '15.14' }),
  new: DatabaseEngine.postgres({ version: '17.11' }),
};
const applicationUser = { name: 'shop', password: SHOP_PASSWORD };

/** A database and its successor, in a chart of their own. */
function newServers(
  both: Partial<StatefulDatabaseProps> = {},
  to: Partial<StatefulDatabaseProps> = {},
  chartProps: ChartProps = {},
): { chart: Chart; from: StatefulDatabase; to: StatefulDatabase } {
  const chart = newChart(chartProps);
  const props = { ...DATABASE, applicationUser, ...both };
  return {
    chart,
    from: new StatefulDatabase(chart, 'old', { ...props, engine: ENGINES.old, ...both }),
    to: new StatefulDatabase(chart, 'new', { ...props, engine: ENGINES.new, password: SHOP_PASSWORD, ...both, ...to }),
  };
}

function render(props: Partial<DatabaseCopyProps> = {}, ...servers: Parameters<typeof newServers>) {
  const { chart, from, to } = newServers(...servers);
  const copy = new DatabaseCopy(chart, 'copy', { from, to, ...props });
  const manifests = manifestsOf(chart);
  expect(invariantErrors(manifests)).toEqual([]);
  return { manifests, copy, job: renderedJob(manifests, 'copy'), spec: find(manifests, 'CronJob', 'copy').spec };
}

describe('a copy', () => {
  // It takes the place of a database: nothing but a person may begin one.
  test('is never begun by itself, and never tried again', () => {
    const { spec } = render();
    expect(spec).toMatchObject({ schedule: '0 0 31 2 *', suspend: true, concurrencyPolicy: 'Forbid' });
    expect(spec.jobTemplate.spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 21600,
      template: { spec: { restartPolicy: 'Never' } },
    });
  });

  test('dumps and restores with the programs of the new server', () => {
    const { job } = render({}, {}, { image: 'mirror.example.com/postgres:17.11-bookworm' });
    expect(job.steps).toEqual(['dump', 'restore']);
    for (const step of job.steps) {
      expect(job.step(step).image).toBe('mirror.example.com/postgres:17.11-bookworm');
      const limits = { memory: '512Mi', 'ephemeral-storage': '11Gi' };
      expect(job.step(step).resources).toEqual({ requests: { cpu: '100m', ...limits }, limits });
    }
    expect(job.step('dump').command).toEqual(['sh', '-c', START, 'copy-dump']);
    expect(job.step('restore').command).toEqual(['sh', '/scratch/scripts/copy-restore.sh', '1']);
    expect(job.pod.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999 });
  });

  test('tells each step its own server, and the password of that one alone', () => {
    const { job } = render();
    const login = { DB_PORT: '5432', DB_USER: 'postgres', DB_NAME: 'shop' };
    expect(job.envOf('dump')).toEqual({ DB_HOST: 'old', ...login });
    expect(job.envOf('restore')).toEqual({ DB_HOST: 'new', ...login });
    expect(job.secretsOf('dump')).toEqual({ '/backupCredentials/dbPassword.txt': 'dbpass/dbpassword' });
    expect(job.secretsOf('restore')).toEqual({ '/backupCredentials/dbPassword.txt': 'shop/pw' });
  });

  test('has one password twice where the servers share it', () => {
    const { job } = render({}, {}, { password: PASSWORD });
    expect(job.secretsOf('restore')).toEqual(job.secretsOf('dump'));
    expect(job.secretsOf('dump')).toEqual({ '/backupCredentials/dbPassword.txt': 'dbpass/dbpassword' });
  });

  test('has scripts of its own: the library, the verbs, and what a copy does in another way', () => {
    const { manifests, job } = render();
    const { metadata, data } = find(manifests, 'ConfigMap', 'copy-scripts');
    expect(metadata).toEqual({ name: 'copy-scripts', labels: { app: 'copy' } });
    const { README, ...files } = data;
    expect(README).toMatch(
      /^Scripts of the copy 'copy', contract 1\. A run copies them first\.\n[^]*\/docs\/upgrading\.md\n$/,
    );
    const store = filesIn('backup/scripts');
    expect(files).toEqual({
      ...Object.fromEntries(Object.entries(DRIVERS).filter(([name]) => !(name in store))),
      ...filesIn('backup/copy'),
      ...filesIn('database/postgres/backup'),
      ...filesIn('database/postgres/copy'),
    });
    expect(named(job.pod.volumes, 'scripts').configMap).toEqual({ name: 'copy-scripts' });
  });

  test('is let in to both servers and lets nobody in', () => {
    const { manifests } = render({ namespace: 'ops' }, { namespace: 'shop' }, { namespace: 'later' });
    const isLetIn = trafficIn(manifests);
    const pods = podsOf(manifests);
    const own = named(pods, 'copy');
    for (const server of ['old', 'new']) {
      expect(isLetIn({ from: own, to: named(pods, server), port: 5432 })).toBe(true);
      expect(isLetIn({ from: named(pods, server), to: own, port: 5432 })).toBe(false);
    }
    expect(isLetIn({ from: named(pods, 'old'), to: named(pods, 'new'), port: 5432 })).toBe(false);
    expect(find(manifests, 'NetworkPolicy', 'copy-from-access').metadata.namespace).toBe('shop');
    expect(find(manifests, 'NetworkPolicy', 'copy-to-access').metadata.namespace).toBe('later');
    expect(identities(render({}, { networkPolicy: false }).manifests)).not.toContain('NetworkPolicy copy-from-access');
  });

  // The database that is left, or the one that is moved out of it.
  test('takes servers that this app does not make', () => {
    const chart = newChart();
    const [from, to] = (['old', 'new'] as const).map((name) =>
      StatefulDatabase.fromAttributes(chart, name, { engine: ENGINES[name], address: `${name}.example.com` }),
    );
    const copy = new DatabaseCopy(chart, 'copy', { from: from!, to: to! });
    const manifests = manifestsOf(chart);
    expect(identities(manifests)).toEqual(['ConfigMap copy-scripts', 'CronJob copy', 'NetworkPolicy copy']);
    expect(renderedJob(manifests, 'copy').secretsOf('dump')).toEqual({});
    expect(copy.namespace).toBeUndefined();
  });

  test('of MariaDB logs in as the users of backups', () => {
    const engine = (version: string) => DatabaseEngine.mariadb({ version });
    const { job, manifests } = render(
      {},
      { engine: engine('10.11.14'), backupUser: { password: SHOP_PASSWORD } },
      { engine: engine('11.8.8'), backupUser: { name: 'keeper', password: SHOP_PASSWORD } },
    );
    expect([job.envOf('dump').DB_USER, job.envOf('restore').DB_USER]).toEqual(['backup', 'keeper']);
    expect(job.step('dump').image).toBe('mariadb:11.8.8');
    expect(find(manifests, 'ConfigMap', 'copy-scripts').data).toMatchObject(filesIn('database/mariadb/copy'));
  });

  test('of an engine of the user has its verbs', () => {
    const backupScripts = { verbs: 'engine=redis', wholeServer: true, copyFiles: { 'copy.sh': 'hook=' } };
    const engine = DatabaseEngine.of(plainSpec({ backupScripts }));
    const { manifests } = render({}, { engine, applicationUser: undefined });
    expect(find(manifests, 'ConfigMap', 'copy-scripts').data).toMatchObject({
      'engine.sh': 'engine=redis',
      'copy.sh': 'hook=',
    });
  });

  test('takes every prop', () => {
    const { chart, from, to } = newServers({ namespace: 'shop' });
    const props: Required<DatabaseCopyProps> = {
      name: 'move',
      from,
      to,
      scratch: { size: Size.gibibytes(50), storageClass: DISK },
      cpu: Cpu.units(1),
      memory: Size.gibibytes(2),
      timeout: Duration.hours(2),
      retries: 1,
      restartPolicy: RestartPolicy.ON_FAILURE,
      namespace: 'shop',
      labels: { team: 'a' },
      podLabels: { version: '1' },
      podAnnotations: { note: 'x' },
      imagePullSecrets: [PULL_SECRET],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }],
        },
      },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      priorityClassName: 'high',
      serviceAccount: new ServiceAccount(chart, 'Account', { metadata: { name: 'mover' } }),
      automountServiceAccountToken: true,
      runAsUser: 1001,
      runAsGroup: 1002,
      fsGroup: 1003,
      sysctls: { 'net.ipv4.tcp_syncookies': '1' },
      terminationGracePeriod: Duration.seconds(5),
    };
    const copy = new DatabaseCopy(chart, 'x', props);
    expect(copy).toMatchObject({ cronJobName: 'move', namespace: 'shop', selector: { app: 'move' } });
    const manifests = manifestsOf(chart);
    expect(invariantErrors(manifests)).toEqual([]);
    const { metadata, spec } = find(manifests, 'CronJob', 'move');
    expect(metadata).toEqual({ name: 'move', namespace: 'shop', labels: { app: 'move', team: 'a' } });
    expect(find(manifests, 'NetworkPolicy', 'move').metadata).toEqual(metadata);
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 1, activeDeadlineSeconds: 7200 });
    const { template } = spec.jobTemplate.spec;
    expect(template.metadata).toMatchObject({ labels: { app: 'move', version: '1' }, annotations: { note: 'x' } });
    expect(template.spec).toMatchObject({
      restartPolicy: 'OnFailure',
      serviceAccountName: 'mover',
      automountServiceAccountToken: true,
      priorityClassName: 'high',
      terminationGracePeriodSeconds: 5,
      imagePullSecrets: [{ name: 'registry-login' }],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      securityContext: { runAsUser: 1001, runAsGroup: 1002, fsGroup: 1003 },
    });
    const job = renderedJob(manifests, 'move');
    expect(job.envOf('dump').DB_HOST).toBe('old.shop');
    const limits = { memory: '2Gi', 'ephemeral-storage': '1Gi' };
    for (const step of job.steps) {
      expect(job.step(step).resources).toEqual({ requests: { cpu: '1', ...limits }, limits });
    }
    const { ephemeral } = named(job.pod.volumes, 'scratch');
    expect(ephemeral.volumeClaimTemplate.spec.storageClassName).toBe('managed-csi');
  });
});

describe('a copy is refused', () => {
  const refuse = (
    servers: { chart: Chart; from: StatefulDatabase; to: StatefulDatabase },
    props: Partial<DatabaseCopyProps>,
    ...problems: string[]
  ): void => {
    const { chart, from, to } = servers;
    expectRefused(
      chart,
      () => new DatabaseCopy(chart, 'copy', { from, to, ...props }),
      "DatabaseCopy 'test/copy'",
      ...problems,
    );
  };

  test('with everything that is wrong said at once', () => {
    const servers = newServers();
    refuse(
      servers,
      {
        name: 'A',
        from: servers.to,
        to: servers.from,
        timeout: Duration.millis(1),
        memory: Size.kibibytes(0),
        runAsUser: 0,
      },
      "'name' must be a DNS label of at most 52 characters, got \"A\": use a-z, 0-9 and '-', beginning and ending with a letter or " +
        'digit; the names of its Jobs have 11 characters more',
      '\'memory\' must be a whole number of KiB above 0, got "0Ki": write it as Size.gibibytes(32)',
      "'timeout' must be a whole number from 1 to 2147483647, got 0.001: write Duration.hours(6)",
      '\'to\' must be of release 17 or later, as from, got "15.14": no server reads the dump of a later one; exchange the two, or give ' +
        'to a later engine',
      "'runAsUser' must be a whole number from 1 to 2147483647, got 0: use the id of the image, or 1000",
    );
  });

  test('into itself', () => {
    const servers = newServers();
    const problem =
      "'to' must be another server than from, got \"old:5432\": it would be copied into itself; give the new server's construct a " +
      'name of its own';
    refuse(servers, { to: servers.from }, problem);
    const again = StatefulDatabase.fromAttributes(servers.chart, 'again', { engine: ENGINES.new, address: 'old' });
    refuse(servers, { to: again }, problem);
  });

  test('into an older release', () => {
    const servers = newServers();
    refuse(
      servers,
      { from: servers.to, to: servers.from },
      '\'to\' must be of release 17 or later, as from, got "15.14": no server reads the dump of a later one; exchange the two, or give ' +
        'to a later engine',
    );
    const engine = (version: string) => DatabaseEngine.mariadb({ version });
    const backupUser = { password: SHOP_PASSWORD };
    refuse(
      newServers({ engine: engine('11.8.8'), backupUser }, { engine: engine('11.4.10') }),
      {},
      '\'to\' must be of release 11.8 or later, as from, got "11.4.10": no server reads the dump of a later one; exchange the two, or ' +
        'give to a later engine',
    );
  });

  // Onto another class of disk, for one.
  test('and not into the same release', () => {
    expect(render({}, { engine: DatabaseEngine.postgres({ version: '17.11' }) }, { engine: DatabaseEngine.postgres({ version: '17.9' }) }).job.steps).toEqual(['dump', 'restore']); // prettier-ignore
  });

  test('between engines of two kinds', () => {
    refuse(
      newServers(
        {},
        { engine: DatabaseEngine.mariadb({ version: '11.8.8' }), backupUser: { password: SHOP_PASSWORD } },
      ),
      {},
      '\'to\' must be of the engine of from, postgresql, got "mariadb": a dump is read by its own kind of server; give two databases of ' +
        'one engine',
    );
  });

  test('where no backup holds a whole server', () => {
    refuse(
      newServers({ engine: DatabaseEngine.mongo({ version: '8.0.29' }), applicationUser: undefined }),
      {},
      '\'to\' must have an engine whose backup scripts take the whole server, got "mongo": a copy takes a whole server; dump and ' +
        'restore by its own tools, or by a backup and a restore',
    );
  });

  test('where the administrator cannot log in from outside', () => {
    const problem = (prop: string, path: string) =>
      `'${prop}' must have a backupUser with the engine mariadb, got "${path}": 'root' can log in only beside the server; give the ` +
      'database a backupUser';
    refuse(
      newServers({ engine: DatabaseEngine.mariadb({ version: '11.8.8' }) }),
      {},
      problem('from', 'test/old'),
      problem('to', 'test/new'),
    );
  });

  test('where a server would be looked for in another namespace', () => {
    refuse(
      newServers({}, { namespace: 'later' }),
      {},
      "'from' must have a known namespace, as the job runs in 'later', got \"test/old\": its host name 'old' would be looked for " +
        'there; give the database or its chart a namespace',
    );
    const { from, to } = newServers();
    const problem = (prop: string, path: string) =>
      `'${prop}' must have a known namespace in a chart that has one, got "${path}": the policy that lets the job in would be made in ` +
      "'ops' and do nothing; give the database its namespace, or make this in its chart";
    refuse(
      { chart: newChart({ namespace: 'ops' }), from, to },
      {},
      problem('from', 'test/old'),
      problem('to', 'test/new'),
    );
  });

  test('where a password is in another namespace', () => {
    const chart = newChart();
    const secret = new Secret(newChart(), 'Elsewhere', { metadata: { name: 'old', namespace: 'shop' } });
    const [from, to] = (['old', 'new'] as const).map(
      (name) =>
        new StatefulDatabase(chart, name, {
          ...DATABASE,
          engine: ENGINES[name],
          namespace: name === 'old' ? 'shop' : 'later',
          ...(name === 'old' && { password: { secret, key: 'pw' } }),
        }),
    );
    refuse(
      { chart, from: from!, to: to! },
      {},
      "'from.password.secret' must be in the namespace of the pods, 'later', got \"shop\": pods find only what is in their own, and " +
        "would wait for ever; make it in 'later' too, or refer to the one there by its name",
    );
  });

  test('under the name of what its chart has already', () => {
    const servers = newServers();
    new DatabaseCopy(servers.chart, 'first', { name: 'copy', from: servers.from, to: servers.to });
    const same = (kind: string, name: string, path: string) =>
      `'name' must make a ${kind} that its chart does not have yet, got "${name}": 'test/first/${path}' is the same object to kubectl, ` +
      'which would keep only one of them; choose another name or namespace';
    refuse(
      servers,
      {},
      "'selector' must find no pods of 'test/first', got {\"app\":\"copy\"}: each would take the other's pods for its own, and a " +
        'Service sends clients to both; give one another name or label',
      same('CronJob', 'copy', 'Resource'),
      same('NetworkPolicy', 'copy', 'NetworkPolicy'),
      same('NetworkPolicy', 'copy-from-access', 'FromAccess/Resource/Resource'),
      same('NetworkPolicy', 'copy-to-access', 'ToAccess/Resource/Resource'),
      same('ConfigMap', 'copy-scripts', 'Scripts'),
    );
  });

  test('with files that would stand in the place of a script', () => {
    const copyFiles = { 'copy.sh': '', 'copy-dump.sh': '', 'rows.sql': '' };
    const backupScripts = { verbs: 'engine=redis', wholeServer: true, files: { 'rows.sql': '' }, copyFiles };
    const engine = DatabaseEngine.of(plainSpec({ backupScripts }));
    const problem = (name: string) =>
      `'to.engine.backupScripts.copyFiles' must be names of A-Z, a-z, 0-9, '.', '-' and '_' that no other script has, got "${name}": it ` +
      "would stand in another script's place; write it as 'rows.sql'";
    refuse(newServers({ engine, applicationUser: undefined }), {}, problem('copy-dump.sh'), problem('rows.sql'));
  });
});
