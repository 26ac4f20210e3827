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
      { key: '/', operator: 'Lt', values: ['a'] },
      { key: 'disk', operator: 'NotIn', values: ['a b'] },
    ];
    const prop = `${PREFERRED}[0].preference.matchExpressions`;
    refused(
      { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: { matchExpressions } }] },
      `'${PREFERRED}[0].weight' must be a whole number from 1 to 100, got 0: it is held against the weights of other preferences`,
      `'${prop}[0].operator' must be one of 'In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', got "in": write 'In'`,
      `'${prop}[1].values' must name a value with operator 'In', got []: the server makes no such pod`,
      `'${prop}[2].values' must be left out with operator 'Exists', got ["ssd"]: the server makes no such pod`,
      `'${prop}[3].values' must be one value with operator 'Gt', got ["1","2"]: the server makes no such pod`,
      `'${prop}[4].key' must have keys of the form [prefix/]name, got "/": the name has at most 63 of A-Z a-z 0-9 '-' '_' '.'`,
      `'${prop}[4].values' must be a whole number with operator 'Lt', got "a": no node would match`,
      `'${prop}[5].values['value']' must be a label value of at most 63 characters, got "a b": use A-Z, a-z, 0-9, '-', '_' and '.', ` +
        'beginning and ending with a letter or digit',
    );
  });

  test('by fields that cannot be matched', () => {
    const matchFields = [
      { key: 'metadata.name', operator: 'In', values: ['node-1'] },
      { key: 'spec.unschedulable', operator: 'In', values: ['false'] },
    ];
    refused(
      { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
      `'${TERMS}[0].matchFields[1]' must be the name of one node, got {"key":"spec.unschedulable","operator":"In","values":["false"]}: no ` +
        "other field can be matched; write { key: 'metadata.name', operator: 'In', values: ['node-1'] }",
    );
  });
});
