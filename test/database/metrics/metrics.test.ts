import { Size, Yaml } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { ClientAccess, DatabaseEngine, Pod, StatefulDatabase } from '../../../lib';
import type { ContainerLimits, DatabaseMetrics, StatefulDatabaseProps } from '../../../lib';
import { plan } from '../../../lib/guard/plan';
import { readState } from '../../../lib/guard/state';
import { DUMP_PASSWORD, EXPORTER_PASSWORD, PASSWORD } from '../../support/elsewhere';
import { find, manifestsOf, named } from '../../support/manifests';
import { podSecurityErrors } from '../../support/pod-security';
import { expectRefusedAlone } from '../../support/refused';
import { CONTAINER, DATABASE, newDatabase, plainSpec } from '../../support/samples';

const METRICS: DatabaseMetrics = { password: EXPORTER_PASSWORD };

const ENGINES = [
  ['postgres', DatabaseEngine.postgres({ version: '17.11' }), 'prometheuscommunity/postgres-exporter:v0.19.1', 9187],
  ['mariadb', DatabaseEngine.mariadb({ version: '11.8.8' }), 'prom/mysqld-exporter:v0.19.0', 9104],
  ['valkey', DatabaseEngine.valkey({ version: '8.1.8' }), 'oliver006/redis_exporter:v1.88.0-alpine', 9121],
] as const;

function podOf(props: Partial<StatefulDatabaseProps>) {
  const { chart, database } = newDatabase({ metrics: METRICS, ...props });
  const manifests = manifestsOf(chart);
  const pod = find(manifests, 'StatefulSet', 'db').spec.template.spec;
  return { chart, database, manifests, pod };
}

/** Its text is part of the pod template: whoever changes a letter of it restarts each database that has metrics. */
const loop = (command: string, afterSuccess: number) =>
  `trap 'exit 0' TERM
while :; do
  ${command} &
  wait $! && pause=${afterSuccess} || { echo "$0: ended with status $?, and begins anew in 10 s" >&2; pause=10; }
  sleep $pause &
  wait $!
done
`;

const EXPORTERS = {
  postgres: `PGPASSWORD=$(tr -d '\\r\\n' < "$METRICS_PASSWORD_FILE") DATA_SOURCE_USER=$METRICS_USER \\
    exec /bin/postgres_exporter "$@"`,
  mariadb: `MYSQLD_EXPORTER_PASSWORD=$(tr -d '\\r\\n' < "$METRICS_PASSWORD_FILE") exec /bin/mysqld_exporter --config.my-cnf= \\
    --mysqld.address=127.0.0.1:3306 --mysqld.username="$METRICS_USER" "$@"`,
  valkey: `tr -d '\\r\\n' < "$METRICS_PASSWORD_FILE" | sed -e 's/[\\\\"]/\\\\&/g' -e "s|.*|{\\"redis://$METRICS_USER@127.0.0.1:6379\\":\\"&\\"}|" |
    REDIS_USER=$METRICS_USER REDIS_PASSWORD_FILE=/dev/stdin exec /redis_exporter "$@"`,
};

