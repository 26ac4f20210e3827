import { Cron, Duration, Size, Yaml } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import { parse } from 'yaml';
import {
  BlobBackupCronJob,
  BlobCredentials,
  BlobStore,
  DatabaseAlerts,
  DatabaseEngine,
  StatefulDatabase,
} from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { STORAGE_KEY, runJob } from './support/jobs';
import { KubeStateMetrics } from './support/kube-state-metrics';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { Prometheus } from './support/prometheus';
import { ready } from './support/scenario';
import { Story } from './support/story';

/*
 * A real Prometheus loads the rules, scrapes what stands in for kube-state-metrics, and fires when something real breaks. Nothing stands in for
 * the kubelet, and that of the test cluster measures no volume: from the beginning an alert says so.
 * Each rule by itself: test/real-backup/alerts.test.ts.
 */
const NAMESPACE = 'stateful-test-alerts-fire';
const describeBackup = STORAGE_KEY === '' ? describe.skip : describePods;
const cluster = new TestCluster(facts());
let kubectl: Kubectl;
let prometheus: Prometheus | undefined;
let kubeStateMetrics: KubeStateMetrics | undefined;

function shop(): { yaml: string; rules: string } {
  const chart = newChart({ namespace: NAMESPACE });
  const valueOf = (name: string, key: string) => ({ secret: Secret.fromSecretName(chart, name, name), key });
  const database = new StatefulDatabase(chart, 'postgresql', {
    engine: DatabaseEngine.postgres({ version: '17.11' }),
    password: valueOf('dbpass', 'dbpassword'),
    storage: { size: Size.gibibytes(1) },
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(256) },
  });
  const backup = new BlobBackupCronJob(chart, 'backupjob', {
    database,
    store: BlobStore.azure({
      account: 'tomasbackupdbstore',
      container: 'backup',
      prefix: 'alerts-fire',
      credentials: BlobCredentials.accountKey(valueOf('backupcredentials', 'storageKey.txt')),
    }),
    // Never by itself.
    schedule: Cron.schedule({ minute: '0', hour: '0', day: '1', month: '1' }),
    timeout: Duration.minutes(3),
    retries: 0,
  });
  const yaml = Yaml.stringify(...manifestsOf(chart));
  const alerts = new DatabaseAlerts(newChart({ namespace: NAMESPACE }), 'alerts', {
    databases: [database],
    backups: [backup],
    alertLabels: { team: 'shop' },
  });
  return { yaml, rules: alerts.rulesFile() };
}

async function storageKey(key: string): Promise<void> {
  await kubectl.ok(['delete', 'secret', 'backupcredentials', '--ignore-not-found']);
  await kubectl.ok(['create', 'secret', 'generic', 'backupcredentials', `--from-literal=storageKey.txt=${key}`]);
}

async function firing() {
  return (await prometheus!.alerts()).filter(({ state }) => state === 'firing').map(({ labels }) => labels);
}

/** Waits until these fire, and none else but that nobody measures volumes. */
const fires = (...alerts: string[]) =>
  eventually(async () => {
    const expected = ['DatabaseAlertsBlind', ...alerts].sort();
    expect((await firing()).map(({ alertname }) => alertname!).sort()).toEqual(expected);
  }, 120);

afterAll(async () => {
  prometheus?.stop();
  kubeStateMetrics?.stop();
  await cluster.clean();
});

describeBackup('alerts of what really breaks', () => {
  const { act } = new Story();

  act('do not fire while all is well', async () => {
    kubectl = await cluster.namespace('alerts-fire');
    const { yaml, rules } = shop();
    await kubectl.ok(['create', 'secret', 'generic', 'dbpass', '--from-literal=dbpassword=of a test']);
    await storageKey(STORAGE_KEY);
    await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: yaml });
    await ready(kubectl, ['postgresql-0']);
    expect(await runJob(kubectl, 'backupjob', 'good')).toBe('Complete');
    kubeStateMetrics = new KubeStateMetrics(cluster.kubectl);
    const target = await kubeStateMetrics.start();
    const scrape = { job_name: 'kube-state-metrics', honor_labels: true, static_configs: [{ targets: [target] }] };
    // The rules as they are, but for the time that they wait: seconds.
    const { groups } = parse(rules.replace(/for: \w+$/gm, 'for: 3s')) as { groups: object[] };
    prometheus = new Prometheus([scrape], groups);
    await prometheus.start();
    await eventually(async () => {
      const known = await prometheus!.query('kube_cronjob_status_last_successful_time{cronjob="backupjob"}');
      expect(known.map(({ metric }) => metric.namespace)).toContain(NAMESPACE);
    });
    await new Promise((resolve) => setTimeout(resolve, 8000));
    const [blind, ...others] = await firing();
    expect(others).toEqual([]);
    expect(blind).toMatchObject({
      alertname: 'DatabaseAlertsBlind',
      series: 'kubelet_volume_stats_available_bytes',
      team: 'shop',
    });
  });

  act('fire when a backup fails, and no more when one succeeds', async () => {
    await storageKey(Buffer.from('another key').toString('base64'));
    expect(await runJob(kubectl, 'backupjob', 'broken')).toBe('Failed');
    await fires('DatabaseBackupFailed');
    expect((await firing()).find(({ alertname }) => alertname === 'DatabaseBackupFailed')).toMatchObject({
      namespace: NAMESPACE,
      cronjob: 'backupjob',
      severity: 'critical',
      team: 'shop',
    });
    await storageKey(STORAGE_KEY);
    expect(await runJob(kubectl, 'backupjob', 'mended')).toBe('Complete');
    await fires();
  });

  act('fire when a backup is suspended, or gone, and when the database is away', async () => {
    await kubectl.ok(['patch', 'cronjob', 'backupjob', '--patch={"spec":{"suspend":true}}']);
    await kubectl.ok(['scale', 'statefulset', 'postgresql', '--replicas=0']);
    await fires('DatabaseBackupSuspended', 'DatabaseUnavailable');
    await kubectl.ok(['patch', 'cronjob', 'backupjob', '--patch={"spec":{"suspend":false}}']);
    await kubectl.ok(['scale', 'statefulset', 'postgresql', '--replicas=1']);
    await fires();
    // Another one is seen, so it is no fault of kube-state-metrics.
    await kubectl.ok(['create', 'cronjob', 'other', '--image=ubuntu:24.04', '--schedule=0 0 1 1 *']);
    await kubectl.ok(['delete', 'cronjob', 'backupjob']);
    await fires('DatabaseBackupMissing');
  });
});
