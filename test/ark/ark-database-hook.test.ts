import { Chart, Duration, JsonPatch, Size } from 'cdk8s';
import {
  ArkBackup,
  ArkBackupLocation,
  ArkDatabaseHook,
  ArkProfile,
  ArkRestore,
  DatabaseEngine,
  StatefulDatabase,
} from '../../lib';
import type {
  ArkCheckpointOptions,
  ArkDumpOptions,
  ArkLockOptions,
  DatabaseVolumeBackupScripts,
  StatefulDatabaseProps,
} from '../../lib';
import { PROFILES, renderArk, serverOf, VELERO } from '../support/ark';
import { PASSWORD } from '../support/elsewhere';
import { find, manifestsOf, named, newChart } from '../support/manifests';
import { plainSpec } from '../support/samples';

const SCRIPTS: Required<DatabaseVolumeBackupScripts> = {
  checkpoint: 'echo checkpoint',
  dump: 'echo dump "$1"',
  load: 'echo load "$1"',
  lock: 'echo lock "$1"',
  unlock: 'echo unlock',
  files: { 'shared.sh': 'true' },
};

function newDatabase(props: Partial<StatefulDatabaseProps> = {}, scripts: DatabaseVolumeBackupScripts = SCRIPTS) {
  return new StatefulDatabase(newChart(), 'cache', {
    engine: DatabaseEngine.of(plainSpec({ replicates: true, volumeBackupScripts: scripts })),
    password: PASSWORD,
    storage: { size: Size.gibibytes(1) },
    emptyDirs: [{ name: 'dump', path: '/dump' }],
    ...props,
  });
}

const POD = { labelSelector: { matchLabels: { app: 'cache' } } };
const command = (name: string, ...args: string[]) => ['sh', `/scripts/volume-${name}.sh`, ...args];

/** What the pods of a database find in /scripts. */
const scriptsOf = (database: StatefulDatabase) =>
  find(manifestsOf(Chart.of(database)), 'ConfigMap', 'cache-scripts').data;

