import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document, ScalarTag, Tags } from 'yaml';
import type { Place, Problem } from './model';

/** A document of a file, as a value and as text. */
export interface YamlDocument {
  readonly value: unknown;
  place(path?: readonly (string | number)[]): Place;
}

/** kubectl reads YAML 1.1 by go-yaml, which takes these for booleans, but no number for one in base 60. */
const BOOLEAN: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (value) => typeof value === 'boolean',
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};
const OCTAL: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test: /^0[0-7]+$/,
  resolve: (text) => parseInt(text, 8),
};
const customTags = (tags: Tags): Tags => [...tags, BOOLEAN, OCTAL];

/** Lines that a merge leaves. YAML would read some of them as text. */
const CONFLICT = /^(?:<{7}|>{7}|\|{7})(?: |$)|^={7}$/m;

/**
 * Reads YAML as kubectl does: documents that hold nothing are passed over, and of a key that stands twice the last one counts.
 * What cannot be read is a problem, and the documents after it are read all the same.
 */
export function readDocuments(text: string, file: string, problems: Problem[]): YamlDocument[] {
  const conflict = CONFLICT.exec(text);
  if (conflict) {
    const line = text.slice(0, conflict.index).split('\n').length;
    problems.push({ file, line, text: 'has the marks of a merge conflict; resolve it first' });
    return [];
  }
  const lines = new LineCounter();
  const options = { version: '1.2', uniqueKeys: false, merge: true, customTags, prettyErrors: false } as const;
  const read: YamlDocument[] = [];
  for (const document of parseAllDocuments(text, { ...options, lineCounter: lines, logLevel: 'silent' })) {
    const [error] = document.errors;
    if (error) {
      const { line } = lines.linePos(error.pos[0]);
      problems.push({
        file,
        line: Math.max(line, 1),
        text: `is no YAML: ${reasonOf(error.message)}${templateHint(text)}`,
      });
      continue;
    }
    const value = valueOf(document, file, lines, problems);
    if (value === undefined || value === null) continue;
    read.push({ value, place: (path = []) => ({ file, line: lineOf(document, lines, path) }) });
  }
  return read;
}

function valueOf(document: Document.Parsed, file: string, lines: LineCounter, problems: Problem[]): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    const text = `is no YAML: ${reasonOf(error instanceof Error ? error.message : String(error))}`;
    problems.push({ file, line: lineOf(document, lines, []), text });
    return undefined;
  }
}

/** The line of what stands at a path, or of the nearest thing around it that stands somewhere. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return lines.linePos(node.range[0]).line;
  }
  return lines.linePos(document.contents?.range[0] ?? document.range[0]).line;
}

function isNode(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && Array.isArray((node as { range?: unknown }).range);
}

/** What the parser says, without what it cites after a colon: that may be a secret, as of `password: *hunter2`. */
function reasonOf(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/: .*$/, '');
}

function templateHint(text: string): string {
  return /\{\{.*\}\}/.test(text) ? '; it looks like a template: render it first (helm template, kustomize build)' : '';
}
