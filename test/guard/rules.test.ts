import { readLock, writeLock } from '../../lib/guard/lock';
import type { Problem, State } from '../../lib/guard/model';
import { plan } from '../../lib/guard/plan';
import type { PlanOptions } from '../../lib/guard/plan';
import { RULES } from '../../lib/guard/rules/rules';
import { readState } from '../../lib/guard/state';
import type { Case, Manifest } from './cases/case';
import { NAMESPACE, yamlOf } from './cases/case';
import { CASES } from './cases/cases';

function stateOf(objects: readonly Manifest[]): State {
  const { state, problems } = readState([{ file: 'case.yaml', text: yamlOf(objects) }], { namespace: NAMESPACE });
  expect(problems).toEqual([]);
  return state;
}

function optionsOf({ deployer, force }: Case): PlanOptions {
  return { ...(deployer && { deployer }), ...(force && { force }) };
}

/** As it reads after it was written to a lock file. */
function throughLock(state: State): State {
  const problems: Problem[] = [];
  const text = writeLock({ scopes: new Map([['case', { accepted: [], state }]]) });
  const scope = readLock(text, 'stateful.lock', problems).scopes.get('case');
  expect(problems).toEqual([]);
  return scope!.state;
}

function found(before: State, after: State, options: PlanOptions): [string, string][] {
  return plan(before, after, options).map(({ rule, verdict }) => [rule, verdict]);
}

test('each rule has a case', () => {
  const tried = new Set(CASES.flatMap(({ finds }) => finds.map(([rule]) => rule)));
  expect(RULES.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
});

test('names of cases are unique', () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
});

describe.each(CASES.map((one) => [one.name, one] as const))('%s', (_, one) => {
  const options = optionsOf(one);

  test('is found', () => {
    expect(found(stateOf(one.before), stateOf(one.after), options)).toEqual(one.finds);
  });

  test('is found through the lock file', () => {
    const before = throughLock(stateOf(one.before));
    expect(found(before, stateOf(one.after), options)).toEqual(one.lockForgets ? [] : one.finds);
  });

  test('neither side says anything of itself', () => {
    for (const side of [one.before, one.after]) {
      expect(plan(stateOf(side), stateOf(side), options)).toEqual([]);
      expect(plan(throughLock(stateOf(side)), stateOf(side), options)).toEqual([]);
    }
  });
});
