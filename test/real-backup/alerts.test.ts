import { CASES, QUIET, but } from '../support/alerts/cases';
import type { AlertCase } from '../support/alerts/cases';
import { checkRules, tryRules } from '../support/alerts/promtool';
import type { Group, Rule, RuleCase } from '../support/alerts/promtool';
import { DAY, HOUR, MINUTE, healthy } from '../support/alerts/series';
import { newAlerts, newShop } from '../support/alerts/shop';
import { describeReal } from '../support/backup/programs';

const alerts = newAlerts(newShop());
const { groups } = (alerts.apiObject.toJson() as { spec: { groups: Group[] } }).spec;
const rules = groups.flatMap((group) => group.rules);
const names = [...new Set(rules.map(({ alert }) => alert))];

/** What `$value` is in the cases whose descriptions show it. */
const VALUES = { '{{ $value | humanize1024 }}': '5Gi', '{{ $value | humanizeDuration }}': '1d 8h 0m 0s' };

function ruleCase(given: AlertCase): RuleCase {
  const { alert, name, series, at, every, summary, also = [] } = given;
  const rule = ruleOf(given);
  const labels = {
    alertname: alert,
    severity: rule.labels.severity!,
    ...(alert !== 'DatabaseAlertsBlind' && { namespace: 'shop' }),
    ...given.labels,
  } as { [label: string]: string };
  const description = Object.entries(VALUES).reduce(
    (text, [template, value]) => text.replace(template, value),
    rule.annotations.description!,
  );
  return {
    name,
    series,
    at,
    ...(every !== undefined && { every }),
    firing: [labels, ...also],
    texts: { labels, annotations: { ...rule.annotations, summary, description } },
  };
}

/** Of several rules of an alert, the one that asks for what the case is about. */
function ruleOf({ alert, labels }: AlertCase): Rule {
  const own = rules.filter((rule) => rule.alert === alert);
  const asksFor = ({ expr }: Rule, value: string) =>
    [...expr.matchAll(/"([^"]*)"/g)].some(([, text = '']) => text === value || new RegExp(`^(?:${text})$`).test(value));
  const about = Object.entries(labels).filter(([label]) => label !== 'container');
  return own.find((rule) => about.every(([, value]) => asksFor(rule, value))) ?? own[0]!;
}

