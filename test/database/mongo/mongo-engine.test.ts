import { DatabaseEngine } from '../../../lib';
import type { DatabaseEngineSpec, MongoOptions } from '../../../lib';
import { SHOP_PASSWORD } from '../../support/elsewhere';
import { find, manifestsOf, named } from '../../support/manifests';
import { podSecurityErrors } from '../../support/pod-security';
import { newDatabase } from '../../support/samples';
import { describeShell, Sandbox } from '../../support/shell';
import { schemaErrors } from '../../support/strict-schema';

const VERSION = '8.0.29';
const REPLICATED = { version: VERSION, replicaSet: 'rs0', keyFile: SHOP_PASSWORD };

function spec(options: Partial<MongoOptions> = {}): DatabaseEngineSpec {
  return DatabaseEngine.mongo({ version: VERSION, ...options }).spec;
}

describe('the engine MongoDB', () => {
  test('asks for a login by default, and makes the administrator, for which the image wants both variables', () => {
    expect(spec()).toMatchObject({
      env: { MONGO_INITDB_ROOT_USERNAME: 'root' },
      passwordVariable: 'MONGO_INITDB_ROOT_PASSWORD',
    });
  });

  // As a command they would skip the entrypoint, and with it the administrator and --auth.
  test('gives flags as arguments', () => {
    expect(spec(REPLICATED).args).toEqual([
      'mongod',
      '--replSet',
      'rs0',
      '--bind_ip_all',
      '--keyFile',
      '/private/keyFile',
    ]);
    expect(spec().args).toEqual(['mongod', '--bind_ip_all']);
  });

  test('replicates only as a replica set', () => {
    expect(spec(REPLICATED).replicates).toBe(true);
    expect(spec().replicates).toBe(false);
  });

  test('mounts both VOLUMEs of the image', () => {
    expect(spec().mountPath).toBe('/data/db');
    expect(spec().emptyDirs?.map(({ path }) => path)).toEqual(['/data/configdb', '/tmp']);
  });

  test('renders a replica set whose members find each other before they are ready', () => {
    const { chart } = newDatabase({ engine: DatabaseEngine.mongo(REPLICATED), replicas: 3 });
    const manifests = manifestsOf(chart);
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
    expect(find(manifests, 'Service', 'db').spec.publishNotReadyAddresses).toBe(true);
  });

  // A server refuses a key that the pod's group can read, as every file of a Secret is.
  test('gives the key to the server alone, in memory', () => {
    const { chart } = newDatabase({ engine: DatabaseEngine.mongo(REPLICATED), replicas: 3 });
    const pod = find(manifestsOf(chart), 'StatefulSet', 'db').spec.template.spec;
    const copier = named(pod.initContainers, 'private-files');
    expect(named(pod.volumes, 'private').emptyDir).toEqual({ medium: 'Memory', sizeLimit: '1Mi' });
    expect(named(pod.volumes, 'secret-files').projected.sources).toEqual([
      { secret: { name: 'shop', items: [{ key: 'pw', path: 'keyFile' }] } },
    ]);
    const server = named(pod.containers, 'mongo');
    expect(named(server.volumeMounts, 'private').mountPath).toBe('/private');
    expect(server.volumeMounts.map(({ name }) => name)).not.toContain('secret-files');
    expect(copier.command[2]).toBe('umask 377; rm -f /private/*; cp /secret/* /private/');
  });

  test('without a login takes no password and gives none to clients', () => {
    const engine = DatabaseEngine.mongo({ version: VERSION, authentication: false });
    const { database } = newDatabase({ engine, password: undefined });
    expect(database.connectionEnv().map(({ name }) => name)).toEqual(['DB_HOST', 'DB_PORT', 'DB_NAME']);
    expect(() => newDatabase({ engine })).toThrow(
      new Error(
        "StatefulDatabase 'test/db':\n- 'password' must be left out with this engine, got \"key dbpassword\": " +
          'the server asks for no login and would let everybody in all the same',
      ),
    );
  });

  test('with a login insists on the password', () => {
    const engine = DatabaseEngine.mongo({ version: VERSION });
    expect(() => newDatabase({ engine, password: undefined })).toThrow(
      new Error(
        "StatefulDatabase 'test/db':\n- 'password' must be given with the engine mongo, got nothing: " +
          'without one the image makes no database; write { secret, key }, with the Secret made by hand',
      ),
    );
  });

  test('names another administrator', () => {
    const { chart } = newDatabase({ engine: DatabaseEngine.mongo({ version: VERSION }), user: 'admin' });
    const server = named(find(manifestsOf(chart), 'StatefulSet', 'db').spec.template.spec.containers, 'mongo');
    expect(named(server.env, 'MONGO_INITDB_ROOT_USERNAME').value).toBe('admin');
  });

  test.each<[string, Partial<MongoOptions>, string]>([
    [
      'a version without patch',
      { version: '8.0' },
      "'version' must be 'major.minor.patch', got \"8.0\": a shorter tag moves under the data; write '8.0.29'",
    ],
    [
      'an unknown major',
      { version: '4.4.1' },
      '\'version\' must be of a known major, 5, 6, 7, 8, got "4.4.1": another major may keep its data elsewhere, where no ' +
        'volume is mounted; use one of these, or DatabaseEngine.of',
    ],
    [
      'a replica set of no name',
      { replicaSet: 'a b', keyFile: SHOP_PASSWORD },
      "'replicaSet' must be a name of letters, digits, _ and -, got \"a b\": write 'myReplicaSet'",
    ],
    [
      'a replica set with logins and no key',
      { replicaSet: 'rs0' },
      "'keyFile' must be given for a replica set, got nothing: members with authentication must know each other, or the server " +
        'does not start; give a Secret of base64 text',
    ],
    [
      'a key without a replica set',
      { keyFile: SHOP_PASSWORD },
      '\'keyFile\' must be left out without replica set and authentication, got "key pw": it turns authentication on, for ' +
        'members of a replica set; leave it out',
    ],
  ])('is refused with %s', (_, options, problem) => {
    expect(() => spec(options)).toThrow(new Error(`DatabaseEngine.mongo:\n- ${problem}`));
  });
});

describeShell('the readiness probe of MongoDB', () => {
  const box = new Sandbox();

  beforeAll(() => {
    for (const shell of ['mongo', 'mongosh']) box.program(shell, `echo "${shell} $HOME $@"; exit 0`);
  });
  afterAll(() => {
    box.remove();
  });

  // HOME is the data volume, in which the shell would leave a log a session.
  test.each([
    ['5.0.33', 'mongo'],
    ['8.0.29', 'mongosh'],
  ])('of %s asks by the address of the pod, by %s, and writes nothing into the data', (version, shell) => {
    const { command } = spec({ version }).readinessProbe.exec ?? {};
    const { stdout } = box.run(command ?? [], { HOSTNAME: 'mongo-0', HOME: '/data/db' });
    expect(stdout).toMatch(new RegExp(`^${shell} /tmp --quiet --norc --host mongo-0 --eval `));
  });
});