describe('a hook finds the pods of its database, and runs the script of its engine', () => {
  test('checkpoint', () => {
    const ALL: Required<ArkCheckpointOptions> = { timeout: Duration.minutes(1) };
    expect(ArkDatabaseHook.checkpoint(newDatabase(), ALL)).toEqual({
      name: 'cache-checkpoint',
      ...POD,
      pre: [{ container: 'redis', command: command('checkpoint'), timeout: Duration.minutes(1) }],
    });
    expect(ArkDatabaseHook.checkpoint(newDatabase()).pre?.[0]?.timeout).toEqual(Duration.minutes(5));
  });

  test('dump', () => {
    const ALL: Required<ArkDumpOptions> = { volume: 'dump', timeout: Duration.hours(2) };
    expect(ArkDatabaseHook.dump(newDatabase(), ALL)).toEqual({
      name: 'cache-dump',
      ...POD,
      pre: [{ container: 'redis', command: command('dump', '/dump'), timeout: Duration.hours(2) }],
    });
    expect(ArkDatabaseHook.dump(newDatabase(), { volume: 'dump' }).pre?.[0]?.timeout).toEqual(Duration.hours(1));
  });

  test('load, once the server is ready', () => {
    const timeout = Duration.hours(2);
    expect(ArkDatabaseHook.load(newDatabase(), { volume: 'dump', timeout })).toEqual({
      name: 'cache-load',
      ...POD,
      exec: [
        {
          container: 'redis',
          command: command('load', '/dump'),
          execTimeout: timeout,
          waitTimeout: timeout,
          waitForReady: true,
        },
      ],
    });
  });

  test('lock, in one member alone', () => {
    const ALL: Required<ArkLockOptions> = { member: 1, atMost: Duration.minutes(10) };
    const timeout = Duration.minutes(2);
    const labelSelector = { matchLabels: { app: 'cache', 'statefulset.kubernetes.io/pod-name': 'cache-1' } };
    expect(ArkDatabaseHook.lock(newDatabase({ replicas: 3 }), ALL)).toEqual({
      name: 'cache-lock',
      labelSelector,
      pre: [{ container: 'redis', command: command('lock', '600'), timeout }],
      post: [{ container: 'redis', command: command('unlock'), timeout }],
    });
    const last = ArkDatabaseHook.lock(newDatabase({ replicas: 3 }));
    expect(last.labelSelector?.matchLabels).toMatchObject({ 'statefulset.kubernetes.io/pod-name': 'cache-2' });
    expect(last.pre?.[0]?.command).toEqual(command('lock', '1800'));
  });

  test('in its namespace, under its own name and labels, by the name of its container', () => {
    const database = newDatabase({
      namespace: 'shop',
      name: 'sessions',
      selector: { app: 'shop', tier: 'cache' },
      containerName: 'server',
    });
    expect(ArkDatabaseHook.checkpoint(database)).toMatchObject({
      name: 'sessions-checkpoint',
      includedNamespaces: ['shop'],
      labelSelector: { matchLabels: { app: 'shop', tier: 'cache' } },
      pre: [{ container: 'server' }],
    });
  });

  // The path is not that of the data, however alike.
  test.each(['/dat', '/d'])('with a volume of its own at %s', (path) => {
    const database = newDatabase({ emptyDirs: [{ name: 'dump', path }] });
    expect(ArkDatabaseHook.dump(database, { volume: 'dump' }).pre?.[0]?.command).toEqual(command('dump', path));
  });

  test.each(PROFILES)('as %s reads it', (profile) => {
    const server = serverOf(profile);
    const storageLocation = ArkBackupLocation.fromBackupLocationName(server, 'default');
    const hooks = [
      ArkDatabaseHook.lock(newDatabase({ replicas: 2 })),
      ArkDatabaseHook.dump(newDatabase(), { volume: 'dump' }),
    ];
    renderArk(
      profile,
      'Backup',
      (chart) => new ArkBackup(chart, 'b', { server, storageLocation, snapshotVolumes: false, hooks }),
    );
  });

  test.each(VELERO)('as a restore of %s reads it', (profile) => {
    const backup = ArkBackup.fromBackupName(serverOf(profile), 'b');
    const hooks = [ArkDatabaseHook.load(newDatabase(), { volume: 'dump' })];
    renderArk(profile, 'Restore', (chart) => new ArkRestore(chart, 'r', { backup, hooks }));
  });

  test('but not as one of Ark does', () => {
    const backup = ArkBackup.fromBackupName(serverOf(ArkProfile.ARK_0_10), 'b');
    const hooks = [ArkDatabaseHook.load(newDatabase(), { volume: 'dump' })];
    expect(() => new ArkRestore(newChart(), 'r', { backup, hooks })).toThrow("'hooks' must be left out with Ark 0.10");
  });
});

describe('the ConfigMap of the database has', () => {
  const { checkpoint, dump, load, files } = SCRIPTS;
  const README = expect.any(String) as string;

  test('nothing of hooks that nobody uses', () => {
    expect(scriptsOf(newDatabase())).toEqual({ README });
  });

  test('the scripts of those that are used, and what they share; who dumps can load', () => {
    const database = newDatabase();
    ArkDatabaseHook.dump(database, { volume: 'dump' });
    expect(scriptsOf(database)).toEqual({ README, 'volume-dump.sh': dump, 'volume-load.sh': load, ...files });
    ArkDatabaseHook.checkpoint(database);
    expect(scriptsOf(database)).toEqual({
      README,
      'volume-dump.sh': dump,
      'volume-load.sh': load,
      'volume-checkpoint.sh': checkpoint,
      ...files,
    });
  });

  test('no hook that was refused', () => {
    const database = newDatabase();
    expect(() => ArkDatabaseHook.dump(database, { volume: 'none' })).toThrow();
    expect(scriptsOf(database)).toEqual({ README });
  });

  // The pod template must not change when a hook is used.
  test('its place in the pods, whether hooks are used or not', () => {
    const used = newDatabase();
    const template = (database: StatefulDatabase) =>
      find(manifestsOf(Chart.of(database)), 'StatefulSet', 'cache').spec.template;
    ArkDatabaseHook.dump(used, { volume: 'dump' });
    expect(template(used)).toEqual(template(newDatabase()));
    expect(named(template(used).spec.volumes, 'scripts').configMap).toEqual({ name: 'cache-scripts', optional: true });
  });
});

