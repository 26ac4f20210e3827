import { randomBytes } from 'node:crypto';
import { JsonPatch } from 'cdk8s';
import type { ApiObject, Chart } from 'cdk8s';
import { ArkBackupLocation, ArkCloud, ArkNodeAgent, ArkObjectStore, ArkProfile, ArkServer } from '../../lib';
import { TestCluster, facts } from '../cluster/support/cluster';
import { eventually, list } from '../cluster/support/kubectl';
import type { Kubectl } from '../cluster/support/kubectl';
import { ready } from '../cluster/support/scenario';
import { readCrds } from '../support/crds';
import { ROOT } from '../support/dist';
import { CLOUD_CREDENTIALS } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';
import { describeClouds } from './support/describe-velero';
import { annotate, inStand, putUpStand } from './support/stand';
import { BUCKET, startGcs, startS3 } from './support/stores';
import type { GcsStore, S3Store, Store } from './support/stores';
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

/** A server, its node agent and its location, as a user makes them. */
function install(cloud: ArkCloud, store: ArkObjectStore, change?: (server: ArkServer, agent: ArkNodeAgent) => void) {
  const chart = newChart();
  const server = new ArkServer(chart, 'velero', { profile: ArkProfile.VELERO_1_18, cloud });
  const agent = new ArkNodeAgent(chart, 'agent', { server });
  new ArkBackupLocation(chart, 'default', { server, store, prefix });
  change?.(server, agent);
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

/** A pod with a file in its volume is backed up, deleted, and comes back. */
function tellsItsStory(): void {
  let kubectl: Kubectl;

  test('a namespace is backed up, with the file of its volume', async () => {
    kubectl = await cluster.namespace('clouds');
    await putUpStand(kubectl);
    await annotate(kubectl, 'data');
    await inStand(kubectl, 'echo mine > /data/file');
    const status = await velero.backup('clouds', { includedNamespaces: [NAMESPACE] });
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    expect(await velero.copies('clouds')).toEqual(['data']);
  });

  test('its log is read at an address that the plugin has signed', async () => {
    expect(await velero.log('backup', 'clouds')).toContain(`namespace=${NAMESPACE}`);
  });

  test('and comes back after it was deleted, with the file', async () => {
    await cluster.kubectl.ok(['delete', 'namespace', NAMESPACE, '--timeout=120s']);
    const status = await velero.restore('clouds', { backupName: 'clouds' });
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    await ready(kubectl, ['stand']);
    expect(await inStand(kubectl, 'cat /data/file')).toBe('mine\n');
  });
}

describeClouds('a Velero in AWS, with an S3 server whose certificate nobody trusts', () => {
  let s3: S3Store;
  const place = () => ({ bucket: BUCKET, region: 'eu-central-1', s3Url: s3.url, caCert: s3.certificate });

  beforeAll(async () => {
    await takeVeleroAway();
    s3 = await startS3();
    const chart = install(ArkCloud.aws({ credentials: CLOUD_CREDENTIALS }), ArkObjectStore.s3(place()));
    await apply(chart, s3);
  });
  afterAll(async () => {
    await takeVeleroAway();
    s3.stop();
  });

  tellsItsStory();

  /** What the rules refuse, as it goes without them. */
  const location = (name: string, config: object): Manifest => {
    const caCert = Buffer.from(s3.certificate).toString('base64');
    const spec = {
      provider: 'velero.io/aws',
      objectStorage: { bucket: BUCKET, prefix: `${prefix}-${name}`, caCert },
      config,
    };
    return { apiVersion: 'velero.io/v1', kind: 'BackupStorageLocation', metadata: { name }, spec } as Manifest;
  };

  test('what the rules refuse is unavailable, for reasons that mislead', async () => {
    const good = { region: 'eu-central-1', s3Url: s3.url, s3ForcePathStyle: 'true', checksumAlgorithm: '' };
    const { region: _, ...nowhere } = good;
    const input = list([location('no-region', nowhere), location('one-tag', { ...good, tagging: 'app=velero' })]);
    await velero.kubectl.ok(['create', '--filename=-'], { input });
    const messages = async (name: string) => eventually(() => available(name, 'Unavailable'), 90);
    expect(await messages('no-region')).toMatch(/region/i);
    expect(await messages('one-tag')).toContain('Tags are not seperated with an &');
  });
});

/** Both servers and what they start reach Google's names by a proxy, and trust what answers there. */
function behindProxy(gcs: GcsStore): (server: ArkServer, agent: ArkNodeAgent) => void {
  const env = [
    { name: 'HTTPS_PROXY', value: gcs.proxy },
    { name: 'NO_PROXY', value: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,.svc' },
    { name: 'SSL_CERT_FILE', value: '/trusted/crt' },
  ];
  const change = (object: ApiObject) => {
    const at = '/spec/template/spec';
    object.addJsonPatch(
      ...env.map((one) => JsonPatch.add(`${at}/containers/0/env/-`, one)),
      JsonPatch.add(`${at}/containers/0/volumeMounts/-`, { name: 'trusted', mountPath: '/trusted' }),
      JsonPatch.add(`${at}/volumes/-`, { name: 'trusted', configMap: { name: 'trusted' } }),
    );
  };
  return (server, agent) => [server.apiObject, agent.apiObject].forEach(change);
}

describeClouds("a Velero in Google Cloud, with a server under the name of Google's store", () => {
  let gcs: GcsStore;

  beforeAll(async () => {
    await takeVeleroAway();
    gcs = await startGcs();
    const store = ArkObjectStore.gcs({ bucket: BUCKET });
    const chart = install(ArkCloud.gcp({ credentials: CLOUD_CREDENTIALS }), store, behindProxy(gcs));
    await apply(chart, gcs);
  });
  afterAll(async () => {
    await takeVeleroAway();
    gcs.stop();
  });

  tellsItsStory();
});
