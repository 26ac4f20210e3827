import fc from 'fast-check';
import { inlineScript } from '../../lib/workload/inline-script';
import { expand } from '../support/job';

test.each([
  ['DO $$ BEGIN END $$', 'DO $$$$ BEGIN END $$$$'],
  ['kill $$', 'kill $$$$'],
  ['x=$(hostname)', 'x=$$(hostname)'],
  ['x=$(cat "$file") y=$z ${w}', 'x=$(cat "$file") y=$z ${w}'],
])('%s is %s in a manifest', (text, inline) => {
  expect(inlineScript(text)).toBe(inline);
});

test('what reaches the shell is the script, whatever variables there are', () => {
  const word = fc.constantFrom('$', '$$', '(', ')', 'a', 'HOME', ' ', '"', '$(a)', '$(HOME)', '$$(a)', '$((1 + 2))');
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''));
  fc.assert(
    fc.property(text, (script) => {
      expect(expand(inlineScript(script), { a: 'X', HOME: '/root' })).toBe(script);
    }),
    { numRuns: 2000 },
  );
});
