import { randomBytes } from 'node:crypto';
import { Cron, Duration, Size, Yaml } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import { BlobCredentials, BlobStore, CloudNativePgDatabase, DatabaseEngine, PointInTimeDrill } from '../../lib';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { STORAGE_KEY, endOfJob, logOfJob, runJob } from './support/jobs';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { Page } from './support/page';
import { Story } from './support/story';

const describeOperator =
  STORAGE_KEY === '' || (process.env.TEST_CLUSTER_BLOB_STORE ?? '') === '' ? describe.skip : describe;

const cluster = new TestCluster(facts());
/** Each run archives to a folder of its own: a plugin refuses one that holds another database's files. */
const RUN = randomBytes(4).toString('hex');
const CLUSTER = 'clusters.postgresql.cnpg.io';
let kubectl: Kubectl;
const page = new Page('docs/point-in-time-drill.md', '.', () => kubectl);

/** All rows before the DELETE, none at last. Before all of it, right after the base backup, there is not even a table. */
const ROWS = `SELECT to_regclass('orders') IS NULL AS none \\gset
\\if :none
SELECT current_setting('drill.recovery') = 'target';
\\else
SELECT count(*) = CASE current_setting('drill.recovery') WHEN 'newest' THEN 0 ELSE 200000 END FROM orders;
\\endif
`;

function shop(): string {
  const chart = newChart();
  const secretOf = (name: string, key: string) => ({ secret: Secret.fromSecretName(chart, name, name), key });
  const credentials = BlobCredentials.accountKey(secretOf('backupcredentials', 'storageKey.txt'));
  const database = new CloudNativePgDatabase(chart, 'orders', {
    engine: DatabaseEngine.postgres({ version: '17.11' }),
    instances: 1,
    storage: { size: Size.gibibytes(2) },
    // Its WAL is a link in the base backup.
    walStorage: { size: Size.gibibytes(1) },
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(384) },
    applicationUser: { name: 'shop', password: secretOf('shop-user', 'password') },
    continuousBackup: {
      store: BlobStore.azure({ account: 'tomasbackupdbstore', container: 'postgresql', credentials, prefix: RUN }),
      recoveryPointObjective: Duration.seconds(15),
    },
  });
  new PointInTimeDrill(chart, 'orders-drill', {
    database,
    schedule: Cron.weekly(),
    heartbeat: { database },
    recoveryPointObjective: Duration.minutes(3),
    timeout: Duration.minutes(10),
    cpu: Cpu.millis(50),
    checks: { 'rows.sql': ROWS },
  });
  return Yaml.stringify(...manifestsOf(chart));
}

const superuser = async (text: string) =>
  (
    await kubectl.ok(['exec', 'orders-1', '--container=postgres', '--', 'psql', '-XAtq', '-d', 'shop', '-c', text])
  ).trim();

async function archived(file: string): Promise<void> {
  await eventually(
    async () => expect((await superuser('SELECT last_archived_wal FROM pg_stat_archiver')) >= file).toBe(true),
    120,
  );
}

interface Running extends LiveObject {
  readonly status: { readonly readyInstances?: number; readonly phase?: string };
}

interface CronJob extends LiveObject {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: { template: { spec: { initContainers: { name: string; command: string[] }[] } } };
    };
  };
}

/** Begins a run in which the container that fetches does something else before. */
async function runAfter(job: string, script: string): Promise<{ end: string; log: string }> {
  const [found] = await kubectl.get<CronJob>('cronjob', 'orders-drill');
  const { spec } = found!.spec.jobTemplate;
  const [, fetch] = spec.template.spec.initContainers;
  fetch!.command = ['sh', '-c', `set -e; ${REMOTE}\n${script}\nexec sh /scratch/scripts/fetch-archive.sh 1`];
  const input = JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: job }, spec });
  await kubectl.ok(['create', '--filename=-'], { input });
  return { end: await endOfJob(kubectl, job, 300), log: await logOfJob(kubectl, job) };
}

const REMOTE = `export RCLONE_CONFIG= RCLONE_CONFIG_BLOBS_TYPE=azureblob RCLONE_CONFIG_BLOBS_ACCOUNT="$STORAGE_ACCOUNT"
export RCLONE_CONFIG_BLOBS_KEY="$(cat /backupCredentials/storageKey.txt)"
archive=blobs:$CONTAINER_NAME/$BLOB_PREFIX`;

