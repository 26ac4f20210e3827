import { ApiObject } from 'cdk8s';
import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, namespaceOf } from '../../private/identity';
import { checkKnownProps } from '../../private/known-props';
import { checkDnsLabel, checkDnsSubdomain, checkLabels, checkSeconds } from '../../private/names';
import { Problems } from '../../private/problems';
import { ClientAccess } from '../../workload/client-access';
import type { IDatabase } from '../database';

const POD_MONITOR = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor' };

/**
 * Properties of `DatabasePodMonitor`.
 */
export interface DatabasePodMonitorProps {
  /**
   * The database: a `StatefulDatabase` with `metrics`, or a `CloudNativePgDatabase`.
   */
  readonly database: IDatabase;

  /**
   * Name of the PodMonitor. It is in the label `job` of each series, as `<namespace>/<name>`.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the PodMonitor. The operator may look in a few namespaces only.
   *
   * @default - the chart's
   */
  readonly namespace?: string;

  /**
   * Labels of the PodMonitor. **Most Prometheus objects select by one**, and pass over all others without a word: those of the chart
   * kube-prometheus-stack by `release: <name of its release>`.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * The pods of Prometheus, which are let in to the metrics and to nothing else of the database, e.g.
   * `kplus.Pods.select(this, 'Prometheus', { namespaces: …, labels: … })`. The permission is a `ClientAccess` called `<name>-from-prometheus`.
   *
   * @default - nobody is let in: a policy of your own does it, or the database has none
   */
  readonly prometheus?: IConstruct;

  /**
   * How often the metrics are asked for, in whole seconds.
   *
   * @default - as often as Prometheus asks by default
   */
  readonly interval?: Duration;
}

/**
 * Tells the Prometheus operator to ask the pods of a database for their metrics, and lets Prometheus in to them.
 *
 * Where the CRD of the operator is missing, `kubectl apply` refuses it: put it into a chart of its own, so that the database does not wait for
 * it. The operator of CloudNativePG can make a PodMonitor too (`enablePodMonitor`), and has deprecated that.
 *
 * @see https://prometheus-operator.dev/docs/developer/getting-started/#using-podmonitors
 *
 * @example
 * declare const database: StatefulDatabase;
 * new DatabasePodMonitor(this, 'postgresql-metrics', {
 *   database,
 *   labels: { release: 'monitoring' },
 *   prometheus: kplus.Pods.select(this, 'Prometheus', {
 *     namespaces: kplus.Namespaces.select(this, 'Monitoring', { names: ['monitoring'] }),
 *     labels: { 'app.kubernetes.io/name': 'prometheus' },
 *   }),
 * });
 */
export class DatabasePodMonitor extends Construct {
  /** The PodMonitor itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: DatabasePodMonitorProps) {
    super(scope, id);
    checkKnownProps(this, 'DatabasePodMonitorProps', props);
    const { database, namespace, interval } = props;
    const name = props.name ?? id;
    const endpoint = database.metricsEndpoint;
    const problems: Problems = new Problems(this);
    checkDnsSubdomain(problems, 'name', name);
    if (namespace !== undefined) checkDnsLabel(problems, 'namespace', namespace);
    checkLabels(problems, 'labels', props.labels);
    if (interval) checkSeconds(problems, 'interval', interval, 1, 'leave it out for the default of Prometheus');
    if (!endpoint) {
      const wayOut =
        "its pods serve none, or are not known here; write 'metrics' on a StatefulDatabase, or make a PodMonitor of your own";
      problems.add('database', 'must have metrics', database.node.path, wayOut);
    }
    const own = namespaceOf(this, namespace);
    if (database.namespace === undefined && own !== undefined) {
      const wayOut = `it would look for the pods in '${own}'; give the database or its chart a namespace`;
      problems.add('database', 'must have a known namespace in a chart that has one', database.node.path, wayOut);
    }
    checkIdentity(problems, this, 'name', POD_MONITOR, name, namespace);
    if (!endpoint) problems.throw();
    problems.throwIfAny();

    this.apiObject = claimIdentity(
      new ApiObject(this, 'Resource', {
        ...POD_MONITOR,
        metadata: metadata(name, namespace, props.labels),
        spec: {
          ...(database.namespace !== undefined && { namespaceSelector: { matchNames: [database.namespace] } }),
          selector: { matchLabels: endpoint.selector },
          podMetricsEndpoints: [{ port: endpoint.portName, ...(interval && { interval: `${interval.toSeconds()}s` }) }],
        },
      }),
    );
    if (props.prometheus && database.pods?.networkPolicy) {
      new ClientAccess(this, 'Access', {
        name: `${name}-from-prometheus`,
        from: props.prometheus,
        to: database.pods,
        ports: [endpoint.port],
      });
    }
  }
}
