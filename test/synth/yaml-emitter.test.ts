import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { toYaml } from '../../lib/synth/yaml-emitter';

/** YAML_RUNS sets how many random documents are compared. */
const numRuns = Number(process.env.YAML_RUNS ?? 3000);

const TRICKY = [
  ...[
    '',
    ' ',
    '-',
    '?',
    ':',
    '#',
    '~',
    '.',
    '..',
    '...',
    '---',
    '- a',
    '? a',
    '%a',
    '@a',
    '`a',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
  ],
  ...[
    '=',
    '{}',
    '[]',
    'a: b',
    'a:b',
    'a:',
    ':a',
    'a #b',
    'a#b',
    '#a',
    'a\tb',
    '\ta',
    'a\t',
    ' a',
    'a ',
    "it's",
    '"a"',
    `'"`,
  ],
  ...[
    'a\\b',
    '\\',
    'a,b',
    '[a',
    'a]',
    '{a',
    'a}',
    'null',
    'Null',
    'NULL',
    'nULL',
    'y',
    'Y',
    'yes',
    'Yes',
    'YES',
    'n',
    'N',
  ],
  ...[
    'no',
    'on',
    'On',
    'off',
    'OFF',
    'true',
    'True',
    'FALSE',
    'fAlse',
    'yEs',
    '0',
    '-0',
    '+1',
    '007',
    '08',
    '0o7',
    '0b1',
    '0b2',
  ],
  ...[
    '0b',
    '0x1F',
    '0xg',
    '1_000',
    '_1',
    '1.',
    '.1',
    '1.5',
    '+.5',
    '1e3',
    '1E-3',
    'e3',
    'E5',
    '.e1',
    '1.5e+3',
    '1e',
    '+',
  ],
  ...[
    '-.inf',
    '.Inf',
    '.NaN',
    '+.nan',
    '1:30',
    '1:60',
    '-1:30:59.5',
    '12:30:45',
    '1:2:',
    '0.0.0.0',
    '10.0.0.1/8',
    '1Gi',
    '500m',
  ],
  ...[
    '2020-01-01',
    '2020-1-1',
    '2020-01-01T00:00:00Z',
    '2020-01-01 00:00:00.5 +01:00',
    '2020-01-01t1:2:3',
    '2020-13-99',
  ],
  ...[
    '\u2028---',
    '\u2028%',
    '2020-01',
    '20200101',
    'é',
    '日本語',
    '😀',
    '\u00a0',
    '\ufeff',
    '\u2028',
    '\ufffe',
    '__proto__',
    'constructor',
  ],
];
const TRICKY_LINES = [
  ...[
    'a\nb',
    'a\nb\n',
    'a\n\n',
    'a\n\n\nb\n',
    '\na',
    '\n',
    '\n\n',
    ' a\nb',
    '\n a',
    '  \n',
    'a\n b\n',
    'a \nb',
    'a\n \n\n',
  ],
  ...[
    '\ta\nb',
    ' \ta\n',
    '---\na',
    'a\n---\n',
    '%a\nb',
    'a\n#b',
    '# a\nb',
    'a: b\nc: d\n',
    'a\u2028b\nc',
    'é\n\n \t\n',
  ],
];
const TRICKY_CHARACTERS = [
  ...[
    '\ud800',
    'a\udc00b',
    '\u0000',
    '\u0007',
    '\u001b[0m',
    '\u007f',
    '\u0085',
    '\r',
    'a\r\nb',
    '<<',
    'a\n\t',
    'a\n ',
    'a\n  \n',
  ],
];

const pieces = ['a', 'bc', ' ', '\t', '#', ':', '-', "'", '"', '%', '.', '0'];
const composed = (parts: string[]) => fc.array(fc.constantFrom(...parts), { maxLength: 9 }).map((all) => all.join(''));
const line = fc.oneof(
  { arbitrary: fc.constantFrom(...TRICKY), weight: 8 },
  { arbitrary: fc.string({ maxLength: 12 }), weight: 4 },
  { arbitrary: composed(pieces), weight: 4 },
  { arbitrary: fc.stringMatching(/^[-+]?[0-9_.:eExb]{1,7}$/), weight: 4 },
  {
    arbitrary: fc.tuple(fc.constantFrom(...TRICKY), fc.constantFrom(...TRICKY)).map((both) => both.join('')),
    weight: 2,
  },
  { arbitrary: fc.stringMatching(/^[A-Za-z0-9_.\/-]{1,9}$/), weight: 4 },
);
const text = fc.oneof(
  { arbitrary: line, weight: 24 },
  { arbitrary: fc.constantFrom(...TRICKY_LINES), weight: 4 },
  { arbitrary: composed([...pieces, '\n', '\n']), weight: 4 },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }), weight: 2 },
  { arbitrary: rarely(fc.string({ unit: 'binary', maxLength: 5 })), weight: 1 },
  { arbitrary: rarely(fc.constantFrom(...TRICKY_CHARACTERS)), weight: 1 },
);
const key = fc.oneof(
  { arbitrary: line, weight: 30 },
  { arbitrary: rarely(text), weight: 1 },
  { arbitrary: rarely(fc.integer({ min: 1020, max: 1030 }).map((length) => 'k'.repeat(length))), weight: 1 },
);

