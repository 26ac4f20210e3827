import { App, Yaml } from 'cdk8s';
import { PostgresqlHa } from '../../scenarios/postgresql-ha';
import { PostgresqlHaAlerts } from '../../scenarios/postgresql-ha-alerts';
import { manifestsOf } from '../support/manifests';

describe('the alerts of a PostgreSQL of three', () => {
  const { database, drill } = new PostgresqlHa(new App(), 'scenario');
  const manifests = manifestsOf(new PostgresqlHaAlerts(new App(), 'alerts', { database, drill }));

  test('write this YAML', () => {
    expect(Yaml.stringify(...manifests)).toMatchSnapshot();
  });

  test('are one object, which the operator of kube-prometheus-stack takes for its own', () => {
    expect(manifests).toMatchObject([
      { kind: 'PrometheusRule', metadata: { name: 'orders', labels: { release: 'kube-prometheus-stack' } } },
    ]);
  });
});
