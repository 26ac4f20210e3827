import type { Coverage } from './coverage/coverage';
import type { Asked } from './coverage/findings';
import { LOCK_FILE, acceptedBy } from './lock';
import type { Scope } from './lock';
import type { Finding, Problem, State, Texts } from './model';
import { plan, worstFirst } from './plan';
import type { PlanOptions } from './plan';

/** What a run of the guard says. */
export interface Result {
  readonly scope: string;
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** Objects that have a part in data. */
  readonly objects: number;
  /** What backs up what, and what needs no backup. */
  readonly coverage: Coverage;
  readonly waived: Texts;
  /** Whether there was nothing to compare with. */
  readonly isFirst: boolean;
}

export interface Comparison extends Omit<PlanOptions, 'coverage'> {
  readonly coverage: Asked;
  readonly scope: string;
  /** What was before, and what could not be read of it. */
  readonly before: State | undefined;
  readonly after: State;
  readonly problems: readonly Problem[];
  /** Secrets that stand in clear, where somebody asked for them. */
  readonly exposed?: readonly Finding[];
  /** The lock file, by its name. */
  readonly lock: string;
  /** The scope in the lock file, in which findings may be accepted. */
  readonly locked?: Scope;
}

/** Compares, and refuses to say anything of what it could not read. */
export function check(comparison: Comparison): Result {
  const { scope, before, after, problems, exposed = [], lock, locked, ...options } = comparison;
  const all = [...problems];
  if (before === undefined) {
    const text = `has no scope '${scope}' to compare with. For a first state: cdk8s-stateful accept … --scope ${scope}${lock === LOCK_FILE ? '' : ` --lock ${lock}`} --baseline --because '…'`;
    all.push({ file: lock, text });
  } else if (after.resources.size === 0 && before.resources.size > 0) {
    all.push({
      text: `no object that has a part in data was read, where scope '${scope}' has ${before.resources.size}. Is it the right folder?`,
    });
  }
  const changes = before === undefined || all.length > problems.length ? [] : plan(before, after, options);
  const findings = [...changes, ...exposed].sort(worstFirst);
  return {
    scope,
    findings: findings.map((finding) => {
      const because = acceptedBy(locked, finding);
      return because === undefined ? finding : { ...finding, because };
    }),
    problems: all,
    objects: after.resources.size,
    isFirst: before === undefined,
    coverage: options.coverage.after,
    waived: options.coverage.waived,
  };
}

/** Whether somebody must look at it: a note is no more than that, and what is accepted was looked at. */
export function counts({ verdict, because }: Finding): boolean {
  return verdict !== 'note' && because === undefined;
}

/** 0: safe; 1: the change has findings; 2: the guard cannot tell. What was not read outweighs all. */
export function exitCode({ findings, problems }: Result): 0 | 1 | 2 {
  if (problems.length > 0) return 2;
  const counted = findings.filter(counts);
  if (counted.some(({ verdict }) => verdict !== 'cannot tell')) return 1;
  return counted.length > 0 ? 2 : 0;
}
