import { Chart } from 'cdk8s';
import type { ChartProps } from 'cdk8s';
import type { Construct } from 'constructs';
import { DatabaseAlerts } from '../lib';
import type { CloudNativePgDatabase, PointInTimeDrill } from '../lib';

/**
 * Properties of `PostgresqlHaAlerts`.
 */
export interface PostgresqlHaAlertsProps extends ChartProps {
  /** The database of `PostgresqlHa`. */
  readonly database: CloudNativePgDatabase;

  /** The drill of its archive. */
  readonly drill: PointInTimeDrill;
}

/**
 * Alerts of the PostgreSQL of three, its archive and its drill. The cluster must have the operator of Prometheus; kube-prometheus-stack takes the
 * label `release` for its own.
 */
export class PostgresqlHaAlerts extends Chart {
  public constructor(scope: Construct, id: string, { database, drill, ...props }: PostgresqlHaAlertsProps) {
    super(scope, id, props);
    new DatabaseAlerts(this, 'orders', {
      databases: [database],
      drills: [drill],
      labels: { release: 'kube-prometheus-stack' },
      alertLabels: { team: 'shop' },
    });
  }
}
