import type { Finding, Place, Verdict } from '../model';
import type { Path } from '../reader';
import { literalsIn } from './literals';
import type { Literal } from './literals';

/** The one rule that looks at a state by itself, and not at a change. */
export const SECRET_RULE = { id: 'secret-in-clear', verdict: 'exposes' } as const satisfies {
  id: string;
  verdict: Verdict;
};

const SAYS = 'Whoever reads this YAML has the secret: in a repository with all its history, in CI, and in the cluster.';

/**
 * What an object shows of secrets, as one finding; nothing if it shows none.
 *
 * @param object its key
 * @param at the place of what stands at a path
 */
export function exposedBy(value: unknown, object: string, at: (path: Path) => Place): Finding | undefined {
  const literals = literalsIn(value);
  const [first] = literals;
  if (!first) return undefined;
  const place = at(first.path);
  return {
    rule: SECRET_RULE.id,
    verdict: SECRET_RULE.verdict,
    object,
    change: fieldsOf(literals).join(', '),
    says: SAYS,
    wayOut: wayOut(literals),
    place,
  };
}

/** Each field once. Its lines are no part of it: what was accepted stays accepted if a line is put before it. */
function fieldsOf(literals: readonly Literal[]): string[] {
  const fields = new Map<string, Map<string, number>>();
  for (const { field, kind } of literals) {
    const kinds = fields.get(field) ?? new Map<string, number>();
    if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    fields.set(field, kinds);
  }
  return [...fields].map(([field, kinds]) => (kinds.size === 0 ? field : `${field} (${counted(kinds)})`));
}

/** `2 × password, private key` */
function counted(kinds: ReadonlyMap<string, number>): string {
  return [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} × ${kind}`)).join(', ');
}

function wayOut(literals: readonly Literal[]): string[] {
  const lines = new Map<string, Set<number>>();
  for (const { field, line } of literals) {
    if (line !== undefined) lines.set(field, (lines.get(field) ?? new Set<number>()).add(line));
  }
  return [
    '# change the secret where it is used: it is known, also if you remove it here',
    '# then refer to it: secretKeyRef, ExternalSecret, SealedSecret or SOPS; of a file, mount it from a Secret',
    ...[...lines].map(([field, found]) => `# ${field}: line ${listed([...found])} of the text`),
  ];
}

function listed(lines: readonly number[]): string {
  const [first, more] = [lines.slice(0, 10), lines.length - 10];
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}
