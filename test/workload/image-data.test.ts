import { lostData } from '../../lib/workload/image-data';
import type { ImageUse } from '../../lib/workload/image-data';
import { KNOWN_IMAGES, imageData } from '../../lib/workload/images/known-images';

const OLD = '/var/lib/postgresql/data';
const NEW = '/var/lib/postgresql';

/** A tag for each image whose layout depends on it. */
const TAGS: { [name: string]: string[] } = {
  'gitea/gitea': ['1.24.6', '1.24.6-rootless'],
  'library/percona': ['8.0', 'ps-8.0', 'psmdb-8.0.4'],
  couchdb: ['3.5.1'],
  influxdb: ['1.12', '2.7-alpine'],
  'pgvector/pgvector': ['pg17', '0.8.1-pg18'],
  'postgis/postgis': ['17-3.5', '18-3.6'],
  postgres: ['17.11', '18.6'],
  'timescale/timescaledb': ['2.17.2-pg16', 'latest-pg18'],
};

const EACH = Object.keys(KNOWN_IMAGES).flatMap((name) => (TAGS[name] ?? ['8.0.1']).map((tag) => `${name}:${tag}`));

function lost(image: string, paths: string[], more: Partial<ImageUse> = {}): string | undefined {
  const volumes = paths.map((path) => ({ path, kind: 'claim' as const }));
  return lostData({ image, ...more, volumes: [...volumes, ...(more.volumes ?? [])] })?.path;
}

/*
 * A container runtime puts a fresh folder of the node at every VOLUME of the image that is not mounted itself. So a mount above a
 * VOLUME is hidden by it, and the database forgets everything with its container, without any error.
 */
describe('the data of a well-known image', () => {
  test.each([
    ['postgres:17.11', {}, [OLD]],
    ['postgres:17.11', { PGDATA: `${OLD}/pgdata` }, [OLD]],
    ['postgres:17.11', { PGDATA: `${OLD}/pgdata` }, [`${OLD}/`]],
    ['postgres:17.11', { PGDATA: '/data/pgdata' }, ['/data']],
    ['localhost:5000/mirror/postgres:17.11-bookworm@sha256:ab', {}, ['/tmp', OLD]],
    ['postgres:18.6', {}, [NEW]],
    ['postgres:18.6', {}, [`${NEW}/18`]],
    ['postgres:19.1', {}, [NEW]],
    ['mongo:5.0.33', {}, ['/data/db']],
    ['mariadb:11.8.8', {}, ['/var/lib/mysql']],
    ['hashicorp/consul:2.0.4', {}, ['/consul/data']],
    ['wordpress:7.1.0-php8.3-apache', {}, ['/var/www/html']],
    // Uploads, themes and plugins; the rest comes from the image.
    ['wordpress:7.1.0-php8.3-apache', {}, ['/var/www/html/wp-content']],
    ['rabbitmq:4.1', {}, ['/var/lib/rabbitmq/mnesia']],
    ['percona:psmdb-8.0.4', {}, ['/data/db']],
    ['bitnami/mariadb:11.4', {}, ['/bitnami/mariadb']],
    ['registry.example.com/bitnamilegacy/postgresql:16', {}, ['/bitnami/postgresql/data']],
    // Either layout could be that of a digest.
    ['postgres@sha256:ab', {}, [NEW]],
    ['postgres@sha256:ab', {}, [OLD]],
  ])('of %s with %j is safe in %j', (image, env, mounts) => {
    expect(lost(image, mounts, { env })).toBeUndefined();
  });

  test.each([
    // The documents' classic: for 17 the VOLUME lies below, and hides the claim.
    ['postgres:17.11', {}, [NEW], OLD],
    ['postgres:17.11', { PGDATA: `${OLD}/pgdata` }, [NEW], `${OLD}/pgdata`],
    ['postgres:17.11', {}, ['/var/lib/postgres/data'], OLD],
    ['postgres:17.11', {}, [`${OLD}base`], OLD],
    ['postgres:17.11', {}, [], OLD],
    ['postgres:17.11', { PGDATA: '/data' }, [OLD], '/data'],
    ['postgres:17.11', {}, [`${OLD}/pgdata`], OLD],
    // 18 moved its data: what is right for 17 misses them.
    ['postgres:18.6', {}, [OLD], `${NEW}/18/docker`],
    ['postgres:18.6', {}, [`${NEW}/17`], `${NEW}/18/docker`],
    ['postgis/postgis:17-3.5', {}, [NEW], OLD],
    ['timescale/timescaledb:2.17.2-pg16', {}, [NEW], OLD],
    ['pgvector/pgvector:pg18', {}, [OLD], `${NEW}/18/docker`],
    ['postgres@sha256:ab', {}, ['/data'], NEW],
    ['mongo:5.0.33', {}, ['/data'], '/data/db'],
    ['mongo:5.0.33', {}, ['/data/configdb'], '/data/db'],
    ['mysql:8.0.39', {}, ['/var/lib/mysq'], '/var/lib/mysql'],
    ['mysql:8.0.39', {}, [], '/var/lib/mysql'],
    ['mariadb:11.8.8', {}, ['/var/lib'], '/var/lib/mysql'],
    ['percona:psmdb-8.0.4', {}, ['/var/lib/mysql'], '/data/db'],
    ['bitnami/mariadb:11.4', {}, ['/var/lib/mysql'], '/bitnami/mariadb'],
    ['docker.io/bitnamilegacy/mariadb:11.4', {}, ['/var/lib/mysql'], '/bitnami/mariadb'],
    ['hashicorp/consul:2.0.4', {}, ['/consul'], '/consul/data'],
    ['wordpress:7.1.0-php8.3-apache', {}, ['/var/www'], '/var/www/html'],
    // Where Debian's package keeps them.
    ['redis:8.2.1', {}, ['/var/lib/redis'], '/data'],
    ['influxdb:2.7', {}, ['/var/lib/influxdb'], '/var/lib/influxdb2'],
    ['cassandra:5.0', {}, ['/var/lib'], '/var/lib/cassandra'],
    ['gitea/gitea:1.24.6-rootless', {}, ['/data'], '/var/lib/gitea'],
  ])('of %s with %j is lost in %j', (image, env, mounts, path) => {
    expect(lost(image, mounts, { env })).toBe(path);
  });

  test.each([
    'ubuntu:24.04',
    'postgres@sha256:ab',
    'postgres:bookworm',
    'my-postgres:17',
    'constructor:1',
    // Of the same name, and of others who keep their data elsewhere.
    'lscr.io/linuxserver/mariadb:11.4.8',
    'gcr.io/google-samples/cassandra:v13',
    'cgr.dev/chainguard/postgres:17',
    'bitnami/mongodb-exporter:1',
    'kartoza/postgis:17-3.5',
    'influxdb:3.9-core',
  ])('of %s is not known, and nothing is claimed of it', (image) => {
    expect(lost(image, [])).toBeUndefined();
  });

  test.each([
    'lscr.io/linuxserver/mariadb:11',
    'gcr.io/google-samples/cassandra:v13',
    'kartoza/postgis:17-3.5',
    'wurstmeister/zookeeper:3.4.6',
    'x/registry:1',
  ])('nor of %s with a claim elsewhere', (image) => {
    expect(lost(image, ['/config'])).toBeUndefined();
  });
});

