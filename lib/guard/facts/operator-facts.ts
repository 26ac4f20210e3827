import { canonical, bytes } from '../../units/quantity';
import type { Texts } from '../model';
import { emptyToNothing, sorted } from '../reader';
import type { Reader } from '../reader';
import { CNPG_CLUSTER, clusterFacts } from './cloudnative-pg-facts';

/** Kinds of operators that hold data. Others are found by what their YAML says of storage. */
const HOLDS_DATA = new Set([
  'Cluster.postgresql.cnpg.io',
  'PostgresCluster.postgres-operator.crunchydata.com',
  'postgresql.acid.zalan.do',
  'SGCluster.stackgres.io',
  'Postgres.kubedb.com',
  'PerconaPGCluster.pgv2.percona.com',
  'PerconaXtraDBCluster.pxc.percona.com',
  'PerconaServerMySQL.ps.percona.com',
  'PerconaServerMongoDB.psmdb.percona.com',
  'MariaDB.k8s.mariadb.com',
  'InnoDBCluster.mysql.oracle.com',
  'MongoDBCommunity.mongodbcommunity.mongodb.com',
  'MongoDB.mongodb.com',
  'Elasticsearch.elasticsearch.k8s.elastic.co',
  'OpenSearchCluster.opensearch.opster.io',
  'Kafka.kafka.strimzi.io',
  'KafkaNodePool.kafka.strimzi.io',
  'RabbitmqCluster.rabbitmq.com',
  'CassandraDatacenter.cassandra.datastax.com',
  'K8ssandraCluster.k8ssandra.io',
  'ScyllaCluster.scylla.scylladb.com',
  'Redis.redis.redis.opstreelabs.in',
  'RedisCluster.redis.redis.opstreelabs.in',
  'RedisFailover.databases.spotahome.com',
  'CrdbCluster.crdb.cockroachlabs.com',
  'ClickHouseInstallation.clickhouse.altinity.com',
  'TidbCluster.pingcap.com',
  'VitessCluster.planetscale.com',
  'Tenant.minio.min.io',
  'CephCluster.ceph.rook.io',
  'CephBlockPool.ceph.rook.io',
  'CephFilesystem.ceph.rook.io',
  'CephObjectStore.ceph.rook.io',
  'Volume.longhorn.io',
  'Prometheus.monitoring.coreos.com',
  'Alertmanager.monitoring.coreos.com',
  'EtcdCluster.etcd.database.coreos.com',
]);

/** Fields that mean storage, wherever they stand. A template of claims is one, a reference to a class as well. */
const STORAGE =
  /^(?:storage|walStorage|storageClass|storageClassName|volumeClaimTemplates?|persistentVolumeClaim(?:Spec|RetentionPolicy|Template)?|dataVolumeClaimSpec|volumeClaimDeletePolicy|pvcRetentionPolicy|deleteClaim|onDelete|persistence|pvc|dataVolume|volumeSpec|storageSpec|dataDirHostPath|deletionPolicy|reclaimPolicy)$/;
const VERSION = /^(?:version|image|imageName|postgresVersion|crVersion|instances|replicas|nodes|members|size)$/;

/** What an operator's resource says of data; nothing if it seems to hold none. */
export function operatorFacts(kind: string, spec: Reader): Texts | undefined {
  const isKnown = HOLDS_DATA.has(kind);
  // A HelmRelease, a Workflow, an ApplicationSet hold templates of their own, which their controllers render.
  const textOf = (value: Reader): string => (isKnown ? (value.text() ?? '') : value.raw());
  const storage: Texts = {};
  const versions: Texts = {};
  const walk = (value: Reader, name: string, inside: boolean, depth: number): void => {
    if (depth > 12) return;
    for (const [key, inner] of value.entries()) {
      const path = name === '' ? key : `${name}.${key}`;
      const isStorage = inside || STORAGE.test(key);
      if (inner.isMap()) walk(inner, path, isStorage, depth + 1);
      else if (inner.isList())
        inner.list().forEach((item, index) => item.isMap() && walk(item, `${path}[${index}]`, isStorage, depth + 1));
      else if (isStorage) storage[path] = canonical(textOf(inner));
      else if (VERSION.test(key)) versions[path] = textOf(inner);
    }
  };
  if (spec.isMap()) walk(spec, '', false, 0);
  if (!isKnown && !Object.entries(storage).some(([path, value]) => meansVolume(path, value))) return undefined;
  const more = kind === CNPG_CLUSTER ? clusterFacts(spec) : {};
  return emptyToNothing(sorted({ ...storage, ...versions, ...more })) ?? { holds: 'data' };
}

/** A size, or a class, below a field that means storage: a policy alone may be about anything. */
function meansVolume(path: string, value: string): boolean {
  return (
    path.includes('storageClass') ||
    (/(?:storage|size|capacity)$/i.test(path) && /[A-Za-z]/.test(value) && bytes(value) !== undefined)
  );
}
