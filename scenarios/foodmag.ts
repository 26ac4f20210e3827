import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { Secret, k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { DatabaseEngine, StatefulDatabase, StorageClass } from '../lib';

/**
 * A site in one pod: Drupal beside its database, each with a volume.
 */
export class Foodmag extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, { namespace: 'foodmag-app', ...props });
    const labels = { app: 'foodmag-app', env: 'prod' };
    const storageClass = StorageClass.fromStorageClassName(this, 'Class', 'storageos-rep-1');
    const drupal = 'drupal:11.4.5-apache';
    // Drupal's files belong to www-data.
    const securityContext = { runAsUser: 33, runAsGroup: 33 };

    new k8s.KubeNamespace(this, 'Namespace', { metadata: { name: 'foodmag-app', namespace: undefined } });
    new StatefulDatabase(this, 'foodmag-app', {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      selector: labels,
      containerName: 'foodmag-app-sql',
      servicePortName: 'sql',
      user: 'foodmagapp',
      databaseName: 'foodmagappdb',
      password: { secret: Secret.fromSecretName(this, 'Password', 'foodmag-app-sql'), key: 'password' },
      storage: { claimName: 'foodmag-app-sql-pvc', size: Size.gibibytes(5), storageClass, labels },
      sidecars: [
        {
          name: 'foodmag-app-cms',
          image: drupal,
          securityContext,
          ports: [{ name: 'foodmag-app-cms', containerPort: 80 }],
          livenessProbe: { httpGet: { path: '/robots.txt', port: k8s.IntOrString.fromNumber(80) }, timeoutSeconds: 5 },
        },
      ],
      // The settings and all uploads lie in sites, which the image fills and an empty volume would hide.
      initContainers: [
        {
          name: 'seed-sites',
          image: drupal,
          securityContext,
          command: ['sh', '-c', '[ -e /seed/default/default.settings.php ] || cp -R /opt/drupal/web/sites/. /seed/'],
        },
      ],
      volumeClaimTemplates: [
        {
          name: 'foodmag-app-cms-pvc',
          size: Size.gibibytes(5),
          storageClass,
          labels,
          mounts: [
            ...['modules', 'profiles', 'themes', 'sites'].map((folder) => ({
              container: 'foodmag-app-cms',
              path: `/var/www/html/${folder}`,
              subPath: folder,
            })),
            { container: 'seed-sites', path: '/seed', subPath: 'sites' },
          ],
        },
      ],
      emptyDirs: [
        { name: 'cms-run', path: '/run', containers: ['foodmag-app-cms'] },
        { name: 'cms-tmp', path: '/tmp', sizeLimit: Size.mebibytes(512), containers: ['foodmag-app-cms'] },
      ],
      sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      openPorts: [80],
    });

    new k8s.KubeService(this, 'foodmag-app-cms-service', {
      metadata: { name: 'foodmag-app-cms-service', labels },
      spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, nodePort: 30080 }] },
    });
    new k8s.KubeService(this, 'foodmag-app-sql-service', {
      metadata: { name: 'foodmag-app-sql-service', labels },
      spec: { selector: labels, ports: [{ port: 5432 }] },
    });
  }
}
