import { Chart, Cron, Duration, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  AksStorageClass,
  BlobCredentials,
  BlobStore,
  CloudNativePgDatabase,
  DatabaseEngine,
  PointInTimeDrill,
} from '../lib';

/**
 * A PostgreSQL of three that loses no acknowledged row with one of them, and goes back to any second of two weeks. The cluster must have
 * CloudNativePG and its Barman Cloud plugin.
 */
export class PostgresqlHa extends Chart {
  public readonly database: CloudNativePgDatabase;
  public readonly drill: PointInTimeDrill;

  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);
    const secret = Secret.fromSecretName(this, 'Credentials', 'backupcredentials');
    const store = BlobStore.azure({
      account: 'tomasbackupdbstore',
      container: 'postgresql',
      credentials: BlobCredentials.accountKey({ secret, key: 'storageKey.txt' }),
    });

    this.database = new CloudNativePgDatabase(this, 'orders', {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      instances: 3,
      synchronous: { number: 1 },
      storage: { size: Size.gibibytes(32), storageClass: AksStorageClass.DEFAULT },
      walStorage: { size: Size.gibibytes(8), storageClass: AksStorageClass.DEFAULT },
      applicationUser: {
        name: 'shop',
        password: { secret: Secret.fromSecretName(this, 'Password', 'shop-user'), key: 'password' },
      },
      continuousBackup: {
        store,
        schedule: Cron.schedule({ minute: '0', hour: '2' }),
        recoveryWindow: Duration.days(14),
        recoveryPointObjective: Duration.minutes(5),
      },
    });

    // Each week the archive is recovered, to the newest and to a second of four hours ago.
    this.drill = new PointInTimeDrill(this, 'orders-drill', {
      database: this.database,
      schedule: Cron.weekly(),
      heartbeat: { database: this.database },
    });
  }
}
