import { Chart, JsonPatch, Size } from 'cdk8s';
import { Secret, k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  AksStorageClass,
  ArkPodVolumes,
  ClientAccess,
  ContainerResources,
  DatabaseEngine,
  Deployment,
  PersistentVolumeClaim,
  StatefulDatabase,
} from '../lib';
import type { IArkServer } from '../lib';

/** Who copies the blog's volumes. */
export interface WordpressProps {
  /** The server of disaster recovery. */
  readonly server: IArkServer;
}

/**
 * The blog `myblog`: WordPress and its MariaDB, each with a volume. The first visitor becomes the administrator, so the Service has no
 * public address: install WordPress through `kubectl port-forward`, then expose it.
 */
export class Wordpress extends Chart {
  public readonly database: StatefulDatabase;
  public readonly wordpress: Deployment;

  public constructor(scope: Construct, id: string, { server }: WordpressProps) {
    super(scope, id, { namespace: 'wp' });
    const namespace = new k8s.KubeNamespace(this, 'Namespace', { metadata: { name: 'wp' } });
    namespace.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
    const storageClass = AksStorageClass.DEFAULT;
    const secret = Secret.fromSecretName(this, 'Passwords', 'myblog-mariadb');
    const password = { secret, key: 'mariadb-password' };
    this.database = new StatefulDatabase(this, 'myblog-mariadb', {
      engine: DatabaseEngine.mariadb({ version: '11.8.8' }),
      selector: { app: 'mariadb', component: 'master', release: 'myblog' },
      password: { secret, key: 'mariadb-root-password' },
      applicationUser: { name: 'bn_wordpress', databaseName: 'bitnami_wordpress', password },
      storage: { claimName: 'data', size: Size.gibibytes(8), storageClass },
      // Files copied under a running server are no backup: dumps lie here, for what copies volumes.
      volumeClaimTemplates: [{ name: 'dump', size: Size.gibibytes(8), storageClass, mounts: [{ path: '/dump' }] }],
    });
    const labels = { app: 'myblog-wordpress' };
    const volume = { name: 'myblog-wordpress', labels, size: Size.gibibytes(10), storageClass };
    const claim = new PersistentVolumeClaim(this, 'Claim', volume);
    const mounts = [{ path: '/var/www/html', subPath: 'wordpress', seed: '/usr/src/wordpress' }];
    const connection = this.database.connectionEnv().filter(({ name }) => name !== 'DB_PASSWORD');
    const container = {
      name: 'wordpress',
      image: 'wordpress:7.1.0-php8.3-apache',
      env: [
        ...connection.map(({ name, value }) => ({ name: `WORDPRESS_${name}`, value })),
        // The image drops a newline at its end, which the server would keep: the documented Secret has none.
        { name: 'WORDPRESS_DB_PASSWORD_FILE', value: `/passwords/${password.key}` },
      ],
      ports: [{ name: 'http', containerPort: 80 }],
      // As much as a few requests of PHP take, and all that is uploaded to /tmp.
      resources: ContainerResources.of({ memory: Size.gibibytes(1), ephemeralStorage: Size.gibibytes(1) }),
      volumeMounts: [{ name: 'passwords', mountPath: '/passwords', readOnly: true }],
      readinessProbe: { httpGet: { path: '/wp-login.php', port: k8s.IntOrString.fromNumber(80) }, timeoutSeconds: 10 },
    };
    const items = [{ key: password.key, path: password.key }];
    const tmp = { path: '/tmp', sizeLimit: Size.mebibytes(512) };
    this.wordpress = new Deployment(this, 'myblog-wordpress', {
      containers: [container],
      runAsUser: 33,
      sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      claims: [{ name: 'wordpress-data', claim, mounts }],
      emptyDirs: [tmp, { path: '/run/apache2' }, { path: '/run/lock/apache2' }],
      volumes: [{ name: 'passwords', secret: { secretName: secret.name, items, defaultMode: 0o440 } }],
    });
    new ClientAccess(this, 'myblog-mariadb-from-myblog-wordpress', { from: this.wordpress, to: this.database });
    // Without a type it is a ClusterIP, and `kubectl apply` keeps the type that a `kubectl patch` has given it.
    const service = { selector: labels, ports: [{ name: 'http', port: 80 }] };
    new k8s.KubeService(this, 'Service', { metadata: { name: 'myblog-wordpress', labels }, spec: service });
    const [database, wordpress] = [this.database, this.wordpress];
    new ArkPodVolumes(this, 'DatabaseVolumes', { server, workload: database, volumes: ['dump'] });
    new ArkPodVolumes(this, 'WordpressVolumes', { server, workload: wordpress, volumes: ['wordpress-data'] });
  }
}
