/** An image's reference, taken apart. */
export interface ImageName {
  /** All before tag and digest: `docker.io/library/postgres`. */
  readonly repository: string;
  readonly tag: string;
  /** Whether a digest alone says the version. */
  readonly digest: boolean;
}

export function parseImage(image: string): ImageName {
  const [reference = '', digest] = image.split('@', 2);
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return {
    repository: colon < 0 ? reference : reference.slice(0, colon),
    tag: colon < 0 ? '' : reference.slice(colon + 1),
    digest: digest !== undefined,
  };
}

/** What a server does with data of another version than its own. */
export interface Engine {
  readonly name: string;
  /** The last part of the repository's name. */
  readonly images: RegExp;
  /** How many numbers of a version make a series, whose members read each other's data. */
  readonly series: number;
  /**
   * What an upgrade to a later series does: `refuses`: the server does not start; `each`: it must go through each series;
   * `converts`: the server converts the data, and no earlier one reads it again.
   */
  readonly upgrade: 'refuses' | 'each' | 'converts';
  /** Whether an earlier series starts on the data of a later one. Nearly none does. */
  readonly downgrade: 'refuses' | 'works';
  /** Whether text is sorted as the C library says, in indexes that outlive it. */
  readonly sortsByLibc?: boolean;
  /** Finds the version in a tag that does not begin with it. */
  readonly version?: RegExp;
  /** The user of the system that the official image runs as when nobody names one, and that owns its files. */
  readonly user?: (tag: string) => string;
  /** Variables and arguments that say where data is. */
  readonly dataSettings?: readonly string[];
  /** Variables that are read only when the data is made. */
  readonly firstStart?: readonly string[];
  readonly source: string;
}

const POSTGRES_SETTINGS = [
  'PGDATA',
  'POSTGRESQL_DATA_DIR',
  'POSTGRESQL_VOLUME_DIR',
  '-D',
  '--data-directory',
  'data_directory',
];
const POSTGRES_FIRST = [
  'POSTGRES_PASSWORD',
  'POSTGRES_USER',
  'POSTGRES_DB',
  'POSTGRES_PASSWORD_FILE',
  'POSTGRESQL_PASSWORD',
  'POSTGRESQL_USERNAME',
  'POSTGRESQL_DATABASE',
  'POSTGRESQL_POSTGRES_PASSWORD',
  'POSTGRES_POSTGRES_PASSWORD',
];
const MYSQL_SETTINGS = ['--datadir', 'datadir', 'MYSQL_DATA_DIR', 'MARIADB_DATA_DIR'];
const mysqlFirst = (prefix: string): string[] =>
  ['ROOT_PASSWORD', 'PASSWORD', 'USER', 'DATABASE', 'ROOT_PASSWORD_FILE'].map((end) => `${prefix}_${end}`);

