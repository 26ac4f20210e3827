import { ApiObject, Cron, Duration, JsonPatch, Size } from 'cdk8s';
import { CronJob } from 'cdk8s-plus-27';
import {
  AlertsOutput,
  ArkBackupLocation,
  ArkProfile,
  ArkSchedule,
  BlobBackupCronJob,
  DatabaseAlerts,
  DatabaseEngine,
  StatefulDatabase,
} from '../../lib';
import type { DatabaseAlertsProps } from '../../lib';
import { ALERTS, ALERT_NAMES } from '../../lib/alerts/alert';
import type { Group, Rule } from '../support/alerts/promtool';
import { newAlerts, newShop } from '../support/alerts/shop';
import type { Shop } from '../support/alerts/shop';
import { serverOf } from '../support/ark';
import { find, manifestsOf, newChart } from '../support/manifests';
import { readPage } from '../support/pages';
import { expectRefused } from '../support/refused';
import { blobs, newBackup } from '../support/samples';

const ALL: Required<DatabaseAlertsProps> = {
  databases: [],
  backups: [],
  drills: [],
  schedules: [],
  recoveryPointObjective: Duration.hours(26),
  grace: Duration.hours(2),
  name: 'shop-alerts',
  namespace: 'monitoring',
  labels: { release: 'kube-prometheus-stack' },
  alertLabels: { team: 'shop' },
  severities: { critical: 'page', DatabaseDrillFailed: 'ticket' },
  omit: ['DatabaseVolumeUnwatched'],
  runbookUrl: 'https://wiki.example.com/databases',
  seriesLabels: { cluster: 'production' },
  output: AlertsOutput.rulesFile(),
};

function groupsOf(alerts: DatabaseAlerts): Group[] {
  return (alerts.apiObject.toJson() as { spec: { groups: Group[] } }).spec.groups;
}

function rulesOf(alerts: DatabaseAlerts, name?: string): Rule[] {
  return groupsOf(alerts)
    .flatMap(({ rules }) => rules)
    .filter(({ alert }) => name === undefined || alert === name);
}

const exprOf = (alerts: DatabaseAlerts, name: string): string =>
  rulesOf(alerts, name)
    .map(({ expr }) => expr)
    .join('\n---\n');

