import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Size, Yaml } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Cpu, NetworkPolicyIpBlock, Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { parse } from 'yaml';
import { ClientAccess, ContainerResources, DatabaseEngine, Pod, StatefulDatabase } from '../../lib';
import type { DatabaseMetrics } from '../../lib';
import { isThere } from '../support/backup/programs';
import { PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { commandsRunBy } from '../support/page-commands';
import { blockWith } from '../support/pages';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { KubeStateMetrics } from './support/kube-state-metrics';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { Page } from './support/page';
import { Prometheus } from './support/prometheus';
import { ready } from './support/scenario';
import { Story } from './support/story';

/*
 * Exporters beside servers on real pods: added to databases that exist, let in by policies, killed and broken. Each test goes on where the one
 * before ended.
 */
const cluster = new TestCluster(facts());
const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
const { act } = new Story();
let kubectl: Kubectl;
const page = new Page('docs/metrics.md', folder, () => kubectl);
const hasPrometheus = isThere('prometheus');
const enforced = process.env.TEST_CLUSTER_POLICIES === 'enforced';

const ENGINES = {
  postgresql: {
    engine: DatabaseEngine.postgres({ version: '17.11' }),
    port: 9187,
    up: 'pg_up',
    container: 'postgresql',
  },
  mariadb: { engine: DatabaseEngine.mariadb({ version: '11.8.8' }), port: 9104, up: 'mysql_up', container: 'mariadb' },
  valkey: { engine: DatabaseEngine.valkey({ version: '8.1.8' }), port: 9121, up: 'redis_up', container: 'valkey' },
} as const;
type Name = keyof typeof ENGINES;
const NAMES = Object.keys(ENGINES) as Name[];
const PODS = NAMES.map((name) => `${name}-0`);

const resources = ContainerResources.of({
  cpu: Cpu.millis(10),
  memory: Size.mebibytes(64),
  ephemeralStorage: Size.mebibytes(64),
});

/** A pod that asks others by bash. */
function addClient(scope: Construct, name: string): Pod {
  const command = ['bash', '-c', 'trap "exit 0" TERM; sleep 86400 & wait'];
  return new Pod(scope, name, { containers: [{ name: 'client', image: 'ubuntu:24.04', command, resources }] });
}

/** A database with metrics, or without any. */
function databaseOf(chart: Chart, name: Name, change: Partial<DatabaseMetrics> | undefined): StatefulDatabase {
  const password = { secret: Secret.fromSecretName(chart, `${name}-exporter`, 'exporter'), key: 'password' };
  return new StatefulDatabase(chart, name, {
    engine: ENGINES[name].engine,
    password: PASSWORD,
    applicationUser: { name: 'shop', password: SHOP_PASSWORD },
    storage: { size: Size.gibibytes(1) },
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) },
    ...(change && { metrics: { password, ...change } }),
  });
}

async function apply(change: Partial<DatabaseMetrics> | undefined): Promise<void> {
  const chart = newChart();
  const shop = addClient(chart, 'shop');
  const prometheus = addClient(chart, 'prometheus');
  for (const name of NAMES) {
    const database = databaseOf(chart, name, change);
    new ClientAccess(chart, `${name}-from-shop`, { from: shop, to: database });
    const ports = [ENGINES[name].port];
    if (change) new ClientAccess(chart, `${name}-from-prometheus`, { from: prometheus, to: database, ports });
  }
  await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: Yaml.stringify(...manifestsOf(chart)) });
}

/** Waits until the pods run the templates that were applied. */
async function rolledOut(): Promise<void> {
  for (const name of NAMES) {
    await kubectl.ok(['rollout', 'status', `statefulset/${name}`, '--timeout=240s'], { seconds: 250 });
  }
}

/** What a client gets of a port: the metrics of an exporter, `open` of a server, or `closed`. */
async function ask(client: string, host: string, port: number): Promise<string> {
  const get = port >= 9000 ? `printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3` : 'echo open';
  const script = `exec 3<> /dev/tcp/${host}/${port} && ${get}`;
  const { status, stdout } = await kubectl.run(['exec', client, '--', 'timeout', '5', 'bash', '-c', script]);
  return status === 0 ? stdout : 'closed';
}

const series = (name: Name) => ask('prometheus', name, ENGINES[name].port);
const isUp = async (name: Name) => expect(await series(name)).toMatch(new RegExp(`^${ENGINES[name].up} 1$`, 'm'));

interface LivePod extends LiveObject {
  readonly status: {
    readonly containerStatuses: { readonly name: string; readonly restartCount: number; readonly ready: boolean }[];
  };
}

/** How often each container of the databases has been restarted, and whether it is ready. */
async function restarts(): Promise<{ [container: string]: [number, boolean] }> {
  const pods = await kubectl.get<LivePod>('pods', ...PODS);
  return Object.fromEntries(
    pods.flatMap(({ metadata, status }) =>
      status.containerStatuses.map((one) => [
        `${metadata.name} ${one.name}`,
        [one.restartCount, one.ready] as [number, boolean],
      ]),
    ),
  );
}

const UNTOUCHED = Object.fromEntries(
  NAMES.flatMap((name) =>
    [ENGINES[name].container, 'metrics', 'metrics-user'].map((one) => [`${name}-0 ${one}`, [0, true]]),
  ),
);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cluster.clean();
});

