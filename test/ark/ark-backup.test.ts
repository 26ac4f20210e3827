import { App, Chart, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import {
  ArkAccessMode,
  ArkBackup,
  ArkBackupLocation,
  ArkHookErrorMode,
  ArkNodeAgent,
  ArkProfile,
  ArkServer,
  ArkVolumeSnapshotLocation,
} from '../../lib';
import type { ArkBackupHook, ArkBackupOptions, ArkBackupProps, IArkServer } from '../../lib';
import { CLOUD, crdErrors, newServer, PROFILES, renderArk, serverOf, SNAPSHOTTER, STORE, VELERO } from '../support/ark';
import { manifestsOf, newChart } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';

type Props = Omit<ArkBackupProps, 'server'>;
/** The filters of Velero that stand in place of the older ones. */
type Scoped = 'includedClusterScopedResources' | 'excludedClusterScopedResources' | 'includedNamespaceScopedResources' | 'excludedNamespaceScopedResources'; // prettier-ignore
type VeleroOnly = Scoped | 'orLabelSelectors' | 'snapshotMoveData' | 'defaultVolumesToFsBackup' | 'csiSnapshotTimeout' | 'itemOperationTimeout' | 'orderedResources' | 'resourcePolicy' | 'parallelFilesUpload'; // prettier-ignore

const SELECTOR = { matchLabels: { app: 'mariadb' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] };

const HOOKS: Required<ArkBackupHook>[] = [
  {
    name: 'flush',
    includedNamespaces: ['wp'],
    excludedNamespaces: ['test'],
    labelSelector: SELECTOR,
    pre: [
      { command: ['sync'], container: 'mariadb', onError: ArkHookErrorMode.CONTINUE, timeout: Duration.minutes(5) },
      { command: ['sh', '-c', 'echo $$'] },
    ],
    post: [{ command: ['true'], onError: ArkHookErrorMode.FAIL }],
  },
];
const HOOKS_SPEC = {
  resources: [
    {
      name: 'flush',
      includedNamespaces: ['wp'],
      excludedNamespaces: ['test'],
      includedResources: ['pods'],
      labelSelector: SELECTOR,
      pre: [
        { exec: { container: 'mariadb', command: ['sync'], onError: 'Continue', timeout: '5m0s' } },
        // What is not said is written: the servers' defaults differ.
        { exec: { command: ['sh', '-c', 'echo $$'], onError: 'Fail', timeout: '30s' } },
      ],
      post: [{ exec: { command: ['true'], onError: 'Fail', timeout: '30s' } }],
    },
  ],
};

function arkProps(server: IArkServer): Required<Omit<Props, VeleroOnly>> {
  return {
    name: 'mybackup',
    labels: { team: 'a' },
    includedNamespaces: ['wp'],
    excludedNamespaces: ['test'],
    includedResources: ['*'],
    excludedResources: ['events'],
    labelSelector: SELECTOR,
    includeClusterResources: false,
    snapshotVolumes: true,
    volumeSnapshotLocation: ArkVolumeSnapshotLocation.fromSnapshotLocationName(server, 'azure-default'),
    storageLocation: ArkBackupLocation.fromBackupLocationName(server, 'second'),
    ttl: Duration.days(14),
    hooks: HOOKS,
  };
}

const ARK_SPEC = {
  includedNamespaces: ['wp'],
  excludedNamespaces: ['test'],
  includedResources: ['*'],
  excludedResources: ['events'],
  labelSelector: SELECTOR,
  includeClusterResources: false,
  snapshotVolumes: true,
  volumeSnapshotLocations: ['azure-default'],
  storageLocation: 'second',
  ttl: '336h0m0s',
  hooks: HOOKS_SPEC,
};

function veleroProps(
  server: IArkServer,
): Required<Omit<Props, 'includedResources' | 'excludedResources' | 'includeClusterResources' | 'labelSelector'>> {
  // prettier-ignore
  const { includedResources: _, excludedResources: __, includeClusterResources: ___, labelSelector: ____, ...rest } = arkProps(server);
  return {
    ...rest,
    orLabelSelectors: [SELECTOR, { matchLabels: { app: 'wordpress' } }],
    includedClusterScopedResources: ['storageclasses'],
    excludedClusterScopedResources: ['nodes'],
    includedNamespaceScopedResources: ['deployments.apps'],
    excludedNamespaceScopedResources: ['*'],
    defaultVolumesToFsBackup: true,
    snapshotMoveData: true,
    csiSnapshotTimeout: Duration.minutes(20),
    itemOperationTimeout: Duration.hours(8),
    orderedResources: { pods: ['wp/a', 'wp/b'], persistentvolumes: ['pv-1'] },
    resourcePolicy: 'policy',
    parallelFilesUpload: 4,
  };
}

const VELERO_SPEC = {
  includedNamespaces: ['wp'],
  excludedNamespaces: ['test'],
  orLabelSelectors: [SELECTOR, { matchLabels: { app: 'wordpress' } }],
  includedClusterScopedResources: ['storageclasses'],
  excludedClusterScopedResources: ['nodes'],
  includedNamespaceScopedResources: ['deployments.apps'],
  excludedNamespaceScopedResources: ['*'],
  snapshotVolumes: true,
  snapshotMoveData: true,
  defaultVolumesToFsBackup: true,
  volumeSnapshotLocations: ['azure-default'],
  storageLocation: 'second',
  ttl: '336h0m0s',
  csiSnapshotTimeout: '20m0s',
  itemOperationTimeout: '8h0m0s',
  orderedResources: { pods: 'wp/a,wp/b', persistentvolumes: 'pv-1' },
  resourcePolicy: { kind: 'ConfigMap', name: 'policy' },
  uploaderConfig: { parallelFilesUpload: 4 },
  hooks: HOOKS_SPEC,
};

const csiServer = (profile: ArkProfile) => ArkServer.fromAttributes({ profile, csiSnapshots: true });

test('a backup of Ark has all that it can have', () => {
  const server = serverOf(ArkProfile.ARK_0_10);
  const backup = renderArk(
    ArkProfile.ARK_0_10,
    'Backup',
    (chart) => new ArkBackup(chart, 'x', { server, ...arkProps(server) }),
  );
  expect(backup).toEqual({
    apiVersion: 'ark.heptio.com/v1',
    kind: 'Backup',
    metadata: { name: 'mybackup', namespace: 'heptio-ark', labels: { team: 'a' } },
    spec: ARK_SPEC,
  });
});

describe.each(VELERO)('a backup of %s', (profile) => {
  const metadata = { name: 'mybackup', namespace: 'velero', labels: { team: 'a' } };

  test('has all that can be said, with the new filters', () => {
    const server = csiServer(profile);
    const backup = renderArk(
      profile,
      'Backup',
      (chart) => new ArkBackup(chart, 'x', { server, ...veleroProps(server) }),
    );
    expect(backup).toEqual({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata, spec: VELERO_SPEC });
  });

  test('takes all that one of Ark takes', () => {
    const server = serverOf(profile);
    const backup = renderArk(profile, 'Backup', (chart) => new ArkBackup(chart, 'x', { server, ...arkProps(server) }));
    expect(backup).toEqual({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata, spec: ARK_SPEC });
  });
});

describe.each(PROFILES)('with %s, a backup', (profile) => {
  test('is kept for 30 days, where its server keeps backups', () => {
    const { chart, server } = newServer(profile);
    new ArkBackupLocation(chart, 'default', { server, store: STORE });
    const backup = new ArkBackup(chart, 'mybackup', { server, snapshotVolumes: false });
    const manifests = manifestsOf(chart);
    expect(crdErrors(profile, manifests)).toEqual([]);
    expect(manifests.find(({ kind }) => kind === 'Backup')).toEqual({
      apiVersion: profile === ArkProfile.ARK_0_10 ? 'ark.heptio.com/v1' : 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: 'mybackup', namespace: server.namespace },
      spec: { snapshotVolumes: false, ttl: '720h0m0s' },
    });
    expect(backup.backupName).toBe('mybackup');
    expect(backup.server).toBe(server);
  });

  test('keeps every byte when it is moved', () => {
    const build = (move: (scope: Construct) => Construct) => {
      const chart = newChart();
      const server = serverOf(profile);
      new ArkBackup(move(chart), 'mybackup', { server, ...arkProps(server) });
      return manifestsOf(chart);
    };
    expect(build((scope) => new Construct(scope, 'deep'))).toEqual(build((scope) => scope));
  });

  test('writes nothing of hooks that are none', () => {
    const server = serverOf(profile);
    const storageLocation = ArkBackupLocation.fromBackupLocationName(server, 'default');
    const backup = renderArk(
      profile,
      'Backup',
      (chart) => new ArkBackup(chart, 'x', { server, storageLocation, snapshotVolumes: false, hooks: [] }),
    );
    expect(backup).not.toHaveProperty('spec.hooks');
  });
});

