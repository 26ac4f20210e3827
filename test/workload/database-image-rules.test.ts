import { Size } from 'cdk8s';
import {
  AccessMode,
  DatabaseEngine,
  Deployment,
  PersistentStatefulSet,
  PersistentVolumeClaim,
  Pod,
  StatefulDatabase,
  StaticVolume,
  VolumeSource,
} from '../../lib';
import type { IStorageClass, PersistentStatefulSetProps } from '../../lib';
import { DISK, NFS, OBJECT_STORE, SMB } from '../support/elsewhere';
import { newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER, DATABASE, newDatabase, newService, newSet } from '../support/samples';

/** A claim where the image keeps its data, and what the database is called. */
const IMAGES: [string, string, string][] = [
  ['bitnami/postgresql:17.2.0', '/bitnami/postgresql', 'PostgreSQL'],
  ['mariadb:11.8.8', '/var/lib/mysql', 'MariaDB'],
  ['mongo:8.0.29', '/data/db', 'MongoDB'],
  ['mysql:8.0.39', '/var/lib/mysql', 'MySQL'],
  ['percona/percona-server:8.4.3', '/var/lib/mysql', 'MySQL'],
  ['percona:psmdb-8.0.4', '/data/db', 'MongoDB'],
  ['pgvector/pgvector:pg17', '/var/lib/postgresql/data', 'PostgreSQL'],
  ['postgres:17.11', '/var/lib/postgresql/data', 'PostgreSQL'],
];

const POSTGRES = '/var/lib/postgresql/data';

type Props = Partial<PersistentStatefulSetProps>;

/** A raw set of an image, with a claim at a path. */
function raw(image: string, path: string, container: object = {}, template: object = {}) {
  return {
    containers: [{ name: 'sql', image, ...container }],
    volumeClaimTemplates: [
      { name: 'data', size: Size.gibibytes(1), mounts: [{ path, container: 'sql' }], ...template },
    ],
  };
}

function refusedSet(props: Props, ...problems: string[]): void {
  const chart = newChart();
  const service = newService(chart);
  const set = { name: 'db', service, containers: [CONTAINER], ...props };
  expectRefused(
    chart,
    () => new PersistentStatefulSet(chart, 'set', set),
    "PersistentStatefulSet 'test/set'",
    ...problems,
  );
}

function onShare(prop: string, name: string, database: string): string {
  return (
    `'${prop}' must not be a share over SMB nor an object store, got "${name}": its files have no owner, mode and locks of ` +
    `their own, and ${database} fails on it; take a class of disks`
  );
}

function alone(image: string, wayOut: string): string {
  return (
    `'replicas' must be 1 with the image ${image}, got 3: it does not replicate by itself: these would be unrelated databases ` +
    `behind one name, each with some of the rows; ${wayOut}`
  );
}

const REPLICATES = 'use 1, or set replication up and write replicates: true';

