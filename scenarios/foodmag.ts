import { Chart, JsonPatch, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { Secret, k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ContainerResources, DatabaseEngine, StatefulDatabase, StorageClass } from '../lib';

const FOLDERS = ['modules', 'profiles', 'themes'];

/**
 * A site in one pod: Drupal beside its database, each with a volume.
 */
export class Foodmag extends Chart {
  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, { namespace: 'foodmag-app', ...props });
    const namespace = new k8s.KubeNamespace(this, 'Namespace', { metadata: { name: 'foodmag-app' } });
    namespace.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
    const labels = { app: 'foodmag-app', env: 'prod' };
    const storageClass = StorageClass.fromStorageClassName(this, 'Class', 'storageos-rep-1');
    const volume = { size: Size.gibibytes(5), storageClass, labels };
    const drupal = {
      image: 'drupal:11.4.5-apache',
      securityContext: { runAsUser: 33, runAsGroup: 33 },
      // As much as a few requests of PHP take, and all that is uploaded to /tmp.
      resources: ContainerResources.of({ memory: Size.gibibytes(1), ephemeralStorage: Size.gibibytes(1) }),
    };
    const container = 'foodmag-app-cms';
    new StatefulDatabase(this, 'foodmag-app', {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      selector: labels,
      containerName: 'foodmag-app-sql',
      portName: 'foodmag-app-sql',
      user: 'foodmagapp',
      databaseName: 'foodmagappdb',
      password: { secret: Secret.fromSecretName(this, 'Password', 'foodmag-app-sql'), key: 'password' },
      storage: { claimName: 'foodmag-app-sql-pvc', ...volume },
      sidecars: [{ name: container, ...drupal, ports: [{ name: container, containerPort: 80 }] }],
      volumeClaimTemplates: [
        {
          name: 'foodmag-app-cms-pvc',
          ...volume,
          mounts: [
            ...FOLDERS.map((subPath) => ({ container, path: `/var/www/html/${subPath}`, subPath })),
            // The settings and all uploads lie there; an empty volume would hide what the image brings.
            { container, path: '/var/www/html/sites', subPath: 'sites', seed: '/opt/drupal/web/sites' },
          ],
        },
      ],
      emptyDirs: [
        { name: 'cms-run', path: '/run', containers: [container] },
        { name: 'cms-tmp', path: '/tmp', sizeLimit: Size.mebibytes(512), containers: [container] },
      ],
      sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      openPorts: [80],
    });
    new k8s.KubeService(this, 'CmsService', {
      metadata: { name: 'foodmag-app-cms-service', labels },
      spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, nodePort: 30080 }] },
    });
    new k8s.KubeService(this, 'SqlService', {
      metadata: { name: 'foodmag-app-sql-service', labels },
      spec: { selector: labels, ports: [{ port: 5432 }] },
    });
  }
}
