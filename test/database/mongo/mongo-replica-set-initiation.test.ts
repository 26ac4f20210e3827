import { Duration } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { ServiceAccount } from 'cdk8s-plus-27';
import { DatabaseEngine, MongoReplicaSetInitiation, StatefulDatabase } from '../../../lib';
import type { MongoReplicaSetInitiationProps, StatefulDatabaseProps } from '../../../lib';
import { PASSWORD, PULL_SECRET, SHOP_PASSWORD } from '../../support/elsewhere';
import { find, manifestsOf, named, newChart, podOf } from '../../support/manifests';
import { podSecurityErrors } from '../../support/pod-security';
import { DATABASE } from '../../support/samples';
import { schemaErrors } from '../../support/strict-schema';

const ENGINE = DatabaseEngine.mongo({ version: '8.0.29', replicaSet: 'rs0', keyFile: SHOP_PASSWORD });

function mongo(chart: Chart, props: Partial<StatefulDatabaseProps> = {}): StatefulDatabase {
  return new StatefulDatabase(chart, 'mongo', { ...DATABASE, engine: ENGINE, replicas: 3, ...props });
}

function render(database: Partial<StatefulDatabaseProps> = {}, props: Partial<MongoReplicaSetInitiationProps> = {}) {
  const chart = newChart();
  const initiation = new MongoReplicaSetInitiation(chart, 'init', { database: mongo(chart, database), ...props });
  const manifests = manifestsOf(chart);
  expect(manifests.flatMap(schemaErrors)).toEqual([]);
  expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  const job = find(manifests, 'Job', initiation.apiObject.name);
  return { initiation, manifests, job, pod: podOf(job) };
}

describe('the initiation of a MongoDB replica set', () => {
  test('names each member by its full name, and gives the login by environment', () => {
    const env = named(render().pod?.spec.containers ?? [], 'initiate').env;
    expect(named(env, 'MEMBERS').value).toBe('mongo-0.mongo:27017,mongo-1.mongo:27017,mongo-2.mongo:27017');
    expect(named(env, 'REPLICA_SET').value).toBe('rs0');
    expect(named(env, 'MONGO_USER').value).toBe('root');
    expect(named(env, 'MONGO_PASSWORD').valueFrom).toEqual({
      secretKeyRef: { name: PASSWORD.secret.name, key: PASSWORD.key },
    });
    expect(named(env, 'TIMEOUT_SECONDS').value).toBe('600');
  });

  // A Job cannot be changed: `kubectl apply` of another template under the same name is refused.
  test.each<[string, Partial<StatefulDatabaseProps>, Partial<MongoReplicaSetInitiationProps>]>([
    ['version', { engine: DatabaseEngine.mongo({ version: '8.0.30', replicaSet: 'rs0', keyFile: SHOP_PASSWORD }) }, {}],
    ['number of members', { replicas: 5 }, {}],
    ['time', {}, { timeout: Duration.minutes(1) }],
  ])('is a new Job where the %s changes', (_, database, props) => {
    expect(render(database, props).initiation.apiObject.name).not.toBe(render().initiation.apiObject.name);
  });

  test('keeps its name where nothing changes, wherever it is made', () => {
    expect(render().initiation.apiObject.name).toMatch(/^init-[0-9a-f]{8}$/);
    expect(render().initiation.apiObject.name).toBe(render().initiation.apiObject.name);
  });

  test('is let in to the members', () => {
    expect(find(render().manifests, 'NetworkPolicy', 'init-access').spec).toMatchObject({
      podSelector: { matchLabels: { app: 'mongo' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'init' } } }], ports: [{ port: 27017 }] }],
    });
  });

  test('takes every prop', () => {
    const chart = newChart({ namespace: 'shop' });
    const props: Required<MongoReplicaSetInitiationProps> = {
      name: 'rs-init',
      database: mongo(chart),
      timeout: Duration.minutes(1),
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
      serviceAccount: new ServiceAccount(chart, 'Account', { metadata: { name: 'init' } }),
      automountServiceAccountToken: true,
      runAsUser: 1001,
      runAsGroup: 1002,
      fsGroup: 1003,
      sysctls: { 'net.ipv4.tcp_syncookies': '1' },
      terminationGracePeriod: Duration.seconds(5),
    };
    const initiation = new MongoReplicaSetInitiation(chart, 'init', props);
    const manifests = manifestsOf(chart);
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    const { metadata, spec } = find(manifests, 'Job', initiation.apiObject.name);
    expect(metadata).toMatchObject({ namespace: 'shop', labels: { app: 'rs-init', team: 'a' } });
    expect(spec.template.metadata).toMatchObject({
      labels: { app: 'rs-init', version: '1' },
      annotations: { note: 'x' },
    });
    expect(spec.template.spec).toMatchObject({
      restartPolicy: 'OnFailure',
      serviceAccountName: 'init',
      automountServiceAccountToken: true,
      priorityClassName: 'high',
      terminationGracePeriodSeconds: 5,
      imagePullSecrets: [{ name: 'registry-login' }],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      securityContext: { runAsUser: 1001, runAsGroup: 1002, fsGroup: 1003 },
    });
    expect(initiation.toPodSelector()).toBe(initiation);
    expect(initiation.toPodSelectorConfig().namespaces).toEqual({ names: ['shop'] });
  });

  test('is refused without a replica set, in another namespace, without time, and says so at once', () => {
    const chart = newChart();
    const database = mongo(chart, { engine: DatabaseEngine.mongo({ version: '8.0.29' }), replicas: 1 });
    const make = () =>
      new MongoReplicaSetInitiation(chart, 'init', { database, namespace: 'other', timeout: Duration.seconds(0) });
    expect(make).toThrow(
      new Error(
        "MongoReplicaSetInitiation 'test/init':\n" +
          '- \'database\' must have an engine with a replica set, got "test/mongo": there is nothing to initiate; write ' +
          "DatabaseEngine.mongo({ replicaSet: 'rs0' })\n" +
          "- 'namespace' must be the database's, got \"other\": its password is there, and nowhere else; leave the namespace out\n" +
          "- 'timeout' must be a whole number from 1 to 2147483647, got 0: members need some time to start; write " +
          'Duration.minutes(10)',
      ),
    );
    expect(chart.node.tryFindChild('init')).toBeUndefined();
  });

  // It would give way to the selector in silence.
  test('is refused with a pod label that contradicts its own', () => {
    const chart = newChart();
    const make = () =>
      new MongoReplicaSetInitiation(chart, 'init', { database: mongo(chart), podLabels: { app: 'x' } });
    expect(make).toThrow("'podLabels['app']' must be 'init', as in the selector, got \"x\"");
  });

  test.each([2, 8, 9])('is refused for %d members', (replicas) => {
    const chart = newChart();
    expect(() => new MongoReplicaSetInitiation(chart, 'init', { database: mongo(chart, { replicas }) })).toThrow(
      `'database' must have 1, 3, 4, 5, 6 or 7 replicas, got ${replicas}: with 2 the loss of either stops all writes, and more ` +
        'than 7 have no vote; use 3',
    );
  });
});
