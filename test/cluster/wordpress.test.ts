import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { blockWith } from '../support/pages';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { eventually } from './support/kubectl';
import type { LiveObject } from './support/kubectl';
import { ready, reserveScenario, scenarioYaml } from './support/scenario';

const DATABASE = 'myblog-mariadb-0';
const SITE = 'http://myblog-wordpress';
const PASSWORD = randomBytes(12).toString('hex');
const EXPOSE = blockWith('README.md', 'sh', 'kubectl patch service myblog-wordpress').trim().split('\n');
const UPLOAD = randomBytes(6).toString('hex');

const cluster = new TestCluster(facts());
const kubectl = cluster.in('wp');

const apply = () =>
  kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: scenarioYaml(cluster, 'wordpress') });
const inSite = (script: string, input = '') =>
  kubectl.ok(['exec', '-i', 'deployment/myblog-wordpress', '--', 'bash', '-c', `set -e; cd /tmp; ${script}`], {
    input,
  });
/** As a visitor does, by the name of the Service. */
const curl = (path: string, ...options: string[]) =>
  inSite(`curl --silent --show-error --max-time 60 ${options.join(' ')} '${SITE}${path}'`);
/** In the database, as WordPress logs in, whose password is not written on a command line. */
const inDatabase = (program: string) =>
  kubectl.ok(['exec', DATABASE, '--', 'bash', '-c', `MYSQL_PWD="$(cat /passwords/MARIADB_PASSWORD)" ${program}`]);
const sql = (query: string) =>
  inDatabase(`mariadb --host=127.0.0.1 --user=bn_wordpress -N bitnami_wordpress --execute="${query}"`);

/** A command of the README, as it stands there. */
async function run(start: string, variables = ''): Promise<string> {
  const command = EXPOSE.find((line) => line.startsWith(start));
  if (command === undefined) throw new Error(`the README has no command '${start}'`);
  const { status, stdout, stderr } = await kubectl.spawn('bash', ['-c', `${variables}\n${command}`]);
  expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: '' });
  return stdout;
}

/** Through a port of this machine, as the administrator does before anybody else can. */
async function throughPortForward<T>(visit: (address: string) => Promise<T>): Promise<T> {
  const child = spawn('kubectl', ['port-forward', '--namespace=wp', 'service/myblog-wordpress', ':80'], {
    env: { ...process.env, KUBECONFIG: kubectl.kubeconfig },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface(child.stdout)) {
      const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (port !== undefined) return await visit(`http://localhost:${port}`);
    }
    throw new Error('kubectl port-forward ended');
  } finally {
    child.kill();
  }
}

async function running(): Promise<void> {
  await ready(kubectl, [DATABASE]);
  await kubectl.ok(['rollout', 'status', 'deployment/myblog-wordpress', '--timeout=180s'], { seconds: 190 });
}

interface SitePod extends LiveObject {
  readonly status: {
    readonly conditions: { type: string; status: string }[];
    readonly containerStatuses: { restartCount: number }[];
  };
}

const sitePods = () => kubectl.get<SitePod>('pods', '--selector=app=myblog-wordpress');

afterAll(() => cluster.clean());

