import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkImage,
  checkInteger,
  checkLabels,
  checkMountPath,
  checkPort,
  checkPortName,
  checkSecretKey,
  checkServiceName,
  checkStatefulSetName,
  checkSubPath,
  checkUnique,
  parseImage,
} from '../../lib/private/names';
import { Problems } from '../../lib/private/problems';

/** What a rule says of a prop called `prop`, if it says anything. */
function problemOf(rule: (problems: Problems) => void): string {
  const problems = new Problems();
  rule(problems);
  try {
    problems.throwIfAny('Test');
  } catch (error) {
    return (error as Error).message.replace(/^Test:\n- /, '');
  }
  return 'fine';
}

const LABEL_WAY_OUT = "use a-z, 0-9 and '-', beginning and ending with a letter or digit";

describe('a DNS label', () => {
  test.each(['a', '0', 'a-0', 'a--b', 'x'.repeat(63)])('may be %s', (name) => {
    expect(problemOf((problems) => checkDnsLabel(problems, 'prop', name))).toBe('fine');
  });

  test.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a\n', 'ä', 'x'.repeat(64)])('may not be %j', (name) => {
    expect(problemOf((problems) => checkDnsLabel(problems, 'prop', name))).toBe(
      `'prop' must be a DNS label of at most 63 characters, got ${JSON.stringify(name)}: ${LABEL_WAY_OUT}`,
    );
  });
});

describe('the name of a set', () => {
  test('may have 52 characters', () => {
    expect(problemOf((problems) => checkStatefulSetName(problems, 'prop', 'x'.repeat(52)))).toBe('fine');
  });

  // The label controller-revision-hash is the name and 11 characters more, and holds 63: the set would be stored, without pods.
  test('may not have 53, as no pod would ever start', () => {
    expect(problemOf((problems) => checkStatefulSetName(problems, 'prop', 'x'.repeat(53)))).toBe(
      `'prop' must be a DNS label of at most 52 characters, got "${'x'.repeat(53)}": ${LABEL_WAY_OUT}; ` +
        'the server accepts a longer one and then no pod ever starts',
    );
  });
});

describe('the name of a Service', () => {
  test.each(['db', 'd0', 'x'.repeat(63)])('may be %s', (name) => {
    expect(problemOf((problems) => checkServiceName(problems, 'prop', name))).toBe('fine');
  });

  test('may not begin with a digit', () => {
    expect(problemOf((problems) => checkServiceName(problems, 'prop', '9db'))).toBe(
      '\'prop\' must begin with a letter, got "9db": Kubernetes before 1.37 refuses such a Service; put a letter first',
    );
  });

  test('may not be other than a DNS label', () => {
    expect(problemOf((problems) => checkServiceName(problems, 'prop', 'a.b'))).toBe(
      `'prop' must be a DNS label of at most 63 characters, got "a.b": ${LABEL_WAY_OUT}`,
    );
  });
});

describe('a DNS subdomain', () => {
  test.each(['a', 'a.b', '0.0', `${'x'.repeat(63)}.${'y'.repeat(189)}`])('may be %s', (name) => {
    expect(problemOf((problems) => checkDnsSubdomain(problems, 'prop', name))).toBe('fine');
  });

  test.each(['', '.a', 'a.', 'a..b', 'a.-b', 'A', 'a_b', 'x'.repeat(254)])('may not be %j', (name) => {
    const shown = name.length > 200 ? `"${'x'.repeat(119)}…` : JSON.stringify(name);
    expect(problemOf((problems) => checkDnsSubdomain(problems, 'prop', name))).toBe(
      `'prop' must be a DNS subdomain of at most 253 characters, got ${shown}: ` +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    );
  });
});

describe('the name of a port', () => {
  test.each(['sql', 'a', '0a', 'a-b', 'x'.repeat(15)])('may be %s', (name) => {
    expect(problemOf((problems) => checkPortName(problems, 'prop', name))).toBe('fine');
  });

  test.each(['', '5432', 'a--b', '-a', 'a-', 'A', 'a_b', 'x'.repeat(16)])('may not be %j', (name) => {
    expect(problemOf((problems) => checkPortName(problems, 'prop', name))).toBe(
      `'prop' must be a port name of at most 15 characters, got ${JSON.stringify(name)}: ` +
        "use a-z, 0-9 and single '-' inside, with at least one letter",
    );
  });
});

describe('the name of a key in a Secret', () => {
  test.each(['password', 'dbPassword.txt', '.pgpass', 'A_b-1', 'x'.repeat(253)])('may be %s', (key) => {
    expect(problemOf((problems) => checkSecretKey(problems, 'prop', key))).toBe('fine');
  });

  test.each(['', '.', '..', '..a', 'a/b', 'correct horse', 'ä', 'x'.repeat(254)])('may not be %j', (key) => {
    // It may be the password, by mistake.
    expect(problemOf((problems) => checkSecretKey(problems, 'prop', key))).toBe(
      `'prop' must be the name of a key in the Secret, got "${key.length} characters that are none": ` +
        "use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here",
    );
  });
});

describe('a port', () => {
  test.each([1, 65535])('may be %d', (port) => {
    expect(problemOf((problems) => checkPort(problems, 'prop', port))).toBe('fine');
  });

  test.each([0, -1, 65536, 1.5, NaN, Infinity])('may not be %d', (port) => {
    expect(problemOf((problems) => checkPort(problems, 'prop', port))).toBe(
      `'prop' must be a whole number from 1 to 65535, got ${port}: that is the range of TCP and UDP ports`,
    );
  });
});

