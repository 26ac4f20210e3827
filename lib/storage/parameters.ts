import type { Problems } from '../private/problems';

/** By prop: the parameter that it is written as. */
export interface ParameterNames {
  readonly [prop: string]: string;
}

/** The parameters of those props that are given, and the free ones as they are. */
export function renderParameters(
  props: object,
  names: ParameterNames,
  parameters: { readonly [key: string]: string } = {},
): { [key: string]: string } {
  const values = props as { readonly [prop: string]: unknown };
  const given = Object.entries(names).filter(([prop]) => values[prop] !== undefined);
  return { ...Object.fromEntries(given.map(([prop, name]) => [name, String(values[prop])])), ...parameters };
}

/**
 * Refuses a free parameter that a prop stands for, as the rules would not see it, and one that is there twice: the drivers read names
 * in any case.
 *
 * @param aliases by the driver's other names of a parameter: the prop
 */
export function checkFreeParameters(
  problems: Problems,
  parameters: { readonly [key: string]: string } = {},
  names: ParameterNames,
  aliases: { readonly [name: string]: string },
): void {
  const props = new Map(
    [...Object.entries(names).map(([prop, name]) => [name, prop] as const), ...Object.entries(aliases)].map(
      ([name, prop]) => [name.toLowerCase(), prop],
    ),
  );
  const seen = new Set<string>();
  for (const [key, value] of Object.entries(parameters)) {
    const name = key.toLowerCase();
    const prop = props.get(name);
    if (prop !== undefined) {
      problems.add(
        `parameters['${key}']`,
        `must be the prop '${prop}'`,
        value,
        'a parameter would pass by the rules of the prop, and stand beside it; move it there',
      );
    } else if (seen.has(name)) {
      problems.add(
        `parameters['${key}']`,
        'must not be there twice',
        value,
        'the driver reads names in any case, and takes one of the two by chance; leave one out',
      );
    }
    seen.add(name);
  }
}