describe('a raw set of a database', () => {
  test.each(IMAGES)('of %s is refused where its data would be on a share', (image, path, database) => {
    for (const [storageClass, name] of [
      [SMB, 'azurefile-csi'],
      [OBJECT_STORE, 'azureblob-fuse-premium'],
    ] as [IStorageClass, string][]) {
      refusedSet(
        raw(image, path, {}, { storageClass }),
        onShare('volumeClaimTemplates[0].storageClass', name, database),
      );
    }
    for (const storageClass of [DISK, NFS]) expect(() => newSet(raw(image, path, {}, { storageClass }))).not.toThrow();
  });

  test('may keep anything else on a share', () => {
    const { containers, volumeClaimTemplates } = raw('postgres:17.11', POSTGRES);
    const mounts = [{ path: '/dumps', container: 'sql' }];
    const dumps = { name: 'dumps', size: Size.gibibytes(1), storageClass: SMB, mounts };
    expect(() => newSet({ containers, volumeClaimTemplates: [...volumeClaimTemplates, dumps] })).not.toThrow();
    expect(() => newSet(raw('redis:8.2.1', '/data', {}, { storageClass: SMB }))).not.toThrow();
  });

  test.each(IMAGES)('of %s is refused with several members', (image, path) => {
    refusedSet({ ...raw(image, path), replicas: 3 }, alone(image, REPLICATES));
    // On what is lost with the pod too.
    const emptyDirs = [{ path }];
    refusedSet({ containers: raw(image, path).containers, emptyDirs, replicas: 3 }, alone(image, REPLICATES));
    for (const replicas of [0, 1]) expect(() => newSet({ ...raw(image, path), replicas })).not.toThrow();
    expect(() => newSet({ ...raw(image, path), replicas: 3, replicates: true })).not.toThrow();
  });

  test.each([
    ['mongo:8.0.29', '/data/db', { args: ['--replSet', 'rs0'] }],
    ['mongo:8.0.29', '/data/db', { args: ['--config', '/etc/mongod.conf'] }],
    ['mongo:8.0.29', '/data/db', { command: ['mongod', '--replSet', 'rs0'] }],
    [
      'bitnami/postgresql:17.2.0',
      '/bitnami/postgresql',
      { env: [{ name: 'POSTGRESQL_REPLICATION_MODE', value: 'slave' }] },
    ],
    ['mysql:8.0.39', '/var/lib/mysql', { args: ['--group-replication-start-on-boot=ON'] }],
    // They replicate by themselves, or their clients choose one.
    ['percona/percona-xtradb-cluster:8.0.39', '/var/lib/mysql', {}],
    ['redis:8.2.1', '/data', {}],
    ['prom/prometheus:v3.5.0', '/prometheus', {}],
  ])('of %s at %s with %j may have several members', (image, path, container) => {
    expect(() => newSet({ ...raw(image, path, container), replicas: 3 })).not.toThrow();
  });

  test.each([
    ['postgres:bookworm', POSTGRES, 'PostgreSQL', 'postgres:17.11-bookworm'],
    ['postgres:alpine3.24', POSTGRES, 'PostgreSQL', 'postgres:17.11-bookworm'],
    ['registry.example.com/mirror/postgres:stable', POSTGRES, 'PostgreSQL', 'postgres:17.11-bookworm'],
    ['mysql:lts', '/var/lib/mysql', 'MySQL', 'mysql:8.4.9'],
    ['mysql:innovation-oraclelinux9', '/var/lib/mysql', 'MySQL', 'mysql:8.4.9'],
    ['mariadb:lts-ubi10', '/var/lib/mysql', 'MariaDB', 'mariadb:11.8.8'],
    ['mongo:noble', '/data/db', 'MongoDB', 'mongo:8.0.29'],
  ])('of %s is refused, as the next major would start on its data', (image, path, database, example) => {
    const { containers, volumeClaimTemplates } = raw(image, path);
    refusedSet(
      { containers, volumeClaimTemplates },
      `'containers[0].image' must have a tag that names the version, got "${image}": a pod that moves to another node may ` +
        `start another major, and ${database} of one major cannot use the data of another; pin it, as in ${example}`,
    );
    const digest = `${image}@sha256:${'ab'.repeat(32)}`;
    expect(() => newSet(raw(digest, path))).not.toThrow();
    // What is lost anyway needs no version, nor does what only runs a client.
    expect(() => newSet({ containers, emptyDirs: [{ path }] })).not.toThrow();
    expect(() => newSet(raw(image, path, { command: ['sleep', '1d'] }))).not.toThrow();
  });

  test.each([
    'postgres:17',
    'postgres:17rc1',
    'mirror/postgres:main-17',
    'mirror/postgres:v17.2',
    'timescale/timescaledb:latest-pg17',
    'mirror/our-postgres:stable',
  ])('of %s names its version, or one that is not ours to know', (image) => {
    expect(() => newSet(raw(image, POSTGRES))).not.toThrow();
  });
});

describe('two majors on one claim', () => {
  const init = (image: string, more: object = {}) => ({
    name: 'prepare',
    image,
    command: ['sh', '-c', 'docker-ensure-initdb.sh'],
    volumeMounts: [{ name: 'data', mountPath: POSTGRES, ...more }],
  });

  test.each(['postgres:16.15', 'pgvector/pgvector:pg16'])('are refused: %s before 17', (image) => {
    refusedSet(
      { ...raw('postgres:17.11', POSTGRES), initContainers: [init(image)] },
      `'prepare.image' must be of the major of 'sql', postgres:17.11, which writes to the same claim, got "${image}": PostgreSQL ` +
        'of one major cannot use the data of another; give both the same, or upgrade by dump and restore',
    );
  });

  test('are refused in a database too', () => {
    const initContainers = [init('postgres:16.15')];
    expect(() => newDatabase({ initContainers })).toThrow("'prepare.image' must be of the major of 'postgresql'");
  });

  test.each([
    ['the same', init('postgres:17.9')],
    ['of something else', init('busybox:1.37')],
    ['in another folder', init('postgres:16.15', { subPath: 'old' })],
    ['that only reads', init('postgres:16.15', { readOnly: true })],
  ])('are none where the other is %s', (_, container) => {
    expect(() => newSet({ ...raw('postgres:17.11', POSTGRES), initContainers: [container] })).not.toThrow();
  });
});

