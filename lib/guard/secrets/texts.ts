import { Lines, isComment } from './lines';
import { pairsIn } from './pairs';
import type { Language } from './pairs';
import { shapesIn } from './shapes';

/** Languages of files, by how their names end. */
const LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/\.(?:sh|bash|zsh|envrc)$/, 'shell'],
  [/\.(?:[cm]?[jt]sx?|py|rb|lua|go|java|groovy|pl|tf|rego|jinja2?|j2|tpl|tmpl|erb|awk|sql|html?|css|vcl)$/, 'code'],
];

/** Shapes that documentation has as well: in comments they do not count. */
const NOT_IN_COMMENTS = new Set(['password', 'login in an address']);

/** A secret in a text: what it is, and its line. */
export interface InText {
  readonly name: string;
  readonly line: number;
}

/** What a file is written in, by its name or its first line. */
export function languageOf(name: string, text: string): Language | undefined {
  const [first = ''] = text.slice(0, 100).split('\n', 1);
  if (first.startsWith('#!')) return /\b(?:ba|da|k|z|a)?sh\b/.test(first) ? 'shell' : 'code';
  return LANGUAGES.find(([end]) => end.test(name))?.[1];
}

/** The secrets in a text, by their looks and by their names. What is found both ways in a line counts once. */
export function secretsOfText(text: string, language: Language): InText[] {
  const lines = new Lines(text);
  const byLooks = [...shapesIn(text)]
    .sort((one, other) => one.index - other.index)
    .flatMap(({ name, index }) => {
      const line = lines.at(index);
      return NOT_IN_COMMENTS.has(name) && isComment(text, line.start) ? [] : [{ name, line: line.number }];
    });
  const known = new Set(byLooks.map(({ line }) => line));
  const byNames = [...pairsIn(text, language)].filter(({ line }) => !known.has(line));
  return [...byLooks, ...byNames.map(({ promised, line }) => ({ name: promised, line }))];
}
