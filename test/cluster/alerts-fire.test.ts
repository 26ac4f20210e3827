import { Cron, Duration, Size, Yaml } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
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
import { kubeStateMetrics, volumeStats } from './support/kube-state-metrics';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { Prometheus } from './support/prometheus';
import { ready } from './support/scenario';
import { Story } from './support/story';

/*
 * A real Prometheus loads the rules, scrapes what stands in for kube-state-metrics and the kubelet, and fires when something real breaks.
 * Each rule by itself: test/real-backup/alerts.test.ts.
 */
const NAMESPACE = 'stateful-test-alerts-fire';
const describeBackup = STORAGE_KEY === '' ? describe.skip : describePods;
const cluster = new TestCluster(facts());
let kubectl: Kubectl;
let prometheus: Prometheus | undefined;

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

async function firing(): Promise<string[]> {
  return (await prometheus!.firing()).map(({ labels }) => labels.alertname!).sort();
}

const fires = (...alerts: string[]) => eventually(async () => expect(await firing()).toEqual(alerts), 60);

afterAll(async () => {
  prometheus?.stop();
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
    // The rules as they are, but for the time that they wait: seconds.
    prometheus = await Prometheus.start(rules.replace(/for: \w+$/gm, 'for: 3s'), {
      'kube-state-metrics': () => kubeStateMetrics(kubectl),
      kubelet: () => volumeStats(kubectl),
    });
    await eventually(async () => {
      for (const metric of ['kube_cronjob_status_last_successful_time', 'kubelet_volume_stats_available_bytes']) {
        expect(Number(await prometheus!.ask(metric))).toBeGreaterThan(0);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(await firing()).toEqual([]);
  });

  act('fire when a backup fails, and no more when one succeeds', async () => {
    await storageKey(Buffer.from('another key').toString('base64'));
    expect(await runJob(kubectl, 'backupjob', 'broken')).toBe('Failed');
    await fires('DatabaseBackupFailed');
    const [alert] = (await prometheus!.firing()).filter(({ labels }) => labels.alertname === 'DatabaseBackupFailed');
    expect(alert).toMatchObject({
      labels: { namespace: NAMESPACE, cronjob: 'backupjob', severity: 'critical', team: 'shop' },
      annotations: { summary: `The last backup of ${NAMESPACE}/backupjob failed` },
    });
    await storageKey(STORAGE_KEY);
    expect(await runJob(kubectl, 'backupjob', 'mended')).toBe('Complete');
    await fires();
  });

  act('fire when a backup is suspended, when the database is away, and when nobody looks', async () => {
    await kubectl.ok(['patch', 'cronjob', 'backupjob', '--patch={"spec":{"suspend":true}}']);
    await kubectl.ok(['scale', 'statefulset', 'postgresql', '--replicas=0']);
    await fires('DatabaseBackupSuspended', 'DatabaseUnavailable');
    await kubectl.ok(['patch', 'cronjob', 'backupjob', '--patch={"spec":{"suspend":false}}']);
    await kubectl.ok(['scale', 'statefulset', 'postgresql', '--replicas=1']);
    await fires();
    await kubectl.ok(['delete', 'cronjob', 'backupjob']);
    // No other CronJob is seen: whether this one is gone, or kube-state-metrics, nobody can tell.
    await fires('DatabaseAlertsBlind');
  });
});
