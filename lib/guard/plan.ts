import { isDeepStrictEqual } from 'node:util';
import { withCoverage } from './coverage/findings';
import type { Asked } from './coverage/findings';
import { persistentMounts } from './facts/pod-facts';
import type { Deployer, Finding, Resource, State, Verdict } from './model';
import { nameOf, VERDICTS } from './model';
import type { Change, Context, Found, Rule } from './rules/rule';
import { RULES } from './rules/rules';

export interface PlanOptions {
  /** Who applies; without it, the worst is assumed: what is gone from the YAML is removed. */
  readonly deployer?: Deployer;
  /** Whether the deployer forces: it deletes what it cannot change, and makes it again. */
  readonly force?: boolean;
  /** What backs up what, before and after. */
  readonly coverage?: Asked;
}

/** What the next apply does to data: all that rules find between two states, the worst first. */
export function plan(before: State, after: State, options: PlanOptions = {}): Finding[] {
  const context: Context = {
    deployer: options.deployer ?? 'prune',
    known: options.deployer !== undefined,
    before: before.resources,
    after: after.resources,
  };
  const findings = changesOf(before, after).flatMap((change) => {
    const found = RULES.flatMap((rule) => apply(rule, change, context));
    return composed(forced(found, change, context, options.force ?? false), change);
  });
  return (options.coverage ? withCoverage(findings, options.coverage, context) : findings).sort(worstFirst);
}

function apply(rule: Rule, { before, after }: Change, context: Context): Finding[] {
  const subject = after ?? before;
  if (!subject || !(rule.kinds.includes(subject.kind) || rule.kinds.includes('*'))) return [];
  // `Schedule`, `Cluster` and others are also kinds of groups that are none of the rule's business; those have other facts.
  if (rule.needs === 'both' && !(before && after)) return [];
  if (rule.needs === 'before' && after) return [];
  if (rule.needs === 'after' && !after) return [];
  const found = rule.find({ before: before ?? empty(subject), after: after ?? empty(subject) }, context);
  return found.map((one) => finding(rule, one, before ?? subject, subject));
}

/** The other side of what is only on one. */
function empty(resource: Resource): Resource {
  return { ...resource, facts: {} };
}

function finding(rule: Rule, found: Found, first: Resource, subject: Resource): Finding {
  return {
    rule: rule.id,
    verdict: found.verdict ?? rule.verdict,
    object: first.key,
    change: found.change,
    says: found.says,
    wayOut: found.wayOut ?? [],
    place: subject.at(found.path),
  };
}

/** Objects that are on both sides, then what was renamed or moved, then the rest. */
function changesOf(before: State, after: State): Change[] {
  const changes: Change[] = [];
  const gone: Resource[] = [];
  const added = new Map<string, Resource>();
  for (const [key, resource] of after.resources) if (!before.resources.has(key)) added.set(key, resource);
  for (const [key, resource] of before.resources) {
    const now = after.resources.get(key);
    if (!now) gone.push(resource);
    else if (!isDeepStrictEqual(resource.facts, now.facts) || resource.values)
      changes.push({ before: resource, after: now });
  }
  for (const resource of gone) {
    const twin = twinOf(resource, added);
    if (twin) added.delete(twin.key);
    changes.push(twin ? { before: resource, after: twin } : { before: resource });
  }
  for (const resource of added.values()) changes.push({ after: resource });
  return changes;
}

/** What became of an object that is gone: of several that are new, the one that is most like it, if one is. */
function twinOf(gone: Resource, added: ReadonlyMap<string, Resource>): Resource | undefined {
  if (!MOVES.has(gone.kind)) return undefined;
  const candidates = [...added.values()].filter(({ kind, group }) => kind === gone.kind && group === gone.group);
  const sameName = candidates.filter(({ name }) => name === gone.name);
  const alike = sameName.length > 0 ? sameName : candidates.filter((candidate) => isAlike(gone, candidate));
  return alike.sort((one, other) => likeness(gone.name, other.name) - likeness(gone.name, one.name))[0];
}

