import { App } from 'cdk8s';
import fc from 'fast-check';
import { LinearApp } from '../../lib/synth/linear-app';
import { outcome, synthCase } from '../support/synth-case';
import type { Outcome } from '../support/synth-case';

/** SYNTH_RUNS sets how many random apps are compared. */
const numRuns = Number(process.env.SYNTH_RUNS ?? 500);

/** cdk8s names some of the constructs of a cycle, not all, and not those that depend on themselves; what it does is overflow. */
function withoutCycle({ error, ...rest }: Outcome): Outcome {
  return error === undefined ? rest : { error: error.startsWith('Dependency cycle detected: ') ? 'a cycle' : error };
}

test('any app is written as cdk8s writes it, byte for byte, or refused as cdk8s refuses it', () => {
  const seen = { written: 0, cycles: 0, others: 0 };
  fc.assert(
    fc.property(synthCase, (description) => {
      const expected = withoutCycle(outcome(App, description));
      if (expected.error === undefined) seen.written++;
      else if (expected.error === 'a cycle') seen.cycles++;
      else seen.others++;
      expect(withoutCycle(outcome(LinearApp, description))).toEqual(expected);
    }),
    // More than the counts below are of: about one in three is written, which would fall short in one run of many.
    { numRuns: Math.ceil(numRuns * 1.5) },
  );
  // The cases are of all kinds, or the comparison says little.
  expect(seen.written).toBeGreaterThan(numRuns / 3);
  expect(seen.cycles).toBeGreaterThan(numRuns / 50);
  expect(seen.others).toBeGreaterThan(numRuns / 100);
}, 600_000);
