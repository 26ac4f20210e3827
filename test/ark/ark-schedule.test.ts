import { Cron, Duration } from 'cdk8s';
import { ArkBackupLocation, ArkProfile, ArkSchedule } from '../../lib';
import type { ArkScheduleProps } from '../../lib';
import { newServer, PROFILES, renderArk, serverOf, STORE, VELERO } from '../support/ark';
import { newChart } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';

type Own = Pick<ArkScheduleProps, 'name' | 'schedule' | 'labels' | 'paused' | 'skipImmediately'>;

const ALL: Required<Own> = {
  name: 'nightly',
  schedule: Cron.schedule({ minute: '30', hour: '1', weekDay: 'MON-FRI' }),
  labels: { team: 'a' },
  paused: true,
  skipImmediately: false,
};

const HOOK = { name: 'flush', pre: [{ command: ['sync'] }], post: [{ command: ['true'] }] };
const EXEC = { onError: 'Fail', timeout: '30s' };
const HOOKS_SPEC = {
  resources: [
    {
      name: 'flush',
      includedResources: ['pods'],
      pre: [{ exec: { command: ['sync'], ...EXEC } }],
      post: [{ exec: { command: ['true'], ...EXEC } }],
    },
  ],
};

function render(profile: ArkProfile, props: Own & Partial<ArkScheduleProps>) {
  return renderArk(profile, 'Schedule', (chart) => {
    const server = serverOf(profile);
    const storageLocation = ArkBackupLocation.fromBackupLocationName(server, 'default');
    new ArkSchedule(chart, 'x', { server, storageLocation, snapshotVolumes: false, ...props });
  });
}

describe.each(PROFILES)('a schedule of %s', (profile) => {
  const isArk = profile === ArkProfile.ARK_0_10;
  const { paused, skipImmediately, ...rest } = ALL;

  test('has all that can be said, and a backup as its template', () => {
    const own = isArk ? rest : ALL;
    const props = { ...own, includedNamespaces: ['wp'], ttl: Duration.days(14), hooks: [HOOK] };
    expect(render(profile, props)).toEqual({
      apiVersion: isArk ? 'ark.heptio.com/v1' : 'velero.io/v1',
      kind: 'Schedule',
      metadata: { name: 'nightly', namespace: isArk ? 'heptio-ark' : 'velero', labels: { team: 'a' } },
      spec: {
        schedule: '30 1 * * MON-FRI',
        ...(!isArk && { paused, skipImmediately }),
        template: {
          includedNamespaces: ['wp'],
          snapshotVolumes: false,
          storageLocation: 'default',
          ttl: '336h0m0s',
          hooks: HOOKS_SPEC,
        },
      },
    });
  });

  test('keeps its backups for 30 days', () => {
    expect(render(profile, { schedule: Cron.daily() })).toMatchObject({
      metadata: { name: 'x' },
      spec: {
        schedule: '0 0 * * *',
        template: { snapshotVolumes: false, ttl: '720h0m0s', storageLocation: 'default' },
      },
    });
  });
});

test.each(VELERO)('all that a backup of %s has may be in a template', (profile) => {
  const spec = render(profile, {
    schedule: Cron.weekly(),
    orLabelSelectors: [{ matchLabels: { app: 'wp' } }],
    includedClusterScopedResources: ['*'],
    excludedNamespaceScopedResources: ['secrets'],
    defaultVolumesToFsBackup: false,
    csiSnapshotTimeout: Duration.minutes(20),
    itemOperationTimeout: Duration.hours(8),
    orderedResources: { pods: ['wp/a'] },
    resourcePolicy: 'policy',
    parallelFilesUpload: 2,
  });
  expect(spec).toHaveProperty('spec.template', {
    orLabelSelectors: [{ matchLabels: { app: 'wp' } }],
    includedClusterScopedResources: ['*'],
    excludedNamespaceScopedResources: ['secrets'],
    snapshotVolumes: false,
    defaultVolumesToFsBackup: false,
    storageLocation: 'default',
    ttl: '720h0m0s',
    csiSnapshotTimeout: '20m0s',
    itemOperationTimeout: '8h0m0s',
    orderedResources: { pods: 'wp/a' },
    resourcePolicy: { kind: 'ConfigMap', name: 'policy' },
    uploaderConfig: { parallelFilesUpload: 2 },
  });
});

