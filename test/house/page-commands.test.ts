import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNNERS, whoRuns } from '../support/page-commands';
import { PAGES, ROOT, commandsIn, commandsOf } from '../support/pages';

const COMMANDS = PAGES.filter((page) => page.startsWith('docs/')).flatMap((page) =>
  commandsOf(page).map((command) => ({ page, command })),
);

test('every command of docs/ is run by one suite, or it is said why nobody runs it', () => {
  const wrong = COMMANDS.map((one) => ({ ...one, by: whoRuns(one.page, one.command) })).filter(
    ({ by }) => by.length !== 1 || by[0] === 'none',
  );
  expect(wrong).toEqual([]);
});

test('every page and suite that is named is there', () => {
  const pages = [...new Set(COMMANDS.map(({ page }) => page))];
  expect(Object.keys(RUNNERS).sort()).toEqual(pages.sort());
  const suites = COMMANDS.flatMap(({ page, command }) => whoRuns(page, command)).filter((who) => /^[a-z-]+$/.test(who));
  const missing = [...new Set(suites)].filter((suite) => !existsSync(join(ROOT, `test/cluster/${suite}.test.ts`)));
  expect(missing).toEqual([]);
  const [, ran = ''] = /local suites=\((.*)\)/.exec(readFileSync(join(ROOT, '.ci/run'), 'utf8')) ?? [];
  const inCi = ran.split(' ');
  // Jest takes the beginning of a name.
  expect([...new Set(suites)].filter((suite) => !inCi.some((name) => suite.startsWith(name)))).toEqual([]);
});

test.each([
  ['several lines', 'one \\\n  two |\n  three\nfour', ['one \\\n  two |\n  three', 'four']],
  ['a here-document', "cat <<'X'\nbody\nX\nnext", ["cat <<'X'\nbody\nX", 'next']],
  ['an open quote', "sh -c 'one\ntwo'\nnext", ["sh -c 'one\ntwo'", 'next']],
  ['comments and blank lines', '# what\n\none  # why\n', ['one  # why']],
])('a command may have %s', (_what, block, commands) => {
  expect(commandsIn(block)).toEqual(commands);
});
