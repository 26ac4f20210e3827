import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeShell, Sandbox } from '../support/shell';
import type { Outcome } from '../support/shell';

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
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  readonly now?: number;
  readonly made?: string;
  readonly proof?: string;
}

interface Plan {
  /** What the log says of the backups that stay. */
  readonly keeps: string;
  readonly gone: string[];
}

function plan(shell: readonly string[], names: readonly string[], retention: Retention): Plan {
  const { days, keep, weekly = '', monthly = '', yearly = '', now = NOW, made = '', proof = '' } = retention;
  const [program, ...args] = shell;
  const text = `${FUNCTIONS}sort -t _ -k 2 | prune_plan "$@"`;
  // In BusyBox, its own programs.
  const own = ['awk', 'date', 'sort'].map((applet) => `${applet}() { $busybox ${applet} "$@"; }; `).join('');
  const path = program === 'busybox' ? `busybox=$(command -v busybox); ${own}` : '';
  const values = [now, made, proof, days, keep, weekly, monthly, yearly].map(String);
  const command = [...args, '-c', path + text, 'prune', ...values];
  const input = names.map((name) => `${name}\n`).join('');
  const env = { ...process.env, LC_ALL: 'C' };
  const { status, stdout, stderr } = spawnSync(program!, command, { input, env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [keeps = '', ...gone] = stdout.split('\n').filter(Boolean);
  return { keeps, gone };
}

const expired = (shell: readonly string[], names: readonly string[], retention: Retention): string[] =>
  plan(shell, names, retention).gone;

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
  fc.record({
    age: fc.oneof(fc.integer({ min: -3 * DAY, max: 90 * DAY }), fc.integer({ min: 0, max: 1500 * DAY })),
    parts: fc.constantFrom(...PARTS),
  }),
  { selector: ({ age }) => age, maxLength: 12 },
);
const strangers = fc.subarray([
  'drill_2020.json',
  'drill_20200101000000.json.bak',
  'drill_20200101000000',
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

interface Run {
  readonly age: number;
  readonly parts: readonly string[];
}

const nameOf = ({ age }: Run): string => `db_${stamp(NOW - age)}`;

/** The Monday that the week of a run begins with. */
function mondayOf({ age }: Run): string {
  const day = new Date((NOW - age) * 1000);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}
const monthOf = (run: Run): string => nameOf(run).slice(3, 9);
const yearOf = (run: Run): string => nameOf(run).slice(3, 7);

/** The newest of each of the last so many periods. */
function newestOf(newestFirst: readonly Run[], periodOf: (run: Run) => string, most = 0): Run[] {
  const periods = [...new Set(newestFirst.map(periodOf))].slice(0, most);
  return periods.map((period) => newestFirst.find((run) => periodOf(run) === period)!);
}

/** The same, told another way. */
function model(runs: readonly Run[], { days, keep, weekly, monthly, yearly, made, proof = '' }: Retention): string[] {
  const newestFirst = [...runs].sort((a, b) => a.age - b.age);
  const whole = newestFirst.filter(({ parts }) => parts.includes('.json'));
  const staying = new Set([
    ...whole.slice(0, Math.max(1, keep)),
    ...newestOf(whole, mondayOf, weekly),
    ...newestOf(whole, monthOf, monthly),
    ...newestOf(whole, yearOf, yearly),
    ...whole.filter((run) => proof.endsWith(` ${nameOf(run)}`)),
  ]);
  return newestFirst
    .reverse()
    .filter((run) => run.age > days * DAY && !staying.has(run) && nameOf(run) !== made)
    .filter(({ age, parts }) => parts.includes('.json') || (parts.some((part) => part !== '') && age > 2 * DAY))
    .flatMap((run) => {
      const rest = run.parts.filter((part) => part !== '.json').sort();
      return [...run.parts.filter((part) => part === '.json'), ...rest].map((part) => nameOf(run) + part);
    });
}

const namesOf = (runs: readonly Run[]): string[] => runs.flatMap((run) => run.parts.map((part) => nameOf(run) + part));
const manifestsOf = (names: readonly string[]): string[] => names.filter((name) => /^db_.*\.json$/.test(name));
const without = (names: readonly string[], gone: readonly string[]): string[] =>
  names.filter((name) => !gone.includes(name));

describeShell.each(SHELLS)('what pruning deletes, in %s', (...shell) => {
  const days = fc.integer({ min: 0, max: 60 });
  const keep = fc.integer({ min: 0, max: 6 });
  const most = fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined });
  const periods = fc.record({ weekly: most, monthly: most, yearly: most });
  /** Backups of four years, so that there is something in each period. */
  const years = fc
    .uniqueArray(fc.integer({ min: 0, max: 1500 * DAY }), { minLength: 1, maxLength: 30 })
    .map((ages) => ages.map((age): Run => ({ age, parts: ['', '.json'] })));

  test('is what the model says', () => {
    fc.assert(
      fc.property(backups, strangers, days, keep, periods, fc.nat(), fc.nat(), (runs, others, d, k, p, which, good) => {
        const [run, proven] = [which, good].map((index) => runs[index % (runs.length || 1)]);
        const made = run === undefined ? '' : nameOf(run);
        const proof = proven === undefined ? '' : `drill_20200101000000.json ${nameOf(proven)}`;
        const retention = { days: d, keep: k, ...p, made, proof };
        expect(expired(shell, [...namesOf(runs), ...others], retention)).toEqual(model(runs, retention));
      }),
      { numRuns: 150 },
    );
  });

  test('is never the newest backup, nor one of the newest N, whatever the clock', () => {
    fc.assert(
      fc.property(backups, days, keep, fc.integer({ min: -400 * DAY, max: 4000 * DAY }), (runs, d, k, off) => {
        const manifests = manifestsOf(namesOf(runs));
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

  test('is no more with a period than without', () => {
    fc.assert(
      fc.property(backups, days, keep, periods, (runs, d, k, p) => {
        const all = expired(shell, namesOf(runs), { days: d, keep: k });
        expect(all).toEqual(expect.arrayContaining(expired(shell, namesOf(runs), { days: d, keep: k, ...p })));
      }),
      { numRuns: 60 },
    );
  });

  test('is nothing the second time', () => {
    fc.assert(
      fc.property(years, days, keep, periods, (runs, d, k, p) => {
        const names = namesOf(runs);
        const retention = { days: d, keep: k, ...p };
        expect(expired(shell, without(names, expired(shell, names, retention)), retention)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['weekly', mondayOf],
    ['monthly', monthOf],
    ['yearly', yearOf],
  ] as const)('leaves for `%s: n` the newest of n of them, or of all that there are', (prop, periodOf) => {
    fc.assert(
      fc.property(years, fc.integer({ min: 1, max: 8 }), (runs, n) => {
        const names = namesOf(runs);
        const kept = manifestsOf(without(names, expired(shell, names, { days: 0, keep: 1, [prop]: n })));
        const left = runs.filter((run) => kept.includes(`${nameOf(run)}.json`));
        const there = new Set(runs.map(periodOf));
        expect(left).toHaveLength(Math.min(n, there.size));
        expect(new Set(left.map(periodOf)).size).toBe(left.length);
      }),
      { numRuns: 40 },
    );
  });

  // A day at a time, as in real life: what is kept today must still be there when a period needs it.
  test('run every day for two years, leaves what a run at the end alone would leave', () => {
    const retention = { days: 3, keep: 2, weekly: 3, monthly: 4, yearly: 2 };
    const at = (day: number): Run => ({ age: (730 - day) * DAY + 3600, parts: ['', '.json'] });
    let names: string[] = [];
    for (let day = 0; day <= 730; day += 5) {
      for (let each = Math.max(0, day - 4); each <= day; each++) names.push(...namesOf([at(each)]));
      names = without(names, expired(shell, names, { ...retention, now: NOW - (730 - day) * DAY }));
    }
    const all = namesOf(Array.from({ length: 731 }, (_, day) => at(day)));
    expect(names.sort()).toEqual(without(all, expired(shell, all, retention)).sort());
  });

  test('is told by ISO weeks, and not by weeks of a year', () => {
    // 2026-12-28 is a Monday, and in the same week as 2027-01-03.
    const names = ['db_20261227120000', 'db_20261228120000', 'db_20270103120000', 'db_20270104120000'];
    const all = names.flatMap((name) => [name, `${name}.json`]);
    const now = Date.UTC(2027, 0, 20) / 1000;
    expect(plan(shell, all, { days: 1, keep: 1, weekly: 3, now })).toEqual({
      keeps: 'keeps 3 backups (1 newest, 3 weekly); deletes 2 files',
      gone: ['db_20261228120000.json', 'db_20261228120000'],
    });
  });

  // The leap day of 2024 and four turns of years are among them.
  test('knows the week of each day of four years', () => {
    const runs = Array.from({ length: 1461 }, (_, day): Run => ({ age: day * DAY, parts: ['', '.json'] }));
    const retention = { days: 1, keep: 1, weekly: 10_000 };
    expect(expired(shell, namesOf(runs), retention)).toEqual(model(runs, retention));
  });

  test('is told in one line, with the reasons of what stays', () => {
    const runs = Array.from({ length: 60 }, (_, day): Run => ({ age: day * DAY, parts: ['', '.json'] }));
    expect(plan(shell, namesOf(runs), { days: 13, keep: 7, weekly: 4, monthly: 12, yearly: 5 }).keeps).toBe(
      'keeps 17 backups (14 of the last 13 days, 7 newest, 4 weekly, 3 monthly, 1 yearly); deletes 86 files',
    );
    expect(plan(shell, namesOf(runs.slice(0, 1)), { days: 14, keep: 7 }).keeps).toBe(
      'keeps 1 backup (1 of the last 14 days, 1 newest); deletes nothing',
    );
  });

  describe('of drills', () => {
    const drills = fc.uniqueArray(fc.integer({ min: 0, max: 90 * DAY }), { maxLength: 8 });
    const report = (age: number): string => `drill_${stamp(NOW - age)}.json`;

    test('is each report older than the days, but for the newest and the one that passed', () => {
      fc.assert(
        fc.property(drills, backups, days, fc.nat(), (ages, runs, d, which) => {
          const newestFirst = [...ages].sort((a, b) => a - b);
          const passed = newestFirst[which % (ages.length || 1)];
          const proof = passed === undefined ? '' : `${report(passed)} db_20200101000000`;
          const gone = expired(shell, [...newestFirst.map(report), ...namesOf(runs)], { days: d, keep: 1, proof });
          const old = newestFirst.slice(1).filter((age) => age > d * DAY && age !== passed);
          expect(gone.filter((name) => name.startsWith('drill_'))).toEqual(old.reverse().map(report));
          // The oldest go first, whatever they are: of what is immutable, all that is newer is too.
          const times = gone.map((name) => name.replace(/^[a-z]*_(\d{14}).*/, '$1'));
          expect(times).toEqual([...times].sort());
        }),
        { numRuns: 60 },
      );
    });

    test('is not the backup that passed', () => {
      const names = ['db_20260101000000', 'db_20260101000000.json', 'db_20261120000000.json'];
      const proof = 'drill_20260102000000.json db_20260101000000';
      expect(plan(shell, names, { days: 30, keep: 1, proof })).toEqual({
        keeps: 'keeps 2 backups (1 of the last 30 days, 1 newest, 1 that passed a drill); deletes nothing',
        gone: [],
      });
    });
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

describeShell.each(SHELLS)('an upload that prunes, in %s', (...shell) => {
  const OLD = ['db_20200101000000', 'db_20200201000000', 'db_20200301000000'];
  const RETENTION = { RETENTION_DAYS: '30', RETENTION_KEEP_AT_LEAST: '1' };
  let box: Sandbox;

  beforeEach(() => {
    box = new Sandbox();
    for (const folder of ['database/scripts', 'backup/scripts', 'backup/stores/azure'])
      cpSync(join(LIB, '../..', folder), box.path('scripts'), { recursive: true });
    // A blob is a file in the folder `blobs`.
    box.program(
      'rclone',
      String.raw`
cd "$SANDBOX/blobs" || exit
for last; do :; done
blob=$(basename "$last")
case $1 in
  lsf)
    case $* in
      *'--format tp'*) for name in *; do case $name in ${'${7%\\*}'}*) date -u "+%Y-%m-%d %H:%M:%S;$name" ;; esac; done ;;
      *--use-server-modtime*) date -u '+%Y-%m-%d %H:%M:%S' ;;
      *) for name in *; do case $name in ${'${4%\\*}'}*) echo "$name" ;; esac; done ;;
    esac ;;
  copyto) shift; while [ "$#" -gt 2 ]; do shift; done; cp "$1" "$blob" ;;
  hashsum) case $3 in --download) sha256sum "$blob" ;; *) sha256sum "$3" ;; esac ;;
  cat) ! grep -q '^cannot be read$' "$blob" && head -c 65536 "$blob" ;;
  deletefile) rm "$blob" ;;
esac`,
    );
    box.write('credentials/storageKey.txt', 'of the store');
    box.write('scratch/backup/dump', 'x');
    const sha256 = createHash('sha256').update('x').digest('hex');
    box.write(
      'scratch/backup/facts.json',
      `{\n  "format": 2,\n  "started": "${new Date().toISOString().slice(0, 19)}Z",\n  "durationSeconds": 0,\n  "files": {\n` +
        `    "dump": { "size": 1, "sha256": "${sha256}" }\n  },\n  "rows": {\n    "dump": {\n      "a": 1\n    }\n  }\n}\n`,
    );
    for (const name of OLD.flatMap((old) => [old, `${old}.json`])) box.write(`blobs/${name}`, 'x');
  });

  afterEach(() => box.remove());

  function upload(env: { [name: string]: string } = {}): Outcome {
    const contract = { STORAGE_ACCOUNT: 'shop', CONTAINER_NAME: 'backup', ...RETENTION };
    const folders = { SCRATCH: box.path('scratch'), CREDENTIALS: box.path('credentials'), TMPDIR: box.folder };
    return box.run([...shell, box.path('scripts/upload.sh'), '1'], { ...contract, ...folders, ...env });
  }

  /** What a drill reports, as drill.sh writes it. */
  const drill = (time: string, status: string, backup: string): void =>
    box.write(
      `blobs/drill_${time}.json`,
      `{\n  "status": "${status}",\n  "backup": "${backup}",\n  "engine": "x"\n}\n`,
    );
  const left = (): string[] =>
    readdirSync(box.path('blobs')).filter((name) => /^(db_2020\d{10}\.json|drill_.*)$/.test(name));
  const lines = ({ stdout }: Outcome): string[] => stdout.split('\n').filter((line) => line.startsWith('prune: '));

  test('says what it keeps and why, and then what it deletes', () => {
    const outcome = upload({ RETENTION_MONTHLY: '2', RETENTION_YEARLY: '3', RETENTION_WEEKLY: '1' });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(lines(outcome)).toEqual([
      'prune: keeps 2 backups (1 of the last 30 days, 1 newest, 1 weekly, 2 monthly, 2 yearly); deletes 4 files',
      'prune: deletes db_20200101000000.json',
      'prune: deletes db_20200101000000',
      'prune: deletes db_20200201000000.json',
      'prune: deletes db_20200201000000',
    ]);
    expect(left()).toEqual(['db_20200301000000.json']);
  });

  test.each(['WEEKLY', 'MONTHLY', 'YEARLY'])('refuses RETENTION_%s that is no number before it uploads', (period) => {
    const outcome = upload({ [`RETENTION_${period}`]: 'all' });
    expect(outcome).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        'upload: RETENTION_DAYS, _KEEP_AT_LEAST, _WEEKLY, _MONTHLY and _YEARLY must be whole numbers: correct them\n',
    });
    expect(left()).toHaveLength(3);
  });

  test('keeps the last backup that passed a drill, and its report, though later drills failed', () => {
    drill('20200102000000', 'passed', OLD[0]!);
    drill('20200202000000', 'passed', OLD[1]!);
    drill('20200302000000', 'failed', OLD[2]!);
    drill('20200303000000', 'failed', OLD[2]!);
    expect(lines(upload())).toEqual([
      'prune: keeps 2 backups (1 of the last 30 days, 1 newest, 1 that passed a drill); deletes 6 files',
      'prune: deletes db_20200101000000.json',
      'prune: deletes db_20200101000000',
      'prune: deletes drill_20200102000000.json',
      'prune: deletes db_20200301000000.json',
      'prune: deletes db_20200301000000',
      'prune: deletes drill_20200302000000.json',
    ]);
    expect(left()).toEqual(['db_20200201000000.json', 'drill_20200202000000.json', 'drill_20200303000000.json']);
  });

  test('takes no proof of a backup that is gone', () => {
    drill('20200102000000', 'passed', OLD[0]!);
    drill('20200302000000', 'passed', 'db_20191231000000');
    upload();
    expect(left()).toEqual(['db_20200101000000.json', 'drill_20200102000000.json', 'drill_20200302000000.json']);
  });

  test.each([
    ['cannot be read', 'cannot be read'],
    ['is empty', ''],
    ['is cut', '{\n  "status": "passed",\n  "backup": "db_2020'],
    ['is encrypted', 'RCLONE\0\0\u0001\u0002\n\xff'],
    ['names no backup', '{\n  "status": "passed",\n  "backup": "../x"\n}\n'],
    ['has the form of a pattern', '{\n  "status": "passed",\n  "backup": ".*"\n}\n'],
  ])('succeeds, and keeps no backup for it, where the report %s', (_, content) => {
    box.write('blobs/drill_20200302000000.json', content);
    const outcome = upload();
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toBe(
      content === 'cannot be read'
        ? 'prune: drill_20200302000000.json cannot be read, so no backup is kept for having passed a drill\n'
        : '',
    );
    expect(left()).toEqual(['drill_20200302000000.json']);
  });
});
