import { App } from 'cdk8s';
import { AzureDisk } from './scenarios/azure-disk';
import { Consul } from './scenarios/consul';
import { Foodmag } from './scenarios/foodmag';
import { Grafana } from './scenarios/grafana';
import { MongodbReplicaSet } from './scenarios/mongodb-replica-set';
import { Postgresql } from './scenarios/postgresql';
import { StatefulSetBasics } from './scenarios/statefulset-basics';

const app = new App();
new AzureDisk(app, 'azure-disk');
new StatefulSetBasics(app, 'statefulset-basics');
new Postgresql(app, 'postgresql');
new Consul(app, 'consul');
new Foodmag(app, 'foodmag');
new MongodbReplicaSet(app, 'mongodb-replica-set', { catalogImage: 'netflix-movie-catalog:1.0.0' });
new Grafana(app, 'grafana');
app.synth();
