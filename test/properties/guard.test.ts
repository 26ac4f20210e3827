import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { check, exitCode } from '../../lib/guard/check';
import { coverageOf } from '../../lib/guard/coverage/coverage';
import { coveredTexts } from '../../lib/guard/coverage/findings';
import type { Asked } from '../../lib/guard/coverage/findings';
import { readLock, writeLock } from '../../lib/guard/lock';
import type { Problem, State } from '../../lib/guard/model';
import { plan } from '../../lib/guard/plan';
import { readState } from '../../lib/guard/state';

/** Manifests of all kinds that this repository makes. */
const files = readdirSync('dist', { recursive: true, encoding: 'utf-8' }).filter((file) => file.endsWith('.yaml'));
const texts = files.map((file) => readFileSync(join('dist', file), 'utf-8'));
const documents = texts.flatMap((text) =>
  parseAllDocuments(text).map((document) => document.toJS() as { kind: string; metadata: object }),
);
const read = (text: string): State => {
  const { state, problems } = readState([{ file: 'x.yaml', text }]);
  expect(problems).toEqual([]);
  return state;
};
const write = (values: unknown[]): string => values.map((value) => stringify(value)).join('---\n');

/** All that can be asked of coverage. */
const asked = (before: State, after: State): Asked => ({
  before: coveredTexts(coverageOf(before)),
  after: coverageOf(after),
  waived: {},
  policy: { backup: 'required', rpo: '1h' },
});

const someDocuments = fc.shuffledSubarray(documents, { minLength: 1, maxLength: 12 });

describe('the guard', () => {
  it('finds nothing where nothing changes, in whatever order it is written', () => {
    fc.assert(
      fc.property(someDocuments, fc.infiniteStream(fc.boolean()), (some, coins) => {
        const before = read(write(some));
        const turned = some.map((document) => reordered(document, coins));
        const after = read(write(turned.reverse()));
        const coverage = { ...asked(before, after), policy: {} };
        expect(plan(before, after, { coverage })).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('reads back from its lock file what it has written', () => {
    fc.assert(
      fc.property(someDocuments, someDocuments, (some, others) => {
        const [before, after] = [read(write(some)), read(write(others))];
        const problems: Problem[] = [];
        const text = writeLock({ scopes: new Map([['a', { accepted: [], state: before }]]) });
        const scope = readLock(text, 'lock', problems).scopes.get('a');
        expect(problems).toEqual([]);
        expect(writeLock({ scopes: new Map([['a', scope!]]) })).toBe(text);
        const named = (state: State) =>
          plan(state, after).map(({ rule, object, verdict, change }) => ({ rule, object, verdict, change }));
        expect(named(scope!.state)).toEqual(named(before));
      }),
      { numRuns: 100 },
    );
  });

  it('never throws at broken text, and never calls it safe', () => {
    const state = read(texts.join('\n---\n'));
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.string({ unit: 'binary', maxLength: 8 }),
        (text, at, noise) => {
          const index = Math.floor(at * text.length);
          const { state: after, problems } = readState([
            { file: 'x', text: text.slice(0, index) + noise + text.slice(index) },
          ]);
          const result = check({
            scope: 'a',
            before: state,
            after,
            problems,
            lock: 'stateful.lock',
            coverage: asked(state, after),
          });
          expect(exitCode(result)).toBe(problems.length > 0 ? 2 : exitCode(result));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never throws at an object with a value of another type somewhere', () => {
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (document, seed, value) => {
        const copy = structuredClone(document);
        const places = placesOf(copy);
        const place = places[seed % places.length]!;
        place.parent[place.key] = value;
        const before = read(write([document]));
        const { state: after, problems } = readState([{ file: 'x', text: write([copy]) }]);
        expect(() =>
          exitCode(
            check({ scope: 'a', before, after, problems, lock: 'stateful.lock', coverage: asked(before, after) }),
          ),
        ).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('says the same of what a server adds by default, of quantities spelled otherwise, and of booleans of YAML 1.1', () => {
    const one = readFileSync('dist/postgresql.k8s.yaml', 'utf-8');
    const other = one
      .replaceAll('32Gi', '32768Mi')
      .replaceAll(/: true$/gm, ': yes')
      .replaceAll(/: false$/gm, ': off')
      .replace(
        /^kind: StatefulSet\n((?:.*\n)*?)spec:\n/m,
        'kind: StatefulSet\n$1spec:\n  podManagementPolicy: OrderedReady\n  ordinals: { start: 0 }\n',
      );
    expect(other).not.toBe(one);
    expect(plan(read(one), read(other))).toEqual([]);
  });
});

/** Maps with their keys in another order. Lists stay: their order may matter. */
function reordered(value: unknown, coins: Iterator<boolean>): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, coins));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reordered(inner, coins)] as const);
  return Object.fromEntries(coins.next().value ? entries.reverse() : entries);
}

interface PlaceInObject {
  readonly parent: { [key: string]: unknown };
  readonly key: string;
}

function placesOf(value: unknown): PlaceInObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as { [key: string]: unknown };
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesOf(parent[key])]);
}
