import { Foodmag } from '../../scenarios/foodmag';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

const LABELS = { app: 'foodmag-app', env: 'prod' };

describe('the scenario foodmag (C)', () => {
  const manifests = testScenario(Foodmag, { namespace: 'foodmag-app' });
  const { spec } = find(manifests, 'StatefulSet', 'foodmag-app');
  const sql = named(spec.template.spec.containers, 'foodmag-app-sql');
  const cms = named(spec.template.spec.containers, 'foodmag-app-cms');

  test('makes its namespace and its governing Service', () => {
    expect(find(manifests, 'Namespace', 'foodmag-app').metadata).toEqual({ name: 'foodmag-app' });
    expect(spec.serviceName).toBe('foodmag-app');
    expect(find(manifests, 'Service', 'foodmag-app').spec.clusterIP).toBe('None');
    expect(spec.selector.matchLabels).toEqual(LABELS);
  });

  // kubectl get pvc -n foodmag-app
  test('has the claims foodmag-app-sql-pvc-foodmag-app-0 and foodmag-app-cms-pvc-foodmag-app-0', () => {
    expect(spec.volumeClaimTemplates.map(({ metadata }) => metadata)).toEqual([
      { name: 'foodmag-app-sql-pvc', labels: LABELS },
      { name: 'foodmag-app-cms-pvc', labels: LABELS },
    ]);
    for (const template of spec.volumeClaimTemplates) {
      expect(template.spec).toEqual({
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'storageos-rep-1',
        resources: { requests: { storage: '5Gi' } },
      });
    }
  });

  test('has the database of the document, with its password from a Secret', () => {
    expect(sql.ports).toEqual([{ name: 'foodmag-app-sql', containerPort: 5432 }]);
    expect(named(sql.env, 'POSTGRES_DB').value).toBe('foodmagappdb');
    expect(named(sql.env, 'POSTGRES_USER').value).toBe('foodmagapp');
    expect(sql.env.map(({ name }) => name)).not.toContain('POSTGRES_PASSWORD');
    expect(named(sql.volumeMounts, 'passwords').mountPath).toBe('/passwords');
    expect(named(sql.env, 'PGDATA').value).toBe('/var/lib/postgresql/data/pgdata');
    expect(named(sql.volumeMounts, 'foodmag-app-sql-pvc').mountPath).toBe('/var/lib/postgresql/data');
  });

  // settings.php and all uploads lie in sites; the document keeps the other three only.
  test('keeps modules, profiles, themes, and sites, which the image fills first', () => {
    const folders = cms.volumeMounts.filter(({ name }) => name === 'foodmag-app-cms-pvc');
    expect(folders.map(({ mountPath, subPath }) => [mountPath, subPath])).toEqual(
      ['modules', 'profiles', 'themes', 'sites'].map((folder) => [`/var/www/html/${folder}`, folder]),
    );
    const seed = named(spec.template.spec.initContainers, 'seed-foodmag-app-cms-pvc');
    expect(seed).toMatchObject({ image: cms.image, securityContext: { runAsUser: 33, runAsGroup: 33 } });
    expect(seed.command.slice(-2)).toEqual(['/opt/drupal/web/sites', '/volume/sites']);
    expect(seed.volumeMounts).toEqual([{ name: 'foodmag-app-cms-pvc', mountPath: '/volume' }]);
  });

  test('lets Drupal listen on 80 without being root', () => {
    expect(cms.ports).toEqual([{ name: 'foodmag-app-cms', containerPort: 80 }]);
    expect(cms.securityContext).toMatchObject({ runAsUser: 33, runAsGroup: 33 });
    expect(spec.template.spec.securityContext.sysctls).toEqual([
      { name: 'net.ipv4.ip_unprivileged_port_start', value: '0' },
    ]);
  });

  // kubectl port-forward -n foodmag-app service/foodmag-app-cms-service 8080:80
  test('publishes the site and not the database', () => {
    expect(find(manifests, 'Service', 'foodmag-app-cms-service').spec).toEqual({
      type: 'NodePort',
      selector: LABELS,
      ports: [{ port: 80, nodePort: 30080 }],
    });
    expect(find(manifests, 'Service', 'foodmag-app-sql-service').spec.ports).toEqual([{ port: 5432 }]);
    expect(find(manifests, 'NetworkPolicy', 'foodmag-app').spec.ingress).toEqual([
      { from: [{ podSelector: { matchLabels: LABELS } }] },
      { ports: [{ port: 80 }] },
    ]);
  });
});
