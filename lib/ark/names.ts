import { checkDnsSubdomain } from '../private/names';
import type { Problems } from '../private/problems';

/**
 * Checks the name of an object of Ark or Velero. They put it into labels of others: Ark as it is, so a longer one is accepted and then
 * breaks what it labels; Velero shortens it, and it is no longer found by name.
 */
export function checkArkName(problems: Problems, prop: string, name: string, max = 63, why = ''): void {
  checkDnsSubdomain(problems, prop, name);
  if (name.length > max) {
    const wayOut = `the server writes it into labels${why}; choose a shorter one`;
    problems.add(prop, `must have at most ${max} characters`, name, wayOut);
  }
}