describe.each(ENGINES)('metrics of %s', (name, engine, image, port) => {
  const { manifests, pod, database } = podOf({ engine });

  test('are served by an exporter beside the server, which sees its own password and no other', () => {
    const exporter = named(pod.containers, 'metrics');
    expect(exporter).toMatchObject({ image, ports: [{ name: 'metrics', containerPort: port }] });
    expect(exporter.command).toEqual(['sh', '-c', loop(`(${EXPORTERS[name]})`, 10), 'metrics']);
    expect(exporter).not.toHaveProperty('args');
    expect(exporter.volumeMounts).toEqual([
      { name: 'metrics-password', mountPath: '/metrics-password', readOnly: true },
    ]);
    expect(exporter.env).toEqual(
      expect.arrayContaining([
        { name: 'METRICS_USER', value: 'exporter' },
        { name: 'METRICS_PASSWORD_FILE', value: '/metrics-password/password' },
      ]),
    );
    expect(named(pod.volumes, 'metrics-password').secret).toEqual({
      secretName: 'exporter',
      items: [{ key: 'pw', path: 'password' }],
      defaultMode: 0o440,
    });
    expect(database.metricsEndpoint).toEqual({
      exporter: engine.spec.exporter!.name,
      port,
      portName: 'metrics',
      selector: { app: 'db' },
    });
  });

  test('have a user that a container of the server’s image makes, again and again', () => {
    const user = named(pod.containers, 'metrics-user');
    expect(user.image).toBe(engine.spec.image);
    expect(user.command).toEqual(['sh', '-c', loop('sh /scripts/metrics-user.sh', 300), 'metrics-user']);
    expect(find(manifests, 'ConfigMap', 'db-scripts').data['metrics-user.sh']).toBe(engine.spec.exporter!.userScript);
    const variable = `${engine.spec.passwordVariable!}_FILE`;
    expect(named(user.env, variable).value).toBe(`/passwords/${engine.spec.passwordVariable!}`);
    // It sees where the server has its socket, and none of its data.
    const paths = user.volumeMounts.map(({ mountPath }) => mountPath);
    expect(paths).toEqual(expect.arrayContaining(['/scripts', '/passwords', '/metrics-password', '/tmp']));
    expect(paths).not.toContain(engine.spec.mountPath);
  });

  test('are no reason to restart the server or to keep clients from it', () => {
    for (const container of ['metrics', 'metrics-user']) {
      const { startupProbe, readinessProbe, livenessProbe, lifecycle } = named(pod.containers, container);
      expect([startupProbe, readinessProbe, livenessProbe, lifecycle]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
    }
    expect(named(pod.containers, engine.spec.name)).toEqual(
      named(podOf({ engine, metrics: undefined }).pod.containers, engine.spec.name),
    );
    expect(podOf({ engine, metrics: undefined }).pod.initContainers).toEqual(pod.initContainers);
  });

  test('have pods that Pod Security "restricted" admits', () => {
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  });
});

test('take everything that can be said', () => {
  const resources: Required<ContainerLimits> = {
    cpu: Cpu.millis(50),
    memory: Size.mebibytes(256),
    ephemeralStorage: Size.mebibytes(200),
  };
  const metrics: Required<DatabaseMetrics> = {
    password: EXPORTER_PASSWORD,
    user: 'watch-man',
    image: 'registry.example.com/postgres-exporter@sha256:' + '0'.repeat(64),
    args: ['--collector.postmaster'],
    resources,
  };
  const { pod } = podOf({ metrics, user: 'admin', databaseName: 'main' });
  const exporter = named(pod.containers, 'metrics');
  expect(exporter).toMatchObject({ image: metrics.image, args: ['--collector.postmaster'] });
  expect(exporter.resources).toEqual({
    requests: { cpu: '50m', memory: '256Mi', 'ephemeral-storage': '200Mi' },
    limits: { memory: '256Mi', 'ephemeral-storage': '200Mi' },
  });
  const user = named(pod.containers, 'metrics-user');
  for (const { env } of [exporter, user]) expect(named(env, 'METRICS_USER').value).toBe('watch-man');
  // As whom, and where.
  expect(named(user.env, 'POSTGRES_USER').value).toBe('admin');
  expect(named(user.env, 'POSTGRES_DB').value).toBe('main');
});

test('stand behind sidecars of your own, and a port of theirs is refused', () => {
  const sidecars = [{ name: 'pooler', image: 'example.com/pooler:1', ports: [{ containerPort: 6432 }] }];
  expect(podOf({ sidecars }).pod.containers.map(({ name }) => name)).toEqual([
    'postgresql',
    'pooler',
    'metrics',
    'metrics-user',
  ]);
  const clash = [{ name: 'own', image: 'example.com/exporter:1', ports: [{ name: 'metrics', containerPort: 9187 }] }];
  const wayOut = 'the containers of a pod share one address; give each port a number and a name of its own';
  expectRefusedAlone(
    (chart) => new StatefulDatabase(chart, 'db', { ...DATABASE, metrics: METRICS, sidecars: clash }),
    "StatefulDatabase 'test/db'",
    `'containers' must not have two ports of one number, got "9187/TCP": ${wayOut}`,
    `'containers' must not have two ports of one name, got "metrics": ${wayOut}`,
  );
});

test('can be opened to everybody, and are open to nobody by default', () => {
  const policy = (props: Partial<StatefulDatabaseProps>) =>
    find(podOf(props).manifests, 'NetworkPolicy', 'db').spec.ingress;
  const members = { from: [{ podSelector: { matchLabels: { app: 'db' } } }] };
  expect(policy({})).toEqual([members]);
  expect(policy({ openPorts: [9187] })).toEqual([members, { ports: [{ port: 9187 }] }]);
});

test('are not what a client of the database is let in to, and the reverse', () => {
  const { chart, database } = newDatabase({ metrics: METRICS });
  const client = (id: string) => new Pod(chart, id, { containers: [CONTAINER] });
  new ClientAccess(chart, 'sql', { from: client('shop'), to: database });
  new ClientAccess(chart, 'watch', { from: client('prometheus'), to: database, ports: [9187] });
  const ports = (name: string) =>
    find(manifestsOf(chart), 'NetworkPolicy', name).spec.ingress.flatMap(({ ports: some = [] }) =>
      some.map(({ port }) => port),
    );
  expect([ports('sql'), ports('watch')]).toEqual([[5432], [9187]]);
});

// Two containers and a Secret more, one of them of the server's image and without its data.
test.each(ENGINES)('of %s are no news to the data guard', (_, engine) => {
  const state = (props: Partial<StatefulDatabaseProps>) => {
    const text = Yaml.stringify(...manifestsOf(newDatabase({ engine, ...props }).chart));
    return readState([{ file: 'db.yaml', text }]);
  };
  const [without, having] = [state({}), state({ metrics: METRICS })];
  expect([...without.problems, ...having.problems]).toEqual([]);
  expect([plan(without.state, having.state), plan(having.state, without.state)]).toEqual([[], []]);
});

test('of an engine of your own are run as it says', () => {
  const exporter = {
    name: 'own',
    image: 'example.com/exporter:1',
    port: 9000,
    script: 'exec /exporter "$@"',
    userScript: 'true',
  };
  const engine = DatabaseEngine.of(plainSpec({ exporter }));
  const { manifests, pod } = podOf({ engine });
  expect(named(pod.containers, 'metrics').command[2]).toBe(loop('(exec /exporter "$@")', 10));
  // It has no script but this one.
  expect(Object.keys(find(manifests, 'ConfigMap', 'db-scripts').data)).toEqual(['README', 'metrics-user.sh']);
  // Its image takes the password from a variable.
  expect(named(named(pod.containers, 'metrics-user').env, 'REDIS_PASSWORD').valueFrom.secretKeyRef).toEqual({
    name: 'dbpass',
    key: 'dbpassword',
  });
});

describe('metrics are refused', () => {
  const refused = (props: Partial<StatefulDatabaseProps>, ...problems: string[]) =>
    expectRefusedAlone(
      (chart) => new StatefulDatabase(chart, 'db', { ...DATABASE, ...props }),
      "StatefulDatabase 'test/db'",
      ...problems,
    );

  test('of MongoDB', () => {
    refused(
      { engine: DatabaseEngine.mongo({ version: '8.0.29' }), metrics: METRICS },
      `'metrics' must be left out with the engine mongo, got {"user":"exporter"}: no exporter of it was tried here; run one in 'sidecars', see docs/metrics.md`,
    );
  });

  test.each([
    ['the administrator', { metrics: { ...METRICS, user: 'postgres' } }, 'postgres'],
    ['an administrator of another name', { user: 'exporter', metrics: METRICS }, 'exporter'],
    [
      'the application user',
      { applicationUser: { name: 'exporter', password: PASSWORD }, metrics: METRICS },
      'exporter',
    ],
  ])('with the user of %s', (_, props, name) => {
    refused(
      props,
      `'metrics.user' must be another than the administrator, the application user, that of backups and the image's own users, got "${name}": ` +
        "it would log in with all their rights; choose another name, e.g. 'exporter'",
    );
  });

  test('with the user of backups', () => {
    const engine = DatabaseEngine.mariadb({ version: '11.8.8' });
    refused(
      { engine, backupUser: { password: DUMP_PASSWORD }, metrics: { ...METRICS, user: 'backup' } },
      `'metrics.user' must be another than the administrator, the application user, that of backups and the image's own users, got "backup": ` +
        "it would log in with all their rights; choose another name, e.g. 'exporter'",
    );
  });

  test('with a name that servers read in other ways, a key and an image that are none', () => {
    refused(
      { metrics: { password: { ...EXPORTER_PASSWORD, key: 'a b' }, user: "o'brien", image: 'exporter' } },
      `'metrics.password.key' must be the name of a key in the Secret, got "3 characters that are none": use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here`,
      `'metrics.image' must name a tag other than 'latest', or a digest, got "exporter": otherwise a pod that moves to another node may start another version on the same data; pin it, as in postgres:17.11-bookworm`,
      `'metrics.user' must be of letters, digits, _ and -, and not begin with pg_, got "o'brien": servers and exporters read others in other ways, and pg_ is PostgreSQL's; write 'exporter'`,
    );
  });
});