describe('a Deployment of a database', () => {
  test('has the same rules', () => {
    const chart = newChart();
    const claim = new PersistentVolumeClaim(chart, 'claim', {
      size: Size.gibibytes(1),
      storageClass: SMB,
      accessMode: AccessMode.READ_WRITE_MANY,
    });
    const claims = [{ name: 'data', claim, mounts: [{ path: POSTGRES }] }];
    const containers = [{ name: 'sql', image: 'postgres:bookworm' }];
    expectRefused(
      chart,
      () => new Deployment(chart, 'db', { containers, claims, replicas: 3 }),
      "Deployment 'test/db'",
      '\'containers[0].image\' must have a tag that names the version, got "postgres:bookworm": a pod that moves to another node ' +
        'may start another major, and PostgreSQL of one major cannot use the data of another; pin it, as in postgres:17.11-bookworm',
      onShare('claims[0].claim', 'claim', 'PostgreSQL'),
      alone('postgres:bookworm', 'use 1, or an operator that sets replication up'),
    );
  });
});

test('a Pod may not keep a database on a share that exists already', () => {
  const chart = newChart({ namespace: 'shop' });
  const source = VolumeSource.csi({ driver: 'smb.csi.k8s.io', volumeHandle: 'share' });
  const claim = new StaticVolume(chart, 'share', { size: Size.gibibytes(1), source });
  const claims = [{ name: 'data', claim, mounts: [{ path: POSTGRES }] }];
  expectRefused(
    chart,
    () => new Pod(chart, 'db', { containers: [{ name: 'sql', image: 'postgres:17.11' }], claims }),
    "Pod 'test/db'",
    onShare('claims[0].claim', 'share', 'PostgreSQL'),
  );
});

test('a second database beside a StatefulDatabase has the same rules, under the props of the user', () => {
  const sidecars = [{ name: 'other', image: 'mysql:8.0.39' }];
  const mounts = [{ path: '/var/lib/mysql', container: 'other' }];
  const volumeClaimTemplates = [{ name: 'other', size: Size.gibibytes(1), storageClass: SMB, mounts }];
  expect(() => newDatabase({ sidecars, volumeClaimTemplates })).toThrow(
    `\n- ${onShare('volumeClaimTemplates[0].storageClass', 'azurefile-csi', 'MySQL')}`,
  );
});

describe('the image of a StatefulDatabase', () => {
  test.each(['mirror/postgres:bookworm', 'pgvector/pgvector:trixie'])('must have a version: %s', (image) => {
    expect(() => newDatabase({ image })).toThrow(`'image' must have a tag that names the version, got "${image}"`);
  });

  // Under another name it is the same database.
  test('must be of its major, whatever it is made of', () => {
    for (const image of ['pgvector/pgvector:pg16', 'postgis/postgis:18-3.6', 'timescale/timescaledb:2.17.2-pg16']) {
      expect(() => newDatabase({ image })).toThrow("'image' must hold the version and variant of the engine's");
    }
    for (const image of ['pgvector/pgvector:pg17', 'postgis/postgis:17-3.5']) {
      expect(() => newDatabase({ image })).not.toThrow();
    }
  });

  test('must keep its data where the claim is', () => {
    expect(() => newDatabase({ image: 'bitnami/postgresql:17.2.0' })).toThrow(
      "'engine.mountPath' must hold /bitnami/postgresql, where bitnami/postgresql:17.2.0 keeps its data",
    );
  });

  // The database's own engine says so; its set must not ask again.
  test('may replicate where its engine does', () => {
    const { spec } = DATABASE.engine;
    const engine = DatabaseEngine.of({ ...spec, replicates: true });
    expect(() => new StatefulDatabase(newChart(), 'db', { ...DATABASE, engine, replicas: 3 })).not.toThrow();
  });
});
