import { TestCluster, facts } from '../cluster/support/cluster';
import type { Kubectl } from '../cluster/support/kubectl';
import { ready } from '../cluster/support/scenario';
import { describeVelero } from './support/describe-velero';
import { openShop, sql } from './support/shop';
import { Velero } from './support/velero';

const cluster = new TestCluster(facts());
const velero = new Velero(cluster);
const SHOP = 'stateful-test-shop';
const COPY = 'stateful-test-shop-copy';
let shop: Kubectl;

describeVelero('Velero backs up a namespace with a database', () => {
  beforeAll(async () => {
    await velero.install();
    shop = await cluster.namespace('shop', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await openShop(shop);
    await sql(shop, "CREATE DATABASE shop; CREATE TABLE shop.kept (what text); INSERT INTO shop.kept VALUES ('mine')");
  });

  test('the server is hardened as far as it goes, and reaches the store', async () => {
    const location = await velero.get('backupstoragelocation', 'default');
    expect(location.status?.phase).toBe('Available');
    const identity = await velero.kubectl.run([
      'exec',
      'deployment/velero',
      '--',
      '/velero',
      'version',
      '--client-only',
    ]);
    expect(identity.stdout).toContain('v1.18.3');
  });

  test('the backup is complete, and holds the volume', async () => {
    expect(await velero.backup('shop', { includedNamespaces: [SHOP] })).toMatchObject({ phase: 'Completed' });
    expect(await velero.copies('shop')).toEqual(['data']);
  });

  test('a namespace that was deleted comes back, with its labels, its pods and its rows', async () => {
    await sql(shop, "INSERT INTO shop.kept VALUES ('after the backup')");
    await cluster.kubectl.ok(['delete', 'namespace', SHOP, '--timeout=120s']);
    const status = await velero.restore('shop', { backupName: 'shop' });
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    await ready(shop, ['mariadb-0']);
    expect(await sql(shop, 'SELECT what FROM shop.kept')).toBe('mine');
    await shop.ok(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    const [namespace] = await cluster.kubectl.get('namespace', SHOP);
    expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  test('its copy in another namespace has the rows, and the first one keeps its own', async () => {
    await sql(shop, "INSERT INTO shop.kept VALUES ('new')");
    const status = await velero.restore('copy', { backupName: 'shop', namespaceMapping: { [SHOP]: COPY } });
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    const copy = cluster.in(COPY);
    await ready(copy, ['mariadb-0']);
    expect(await sql(copy, 'SELECT what FROM shop.kept')).toBe('mine');
    expect(await sql(shop, 'SELECT what FROM shop.kept')).toBe('mine\nnew');
  });
});
