import { randomBytes } from 'node:crypto';
import { JsonPatch } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { ArkBackupLocation, ArkCloud, ArkNodeAgent, ArkObjectStore, ArkProfile, ArkServer } from '../../lib';
import { TestCluster, facts } from '../cluster/support/cluster';
import { eventually, list } from '../cluster/support/kubectl';
import type { Kubectl } from '../cluster/support/kubectl';
import { ready } from '../cluster/support/scenario';
import { readCrds } from '../support/crds';
import { ROOT } from '../support/dist';
import { CLOUD_CREDENTIALS, OTHER_CREDENTIALS } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { describeClouds } from './support/describe-velero';
import { annotate, inStand, putUpStand } from './support/stand';
import { BUCKET, startAws, startGcs, startS3 } from './support/stores';
import type { CloudStore, S3Store, Store } from './support/stores';
import { Velero, letRestoresGo } from './support/velero';

const cluster = new TestCluster(facts());
const velero = new Velero(cluster);
const NAMESPACE = 'stateful-test-clouds';
// A name is never used twice in one place; another run may have left its backups in the store.
const prefix = `test-${randomBytes(6).toString('hex')}`;

/** The other suites of a run share a Velero that is installed in another way. */
const takeVeleroAway = async () => {
  await letRestoresGo(cluster);
  await cluster.clean();
};

/** A server, its node agent and its location, as a user makes them; they reach the cloud's names by a proxy, and trust what answers there. */
function install(cloud: ArkCloud, store: ArkObjectStore, { proxy }: CloudStore): Chart {
  const chart = newChart();
  const server = new ArkServer(chart, 'velero', { profile: ArkProfile.VELERO_1_18, cloud });
  const agent = new ArkNodeAgent(chart, 'agent', { server });
  new ArkBackupLocation(chart, 'default', { server, store, prefix });
  const env = [
    { name: 'HTTPS_PROXY', value: proxy },
    { name: 'NO_PROXY', value: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,.svc' },
    { name: 'SSL_CERT_FILE', value: '/trusted/crt' },
  ];
  const at = '/spec/template/spec';
  for (const { apiObject } of [server, agent]) {
    apiObject.addJsonPatch(
      ...env.map((one) => JsonPatch.add(`${at}/containers/0/env/-`, one)),
      JsonPatch.add(`${at}/containers/0/volumeMounts/-`, { name: 'trusted', mountPath: '/trusted' }),
      JsonPatch.add(`${at}/volumes/-`, { name: 'trusted', configMap: { name: 'trusted' } }),
    );
  }
  return chart;
}

async function apply(chart: Chart, { credentials, certificate }: Store): Promise<void> {
  const objects = manifestsOf(chart);
  const crds = readCrds('velero-1.18').map(({ crd }) => crd);
  const outside = objects.filter(({ apiVersion }) => !apiVersion.startsWith('velero.io/'));
  await cluster.reserve(velero.kubectl, [...crds, ...outside]);
  await velero.kubectl.ok(['apply', '--filename=crds/velero-1.18/'], { folder: ROOT });
  await velero.kubectl.ok(['wait', '--for=condition=Established', '--filename=crds/velero-1.18/'], { folder: ROOT });
  const [namespace, ...rest] = objects;
  await velero.kubectl.ok(['apply', '--filename=-'], { input: list([namespace!]) });
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cloud-credentials' } };
  const trusted = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'trusted' }, data: { crt: certificate } };
  const input = list([{ ...secret, stringData: { cloud: credentials } }, trusted]);
  await velero.kubectl.ok(['create', '--filename=-'], { input });
  await velero.kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: list(rest) });
  await velero.kubectl.ok(['rollout', 'status', 'deployment/velero', '--timeout=120s']);
  await velero.kubectl.ok(['rollout', 'status', 'daemonset/node-agent', '--timeout=120s']);
  await eventually(() => available('default', 'Available'), 90);
}

async function available(name: string, phase: string): Promise<string> {
  const { status } = await velero.get('backupstoragelocation', name);
  if (status?.phase !== phase) throw new Error(JSON.stringify(status));
  return status.message ?? '';
}

