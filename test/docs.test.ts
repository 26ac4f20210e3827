import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { diagnosticsOf } from './support/compiler';
import { PAGES, ROOT, blocksOf, readPage } from './support/pages';

function programs(): Map<string, string> {
  const found = new Map<string, string>();
  for (const page of PAGES) {
    blocksOf(page, 'ts').forEach((code, index) => found.set(join(ROOT, `${page}.${index}.ts`), code));
  }
  return found;
}

test('the programs of the pages compile', () => {
  const sources = programs();
  expect(sources.size).toBeGreaterThan(1);
  const messages = diagnosticsOf(sources, {
    module: ts.ModuleKind.CommonJS,
    types: ['node'],
    paths: { 'cdk8s-stateful': [join(ROOT, 'lib/index.ts')] },
  }).map(({ file, message }) => `${file}: ${message}`);
  expect(messages).toEqual([]);
}, 60_000);

test.each(PAGES)('%s points only at what there is', (page) => {
  const links = [...readPage(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) =>
    join(dirname(page), link),
  );
  const tests = [...readPage(page).matchAll(/`(test\/[^`]*\.ts)`/g)].map(([, file = '']) => file);
  expect([...links, ...tests].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('the README has a row for every file of dist/', () => {
  const missing = readdirSync(join(ROOT, 'dist')).filter(
    (file) => file.endsWith('.yaml') && !readPage('README.md').includes(`(dist/${file})`),
  );
  expect(missing).toEqual([]);
});