test('its name leaves room for the time of its backups', () => {
  const server = serverOf();
  const longest = 's'.repeat(48);
  expect(ArkSchedule.fromScheduleName(server, longest)).toEqual({ server, scheduleName: longest });
  const problem = (prop: string) =>
    `'${prop}' must have at most 48 characters, got "${longest}s": the server writes it into labels, and that of a backup has 15 ` +
    'characters more; choose a shorter one';
  expect(() => ArkSchedule.fromScheduleName(server, `${longest}s`)).toThrow(
    new Error(`ArkSchedule.fromScheduleName:\n- ${problem('scheduleName')}`),
  );
  expectRefusedAlone(
    (chart) => new ArkSchedule(chart, `${longest}s`, { server, schedule: Cron.daily(), snapshotVolumes: false }),
    `ArkSchedule 'test/${longest}s'`,
    problem('name'),
  );
});

test('what the rest of the app decides is looked at when it is synthesized', () => {
  const { chart, server } = newServer();
  const schedule = new ArkSchedule(chart, 'nightly', { server, schedule: Cron.daily(), snapshotVolumes: true });
  expect([schedule.scheduleName, schedule.server]).toEqual(['nightly', server]);
  expect(() => chart.toJson() as unknown).toThrow("[test/nightly] 'storageLocation' must be given, got nothing");
  expect(() => chart.toJson() as unknown).toThrow("[test/nightly] 'volumeSnapshotLocation' must be given, got nothing");
});

describe('a schedule is refused', () => {
  test('with all that is wrong at once, of its own and of its backups', () => {
    expectRefusedAlone(
      (chart) =>
        new ArkSchedule(chart, 'x', {
          server: serverOf(ArkProfile.ARK_0_10),
          name: '',
          schedule: Cron.schedule({ minute: '0', hour: '1', weekDay: '7' }),
          labels: { team: '-' },
          paused: false,
          skipImmediately: true,
          snapshotVolumes: false,
          ttl: Duration.millis(1),
          parallelFilesUpload: 1,
        }),
      "ArkSchedule 'test/x'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      '\'schedule.weekDay\' must be *, numbers from 0 to 6, ranges, and steps that are smaller than their range, got "7": Sunday is 0, ' +
        'not 7; Kubernetes would accept it, and no backup would ever be made; write Cron.daily() or ' +
        "Cron.schedule({ minute: '0', hour: '3' })",
      "'labels['team']' must be a label value of at most 63 characters, got \"-\": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      ...[
        ['paused', 'false'],
        ['skipImmediately', 'true'],
        ['parallelFilesUpload', '1'],
      ].map(
        ([prop, value]) =>
          `'${prop}' must be left out with Ark 0.10, got ${value}: its server does not know it, and would pass over it in silence; ` +
          'Velero 1.16 and Velero 1.18 do',
      ),
      "'ttl' must be a whole number from 1 to 2147483647, got 0.001: with 0 Ark keeps the backup for ever, and Velero takes its own " +
        'default; write Duration.days(30)',
    );
  });

  test('a second time under one name', () => {
    const { chart, server } = newServer();
    const props = { server, schedule: Cron.daily(), snapshotVolumes: false };
    new ArkBackupLocation(chart, 'default', { server, store: STORE });
    new ArkSchedule(chart, 'one', props);
    expectRefused(
      chart,
      () => new ArkSchedule(chart, 'two', { ...props, name: 'one' }),
      "ArkSchedule 'test/two'",
      "'name' must make a Schedule that its chart does not have yet, got \"one\": 'test/one/Resource' is the same object to kubectl, which " +
        'would keep only one of them; choose another name or namespace',
    );
    new ArkSchedule(newChart(), 'one', props);
  });
});
