import type { k8s } from 'cdk8s-plus-27';
import { checkOneOf } from '../private/names';
import type { Problems } from '../private/problems';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

/** In a set, a server before 1.37 takes whatever it is; then no pod is ever made, or none finds a node. */
export function checkNodeAffinity(problems: Problems, affinity: k8s.NodeAffinity = {}): void {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  if (required) {
    const prop = 'nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
    const terms = required.nodeSelectorTerms;
    if (terms.length === 0) addEmpty(problems, prop, terms);
    terms.forEach((term, index) => checkTerm(problems, `${prop}[${index}]`, term));
  }
  preferred.forEach(({ preference }, index) => {
    const prop = `nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`;
    checkTerm(problems, prop, preference);
  });
}

function checkTerm(problems: Problems, prop: string, term: k8s.NodeSelectorTerm): void {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) addEmpty(problems, prop, term);
  matchExpressions.forEach(({ operator, values = [] }, index) => {
    const expression = `${prop}.matchExpressions[${index}]`;
    checkOneOf(problems, `${expression}.operator`, operator, OPERATORS, "write 'In'");
    const [least, most] = operator.includes('Exist') ? [0, 0] : /[GL]t/.test(operator) ? [1, 1] : [1, Infinity];
    if (!OPERATORS.includes(operator) || (values.length >= least && values.length <= most)) return;
    const rule = most === 0 ? 'must be left out' : most === 1 ? 'must be one value' : 'must name a value';
    problems.add(`${expression}.values`, `${rule} with operator '${operator}'`, values, 'the server makes no such pod');
  });
}

function addEmpty(problems: Problems, prop: string, got: unknown): void {
  const wayOut =
    'an empty one matches no node, and the pods would wait for ever; write matchExpressions: [{ key, operator, values }]';
  problems.add(prop, 'must ask for something', got, wayOut);
}
