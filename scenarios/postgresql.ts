import { Chart, Size } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { AksStorageClass, DatabaseEngine, StatefulDatabase } from '../lib';

/**
 * A single PostgreSQL that loses no rows with its pod.
 */
export class Postgresql extends Chart {
  public readonly database: StatefulDatabase;

  public constructor(scope: Construct, id: string, props: ChartProps = {}) {
    super(scope, id, props);

    this.database = new StatefulDatabase(this, 'postgresql', {
      engine: DatabaseEngine.postgres({ version: '17.11' }),
      password: { secret: Secret.fromSecretName(this, 'Password', 'dbpass'), key: 'dbpassword' },
      storage: {
        claimName: 'postgresql-volume-claim',
        size: Size.gibibytes(32),
        storageClass: AksStorageClass.DEFAULT,
      },
      containerName: 'postgresql-pv-container',
      servicePortName: 'postgresql-port',
    });
  }
}
