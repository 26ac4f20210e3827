import { hoursOf, spoken } from '../../units/duration';
import type { Policy } from '../lock';
import type { Finding, Texts, Verdict } from '../model';
import type { Context } from '../rules/rule';
import { leave } from '../ways-out';
import type { Coverage, Covered } from './coverage';

/** What the lock file keeps of a coverage: by store, what backs it up, and what tries it out. */
export function coveredTexts({ stores }: Coverage): Texts {
  return Object.fromEntries(
    stores.flatMap(({ store, backups }) =>
      backups.length === 0 ? [] : [[store.name, backups.map(textOf).join(', ')]],
    ),
  );
}

function textOf({ by, drill }: Covered['backups'][number]): string {
  return drill === undefined ? by : `${by} (tried by ${drill})`;
}

interface Entry {
  readonly by: string;
  readonly drill?: string;
}

function entriesOf(text: string): Entry[] {
  return text.split(', ').map((entry) => {
    const [, by = entry, drill] = /^(\S+)(?: \(tried by (\S+)\))?$/.exec(entry) ?? [];
    return { by, ...(drill !== undefined && { drill }) };
  });
}

/** The rules that say of a job that it makes no backups any more, or fewer. A store that it alone backed up is said there. */
const OF_JOBS = new Set(['backup-removed', 'backup-suspended', 'backup-never', 'backup-gone', 'backup-narrowed']);

/** What is found of stores, by names as rules have them. */
export const COVERAGE_RULES: readonly { readonly id: string; readonly verdict: Verdict }[] = [
  { id: 'coverage-lost', verdict: 'unprotects' },
  { id: 'drill-lost', verdict: 'unprotects' },
  { id: 'not-backed-up', verdict: 'unprotects' },
  { id: 'backup-too-seldom', verdict: 'unprotects' },
];

export interface Asked {
  /** What backed up what before; unknown of an older lock file. */
  readonly before: Texts | undefined;
  readonly after: Coverage;
  readonly waived: Texts;
  readonly policy: Policy;
}

/** The findings of rules, with what they mean for stores, and what no rule sees: backups lost otherwise, missing, or too seldom. */
export function withCoverage(findings: readonly Finding[], asked: Asked, context: Context): Finding[] {
  const lost = asked.before === undefined ? [] : lostOf(asked.before, asked.after, asked.waived);
  const jobs = new Set(findings.filter(({ rule }) => OF_JOBS.has(rule)).map(({ object }) => object));
  const told = findings.map((finding) => (OF_JOBS.has(finding.rule) ? ofJob(finding, asked, lost) : finding));
  const others = lost.filter(({ entries }) => !entries.some(({ by }) => jobs.has(by)));
  return [
    ...told,
    ...others.map((one) => lostFinding(one, asked.after, context)),
    ...drillsLost(asked),
    ...asked.after.stores.flatMap((covered) => missing(covered, asked)),
  ];
}

interface Lost {
  readonly covered: Covered;
  readonly entries: readonly Entry[];
}

function lostOf(before: Texts, { stores }: Coverage, waived: Texts): Lost[] {
  return stores.flatMap((covered) => {
    const { name } = covered.store;
    const text = before[name];
    if (text === undefined || covered.backups.length > 0 || waived[name] !== undefined) return [];
    return [{ covered, entries: entriesOf(text) }];
  });
}

/** What a job's end means for the stores that it backed up. */
function ofJob(finding: Finding, { before = {}, after }: Asked, lost: readonly Lost[]): Finding {
  const alone = lost
    .filter(({ entries }) => entries.some(({ by }) => by === finding.object))
    .map(({ covered }) => covered.store.name);
  if (alone.length > 0) return { ...finding, says: `${finding.says} Nothing else backs up ${alone.join(', ')}.` };
  const had = Object.entries(before).filter(([, text]) => entriesOf(text).some(({ by }) => by === finding.object));
  const still = after.stores.filter(
    ({ store, backups }) => backups.length > 0 && had.some(([name]) => name === store.name),
  );
  // Backups that belong to their schedule are deleted with it, whatever backs up from now on.
  const loses = finding.verdict === 'loses';
  if (finding.rule !== 'backup-removed' || loses || had.length === 0 || still.length < had.length) return finding;
  const [first] = still;
  const by = [...new Set(still.flatMap(({ backups }) => backups.map((backup) => backup.by)))].join(', ');
  return {
    ...finding,
    verdict: 'note',
    says: `${by} backs up ${still.length === 1 ? (first?.store.name ?? '') : `all ${still.length} stores that it did`}. Earlier backups stay where they are.`,
    wayOut: [],
  };
}

