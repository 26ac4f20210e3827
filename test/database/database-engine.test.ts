import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { DatabaseEngine } from '../../lib';
import type { DatabaseEngineSpec } from '../../lib';
import { plainSpec } from '../support/samples';

function refused(more: Partial<DatabaseEngineSpec>, ...problems: string[]): void {
  expect(() => DatabaseEngine.of(plainSpec(more))).toThrow(
    new Error(`DatabaseEngine.of:\n${problems.map((problem) => `- ${problem}`).join('\n')}`),
  );
}

describe('an engine of one’s own', () => {
  test('is what one says of it', () => {
    expect(DatabaseEngine.of(plainSpec()).spec).toEqual(plainSpec());
  });

  test('is refused with everything that is wrong said at once', () => {
    refused(
      {
        name: 'Redis',
        image: 'redis',
        port: 0,
        mountPath: 'data',
        runAsUser: 0,
        runAsGroup: -1,
        emptyDirs: [{ path: '/' }],
      },
      '\'name\' must be a port name of at most 15 characters, got "Redis": ' +
        "use a-z, 0-9 and single '-' inside, with at least one letter",
      "'image' must name a tag other than 'latest', or a digest, got \"redis\": " +
        'otherwise a pod that moves to another node may start another version on the same data; ' +
        'pin it, as in postgres:17.11-bookworm',
      "'port' must be a whole number from 1 to 65535, got 0: that is the range of TCP and UDP ports",
      "'mountPath' must be an absolute path below '/', without ':' and '..', got \"data\": write it as '/var/lib/data'",
      "'runAsUser' must be a whole number from 1 to 2147483647, got 0: " + 'use the id of the image, or 1000',
      "'runAsGroup' must be a whole number from 0 to 2147483647, got -1: " + 'use the id of the image, or 1000',
      "'emptyDirs[0].path' must be an absolute path below '/', without ':' and '..', got \"/\": write it as '/var/lib/data'",
      '\'emptyDirs[0].name\' must be a DNS label of at most 63 characters, got "": ' +
        "use a-z, 0-9 and '-', beginning and ending with a letter or digit",
    );
  });

  test.each([
    ['two emptyDirs', { emptyDirs: [{ path: '/tmp' }, { path: '/tmp', name: 'other' }] }, '/tmp'],
    ['an emptyDir and the data, which it would hide', { emptyDirs: [{ path: '/data' }] }, '/data'],
    ['an emptyDir and shared memory', { emptyDirs: [{ path: '/dev/shm' }], sharedMemory: true }, '/dev/shm'],
  ])('is refused with %s at one path', (_, more, path) => {
    refused(
      more,
      `'emptyDirs' must not have two volumes at one path, got "${path}": ` +
        'mountPath, /dev/shm with sharedMemory and each of emptyDirs need paths of their own',
    );
  });

  test('takes everything that can be said', () => {
    const probe: k8s.Probe = { exec: { command: ['true'] } };
    const spec: Required<Omit<DatabaseEngineSpec, 'administratorIsLocal'>> = {
      ...plainSpec(),
      name: 'redis',
      image: 'redis:8.2.1',
      version: '8.2.1',
      terminationGracePeriod: Duration.seconds(1),
      replicates: true,
      replicatedBy: 'RedisCluster',
      emptyDirs: [{ path: '/tmp' }],
      sharedMemory: true,
      env: { A: 'b' },
      userVariable: 'U',
      passwordVariable: 'P',
      passwordFiles: true,
      databaseVariable: 'D',
      args: ['serve'],
      memoryArgs: ['--memory', '{bytes}'],
      memoryShare: 0.5,
      applicationDatabaseName: '0',
      initContainers: [{ name: 'copy', command: ['true'], volumeMounts: [{ name: 'key', mountPath: '/key' }] }],
      volumes: [{ name: 'key', secret: { secretName: 'key' } }],
      parameterArgs: ['--{name}={value}'],
      reservedParameters: { a: 'b' },
      initScriptsPath: '/init',
      initScriptEndings: ['.sh'],
      applicationUserScript: 'true',
      backupUserScript: 'true',
      reservedUsers: ['check'],
      applicationVariables: { user: 'AU', password: 'AP', databaseName: 'AD' },
      initializeScript: 'true',
      initializeFiles: { 'a.sh': 'true' },
      initializedTest: 'true',
      livenessProbe: probe,
      connectionVariables: { host: 'H', port: 'O', user: 'U', password: 'P', databaseName: 'D' },
      backupScripts: { verbs: 'true', files: { a: 'true' }, checkEnding: '.x', env: { A: 'b' }, wholeServer: true },
      volumeBackupScripts: {
        checkpoint: 'true',
        dump: 'true',
        load: 'true',
        lock: 'true',
        unlock: 'true',
        files: { a: 'b' },
      },
      exporter: {
        name: 'redis_exporter',
        image: 'example.com/exporter:1',
        port: 9121,
        script: 'exec /exporter "$@"',
        env: { A: 'b' },
        userScript: 'true',
      },
    };
    expect(DatabaseEngine.of(spec).spec).toEqual(spec);
  });
});