describePods('metrics', () => {
  beforeAll(async () => {
    kubectl = await cluster.namespace('metrics', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    const secret = (name: string, literal: string) =>
      kubectl.ok(['create', 'secret', 'generic', name, `--from-literal=${literal}`]);
    await secret('dbpass', 'dbpassword=of a test');
    await secret('shop', 'pw=of the shop');
    await apply(undefined);
    await ready(kubectl, [...PODS, 'shop', 'prometheus'], 300);
  }, 400_000);

  act('are added to databases that exist, by the commands of the page', async () => {
    await page.run('kubectl create secret generic exporter');
    await apply({});
    await rolledOut();
    for (const name of NAMES) await eventually(() => isUp(name), 120);
    expect(await page.run('kubectl logs postgresql-0')).toContain('metrics-user: made the user exporter\n');
    expect(await restarts()).toEqual(UNTOUCHED);
    const commands = commandsRunBy('docs/metrics.md', 'metrics');
    expect(page.left.filter((command) => commands.includes(command))).toEqual([]);
  });

  (enforced ? act : test.skip)('are for Prometheus alone, and Prometheus for them', async () => {
    for (const name of NAMES) {
      const { engine, port } = ENGINES[name];
      expect([name, await ask('shop', name, engine.spec.port), await ask('shop', name, port)]).toEqual([
        name,
        'open\n',
        'closed',
      ]);
      expect([name, await ask('prometheus', name, engine.spec.port)]).toEqual([name, 'closed']);
    }
  });

  act('come back when an exporter dies, and the pod stays ready', async () => {
    const exporters = { postgresql: 'postgres_exporter', mariadb: 'mysqld_exporter', valkey: 'redis_exporter' };
    for (const name of NAMES) {
      const kill = `kill -9 $(pidof ${exporters[name]})`;
      await kubectl.ok(['exec', `${name}-0`, '--container=metrics', '--', 'sh', '-c', kill]);
      await eventually(async () => {
        const said = await kubectl.ok(['logs', `${name}-0`, '--container=metrics']);
        expect(said).toContain('begins anew in 10 s\n');
      });
    }
    expect(await restarts()).toEqual(UNTOUCHED);
    for (const name of NAMES) await eventually(() => isUp(name), 60);
    expect(await restarts()).toEqual(UNTOUCHED);
  });

  act('that can never be served keep no client from the database', async () => {
    await apply({ args: ['--no-such-flag'] });
    await rolledOut();
    expect(await kubectl.ok(['logs', 'postgresql-0', '--container=metrics'])).toContain('begins anew in 10 s\n');
    expect(await restarts()).toEqual(UNTOUCHED);
    for (const name of NAMES) {
      const { engine, port } = ENGINES[name];
      expect([name, await ask('shop', name, engine.spec.port), await ask('prometheus', name, port)]).toEqual([
        name,
        'open\n',
        'closed',
      ]);
    }
    await apply({});
    await rolledOut();
    for (const name of NAMES) await eventually(() => isUp(name), 120);
  });

  act('do not hold up the end of a pod', async () => {
    const begun = Date.now();
    await kubectl.ok(['delete', 'pod', ...PODS, '--wait=true', '--timeout=100s'], { seconds: 110 });
    // A server needs a few seconds; the pods have 120 of them.
    expect(Date.now() - begun).toBeLessThan(90_000);
    await ready(kubectl, PODS);
    for (const name of NAMES) await eventually(() => isUp(name), 120);
  });

  (hasPrometheus ? act : test.skip)('are found by a Prometheus with the configuration of the page', async () => {
    // From outside of the cluster.
    const chart = newChart();
    const anywhere = NetworkPolicyIpBlock.ipv4(chart, 'Anywhere', '0.0.0.0/0');
    for (const name of NAMES) {
      const database = databaseOf(newChart(), name, {});
      new ClientAccess(chart, `${name}-from-outside`, { from: anywhere, to: database, ports: [ENGINES[name].port] });
    }
    await kubectl.ok(['apply', '--filename=-'], { input: Yaml.stringify(...manifestsOf(chart)) });
    const { scrape_configs: scrapes } = parse(blockWith('docs/metrics.md', 'yaml', 'scrape_configs')) as {
      scrape_configs: { kubernetes_sd_configs: object[] }[];
    };
    for (const scrape of scrapes) {
      scrape.kubernetes_sd_configs = scrape.kubernetes_sd_configs.map((one) => ({
        ...one,
        kubeconfig_file: cluster.facts.kubeconfig,
      }));
    }
    const state = new KubeStateMetrics(cluster.kubectl);
    const targets = [await state.start()];
    const prometheus = new Prometheus([...scrapes, { job_name: 'kube-state-metrics', static_configs: [{ targets }] }]);
    try {
      await prometheus.start();
      const namespace = 'namespace="stateful-test-metrics"';
      for (const name of NAMES) {
        const question = `${ENGINES[name].up}{${namespace}, pod="${name}-0"} == 1 and on (namespace, pod) kube_pod_status_ready{condition="true"} == 1`;
        await eventually(
          async () => expect([name, await prometheus.query(question)]).toEqual([name, [expect.anything()]]),
          90,
        );
      }
    } finally {
      prometheus.stop();
      state.stop();
    }
  });
});
