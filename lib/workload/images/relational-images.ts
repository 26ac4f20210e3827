import { github } from './image-table';
import type { DatabaseFamily, ImageData, ImageTable } from './image-table';

const REPLICATION = /repl|master|primary|standby|patroni|repmgr|wsrep|galera|cluster/i;

export const POSTGRES: DatabaseFamily = { name: 'PostgreSQL', replication: REPLICATION };
export const MYSQL: DatabaseFamily = { name: 'MySQL', replication: REPLICATION };
export const MARIADB: DatabaseFamily = { name: 'MariaDB', replication: REPLICATION };

/** `2.17.2-pg16`, `pg17-trixie` */
const AFTER_PG = /(?:^|-)pg(\d+)/;

/** The official image, and those that are made of it. */
function postgres(source: string, major = /^(\d+)/): ImageTable[string] {
  return (tag) => {
    const image = { variables: ['PGDATA'], database: POSTGRES, major, source };
    const version = Number(major.exec(tag)?.[1] ?? NaN);
    // Either layout, so that only what fits neither is a fault.
    if (Number.isNaN(version)) return { ...image, path: '/var/lib/postgresql' };
    // 18 moved its data, and the VOLUME one folder up, so that pg_upgrade --link stays on one mount.
    return version >= 18
      ? {
          ...image,
          path: `/var/lib/postgresql/${version}/docker`,
          volumes: ['/var/lib/postgresql'],
          always: true,
        }
      : { ...image, path: '/var/lib/postgresql/data', volumes: ['/var/lib/postgresql/data'], always: true };
  };
}

function mysql(source: string, more: Partial<ImageData> = {}): ImageData {
  return { path: '/var/lib/mysql', volumes: ['/var/lib/mysql'], always: true, database: MYSQL, source, ...more };
}

export const RELATIONAL_IMAGES: ImageTable = {
  postgres: postgres(github('docker-library/postgres', 'Dockerfile-debian.template')),
  'postgis/postgis': postgres(github('postgis/docker-postgis', '17-3.5/Dockerfile')),
  'timescale/timescaledb': postgres(github('timescale/timescaledb-docker', 'Dockerfile'), AFTER_PG),
  'timescale/timescaledb-ha': {
    path: '/home/postgres/pgdata/data',
    variables: ['PGDATA'],
    database: POSTGRES,
    major: AFTER_PG,
    source: github('timescale/timescaledb-docker-ha', 'Dockerfile'),
  },
  'pgvector/pgvector': postgres(github('pgvector/pgvector', 'Dockerfile'), AFTER_PG),
  'supabase/postgres': {
    path: '/var/lib/postgresql/data',
    variables: ['PGDATA'],
    database: POSTGRES,
    source: github('supabase/postgres', 'Dockerfile-17'),
  },
  'cimg/postgres': {
    path: '/var/lib/postgresql/data',
    variables: ['PGDATA'],
    database: POSTGRES,
    source: github('CircleCI-Public/cimg-postgres', 'Dockerfile.template'),
  },
  'percona/percona-distribution-postgresql': {
    path: '/data/db',
    volumes: ['/data/db'],
    variables: ['PGDATA'],
    database: POSTGRES,
    source: github('percona/percona-docker', 'percona-distribution-postgresql-17/Dockerfile'),
  },
  mysql: mysql(github('docker-library/mysql', 'template/Dockerfile.oracle')),
  'mysql/mysql-server': mysql(github('mysql/mysql-docker', 'mysql-server/8.0/Dockerfile')),
  mariadb: mysql(github('MariaDB/mariadb-docker', 'Dockerfile.template'), { database: MARIADB }),
  'percona/percona-server': mysql(github('percona/percona-docker', 'percona-server-8.4/Dockerfile')),
  // Galera: its members replicate by themselves.
  'percona/percona-xtradb-cluster': {
    path: '/var/lib/mysql',
    volumes: ['/var/lib/mysql'],
    source: github('percona/percona-docker', 'percona-xtradb-cluster-8.0/Dockerfile'),
  },
  'mssql/server': {
    path: '/var/opt/mssql',
    variables: ['MSSQL_DATA_DIR'],
    source: 'https://learn.microsoft.com/en-us/sql/linux/sql-server-linux-docker-container-configure',
  },
  'cockroachdb/cockroach': {
    path: '/cockroach/cockroach-data',
    source: github('cockroachdb/cockroach', 'build/deploy/Dockerfile'),
  },
};
