import type { k8s } from 'cdk8s-plus-27';
import { checkInteger, checkLabels, checkOneOf } from '../private/names';
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
  preferred.forEach(({ weight, preference }, index) => {
    const prop = `nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    checkInteger(problems, `${prop}.weight`, weight, 1, 100, 'it is held against the weights of other preferences');
    checkTerm(problems, `${prop}.preference`, preference);
  });
}

function checkTerm(problems: Problems, prop: string, term: k8s.NodeSelectorTerm): void {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) addEmpty(problems, prop, term);
  matchExpressions.forEach((expression, index) => {
    checkExpression(problems, `${prop}.matchExpressions[${index}]`, expression);
  });
  matchFields.forEach(({ key, operator, values = [] }, index) => {
    if (key === 'metadata.name' && ['In', 'NotIn'].includes(operator) && values.length === 1) return;
    const wayOut = "no other field can be matched; write { key: 'metadata.name', operator: 'In', values: ['node-1'] }";
    problems.add(`${prop}.matchFields[${index}]`, 'must be the name of one node', { key, operator, values }, wayOut);
  });
}

function checkExpression(problems: Problems, prop: string, expression: k8s.NodeSelectorRequirement): void {
  const { key, operator, values = [] } = expression;
  checkLabels(problems, `${prop}.key`, { [key]: '' });
  checkOneOf(problems, `${prop}.operator`, operator, OPERATORS, "write 'In'");
  const [least, most] = operator.includes('Exist') ? [0, 0] : /^[GL]t$/.exec(operator) ? [1, 1] : [1, Infinity];
  if (!OPERATORS.includes(operator)) return;
  if (values.length < least || values.length > most) {
    const rule = most === 0 ? 'must be left out' : most === 1 ? 'must be one value' : 'must name a value';
    problems.add(`${prop}.values`, `${rule} with operator '${operator}'`, values, 'the server makes no such pod');
  }
  for (const value of values) {
    checkLabels(problems, `${prop}.values`, { value });
    if (most === 1 && !/^-?[0-9]+$/.test(value)) {
      problems.add(
        `${prop}.values`,
        `must be a whole number with operator '${operator}'`,
        value,
        'no node would match',
      );
    }
  }
}

function addEmpty(problems: Problems, prop: string, got: unknown): void {
  const wayOut =
    'an empty one matches no node, and the pods would wait for ever; write matchExpressions: [{ key, operator, values }]';
  problems.add(prop, 'must ask for something', got, wayOut);
}