test('one that is made elsewhere is only its name, which may be that of a schedule with its time', () => {
  const server = serverOf();
  const backupName = `${'s'.repeat(48)}-20261121063800`;
  expect(ArkBackup.fromBackupName(server, backupName)).toEqual({ server, backupName });
  expect(() => ArkBackup.fromBackupName(server, `${backupName}0`)).toThrow(
    new Error(
      `ArkBackup.fromBackupName:\n- 'backupName' must have at most 63 characters, got "${backupName}0": the server writes it into ` +
        'labels; choose a shorter one',
    ),
  );
});

const WITHOUT_LOCATION =
  "'storageLocation' must be given, got nothing: this app makes no default ArkBackupLocation of the server; make one, or name one that " +
  'is there by ArkBackupLocation.fromBackupLocationName';
const withoutSnapshots = (count: number) =>
  `'volumeSnapshotLocation' must be given, got nothing: this app makes ${count} of the server, so no snapshot would be taken; make one ` +
  'ArkVolumeSnapshotLocation, name the one to take, or write snapshotVolumes: false';
const withoutAgent = (prop: string) =>
  `'${prop}' must go with an ArkNodeAgent, got true: nobody would copy the volumes; make one of the server`;

function expectInvalid(chart: Chart, ...problems: string[]): void {
  const text = ['Validation failed with the following errors:', ...problems].join('\n  ');
  expect(() => chart.toJson() as unknown).toThrow(new Error(text));
}

