import { Cron, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { ArkBackup, ArkExistingResourcePolicy, ArkHookErrorMode, ArkProfile, ArkRestore, ArkSchedule } from '../../lib';
import type { ArkRestoreHook, ArkRestoreProps } from '../../lib';
import { newServer, PROFILES, renderArk, serverOf, VELERO } from '../support/ark';
import { manifestsOf, newChart } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';

type Props = Omit<ArkRestoreProps, 'backup' | 'schedule'>;
type VeleroOnly = 'orLabelSelectors' | 'existingResourcePolicy' | 'hooks' | 'preserveNodePorts' | 'restoreStatus' | 'itemOperationTimeout' | 'resourceModifier' | 'parallelFilesDownload' | 'writeSparseFiles'; // prettier-ignore

const SELECTOR = { matchLabels: { app: 'mariadb' } };

const ARK: Required<Omit<Props, VeleroOnly>> = {
  name: 'myrestore',
  labels: { team: 'a' },
  includedNamespaces: ['wp', 'shop'],
  excludedNamespaces: ['test'],
  includedResources: ['*'],
  excludedResources: ['jobs.batch'],
  labelSelector: SELECTOR,
  includeClusterResources: false,
  namespaceMapping: { wp: 'wp-copy' },
  restorePVs: true,
};

const ARK_SPEC = {
  backupName: 'mybackup',
  includedNamespaces: ['wp', 'shop'],
  excludedNamespaces: ['test'],
  includedResources: ['*'],
  excludedResources: ['jobs.batch'],
  labelSelector: SELECTOR,
  includeClusterResources: false,
  namespaceMapping: { wp: 'wp-copy' },
  restorePVs: true,
};

const HOOKS: Required<ArkRestoreHook>[] = [
  {
    name: 'load',
    includedNamespaces: ['wp-copy'],
    labelSelector: SELECTOR,
    exec: [
      {
        command: ['load'],
        container: 'mariadb',
        onError: ArkHookErrorMode.CONTINUE,
        execTimeout: Duration.hours(1),
        waitTimeout: Duration.minutes(10),
        waitForReady: true,
      },
      { command: ['true'] },
    ],
  },
];

const VELERO_ONLY: Required<Pick<Props, Exclude<VeleroOnly, 'orLabelSelectors'>>> = {
  existingResourcePolicy: ArkExistingResourcePolicy.UPDATE,
  hooks: HOOKS,
  preserveNodePorts: true,
  restoreStatus: ['workflows'],
  itemOperationTimeout: Duration.hours(8),
  resourceModifier: 'modifier',
  parallelFilesDownload: 4,
  writeSparseFiles: true,
};

const VELERO_SPEC = {
  ...ARK_SPEC,
  existingResourcePolicy: 'update',
  hooks: {
    resources: [
      {
        name: 'load',
        includedNamespaces: ['wp-copy'],
        includedResources: ['pods'],
        labelSelector: SELECTOR,
        postHooks: [
          {
            exec: {
              container: 'mariadb',
              command: ['load'],
              onError: 'Continue',
              execTimeout: '1h0m0s',
              waitTimeout: '10m0s',
              waitForReady: true,
            },
          },
          { exec: { command: ['true'], onError: 'Fail', execTimeout: '30s' } },
        ],
      },
    ],
  },
  preserveNodePorts: true,
  restoreStatus: { includedResources: ['workflows'] },
  itemOperationTimeout: '8h0m0s',
  resourceModifier: { kind: 'ConfigMap', name: 'modifier' },
  uploaderConfig: { parallelFilesDownload: 4, writeSparseFiles: true },
};

function render(profile: ArkProfile, props: Partial<ArkRestoreProps>) {
  const backup = ArkBackup.fromBackupName(serverOf(profile), 'mybackup');
  return renderArk(profile, 'Restore', (chart) => new ArkRestore(chart, 'x', { backup, ...props }));
}

describe.each(PROFILES)('a restore of %s', (profile) => {
  const isArk = profile === ArkProfile.ARK_0_10;
  const apiVersion = isArk ? 'ark.heptio.com/v1' : 'velero.io/v1';
  const namespace = isArk ? 'heptio-ark' : 'velero';

  test('has all that can be said', () => {
    expect(render(profile, { ...ARK, ...(!isArk && VELERO_ONLY) })).toEqual({
      apiVersion,
      kind: 'Restore',
      metadata: { name: 'myrestore', namespace, labels: { team: 'a' } },
      spec: isArk ? ARK_SPEC : VELERO_SPEC,
    });
  });

  test('is by default of all that its backup holds', () => {
    expect(render(profile, {})).toEqual({
      apiVersion,
      kind: 'Restore',
      metadata: { name: 'x', namespace },
      spec: { backupName: 'mybackup' },
    });
  });

  test('may be of the last backup of a schedule, made here or elsewhere', () => {
    const server = serverOf(profile);
    const made = new ArkSchedule(newChart(), 'nightly', { server, schedule: Cron.daily(), snapshotVolumes: false });
    for (const schedule of [made, ArkSchedule.fromScheduleName(server, 'nightly')]) {
      const restore = renderArk(profile, 'Restore', (chart) => new ArkRestore(chart, 'x', { schedule }));
      expect(restore).toMatchObject({ metadata: { namespace } });
      expect(restore).toHaveProperty('spec', { scheduleName: 'nightly' });
    }
  });

  test('is of a backup that the app makes', () => {
    const backup = new ArkBackup(newChart(), 'mybackup', { server: serverOf(profile), snapshotVolumes: false });
    const chart = newChart();
    expect(new ArkRestore(chart, 'myrestore', { backup }).restoreName).toBe('myrestore');
    expect(manifestsOf(chart)[0]).toHaveProperty('spec', { backupName: 'mybackup' });
  });

  test('keeps every byte when it is moved', () => {
    const backup = ArkBackup.fromBackupName(serverOf(profile), 'mybackup');
    const build = (move: (scope: Construct) => Construct) => {
      const chart = newChart();
      new ArkRestore(move(chart), 'x', { backup, ...ARK });
      return manifestsOf(chart);
    };
    expect(build((scope) => new Construct(scope, 'deep'))).toEqual(build((scope) => scope));
  });
});

test.each(VELERO)('a restore of %s may select by several sets of labels', (profile) => {
  const orLabelSelectors = [SELECTOR, { matchLabels: { app: 'wordpress' } }];
  expect(render(profile, { orLabelSelectors, hooks: [] })).toHaveProperty('spec', {
    backupName: 'mybackup',
    orLabelSelectors,
  });
});

describe('a restore is refused', () => {
  const server = serverOf();
  const backup = ArkBackup.fromBackupName(server, 'mybackup');
  const SOURCE = 'a restore is of one backup; for one that this app does not make write ArkBackup.fromBackupName';

  test('without a backup', () => {
    expectRefusedAlone(
      (chart) => new ArkRestore(chart, 'MyRestore', {}),
      "ArkRestore 'test/MyRestore'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "MyRestore": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      `'backup' must be given, or schedule, and not both, got nothing: ${SOURCE}`,
    );
  });

  test('of a backup and a schedule', () => {
    expectRefusedAlone(
      (chart) => new ArkRestore(chart, 'x', { backup, schedule: ArkSchedule.fromScheduleName(server, 's') }),
      "ArkRestore 'test/x'",
      `'backup' must be given, or schedule, and not both, got "both": ${SOURCE}`,
    );
  });

  test('with all that is wrong at once', () => {
    expectRefusedAlone(
      (chart) =>
        new ArkRestore(chart, 'x', {
          backup,
          name: 'r'.repeat(64),
          labels: { team: '-' },
          excludedResources: ['*'],
          namespaceMapping: { Wp: 'wp', shop: 'shop_copy' },
          hooks: [
            { name: 'empty', exec: [] },
            {
              name: 'bad',
              includedNamespaces: ['shop', 'other'],
              exec: [
                { command: [], container: 'A', execTimeout: Duration.seconds(0), waitTimeout: Duration.millis(500) },
              ],
            },
          ],
          itemOperationTimeout: Duration.seconds(0),
          resourceModifier: '',
          parallelFilesDownload: 0.5,
        }),
      "ArkRestore 'test/x'",
      `'name' must have at most 63 characters, got "${'r'.repeat(64)}": the server writes it into labels; choose a shorter one`,
      "'labels['team']' must be a label value of at most 63 characters, got \"-\": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      "'excludedResources' must not hold '*', got [\"*\"]: nothing would be left; name what is to be left out",
      "'hooks[0].exec' must have a command, got \"empty\": write [{ command: ['sync'] }]",
      "'hooks[1].exec[0].command' must name a program, got []: write ['sh', '-c', 'sync']",
      '\'hooks[1].exec[0].container\' must be a DNS label of at most 63 characters, got "A": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'hooks[1].exec[0].execTimeout' must be a whole number from 1 to 2147483647, got 0: the server takes none for 30 seconds; " +
        'write Duration.minutes(5)',
      "'hooks[1].exec[0].waitTimeout' must be a whole number from 1 to 2147483647, got 0.5: write Duration.minutes(10)",
      '\'namespaceMapping\' must be a DNS label of at most 63 characters, got "Wp": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'namespaceMapping['shop']' must be a DNS label of at most 63 characters, got \"shop_copy\": " +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      '\'resourceModifier\' must be a DNS subdomain of at most 253 characters, got "": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      "'itemOperationTimeout' must be a whole number from 1 to 2147483647, got 0: write Duration.hours(4)",
      "'parallelFilesDownload' must be a whole number from 1 to 1024, got 0.5: leave it out for one a CPU",
    );
  });

  test('by Ark, with what came with Velero', () => {
    const ofArk = ArkBackup.fromBackupName(serverOf(ArkProfile.ARK_0_10), 'mybackup');
    const values: Required<{ [prop in VeleroOnly]: string }> = {
      orLabelSelectors: '[{}]',
      existingResourcePolicy: '"update"',
      hooks: `${JSON.stringify(HOOKS).slice(0, 120)}…`,
      preserveNodePorts: 'true',
      restoreStatus: '["workflows"]',
      itemOperationTimeout: '"8h"',
      resourceModifier: '"modifier"',
      parallelFilesDownload: '4',
      writeSparseFiles: 'true',
    };
    const all = { ...VELERO_ONLY, orLabelSelectors: [{}] };
    for (const [prop, value] of Object.entries(values)) {
      expectRefusedAlone(
        (chart) => new ArkRestore(chart, 'x', { backup: ofArk, [prop]: all[prop as VeleroOnly] }),
        "ArkRestore 'test/x'",
        `'${prop}' must be left out with Ark 0.10, got ${value}: its server does not know it, and would pass over it in silence; ` +
          'Velero 1.16 and Velero 1.18 do',
      );
    }
  });

  test('a second time under one name', () => {
    const { chart } = newServer();
    new ArkRestore(chart, 'one', { backup });
    expectRefused(
      chart,
      () => new ArkRestore(chart, 'two', { backup, name: 'one' }),
      "ArkRestore 'test/two'",
      "'name' must make a Restore that its chart does not have yet, got \"one\": 'test/one/Resource' is the same object to kubectl, which " +
        'would keep only one of them; choose another name or namespace',
    );
  });
});

// The server looks for a hook's namespace among those that it has restored into: under the old name it would run nowhere, in silence.
test('a hook follows its namespace to its new name', () => {
  const hooks = [{ name: 'x', includedNamespaces: ['a', 'b', 'c'], exec: [{ command: ['true'] }] }];
  expect(render(ArkProfile.VELERO_1_18, { namespaceMapping: { a: 'b', b: 'a' }, hooks })).toHaveProperty(
    'spec.hooks.resources.0.includedNamespaces',
    ['b', 'a', 'c'],
  );
});