/** How much two names have in common at their ends: `harbor-harbor-registry` and `harbor-registry`. */
function likeness(one: string, other: string): number {
  const shortest = Math.min(one.length, other.length);
  let start = 0;
  while (start < shortest && one[start] === other[start]) start++;
  let end = 0;
  while (end < shortest - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return start + end;
}

const MOVES = new Set(['StatefulSet', 'PersistentVolumeClaim']);

/** Whether two objects of one kind hold the same kind of data. */
function isAlike(one: Resource, other: Resource): boolean {
  if (one.kind === 'PersistentVolumeClaim') {
    return (
      one.namespace === other.namespace &&
      one.facts.claim !== undefined &&
      isDeepStrictEqual(one.facts.claim, other.facts.claim)
    );
  }
  const [templates, others] = [Object.keys(one.facts.templates ?? {}), Object.keys(other.facts.templates ?? {})];
  return (
    templates.length > 0 &&
    isDeepStrictEqual(templates.sort(), others.sort()) &&
    isDeepStrictEqual(imagesOf(one), imagesOf(other))
  );
}

function imagesOf({ facts }: Resource): string[] {
  const { pod = {} } = facts;
  return Object.values(pod.containers ?? {})
    .filter((container) => persistentMounts(pod, container).length > 0)
    .map(({ image = '' }) => image.replace(/[:@].*$/, ''))
    .sort();
}

/** Where the deployer forces, what the server refuses is deleted and made again. */
function forced(findings: Finding[], { after }: Change, { deployer, known }: Context, force: boolean): Finding[] {
  const why = after && known ? after.facts.replaced?.[deployer] : Object.values(after?.facts.replaced ?? {})[0];
  // Helm's --force puts the new object in the place of the old one, which the server refuses as well.
  if (!after || (known && deployer === 'helm') || (!force && why === undefined)) return findings;
  return findings.map((one) => {
    if (one.verdict !== 'refused') return one;
    const [verdict, says] = madeAgain(after);
    return {
      ...one,
      verdict,
      says: `The server refuses it, so ${why ?? 'the deployer'} deletes it and makes it again: ${says}`,
    };
  });
}

function madeAgain({ kind, facts }: Resource): [Verdict, string] {
  if (kind === 'PersistentVolumeClaim') return ['loses', 'the volume goes with the claim if its class says Delete.'];
  if (kind !== 'StatefulSet') return ['note', 'it is gone for a moment.'];
  return facts.whenDeleted === 'Delete'
    ? ['loses', 'as whenDeleted is Delete, its claims are deleted, and new, empty ones get their names.']
    : ['strands', 'its pods go down together; claims of the names that it still has are used again, others are not.'];
}

/**
 * What a refused object means for the other findings of it: the server applies nothing of the object, so that they do not
 * happen yet; and the commands for the refused change apply them as well.
 */
function composed(findings: Finding[], { before, after }: Change): Finding[] {
  const moved = before && after && before.key !== after.key;
  // An object that is new under another name is not changed: only that it is new matters.
  if (moved) return findings.filter(({ rule }) => MOVE_RULES.has(rule));
  const refused = findings.filter(({ verdict }) => verdict === 'refused');
  const others = findings.filter(({ verdict }) => verdict !== 'refused' && verdict !== 'note');
  if (refused.length === 0 || others.length === 0) return findings;
  const names = [...new Set(others.map(({ rule }) => rule))].join(', ');
  const causes = [...new Set(refused.map(({ rule }) => rule))].join(', ');
  return findings.map((one) =>
    one.verdict === 'refused'
      ? { ...one, wayOut: [`# first settle ${names}: these commands apply it as well`, ...one.wayOut] }
      : { ...one, says: `${one.says} Not yet: the server refuses the object as a whole (${causes}).` },
  );
}

const MOVE_RULES = new Set(['set-renamed', 'set-moved', 'claim-moved']);

export function worstFirst(one: Finding, other: Finding): number {
  return (
    VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict) ||
    (nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0)
  );
}
