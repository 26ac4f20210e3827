import { Size, Yaml } from 'cdk8s';
import { DatabaseEngine, StatefulDatabase } from '../../../lib';
import type { Kubectl } from '../../cluster/support/kubectl';
import { ready } from '../../cluster/support/scenario';
import { PASSWORD } from '../../support/elsewhere';
import { manifestsOf, newChart } from '../../support/manifests';

const HARDENED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** What has no data of its own, and needs its configuration to start. */
const WEB = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { colour: 'green' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'web',
              image: 'ubuntu:24.04',
              command: ['sleep', 'infinity'],
              envFrom: [{ configMapRef: { name: 'settings' } }],
              securityContext: HARDENED,
            },
          ],
        },
      },
    },
  },
];

/** A shop: a Deployment, its ConfigMap, and a MariaDB whose volume `data` is to be copied. */
export async function openShop(kubectl: Kubectl): Promise<void> {
  const chart = newChart();
  new StatefulDatabase(chart, 'mariadb', {
    engine: DatabaseEngine.mariadb({ version: '11.8.8' }),
    password: PASSWORD,
    storage: { size: Size.gibibytes(1) },
  });
  const annotations = { 'backup.velero.io/backup-volumes': 'data' };
  const objects = [...manifestsOf(chart), ...WEB].map((object) =>
    object.kind === 'StatefulSet' ? annotated(object, annotations) : object,
  );
  await kubectl.ok(['create', 'secret', 'generic', 'dbpass', '--from-literal=dbpassword=of a test']);
  await kubectl.ok(['apply', '--filename=-'], { input: Yaml.stringify(...objects) });
  await ready(kubectl, ['mariadb-0']);
  await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=60s']);
}

function annotated(object: object, annotations: object): object {
  const copy = JSON.parse(JSON.stringify(object)) as { spec: { template: { metadata: { annotations?: object } } } };
  const { metadata } = copy.spec.template;
  metadata.annotations = { ...metadata.annotations, ...annotations };
  return copy;
}

/** The answer of the shop's database. */
export async function sql(kubectl: Kubectl, query: string): Promise<string> {
  const answer = await kubectl.ok([
    ...['exec', 'mariadb-0', '--container=mariadb', '--', 'bash', '-c'],
    `MYSQL_PWD="$(cat /passwords/MARIADB_ROOT_PASSWORD)" mariadb -uroot -N -e "${query}"`,
  ]);
  return answer.trim();
}
