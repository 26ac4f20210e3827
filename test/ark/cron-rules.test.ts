import { Cron } from 'cdk8s';
import type { CronOptions } from 'cdk8s';
import { checkCron } from '../../lib/ark/cron-rules';
import { Problems } from '../../lib/private/problems';

function problemsOf(options: CronOptions): string {
  const problems = new Problems();
  checkCron(problems, 'schedule', Cron.schedule(options));
  try {
    problems.throwIfAny('x');
    return '';
  } catch (error) {
    return (error as Error).message.replace('x:\n', '');
  }
}

const WAY_OUT =
  "Kubernetes would accept it, and no backup would ever be made; write Cron.daily() or Cron.schedule({ minute: '0', hour: '3' })";

// Each was given to the parsers of all three: robfig/cron v1.1.0 and v3.0.1, netresearch/go-cron v0.15.0.
test.each<CronOptions>([
  {},
  { minute: '0', hour: '7' },
  { minute: '*/15' },
  { minute: '?/5', day: '?' },
  { minute: '0,15,30-45/5' },
  { minute: '007' },
  { minute: '5/20' },
  { hour: '0-23/22' },
  { day: '1-31', month: 'JAN-Mar,12' },
  { month: 'jan/3' },
  { weekDay: '0,sat' },
  { weekDay: 'MON-FRI' },
  { weekDay: '*/3' },
  { day: '29', month: '2' },
  { day: '31', month: '2,3' },
  { day: '30-31', month: 'feb-apr' },
])('a schedule that all servers read is let through: %j', (options) => {
  expect(problemsOf(options)).toBe('');
});

test.each<[keyof CronOptions, string, number, number]>([
  ['minute', '60', 0, 59],
  ['minute', '', 0, 59],
  ['minute', '-1', 0, 59],
  ['minute', '1,', 0, 59],
  ['minute', '5-3', 0, 59],
  ['minute', '*/0', 0, 59],
  // It would mean "once": Velero 1.18 refuses it, Ark and 1.16 do not.
  ['minute', '*/60', 0, 59],
  ['minute', '50/10', 0, 59],
  ['minute', '*/99999999999999999999', 0, 59],
  ['minute', '1-2-3', 0, 59],
  ['minute', '*/1/1', 0, 59],
  ['minute', 'H', 0, 59],
  ['hour', '24', 0, 23],
  // From one day to the next: Velero 1.18 alone.
  ['hour', '22-2', 0, 23],
  ['day', '0', 1, 31],
  ['day', '32', 1, 31],
  ['day', 'L', 1, 31],
  ['month', '13', 1, 12],
  ['month', 'january', 1, 12],
  ['weekDay', '8', 0, 6],
  ['weekDay', 'sunday', 0, 6],
  ['weekDay', '1#2', 0, 6],
])('what one server would not read is refused: %s %j', (field, text, min, max) => {
  expect(problemsOf({ [field]: text })).toBe(
    `- 'schedule.${field}' must be *, numbers from ${min} to ${max}, ranges, and steps that are smaller than their range, ` +
      `got ${JSON.stringify(text)}: ${WAY_OUT}`,
  );
});

test.each(['7', '1,7', '5-7', '7/2'])('a Sunday that is 7 is refused with what it is: %s', (weekDay) => {
  expect(problemsOf({ weekDay })).toBe(
    "- 'schedule.weekDay' must be *, numbers from 0 to 6, ranges, and steps that are smaller than their range, " +
      `got "${weekDay}": Sunday is 0, not 7; ${WAY_OUT}`,
  );
});

test('all wrong fields are said at once', () => {
  const lines = problemsOf({ minute: '60', hour: '24', day: '32', month: '13', weekDay: '*' }).split('\n');
  expect(lines.map((line) => line.split(' ')[1])).toEqual([
    "'schedule.minute'",
    "'schedule.hour'",
    "'schedule.day'",
    "'schedule.month'",
  ]);
});

test.each([['TZ=UTC 0'], ['0 0'], ['0\t0 ']])('more than five fields are refused as one thing: %j', (minute) => {
  expect(problemsOf({ minute })).toBe(
    `- 'schedule' must have five fields without spaces in them, got ${JSON.stringify(`${minute} * * * *`)}: ` +
      "write Cron.daily() or Cron.schedule({ minute: '0', hour: '3' })",
  );
});

// Either by robfig/cron, both by netresearch/go-cron: from daily backups to one in some months, by a change of the profile.
test('a day of the month beside one of the week is refused, as servers read it differently', () => {
  expect(problemsOf({ minute: '0', hour: '3', day: '1', weekDay: 'mon' })).toBe(
    '- \'schedule.weekDay\' must not stand beside day, got "mon": Ark and Velero 1.16 make a backup on either, Velero 1.18 only on a ' +
      'day that is both; leave one out, or make two schedules',
  );
});

// The zero time, which lies before any other: the server would find it due whenever it looks.
test.each([
  ['31', '2'],
  ['30-31', 'feb'],
  ['31', '4,6,9,11'],
])('a day that never comes is refused: %s in %s', (day, month) => {
  expect(problemsOf({ minute: '0', hour: '0', day, month })).toBe(
    `- 'schedule.day' must be a day that a month has, got "${day} in ${month}": no such month has it, and the servers take what never ` +
      "comes for what is due, each minute; write Cron.daily() or Cron.schedule({ minute: '0', hour: '3' })",
  );
});