/** Servers whose versions matter to data. What is not stated in a manual is left out. */
export const ENGINES: readonly Engine[] = [
  {
    name: 'PostgreSQL',
    images: /^(?:postgres|postgresql|postgis|pgvector|timescaledb|timescaledb-ha|spilo-\d+)$/,
    series: 1,
    upgrade: 'refuses',
    downgrade: 'refuses',
    sortsByLibc: true,
    version: /(?:^|-)pg(\d+(?:\.\d+)?)/,
    user: (tag) => (tag.includes('alpine') ? '70' : '999'),
    dataSettings: POSTGRES_SETTINGS,
    firstStart: POSTGRES_FIRST,
    source: 'https://www.postgresql.org/docs/current/upgrading.html',
  },
  {
    name: 'MySQL',
    images: /^(?:mysql|mysql-server|percona-server)$/,
    series: 2,
    upgrade: 'converts',
    downgrade: 'refuses',
    user: () => '999',
    dataSettings: MYSQL_SETTINGS,
    firstStart: mysqlFirst('MYSQL'),
    source: 'https://dev.mysql.com/doc/refman/8.4/en/downgrading.html',
  },
  {
    name: 'MariaDB',
    images: /^(?:mariadb|mariadb-galera)$/,
    series: 2,
    upgrade: 'converts',
    downgrade: 'refuses',
    user: () => '999',
    dataSettings: MYSQL_SETTINGS,
    firstStart: [...mysqlFirst('MARIADB'), ...mysqlFirst('MYSQL')],
    source: 'https://mariadb.com/kb/en/downgrading-between-major-versions-of-mariadb/',
  },
  {
    name: 'MongoDB',
    images: /^(?:mongo|mongodb|mongodb-community-server|percona-server-mongodb)$/,
    series: 2,
    upgrade: 'each',
    downgrade: 'refuses',
    user: () => '999',
    dataSettings: ['--dbpath', 'MONGODB_DATA_DIR'],
    firstStart: ['MONGO_INITDB_ROOT_PASSWORD', 'MONGO_INITDB_ROOT_USERNAME', 'MONGODB_ROOT_PASSWORD'],
    source: 'https://www.mongodb.com/docs/manual/release-notes/8.0-upgrade-replica-set/',
  },
  {
    name: 'Redis',
    images: /^redis$/,
    series: 2,
    upgrade: 'converts',
    downgrade: 'refuses',
    dataSettings: ['--dir', 'REDIS_DATA_DIR'],
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/install/upgrade/',
  },
  {
    name: 'Valkey',
    images: /^valkey$/,
    series: 2,
    upgrade: 'converts',
    downgrade: 'refuses',
    user: () => '999',
    dataSettings: ['--dir', 'VALKEY_DATA_DIR'],
    source: 'https://valkey.io/topics/migration/',
  },
  {
    name: 'Elasticsearch',
    images: /^elasticsearch$/,
    series: 1,
    upgrade: 'each',
    downgrade: 'refuses',
    dataSettings: ['path.data'],
    firstStart: ['ELASTIC_PASSWORD'],
    source: 'https://www.elastic.co/guide/en/elasticsearch/reference/current/setup-upgrade.html',
  },
  {
    name: 'OpenSearch',
    images: /^opensearch$/,
    series: 1,
    upgrade: 'each',
    downgrade: 'refuses',
    dataSettings: ['path.data'],
    firstStart: ['OPENSEARCH_INITIAL_ADMIN_PASSWORD'],
    source: 'https://docs.opensearch.org/latest/migrate-or-upgrade/',
  },
  {
    name: 'etcd',
    images: /^etcd$/,
    series: 2,
    upgrade: 'each',
    downgrade: 'refuses',
    dataSettings: ['--data-dir', 'ETCD_DATA_DIR'],
    source: 'https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/',
  },
  {
    name: 'Cassandra',
    images: /^cassandra$/,
    series: 1,
    upgrade: 'each',
    downgrade: 'refuses',
    source: 'https://cassandra.apache.org/doc/latest/',
  },
  {
    name: 'InfluxDB',
    images: /^influxdb$/,
    series: 1,
    upgrade: 'refuses',
    downgrade: 'refuses',
    dataSettings: ['INFLUXD_BOLT_PATH', 'INFLUXD_ENGINE_PATH', 'INFLUXDB_DATA_DIR'],
    firstStart: ['DOCKER_INFLUXDB_INIT_PASSWORD', 'DOCKER_INFLUXDB_INIT_ADMIN_TOKEN'],
    source: 'https://docs.influxdata.com/influxdb/v2/install/upgrade/v1-to-v2/',
  },
  {
    name: 'Nextcloud',
    images: /^nextcloud$/,
    series: 1,
    upgrade: 'each',
    downgrade: 'refuses',
    dataSettings: ['NEXTCLOUD_DATA_DIR'],
    firstStart: ['NEXTCLOUD_ADMIN_PASSWORD'],
    source: 'https://docs.nextcloud.com/server/latest/admin_manual/maintenance/upgrade.html',
  },
  {
    name: 'RabbitMQ',
    images: /^rabbitmq$/,
    series: 2,
    upgrade: 'converts',
    downgrade: 'refuses',
    dataSettings: ['RABBITMQ_MNESIA_BASE', 'RABBITMQ_MNESIA_DIR', 'RABBITMQ_NODENAME'],
    firstStart: ['RABBITMQ_DEFAULT_PASS', 'RABBITMQ_DEFAULT_USER'],
    source: 'https://www.rabbitmq.com/docs/upgrade',
  },
];

/** An image of a known server, with what its tag says. */
export interface KnownImage {
  readonly engine: Engine;
  readonly name: ImageName;
  /** Who built it, as far as the layout of its files depends on it. */
  readonly vendor: 'bitnami' | 'official';
  /** The numbers of the version, or none if the tag says none. */
  readonly version: readonly number[];
  /** The C library or the release of a distribution, as far as the tag says it. */
  readonly libc?: string;
}

export function knownImage(image: string): KnownImage | undefined {
  const name = parseImage(image);
  const parts = name.repository.split('/');
  const last = parts.at(-1) ?? '';
  const engine = ENGINES.find(({ images }) => images.test(last));
  if (!engine) return undefined;
  const version = (engine.version?.exec(name.tag) ?? /^v?(\d+(?:\.\d+)*)/.exec(name.tag))?.[1] ?? '';
  const libc = /(?:^|[-\d.])(alpine|buster|bullseye|bookworm|trixie|ubi\d+|debian-\d+|photon-\d+)/.exec(name.tag)?.[1];
  return {
    engine,
    name,
    vendor: parts.some((part) => part.startsWith('bitnami')) ? 'bitnami' : 'official',
    version: version.split('.').filter(Boolean).map(Number),
    ...(libc !== undefined && { libc }),
  };
}

/**
 * Whether a version, or an image of the same repository, comes after another within one first number: `9.3.2` and `9.4.3`. Of
 * an unknown server nothing else can be said.
 */
export function isLaterInSeries(old: string, now: string): boolean {
  const [one, other] = [versionOf(old), versionOf(now)];
  if (one.repository !== other.repository || one.numbers.length === 0) return false;
  if (one.numbers[0] !== other.numbers[0]) return false;
  const length = Math.max(one.numbers.length, other.numbers.length);
  for (let index = 1; index < length; index++) {
    const difference = (other.numbers[index] ?? 0) - (one.numbers[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** `9.3.2`, `v23.1`, `quay.io/minio/minio:RELEASE.2025-03-12T18-04-18Z`. A digest or a word has no numbers. */
function versionOf(text: string): { readonly repository: string; readonly numbers: readonly number[] } {
  const isImage = /[/:@]/.test(text);
  const { repository, tag } = isImage ? parseImage(text) : { repository: '', tag: text };
  const numbers = /^(?:v|RELEASE\.)?(\d+(?:[.-]\d+)*)/.exec(tag)?.[1] ?? '';
  return { repository, numbers: numbers.split(/[.-]/).filter(Boolean).map(Number) };
}
