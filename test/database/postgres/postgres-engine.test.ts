import type { k8s } from 'cdk8s-plus-27';
import { DatabaseEngine } from '../../../lib';
import type { PostgresOptions } from '../../../lib';
import { describeShell, Sandbox } from '../../support/shell';

const spec = (options: Partial<PostgresOptions> = {}) => DatabaseEngine.postgres({ version: '17.11', ...options }).spec;

describe('the engine PostgreSQL', () => {
  test('takes every option', () => {
    const options: Required<PostgresOptions> = {
      version: '16.15',
      variant: 'alpine3.24',
      mountPath: '/data',
      dataDirectory: '/data/old/cluster',
      initdbArgs: ['--data-checksums', '--locale=C'],
    };
    expect(DatabaseEngine.postgres(options).spec).toMatchObject({
      image: 'postgres:16.15-alpine3.24',
      version: '16.15',
      mountPath: '/data',
      env: { PGDATA: '/data/old/cluster', POSTGRES_INITDB_ARGS: '--data-checksums --locale=C' },
    });
  });

  // A tag without suite moves to a new Debian one day, whose C library sorts in another order than existing indexes.
  test('pins the suite of the image, not only the version', () => {
    expect(spec().image).toBe('postgres:17.11-bookworm');
  });

  test.each([
    ['bookworm', 999],
    ['trixie', 999],
    ['alpine', 70],
    ['alpine3.24', 70],
  ])('runs as the user that owns the data in the variant %s', (variant, id) => {
    expect(spec({ variant })).toMatchObject({ runAsUser: id, runAsGroup: id });
  });

  // The folder above is hidden by the image's VOLUME, and takes no data; PGDATA must not be the root of a volume (lost+found).
  test.each(['14.24', '15.19', '16.15', '17.11', '17.999'])(
    'keeps the data of %s below the VOLUME of its image',
    (version) => {
      expect(spec({ version })).toMatchObject({
        mountPath: '/var/lib/postgresql/data',
        env: { PGDATA: '/var/lib/postgresql/data/pgdata' },
      });
    },
  );

  // 18 moved its VOLUME one folder up; a mount at the old path makes its entrypoint exit.
  test('keeps the data of 18 where its image does', () => {
    expect(spec({ version: '18.6' })).toMatchObject({
      mountPath: '/var/lib/postgresql',
      env: { PGDATA: '/var/lib/postgresql/18/docker' },
    });
  });

  test('makes clusters with checksums, so that a page that the disk has altered is an error', () => {
    expect(spec().env).toMatchObject({ POSTGRES_INITDB_ARGS: '--data-checksums' });
    expect(spec({ initdbArgs: [] }).env).not.toHaveProperty('POSTGRES_INITDB_ARGS');
  });

  test('can write its socket, its temporary files and its shared memory, and nothing else', () => {
    expect(spec().emptyDirs?.map(({ path }) => path)).toEqual(['/var/run/postgresql', '/tmp']);
    expect(spec().sharedMemory).toBe(true);
  });

  // 30 seconds, the default, cuts the checkpoint of a busy server off; then it must recover from a crash.
  test('gives the server two minutes for the checkpoint when it stops', () => {
    expect(spec().terminationGracePeriod.toSeconds()).toBe(120);
  });

  // Ten minutes, then it is a failure rather than recovery: an unreachable server answers neither 0 nor 1.
  test('asks often, and gives up late', () => {
    const { startupProbe, livenessProbe, readinessProbe } = spec();
    expect(startupProbe).toMatchObject({ periodSeconds: 5, failureThreshold: 120, timeoutSeconds: 10 });
    expect(livenessProbe).toMatchObject({ periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 10 });
    expect(readinessProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 10 });
  });

  test('does not replicate by itself', () => {
    expect(spec().replicates ?? false).toBe(false);
  });

  test('speaks to clients in the variables of libpq', () => {
    expect(spec().connectionVariables).toEqual({
      host: 'PGHOST',
      port: 'PGPORT',
      user: 'PGUSER',
      password: 'PGPASSWORD',
      databaseName: 'PGDATABASE',
    });
    expect(spec()).toMatchObject({ name: 'postgresql', port: 5432, user: 'postgres', databaseName: 'postgres' });
  });
});

