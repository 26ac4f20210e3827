import { App } from 'cdk8s';
import { Postgresql } from '../../scenarios/postgresql';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

describe('the scenario PostgreSQL (A4)', () => {
  const manifests = testScenario(Postgresql);
  const { spec } = find(manifests, 'StatefulSet', 'postgresql');
  const server = named(spec.template.spec.containers, 'postgresql-pv-container');

  test('is reached at postgresql:5432', () => {
    const service = find(manifests, 'Service', 'postgresql');
    expect(service.metadata.labels).toEqual({ app: 'postgresql' });
    expect(service.spec).toEqual({
      clusterIP: 'None',
      selector: { app: 'postgresql' },
      ports: [{ name: 'postgresql-port', port: 5432 }],
    });
    expect(spec.serviceName).toBe('postgresql');
    expect(server.ports).toEqual([{ name: 'postgresql', containerPort: 5432 }]);
    expect(new Postgresql(new App(), 'x').database.address).toBe('postgresql');
  });

  // kubectl create secret generic dbpass --from-file=./dbpassword
  test('takes its password from the Secret that is made by hand, and makes none', () => {
    expect(named(named(spec.template.spec.initContainers, 'initialize').env, 'POSTGRES_PASSWORD_FILE').value).toBe(
      '/passwords/POSTGRES_PASSWORD',
    );
    expect(named(spec.template.spec.volumes, 'passwords').secret).toEqual({
      secretName: 'dbpass',
      defaultMode: 0o440,
      items: [{ key: 'dbpassword', path: 'POSTGRES_PASSWORD' }],
    });
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  // kubectl exec -ti postgresql-0 -- psql -Upostgres
  test('has a pod postgresql-0, whose first container is the server, with its socket where psql looks for it', () => {
    expect(spec.replicas).toBe(1);
    expect(spec.template.spec.containers).toHaveLength(1);
    expect(server.image).toMatch(/^postgres:17\./);
    expect(named(server.volumeMounts, 'var-run-postgresql').mountPath).toBe('/var/run/postgresql');
  });

  // kubectl delete pod postgresql-0, and the rows are still there; kubectl delete pvc postgresql-volume-claim-postgresql-0
  test('keeps its rows in the claim that the command names', () => {
    const claim = named(
      spec.volumeClaimTemplates.map((template) => ({ ...template, name: template.metadata.name })),
      'postgresql-volume-claim',
    );
    expect(claim.spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'default',
      resources: { requests: { storage: '32Gi' } },
    });
    expect(named(server.volumeMounts, 'postgresql-volume-claim').mountPath).toBe('/var/lib/postgresql/data');
    expect(named(server.env, 'PGDATA').value).toBe('/var/lib/postgresql/data/pgdata');
    expect(new Postgresql(new App(), 'x').database.statefulSet.pod(0).claimName('postgresql-volume-claim')).toBe(
      'postgresql-volume-claim-postgresql-0',
    );
  });
});