describe('a PrometheusRule', () => {
  let shop: Shop;
  beforeEach(() => (shop = newShop()));

  test('is one object, with groups that begin with its name', () => {
    const alerts = newAlerts(shop, { labels: ALL.labels, name: 'shop-alerts' });
    expect(alerts.apiObject.toJson()).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'shop-alerts', namespace: 'shop', labels: { release: 'kube-prometheus-stack' } },
    });
    expect(groupsOf(alerts).map(({ name }) => name)).toEqual([
      'shop-alerts-backups',
      'shop-alerts-drills',
      'shop-alerts-instances',
      'shop-alerts-volumes',
      'shop-alerts-replication',
      'shop-alerts-archives',
      'shop-alerts-volume-backups',
      'shop-alerts-blind',
    ]);
  });

  test('has every alert', () => {
    expect(new Set(rulesOf(newAlerts(shop)).map(({ alert }) => alert))).toEqual(new Set(ALERT_NAMES));
  });

  test('says how bad each is, whose it is, and where to read on', () => {
    const { alertLabels, severities, runbookUrl } = ALL;
    const alerts = newAlerts(shop, { alertLabels, severities, runbookUrl });
    const facts = (name: string): { [label: string]: string | undefined } => {
      const { labels, annotations } = rulesOf(alerts, name)[0]!;
      return { ...labels, link: annotations.runbook_url };
    };
    const url = 'https://wiki.example.com/databases';
    expect(facts('DatabaseBackupFailed')).toEqual({
      severity: 'page',
      team: 'shop',
      link: `${url}#databasebackupfailed`,
    });
    expect(facts('DatabaseDrillFailed')).toEqual({
      severity: 'ticket',
      team: 'shop',
      link: `${url}#databasedrillfailed`,
    });
    expect(facts('DatabaseReplicationLag').severity).toBe('warning');
  });

  test('leaves out what is omitted, and groups that are empty then', () => {
    const omit = ALERT_NAMES.filter((name) => name.startsWith('DatabaseDrill'));
    const alerts = newAlerts(shop, { omit });
    expect(rulesOf(alerts).filter(({ alert }) => alert.startsWith('DatabaseDrill'))).toEqual([]);
    expect(groupsOf(alerts).map(({ name }) => name)).not.toContain('alerts-drills');
  });

  test('may stand beside another in a namespace', () => {
    const { chart, backup } = shop;
    newAlerts(shop);
    new DatabaseAlerts(chart, 'others', { backups: [backup] });
    const names = manifestsOf(chart)
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap((one) => (one as unknown as { spec: { groups: Group[] } }).spec.groups.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  test('takes a CronJob of your own', () => {
    const job = new CronJob(shop.chart, 'Own', {
      metadata: { name: 'own' },
      schedule: Cron.daily(),
      containers: [{ image: 'example.com/backup:1' }],
    });
    const own = { cronJobName: 'own', namespace: 'shop', apiObject: ApiObject.of(job) };
    const alerts = new DatabaseAlerts(shop.chart, 'alerts', { backups: [own] });
    // It may begin ten seconds late, as cdk8s-plus has it, and take six hours, as nothing says how long.
    expect(exprOf(alerts, 'DatabaseBackupTooOld')).toBe(
      `time() - max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{namespace="shop", cronjob="own"}) > ${30 * 3600 + 10}`,
    );
  });
});

describe('a rules file', () => {
  test('is a ConfigMap with the same rules', () => {
    const shop = newShop();
    const alerts = newAlerts(shop, {
      ...ALL,
      databases: [shop.postgresql],
      backups: [shop.backup],
      drills: [shop.drill],
    });
    const map = find(manifestsOf(shop.chart), 'ConfigMap', 'shop-alerts');
    expect(map.metadata).toMatchObject({ namespace: 'monitoring', labels: ALL.labels });
    expect(map.data).toEqual({ 'shop-alerts.yaml': alerts.rulesFile() });
    expect(alerts.rulesFile()).toContain('alert: DatabaseBackupTooOld');
  });
});

describe('how late is late', () => {
  const limitOf = (props: Partial<Parameters<typeof newBackup>[0]>, more: Partial<DatabaseAlertsProps> = {}) => {
    const { chart, backup } = newBackup(props);
    const alerts = new DatabaseAlerts(chart, 'alerts', { backups: [backup], ...more });
    return Number(/> (\d+)$/.exec(exprOf(alerts, 'DatabaseBackupTooOld'))![1]) / 3600;
  };

  test.each([
    ['a day', { schedule: Cron.daily() }, 24 + 7],
    ['working days', { schedule: Cron.schedule({ minute: '0', hour: '2', weekDay: '1-5' }) }, 72 + 7],
    ['what the job may take', { startingDeadline: Duration.minutes(30), timeout: Duration.hours(2) }, 24 + 2.5],
    // In autumn.
    ['a time zone', { timeZone: 'Europe/Prague' }, 25 + 7],
    ['a time zone without summer', { timeZone: 'Etc/UTC' }, 24 + 7],
  ])('follows from %s', (_, props, hours) => {
    expect(limitOf(props)).toBe(hours);
  });

  test('is what the user says', () => {
    expect(limitOf({}, { grace: Duration.hours(2) })).toBe(26);
    expect(limitOf({}, { recoveryPointObjective: Duration.hours(25) })).toBe(25);
  });

  // The rules must be about what is applied.
  test('follows from a patch that comes later', () => {
    const { chart, backup } = newBackup();
    const alerts = new DatabaseAlerts(chart, 'alerts', { backups: [backup] });
    backup.apiObject.addJsonPatch(JsonPatch.replace('/spec/schedule', '0 2 * * 0'));
    expect(exprOf(alerts, 'DatabaseBackupTooOld')).toContain(`> ${(7 * 24 + 7) * 3600}`);
    backup.apiObject.addJsonPatch(JsonPatch.replace('/spec/schedule', 'never'));
    expect(() => alerts.rulesFile()).toThrow("'backups[0]' must have a schedule that can be read");
  });
});

describe('which series', () => {
  test('those of several namespaces in one rule, if their things have the same names', () => {
    const [one, two, three] = [newShop('a'), newShop('b'), newShop('c')];
    const other = new BlobBackupCronJob(three.chart, 'other', {
      database: three.postgresql,
      store: blobs({ prefix: 'other' }),
      schedule: Cron.daily(),
    });
    const alerts = new DatabaseAlerts(one.chart, 'alerts', {
      backups: [one.backup, two.backup, three.backup, other],
    });
    expect(exprOf(alerts, 'DatabaseBackupSuspended').split('\n---\n')).toEqual([
      'max by (namespace, cronjob) (kube_cronjob_spec_suspend{namespace=~"a|b", cronjob="backupjob"}) == 1',
      'max by (namespace, cronjob) (kube_cronjob_spec_suspend{namespace="c", cronjob=~"backupjob|other"}) == 1',
    ]);
  });

  test('those of all namespaces, where the app knows none', () => {
    const { chart, backup } = newBackup();
    const alerts = new DatabaseAlerts(chart, 'alerts', { backups: [backup] });
    expect(exprOf(alerts, 'DatabaseBackupSuspended')).toBe(
      'max by (namespace, cronjob) (kube_cronjob_spec_suspend{cronjob="backup"}) == 1',
    );
  });

  test('those of one cluster, if the user says which', () => {
    const { seriesLabels } = ALL;
    for (const { expr } of rulesOf(newAlerts(newShop(), { seriesLabels }))) {
      const metrics = expr.match(/\b(kube|kubelet|cnpg|barman|velero)_\w+(?!\w*")/g)!;
      expect([expr, expr.match(/\{cluster="production"/g)?.length]).toEqual([expr, metrics.length]);
    }
  });

  test('those of each claim of a database, and of one that it only mounts', () => {
    const chart = newChart({ namespace: 'shop' });
    const database = new StatefulDatabase(chart, 'mongo', {
      engine: DatabaseEngine.mongo({ version: '8.0.12', authentication: false }),
      storage: { size: Size.gibibytes(20) },
      volumeClaimTemplates: [{ name: 'dumps', size: Size.gibibytes(40), mounts: [{ path: '/dumps' }] }],
      volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: 'shared' } }],
      volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
    });
    const alerts = new DatabaseAlerts(chart, 'alerts', { databases: [database] });
    expect(exprOf(alerts, 'DatabaseVolumeNearlyFull')).toContain('"data-mongo-[0-9]+|dumps-mongo-[0-9]+|shared"');
    expect(exprOf(alerts, 'DatabaseVolumeTooSmall').match(/< \d+/g)).toEqual([
      `< ${20 * 2 ** 30}`,
      `< ${40 * 2 ** 30}`,
    ]);
    for (const claim of ['data-mongo-0', 'dumps-mongo-0', 'shared']) {
      expect(exprOf(alerts, 'DatabaseVolumeUnwatched')).toContain(`persistentvolumeclaim="${claim}"`);
    }
  });
});

describe('is refused', () => {
  const SUBJECT = "DatabaseAlerts 'test/alerts'";
  const refused = (shop: Shop, props: DatabaseAlertsProps, ...problems: string[]) =>
    expectRefused(shop.chart, () => new DatabaseAlerts(shop.chart, 'alerts', props), SUBJECT, ...problems);

  test('to watch nothing', () => {
    refused(
      newShop(),
      {},
      "'databases' must be given, or backups, drills or schedules, and not all omitted, got nothing: no rule would be left; name what is to be watched",
    );
  });

  test('a database that this app does not make', () => {
    const shop = newShop();
    const elsewhere = StatefulDatabase.fromAttributes(newChart(), 'elsewhere', {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      address: 'db.example.com',
    });
    refused(
      shop,
      { databases: [shop.postgresql, elsewhere] },
      `'databases[1]' must be one that this app makes, got "test/elsewhere": nothing is known of its pods and volumes, which are watched where it is made; give its backups and drills`,
    );
  });

  test('a restore, which is begun by hand', () => {
    const shop = newShop();
    refused(
      shop,
      { backups: [shop.restore] },
      `'backups[0]' must have a schedule with a date, got "0 0 31 2 *": what is begun by hand is never late; leave it out`,
    );
  });

  test('a schedule of Ark, which has no series', () => {
    const { chart } = newShop();
    const server = serverOf(ArkProfile.ARK_0_10);
    const storageLocation = ArkBackupLocation.fromBackupLocationName(server, 'default');
    const schedule = new ArkSchedule(chart, 'weekly', {
      server,
      storageLocation,
      schedule: Cron.daily(),
      snapshotVolumes: false,
    });
    expectRefused(
      chart,
      () => new DatabaseAlerts(chart, 'alerts', { schedules: [schedule] }),
      SUBJECT,
      `'schedules[0]' must be of a server of Velero, got "Ark 0.10": it has none of the series of Velero that rules look at; watch its backups in another way`,
    );
  });

  test('an objective that no run can meet', () => {
    const shop = newShop();
    refused(
      shop,
      { backups: [shop.backup], recoveryPointObjective: Duration.hours(12) },
      `'recoveryPointObjective' must be no less than the longest gap of a backup's schedule, got "12 hours": 'backupjob' runs at '0 0 * * *', with up to 24 hours between two runs; it would always be late`,
    );
  });

  test('what would change nothing, or nobody could route', () => {
    const shop = newShop();
    const names = ALERT_NAMES.join(', ');
    refused(
      shop,
      {
        backups: [shop.backup],
        omit: ['BackupTooOld'],
        severities: { info: 'x', critical: '' },
        alertLabels: { 'my-team': 'a', severity: 'page', alertname: 'x' },
        seriesLabels: { __cluster: 'a', namespace: 'shop' },
        runbookUrl: 'wiki.example.com/#alerts',
        grace: Duration.millis(500),
      },
      `'omit' must hold names of alerts, got "BackupTooOld": they are ${names}`,
      `'severities' must have names of alerts as keys, got "info": it would change nothing; the keys are critical, warning, ${names}`,
      `'severities.critical' must not be empty, got "": nobody would be told`,
      `'alertLabels' must have names of labels of Prometheus as keys, got "my-team": use letters, digits and '_', e.g. team`,
      `'alertLabels' must not hold severity, got "severity": write severities: { critical: 'page' }`,
      `'alertLabels' must not hold alertname, namespace, cronjob, statefulset, database, pod, container, persistentvolumeclaim, series, got "alertname": it says what an alert is about: two alerts that differ in it alone would be one, and Prometheus gives up the rule`,
      `'seriesLabels' must have names of labels of Prometheus as keys, got "__cluster": use letters, digits and '_', e.g. team`,
      `'seriesLabels' must not hold namespace, cronjob, job_name, owner_kind, owner_name, statefulset, pod, persistentvolumeclaim, condition, reason, value, got "namespace": rules ask for it themselves, and would find no series that has both; leave it out`,
      `'runbookUrl' must be a URL of http or https without a fragment, got "wiki.example.com/#alerts": each alert adds '#' and its name; write it as 'https://wiki.example.com/alerts'`,
      `'grace' must be a whole number from 0 to 2147483647, got 0.5: write Duration.hours(2)`,
    );
  });

  test('more than one object can hold', () => {
    const { chart, backup } = newShop();
    const backups = Array.from({ length: 700 }, (_, index) => ({
      cronJobName: `backup-of-tenant-${index}`,
      namespace: `tenant-${index}`,
      apiObject: backup.apiObject,
    }));
    expect(() => new DatabaseAlerts(chart, 'alerts', { backups })).toThrow(
      /'databases' must make rules of at most 250000 bytes, with backups and drills, got \d+: kubectl apply could not keep the object in its annotation; give some of what is watched to another DatabaseAlerts$/,
    );
  });

  test('a second object of its name', () => {
    const shop = newShop();
    newAlerts(shop);
    expect(() => new DatabaseAlerts(shop.chart, 'more', { name: 'alerts', backups: [shop.backup] })).toThrow(
      "'name' must make a PrometheusRule that its chart does not have yet",
    );
  });
});

describe('docs/alerts.md', () => {
  const page = readPage('docs/alerts.md');
  const sections = page.split(/^#{2,3} /m).slice(1);

  test.each(ALERT_NAMES)('has a section for %s, with its series, and a row that says how bad it is', (name) => {
    const section = sections.find((text) => text.startsWith(`${name}\n`));
    expect(section).toContain('Series: ');
    const row = page.split('\n').find((line) => line.startsWith(`| [\`${name}\`](#${name.toLowerCase()})`));
    expect(row).toMatch(new RegExp(`\\| ${ALERTS[name].severity} +\\|$`));
  });

  test('names the series that rules look at', () => {
    const missing = rulesOf(newAlerts(newShop()))
      .filter(({ alert }) => alert !== 'DatabaseAlertsBlind')
      .flatMap(({ expr }) => expr.match(/\b(kube|kubelet|cnpg|barman|velero)_\w+/g) ?? [])
      .filter((metric) => !page.includes(`\`${metric}\``));
    expect(missing).toEqual([]);
  });
});
