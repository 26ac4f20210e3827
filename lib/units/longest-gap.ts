import { hoursOf } from './duration';

/** The longest time between two runs of a cron schedule, in hours: `Infinity` if none ever comes, nothing if it cannot be read. */
export function longestGap(schedule: string): number | undefined {
  const text = schedule.trim().replace(/^(?:CRON_)?TZ=\S+\s+/, '');
  const named = NAMED[text.toLowerCase()];
  if (named !== undefined) return longestGap(named);
  const every = /^@every\s+(\S+)$/.exec(text)?.[1];
  if (every !== undefined) return hoursOf(every);
  const fields = text.split(/\s+/);
  // CloudNativePG and others have seconds first. A run within a minute is a run.
  if (fields.length === 6) fields.shift();
  if (fields.length !== 5) return undefined;
  const [minutes, hours, days, months, weekdays] = fields.map((field, index) => valuesOf(field, RANGES[index]));
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  let within = 0;
  times.forEach((time, index) => (within = Math.max(within, time - (times[index - 1] ?? time))));
  // Schedules of many tenants differ in their minutes, and hardly in their days.
  const key = fields.slice(2).join(' ');
  const between = dayGaps.get(key) ?? longestDays(days, months, weekdays, fields);
  dayGaps.set(key, between);
  return Math.max(within, between * DAY - last + first) / 60;
}

const dayGaps = new Map<string, number>();
const DAY = 24 * 60;

const NAMED: { readonly [name: string]: string } = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

interface Range {
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const RANGES: readonly Range[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { from: 0, to: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** `*`, `5`, `1-5`, `*\/15`, `mon,wed`. */
function valuesOf(field: string, range: Range | undefined): Set<number> | undefined {
  if (!range) return undefined;
  const found = new Set<number>();
  for (const part of field.toLowerCase().split(',')) {
    const match = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, open, first = '', last, step] = match;
    const from = open ? range.from : numberOf(first, range);
    const to = open || (step && last === undefined) ? range.to : numberOf(last ?? first, range);
    const by = Number(step ?? 1);
    if (from === undefined || to === undefined || by === 0) return undefined;
    for (let value = from; value <= to; value += by) found.add(range.to === 6 ? value % 7 : value);
  }
  return found;
}

function numberOf(text: string, { from, to, names }: Range): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + (to === 12 ? 1 : 0);
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  // Sunday is 0 and 7.
  return number >= from && number <= (to === 6 ? 7 : to) ? number : undefined;
}

/** The most days between two that a schedule names, in eight years: each 29th of February and each weekday of a date is among them. */
function longestDays(
  days: ReadonlySet<number>,
  months: ReadonlySet<number>,
  weekdays: ReadonlySet<number>,
  fields: readonly string[],
): number {
  // As cron has it: of a day and a weekday, either is enough, unless one of them is left open.
  const either = !/^[*?]/.test(fields[2] ?? '') && !/^[*?]/.test(fields[4] ?? '');
  let before: number | undefined;
  let longest = 0;
  for (let day = 0; day < 8 * 366; day++) {
    const date = new Date(Date.UTC(2024, 0, 1 + day));
    if (!months.has(date.getUTCMonth() + 1)) continue;
    const [isDay, isWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    if (either ? !(isDay || isWeekday) : !(isDay && isWeekday)) continue;
    longest = Math.max(longest, day - (before ?? day));
    before = day;
  }
  return before === undefined ? Infinity : longest;
}
