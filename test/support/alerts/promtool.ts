import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { program } from '../backup/programs';
import type { AllSeries } from './series';

/** How often series have a sample, in seconds. */
const STEP = 300;

/** A rule as Prometheus reads it. */
export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { [label: string]: string };
  readonly annotations: { [annotation: string]: string };
}

export interface Group {
  readonly name: string;
  readonly rules: Rule[];
}

/** What is asked of some series. */
export interface RuleCase {
  readonly name: string;
  readonly series: AllSeries;

  /** When it is asked, in seconds. */
  readonly at: number;

  /** How often the rules are asked until then, in seconds: more rarely, where that takes days. */
  readonly every?: number;

  /** What must fire then: each alert with its labels, `severity` among them. Nothing else may. */
  readonly firing: readonly { [label: string]: string }[];

  /** Whether that holds for all of the time until then, and not for the moment alone; and of what is only pending as well. */
  readonly ever?: boolean;

  /** Texts of an alert of `firing`. */
  readonly texts?: {
    readonly labels: { [label: string]: string };
    readonly annotations: { [annotation: string]: string };
  };
}

/** What promtool finds wrong: nothing if the rules do in all cases what is expected of them. */
export function tryRules(groups: readonly Group[], cases: readonly RuleCase[]): string {
  const rates = new Set(cases.map(({ every }) => every));
  return [...rates]
    .map((every) =>
      tryAt(
        every ?? STEP,
        groups,
        cases.filter((one) => one.every === every),
      ),
    )
    .join('');
}

function tryAt(every: number, groups: readonly Group[], cases: readonly RuleCase[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-stateful-rules-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
    const tests = { rule_files: ['rules.yaml'], evaluation_interval: `${every}s`, tests: cases.map(testOf) };
    writeFileSync(join(folder, 'tests.yaml'), stringify(tests, { aliasDuplicateObjects: false }));
    const { status, stdout, stderr } = spawnSync(program('promtool'), ['test', 'rules', 'tests.yaml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return status === 0 ? '' : stdout + stderr || `promtool ended with ${status}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What promtool says of the rules themselves. */
export function checkRules(text: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program('promtool'), ['check', 'rules', '--lint=none'], {
    input: text,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

function testOf({ name, series, at, firing, ever, texts }: RuleCase): object {
  const expr = ever
    ? `group by (alertname) (count_over_time(ALERTS[${at + STEP}s]))`
    : 'group without (alertstate) (ALERTS{alertstate="firing"})';
  return {
    name,
    interval: `${STEP}s`,
    input_series: Object.entries(series).map(([one, valueAt]) => ({ series: one, values: notation(valueAt, at) })),
    promql_expr_test: [
      { expr, eval_time: `${at}s`, exp_samples: firing.map((labels) => ({ labels: labelled(labels), value: 1 })) },
    ],
    ...(texts && {
      alert_rule_test: [
        {
          eval_time: `${at}s`,
          alertname: texts.labels.alertname,
          exp_alerts: firing
            .filter(({ alertname }) => alertname === texts.labels.alertname)
            .map(({ alertname: _, ...labels }) => ({ exp_labels: labels, exp_annotations: texts.annotations })),
        },
      ],
    }),
  };
}

function labelled(labels: { [label: string]: string }): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `{${pairs.join(', ')}}`;
}

/** Samples as promtool reads them: `3x5` is six times 3. */
function notation(valueAt: (seconds: number) => number | undefined, until: number): string {
  const runs: { text: string; count: number }[] = [];
  for (let seconds = 0; seconds <= until; seconds += STEP) {
    const value = valueAt(seconds);
    const text = value === undefined ? '_' : String(value);
    const last = runs.at(-1);
    if (last?.text === text) last.count++;
    else runs.push({ text, count: 1 });
  }
  return runs
    .map(({ text, count }) => (text === '_' ? `_x${count}` : count > 1 ? `${text}x${count - 1}` : text))
    .join(' ');
}
