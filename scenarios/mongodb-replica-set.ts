import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  ClientAccess,
  ContainerResources,
  DatabaseEngine,
  Deployment,
  MongoReplicaSetInitiation,
  StatefulDatabase,
  StorageClass,
} from '../lib';

/**
 * What is not known of the scenario.
 */
export interface MongodbReplicaSetProps extends ChartProps {
  /** Image of the catalog, built from `images/netflix-movie-catalog` and pushed to where the cluster can pull it. */
  readonly catalogImage: string;
}

/**
 * A MongoDB replica set of three members, and a catalog of movies that reads from it.
 */
export class MongodbReplicaSet extends Chart {
  public constructor(scope: Construct, id: string, props: MongodbReplicaSetProps) {
    super(scope, id, props);
    const mongo = new StatefulDatabase(this, 'mongo', {
      // As documented, without a login: nobody but the members and the clients named below can reach it.
      engine: DatabaseEngine.mongo({ version: '5.0.33', replicaSet: 'myReplicaSet', authentication: false }),
      serviceName: 'mongo-service',
      replicas: 3,
      storage: {
        claimName: 'mongo-persistent-storage',
        size: Size.gibibytes(2),
        storageClass: StorageClass.fromStorageClassName(this, 'Class', 'standard'),
      },
    });
    new MongoReplicaSetInitiation(this, 'mongo-initiation', { database: mongo });
    const members = [0, 1, 2].map((ordinal) => `${mongo.statefulSet.pod(ordinal).dnsName}:27017`).join(',');
    const uri = `mongodb://${members}/?replicaSet=myReplicaSet&readPreference=secondaryPreferred`;
    const http = k8s.IntOrString.fromNumber(8080);
    const catalog = new Deployment(this, 'netflix-movie-catalog', {
      containers: [
        {
          name: 'catalog',
          image: props.catalogImage,
          env: [{ name: 'MONGODB_URI', value: uri }],
          ports: [{ name: 'http', containerPort: 8080 }],
          resources: ContainerResources.of({ memory: Size.mebibytes(256), ephemeralStorage: Size.mebibytes(128) }),
          readinessProbe: { httpGet: { path: '/healthz', port: http } },
        },
      ],
    });
    new ClientAccess(this, 'mongo-from-netflix-movie-catalog', { from: catalog, to: mongo });
    new k8s.KubeService(this, 'catalog-service', {
      metadata: { name: 'netflix-movie-catalog', labels: catalog.selector },
      spec: { selector: catalog.selector, ports: [{ name: 'http', port: 8080 }] },
    });
  }
}