/** One of these in a document, and all of that is left to cdk8s. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | string> {
  return fc.oneof({ arbitrary: fc.constant('often'), weight: 3 }, { arbitrary, weight: 1 });
}

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e21, 1e-7, 2 ** 53),
);
const rare = fc.oneof(
  fc.date(),
  fc.bigInt(),
  fc.constantFrom(new Map([['a', 1]]), new Set([1]), Buffer.from('bytes'), Object.create(null), Symbol('<<'), () => 1, [
    ,
    1,
  ] as unknown),
);
const SHARED = { shared: ['object'] };
const { document } = fc.letrec<{ document: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: text, weight: 12 },
    { arbitrary: fc.oneof(number, fc.boolean(), fc.constantFrom(null, undefined)), weight: 4 },
    { arbitrary: fc.boolean().map((list) => (list ? [] : {})), weight: 1 },
    { arbitrary: tie('document'), weight: 8 },
  ),
  document: fc.oneof(
    { arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }), weight: 3 },
    { arbitrary: fc.array(tie('value'), { maxLength: 4 }), weight: 1 },
  ),
}));
const documents = fc.oneof(
  { arbitrary: document, weight: 16 },
  { arbitrary: fc.tuple(document, rare).map(([some, one]) => ({ some, one })), weight: 1 },
  { arbitrary: document.map((some) => ({ first: SHARED, some, again: [SHARED.shared, SHARED] })), weight: 1 },
  { arbitrary: fc.oneof(text, number, fc.constantFrom(null, undefined, true)), weight: 1 },
);

/** As an error is also an answer, for what has no YAML. */
function answer(write: (value: unknown) => string, value: unknown): string {
  try {
    return write(value);
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}

test('any document is written as Yaml.stringify of cdk8s writes it', () => {
  const upstream = jest.spyOn(Yaml, 'stringify');
  let own = 0;
  fc.assert(
    fc.property(documents, (value) => {
      const expected = answer((one) => Yaml.stringify(one), value);
      upstream.mockClear();
      expect(answer(toYaml, value)).toBe(expected);
      if (upstream.mock.calls.length === 0) own++;
    }),
    { numRuns },
  );
  upstream.mockRestore();
  // Otherwise cdk8s was compared with itself.
  expect(own).toBeGreaterThan(numRuns / 2);
}, 600_000);

test.each([...TRICKY, ...TRICKY_LINES, ...TRICKY_CHARACTERS].map((one) => [one]))(
  '%j, as a value, in a list, as a key, and at the top',
  (one) => {
    for (const value of [
      { a: one },
      { a: { b: [one, [one]] } },
      [one],
      { [one]: 1 },
      { a: { [one]: { [one]: one } } },
      one,
    ]) {
      expect(toYaml(value)).toBe(Yaml.stringify(value));
    }
  },
);

test('what comes often is written without the help of cdk8s', () => {
  toYaml({});
  const upstream = jest.spyOn(Yaml, 'stringify');
  toYaml({
    kind: 'Thing',
    metadata: { name: 'a', labels: {} },
    spec: [{ on: 'on', port: 80, script: 'set -eu\n\necho "é"\n' }],
  });
  expect(upstream).not.toHaveBeenCalled();
  upstream.mockRestore();
});

// If this fails after an update of cdk8s or yaml, their output has changed: LinearApp then writes all through them, as slow as
// they are, until the emitter does what they do.
test('the output of cdk8s is the one that the emitter was made for', () => {
  const value = {
    a: ['', 'on', '0755', 'a: b', "it's", '"', { b: {}, c: [], d: null }],
    'multi line': ' a\n\nb\n',
    é: '2020-01-01',
  };
  expect(Yaml.stringify(value)).toBe(`a:
  - ""
  - "on"
  - "0755"
  - "a: b"
  - it's
  - '"'
  - b: {}
    c: []
    d: null
multi line: |2
   a

  b
é: "2020-01-01"
`);
});

test('a cdk8s whose output has changed is asked for all of it', () => {
  jest.isolateModules(() => {
    const changed = { stringify: (value: unknown) => `# new\n${Yaml.stringify(value)}` };
    jest.doMock('cdk8s', () => ({ Yaml: changed }));
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the module is loaded anew, which import cannot do
    const fresh = require('../../lib/synth/yaml-emitter') as { toYaml: typeof toYaml };
    expect(fresh.toYaml({ a: 1 })).toBe('# new\na: 1\n');
  });
});
