import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonPatch, Yaml } from 'cdk8s';
import { parse } from 'yaml';
import { AlertsOutput } from '../../lib';
import type { DatabaseAlertsProps } from '../../lib';
import { newAlerts, newShop } from '../support/alerts/shop';
import { describeReal, program } from '../support/backup/programs';
import { TestCluster, facts } from './support/cluster';
import type { Kubectl, LiveObject, ObjectReference } from './support/kubectl';

const cluster = new TestCluster(facts());
const CRD = 'monitoring.coreos.com_prometheusrules.yaml';

interface LiveRule extends LiveObject {
  readonly spec: { readonly groups: object[] };
}

// Strictly by the schema that the operator publishes. That its rules are rules of Prometheus is shown by `npm run test:backup`.
describeReal('what DatabaseAlerts writes', ['prometheus-operator'], () => {
  let kubectl: Kubectl;
  let folder: string;

  beforeAll(async () => {
    folder = program('prometheus-operator');
    const crd = parse(readFileSync(join(folder, CRD), 'utf8')) as ObjectReference;
    await cluster.reserve(cluster.kubectl, [crd]);
    await cluster.kubectl.ok(['apply', '--server-side', `--filename=${CRD}`], { folder });
    await cluster.kubectl.ok(['wait', '--for=condition=Established', '--timeout=60s', `--filename=${CRD}`], { folder });
    kubectl = await cluster.namespace('alerts');
  });
  afterAll(() => cluster.clean());

  const written = (props: Partial<DatabaseAlertsProps> = {}, patch?: JsonPatch) => {
    const alerts = newAlerts(newShop('stateful-test-alerts'), { alertLabels: { team: 'shop' }, ...props });
    if (patch) alerts.apiObject.addJsonPatch(patch);
    return alerts.apiObject.toJson() as LiveRule;
  };
  const apply = (object: object) =>
    kubectl.run(['apply', '--validate=strict', '--filename=-'], { input: Yaml.stringify(object) });

  test('is accepted by the schema of the operator without a warning, and stored whole', async () => {
    const rule = written();
    expect(await apply(rule)).toMatchObject({ status: 0, stderr: '' });
    const [live] = await kubectl.get<LiveRule>('prometheusrules.monitoring.coreos.com', 'alerts');
    expect(live!.spec).toEqual(rule.spec);
  });

  test('leaves nothing for kubectl diff to show', async () => {
    const diff = await kubectl.run(['diff', '--filename=-'], { input: Yaml.stringify(written()) });
    expect(diff).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('is a ConfigMap as well, for those without the operator', async () => {
    const map = written({ output: AlertsOutput.rulesFile(), name: 'rules' });
    expect(await apply(map)).toMatchObject({ status: 0, stderr: '' });
  });

  // Or the first test could not fail.
  test('would be refused with a field that the operator does not know', async () => {
    const patch = JsonPatch.add('/spec/groups/0/rules/0/noSuchField', 1);
    const { status, stderr } = await apply(written({}, patch));
    expect(status).toBe(1);
    expect(stderr).toContain('unknown field "spec.groups[0].rules[0].noSuchField"');
  });
});
