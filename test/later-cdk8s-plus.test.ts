// What docs/clients.md says of later versions of cdk8s-plus, tried with the newest. That this file compiles is half of the proof:
// where a version is not taken, the compiler is expected to say so.
/* eslint @typescript-eslint/no-unsafe-class-instance-assignment: off -- that is what is tried */
import { Cron, Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import * as plus from 'cdk8s-plus-34';
import {
  BlobBackupCronJob,
  BlobCredentials,
  BlobStore,
  ClientAccess,
  ContainerResources,
  Deployment,
  StatefulDatabase,
} from '../lib';
import type { ClientAccessProps } from '../lib';
import { find, manifestsOf, named, newChart } from './support/manifests';
import { podSecurityErrors } from './support/pod-security';
import { CONTAINER, DATABASE, newDatabase } from './support/samples';
import { schemaErrors } from './support/strict-schema';

const { k8s } = plus;
const { image } = CONTAINER;
const secretOf = (chart: Chart, name: string, key: string): plus.SecretValue => ({
  secret: plus.Secret.fromSecretName(chart, name, name),
  key,
});
const podOfDeployment = (chart: Chart, name: string) => find(manifestsOf(chart), 'Deployment', name).spec.template.spec;
const byAddress = { podSelector: { matchLabels: { 'cdk8s.io/metadata.addr': expect.any(String) as string } } };

describe('ClientAccess lets in', () => {
  test.each<[string, (chart: Chart) => ClientAccessProps['from'], object]>([
    ['a Deployment', (chart) => new plus.Deployment(chart, 'x', { containers: [{ image }] }), byAddress],
    [
      'a StatefulSet',
      (chart) => {
        const service = new plus.Service(chart, 'service', { ports: [{ port: 80 }] });
        return new plus.StatefulSet(chart, 'x', { service, containers: [{ image }] });
      },
      byAddress,
    ],
    ['a DaemonSet', (chart) => new plus.DaemonSet(chart, 'x', { containers: [{ image }] }), byAddress],
    ['a Job', (chart) => new plus.Job(chart, 'x', { containers: [{ image }] }), byAddress],
    [
      'a CronJob',
      (chart) => new plus.CronJob(chart, 'x', { schedule: Cron.daily(), containers: [{ image }] }),
      byAddress,
    ],
    ['a Pod', (chart) => new plus.Pod(chart, 'x', { containers: [{ image }] }), byAddress],
    [
      'pods by their labels, in a namespace',
      (chart) => {
        const namespaces = plus.Namespaces.select(chart, 'web', { names: ['web'] });
        return plus.Pods.select(chart, 'x', { labels: { app: 'shop' }, namespaces });
      },
      {
        podSelector: { matchLabels: { app: 'shop' } },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } },
      },
    ],
    [
      'a namespace',
      (chart) => new plus.Namespace(chart, 'x', { metadata: { name: 'web' } }),
      { podSelector: {}, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } },
    ],
    [
      'addresses',
      (chart) => plus.NetworkPolicyIpBlock.ipv4(chart, 'x', '192.168.0.0/24'),
      { ipBlock: { cidr: '192.168.0.0/24' } },
    ],
  ])('%s', (_, from, peer) => {
    const { chart, database } = newDatabase();
    new ClientAccess(chart, 'access', { from: from(chart), to: database });
    const policy = find(manifestsOf(chart), 'NetworkPolicy', 'access');
    expect(policy.spec.ingress).toEqual([{ from: [peer], ports: [{ port: 5432, protocol: 'TCP' }] }]);
    expect(schemaErrors(policy)).toEqual([]);
  });
});

test('a container takes the connection of a database', () => {
  const { chart, database } = newDatabase();
  const envVariables = database.connectionEnvValues();
  new plus.Deployment(chart, 'plus', { metadata: { name: 'plus' }, containers: [{ image, envVariables }] });
  expect(named(podOfDeployment(chart, 'plus').containers, 'main').env).toEqual(database.connectionEnv());
  new k8s.KubePod(chart, 'l1', {
    metadata: { name: 'l1' },
    spec: { containers: [{ ...CONTAINER, env: database.connectionEnv() }] },
  });
  expect(named(find(manifestsOf(chart), 'Pod', 'l1').spec.containers, 'server').env).toEqual(database.connectionEnv());
});

