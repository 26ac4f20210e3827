import { github } from './image-table';
import type { ImageData, ImageTable } from './image-table';

/** Brokers, coordination, metrics and stores of objects. */
export const INFRASTRUCTURE_IMAGES: ImageTable = {
  rabbitmq: {
    path: '/var/lib/rabbitmq',
    volumes: ['/var/lib/rabbitmq'],
    variables: ['RABBITMQ_MNESIA_BASE', 'RABBITMQ_MNESIA_DIR', 'RABBITMQ_DATA_DIR'],
    source: github('docker-library/rabbitmq', 'Dockerfile-ubuntu.template'),
  },
  'apache/kafka': kafka(github('apache/kafka', 'docker/jvm/Dockerfile')),
  'confluentinc/cp-kafka': kafka(github('confluentinc/kafka-images', 'kafka/Dockerfile.ubi9')),
  'library/nats': {
    path: '/tmp/nats/jetstream',
    source: github('nats-io/nats-server', 'server/jetstream.go'),
  },
  zookeeper: {
    path: '/data',
    volumes: ['/data', '/datalog', '/logs'],
    variables: ['ZOO_DATA_DIR'],
    configuration: ['/conf'],
    source: github('31z4/zookeeper-docker', '3.9.4/Dockerfile'),
  },
  etcd: {
    path: '/var/lib/etcd',
    variables: ['ETCD_DATA_DIR', 'ETCD_CONFIG_FILE'],
    source: github('etcd-io/etcd', 'Dockerfile'),
  },
  consul: {
    path: '/consul/data',
    volumes: ['/consul/data'],
    configuration: ['/consul/config'],
    always: true,
    source: github('hashicorp/consul', 'Dockerfile'),
  },
  prometheus: {
    path: '/prometheus',
    volumes: ['/prometheus'],
    source: github('prometheus/prometheus', 'Dockerfile'),
  },
  'victoriametrics/victoria-metrics': {
    path: '/victoria-metrics-data',
    variables: ['storageDataPath'],
    source: github('VictoriaMetrics/VictoriaMetrics', 'docs/victoriametrics/Quick-Start.md'),
  },
  influxdb: influxdb,
  'grafana/loki': {
    path: '/loki',
    configuration: ['/etc/loki'],
    source: github('grafana/loki', 'cmd/loki/loki-docker-config.yaml'),
  },
  'minio/minio': {
    path: '/data',
    volumes: ['/data'],
    variables: ['MINIO_VOLUMES', 'MINIO_CONFIG_ENV_FILE'],
    source: github('minio/minio', 'Dockerfile.release'),
  },
  'library/registry': {
    path: '/var/lib/registry',
    volumes: ['/var/lib/registry'],
    variables: ['REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY'],
    configuration: ['/etc/docker/registry', '/etc/distribution'],
    source: github('distribution/distribution-library-image', 'Dockerfile'),
  },
};

function kafka(source: string): ImageData {
  return {
    path: '/var/lib/kafka/data',
    volumes: ['/var/lib/kafka/data'],
    variables: ['KAFKA_LOG_DIRS', 'KAFKA_LOG_DIR'],
    configuration: ['/mnt/shared/config', '/opt/kafka/config', '/etc/kafka'],
    source,
  };
}

/** Each major has a folder of its own: what is right for the one misses the data of the next. */
function influxdb(tag: string): ImageData | undefined {
  const repository = 'influxdata/influxdata-docker';
  const configuration = ['/etc/influxdb', '/etc/influxdb2'];
  if (/^1\b/.test(tag)) {
    return {
      path: '/var/lib/influxdb',
      volumes: ['/var/lib/influxdb'],
      variables: ['INFLUXDB_DATA_DIR', 'INFLUXDB_CONFIG_PATH'],
      configuration,
      source: github(repository, 'influxdb/1.12/Dockerfile'),
    };
  }
  if (/^2\b/.test(tag)) {
    return {
      path: '/var/lib/influxdb2',
      volumes: ['/var/lib/influxdb2', '/etc/influxdb2'],
      variables: ['INFLUXD_ENGINE_PATH', 'INFLUXD_BOLT_PATH', 'INFLUXD_CONFIG_PATH'],
      configuration,
      source: github(repository, 'influxdb/2.7/Dockerfile'),
    };
  }
  // 3 keeps its data where its arguments say.
  return undefined;
}
