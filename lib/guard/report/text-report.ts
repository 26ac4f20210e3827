import { counts } from '../check';
import type { Result } from '../check';
import { nameOf, VERDICTS } from '../model';
import type { Finding, Place, Problem, Verdict } from '../model';

const TITLES: { readonly [verdict in Verdict]: string } = {
  loses: 'LOSES DATA',
  strands: 'STRANDS DATA',
  'locks out': 'LOCKS OUT',
  unprotects: 'UNPROTECTS',
  exposes: 'SECRET IN CLEAR',
  refused: 'THE SERVER REFUSES',
  'cannot tell': 'CANNOT TELL',
  note: 'NOTE',
};

const COLORS: { readonly [verdict in Verdict]: number } = {
  loses: 31,
  strands: 31,
  'locks out': 31,
  unprotects: 33,
  exposes: 35,
  refused: 33,
  'cannot tell': 35,
  note: 36,
};

/** For people. Titles have a color on a terminal. */
export function textReport(result: Result, colors: boolean): string {
  const { findings, problems } = result;
  const paint = (text: string, color: number): string => (colors ? `\x1b[1;${color}m${text}\x1b[0m` : text);
  const parts = [
    ...problems.map((problem) => `${paint('CANNOT READ', 35)}  ${problemText(problem)}\n`),
    ...findings.map((finding) => findingText(finding, paint)),
  ];
  return [...parts, summary(result)].join('\n');
}

function findingText(finding: Finding, paint: (text: string, color: number) => string): string {
  const { verdict, object, rule, change, says, wayOut, because, place } = finding;
  return [
    `${paint(TITLES[verdict], COLORS[verdict])}  ${object}  ${rule}`,
    `  ${change}`,
    `  ${says}`,
    ...wayOut.map((line) => `    ${line}`),
    ...(because === undefined ? [] : [`  Accepted: ${because}`]),
    `  ${placeText(place)}`,
    '',
  ].join('\n');
}

export function placeText({ file, line }: Place): string {
  return `${file}:${line}`;
}

export function problemText({ file, line, text }: Problem): string {
  if (file === undefined) return text;
  return line === undefined ? `${file} ${text}` : `${file}:${line} ${text}`;
}

/** One line: how much of what. */
export function summary({ scope, findings, problems, objects }: Result): string {
  const counted = findings.filter(counts);
  const parts = VERDICTS.map(
    (verdict) => [verdict, counted.filter((finding) => finding.verdict === verdict).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  const accepted = findings.filter(({ because }) => because !== undefined).length;
  if (accepted > 0) parts.push(`${accepted} accepted`);
  if (problems.length > 0) parts.push(`${problems.length} not read, so nothing is said to be safe`);
  return `${scope}: ${parts.join(', ') || 'nothing that the next apply does touches data'}. ${objects} objects with a part in data.\n`;
}

/** How to accept what counts, as a command. */
export function acceptHint(findings: readonly Finding[]): string {
  return [...new Set(findings.filter(counts).map(nameOf))].map((name) => `'${name}'`).join(' ');
}
