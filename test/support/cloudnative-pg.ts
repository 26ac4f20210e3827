import { Duration, Size } from 'cdk8s';
import type { Chart, ChartProps } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { SecretValue } from 'cdk8s-plus-27';
import { CloudNativePgDatabase, DatabaseEngine } from '../../lib';
import type { CloudNativePgDatabaseProps } from '../../lib';
import { manifestsOf, newChart } from './manifests';
import type { Manifest } from './manifests';
import { BLOBS } from './samples';

const elsewhere = newChart();
const keyOf = (name: string, key = 'password'): SecretValue => ({
  secret: Secret.fromSecretName(elsewhere, `${name}-${key}`, name),
  key,
});
export const SHOP_USER = { name: 'shop', password: keyOf('shop-user') };
export const SUPERUSER = keyOf('superuser');
/** The same Secret with a key that the operator does not read. */
export const OTHER_KEY = keyOf('shop-user', 'pw');

/** A Cluster with all that it must have and nothing else. */
export const CLUSTER: CloudNativePgDatabaseProps = {
  engine: DatabaseEngine.postgres({ version: '17.11' }),
  storage: { size: Size.gibibytes(32) },
  applicationUser: SHOP_USER,
};

/** One that archives. */
export const ARCHIVING: Partial<CloudNativePgDatabaseProps> = {
  continuousBackup: { store: BLOBS, recoveryWindow: Duration.days(7) },
};

/** A database called `orders`, in a chart of its own. */
export function newCluster(
  props: Partial<CloudNativePgDatabaseProps> = {},
  chartProps: ChartProps = {},
): { chart: Chart; database: CloudNativePgDatabase } {
  const chart = newChart(chartProps);
  return { chart, database: new CloudNativePgDatabase(chart, 'orders', { ...CLUSTER, ...props }) };
}

/** What is read of an object of the operator, whose CRDs no package has types of. */
export interface OperatorObject extends Manifest {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly spec: any;
}

/** An object of the operator or its plugin. */
export function operatorObject(manifests: Manifest[], kind: string, name = 'orders'): OperatorObject {
  const found = manifests.filter((one) => one.kind === kind && one.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} ${kind} '${name}'`);
  return found[0] as OperatorObject;
}

export function renderCluster(props: Partial<CloudNativePgDatabaseProps> = {}): OperatorObject {
  return operatorObject(manifestsOf(newCluster(props).chart), 'Cluster');
}
