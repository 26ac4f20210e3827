import { Chart, Cron, Duration } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { RestartPolicy, Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { BlobBackupCronJob, BlobCredentials, BlobRestoreJob, BlobStore, RestoreDrill } from '../lib';
import type { IDatabase } from '../lib';

export interface BlobBackupProps extends ChartProps {
  /** The database that is backed up. */
  readonly database: IDatabase;
}

/**
 * PostgreSQL backed up to Azure Blob, each minute as the document demonstrates it; restores that are begun by hand; a drill each week.
 */
export class BlobBackup extends Chart {
  public constructor(scope: Construct, id: string, props: BlobBackupProps) {
    super(scope, id, props);
    const { database } = props;
    const secret = Secret.fromSecretName(this, 'Credentials', 'backupcredentials');
    const password = { secret, key: 'dbPassword.txt' };
    const credentials = BlobCredentials.accountKey({ secret, key: 'storageKey.txt' });
    const store = BlobStore.azure({ account: 'tomasbackupdbstore', container: 'backup', credentials });

    const backup = new BlobBackupCronJob(this, 'backupjob', {
      database,
      password,
      store,
      schedule: Cron.everyMinute(),
      retention: { days: 14, keepAtLeast: 7 },
      restartPolicy: RestartPolicy.ON_FAILURE,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
    });
    new BlobRestoreJob(this, 'restorejob', { database, password, store });
    new RestoreDrill(this, 'restoredrill', {
      backup,
      schedule: Cron.weekly(),
      recoveryPointObjective: Duration.hours(1),
    });
  }
}
