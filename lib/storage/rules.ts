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
    if (props[prop] !== undefined && breaks(props)) problems.add(prop, rule, props[prop], wayOut);
  }
}
