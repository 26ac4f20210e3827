import type { Texts } from '../model';
import { Reader } from '../reader';

/** Whether labels fit a selector of Kubernetes; one that asks for nothing fits all. */
export function readerFits(labels: Texts, selector: Reader): boolean {
  return (
    Object.entries(selector.get('matchLabels').texts() ?? {}).every(([name, value]) => labels[name] === value) &&
    selector
      .get('matchExpressions')
      .list()
      .every((expression) => expressionFits(labels, expression))
  );
}

/** The same of facts: `labelSelector.matchLabels.app`, and expressions as one text of JSON. */
export function factsFit(labels: Texts, facts: Texts, name: string): boolean {
  const prefix = `${name}.matchLabels.`;
  const matchLabels = Object.entries(facts).filter(([key]) => key.startsWith(prefix));
  return (
    matchLabels.every(([key, value]) => labels[key.slice(prefix.length)] === value) &&
    parsedList(`[${facts[`${name}.matchExpressions`] ?? ''}]`).every((expression) => expressionFits(labels, expression))
  );
}

function expressionFits(labels: Texts, expression: Reader): boolean {
  const label = labels[expression.get('key').raw()];
  const operator = expression.get('operator').raw();
  const isAmong = expression
    .get('values')
    .list()
    .some((value) => value.raw() === label);
  if (operator === 'In') return isAmong;
  if (operator === 'NotIn') return !isAmong;
  return (label !== undefined) === (operator === 'Exists');
}

/** What facts keep as texts of JSON, joined. What is none matches nothing, as Kubernetes would refuse such a selector. */
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