test('a number without an upper end says only its lower one', () => {
  expect(problemOf((problems) => checkInteger(problems, 'prop', 0, 1, Infinity, 'why'))).toBe(
    "'prop' must be a whole number at least 1, got 0: why",
  );
});

describe('labels', () => {
  test.each([
    [undefined],
    [{}],
    [{ app: 'db' }],
    [{ 'example.com/part-of_x.y': 'A.b_c-1' }],
    [{ app: '' }],
    [{ ['x'.repeat(63)]: 'y'.repeat(63) }],
    [{ [`${'a.'.repeat(126)}b/name`]: 'y' }],
  ])('may be %j', (labels) => {
    expect(problemOf((problems) => checkLabels(problems, 'prop', labels))).toBe('fine');
  });

  test.each(['', 'a b', '-a', 'a/b/c', '/a', 'a/', 'A_b/c', 'x'.repeat(64), `${'a.'.repeat(127)}b/name`])(
    'may not have the key %j',
    (key) => {
      const shown = key.length > 200 ? `${JSON.stringify(key).slice(0, 120)}…` : JSON.stringify(key);
      expect(problemOf((problems) => checkLabels(problems, 'prop', { [key]: 'v' }))).toBe(
        `'prop' must have keys of the form [prefix/]name, got ${shown}: the name has at most 63 of A-Z a-z 0-9 '-' '_' '.'`,
      );
    },
  );

  test.each(['a b', '-a', 'a-', 'ä', 'x'.repeat(64)])('may not have the value %j', (value) => {
    expect(problemOf((problems) => checkLabels(problems, 'prop', { app: value }))).toBe(
      `'prop['app']' must be a label value of at most 63 characters, got ${JSON.stringify(value)}: ` +
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
    );
  });
});

describe('a mount path', () => {
  test.each(['/data', '/var/lib/data/', '/a..b', '/..a'])('may be %s', (path) => {
    expect(problemOf((problems) => checkMountPath(problems, 'prop', path))).toBe('fine');
  });

  test.each(['', 'data', './data', '/', '/a:b', '/a/..', '/../a', '/a/../b'])('may not be %j', (path) => {
    expect(problemOf((problems) => checkMountPath(problems, 'prop', path))).toBe(
      `'prop' must be an absolute path below '/', without ':' and '..', got ${JSON.stringify(path)}: write it as '/var/lib/data'`,
    );
  });
});

describe('a sub path', () => {
  test.each(['modules', 'a/b', 'a..b'])('may be %s', (path) => {
    expect(problemOf((problems) => checkSubPath(problems, 'prop', path))).toBe('fine');
  });

  test.each(['', '/a', '..', '../a', 'a/..', 'a/../b'])('may not be %j', (path) => {
    expect(problemOf((problems) => checkSubPath(problems, 'prop', path))).toBe(
      `'prop' must be a relative path inside the volume, without '..', got ${JSON.stringify(path)}: write it as 'modules'`,
    );
  });
});

describe('an image', () => {
  const DIGEST = `sha256:${'0'.repeat(64)}`;

  test.each([
    'postgres:17.11',
    'localhost:5000/mirror/postgres:17.11-bookworm',
    `postgres@${DIGEST}`,
    `postgres:latest@${DIGEST}`,
    `registry.example.com/a/b@${DIGEST}`,
  ])('may be %s', (image) => {
    expect(problemOf((problems) => checkImage(problems, 'prop', image))).toBe('fine');
  });

  test.each([
    '',
    'postgres',
    'postgres:',
    'postgres:latest',
    'localhost:5000/postgres',
    'a b:1',
    'postgres@',
    'postgres@sha256:',
    'Postgres:17',
    ':17',
    'x/:17',
  ])('may not be %j, as another version could start on the data', (image) => {
    expect(problemOf((problems) => checkImage(problems, 'prop', image))).toBe(
      `'prop' must name a tag other than 'latest', or a digest, got ${JSON.stringify(image)}: ` +
        'otherwise a pod that moves to another node may start another version on the same data; ' +
        'pin it, as in postgres:17.11-bookworm',
    );
  });

  test.each([
    ['postgres', { name: 'postgres' }],
    ['postgres:17', { name: 'postgres', tag: '17' }],
    ['localhost:5000/a/postgres', { name: 'postgres' }],
    ['localhost:5000/a/postgres:17@sha256:ab', { name: 'postgres', tag: '17', digest: 'sha256:ab' }],
    ['a/postgres@sha256:ab', { name: 'postgres', digest: 'sha256:ab' }],
  ])('%s is read in its parts', (image, parts) => {
    expect(parseImage(image)).toEqual(parts);
  });
});

describe('values that must differ', () => {
  test('may be any that do', () => {
    expect(problemOf((problems) => checkUnique(problems, 'prop', ['a', 'b'], 'ports', 'why'))).toBe('fine');
  });

  test('are named once each where they do not', () => {
    expect(problemOf((problems) => checkUnique(problems, 'prop', ['a', 'b', 'a', 'b', 'a', 'c'], 'ports', 'why'))).toBe(
      '\'prop\' must not have two ports, got "a": why\n- \'prop\' must not have two ports, got "b": why',
    );
  });
});