describePods('the documented blog', () => {
  /** Of a browser that is logged in, in curl's form. */
  let cookies: string;

  beforeAll(async () => {
    const metadata = { name: 'myblog-mariadb', namespace: 'wp' };
    await reserveScenario(cluster, kubectl, 'wordpress', [{ apiVersion: 'v1', kind: 'Secret', metadata }]);
    // It must enforce before the first pod comes.
    await kubectl.ok(['create', 'namespace', 'wp', '--save-config']);
    await kubectl.ok(['label', 'namespace', 'wp', 'pod-security.kubernetes.io/enforce=restricted']);
    await apply();
    const passwords = ['mariadb-root-password', 'mariadb-password'].map((key) => `--from-literal=${key}=${PASSWORD}`);
    await kubectl.ok(['create', 'secret', 'generic', 'myblog-mariadb', ...passwords]);
    await running();
  });

  const expectAllThere = async () => {
    expect(JSON.parse(await curl('/?rest_route=/wp/v2/posts'))).toEqual(
      expect.arrayContaining([expect.objectContaining({ title: { rendered: 'First words' } })]),
    );
    const [media] = JSON.parse(await curl('/?rest_route=/wp/v2/media')) as { source_url: string }[];
    expect(await curl(media!.source_url.replace(SITE, ''))).toBe(UPLOAD);
    expect(await sql('SELECT user_login FROM wp_users')).toBe('admin\n');
  };

  test('is hardened: no root, a root file system that nobody writes to, no token', async () => {
    expect(await inSite('id -u')).toBe('33\n');
    expect(await inSite('touch /file 2>&1 || true')).toContain('Read-only file system');
    expect(await inSite('ls /var/run/secrets/kubernetes.io 2>&1 || true')).toContain('No such file');
    expect(await inSite('grep CapEff /proc/self/status')).toBe('CapEff:\t0000000000000000\n');
  });

  const service = async () => {
    const [found] = await kubectl.get<LiveObject & { spec: { type: string } }>('service', 'myblog-wordpress');
    return found!.spec.type;
  };

  test('answers on its Service with the wizard, as long as nobody has installed it, and has no public address', async () => {
    expect(await curl('/', '--location')).toContain('<title>WordPress &rsaquo; Installation</title>');
    expect(await service()).toBe('ClusterIP');
  });

  test('is installed through a port-forward', async () => {
    const body = new URLSearchParams({
      weblog_title: 'My blog',
      user_name: 'admin',
      admin_password: PASSWORD,
      admin_password2: PASSWORD,
      pw_weak: 'on',
      admin_email: 'admin@example.com',
    });
    const address = await throughPortForward(async (forwarded) => {
      const page = await fetch(`${forwarded}/wp-admin/install.php?step=2`, { method: 'POST', body });
      expect(await page.text()).toContain('<h1>Success!</h1>');
      return forwarded;
    });
    // Why the README goes on as it does.
    expect(await sql("SELECT option_value FROM wp_options WHERE option_name = 'siteurl'")).toBe(`${address}\n`);
  });

  test('is exposed by the commands of the README, and stays so at the next apply', async () => {
    expect(await run('kubectl patch service')).toBe('service/myblog-wordpress patched\n');
    expect(await run('kubectl exec', `site=${SITE}`)).toBe('');
    expect(await curl('/wp-login.php', '--dump-header -', '--output /dev/null')).toContain(' 200 OK');
    expect(await curl('/')).toContain(`href="${SITE}/`);
    expect(await curl('/')).not.toContain('localhost');
    await apply();
    expect(await service()).toBe('LoadBalancer');
  });

  test('has an administrator who writes and uploads', async () => {
    const login = `--data 'log=admin&pwd=${PASSWORD}&testcookie=1' --cookie wordpress_test_cookie=1 --cookie-jar jar`;
    await curl('/wp-login.php', login, '--output /dev/null');
    cookies = await inSite('cat jar');
    const nonce = await curl('/wp-admin/admin-ajax.php?action=rest-nonce', '--cookie jar');
    const rest = `--fail --cookie jar --header 'X-WP-Nonce: ${nonce}'`;
    await curl('/?rest_route=/wp/v2/posts', rest, "--data 'title=First words' --data status=publish");
    const file = `--header 'Content-Disposition: attachment; filename=kept.txt' --header 'Content-Type: text/plain'`;
    await curl('/?rest_route=/wp/v2/media', rest, file, `--data-binary ${UPLOAD}`);
    await expectAllThere();
  });

  test('keeps posts, users and uploads when its pods are deleted, and who was logged in still is', async () => {
    await kubectl.ok(['delete', 'pods', '--all']);
    await running();
    await expectAllThere();
    const page = await inSite(
      `cat > jar; curl --silent --max-time 60 --cookie jar ${SITE}/wp-admin/profile.php`,
      cookies,
    );
    expect(page).toContain('value="admin@example.com"');
    const logs = await kubectl.ok(['logs', 'deployment/myblog-wordpress', '--container=seed-wordpress-data']);
    expect(logs).toBe('seed: /volume/wordpress holds something; left alone\n');
  });

  test('keeps them when the set and the Deployment are deleted and applied again', async () => {
    await kubectl.ok(['delete', 'statefulset/myblog-mariadb', 'deployment/myblog-wordpress', '--wait=false']);
    await eventually(async () => expect(await kubectl.get('pods')).toEqual([]), 150);
    await apply();
    await running();
    await expectAllThere();
  });

  test('is not ready without its database, and comes back with it, without a restart', async () => {
    const isReady = async () =>
      (await sitePods()).map(({ status }) => status.conditions.find(({ type }) => type === 'Ready')?.status);
    await kubectl.ok(['scale', 'statefulset/myblog-mariadb', '--replicas=0']);
    await eventually(async () => expect(await isReady()).toEqual(['False']), 120);
    await kubectl.ok(['scale', 'statefulset/myblog-mariadb', '--replicas=1']);
    await eventually(async () => expect(await isReady()).toEqual(['True']), 120);
    const restarts = (await sitePods()).flatMap(({ status }) => status.containerStatuses);
    expect(restarts.map(({ restartCount }) => restartCount)).toEqual([0]);
    await expectAllThere();
  });

  // Where a backup's hook writes it, before the volume is copied.
  test('keeps a dump of the database on a volume of its own', async () => {
    await inDatabase('mariadb-dump --host=127.0.0.1 --user=bn_wordpress bitnami_wordpress > /dump/blog.sql');
    await kubectl.ok(['delete', 'pod', DATABASE]);
    await running();
    expect(await inDatabase('grep -o "First words" /dump/blog.sql | head -n 1')).toBe('First words\n');
  });
});
