import { randomBytes } from 'node:crypto';
import { TestCluster, facts } from '../cluster/support/cluster';
import { STORAGE_KEY } from '../cluster/support/jobs';
import { eventually } from '../cluster/support/kubectl';
import { withClaims } from '../cluster/support/pods-and-claims';
import { ready } from '../cluster/support/scenario';
import { readCrds } from '../support/crds';
import { ROOT, filesOf, readDist } from '../support/dist';
import { describeVelero } from './support/describe-velero';
import { Velero, letRestoresGo } from './support/velero';

const cluster = new TestCluster(facts());
const velero = new Velero(cluster);
const blog = cluster.in('wp');
const DATABASE = 'myblog-mariadb-0';
const PASSWORD = randomBytes(12).toString('hex');

/** What is typed in the README and in docs/ark-and-velero.md, from the root of the repository. */
const apply = (path: string) => blog.ok(['apply', '--validate=strict', '-f', path], { folder: ROOT });

const sql = async (query: string) =>
  (
    await blog.ok([
      ...['exec', DATABASE, '--container=mariadb', '--', 'bash', '-c'],
      `MYSQL_PWD="$(cat /passwords/MARIADB_ROOT_PASSWORD)" mariadb -uroot -N bitnami_wordpress -e "${query}"`,
    ])
  ).trim();
const inSite = (script: string) =>
  blog.ok(['exec', 'deployment/myblog-wordpress', '--container=wordpress', '--', 'bash', '-c', script]);
const running = async () => {
  await eventually(() => ready(blog, [DATABASE]), 120);
  await blog.ok(['rollout', 'status', 'deployment/myblog-wordpress', '--timeout=180s'], { seconds: 190 });
};

/** The other suites of a run share a Velero that is installed in another way. */
const takeVeleroAway = async () => {
  await letRestoresGo(cluster);
  await cluster.clean();
};

afterAll(takeVeleroAway);

/** The story of the documents, with the files of dist/. There is no Azure here: nobody to ask for a key, and none to take snapshots. */
describeVelero('the documented blog, backed up and restored by Velero', () => {
  beforeAll(async () => {
    await takeVeleroAway();
    const objects = readDist(filesOf('dist/velero')).filter(({ apiVersion }) => !apiVersion.startsWith('velero.io/'));
    const secrets = [
      { name: 'cloud-credentials', namespace: 'velero' },
      { name: 'myblog-mariadb', namespace: 'wp' },
    ].map((metadata) => ({ apiVersion: 'v1', kind: 'Secret', metadata }));
    const crds = readCrds('velero-1.18').map(({ crd }) => crd);
    await cluster.reserve(blog, [...crds, ...withClaims(objects), ...secrets]);

    await apply('crds/velero-1.18/');
    await blog.ok(['wait', '--for=condition=Established', '-f', 'crds/velero-1.18/'], { folder: ROOT });
    await apply('dist/velero/');
    const literals = ['mariadb-root-password', 'mariadb-password'].map((key) => `--from-literal=${key}=${PASSWORD}`);
    await blog.ok(['create', 'secret', 'generic', 'myblog-mariadb', ...literals]);
    const cloud = `AZURE_STORAGE_ACCOUNT_ACCESS_KEY=${STORAGE_KEY}\nAZURE_CLOUD_NAME=AzurePublicCloud\n`;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cloud-credentials' }, stringData: { cloud } };
    await velero.kubectl.ok(['create', '--filename=-'], { input: JSON.stringify(secret) });
    const config = { storageAccountKeyEnvVar: 'AZURE_STORAGE_ACCOUNT_ACCESS_KEY' };
    // A name is never used twice in one place; another run may have left its backups in the store.
    const objectStorage = { prefix: `test-${randomBytes(6).toString('hex')}` };
    const patch = `--patch=${JSON.stringify({ spec: { config, objectStorage } })}`;
    await velero.kubectl.ok(['patch', 'backupstoragelocations.velero.io', 'default', '--type=merge', patch]);
    await velero.kubectl.ok(['rollout', 'status', 'deployment/velero', '--timeout=120s']);
    await velero.kubectl.ok(['rollout', 'status', 'daemonset/node-agent', '--timeout=120s']);
    await running();
  });

  test('its server reaches the location', async () => {
    await eventually(async () => {
      expect((await velero.get('backupstoragelocation', 'default')).status).toMatchObject({ phase: 'Available' });
    }, 120);
  });

  test('the backup holds a dump and the site, and not the live files of the database', async () => {
    await sql("CREATE TABLE wp_kept (what text); INSERT INTO wp_kept VALUES ('mine')");
    await inSite('mkdir -p wp-content/uploads && echo mine > wp-content/uploads/kept.txt');
    await apply('dist/on-demand/velero/Backup.resticbackup.k8s.yaml');
    const status = await velero.end('Backup', 'resticbackup', 300);
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    expect(status.hookStatus).toEqual({ hooksAttempted: 1 });
    const copies = await velero.kubectl.get('podvolumebackups.velero.io');
    expect(copies.map((copy) => (copy as unknown as { spec: { volume: string } }).spec.volume).sort()).toEqual([
      'dump',
      'wordpress-data',
    ]);
  });

  test('what runs leaves nothing for kubectl diff to show', async () => {
    const { status, stdout } = await blog.run(['diff', '-f', 'dist/velero/'], { folder: ROOT });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('a server that only reads brings the deleted namespace back, and loads the dump', async () => {
    await sql("INSERT INTO wp_kept VALUES ('after the backup')");
    await blog.ok(['delete', 'namespace', 'wp', '--timeout=180s'], { seconds: 190 });
    await apply('dist/velero-second-cluster/');
    await apply('dist/on-demand/velero/Restore.newrestore.k8s.yaml');
    const status = await velero.end('Restore', 'newrestore', 400);
    expect({ phase: status.phase, errors: status.errors ?? 0 }).toEqual({ phase: 'Completed', errors: 0 });
    expect(status.hookStatus).toEqual({ hooksAttempted: 1 });
    await running();
    expect(await sql('SELECT what FROM wp_kept')).toBe('mine');
    expect(await inSite('cat wp-content/uploads/kept.txt')).toBe('mine\n');
  });

  test('which makes no backups itself', async () => {
    const status = await velero.backup('refused', { includedNamespaces: ['wp'] });
    expect(status.phase).toBe('FailedValidation');
    expect(status.validationErrors?.join()).toContain('is currently in read-only mode');
  });
});
