import { Yaml } from 'cdk8s';

/**
 * Writes a document as YAML, byte for byte as `Yaml.stringify` of cdk8s does. That makes a node of each value and a context for
 * each node, for what are mostly objects of short words; those are written here. What is rare is left to it: all of a document
 * goes there as soon as it holds something that is no plain object, array, number, boolean, null or string of ordinary
 * characters, or something twice, which YAML writes once.
 */
export function toYaml(document: unknown): string {
  isSame ??= emit(PROBE) === Yaml.stringify(PROBE);
  return (isSame ? emit(document) : undefined) ?? Yaml.stringify(document);
}

/** Somebody's cdk8s may be a later one, whose output has changed. */
let isSame: boolean | undefined;
const PROBE = {
  a: ['', 'on', '0755', '1e3', 'a: b', "it's", '"', 'text', 1.5, true, null, [], {}, [[1], { b: 'c', d: {} }]],
  'y ': { 'lines of': ' a\n\nb\n', b: 'a\nb', c: '\n\n', d: 'é 😀 \u2028', '0': '2020-01-01', e: '- ', f: '12:30:45' },
};

function emit(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  try {
    return `${block(document, '', new Set())}\n`;
  } catch (error) {
    if (error !== RARE) throw error;
    return undefined;
  }
}

/** Thrown at what is left to cdk8s. */
const RARE = new Error('not written here');

/** What must be escaped: control characters, and halves of characters. Carriage returns are among them, line feeds are not. */

const NEEDS_ESCAPE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]/u;

/** Text that YAML would take for something of its own. */
const INDICATOR = /^[\t ,[\]{}#&*!|>'"%@`]|^[?-](?:[\t ]|$)|:[\t ]|[\t ]#|[\t :]$/;

/** Text that YAML 1.1 would take for no text: null, booleans, numbers to four bases and in sixties, dates, the merge key. */
const NO_TEXT = new RegExp(
  `^(?:${[
    '~|null|Null|NULL|<<',
    'y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF',
    '[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])*',
    '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*|[-+]?(?:[0-9][0-9_]*)?\\.[0-9_]*',
    '[-+]?(?:[0-9][0-9_]*)?(?:\\.[0-9_]*)?[eE][-+]?[0-9]+|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)',
    `[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[tT]|[\\t ]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\\.[0-9]+)?(?:[\\t ]*(?:Z|[-+][012]?[0-9](?::[0-9]{2})?))?)?`,
  ].join('|')})?$`,
);

/** Most of all text, and none of that: too long for a word, and not e and digits. */
const ORDINARY = /^[A-DF-Za-df-z/][A-Za-z0-9_./-]{5,}$/;

/** A key at the top with a line that looks like a directive, or like the end of a document or the begin of another one. */
const MARKER = /^(?:%|---|\.\.\.)/m;

/** Keys are few, and come again and again. */
const keys = new Map<string, string>();
const MAX_KEYS = 10_000;

/** The lines of an object or array that is not empty, without the first one's indent. */
function block(value: object, indent: string, seen: Set<object>): string {
  if (seen.has(value)) throw RARE;
  seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) && prototype === Array.prototype) return list(value, indent, seen);
  if (prototype === Object.prototype) return map(value as { [key: string]: unknown }, indent, seen);
  throw RARE;
}

function list(values: unknown[], indent: string, seen: Set<object>): string {
  if (values.length === 0) return '[]';
  const inner = `${indent}  `;
  let text = '';
  // Not by an iterator, which is slower, nor by a method, which passes over holes.
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (index > 0) text += `\n${indent}`;
    text +=
      typeof value === 'object' && value !== null ? `- ${block(value, inner, seen)}` : `- ${scalar(value, inner)}`;
  }
  return text;
}

function map(values: { [key: string]: unknown }, indent: string, seen: Set<object>): string {
  const inner = `${indent}  `;
  let text = '';
  for (const key of Object.keys(values)) {
    const value = values[key];
    if (text !== '') text += `\n${indent}`;
    text += keyText(key, indent === '');
    if (typeof value !== 'object' || value === null) {
      text += `: ${scalar(value, inner)}`;
    } else {
      const lines = block(value, inner, seen);
      text += lines === '{}' || lines === '[]' ? `: ${lines}` : `:\n${inner}${lines}`;
    }
  }
  return text === '' ? '{}' : text;
}

function scalar(value: unknown, indent: string): string {
  if (typeof value === 'string') return value.includes('\n') ? lines(value, indent) : line(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return String(value);
  throw RARE;
}

function keyText(key: string, isTop: boolean): string {
  if (isTop && MARKER.test(key)) throw RARE;
  const known = keys.get(key);
  if (known !== undefined) return known;
  const text = line(key);
  // Longer keys are written in another way.
  if (key.includes('\n') || text.length > 1024) throw RARE;
  if (keys.size < MAX_KEYS) keys.set(key, text);
  return text;
}

function line(text: string): string {
  if (ORDINARY.test(text)) return text;
  if (NEEDS_ESCAPE.test(text) || text === '<<') throw RARE;
  if (!INDICATOR.test(text) && !NO_TEXT.test(text)) return text;
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}

/** Text of several lines, as a literal block. */
function lines(text: string, indent: string): string {
  // A line of blanks at the end would be lost in a block.
  if (NEEDS_ESCAPE.test(text) || /\n[\t ]+$/.test(text)) throw RARE;
  let length = text.length;
  while (length > 0 && '\n\t '.includes(text.charAt(length - 1))) length--;
  const body = text.slice(0, length);
  const end = text.slice(length);
  // The indent cannot be seen from a first line that begins with a blank.
  const header = (/^\n* /.test(body) ? '2' : '') + chomping(body, end);
  const rest = end.replace(/\n$/, '').replace(/\n+(?=[\t ])/g, `$&${indent}`);
  return `|${header}\n${indent}${body.replace(/\n+/g, `$&${indent}`)}${rest}`;
}

/** Whether a block ends without a line feed, with one, or with all that there are. */
function chomping(body: string, end: string): string {
  if (!end.includes('\n')) return '-';
  return body === '' || end.indexOf('\n') !== end.length - 1 ? '+' : '';
}
