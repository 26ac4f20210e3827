import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, JsonPatch, Yaml } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { Pods } from 'cdk8s-plus-27';
import { parse } from 'yaml';
import { DatabasePodMonitor } from '../../lib';
import type { IDatabase } from '../../lib';
import { describeReal, program } from '../support/backup/programs';
import { newCluster } from '../support/cloudnative-pg';
import { EXPORTER_PASSWORD } from '../support/elsewhere';
import { newDatabase } from '../support/samples';
import { TestCluster, facts } from './support/cluster';
import type { Kubectl, LiveObject, ObjectReference } from './support/kubectl';

const cluster = new TestCluster(facts());
const CRD = 'monitoring.coreos.com_podmonitors.yaml';
const NAMESPACE = 'stateful-test-pod-monitor';

// Strictly by the schema that the operator publishes.
describeReal('a DatabasePodMonitor', ['prometheus-operator'], () => {
  let kubectl: Kubectl;

  beforeAll(async () => {
    const folder = program('prometheus-operator');
    const crd = parse(readFileSync(join(folder, CRD), 'utf8')) as ObjectReference;
    await cluster.reserve(cluster.kubectl, [crd]);
    await cluster.kubectl.ok(['apply', '--server-side', `--filename=${CRD}`], { folder });
    await cluster.kubectl.ok(['wait', '--for=condition=Established', '--timeout=60s', `--filename=${CRD}`], { folder });
    kubectl = await cluster.namespace('pod-monitor');
  });
  afterAll(() => cluster.clean());

  const monitorOf = ({ chart, database }: { chart: Chart; database: IDatabase }, name: string) =>
    new DatabasePodMonitor(chart, 'monitor', {
      database,
      name,
      labels: { release: 'monitoring' },
      prometheus: Pods.select(chart, 'Prometheus', { labels: { app: 'prometheus' } }),
      interval: Duration.seconds(30),
    });
  const ofServer = () => newDatabase({ metrics: { password: EXPORTER_PASSWORD } }, { namespace: NAMESPACE });
  const ofOperator = () => newCluster({}, { namespace: NAMESPACE });
  const apply = (object: object) =>
    kubectl.run(['apply', '--validate=strict', '--filename=-'], { input: Yaml.stringify(object) });

  test.each([
    ['a StatefulDatabase', ofServer, 'server'],
    ['a CloudNativePgDatabase', ofOperator, 'operator'],
  ])(
    'of %s is accepted by the schema of the operator without a warning, and stored whole',
    async (_, database, name) => {
      const monitor = monitorOf(database(), name).apiObject.toJson() as LiveObject & { spec: object };
      expect(await apply(monitor)).toMatchObject({ status: 0, stderr: '' });
      const [live] = await kubectl.get<LiveObject & { spec: object }>('podmonitors.monitoring.coreos.com', name);
      expect(live!.spec).toEqual(monitor.spec);
    },
  );

  // Or the tests before could not fail.
  test('would be refused with a field that the operator does not know', async () => {
    const { apiObject } = monitorOf(ofServer(), 'other');
    apiObject.addJsonPatch(JsonPatch.add('/spec/podMetricsEndpoints/0/noSuchField', 1));
    const { status, stderr } = await apply(apiObject.toJson() as object);
    expect(status).toBe(1);
    expect(stderr).toContain('unknown field "spec.podMetricsEndpoints[0].noSuchField"');
  });
});
