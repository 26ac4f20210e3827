import { checkSeconds } from '../private/names';
import type { Problems } from '../private/problems';
import { ALERTS, ALERT_NAMES } from './alert';
import type { AlertName } from './alert';
import type { DatabaseAlertsProps } from './database-alerts';

const SEVERITIES = ['critical', 'warning'];

/** Labels by which alerts say what they are about. */
const NAMED = [
  'alertname',
  'namespace',
  'cronjob',
  'statefulset',
  'database',
  'pod',
  'container',
  'persistentvolumeclaim',
  'series',
];

/** Labels that rules ask for. */
const ASKED = [
  'namespace',
  'cronjob',
  'job_name',
  'owner_kind',
  'owner_name',
  'statefulset',
  'pod',
  'persistentvolumeclaim',
  'condition',
  'reason',
  'value',
];

/** What holds for the props that say how alerts look. */
export function checkAlerts(problems: Problems, props: DatabaseAlertsProps): void {
  for (const name of props.omit ?? []) {
    if (!(name in ALERTS))
      problems.add('omit', 'must hold names of alerts', name, `they are ${ALERT_NAMES.join(', ')}`);
  }
  for (const [name, severity] of Object.entries(props.severities ?? {})) {
    if (!(name in ALERTS) && !SEVERITIES.includes(name)) {
      const wayOut = `it would change nothing; the keys are critical, warning, ${ALERT_NAMES.join(', ')}`;
      problems.add('severities', 'must have names of alerts as keys', name, wayOut);
    }
    // Prometheus takes an empty label for none.
    if (severity === '') problems.add(`severities.${name}`, 'must not be empty', severity, 'nobody would be told');
  }
  for (const label of Object.keys(props.alertLabels ?? {})) checkAlertLabel(problems, label);
  for (const label of Object.keys(props.seriesLabels ?? {})) {
    checkLabelName(problems, 'seriesLabels', label);
    if (!ASKED.includes(label)) continue;
    const wayOut = 'rules ask for it themselves, and would find no series that has both; leave it out';
    problems.add('seriesLabels', `must not hold ${ASKED.join(', ')}`, label, wayOut);
  }
  if (props.runbookUrl !== undefined && !/^https?:\/\/[^\s#]+$/.test(props.runbookUrl)) {
    const wayOut = "each alert adds '#' and its name; write it as 'https://wiki.example.com/alerts'";
    problems.add('runbookUrl', 'must be a URL of http or https without a fragment', props.runbookUrl, wayOut);
  }
  if (props.grace) checkSeconds(problems, 'grace', props.grace, 0, 'write Duration.hours(2)');
  if (props.recoveryPointObjective) {
    checkSeconds(problems, 'recoveryPointObjective', props.recoveryPointObjective, 1, 'write Duration.hours(26)');
  }
}

function checkAlertLabel(problems: Problems, label: string): void {
  checkLabelName(problems, 'alertLabels', label);
  if (label === 'severity') {
    problems.add('alertLabels', 'must not hold severity', label, "write severities: { critical: 'page' }");
  } else if (NAMED.includes(label)) {
    const wayOut =
      'it says what an alert is about: two alerts that differ in it alone would be one, and Prometheus gives up the rule';
    problems.add('alertLabels', `must not hold ${NAMED.join(', ')}`, label, wayOut);
  }
}

function checkLabelName(problems: Problems, prop: string, label: string): void {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) && !label.startsWith('__')) return;
  problems.add(
    prop,
    'must have names of labels of Prometheus as keys',
    label,
    "use letters, digits and '_', e.g. team",
  );
}

export function severityOf(alert: AlertName, severities: { [alert: string]: string } = {}): string {
  const { severity } = ALERTS[alert];
  return severities[alert] ?? severities[severity] ?? severity;
}

/** A section of the page, as GitHub names it. */
export function runbookOf(alert: AlertName, url = DOCS): string {
  return `${url}#${alert.toLowerCase()}`;
}

const DOCS = 'https://github.com/cdk8s-stateful/cdk8s-stateful/blob/main/docs/alerts.md';