describe('a hook is refused', () => {
  const refused = (make: () => unknown, subject: string, ...problems: string[]) =>
    expect(make).toThrow(new Error([`ArkDatabaseHook.${subject}:`, ...problems.map((one) => `- ${one}`)].join('\n')));
  const noScript = (name: string) =>
    `'database' must be of an engine that has the script '${name}', got "redis": see docs/volume-backup.md for what each engine can; an ` +
    'engine of your own brings volumeBackupScripts';

  test('of an engine that has no such script', () => {
    const database = newDatabase({ replicas: 2 }, {});
    refused(() => ArkDatabaseHook.checkpoint(database), 'checkpoint', noScript('checkpoint'));
    refused(() => ArkDatabaseHook.dump(database, { volume: 'dump' }), 'dump', noScript('dump'));
    refused(() => ArkDatabaseHook.load(database, { volume: 'dump' }), 'load', noScript('load'));
    refused(() => ArkDatabaseHook.lock(database), 'lock', noScript('lock'), noScript('unlock'));
  });

  test('with a time that is none', () => {
    const timeout = Duration.seconds(0);
    const range = 'must be a whole number from 1 to 2147483647, got 0';
    refused(
      () => ArkDatabaseHook.checkpoint(newDatabase(), { timeout }),
      'checkpoint',
      `'timeout' ${range}: write Duration.minutes(5)`,
    );
    for (const name of ['dump', 'load'] as const) {
      refused(
        () => ArkDatabaseHook[name](newDatabase(), { volume: 'dump', timeout }),
        name,
        `'timeout' ${range}: write Duration.hours(1)`,
      );
    }
  });

  test('for a volume that the server does not see', () => {
    const wayOut = (names: string) => `mount one for dumps, or write one of ${names}`;
    refused(
      () => ArkDatabaseHook.dump(newDatabase(), { volume: 'dumps' }),
      'dump',
      `'volume' must be one that the server's container mounts, to write to, got "dumps": ${wayOut("'data', 'dump'")}`,
    );
  });

  test('for the volume of the data', () => {
    refused(
      () => ArkDatabaseHook.load(newDatabase(), { volume: 'data' }),
      'load',
      '\'volume\' must not be that of the data, got "data": the dump would lie among what it is a copy of, and be left out with it; give it ' +
        'a volume of its own',
    );
  });

  test('for the volume of the data, wherever else it is mounted', () => {
    const database = newDatabase();
    const first = '/spec/template/spec/containers/0/volumeMounts/0';
    database.apiObject.addJsonPatch(JsonPatch.add(first, { name: 'data', mountPath: '/other', subPath: 'dump' }));
    expect(() => ArkDatabaseHook.dump(database, { volume: 'data' })).toThrow("'volume' must not be that of the data");
  });

  test('that would lock the only member, or one that there is not, or for no time', () => {
    const database = newDatabase();
    const alone =
      '\'database\' must have a secondary, got "test/cache": the only member is the primary, and a lock would stop all writing; raise ' +
      'replicas, or take snapshots';
    refused(() => ArkDatabaseHook.lock(database), 'lock', alone);
    refused(
      () => ArkDatabaseHook.lock(newDatabase({ replicas: 3 }), { member: 3, atMost: Duration.seconds(59) }),
      'lock',
      "'member' must be a whole number from 0 to 2, got 3: the set has no other",
      "'atMost' must be a whole number from 60 to 2147483647, got 59: a copy takes longer; write Duration.minutes(30)",
    );
  });
});
