import { Cron, Duration, Size } from 'cdk8s';
import type { Chart } from 'cdk8s';
import {
  ArkBackupLocation,
  ArkSchedule,
  BlobBackupCronJob,
  BlobRestoreJob,
  CloudNativePgDatabase,
  DatabaseAlerts,
  DatabaseEngine,
  RestoreDrill,
  StatefulDatabase,
} from '../../../lib';
import type { DatabaseAlertsProps } from '../../../lib';
import { serverOf } from '../ark';
import { ARCHIVING, CLUSTER } from '../cloudnative-pg';
import { newChart } from '../manifests';
import { BLOBS, DATABASE } from '../samples';

/** All that alerts watch: a server alone, a replica set, a cluster, a backup, a drill, a schedule of Velero, and a restore that nobody watches. */
export interface Shop {
  readonly chart: Chart;
  readonly postgresql: StatefulDatabase;
  readonly mongo: StatefulDatabase;
  readonly orders: CloudNativePgDatabase;
  readonly backup: BlobBackupCronJob;
  readonly drill: RestoreDrill;
  readonly restore: BlobRestoreJob;
  readonly schedule: ArkSchedule;
}

export function newShop(namespace = 'shop'): Shop {
  const chart = newChart({ namespace });
  const postgresql = new StatefulDatabase(chart, 'postgresql', DATABASE);
  const mongo = new StatefulDatabase(chart, 'mongo', {
    engine: DatabaseEngine.mongo({ version: '8.0.12', replicaSet: 'rs0', authentication: false }),
    storage: { size: Size.gibibytes(20) },
    replicas: 3,
  });
  const orders = new CloudNativePgDatabase(chart, 'orders', {
    ...CLUSTER,
    storage: { size: Size.gibibytes(50) },
    walStorage: { size: Size.gibibytes(10) },
    synchronous: { number: 1 },
    continuousBackup: { ...ARCHIVING.continuousBackup!, recoveryPointObjective: Duration.minutes(5) },
  });
  const backup = new BlobBackupCronJob(chart, 'backupjob', {
    database: postgresql,
    store: BLOBS,
    schedule: Cron.daily(),
  });
  const drill = new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly() });
  const restore = new BlobRestoreJob(chart, 'restore', { database: postgresql, store: BLOBS });
  const server = serverOf();
  const schedule = new ArkSchedule(chart, 'nightly', {
    server,
    storageLocation: ArkBackupLocation.fromBackupLocationName(server, 'default'),
    schedule: Cron.daily(),
    snapshotVolumes: false,
  });
  return { chart, postgresql, mongo, orders, backup, drill, restore, schedule };
}

/** Alerts of all of it. */
export function newAlerts(shop: Shop, props: Partial<DatabaseAlertsProps> = {}): DatabaseAlerts {
  const { chart, postgresql, mongo, orders, backup, drill, schedule } = shop;
  return new DatabaseAlerts(chart, 'alerts', {
    databases: [postgresql, mongo, orders],
    backups: [backup],
    drills: [drill],
    schedules: [schedule],
    ...props,
  });
}
