import { exitCode } from '../check';
import type { Result } from '../check';
import { nameOf } from '../model';
import { coverageJson, coverageTable } from './coverage-report';
import { githubReport } from './github-report';
import { summary, textReport } from './text-report';

export const FORMATS = ['text', 'json', 'github'] as const;
export type Format = (typeof FORMATS)[number];

export function report(result: Result, format: Format, colors: boolean): string {
  switch (format) {
    case 'text':
      return textReport(result, colors);
    case 'json':
      return jsonReport(result);
    case 'github':
      return githubReport(result) + summary(result);
  }
}

/** What backs up what; and what was asked of it and is not so. */
export function coverageReport(result: Result, format: Format, colors: boolean): string {
  const { scope, coverage, waived, findings, problems } = result;
  if (format === 'json') {
    return `${JSON.stringify({ scope, exit: exitCode(result), problems, ...coverageJson(coverage, waived) }, undefined, 2)}\n`;
  }
  const table = coverageTable(coverage, waived);
  if (findings.length + problems.length === 0) return table;
  return format === 'github' ? githubReport(result) + table : `${table}\n${textReport(result, colors)}`;
}

/** For programs. Names of fields are stable. */
function jsonReport(result: Result): string {
  const { scope, findings, problems, objects } = result;
  const named = findings.map((finding) => ({ name: nameOf(finding), ...finding }));
  return `${JSON.stringify({ scope, exit: exitCode(result), objects, problems, findings: named }, undefined, 2)}\n`;
}
