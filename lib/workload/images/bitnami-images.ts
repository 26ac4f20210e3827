import { MONGO } from './document-images';
import { github } from './image-table';
import type { DatabaseFamily, ImageData, ImageTable } from './image-table';
import { MARIADB, MYSQL, POSTGRES } from './relational-images';

/** The names are those of the official images, the layout is not: all is below `/bitnami`, in VOLUMEs that came and went. */
export const BITNAMI_IMAGES: ImageTable = {
  'bitnami/postgresql': bitnami('postgresql', POSTGRES),
  'bitnami/mysql': bitnami('mysql', MYSQL),
  'bitnami/mariadb': bitnami('mariadb', MARIADB),
  'bitnami/mongodb': bitnami('mongodb', MONGO),
  'bitnami/redis': bitnami('redis'),
  'bitnami/rabbitmq': bitnami('rabbitmq'),
  'bitnami/kafka': bitnami('kafka'),
  'bitnami/zookeeper': bitnami('zookeeper'),
  'bitnami/etcd': bitnami('etcd'),
  'bitnami/cassandra': bitnami('cassandra'),
  'bitnami/couchdb': bitnami('couchdb'),
  'bitnami/elasticsearch': bitnami('elasticsearch'),
  'bitnami/influxdb': bitnami('influxdb'),
  'bitnami/wordpress': bitnami('wordpress'),
  'bitnami/jenkins': bitnami('jenkins'),
};

function bitnami(name: string, database?: DatabaseFamily): ImageData {
  return {
    path: `/bitnami/${name}`,
    variables: ['DATA_DIR', 'VOLUME_DIR'].map((end) => `${name.toUpperCase()}_${end}`),
    configuration: [`/opt/bitnami/${name}`, `/bitnami/${name}/conf`],
    ...(database && { database }),
    source: github('bitnami/containers', `bitnami/${name}`),
  };
}
