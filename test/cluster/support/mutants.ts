import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';

/** What people write by mistake, by the type of what they should have written. */
const STRINGS = [
  '',
  ' ',
  'A',
  '-',
  'a.b',
  'a_b',
  'a b',
  '-a',
  'a-',
  '/',
  '../a',
  'a:b',
  '1',
  'ä',
  'a\n',
  '$(HOME)',
  'x'.repeat(53),
  'x'.repeat(64),
  'x'.repeat(254),
];
const NUMBERS = [-1, 0, 0.5, 1, 65535, 65536, 1e10, NaN, Infinity];
const SIZES = [Size.gibibytes(0), Size.mebibytes(0.5), Size.tebibytes(1e7)];
const TIMES = [Duration.seconds(0), Duration.millis(1), Duration.days(1e6)];

interface Place {
  readonly path: (string | number)[];
  readonly wrong: readonly unknown[];
}

/** Of these the compiler knows every value, or the server alone: time zones are those of its own tables. */
const LEFT_ALONE = [
  'accessMode',
  'antiAffinity',
  'podManagementPolicy',
  'restartPolicy',
  'timeZone',
  'updateStrategy',
  'whenDeleted',
  'whenScaled',
];

/** Every place in plain props where something wrong could stand, with what. */
function places(value: unknown, path: (string | number)[] = []): Place[] {
  if (typeof value === 'string') return [{ path, wrong: STRINGS }];
  if (typeof value === 'number') return [{ path, wrong: NUMBERS }];
  if (value instanceof Size) return [{ path, wrong: SIZES }];
  if (value instanceof Duration) return [{ path, wrong: TIMES }];
  if (Array.isArray(value)) {
    const twice = value.length > 0 ? [{ path, wrong: [[...value, value[0]], []] }] : [];
    return [...twice, ...value.flatMap((one, index) => places(one, [...path, index]))];
  }
  // Constructs and engines are made by code that has its own tests.
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return [];
  return Object.entries(value).flatMap(([key, one]) => (LEFT_ALONE.includes(key) ? [] : places(one, [...path, key])));
}

function withPlace(value: unknown, [first, ...rest]: (string | number)[], wrong: unknown): unknown {
  if (first === undefined) return wrong;
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? withPlace(one, rest, wrong) : one));
  const object = value as { [key: string]: unknown };
  return { ...object, [first]: withPlace(object[first], rest, wrong) };
}

/** These props with one place broken, chosen by random numbers. */
export function mutants<T>(props: T, random: Iterator<number>): { broken: T; where: string } {
  const pick = <Item>(list: readonly Item[]): Item => list[(random.next().value as number) % list.length]!;
  const { path, wrong } = pick(places(props));
  const value = pick(wrong);
  return { broken: withPlace(props, path, value) as T, where: `${path.join('.')} = ${fc.stringify(value)}` };
}
