// The apps that are measured: tenants, each with a database, its backup and its network, and dependencies of several shapes.
import { ApiObject, App, Chart, Size } from 'cdk8s';
import { Secret, k8s } from 'cdk8s-plus-27';
import { DatabaseEngine, LinearApp, StatefulDatabase, StorageClass } from '../build/lib/index.js';

export const TYPES = { ours: LinearApp, stock: App };

const probe = ['sh', '-c', 'pg_isready --host=127.0.0.1 --username="$POSTGRES_USER"'];
const dump =
  'set -eu\npg_dump --format=custom --file=/scratch/backup.dump\npg_restore --list /scratch/backup.dump > /dev/null\n';
const restricted = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
const password = { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'db-password', key: 'password' } } };

class Tenant extends Chart {
  constructor(scope, id, number) {
    super(scope, id, { namespace: id });
    const labels = { 'app.kubernetes.io/name': 'postgres', 'app.kubernetes.io/instance': id };
    const backup = { 'app.kubernetes.io/name': 'backup', 'app.kubernetes.io/instance': id };
    const metadata = { name: 'db', labels };
    const { storageClassName } = StorageClass.fromStorageClassName(this, 'Class', 'managed-premium');

    new k8s.KubeService(this, 'Service', {
      metadata,
      spec: {
        clusterIp: 'None',
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [{ name: 'postgresql', port: 5432, targetPort: k8s.IntOrString.fromString('postgresql') }],
      },
    });
    new k8s.KubeStatefulSet(this, 'Set', {
      metadata,
      spec: {
        serviceName: 'db',
        replicas: 1,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 120,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 999,
              fsGroup: 999,
              seccompProfile: { type: 'RuntimeDefault' },
            },
            containers: [
              {
                name: 'postgres',
                image: 'postgres:17.11',
                ports: [{ name: 'postgresql', containerPort: 5432 }],
                env: [{ name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' }, password],
                resources: {
                  requests: { cpu: k8s.Quantity.fromString('500m'), memory: k8s.Quantity.fromString('1Gi') },
                  limits: { memory: k8s.Quantity.fromString('1Gi') },
                },
                securityContext: restricted,
                readinessProbe: { exec: { command: probe }, periodSeconds: 10, timeoutSeconds: 5 },
                volumeMounts: [
                  { name: 'data', mountPath: '/var/lib/postgresql/data' },
                  { name: 'run', mountPath: '/var/run/postgresql' },
                ],
              },
            ],
            volumes: [{ name: 'run', emptyDir: {} }],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName,
              resources: { requests: { storage: k8s.Quantity.fromString('32Gi') } },
            },
          },
        ],
      },
    });
    new k8s.KubeCronJob(this, 'Backup', {
      metadata: { name: 'db-backup', labels: backup },
      spec: {
        schedule: `${number % 60} 2 * * *`,
        concurrencyPolicy: 'Forbid',
        jobTemplate: {
          spec: {
            backoffLimit: 2,
            template: {
              metadata: { labels: backup },
              spec: {
                restartPolicy: 'Never',
                securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: 'RuntimeDefault' } },
                containers: [
                  {
                    name: 'dump',
                    image: 'postgres:17.11',
                    command: ['sh', '-c', dump],
                    env: [{ name: 'PGHOST', value: 'db' }, password],
                    securityContext: restricted,
                    volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
                  },
                ],
                volumes: [{ name: 'scratch', emptyDir: { sizeLimit: k8s.Quantity.fromString('8Gi') } }],
              },
            },
          },
        },
      },
    });
    new k8s.KubeNetworkPolicy(this, 'Policy', {
      metadata,
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ podSelector: { matchLabels: backup } }],
            ports: [{ port: k8s.IntOrString.fromNumber(5432), protocol: 'TCP' }],
          },
        ],
      },
    });
  }
}

export function tenants(app, count) {
  for (let number = 0; number < count; number++) new Tenant(app, `tenant-${number}`, number);
}

const thing = (chart, name) =>
  new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: {} });

/** Each by the number of its objects. */
export const SHAPES = {
  'a chain of objects': (app, count) => {
    const chart = new Chart(app, 'chain');
    let last;
    for (let number = 0; number < count; number++) {
      const next = thing(chart, `n${number}`);
      if (last) next.addDependency(last);
      last = next;
    }
  },
  'layers of 10 charts, each on all of the layer below': (app, count) => {
    let below = [];
    for (let layer = 0; layer < count / 10; layer++) {
      const charts = Array.from({ length: 10 }, (_, number) => new Chart(app, `l${layer}-${number}`));
      charts.forEach((chart) => {
        thing(chart, `${chart.node.id}-a`);
        chart.addDependency(...below);
      });
      below = charts;
    }
  },
  'charts of 10 chained objects, each on the one before': (app, count) => {
    let before;
    for (let number = 0; number < count / 10; number++) {
      const chart = new Chart(app, `c${number}`);
      let last;
      for (let one = 0; one < 10; one++) {
        const next = thing(chart, `c${number}-${one}`);
        if (last) next.addDependency(last);
        last = next;
      }
      if (before) chart.addDependency(before);
      before = chart;
    }
  },
  'charts that depend on one': (app, count) => {
    const one = new Chart(app, 'one');
    for (let number = 0; number < 10; number++) thing(one, `one-${number}`);
    for (let number = 0; number < count - 10; number++) {
      const chart = new Chart(app, `c${number}`);
      thing(chart, `c${number}-a`);
      chart.addDependency(one);
    }
  },
  'one chart, no dependencies': (app, count) => {
    const chart = new Chart(app, 'chart');
    for (let number = 0; number < count; number++) thing(chart, `n${number}`);
  },
};

/** One StatefulDatabase a chart. */
export function databases(app, count) {
  for (let number = 0; number < count; number++) {
    const chart = new Chart(app, `db-${number}`);
    new StatefulDatabase(chart, 'db', {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      password: { secret: Secret.fromSecretName(chart, 'Password', 'db-password'), key: 'password' },
      storage: {
        size: Size.gibibytes(32),
        storageClass: StorageClass.fromStorageClassName(chart, 'Class', 'managed-premium'),
      },
    });
  }
}

/** What it renders, as objects without a type. */
export function handWritten(app, count) {
  const model = new App();
  databases(model, 1);
  const objects = model.charts[0].toJson();
  for (let number = 0; number < count; number++) {
    const chart = new Chart(app, `db-${number}`);
    for (const object of objects) new ApiObject(chart, object.kind + object.metadata.name, structuredClone(object));
  }
}