test('a container can be hardened so that Pod Security "restricted" takes it', () => {
  const chart = newChart();
  new plus.Deployment(chart, 'plus', {
    metadata: { name: 'plus' },
    containers: [
      {
        image,
        securityContext: {
          user: 1000,
          capabilities: { drop: [plus.Capability.ALL] },
          seccompProfile: { type: plus.SeccompProfileType.RUNTIME_DEFAULT },
        },
      },
    ],
  });
  expect(manifestsOf(chart).flatMap(podSecurityErrors)).toEqual([]);
});

test('secrets and service accounts are taken as references', () => {
  const { chart, database } = newDatabase();
  const password = secretOf(chart, 'dbpass', 'dbpassword');
  new StatefulDatabase(chart, 'other', { ...DATABASE, password, applicationUser: { name: 'shop', password } });
  const other = find(manifestsOf(chart), 'StatefulSet', 'other').spec.template.spec;
  const files = ['POSTGRES_PASSWORD', 'APPLICATION_PASSWORD'].map((path) => ({ key: 'dbpassword', path }));
  expect(named(other.volumes, 'passwords').secret).toMatchObject({ secretName: 'dbpass', items: files });

  const credentials = BlobCredentials.accountKey(secretOf(chart, 'storage', 'key'));
  const azure = { account: 'shopbackups', container: 'backup', credentials };
  new BlobBackupCronJob(chart, 'backup', { database, store: BlobStore.azure(azure), schedule: Cron.daily() });
  const backup = find(manifestsOf(chart), 'CronJob', 'backup').spec.jobTemplate.spec.template.spec;
  expect(named(backup.volumes, 'backupcredentialsvolume').projected.sources).toContainEqual({
    secret: { name: 'storage', items: [{ key: 'key', path: 'storageKey.txt' }] },
  });

  const serviceAccount = plus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'shop');
  const pull = new plus.DockerConfigSecret(chart, 'pull', { metadata: { name: 'registry' }, data: {} });
  new Deployment(chart, 'shop', { containers: [CONTAINER], serviceAccount, imagePullSecrets: [pull] });
  expect(podOfDeployment(chart, 'shop')).toMatchObject({
    serviceAccountName: 'shop',
    imagePullSecrets: [{ name: 'registry' }],
  });
  const identity = BlobCredentials.workloadIdentity(serviceAccount);
  new BlobBackupCronJob(chart, 'by-identity', {
    database,
    store: BlobStore.azure({ ...azure, container: 'other', credentials: identity }),
    schedule: Cron.daily(),
  });
  const { serviceAccountName } = find(manifestsOf(chart), 'CronJob', 'by-identity').spec.jobTemplate.spec.template.spec;
  expect(serviceAccountName).toBe('shop');
});

test('parts of pods are taken, with their quantities and ports', () => {
  const chart = newChart();
  const port = k8s.IntOrString.fromString('http');
  const server: plus.k8s.Container = {
    ...CONTAINER,
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { port } },
    resources: { limits: { memory: k8s.Quantity.fromString('256Mi') } },
    volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
  };
  const volume: plus.k8s.Volume = { name: 'scratch', emptyDir: { sizeLimit: k8s.Quantity.fromString('1Gi') } };
  const resources = ContainerResources.of({
    cpu: plus.Cpu.millis(250),
    memory: Size.mebibytes(64),
    ephemeralStorage: Size.mebibytes(64),
  });
  new Deployment(chart, 'shop', { containers: [server, { ...CONTAINER, name: 'next', resources }], volumes: [volume] });
  const pod = podOfDeployment(chart, 'shop');
  expect(named(pod.containers, 'server')).toMatchObject({
    readinessProbe: { httpGet: { port: 'http' } },
    resources: { limits: { memory: '256Mi' } },
  });
  expect(named(pod.containers, 'next').resources.requests.cpu).toBe('250m');
  expect(named(pod.volumes, 'scratch').emptyDir).toEqual({ sizeLimit: '1Gi' });
});

// Its LabelSelector has private members, which the compiler takes for those of one package alone.
test('a database is no selector of its policies to the compiler, but its labels are', () => {
  const { chart, database } = newDatabase();
  // @ts-expect-error of another version
  const selector: plus.IPodSelector = database;
  expect(selector.toPodSelectorConfig().labelSelector._toKube()).toEqual({ matchLabels: { app: 'db' } });

  const peer = plus.Pods.select(chart, 'Database', { labels: database.selector });
  new plus.NetworkPolicy(chart, 'egress', { metadata: { name: 'egress' }, egress: { rules: [{ peer }] } });
  expect(find(manifestsOf(chart), 'NetworkPolicy', 'egress').spec.egress).toEqual([
    { ports: [], to: [{ podSelector: { matchLabels: { app: 'db' } } }] },
  ]);
});