describe('what the rest of the app decides is looked at when it is synthesized', () => {
  test('a backup that has no place, and none for its snapshots', () => {
    const { chart, server } = newServer();
    new ArkBackup(chart, 'mybackup', { server, snapshotVolumes: true });
    expectInvalid(chart, `[test/mybackup] ${WITHOUT_LOCATION}`, `[test/mybackup] ${withoutSnapshots(0)}`);
    // Whatever comes later counts.
    new ArkBackupLocation(chart, 'default', { server, store: STORE });
    const first = new ArkVolumeSnapshotLocation(chart, 'one', { server, snapshotter: SNAPSHOTTER });
    manifestsOf(chart);
    new ArkVolumeSnapshotLocation(chart, 'two', { server, snapshotter: SNAPSHOTTER });
    expectInvalid(chart, `[test/mybackup] ${withoutSnapshots(2)}`);
    new ArkBackup(newChart(), 'other', { server, snapshotVolumes: true, volumeSnapshotLocation: first });
  });

  test('a location that is not the default is no default', () => {
    const { chart, server } = newServer();
    new ArkBackup(chart, 'mybackup', { server, snapshotVolumes: false });
    new ArkBackupLocation(chart, 'default', { server, store: STORE, isDefault: false });
    expectInvalid(chart, `[test/mybackup] ${WITHOUT_LOCATION}`);
  });

  test('a server that is made elsewhere has what is named', () => {
    const server = serverOf();
    const chart = newChart();
    const snapshotVolumes = true;
    new ArkBackup(chart, 'mybackup', { server, snapshotVolumes });
    expectInvalid(chart, `[test/mybackup] ${WITHOUT_LOCATION}`, `[test/mybackup] ${withoutSnapshots(0)}`);
    const named = newChart();
    new ArkBackup(named, 'mybackup', { server, ...arkProps(server) });
    manifestsOf(named);
  });

  test('snapshots by drivers need no snapshot location', () => {
    const chart = newChart();
    const server = csiServer(ArkProfile.VELERO_1_18);
    const storageLocation = ArkBackupLocation.fromBackupLocationName(server, 'default');
    new ArkBackup(chart, 'mybackup', { server, storageLocation, snapshotVolumes: true, snapshotMoveData: true });
    manifestsOf(chart);
  });

  test('what copies volumes needs a node agent, where it is known that there is none', () => {
    const { chart, server } = newServer(ArkProfile.VELERO_1_16, { csiSnapshots: true });
    new ArkBackupLocation(chart, 'default', { server, store: STORE });
    const given = { snapshotVolumes: true, snapshotMoveData: true, defaultVolumesToFsBackup: true };
    new ArkBackup(chart, 'mybackup', { server, ...given });
    expectInvalid(
      chart,
      `[test/mybackup] ${withoutAgent('defaultVolumesToFsBackup')}`,
      `[test/mybackup] ${withoutAgent('snapshotMoveData')}`,
    );
    new ArkNodeAgent(chart, 'agent', { server });
    manifestsOf(chart);
  });

  // The server fails such a backup; a schedule would never make one.
  test.each([undefined, 'named'])('a backup to where nothing is written: %s', (name) => {
    const { chart, server } = newServer();
    const location = new ArkBackupLocation(chart, 'default', {
      server,
      store: STORE,
      accessMode: ArkAccessMode.READ_ONLY,
    });
    new ArkBackup(chart, 'mybackup', { server, snapshotVolumes: false, ...(name && { storageLocation: location }) });
    expectInvalid(
      chart,
      '[test/mybackup] \'storageLocation\' must be one that is written to, got "default": its accessMode is ReadOnly, and the server would ' +
        'fail the backup; make another ArkBackupLocation',
    );
  });

  test('what stands in other charts and apps counts', () => {
    const app = new App();
    const server = new ArkServer(new Chart(app, 'server'), 'velero', { profile: ArkProfile.VELERO_1_18, cloud: CLOUD }); // prettier-ignore
    const inApp = new Chart(app, 'backup');
    new ArkBackup(inApp, 'mybackup', { server, snapshotVolumes: true });
    const inOther = newChart();
    new ArkBackup(inOther, 'onDemand'.toLowerCase(), { server, snapshotVolumes: true });
    expectInvalid(inOther, `[test/ondemand] ${WITHOUT_LOCATION}`, `[test/ondemand] ${withoutSnapshots(0)}`);
    new ArkBackupLocation(new Chart(app, 'locations'), 'default', { server, store: STORE });
    new ArkVolumeSnapshotLocation(newChart(), 'snapshots', { server, snapshotter: SNAPSHOTTER });
    expect([inApp, inOther].map((chart) => manifestsOf(chart).map(({ kind }) => kind))).toEqual([
      ['Backup'],
      ['Backup'],
    ]);
  });
});

