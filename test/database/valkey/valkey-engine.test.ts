import { Size } from 'cdk8s';
import { DatabaseEngine, StatefulDatabase } from '../../../lib';
import type { DatabaseEngineSpec, StatefulDatabaseProps, ValkeyOptions } from '../../../lib';
import { SHOP_PASSWORD } from '../../support/elsewhere';
import { find, manifestsOf, named, newChart } from '../../support/manifests';
import { podSecurityErrors } from '../../support/pod-security';
import { expectRefused } from '../../support/refused';
import { DATABASE, newDatabase } from '../../support/samples';
import { schemaErrors } from '../../support/strict-schema';

function spec(options: Partial<ValkeyOptions> = {}): DatabaseEngineSpec {
  return DatabaseEngine.valkey({ version: '8.1.8', ...options }).spec;
}

const engine = DatabaseEngine.valkey({ version: '8.1.8' });
const applicationUser = { name: 'shop', password: SHOP_PASSWORD };

describe('the engine Valkey', () => {
  test('runs the official image as the user that owns the data', () => {
    const required: Required<ValkeyOptions> = { version: '9.0.1', variant: 'alpine3.22' };
    expect(spec()).toMatchObject({ image: 'valkey/valkey:8.1.8-trixie', runAsUser: 999, runAsGroup: 999, port: 6379 });
    expect(spec(required)).toMatchObject({ image: 'valkey/valkey:9.0.1-alpine3.22', runAsUser: 999, runAsGroup: 1000 });
  });

  test('renders a whole database: everything is on the volume, and the data leave memory for snapshots', () => {
    const parameters = { appendfsync: 'always', save: '60 1' };
    const resources = { memory: Size.mebibytes(512) };
    const { chart, database } = newDatabase({ engine, applicationUser, parameters, resources });
    const manifests = manifestsOf(chart);
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
    const pod = find(manifests, 'StatefulSet', 'db').spec.template.spec;
    const server = named(pod.containers, 'valkey');
    expect(server.args).toEqual([
      ...['--dir', '/data', '--aclfile', '/data/users.acl', '--appendonly', 'yes', '--appendfsync', 'everysec'],
      ...['--databases', '32', '--maxmemory-policy', 'noeviction', '--maxmemory', '322122547'],
      // The last one counts.
      ...['--appendfsync', 'always', '--save', '60 1'],
    ]);
    // set-password.sh is run there by hand.
    expect(named(server.volumeMounts, 'scripts')).toMatchObject({ mountPath: '/scripts' });
    const { args, env } = named(pod.initContainers, 'initialize');
    expect(args).toEqual(server.args);
    expect(named(env, 'DATA_VOLUME').value).toBe('/data');
    expect(named(env, 'VALKEY_USER').value).toBe('shop');
    expect(named(env, 'VALKEY_PASSWORD_FILE').value).toBe('/passwords/VALKEY_PASSWORD');
    expect([...server.env, ...env].map(({ name }) => name)).not.toContain('VALKEY_PASSWORD');
    expect([...server.env, ...env].map(({ name }) => name)).not.toContain('VALKEY_USER_PASSWORD');
    expect(find(manifests, 'ConfigMap', 'db-scripts').data).toMatchObject({
      'initialize.sh': spec().initializeScript,
      'set-password.sh': expect.any(String) as string,
    });
    expect(database.connectionEnv()).toEqual([
      { name: 'DB_HOST', value: 'db' },
      { name: 'DB_PORT', value: '6379' },
      { name: 'DB_NAME', value: '0' },
      { name: 'DB_USER', value: 'shop' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'shop', key: 'pw' } } },
    ]);
  });

  test('gives clients the number that the application user is given', () => {
    const { database } = newDatabase({ engine, applicationUser: { ...applicationUser, databaseName: '3' } });
    expect(database.connectionEnv()).toContainEqual({ name: 'DB_NAME', value: '3' });
  });

  // A server that reads an append-only file of a day's work must not be killed, and begin anew.
  test('gives a server that reads its data a day', () => {
    const { periodSeconds = 0, failureThreshold = 0 } = spec().startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(24 * 60 * 60);
  });

  const refused = (props: Partial<StatefulDatabaseProps>, ...problems: string[]) => {
    const chart = newChart();
    const make = () => new StatefulDatabase(chart, 'db', { ...DATABASE, engine, ...props });
    expectRefused(chart, make, "StatefulDatabase 'test/db'", ...problems);
  };

  test('leaves no way to lose data by a parameter', () => {
    refused(
      {
        parameters: {
          'maxmemory-policy': 'allkeys-lru',
          appendonly: 'no',
          dir: '/tmp',
          replicaof: 'x 1',
          requirepass: 'x',
        },
      },
      '\'parameters\' must leave this one alone, got "maxmemory-policy": it belongs to the data: any other drops keys when the memory is full; for a cache, use a Deployment',
      '\'parameters\' must leave this one alone, got "appendonly": it belongs to the data: without the file, all that was written since the last snapshot is lost',
      '\'parameters\' must leave this one alone, got "dir": it belongs to the path at which the claim is mounted, /data',
      '\'parameters\' must leave this one alone, got "replicaof": it belongs to a server that is alone: it would drop its data for those of another, or hold a part of them',
      '\'parameters\' must leave this one alone, got "requirepass": it belongs to the users, which the server keeps in /data/users.acl; change them by ACL SETUSER and ACL SAVE',
    );
  });

  test('refuses users and databases that it cannot make', () => {
    refused(
      { applicationUser: { ...applicationUser, name: 'probe', databaseName: 'shop' } },
      "'applicationUser.name' must be another than the image's own users, got \"probe\": choose another name, e.g. 'shop'",
      "'applicationUser.databaseName' must be a number with the engine valkey, got \"shop\": its databases have numbers, and no client could select another; write '0' or leave it out",
    );
    refused(
      { applicationUser: { ...applicationUser, name: 'default' }, initScripts: { 'a.lua': 'x' }, replicas: 2 },
      "'replicas' must be 1 with the engine valkey, got 2: it does not replicate by itself: these would be unrelated databases behind one name, each with some of the rows; use 1, or an operator that sets replication up",
      '\'applicationUser.name\' must be another than the administrator, got "default": choose another name',
      '\'initScripts\' must be left out with the engine valkey, got "a.lua": its image runs none',
    );
  });

  test.each([
    [
      { version: '8.1' },
      "'version' must be 'major.minor.patch', got \"8.1\": a shorter tag moves under the data; write '8.1.8'",
    ],
    [
      { version: '7.2.11' },
      '\'version\' must be of a known major, 8, 9, got "7.2.11": another major may keep its data elsewhere, where no volume is mounted; use one of these, or DatabaseEngine.of',
    ],
    [{ variant: '' }, "'variant' must be the suffix of an image tag, got \"\": write 'trixie' or 'alpine3.23'"],
  ])('refuses %j', (options, problem) => {
    expect(() => spec(options)).toThrow(new Error(`DatabaseEngine.valkey:\n- ${problem}`));
  });
});
