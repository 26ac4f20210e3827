import { list } from './kubectl';

const IMAGE = 'postgres:17.11-bookworm';
const LABELS = { 'app.kubernetes.io/instance': 'shop', 'app.kubernetes.io/name': 'postgresql' };
const PRIMARY = { ...LABELS, 'app.kubernetes.io/component': 'primary' };
const CONTAINER_CONTEXT = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const POD_CONTEXT = {
  runAsUser: 1001,
  runAsGroup: 1001,
  fsGroup: 1001,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** What libpostgresql.sh does: the configuration goes out of the data directory, all logins need a password. */
const SETUP = `set -e
data=/bitnami/postgresql/data
if [ ! -e $data/PG_VERSION ]; then
  export PGDATA=$data LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=/tmp/passwd NSS_WRAPPER_GROUP=/tmp/group
  echo "postgres:x:1001:1001::/:/bin/false" > /tmp/passwd
  echo "postgres:x:1001:" > /tmp/group
  printf %s "$POSTGRES_POSTGRES_PASSWORD" > /tmp/password
  initdb --username=postgres --pwfile=/tmp/password
  pg_ctl -w start -o '-c listen_addresses='
  psql -v ON_ERROR_STOP=1 -U postgres -c "CREATE ROLE shop LOGIN CREATEDB PASSWORD '$POSTGRES_PASSWORD'" -c 'CREATE DATABASE shop OWNER shop'
  pg_ctl -w stop
fi
cp /usr/share/postgresql/17/postgresql.conf.sample /conf/postgresql.conf
printf '%s md5\\n' 'host all all 0.0.0.0/0' 'host all all ::/0' 'local all all' > /conf/pg_hba.conf
rm -f $data/postgresql.conf $data/pg_hba.conf
chmod 700 $data`;

const START =
  'exec postgres -D /bitnami/postgresql/data -c config_file=/conf/postgresql.conf -c hba_file=/conf/pg_hba.conf -c external_pid_file=/tmp/postgresql.pid';

const password = (name: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: 'shop-postgresql', key } },
});

const metadata = (name: string, labels = {}) => ({
  name,
  labels: { ...LABELS, 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': 'postgresql-16.7.0', ...labels },
  annotations: { 'meta.helm.sh/release-name': 'shop' },
});

function service(name: string, more: object) {
  const ports = [{ name: 'tcp-postgresql', port: 5432, targetPort: 'tcp-postgresql' }];
  return { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec: { ...more, ports, selector: PRIMARY } };
}

function statefulSet() {
  const volumeMounts = [
    { name: 'data', mountPath: '/bitnami/postgresql' },
    { name: 'conf', mountPath: '/conf' },
    { name: 'run', mountPath: '/var/run/postgresql' },
  ];
  const env = [password('POSTGRES_POSTGRES_PASSWORD', 'postgres-password'), password('POSTGRES_PASSWORD', 'password')];
  const container = { image: IMAGE, env, volumeMounts, securityContext: CONTAINER_CONTEXT };
  const ports = [{ name: 'tcp-postgresql', containerPort: 5432 }];
  const readinessProbe = { exec: { command: ['pg_isready', '-U', 'postgres', '-h', '127.0.0.1'] }, periodSeconds: 1 };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata('shop-postgresql'),
    spec: {
      serviceName: 'shop-postgresql-hl',
      selector: { matchLabels: PRIMARY },
      template: {
        metadata: { labels: { ...PRIMARY, 'app.kubernetes.io/managed-by': 'Helm' } },
        spec: {
          securityContext: POD_CONTEXT,
          initContainers: [{ ...container, name: 'setup', command: ['bash', '-c', SETUP] }],
          containers: [{ ...container, name: 'postgresql', command: ['bash', '-c', START], ports, readinessProbe }],
          volumes: ['conf', 'run'].map((name) => ({ name, emptyDir: {} })),
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } },
        },
      ],
    },
  };
}

/** A pod that is no part of the release. */
function client() {
  const env = [{ name: 'PGUSER', value: 'shop' }, password('PGPASSWORD', 'password')];
  const container = {
    name: 'client',
    image: IMAGE,
    command: ['sleep', 'infinity'],
    env,
    securityContext: CONTAINER_CONTEXT,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'client' },
    spec: { securityContext: POD_CONTEXT, containers: [container], terminationGracePeriodSeconds: 0 },
  };
}

function secret(name: string, labels: object, stringData: { [key: string]: string }) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata(name, labels) }, stringData };
}

/**
 * What `helm install shop bitnami/postgresql --set=auth.username=shop --set=auth.database=shop` makes, as far as adopting it goes, with the
 * official image in place of Bitnami's, and the record that Helm keeps of it.
 */
export function helmRelease(): string {
  const policy = {
    podSelector: { matchLabels: PRIMARY },
    policyTypes: ['Ingress', 'Egress'],
    egress: [{}],
    ingress: [{}],
  };
  const networking = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata('shop-postgresql'),
  };
  const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: metadata('shop-postgresql') };
  return list([
    secret('shop-postgresql', {}, { 'postgres-password': 'of postgres', password: 'of the shop' }),
    secret('sh.helm.release.v1.shop.v1', { owner: 'helm', name: 'shop', version: '1' }, { release: '' }),
    service('shop-postgresql', { type: 'ClusterIP' }),
    service('shop-postgresql-hl', { type: 'ClusterIP', clusterIP: 'None', publishNotReadyAddresses: true }),
    { ...networking, spec: policy },
    { ...budget, spec: { maxUnavailable: 1, selector: { matchLabels: PRIMARY } } },
    statefulSet(),
    client(),
  ]);
}