describe('a backup is refused', () => {
  test('with all that is wrong at once', () => {
    const server = ArkServer.fromAttributes({ profile: ArkProfile.VELERO_1_18, restoreOnly: true });
    const other = serverOf();
    expectRefusedAlone(
      (chart) =>
        new ArkBackup(chart, 'MyBackup', {
          server,
          labels: { team: '-' },
          snapshotVolumes: false,
          snapshotMoveData: true,
          storageLocation: ArkBackupLocation.fromBackupLocationName(other, 'default'),
          volumeSnapshotLocation: ArkVolumeSnapshotLocation.fromSnapshotLocationName(other, 'snapshots'),
          ttl: Duration.seconds(0),
          csiSnapshotTimeout: Duration.millis(500),
          itemOperationTimeout: Duration.seconds(0),
          resourcePolicy: 'My Policy',
          parallelFilesUpload: 0,
          includedNamespaces: ['Wp'],
          hooks: [
            { name: 'empty' },
            {
              name: 'bad',
              pre: [{ command: [] }],
              post: [{ command: [''], container: 'A', timeout: Duration.seconds(0) }],
            },
          ],
        }),
      "ArkBackup 'test/MyBackup'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "MyBackup": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      "'labels['team']' must be a label value of at most 63 characters, got \"-\": " +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      '\'server\' must not be one that only restores, got "velero": it makes none; give it to the server of the first cluster',
      '\'includedNamespaces\' must hold names of namespaces, or patterns of them, got "Wp": no namespace has such a name, so that nothing would be taken along; ' +
        "write it as 'wp'",
      "'hooks[0]' must have a command, got \"empty\": write pre: [{ command: ['sync'] }]",
      "'hooks[1].pre[0].command' must name a program, got []: write ['sh', '-c', 'sync']",
      "'hooks[1].post[0].command' must name a program, got [\"\"]: write ['sh', '-c', 'sync']",
      '\'hooks[1].post[0].container\' must be a DNS label of at most 63 characters, got "A": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
      "'hooks[1].post[0].timeout' must be a whole number from 1 to 2147483647, got 0: the server takes none for 30 seconds; " +
        'write Duration.minutes(5)',
      "'ttl' must be a whole number from 1 to 2147483647, got 0: with 0 Ark keeps the backup for ever, and Velero takes its own default; " +
        'write Duration.days(30)',
      "'csiSnapshotTimeout' must be a whole number from 1 to 2147483647, got 0.5: with 0 the server takes its own default; " +
        'write Duration.minutes(10)',
      "'itemOperationTimeout' must be a whole number from 1 to 2147483647, got 0: with 0 the server takes its own default; " +
        'write Duration.hours(4)',
      '\'resourcePolicy\' must be a DNS subdomain of at most 253 characters, got "My Policy": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      '\'storageLocation\' must be a location of the same server, got "default": a server looks in its own namespace only; give it one of ' +
        'its own',
      '\'volumeSnapshotLocation\' must be a location of the same server, got "snapshots": a server looks in its own namespace only; give it ' +
        'one of its own',
      '\'volumeSnapshotLocation\' must go with snapshotVolumes, got "snapshots": no snapshot would be taken; leave it out, or write ' +
        'snapshotVolumes: true',
      "'snapshotMoveData' must go with snapshotVolumes, and csiSnapshots of the server, got true: only snapshots of drivers can be moved; " +
        'write snapshotVolumes: true, and csiSnapshots: true of the server',
      "'parallelFilesUpload' must be a whole number from 1 to 1024, got 0: leave it out for one a CPU",
    );
  });

  test('by Ark, with what came with Velero', () => {
    const server = serverOf(ArkProfile.ARK_0_10);
    const all: Pick<ArkBackupOptions, VeleroOnly> = veleroProps(server);
    const values: Required<{ [prop in VeleroOnly]: string }> = {
      orLabelSelectors: JSON.stringify(all.orLabelSelectors),
      includedClusterScopedResources: '["storageclasses"]',
      excludedClusterScopedResources: '["nodes"]',
      includedNamespaceScopedResources: '["deployments.apps"]',
      excludedNamespaceScopedResources: '["*"]',
      defaultVolumesToFsBackup: 'true',
      snapshotMoveData: 'true',
      csiSnapshotTimeout: '"20m"',
      itemOperationTimeout: '"8h"',
      orderedResources: '{"pods":["wp/a","wp/b"],"persistentvolumes":["pv-1"]}',
      resourcePolicy: '"policy"',
      parallelFilesUpload: '4',
    };
    for (const [prop, value] of Object.entries(values)) {
      const shown = value.length > 120 ? `${value.slice(0, 120)}…` : value;
      const make = () =>
        new ArkBackup(newChart(), 'x', { server, snapshotVolumes: true, [prop]: all[prop as VeleroOnly] });
      expect(make).toThrow(
        `ArkBackup 'test/x':\n- '${prop}' must be left out with Ark 0.10, got ${shown}: its server does not know it, and would pass over ` +
          'it in silence; Velero 1.16 and Velero 1.18 do',
      );
    }
  });

  test('a second time under one name', () => {
    const { chart, server } = newServer();
    new ArkBackupLocation(chart, 'default', { server, store: STORE });
    new ArkBackup(chart, 'one', { server, snapshotVolumes: false });
    expectRefused(
      chart,
      () => new ArkBackup(chart, 'two', { server, snapshotVolumes: false, name: 'one' }),
      "ArkBackup 'test/two'",
      "'name' must make a Backup that its chart does not have yet, got \"one\": 'test/one/Resource' is the same object to kubectl, which " +
        'would keep only one of them; choose another name or namespace',
    );
  });
});
