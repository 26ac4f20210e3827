import { github } from './image-table';
import type { DatabaseFamily, ImageData, ImageTable } from './image-table';
import { MYSQL } from './relational-images';

/** Without a replica set, which arguments or a file of configuration name, a mongod is alone for ever. */
export const MONGO: DatabaseFamily = { name: 'MongoDB', replication: /repl|shardsvr|configsvr|--config|^-f/i };

function mongo(source: string, volumes: string[]): ImageData {
  return { path: '/data/db', volumes, always: true, database: MONGO, source };
}

const PERCONA = 'percona/percona-docker';

/** Databases of documents, keys, columns, graphs and vectors, and search. */
export const DOCUMENT_IMAGES: ImageTable = {
  mongo: mongo(github('docker-library/mongo', 'Dockerfile-linux.template'), ['/data/db', '/data/configdb']),
  'percona/percona-server-mongodb': mongo(github(PERCONA, 'percona-server-mongodb-8.0/Dockerfile'), ['/data/db']),
  // One name for two databases: `8.0`, `ps-8.0`, `psmdb-8.0`.
  'library/percona': (tag) =>
    tag.startsWith('psmdb-')
      ? {
          ...mongo(github(PERCONA, 'percona-server-mongodb-8.0/Dockerfile'), ['/data/db']),
          major: /^psmdb-(\d+)/,
        }
      : {
          path: '/var/lib/mysql',
          volumes: ['/var/lib/mysql', '/var/log/mysql'],
          always: true,
          database: MYSQL,
          major: /^(?:ps-)?(\d+)/,
          source: github(PERCONA, 'percona-server-8.0/Dockerfile'),
        },
  redis: { path: '/data', volumes: ['/data'], source: github('redis/docker-library-redis', 'Dockerfile.template') },
  'redis/redis-stack': redisStack(),
  'redis/redis-stack-server': redisStack(),
  valkey: { path: '/data', volumes: ['/data'], source: github('valkey-io/valkey-container', 'Dockerfile.template') },
  cassandra: {
    path: '/var/lib/cassandra',
    volumes: ['/var/lib/cassandra'],
    configuration: ['/etc/cassandra', '/opt/cassandra/conf'],
    source: github('docker-library/cassandra', 'Dockerfile.template'),
  },
  couchdb: (tag) =>
    // 1.x has another layout.
    /^[2-9]/.test(tag)
      ? {
          path: '/opt/couchdb/data',
          volumes: ['/opt/couchdb/data'],
          configuration: ['/opt/couchdb/etc'],
          source: github('apache/couchdb-docker', '3.5.1/Dockerfile'),
        }
      : undefined,
  'library/couchbase': couchbase(),
  'couchbase/server': couchbase(),
  neo4j: {
    path: '/data',
    volumes: ['/data', '/logs'],
    variables: ['NEO4J_server_directories_data', 'NEO4J_dbms_directories_data'],
    configuration: ['/conf', '/var/lib/neo4j/conf'],
    source: github('neo4j/docker-neo4j', 'docker-image-src/calver/coredb/Dockerfile-trixie'),
  },
  arangodb: {
    path: '/var/lib/arangodb3',
    volumes: ['/var/lib/arangodb3', '/var/lib/arangodb3-apps'],
    configuration: ['/etc/arangodb3'],
    source: github('arangodb/arangodb-docker', 'README.md'),
  },
  clickhouse: clickhouse(),
  'clickhouse/clickhouse-server': clickhouse(),
  elasticsearch: {
    path: '/usr/share/elasticsearch/data',
    variables: ['path.data'],
    configuration: ['/usr/share/elasticsearch/config'],
    source: github('elastic/elasticsearch', 'distribution/docker/src/docker/Dockerfile'),
  },
  'opensearchproject/opensearch': {
    path: '/usr/share/opensearch/data',
    variables: ['path.data'],
    configuration: ['/usr/share/opensearch/config'],
    source: github('opensearch-project/opensearch-build', 'docker/release/dockerfiles/opensearch.al2023.dockerfile'),
  },
  'library/solr': solr(),
  'apache/solr': solr(),
  'qdrant/qdrant': {
    path: '/qdrant/storage',
    variables: ['QDRANT__STORAGE__STORAGE_PATH'],
    configuration: ['/qdrant/config'],
    source: github('qdrant/qdrant', 'Dockerfile'),
  },
  'getmeili/meilisearch': {
    path: '/meili_data',
    variables: ['MEILI_DB_PATH'],
    source: github('meilisearch/meilisearch', 'Dockerfile'),
  },
};

function redisStack(): ImageData {
  return {
    path: '/data',
    variables: ['REDIS_DATA_DIR'],
    configuration: ['/redis-stack.conf'],
    source: github('redis-stack/redis-stack', 'etc/scripts/entrypoint.sh'),
  };
}

function couchbase(): ImageData {
  return {
    path: '/opt/couchbase/var',
    volumes: ['/opt/couchbase/var'],
    source: github('couchbase/docker', 'generate/templates/couchbase-server/Dockerfile.template'),
  };
}

function clickhouse(): ImageData {
  return {
    path: '/var/lib/clickhouse',
    volumes: ['/var/lib/clickhouse'],
    configuration: ['/etc/clickhouse-server'],
    source: github('ClickHouse/ClickHouse', 'docker/server/Dockerfile.ubuntu'),
  };
}

function solr(): ImageData {
  return {
    path: '/var/solr',
    volumes: ['/var/solr'],
    variables: ['SOLR_HOME', 'SOLR_DATA_HOME'],
    source: github('apache/solr-docker', '9.9/Dockerfile'),
  };
}
