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
  const kinds = new Map<string, string[]>();
  for (const { field, kind } of literals) {
    const found = kinds.get(field) ?? [];
    kinds.set(field, kind === undefined ? found : [...found, kind]);
  }
  return [...kinds].map(([field, found]) => (found.length === 0 ? field : `${field} (${counted(found)})`));
}

/** `2 × password, private key` */
function counted(kinds: readonly string[]): string {
  return [...new Set(kinds)]
    .map((kind) => {
      const { length } = kinds.filter((one) => one === kind);
      return length === 1 ? kind : `${length} × ${kind}`;
    })
    .join(', ');
}

function wayOut(literals: readonly Literal[]): string[] {
  const lines = new Map<string, Set<number>>();
  for (const { field, line } of literals) {
    if (line !== undefined) lines.set(field, (lines.get(field) ?? new Set<number>()).add(line));
  }
  return [
    '# change the secret where it is used: it is known, also if you remove it here',
    '# then refer to it: secretKeyRef, ExternalSecret, SealedSecret or SOPS; of a file, mount it from a Secret',
    ...[...lines].map(([field, found]) => `# ${field}: line ${[...found].join(', ')} of the text`),
  ];
}
