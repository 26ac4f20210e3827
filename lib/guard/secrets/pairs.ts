import { Lines, isComment } from './lines';
import { promisedBy } from './names';
import type { Promised } from './names';
import { isLiteral } from './values';

/** How a text writes that a name has a value. */
export type Language = 'data' | 'shell' | 'code';

/** A name that promises a secret, and has a value beside it. */
export interface Pair {
  readonly promised: Promised;
  readonly line: number;
}

/** What all names that promise a secret have in them. */
const TRIGGER = /pass|pwd|pw\b|secret|token|key|salt|cookie|masterauth|auth/gi;
/** A longer name is data; a longer value is cut. Both bound what is looked at around a trigger. */
const [NAME, VALUE] = [80, 300];
/** Names of redis.conf, whose value follows without a sign. */
const DIRECTIVE = /^(?:requirepass|masterauth)$/i;

/**
 * The secrets that a file, a script or a command has as `password: x`, `PASSWORD=x`, `"password": "x"`, `<password>x</password>` and the
 * like. The time is linear in the length: only what is near a trigger is looked at.
 */
export function* pairsIn(text: string, language: Language): Generator<Pair> {
  const lines = new Lines(text);
  TRIGGER.lastIndex = 0;
  for (let at = 0; ;) {
    TRIGGER.lastIndex = at;
    const found = TRIGGER.exec(text);
    if (!found) return;
    const name = nameAround(text, found.index);
    at = Math.max(name.end, found.index + found[0].length);
    const promised = promisedBy(name.text.replace(/^-+/, ''));
    if (!promised || /[$%]\{?$/.test(text.slice(Math.max(0, name.start - 2), name.start))) continue;
    const value = valueAfter(text, name, language);
    if (!value || !counts(value, name.text, promised, language)) continue;
    const line = lines.at(found.index);
    if (!isComment(text, line.start)) yield { promised, line: line.number };
  }
}

interface Name {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function nameAround(text: string, index: number): Name {
  const before = /[\w.-]*$/.exec(text.slice(Math.max(0, index - NAME), index))?.[0] ?? '';
  const rest = /[\w.-]*/y;
  rest.lastIndex = index;
  const after = rest.exec(text)?.[0] ?? '';
  return {
    text: before + after.slice(0, 2 * NAME),
    start: index - before.length,
    end: index + after.length,
  };
}

interface Value {
  readonly text: string;
  readonly quoted: boolean;
  /** Whether it is the first word of a label: `passwordNew=New password`. */
  readonly isLabel?: boolean;
}

/** What stands between a name and its value. The value of `quotes` must be in quotes. */
const BETWEEN: readonly { readonly sign: RegExp; readonly in?: readonly Language[]; readonly until?: RegExp }[] = [
  { sign: /^["']?[ \t]{0,40}(?:=>|:=|=)[ \t]{0,40}(?!=)/ },
  { sign: /^["'][ \t]{0,40}:[ \t]{0,40}/ },
  // YAML: a colon alone is none, as in `user:password:x`.
  { sign: /^[ \t]{0,4}:[ \t]{1,40}|^:(?=["'])/ },
  // `define('DB_PASSWORD', 'x')`, `setProperty("password", "x")`
  { sign: /^["'][ \t]{0,4},[ \t]{0,4}(?=["'])/ },
  { sign: /^["'][ \t]{1,4}value=(?=["'])/ },
  { sign: /^<\/name>\s{0,40}<value>/, until: /^[^<\n]*/ },
  { sign: /^>/, until: /^[^<\n]*(?=<\/)/ },
];

function valueAfter(text: string, name: Name, language: Language): Value | undefined {
  const near = text.slice(name.end, name.end + VALUE);
  for (const { sign, until } of BETWEEN) {
    const between = sign.exec(near)?.[0];
    if (between === undefined) continue;
    if (between === '>' && text[name.start - 1] !== '<') return undefined;
    if (between.includes(',') && text[name.start - 2] !== '(' && text[name.start - 3] !== '(') return undefined;
    const rest = near.slice(between.length);
    if (until) return { text: until.exec(rest)?.[0] ?? '', quoted: true };
    return valueOf(rest, between, language);
  }
  const spaced = /^[ \t]{1,10}/.exec(near)?.[0];
  const isOption = language === 'shell' && name.text.startsWith('--');
  if (spaced === undefined || !(isOption || DIRECTIVE.test(name.text))) return undefined;
  const value = valueOf(near.slice(spaced.length), '=', language);
  return isOption && (value.text.startsWith('-') || /^[|&;\\]/.test(value.text)) ? undefined : value;
}

function valueOf(rest: string, between: string, language: Language): Value {
  const quote = /^\\?["'`]/.exec(rest)?.[0];
  if (quote !== undefined) {
    const inner = rest.slice(quote.length).split('\n', 1)[0] ?? '';
    const end = inner.indexOf(quote);
    return { text: end < 0 ? inner : inner.slice(0, end), quoted: true };
  }
  const block = between.includes(':') && language === 'data' ? /^[|>][-+]?[ \t]*\n[ \t]*([^\n]*)/.exec(rest) : null;
  if (block) return { text: block[1] ?? '', quoted: true };
  const [line = ''] = rest.split('\n', 1);
  const text = between.includes(':')
    ? line.replace(/[ \t]#.*$/, '').replace(/[,}\]].*$/, '')
    : (/^[^\s;&,"')\]]*/.exec(line)?.[0] ?? '');
  const isLabel = /^\S+\s(?:.*\s)?(?:password|secret|token|key)$/i.test(line.trim());
  return { text: text.trim(), quoted: false, isLabel };
}

/** Whether a value is one that somebody wrote, and no code that finds it. */
function counts({ text, quoted, isLabel }: Value, name: string, promised: Promised, language: Language): boolean {
  if (isLabel || text === '' || !isLiteral(text, promised)) return false;
  // In a program, what is not in quotes is a variable or a call.
  if (language === 'code' && !quoted) return false;
  if (!quoted && /[()`]|^[[{<>|&*!=]/.test(text)) return false;
  // A sentence; a label, as of a form: `password: Password`, `passwordNew: New password`.
  if (promised !== 'login' && /\S\s+\S+\s+\S|\s.*(?:password|secret|token|key)/i.test(text)) return false;
  return !(text !== name && /^[A-Z]/.test(text) && text.toLowerCase() === name.toLowerCase());
}
