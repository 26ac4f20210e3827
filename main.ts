import { YamlOutputType } from 'cdk8s';
import { ArkProfile, LinearApp as App } from './lib';
import { Ark } from './scenarios/ark';
import { AzureDisk } from './scenarios/azure-disk';
import { AzureFiles } from './scenarios/azure-files';
import { BlobBackup } from './scenarios/blob-backup';
import { Consul } from './scenarios/consul';
import { Foodmag } from './scenarios/foodmag';
import { Grafana } from './scenarios/grafana';
import { GrowingAVolume } from './scenarios/growing-a-volume';
import { MongodbReplicaSet } from './scenarios/mongodb-replica-set';
import { Postgresql } from './scenarios/postgresql';
import { PostgresqlHa } from './scenarios/postgresql-ha';
import { PostgresqlHaAlerts } from './scenarios/postgresql-ha-alerts';
import { StatefulSetBasics } from './scenarios/statefulset-basics';
import { VolumesAndClaims } from './scenarios/volumes-and-claims';
import { Wordpress } from './scenarios/wordpress';
import { WordpressBackups } from './scenarios/wordpress-backups';
import { WordpressSchedule } from './scenarios/wordpress-schedule';
import { WordpressTransfer } from './scenarios/wordpress-transfer';

const app = new App();
new AzureDisk(app, 'azure-disk');
new AzureFiles(app, 'azure-files');
new StatefulSetBasics(app, 'statefulset-basics');
const { database } = new Postgresql(app, 'postgresql');
new BlobBackup(app, 'blob-backup', { database });
new VolumesAndClaims(app, 'volumes-and-claims');
new Consul(app, 'consul');
new Foodmag(app, 'foodmag');
new MongodbReplicaSet(app, 'mongodb-replica-set', { catalogImage: 'netflix-movie-catalog:1.0.0' });
new Grafana(app, 'grafana');
new GrowingAVolume(app, 'growing-a-volume');

// `kubectl apply -f dist/` does not read folders: in them lies what needs CRDs first, what is for a second cluster, and what is begun by hand.
const folder = (name: string, yamlOutputType = YamlOutputType.FILE_PER_CHART) =>
  new App({ outdir: `${app.outdir}/${name}`, yamlOutputType });

const ark = folder('ark');
const arkSecondCluster = folder('ark-second-cluster');
const arkOnDemand = folder('on-demand/ark', YamlOutputType.FILE_PER_RESOURCE);
const documented = { profile: ArkProfile.ARK_0_10, bucket: 'ark' };
const { server: arkServer } = new Ark(ark, 'ark', documented);
const { server: arkReader } = new Ark(arkSecondCluster, 'ark', { ...documented, restoreOnly: true });
const { database: blog } = new Wordpress(app, 'wordpress', { server: arkServer });
new WordpressSchedule(ark, 'wordpress-schedule', { server: arkServer, database: blog });
new WordpressBackups(arkOnDemand, 'backups', { server: arkServer, database: blog });
new WordpressTransfer(arkOnDemand, 'transfer', { server: arkReader, database: blog, loadsDump: false });

const velero = folder('velero');
const veleroSecondCluster = folder('velero-second-cluster');
const veleroOnDemand = folder('on-demand/velero', YamlOutputType.FILE_PER_RESOURCE);
const today = { profile: ArkProfile.VELERO_1_18, bucket: 'velero' };
const { server: veleroServer } = new Ark(velero, 'velero', today);
const { server: veleroReader } = new Ark(veleroSecondCluster, 'velero', { ...today, restoreOnly: true });
const { database: veleroBlog } = new Wordpress(velero, 'wordpress', { server: veleroServer });
new WordpressSchedule(velero, 'wordpress-schedule', { server: veleroServer, database: veleroBlog });
new WordpressBackups(veleroOnDemand, 'backups', { server: veleroServer, database: veleroBlog });
new WordpressTransfer(veleroOnDemand, 'transfer', { server: veleroReader, database: veleroBlog, loadsDump: true });

const postgresqlHa = folder('postgresql-ha');
const postgresqlHaAlerts = folder('postgresql-ha-alerts');
const { database: orders, drill } = new PostgresqlHa(postgresqlHa, 'postgresql-ha');
new PostgresqlHaAlerts(postgresqlHaAlerts, 'postgresql-ha-alerts', { database: orders, drill });

for (const each of [
  app,
  ark,
  arkSecondCluster,
  arkOnDemand,
  velero,
  veleroSecondCluster,
  veleroOnDemand,
  postgresqlHa,
  postgresqlHaAlerts,
])
  each.synth();
