import { counts } from '../check';
import type { Result } from '../check';

/** Annotations of GitHub Actions: each finding at its file and line in the pull request. */
export function githubReport({ findings, problems }: Result): string {
  const lines = [
    ...problems.map(({ file, line, text }) => annotation('error', { file, line, title: 'cannot read' }, text)),
    ...findings.map((finding) => {
      const { place, verdict, rule, object, change, says, wayOut, because } = finding;
      const text = [
        `${object}: ${change}`,
        says,
        ...wayOut,
        ...(because === undefined ? [] : [`Accepted: ${because}`]),
      ].join('\n');
      return annotation(counts(finding) ? 'error' : 'notice', { ...place, title: `${verdict}: ${rule}` }, text);
    }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(level: string, properties: { [name: string]: string | number | undefined }, text: string): string {
  const given = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escaped(String(value)).replace(/:/g, '%3A').replace(/,/g, '%2C')}`);
  return `::${level} ${given.join(',')}::${escaped(text)}`;
}

/** As GitHub's own toolkit escapes. */
function escaped(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}
