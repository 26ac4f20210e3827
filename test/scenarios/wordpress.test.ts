import { App } from 'cdk8s';
import type { Construct } from 'constructs';
import { ArkProfile, ArkServer } from '../../lib';
import { Wordpress } from '../../scenarios/wordpress';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

/** Of the server that main.ts hands to it. */
class OfArk extends Wordpress {
  public constructor(scope: Construct, id: string) {
    super(scope, id, { server: ArkServer.fromAttributes({ profile: ArkProfile.ARK_0_10 }) });
  }
}

const MARIADB = { app: 'mariadb', component: 'master', release: 'myblog' };
const WORDPRESS = { app: 'myblog-wordpress' };

describe('the scenario wordpress (A7)', () => {
  const manifests = testScenario(OfArk, { namespace: 'wp' });
  const set = find(manifests, 'StatefulSet', 'myblog-mariadb').spec;
  const mariadb = named(set.template.spec.containers, 'mariadb');
  const deployment = find(manifests, 'Deployment', 'myblog-wordpress').spec;
  const site = deployment.template.spec;
  const wordpress = named(site.containers, 'wordpress');

  test('makes its namespace', () => {
    expect(find(manifests, 'Namespace', 'wp').metadata).toEqual({ name: 'wp' });
  });

  // kubectl annotate pods -n wp -l app=mariadb backup.ark.heptio.com/backup-volumes=data, and so on.
  test('has the labels and volumes that the commands of the document name', () => {
    expect(set.selector.matchLabels).toEqual(MARIADB);
    expect(set.template.metadata.labels).toEqual(MARIADB);
    expect(set.volumeClaimTemplates.map(({ metadata }) => metadata.name)).toEqual(['data', 'dump']);
    expect(deployment.selector.matchLabels).toEqual(WORDPRESS);
    expect(deployment.template.metadata.labels).toEqual(WORDPRESS);
    expect(named(site.volumes, 'wordpress-data')).toEqual({
      name: 'wordpress-data',
      persistentVolumeClaim: { claimName: 'myblog-wordpress' },
    });
  });

  test('asks the class default for the sizes of the chart', () => {
    const claims = [...set.volumeClaimTemplates, find(manifests, 'PersistentVolumeClaim', 'myblog-wordpress')];
    expect(claims.map(({ spec }) => spec)).toEqual(
      ['8Gi', '8Gi', '10Gi'].map((storage) => ({
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'default',
        resources: { requests: { storage } },
      })),
    );
  });

  // A copy of the files of a running server is not consistent: what a backup copies is a dump, on a volume of its own.
  test('gives the server a volume for dumps', () => {
    expect(named(mariadb.volumeMounts, 'data').mountPath).toBe('/var/lib/mysql');
    expect(named(mariadb.volumeMounts, 'dump')).toEqual({ name: 'dump', mountPath: '/dump' });
  });

  test('takes both passwords from a Secret that is made by hand', () => {
    const secrets = manifests.filter(({ kind }) => kind === 'Secret');
    expect(secrets).toEqual([]);
    const { spec } = find(manifests, 'StatefulSet', 'myblog-mariadb').spec.template;
    const { env } = named(spec.initContainers, 'initialize');
    expect(named(env, 'MARIADB_ROOT_PASSWORD_FILE').value).toBe('/passwords/MARIADB_ROOT_PASSWORD');
    expect(named(env, 'MARIADB_PASSWORD_FILE').value).toBe('/passwords/MARIADB_PASSWORD');
    expect(named(spec.volumes, 'passwords').secret).toEqual({
      secretName: 'myblog-mariadb',
      defaultMode: 0o440,
      items: [
        { key: 'mariadb-root-password', path: 'MARIADB_ROOT_PASSWORD' },
        { key: 'mariadb-password', path: 'MARIADB_PASSWORD' },
      ],
    });
    // As a file of which it sees no more than its own.
    expect(named(wordpress.env, 'WORDPRESS_DB_PASSWORD_FILE').value).toBe('/passwords/mariadb-password');
    expect(wordpress.env.map(({ name }) => name)).not.toContain('WORDPRESS_DB_PASSWORD');
    expect(named(wordpress.volumeMounts, 'passwords')).toEqual({
      name: 'passwords',
      mountPath: '/passwords',
      readOnly: true,
    });
    expect(named(site.volumes, 'passwords').secret).toEqual({
      secretName: 'myblog-mariadb',
      items: [{ key: 'mariadb-password', path: 'mariadb-password' }],
      defaultMode: 0o440,
    });
  });

  test('lets WordPress log in to its database as the user that owns it', () => {
    expect(named(wordpress.env, 'WORDPRESS_DB_HOST').value).toBe('myblog-mariadb.wp');
    const [user, database] = [named(mariadb.env, 'MARIADB_USER'), named(mariadb.env, 'MARIADB_DATABASE')];
    expect([user.value, database.value]).toEqual(['bn_wordpress', 'bitnami_wordpress']);
    expect(named(wordpress.env, 'WORDPRESS_DB_USER').value).toBe(user.value);
    expect(named(wordpress.env, 'WORDPRESS_DB_NAME').value).toBe(database.value);
    const { spec } = find(manifests, 'NetworkPolicy', 'myblog-mariadb-from-myblog-wordpress');
    expect(spec.podSelector.matchLabels).toEqual(MARIADB);
    expect(spec.ingress[0]?.from[0]?.podSelector.matchLabels).toEqual(WORDPRESS);
  });

  // Plugins, uploads, and the keys in wp-config.php: all of the image's VOLUME. Half a copy would be taken for a whole site.
  test('keeps all of the site on its claim, which the image fills whole or not at all', () => {
    expect(named(wordpress.volumeMounts, 'wordpress-data')).toEqual({
      name: 'wordpress-data',
      mountPath: '/var/www/html',
      subPath: 'wordpress',
    });
    const seed = named(site.initContainers, 'seed-wordpress-data');
    expect(seed.image).toBe(wordpress.image);
    expect(seed.command.slice(-2)).toEqual(['/usr/src/wordpress', '/volume/wordpress']);
  });

  // A disk is attached to one node at a time: beside the old pod the new one would wait for ever.
  test('stops the old pod before it starts the new one', () => {
    expect(deployment.replicas).toBe(1);
    expect(deployment.strategy).toEqual({ type: 'Recreate' });
  });

  test('lets Apache listen on 80, and write where it must, without being root', () => {
    expect(site.securityContext).toMatchObject({
      runAsUser: 33,
      runAsGroup: 33,
      fsGroup: 33,
      sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
    });
    expect(wordpress.securityContext.readOnlyRootFilesystem).toBe(true);
    const paths = wordpress.volumeMounts.map(({ mountPath }) => mountPath);
    expect(paths).toEqual(expect.arrayContaining(['/run/apache2', '/run/lock/apache2', '/tmp']));
  });

  // Before the install wizard has run it redirects there, which the kubelet takes for ready; without a database it fails.
  test('is ready as soon as the wizard can be used', () => {
    expect(wordpress.readinessProbe.httpGet).toEqual({ path: '/wp-login.php', port: 80 });
  });

  // Its first visitor becomes the administrator. A written `type: ClusterIP` would take the address of an exposed blog away at each apply.
  test('has a Service without a public address, and leaves its type to those who expose it', () => {
    expect(find(manifests, 'Service', 'myblog-wordpress').spec).toEqual({
      selector: WORDPRESS,
      ports: [{ name: 'http', port: 80 }],
    });
  });

  test('hands its backup the database and the site', () => {
    const { database, wordpress: pods } = new OfArk(new App(), 'wordpress');
    expect(database.statefulSet.pod(0).claimName('dump')).toBe('dump-myblog-mariadb-0');
    expect(pods.selector).toEqual(WORDPRESS);
  });

  // kubectl annotate pods -n wp -l app=mariadb …, -l app=myblog-wordpress …: names of volumes in the pod. The document names the
  // volume with the database's files, which are worth nothing when they are copied under a running server.
  test('has the volumes copied that the document annotates, but for the dump in place of the live files', () => {
    const annotation = 'backup.ark.heptio.com/backup-volumes';
    expect(set.template.metadata.annotations[annotation]).toBe('dump');
    expect(deployment.template.metadata.annotations[annotation]).toBe('wordpress-data');
    const opted = new Wordpress(new App(), 'wordpress', {
      server: ArkServer.fromAttributes({ profile: ArkProfile.VELERO_1_18 }),
    });
    const { template } = opted.wordpress.apiObject.toJson().spec;
    expect(template.metadata.annotations['backup.velero.io/backup-volumes']).toBe('wordpress-data');
  });
});