/** A store that lost its backup by something else than the end of a job: a Service, a label, an annotation, a namespace. */
function lostFinding({ covered, entries }: Lost, after: Coverage, { deployer }: Context): Finding {
  const { store, misses } = covered;
  const runsOn = deployer === 'kubectl' && entries.every(({ by }) => !after.objects.has(by));
  const verdict: Verdict = runsOn ? 'note' : 'unprotects';
  return {
    rule: 'coverage-lost',
    verdict,
    object: store.resource.key,
    change: `${labelOf(covered)}${entries.map(({ by }) => by).join(', ')} → nothing`,
    says: runsOn
      ? 'What backed it up is gone from the YAML and runs on in the cluster.'
      : `No backup holds it from this apply on.${because(misses)}`,
    wayOut: runsOn ? [] : leave('put back what the backup finds it by; or back it up in another way'),
    place: store.resource.at(pathOf(covered)),
  };
}

function drillsLost({ before = {}, after }: Asked): Finding[] {
  return after.stores.flatMap((covered) => {
    const { store, backups } = covered;
    const drills = entriesOf(before[store.name] ?? '').flatMap(({ drill }) => drill ?? []);
    if (drills.length === 0 || backups.length === 0 || backups.some(({ drill }) => drill !== undefined)) return [];
    return [
      {
        rule: 'drill-lost',
        verdict: 'unprotects' as const,
        object: store.resource.key,
        change: `${labelOf(covered)}${drills.join(', ')} → nothing`,
        says: 'Its backups are made, and nothing tries any more whether they can be restored.',
        wayOut: leave('put the drill back, or restore by hand and on a date'),
        place: store.resource.at(pathOf(covered)),
      },
    ];
  });
}

/** What the policy asks for: a backup, and not too seldom. */
function missing(covered: Covered, { policy, waived, before = {} }: Asked): Finding[] {
  const { store, backups, misses } = covered;
  if (waived[store.name] !== undefined) return [];
  const common = {
    verdict: 'unprotects' as const,
    object: store.resource.key,
    place: store.resource.at(pathOf(covered)),
  };
  if (backups.length === 0) {
    if (policy.backup === undefined || before[store.name] !== undefined) return [];
    return [
      {
        ...common,
        rule: 'not-backed-up',
        change: `${labelOf(covered)}no backup`,
        says: `Nothing backs it up by a schedule.${because(misses)}`,
        wayOut: leave(
          `back it up; or say why it needs none: cdk8s-stateful accept … --waive '${store.name}' --because '…'`,
        ),
      },
    ];
  }
  const promised = policy.rpo === undefined ? undefined : hoursOf(policy.rpo);
  const gap = gapOf(covered);
  if (promised === undefined || gap === undefined || gap <= promised) return [];
  return [
    {
      ...common,
      rule: 'backup-too-seldom',
      change: `${labelOf(covered)}${spoken(gap)} between two backups, where ${spoken(promised)} are promised`,
      says: 'A loss just before a backup is larger than what was promised.',
      wayOut: leave('back it up more often, or promise less'),
    },
  ];
}

/** The longest time between two backups by the best of what makes them. */
export function gapOf({ backups }: Covered): number | undefined {
  const gaps = backups.flatMap(({ gap }) => gap ?? []);
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}

function because(misses: readonly string[]): string {
  return misses.length === 0 ? '' : ` ${misses.join('; ')}.`;
}

function labelOf({ store: { template } }: Covered): string {
  return template === undefined ? '' : `template '${template}': `;
}

function pathOf({ store: { template } }: Covered): string[] {
  return template === undefined ? [] : ['spec', 'volumeClaimTemplates'];
}
