import type { Cron } from 'cdk8s';
import type { Problems } from '../private/problems';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: string[];
}

/** The fields as all servers' parsers know them. Sunday is 0 alone. */
const FIELDS: Field[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  { name: 'weekDay', min: 0, max: 6, words: DAYS },
];

const WRITE = "write Cron.daily() or Cron.schedule({ minute: '0', hour: '3' })";

/**
 * Checks a schedule as the servers do: to Kubernetes theirs is a field of text, so a wrong one is accepted, and no backup is ever made.
 * What two of their parsers read differently is refused for all, since a schedule must not change its meaning with the profile.
 *
 * @see https://pkg.go.dev/github.com/robfig/cron/v3#ParseStandard of Ark and Velero 1.16, https://pkg.go.dev/github.com/netresearch/go-cron of 1.18
 */
export function checkCron(problems: Problems, prop: string, { expressionString }: Cron): void {
  const texts = expressionString.split(' ');
  if (texts.length !== FIELDS.length) {
    problems.add(prop, 'must have five fields without spaces in them', expressionString, WRITE);
    return;
  }
  const values = FIELDS.map((field, index) => {
    const text = texts[index] ?? '';
    const found = valuesOf(text, field);
    if (!found) addWrongField(problems, prop, field, text);
    return found;
  });
  const [, , days, months] = values;
  const [, , day = '', month, weekDay = ''] = texts;
  if (!isAny(day) && !isAny(weekDay)) {
    const wayOut =
      'Ark and Velero 1.16 make a backup on either, Velero 1.18 only on a day that is both; leave one out, or make two schedules';
    problems.add(`${prop}.weekDay`, 'must not stand beside day', weekDay, wayOut);
  } else if (days && months?.every((one) => (LONGEST_MONTHS[one - 1] ?? 0) < Math.min(...days))) {
    const wayOut = `no such month has it, and the servers take what never comes for what is due, each minute; ${WRITE}`;
    problems.add(`${prop}.day`, 'must be a day that a month has', `${day} in ${month}`, wayOut);
  }
}

function addWrongField(problems: Problems, prop: string, { name, min, max }: Field, text: string): void {
  const sunday = name === 'weekDay' && /(^|[-,])7/.test(text) ? 'Sunday is 0, not 7; ' : '';
  const rule = `must be *, numbers from ${min} to ${max}, ranges, and steps that are smaller than their range`;
  const wayOut = `${sunday}Kubernetes would accept it, and no backup would ever be made; ${WRITE}`;
  problems.add(`${prop}.${name}`, rule, text, wayOut);
}

function isAny(text: string): boolean {
  return text === '*' || text === '?';
}

/** The numbers that a field stands for, or undefined if it is none. */
function valuesOf(text: string, field: Field): number[] | undefined {
  const ranges = text.split(',').map((range) => rangeOf(range, field));
  return ranges.every((range) => range !== undefined) ? ranges.flat() : undefined;
}

function rangeOf(text: string, { min, max, words }: Field): number[] | undefined {
  const parts = /^(?:[*?]|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(text);
  if (!parts) return undefined;
  const [, from, to, stepText] = parts;
  const low = from === undefined ? min : numberOf(from, min, words);
  // A number with a step begins a range that goes to the end.
  const openEnd = from === undefined || (to === undefined && stepText !== undefined);
  const high = openEnd ? max : numberOf(to ?? from, min, words);
  const step = Number(stepText ?? 1);
  const isRange = low >= min && high <= max && low <= high;
  if (!isRange || step < 1 || (step > 1 && step > high - low)) return undefined;
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

function numberOf(text: string, min: number, words: string[]): number {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return min + word;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
