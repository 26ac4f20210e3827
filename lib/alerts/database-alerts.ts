import { ApiObject, Lazy, Yaml } from 'cdk8s';
import type { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { ArkSchedule } from '../ark/ark-schedule';
import type { IScheduledJob } from '../backup/scheduled-job';
import type { IDatabase } from '../database/database';
import { checkIdentity, claimIdentity, metadata, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkDnsLabel, checkDnsSubdomain, checkLabels } from '../private/names';
import { Problems } from '../private/problems';
import { addTextConfigMap } from '../workload/text-config-map';
import type { TextFiles } from '../workload/text-config-map';
import { renderGroups } from './alert-groups';
import type { RuleGroup } from './alert-groups';
import { checkAlerts } from './alert-options';
import { AlertsOutput } from './alerts-output';

/**
 * Properties of `DatabaseAlerts`.
 */
export interface DatabaseAlertsProps {
  /**
   * Databases that this app makes: each a `StatefulDatabase` or a `CloudNativePgDatabase`. Their pods, replicas and volumes are watched, and of
   * CloudNativePG replication and `continuousBackup`.
   *
   * @default - none
   */
  readonly databases?: IDatabase[];

  /**
   * Jobs that back up: each a `BlobBackupCronJob`, or a CronJob of your own. Their databases need not be among `databases`.
   *
   * @default - none
   */
  readonly backups?: IScheduledJob[];

  /**
   * Jobs that try backups: each a `RestoreDrill` or a `PointInTimeDrill`.
   *
   * @default - none
   */
  readonly drills?: IScheduledJob[];

  /**
   * Schedules of Velero that this app makes. Not of Ark 0.10, which is older than the series.
   *
   * @default - none
   */
  readonly schedules?: ArkSchedule[];

  /**
   * How old the last backup of each of `backups` may be (RPO). Its age counts from the end of the run, so what is lost is more by the time that
   * a run takes.
   *
   * @default - the longest gap of each backup's schedule, and `grace`
   */
  readonly recoveryPointObjective?: Duration;

  /**
   * How much later than its schedule a backup or a drill may succeed.
   *
   * @default - of each job its `startingDeadline` and its `timeout`: seven hours, unless they were given; of a base backup of CloudNativePG and of Velero six hours
   */
  readonly grace?: Duration;

  /**
   * Name of the object, and the beginning of the names of its groups of rules.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the object: one whose rules your Prometheus loads. What is watched may be elsewhere.
   *
   * @default - that of the chart
   */
  readonly namespace?: string;

  /**
   * Labels of the object, by which an operator of Prometheus selects it.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Labels of each alert, for routing, e.g. `{ team: 'shop' }`.
   *
   * @default - none but `severity`
   */
  readonly alertLabels?: { [label: string]: string };

  /**
   * What the label `severity` says, by names of alerts, e.g. `{ DatabaseDrillFailed: 'critical' }`; or for all of a severity, e.g.
   * `{ critical: 'page' }`.
   *
   * @default - 'critical' or 'warning', as docs/alerts.md says
   */
  readonly severities?: { [alert: string]: string };

  /**
   * Names of alerts that are left out.
   *
   * @default - none
   */
  readonly omit?: string[];

  /**
   * Page of your runbook. The link of each alert, `runbook_url`, is this with `#` and the alert's name in small letters.
   *
   * @default - docs/alerts.md of this library
   */
  readonly runbookUrl?: string;

  /**
   * Labels that series must have besides, where your Prometheus sees several clusters, e.g. `{ cluster: 'production' }`. Without them, what is
   * called alike in another cluster hides what is wrong in this one.
   *
   * @default - none
   */
  readonly seriesLabels?: { [label: string]: string };

  /**
   * What the rules are written into.
   *
   * @default AlertsOutput.prometheusRule()
   */
  readonly output?: AlertsOutput;
}

/**
 * Alerts of Prometheus that follow from what was declared: schedules, recovery point objectives, volumes and replicas.
 *
 * **An alert that has no series to look at never fires.** Prometheus must scrape kube-state-metrics 2, the kubelets and, of CloudNativePG, its instances;
 * `DatabaseAlertsBlind` says when it does not. That Prometheus itself runs, only somebody outside of it can watch.
 *
 * The rules read what the objects of the app say when it is synthesized, with your patches. Where the app does not know the namespace of what
 * is watched, rules look into all namespaces: give the chart a namespace. What each alert means, and what to do, is in docs/alerts.md.
 *
 * @see https://prometheus.io/docs/practices/alerting/
 *
 * @example
 * declare const database: StatefulDatabase;
 * declare const backup: BlobBackupCronJob;
 * declare const drill: RestoreDrill;
 * new DatabaseAlerts(this, 'alerts', {
 *   databases: [database],
 *   backups: [backup],
 *   drills: [drill],
 *   labels: { release: 'kube-prometheus-stack' },
 *   alertLabels: { team: 'shop' },
 * });
 */
export class DatabaseAlerts extends Construct {
  /** The PrometheusRule, or the ConfigMap, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  private readonly props: DatabaseAlertsProps;
  private readonly name: string;

  /**
   * @throws if a prop breaks a rule, naming each; and when the app is synthesized, if a patch made it break one
   */
  public constructor(scope: Construct, id: string, props: DatabaseAlertsProps) {
    super(scope, id);
    checkKnownProps(this, 'DatabaseAlertsProps', props);
    this.props = props;
    this.name = props.name ?? id;
    const { name } = this;
    const namespace = namespaceOf(this, props.namespace);
    const labels = props.labels ?? {};
    const output = props.output ?? AlertsOutput.prometheusRule();
    const map = { name, namespace, labels };
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'name', name);
    if (props.namespace !== undefined) checkDnsLabel(problems, 'namespace', props.namespace);
    checkLabels(problems, 'labels', labels);
    checkAlerts(problems, props);
    const groups = renderGroups(problems, name, props);
    const type = output._isPrometheusRule ? PROMETHEUS_RULE : k8s.KubeConfigMap.GVK;
    checkIdentity(problems, this, 'name', type, name, namespace);
    checkSize(problems, this.files(groups));
    problems.throwIfAny();

    if (output._isPrometheusRule) {
      this.apiObject = claimIdentity(
        new ApiObject(this, 'Resource', {
          ...PROMETHEUS_RULE,
          metadata: metadata(name, namespace, props.labels),
          spec: { groups: Lazy.any({ produce: () => this.groups() }) as unknown },
        }),
      );
    } else {
      const data = Lazy.any({ produce: () => this.files(this.groups()) }) as unknown as TextFiles;
      this.apiObject = addTextConfigMap(this, 'Resource', map, data);
    }
  }

  /**
   * The rules as the text of a file of rules, for a Prometheus, Mimir or VictoriaMetrics that gets it in another way.
   */
  public rulesFile(): string {
    return Yaml.stringify({ groups: this.groups() });
  }

  private groups(): RuleGroup[] {
    const problems = new Problems(this);
    const groups = renderGroups(problems, this.name, this.props);
    problems.throwIfAny();
    return groups;
  }

  private files(groups: RuleGroup[]): TextFiles {
    return { [`${this.name}.yaml`]: Yaml.stringify({ groups }) };
  }
}

/** What kubectl keeps in an annotation of the object, with room for the rest; the operator's own ConfigMaps hold twice as much. */
const ROOM = 250_000;

function checkSize(problems: Problems, files: TextFiles): void {
  const size = Buffer.byteLength(JSON.stringify(files));
  if (size <= ROOM) return;
  const wayOut =
    'kubectl apply could not keep the object in its annotation; give some of what is watched to another DatabaseAlerts';
  problems.add('databases', `must make rules of at most ${ROOM} bytes, with backups and drills`, size, wayOut);
}

const PROMETHEUS_RULE = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' };
