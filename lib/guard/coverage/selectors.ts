import type { Texts } from '../model';
import { Reader } from '../reader';

/** Whether labels fit a selector of Kubernetes; one that asks for nothing fits all. */
export function fits(labels: Texts, matchLabels: Texts, expressions: readonly Expression[]): boolean {
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    expressions.every(({ key, operator, values }) => {
      const label = labels[key];
      if (operator === 'In') return label !== undefined && values.includes(label);
      if (operator === 'NotIn') return label === undefined || !values.includes(label);
      return (label !== undefined) === (operator === 'Exists');
    })
  );
}

export interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export function readerFits(labels: Texts, selector: Reader): boolean {
  const expressions = selector
    .get('matchExpressions')
    .list()
    .map((one) => ({
      key: one.get('key').raw(),
      operator: one.get('operator').raw(),
      values: one
        .get('values')
        .list()
        .map((value) => value.raw()),
    }));
  return fits(labels, selector.get('matchLabels').texts() ?? {}, expressions);
}

/** The same of facts: `labelSelector.matchLabels.app`, and expressions as one text of JSON. */
export function factsFit(labels: Texts, facts: Texts, name: string): boolean {
  const prefix = `${name}.matchLabels.`;
  const matchLabels: Texts = {};
  for (const [key, value] of Object.entries(facts))
    if (key.startsWith(prefix)) matchLabels[key.slice(prefix.length)] = value;
  return fits(labels, matchLabels, expressionsOf(`[${facts[`${name}.matchExpressions`] ?? ''}]`));
}

function expressionsOf(text: string): Expression[] {
  return parsedList(text).map((one) => ({
    key: one.get('key').raw(),
    operator: one.get('operator').raw(),
    values: one
      .get('values')
      .list()
      .map((value) => value.raw()),
  }));
}

/** What facts keep as texts of JSON, joined. What is none matches nothing, as a selector of Kubernetes would be refused. */
export function parsedList(text: string): Reader[] {
  try {
    return new Reader(JSON.parse(text), () => undefined).list();
  } catch {
    return [NOTHING];
  }
}

const NOTHING = new Reader({ key: '', operator: 'In', matchLabels: { '': '' } }, () => undefined);

/** The same of a selector as facts have it: `app=db, tier in (a, b)`. */
export function textFits(labels: Texts, text: string): boolean {
  return [
    ...text.matchAll(/([^\s=,]+)=([^,]*)|([^\s,]+) (in|notin) \(([^)]*)\)|([^\s,]+) (exists|doesnotexist)/g),
  ].every(([, name = '', value, key = '', operator, values = '', alone = '', presence]) => {
    if (value !== undefined) return labels[name] === value;
    if (presence !== undefined) return (labels[alone] !== undefined) === (presence === 'exists');
    const label = labels[key];
    const isAmong = label !== undefined && values.split(', ').includes(label);
    return operator === 'in' ? isAmong : !isAmong;
  });
}

/** A name, or a pattern with `*`. */
export function matches(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const parts = pattern.split('*').map((part) => part.replace(/[.\\+?()[\]{}|^$]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
