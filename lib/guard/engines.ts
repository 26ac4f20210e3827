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
  /** Series that must be passed one by one, where the numbers alone do not say it. */
  readonly steps?: readonly string[];
  /** Whether minor versions must be passed one by one as well. */
  readonly eachMinor?: boolean;
  /** By major version, its last minor, from which alone the next major takes over. */
  readonly lastMinors?: { readonly [major: number]: number };
  /** What must be done in the running server before it is upgraded, which no YAML shows. */
  readonly before?: (series: string) => { readonly says: string; readonly wayOut: string };
  /** Whether an earlier series starts on the data of a later one. Nearly none does. */
  readonly downgrade: 'refuses' | 'works';
  /** Whether text is sorted as the C library says, in indexes that outlive it. */
  readonly sortsByLibc?: boolean;
  /** Finds the version in the name of an image that has it there, as `postgresql-15-c9s`. */
  readonly namedVersion?: RegExp;
  /** Finds the version in a tag that does not begin with it. */
  readonly version?: RegExp;
  /** The user of the system that the official image runs as when nobody names one, and that owns its files. */
  readonly user?: (tag: string) => string;
  /** Where images that follow the official one keep data, and what they declare as a volume of the container: that is gone with the pod. */
  readonly layout?: {
    readonly images: RegExp;
    readonly of: (major: number) => { readonly data: string; readonly declared: string };
  };
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
    images:
      /^(?:postgres(?:ql)?(?:-\d+(?:\.\d+)*(?:-[a-z]\w*)*)?|postgis|pgvector|timescaledb|timescaledb-ha|spilo-\d+)$/,
    namedVersion: /^(?:postgres(?:ql)?|spilo)-(\d+(?:\.\d+)*)/,
    series: 1,
    upgrade: 'refuses',
    downgrade: 'refuses',
    sortsByLibc: true,
    version: /(?:^|-)pg(\d+(?:\.\d+)?)/,
    user: (tag) => (tag.includes('alpine') ? '70' : '999'),
    layout: {
      images: /^(?:postgres|postgis|pgvector|timescaledb)$/,
      of: (major) =>
        major >= 18
          ? { data: `/var/lib/postgresql/${major}/docker`, declared: '/var/lib/postgresql' }
          : { data: '/var/lib/postgresql/data', declared: '/var/lib/postgresql/data' },
    },
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
    steps: ['3.4', '3.6', '4.0', '4.2', '4.4', '5.0', '6.0', '7.0', '8.0'],
    before: (series) => ({
      says: `MongoDB does not start if its featureCompatibilityVersion is not ${series} yet. The version of the image does not raise it.`,
      wayOut: `in the running server first: db.adminCommand({ setFeatureCompatibilityVersion: '${series}' })`,
    }),
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
    lastMinors: { 6: 8, 7: 17, 8: 18 },
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
    eachMinor: true,
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
    // The folder is called after the node.
    dataSettings: ['RABBITMQ_MNESIA_BASE', 'RABBITMQ_MNESIA_DIR', 'RABBITMQ_NODENAME', 'RABBITMQ_NODE_NAME'],
    firstStart: ['RABBITMQ_DEFAULT_PASS', 'RABBITMQ_DEFAULT_USER'],
    source: 'https://www.rabbitmq.com/docs/upgrade',
  },
];