/** A pod with a file in its volume is backed up to a location, deleted, and comes back. */
function tellsItsStory(location: string): void {
  const name = `clouds-${location}`;
  let kubectl: Kubectl;

  test('a namespace is backed up, with the file of its volume', async () => {
    kubectl = await cluster.namespace('clouds');
    await putUpStand(kubectl);
    await annotate(kubectl, 'data');
    await inStand(kubectl, 'echo mine > /data/file');
    const status = await velero.backup(name, { includedNamespaces: [NAMESPACE], storageLocation: location });
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    expect(await velero.copies(name)).toEqual(['data']);
  });

  test('its log is read at an address that the plugin has signed', async () => {
    expect(await velero.log('backup', name)).toContain(`namespace=${NAMESPACE}`);
  });

  test('and comes back after it was deleted, with the file', async () => {
    await cluster.kubectl.ok(['delete', 'namespace', NAMESPACE, '--timeout=120s']);
    const status = await velero.restore(name, { backupName: name });
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    await ready(kubectl, ['stand']);
    expect(await inStand(kubectl, 'cat /data/file')).toBe('mine\n');
    await cluster.kubectl.ok(['delete', 'namespace', NAMESPACE, '--timeout=120s']);
  });
}

const REGION = 'eu-central-1';

describeClouds('a Velero in AWS, with a server under the names of AWS, and another S3 server', () => {
  let aws: CloudStore;
  let s3: S3Store;

  beforeAll(async () => {
    await takeVeleroAway();
    [aws, s3] = [await startAws(REGION), await startS3()];
    const store = ArkObjectStore.s3({ bucket: BUCKET, region: REGION });
    await apply(install(ArkCloud.aws({ credentials: CLOUD_CREDENTIALS }), store, aws), aws);
  });
  afterAll(async () => {
    await takeVeleroAway();
    aws.stop();
    s3.stop();
  });

  describe('in AWS', () => tellsItsStory('default'));

  describe('in the other one, whose certificate nobody trusts, with credentials of its own', () => {
    beforeAll(async () => {
      const { name } = OTHER_CREDENTIALS.secret;
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { cloud: s3.credentials } };
      await velero.kubectl.ok(['create', '--filename=-'], { input: list([secret]) });
      const chart = newChart();
      const server = ArkServer.fromAttributes({ profile: ArkProfile.VELERO_1_18 });
      const place = { bucket: BUCKET, region: 'any', s3Url: s3.url, caCert: s3.certificate };
      const store = ArkObjectStore.s3(place);
      new ArkBackupLocation(chart, 'other', { server, store, prefix, credential: OTHER_CREDENTIALS });
      const input = list(manifestsOf(chart));
      await velero.kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input });
      await eventually(() => available('other', 'Available'), 90);
    });

    tellsItsStory('other');
  });

  /** What the rules refuse, as it goes without them. */
  const location = (name: string, config: object): Manifest => {
    const caCert = Buffer.from(s3.certificate).toString('base64');
    const objectStorage = { bucket: BUCKET, prefix: `${prefix}-${name}`, caCert };
    const spec = { provider: 'velero.io/aws', objectStorage, config };
    return { apiVersion: 'velero.io/v1', kind: 'BackupStorageLocation', metadata: { name }, spec } as Manifest;
  };

  test('what the rules refuse is unavailable', async () => {
    const good = { region: 'any', s3Url: s3.url, s3ForcePathStyle: 'true', checksumAlgorithm: '' };
    const { region: _, ...nowhere } = good;
    const input = list([location('no-region', nowhere), location('one-tag', { ...good, tagging: 'app=velero' })]);
    await velero.kubectl.ok(['create', '--filename=-'], { input });
    const messageOf = async (name: string) => eventually(() => available(name, 'Unavailable'), 90);
    expect(await messageOf('no-region')).toMatch(/region/i);
    expect(await messageOf('one-tag')).toContain('Tags are not seperated with an &');
  });
});

describeClouds("a Velero in Google Cloud, with a server under the name of Google's store", () => {
  let gcs: CloudStore;

  beforeAll(async () => {
    await takeVeleroAway();
    gcs = await startGcs();
    const store = ArkObjectStore.gcs({ bucket: BUCKET });
    await apply(install(ArkCloud.gcp({ credentials: CLOUD_CREDENTIALS }), store, gcs), gcs);
  });
  afterAll(async () => {
    await takeVeleroAway();
    gcs.stop();
  });

  tellsItsStory('default');
});
