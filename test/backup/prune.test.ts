import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeShell } from '../support/shell';

const LIB = join(__dirname, '../../lib/backup/scripts');
const FUNCTIONS = ['store.sh', 'prune.sh'].map((name) => readFileSync(join(LIB, name), 'utf8')).join('');
const SHELLS = [['sh'], ['busybox', 'sh']].filter(([program, ...args]) => {
  return spawnSync(program!, [...args, '-c', 'exit 0']).status === 0;
});

const DAY = 86_400;
const NOW = Date.UTC(2026, 10, 21, 6, 38) / 1000;

const stamp = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14);

interface Retention {
  readonly days: number;
  readonly keep: number;
  readonly now?: number;
  readonly made?: string;
}

function expired(
  shell: readonly string[],
  names: readonly string[],
  { days, keep, now = NOW, made = '' }: Retention,
): string[] {
  const [program, ...args] = shell;
  const text = `${FUNCTIONS}expired "$@"`;
  // In BusyBox, its own awk and date.
  const path =
    program === 'busybox'
      ? `busybox=$(command -v busybox); awk() { $busybox awk "$@"; }; date() { $busybox date "$@"; }; `
      : '';
  const command = [...args, '-c', path + text, 'prune', String(now), String(days), String(keep), made];
  const input = [...names]
    .sort()
    .map((name) => `${name}\n`)
    .join('');
  const { status, stdout, stderr } = spawnSync(program!, command, { input, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

/** What is written of a run: all, or what it had when it was killed. */
const PARTS = [
  ['', '.json'],
  ['', '.globals.sql', '.json'],
  ['', '.2', '.10', '.globals.sql', '.json'],
  ['.claim-12ab-cd', '', '.2'],
  ['.2'],
  ['.claim-12ab-cd', '', '.globals.sql', '.json'],
  [''],
  ['.claim-12ab-cd'],
  ['.claim-12ab-cd', ''],
  ['', '.globals.sql'],
] as const;

const backups = fc.uniqueArray(
  fc.record({ age: fc.integer({ min: -3 * DAY, max: 90 * DAY }), parts: fc.constantFrom(...PARTS) }),
  { selector: ({ age }) => age, maxLength: 12 },
);
const strangers = fc.subarray([
  'drill_20200101000000.json',
  'db_20200101000000.notes',
  'db_20200101000000.2x',
  'db_20200101000000.2.json',
  'db_2020.json',
  'db_20200101000000x.json',
  'db_2020010100000.json',
  'xdb_20200101000000.json',
  'db_20200101000000.json.bak',
  'db_20200101000000.claim-../x',
]);

/** The same, told another way. */
function model(runs: readonly { age: number; parts: readonly string[] }[], { days, keep, made }: Retention): string[] {
  const newestFirst = [...runs].sort((a, b) => a.age - b.age);
  const whole = newestFirst.filter(({ parts }) => parts.includes('.json'));
  const staying = new Set(whole.slice(0, Math.max(1, keep)));
  return newestFirst
    .reverse()
    .filter((run) => run.age > days * DAY && !staying.has(run) && `db_${stamp(NOW - run.age)}` !== made)
    .filter(({ age, parts }) => parts.includes('.json') || (parts.some((part) => part !== '') && age > 2 * DAY))
    .flatMap(({ age, parts }) => {
      const rest = parts.filter((part) => part !== '.json').sort();
      return [...parts.filter((part) => part === '.json'), ...rest].map((part) => `db_${stamp(NOW - age)}${part}`);
    });
}

const namesOf = (runs: readonly { age: number; parts: readonly string[] }[]): string[] =>
  runs.flatMap(({ age, parts }) => parts.map((part) => `db_${stamp(NOW - age)}${part}`));

describeShell.each(SHELLS)('what pruning deletes, in %s', (...shell) => {
  const days = fc.integer({ min: 0, max: 60 });
  const keep = fc.integer({ min: 0, max: 6 });

  test('is what the model says', () => {
    fc.assert(
      fc.property(backups, strangers, days, keep, fc.nat(), (runs, others, d, k, which) => {
        const run = runs[which % (runs.length || 1)];
        const retention = { days: d, keep: k, made: run === undefined ? '' : `db_${stamp(NOW - run.age)}` };
        expect(expired(shell, [...namesOf(runs), ...others], retention)).toEqual(model(runs, retention));
      }),
      { numRuns: 150 },
    );
  });

  test('is never the newest backup, nor one of the newest N, whatever the clock', () => {
    fc.assert(
      fc.property(backups, days, keep, fc.integer({ min: -400 * DAY, max: 4000 * DAY }), (runs, d, k, off) => {
        const manifests = namesOf(runs).filter((name) => name.endsWith('.json'));
        const gone = expired(shell, namesOf(runs), { days: d, keep: k, now: NOW + off });
        for (const name of manifests.sort().reverse().slice(0, Math.max(1, k))) expect(gone).not.toContain(name);
      }),
      { numRuns: 60 },
    );
  });

  test('is less by a clock that is behind', () => {
    fc.assert(
      fc.property(backups, days, keep, fc.integer({ min: 0, max: 400 * DAY }), (runs, d, k, behind) => {
        const right = expired(shell, namesOf(runs), { days: d, keep: k });
        const late = expired(shell, namesOf(runs), { days: d, keep: k, now: NOW - behind });
        expect(right).toEqual(expect.arrayContaining(late));
      }),
      { numRuns: 60 },
    );
  });

  // An interrupted run leaves no manifest without its dump.
  test('begins with the manifest', () => {
    const names = [
      'db_20260101000000',
      'db_20260101000000.globals.sql',
      'db_20260101000000.json',
      'db_20261120000000.json',
    ];
    expect(expired(shell, names, { days: 30, keep: 1 })).toEqual([
      'db_20260101000000.json',
      'db_20260101000000',
      'db_20260101000000.globals.sql',
    ]);
  });

  test('leaves alone a bare dump, as the script that was there before made them', () => {
    expect(expired(shell, ['db_20200101000000', 'db_20261120000000.json'], { days: 30, keep: 1 })).toEqual([]);
  });
});
