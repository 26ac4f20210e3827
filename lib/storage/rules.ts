import { Duration, Size } from 'cdk8s';
import type { Problems } from '../private/problems';

/** What must hold where a prop is given. */
export interface Rule<Props> {
  readonly prop: keyof Props & string;
  readonly breaks: (props: Props) => boolean;
  readonly rule: string;
  readonly wayOut: string;
}

export function checkRules<Props>(problems: Problems, props: Props, rules: Rule<Props>[]): void {
  for (const { prop, breaks, rule, wayOut } of rules) {
    if (props[prop] !== undefined && breaks(props)) problems.add(prop, rule, shown(props[prop]), wayOut);
  }
}

/** The parameters of those props that are given, by the names that the driver knows. */
export function renderParameters(
  props: object,
  names: { readonly [key: string]: string },
  tagDelimiter = ',',
): { [key: string]: string } {
  const values = props as { readonly [key: string]: unknown };
  return Object.fromEntries(
    Object.entries(names)
      .filter(([prop]) => values[prop] !== undefined)
      .map(([prop, name]) => [name, parameter(values[prop], tagDelimiter)]),
  );
}

/** A parameter's value is always a string; lists, sizes and times have the driver's own forms. */
function parameter(value: unknown, tagDelimiter: string): string {
  if (value instanceof Size) return String(value.toGibibytes());
  if (value instanceof Duration) return String(value.toMilliseconds());
  if (Array.isArray(value)) return value.join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, text]) => `${key}=${text}`)
    .join(tagDelimiter);
}

function shown(value: unknown): unknown {
  if (value instanceof Size) return value.asString();
  return value instanceof Duration ? value.toHumanString() : value;
}