describe('every image of the table', () => {
  test('knows enough of them, each from somewhere', () => {
    expect(Object.keys(KNOWN_IMAGES).length).toBeGreaterThan(60);
    for (const image of EACH) expect(imageData(image)?.source).toMatch(/^https:\/\//);
  });

  test.each(EACH)('%s keeps its data in a claim at its folder', (image) => {
    const { path = '', volumes = [] } = imageData(image) ?? {};
    const volume = volumes.find((one) => `${path}/`.startsWith(`${one}/`));
    expect(lost(image, [path])).toBeUndefined();
    expect(lost(image, [volume ?? path])).toBeUndefined();
    expect(lost(`registry.example.com/mirror/${image}`, [path])).toBeUndefined();
  });

  test.each(EACH)('%s loses them beside a claim that is mistyped', (image) => {
    const { path = '', always } = imageData(image) ?? {};
    const mistyped = path.slice(0, -1);
    // Nobody looks for data in /tmp, so that a claim there may be for something else.
    if (!path.startsWith('/tmp/')) expect(lost(image, [mistyped])).toBe(path);
    expect(lost(image, ['/typo'])).toBe(path);
    expect(lost(`registry.example.com/mirror/${image}`, ['/typo'])).toBe(path);
    // A cache, or what keeps all elsewhere, may run without a volume.
    expect(lost(image, [])).toBe(always ? path : undefined);
    expect(lost(image, ['/etc/pki', '/tmp/work'])).toBe(always ? path : undefined);
  });

  test.each(EACH)('%s may be told of another folder', (image) => {
    const { variables = [], configuration = [], database } = imageData(image) ?? {};
    const argument = database ? '--datadir=/mine/data' : '--anything=/mine/data';
    expect(lost(image, ['/mine'], { args: [argument] })).toBeUndefined();
    for (const name of variables) {
      expect(lost(image, ['/mine'], { env: { [name]: '/mine/data' } })).toBeUndefined();
      // Of a Secret or a ConfigMap.
      expect(lost(image, ['/mine'], { env: { [name]: undefined } })).toBeUndefined();
      expect(lost(image, ['/mine'], { envFrom: true })).toBeUndefined();
    }
    for (const path of configuration) {
      expect(lost(image, ['/mine'], { volumes: [{ path, kind: 'files' }] })).toBeUndefined();
    }
    const file = { path: '/conf/server.conf', kind: 'files' as const };
    expect(lost(image, ['/mine'], { args: ['--config', '/conf/server.conf'], volumes: [file] })).toBeUndefined();
  });

  // What would be hidden stays hidden, whatever comes from a Secret.
  test('but not by variables that it does not read, nor by a file that it is not told of', () => {
    const secret = { path: '/certificates', kind: 'files' as const };
    expect(lost('mysql:8.0.39', ['/var/lib/mysq'], { envFrom: true, volumes: [secret] })).toBe('/var/lib/mysql');
    expect(lost('postgres:17.11', [NEW], { envFrom: true })).toBe(OLD);
    expect(lost('postgres:17.11', [NEW, '/archive'], { args: ['-c', 'archive_command=cp %p /archive/%f'] })).toBe(OLD);
    expect(lost('redis:8.2.1', ['/dat'], { args: ['--appendonly', 'yes'] })).toBe('/data');
  });

  test('may lose what an emptyDir holds', () => {
    for (const image of EACH) {
      const { path = '' } = imageData(image) ?? {};
      expect(lost(image, ['/mine'], { volumes: [{ path, kind: 'scratch' }] })).toBeUndefined();
    }
  });
});