afterAll(async () => {
  // Nobody means the tests' own by accident.
  for (const kind of ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']) {
    const names = ['cloudnative-pg-deletion', 'cloudnative-pg-namespace-deletion'];
    await cluster.kubectl.run(['delete', kind, '--ignore-not-found', ...names]);
  }
  await cluster.clean();
});

describeOperator('a drill of what CloudNativePG archives', () => {
  const { act } = new Story();
  let before: string;
  let middle: string;

  act('has a database to recover', async () => {
    kubectl = await cluster.namespace('drill', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    const data = ['--from-literal=username=shop', '--from-literal=password=only for this test'];
    await kubectl.ok(['create', 'secret', 'generic', 'shop-user', '--type=kubernetes.io/basic-auth', ...data]);
    await kubectl.ok([
      'create',
      'secret',
      'generic',
      'backupcredentials',
      `--from-literal=storageKey.txt=${STORAGE_KEY}`,
    ]);
    await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: shop() });
    await eventually(async () => {
      const [found] = await kubectl.get<Running>(CLUSTER, 'orders');
      expect(found!.status.readyInstances).toBe(1);
    }, 300);
    await eventually(async () => {
      const phases = ['get', 'backups.postgresql.cnpg.io', '--output=jsonpath={.items[*].status.phase}'];
      expect(await kubectl.ok(phases)).toBe('completed');
    }, 180);
    await superuser('CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 200000) n');
    middle = await superuser('SELECT pg_walfile_name(pg_switch_wal())');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    before = await superuser(`SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await superuser('DELETE FROM orders');
    await archived(await superuser('SELECT pg_walfile_name(pg_switch_wal())'));
  });

  act('passes, without the operator and without any right', async () => {
    await page.run('kubectl create job --from=cronjob/orders-drill drill-now');
    await page.run('kubectl wait --for=condition=complete job/drill-now', { seconds: 610 });
    const said = await page.run('kubectl logs job/drill-now');
    process.stdout.write(said);
    expect(said).toMatch(/^report: wal: passed: no gap from 00000001\S{16} to 00000001\S{16}$/m);
    expect(said).toMatch(/^report: newest: rows.sql: passed: t$/m);
    expect(said).toMatch(
      /^report: archive: passed: a transaction was in the archive \d+ s after it was committed, and in the recovered database; the RPO is 180 s$/m,
    );
    expect(said).toMatch(/^report: pages: passed: \d+ pages hold their checksums$/m);
    expect(said).toMatch(
      /^report: target: passed: \S+Z is before the window, so it is \S+Z, from base backup \d{8}T\d{6}: /m,
    );
    expect(said).toMatch(
      /^report: base\/\d{8}T\d{6} passed the drill: restored in \d+ s, \d+ s old\. See drill_\d{14}\.json$/m,
    );
  });

  act('recovers to the second before a DELETE', async () => {
    const command = 'kubectl create job --from=cronjob/orders-drill drill-then';
    await page.run(command, { names: { '"$TARGET"': before } });
    expect(await endOfJob(kubectl, 'drill-then', 600)).toBe('Complete');
    const said = await logOfJob(kubectl, 'drill-then');
    expect(said).toMatch(
      new RegExp(`^report: target: passed: ${before}, from base backup \\S+ stopped before commit of transaction`, 'm'),
    );
    expect(said).toMatch(/^report: target: rows.sql: passed: t$/m);
    expect(page.left).toEqual([]);
  });

  act('fails for a target outside of the window', async () => {
    const { end, log } = await runAfter('outside', 'export TARGET=2020-01-01T00:00:00Z');
    expect(end).toBe('Failed');
    expect(log).toMatch(
      /^fetch-archive: TARGET is 2020-01-01T00:00:00Z, and the window is from \S+, when base backup/m,
    );
  });

  act('fails for WAL that is cut off, and names it', async () => {
    const { end, log } = await runAfter('cut', `rclone deletefile "$archive/wals/${middle.slice(0, 16)}/${middle}.gz"`);
    expect(end).toBe('Failed');
    expect(log).toMatch(
      new RegExp(
        `^report: wal: FAILED: wals/${middle.slice(0, 16)}/${middle}.gz is missing: nothing behind it can be recovered`,
        'm',
      ),
    );
  });

  act('fails without a base backup', async () => {
    const { end, log } = await runAfter('none', 'rclone purge "$archive/base"');
    expect(end).toBe('Failed');
    expect(log).toMatch(
      /^fetch-archive: no base backup with status=DONE in container postgresql under \S+\/orders: without one no WAL is of use/m,
    );
    expect(await runJob(kubectl, 'orders-drill', 'again')).toBe('Failed');
  });
});
