import type { k8s } from 'cdk8s-plus-27';
import { Pod } from '../../lib';
import { newChart } from '../support/manifests';
import { expectRefused } from '../support/refused';
import { CONTAINER } from '../support/samples';

function refused(nodeAffinity: k8s.NodeAffinity, ...problems: string[]): void {
  const chart = newChart();
  const make = () => new Pod(chart, 'pod', { containers: [CONTAINER], nodeAffinity });
  expectRefused(chart, make, "Pod 'test/pod'", ...problems);
}

const TERMS = 'nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const PREFERRED = 'nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution';
const EMPTY =
  'an empty one matches no node, and the pods would wait for ever; write matchExpressions: [{ key, operator, values }]';

describe('a node affinity is refused', () => {
  test('that matches no node', () => {
    refused(
      { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      `'${TERMS}' must ask for something, got []: ${EMPTY}`,
    );
    refused(
      { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}, { matchExpressions: [] }] } },
      `'${TERMS}[0]' must ask for something, got {}: ${EMPTY}`,
      `'${TERMS}[1]' must ask for something, got {"matchExpressions":[]}: ${EMPTY}`,
    );
  });

  test('with expressions that the server does not know, once a pod is made', () => {
    const matchExpressions = [
      { key: 'disk', operator: 'in', values: ['ssd'] },
      { key: 'disk', operator: 'In' },
      { key: 'disk', operator: 'Exists', values: ['ssd'] },
      { key: 'cores', operator: 'Gt', values: ['1', '2'] },
    ];
    const prop = `${PREFERRED}[0].preference.matchExpressions`;
    refused(
      { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions } }] },
      `'${prop}[0].operator' must be one of 'In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', got "in": write 'In'`,
      `'${prop}[1].values' must name a value with operator 'In', got []: the server makes no such pod`,
      `'${prop}[2].values' must be left out with operator 'Exists', got ["ssd"]: the server makes no such pod`,
      `'${prop}[3].values' must be one value with operator 'Gt', got ["1","2"]: the server makes no such pod`,
    );
  });
});