describeShell('the probes of PostgreSQL', () => {
  const box = new Sandbox();

  beforeAll(() => box.program('pg_isready', 'echo "$@" > "$SANDBOX/args"; exit "$STATUS"'));
  afterAll(() => box.remove());

  function verdict(probe: k8s.Probe, status: number, env = {}): boolean {
    return box.run(probe.exec!.command!, { STATUS: String(status), ...env }).status === 0;
  }

  // pg_isready: 0 takes clients, 1 rejects them (starting, or recovering from a crash), 2 no answer, 3 nothing was asked.
  test.each([
    [0, true, true],
    [1, true, false],
    [2, false, false],
    [3, false, false],
  ])('with status %d let the server live: %s, and send clients to it: %s', (status, alive, ready) => {
    const { startupProbe, livenessProbe, readinessProbe } = spec();
    expect(verdict(startupProbe, status)).toBe(alive);
    expect(verdict(livenessProbe!, status)).toBe(alive);
    expect(verdict(readinessProbe, status)).toBe(ready);
  });

  test('ask over TCP, since the temporary server of init scripts answers on the socket', () => {
    const { startupProbe, livenessProbe, readinessProbe } = spec();
    for (const probe of [startupProbe, livenessProbe!, readinessProbe]) {
      verdict(probe, 0);
      expect(box.read('args')).toBe('-q -h 127.0.0.1 -t 5 -U postgres -d postgres\n');
    }
  });

  test('ask for the database and user that there are, or the log fills up with errors', () => {
    verdict(spec().livenessProbe!, 0, { POSTGRES_USER: 'admin', POSTGRES_DB: 'shop' });
    expect(box.read('args')).toBe('-q -h 127.0.0.1 -t 5 -U admin -d shop\n');
  });

  test('end before the kubelet gives them up', () => {
    // -t 5 of pg_isready is less than the probe's own timeout, whose excess would count as a failure.
    expect(spec().livenessProbe!.timeoutSeconds).toBeGreaterThan(5);
  });
});

describe('the engine PostgreSQL is refused', () => {
  const refused = (options: Partial<PostgresOptions>, ...problems: string[]) =>
    expect(() => spec(options)).toThrow(
      new Error(`DatabaseEngine.postgres:\n${problems.map((problem) => `- ${problem}`).join('\n')}`),
    );

  test.each(['17', 'latest', '', '17.11-bookworm', 'v17.11', '17.11.1'])('with the version %j', (version) => {
    refused(
      { version },
      `'version' must be 'major.minor', got "${version}": a tag without minor moves under the data; write '17.11'`,
    );
  });

  test.each(['13.22', '19.0', '9.6'])('with the major of %s, whose layout is not known here', (version) => {
    refused(
      { version },
      `'version' must be of a known major, 14, 15, 16, 17, 18, got "${version}": ` +
        'another major may keep its data elsewhere, where no volume is mounted; use one of these, or DatabaseEngine.of',
    );
  });

  test('with everything that is wrong said at once', () => {
    refused(
      { version: '17', variant: '-x', mountPath: 'data', dataDirectory: '/other' },
      "'version' must be 'major.minor', got \"17\": a tag without minor moves under the data; write '17.11'",
      "'variant' must be the suffix of an image tag, got \"-x\": write 'bookworm' or 'alpine3.24'",
      "'mountPath' must be an absolute path below '/', without ':' and '..', got \"data\": write it as '/var/lib/data'",
      '\'dataDirectory\' must lie below mountPath, data, got "/other": elsewhere it is lost with the container; ' +
        "write it as '/var/lib/postgresql/data/pgdata'",
    );
  });

  test('with a folder beside the volume, even one whose name begins alike', () => {
    refused(
      { dataDirectory: '/var/lib/postgresql/database' },
      '\'dataDirectory\' must lie below mountPath, /var/lib/postgresql/data, got "/var/lib/postgresql/database": ' +
        "elsewhere it is lost with the container; write it as '/var/lib/postgresql/data/pgdata'",
    );
    refused(
      { dataDirectory: '/var/lib/postgresql/data/../x' },
      "'dataDirectory' must be an absolute path below '/', without ':' and '..', got \"/var/lib/postgresql/data/../x\": " +
        "write it as '/var/lib/data'",
    );
  });
});

test('the engine PostgreSQL takes the root of the volume for data that are there already, and a path with a slash behind', () => {
  const root = '/var/lib/postgresql/data';
  expect(spec({ dataDirectory: root }).env).toMatchObject({ PGDATA: root });
  expect(() => spec({ mountPath: `${root}/` })).not.toThrow();
});
