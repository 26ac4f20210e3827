import type { Construct } from 'constructs';
import { MongodbReplicaSet } from '../../scenarios/mongodb-replica-set';
import { find, named } from '../support/manifests';
import { testScenario } from '../support/scenario';

class WithCatalog extends MongodbReplicaSet {
  public constructor(scope: Construct, id: string) {
    super(scope, id, { catalogImage: 'registry.example.com/netflix-movie-catalog:1.0.0' });
  }
}

describe('the scenario MongoDB replica set (D1)', () => {
  const manifests = testScenario(WithCatalog);
  const { spec } = find(manifests, 'StatefulSet', 'mongo');
  const server = named(spec.template.spec.containers, 'mongo');

  test('has three members behind mongo-service', () => {
    expect(spec.replicas).toBe(3);
    expect(spec.serviceName).toBe('mongo-service');
    expect(find(manifests, 'Service', 'mongo-service')).toMatchObject({
      metadata: { labels: { app: 'mongo' } },
      spec: { clusterIP: 'None', selector: { app: 'mongo' }, ports: [{ port: 27017 }], publishNotReadyAddresses: true },
    });
  });

  test('starts each as documented', () => {
    expect(server.image).toBe('mongo:5.0.33');
    expect(server.args).toEqual(['mongod', '--replSet', 'myReplicaSet', '--bind_ip_all']);
    expect(server).not.toHaveProperty('command');
  });

  test('keeps the data in the documented claims', () => {
    const [template] = spec.volumeClaimTemplates;
    expect(template?.metadata.name).toBe('mongo-persistent-storage');
    expect(template?.spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'standard',
      resources: { requests: { storage: '2Gi' } },
    });
    expect(named(server.volumeMounts, 'mongo-persistent-storage').mountPath).toBe('/data/db');
  });

  // There is no login, as documented: whoever reaches the port can read and delete everything.
  test('lets in its members, the initiation and the catalog, and nobody else', () => {
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    const clients = policies.flatMap(({ metadata }) =>
      find(manifests, 'NetworkPolicy', metadata.name).spec.ingress.flatMap(({ from }) =>
        from.map(({ podSelector }) => podSelector.matchLabels.app),
      ),
    );
    expect(clients.sort()).toEqual(['mongo', 'mongo-initiation', 'netflix-movie-catalog']);
  });

  test('has a catalog that reads from the secondaries', () => {
    const catalog = named(
      find(manifests, 'Deployment', 'netflix-movie-catalog').spec.template.spec.containers,
      'catalog',
    );
    expect(named(catalog.env, 'MONGODB_URI').value).toBe(
      'mongodb://mongo-0.mongo-service:27017,mongo-1.mongo-service:27017,mongo-2.mongo-service:27017/' +
        '?replicaSet=myReplicaSet&readPreference=secondaryPreferred',
    );
    expect(catalog.image).toBe('registry.example.com/netflix-movie-catalog:1.0.0');
    expect(catalog.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
  });
});