/** Parts of rules, and what is left without them: each is there because of something that only looks bad. */
const PARTS: [alert: string, part: RegExp, rest: string][] = [
  ['DatabaseBackupTooOld', /> \d+/, '> 0'],
  ['DatabaseBackupNeverSucceeded', /> \d+/, '> 0'],
  ['DatabaseBackupNeverSucceeded', /\nunless[^]*$/, ''],
  ['DatabaseBackupFailed', /\n> \([^]*$/, ''],
  ['DatabaseBackupSuspended', /, cronjob="backupjob"/, ''],
  ['DatabaseBackupMissing', /\nand on[^]*$/, ''],
  ['DatabaseDrillOverdue', /> \d+/, '> 0'],
  ['DatabaseUnavailable', /\nand on[^]*$/, ''],
  ['DatabaseMissing', /\nand on[^]*$/, ''],
  ['DatabaseRestarting', />= 2/, '>= 1'],
  ['DatabaseOutOfMemory', /\nand[^]*$/, ''],
  ['DatabaseOutOfMemory', /, reason="OOMKilled"/, ''],
  ['DatabaseVolumeFullSoon', /\n.* offset 6h/, ''],
  ['DatabaseVolumeFullSoon', /\n.* < 0.5/, ''],
  ['DatabaseVolumeUnwatched', /\nand on[^]*$/, ''],
  ['DatabaseReplicationBroken', /\n> /, '\n>= '],
  ['DatabaseArchiverFailing', /\n.*in_recovery.* == 0/, ''],
  ['DatabaseArchiveTooOld', /\n.*in_recovery.* == 0/, ''],
  ['DatabaseArchiveTooOld', /\n.*ready.*> 0/, ''],
  ['DatabaseArchiveTooOld', /> 600$/, '> 0'],
  ['DatabaseVolumeBackupNeverSucceeded', / offset \d+s/, ''],
];

const of = (alert: string): RuleCase[] => CASES.filter((one) => one.alert === alert).map(ruleCase);

// Against the engine of Prometheus itself: a rule that never fires, or always, is found nowhere else.
describeReal('the rules of DatabaseAlerts', ['promtool'], () => {
  test('are rules of Prometheus, as a file too', () => {
    expect(checkRules(alerts.rulesFile())).toEqual({
      status: 0,
      output: expect.stringContaining(`${rules.length} rules found`),
    });
  });

  test('say nothing in a week in which all is well', () => {
    expect(
      tryRules(groups, [
        { name: 'a week', series: healthy(), at: 7 * DAY, every: 30 * MINUTE, ever: true, firing: [] },
      ]),
    ).toBe('');
  });

  test.each(names)('%s fires on what it is for, alone, and says so', (name) => {
    expect(of(name)).not.toEqual([]);
    expect(tryRules(groups, of(name))).toBe('');
  });

  test('are silent on what only looks bad', () => {
    expect(
      tryRules(
        groups,
        QUIET.map((quiet) => ({ ...quiet, firing: [] })),
      ),
    ).toBe('');
  });

  test('see one CronJob where several scrape kube-state-metrics', () => {
    const twice = (series: RuleCase['series']) => ({
      ...series,
      ...Object.fromEntries(
        Object.entries(series).map(([name, values]) => [name.replace('{', '{instance="b",'), values]),
      ),
    });
    const [failed] = CASES.filter(({ alert }) => alert === 'DatabaseBackupFailed').map(ruleCase);
    expect(
      tryRules(groups, [
        { name: 'twice', series: twice(healthy()), at: HOUR, firing: [] },
        { ...failed!, series: twice(failed!.series) },
      ]),
    ).toBe('');
  });

  // A rule that no test would miss is one that may be broken. The others are left out, as they take their time.
  test('are each missed by a test', () => {
    const unmissed = rules.filter((rule) => {
      const [own] = CASES.filter((one) => one.alert === rule.alert && ruleOf(one) === rule);
      if (!own) return true;
      const near = [rule.alert, ...(own.also ?? []).map(({ alertname }) => alertname)];
      const only = (keep: (one: Rule) => boolean) =>
        groups.map(({ name, rules: all }) => ({
          name,
          rules: all.filter((one) => near.includes(one.alert) && keep(one)),
        }));
      expect(
        tryRules(
          only(() => true),
          [ruleCase(own)],
        ),
      ).toBe('');
      return (
        tryRules(
          only((one) => one !== rule),
          [ruleCase(own)],
        ) === ''
      );
    });
    expect(unmissed).toEqual([]);
  });

  test.each(PARTS)('%s would be noisy without %s', (alert, part, rest) => {
    const cut = rules
      .filter((rule) => rule.alert === alert && part.test(rule.expr))
      .map((rule) => ({ ...rule, expr: rule.expr.replace(part, rest) }));
    // Who is blind sees nothing, and says only that.
    const blind = CASES.filter((one) => one.alert === 'DatabaseAlertsBlind').map(ruleCase);
    const quiet = [...QUIET, ...blind.map(({ name, series, at }) => ({ name, series, at }))];
    const found = tryRules(
      [{ name: 'cut', rules: cut }],
      quiet.map((one) => ({ ...one, firing: [] })),
    );
    expect(found).toContain(`alertname="${alert}"`);
  });

  // Or all of the above could not fail.
  test('would be found out if they fired on nothing', () => {
    const [rule] = rules;
    const noisy = [{ name: 'noisy', rules: [{ ...rule!, expr: 'vector(1)' }] }];
    expect(tryRules(noisy, [{ name: 'quiet', series: but({}), at: HOUR, firing: [] }])).toContain(
      'DatabaseBackupTooOld',
    );
  });
});
