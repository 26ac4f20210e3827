import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../../private/identity';
import { checkKnownProps } from '../../private/known-props';
import { checkAnnotations, checkDnsLabel, checkDnsSubdomain, checkLabels } from '../../private/names';
import { Problems } from '../../private/problems';
import type { IDatabase } from '../database';
import { renderDashboard } from './dashboard-json';
import { PANELS } from './panels';

/**
 * Properties of `DatabaseDashboard`.
 */
export interface DatabaseDashboardProps {
  /** The databases. Each kind of exporter among them gets a row; which pods are shown is chosen in Grafana. */
  readonly databases: IDatabase[];

  /**
   * Name of the ConfigMap, which is also the `uid` of the dashboard in Grafana: **under another name it is another dashboard**, with links of its own.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Namespace of the ConfigMap. Grafana's sidecar looks in its own, unless it is told to look in all.
   *
   * @default - the chart's
   */
  readonly namespace?: string;

  /**
   * Title of the dashboard.
   *
   * @default 'Databases'
   */
  readonly title?: string;

  /**
   * Labels of the ConfigMap, by which Grafana's sidecar finds it.
   *
   * @default - `grafana_dashboard: "1"`
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the ConfigMap, e.g. `{ grafana_folder: 'Databases' }`, where the sidecar takes the folder from that one (`folderAnnotation`).
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/**
 * A dashboard for Grafana of the metrics of databases, as a ConfigMap that the sidecar of Grafana's chart loads: connections, transactions, memory,
 * volumes, and of CloudNativePG replication and archive.
 *
 * Series are told apart by the labels `namespace` and `pod`, which a PodMonitor gives them. Without that sidecar, import the file in the ConfigMap
 * by hand.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 *
 * @example
 * declare const database: StatefulDatabase;
 * new DatabaseDashboard(this, 'databases', { databases: [database] });
 */
export class DatabaseDashboard extends Construct {
  /** The ConfigMap itself, for what the props do not offer. */
  public readonly apiObject: k8s.KubeConfigMap;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: DatabaseDashboardProps) {
    super(scope, id);
    checkKnownProps(this, 'DatabaseDashboardProps', props);
    const { namespace, databases, labels = { grafana_dashboard: '1' } } = props;
    const name = props.name ?? id;
    const problems = new Problems(this);
    checkDnsSubdomain(problems, 'name', name);
    if (name.length > 40) {
      problems.add(
        'name',
        'must have at most 40 characters',
        name,
        'Grafana takes no longer uid; choose a shorter one',
      );
    }
    if (namespace !== undefined) checkDnsLabel(problems, 'namespace', namespace);
    checkLabels(problems, 'labels', labels);
    checkAnnotations(problems, 'annotations', props.annotations);
    if (databases.length === 0) {
      problems.add(
        'databases',
        'must name a database',
        databases,
        'the dashboard would be empty; name those to be shown',
      );
    }
    databases.forEach((database, index) => {
      const exporter = database.metricsEndpoint?.exporter;
      if (exporter !== undefined && PANELS[exporter]) return;
      const wayOut =
        exporter === undefined
          ? "its pods serve none, or are not known here; write 'metrics' on it, or leave it out"
          : `known are ${Object.keys(PANELS).join(', ')}; leave it out, and make a dashboard of your own`;
      problems.add(
        `databases[${index}]`,
        'must have metrics of a known exporter',
        exporter ?? database.node.path,
        wayOut,
      );
    });
    checkIdentity(problems, this, 'name', k8s.KubeConfigMap.GVK, name, namespace);
    problems.throwIfAny();

    const exporters = new Set(databases.flatMap(({ metricsEndpoint }) => metricsEndpoint?.exporter ?? []));
    const dashboard = renderDashboard(name, props.title ?? 'Databases', [...exporters].sort());
    this.apiObject = claimIdentity(
      new k8s.KubeConfigMap(this, 'Resource', {
        metadata: metadata(name, namespace, labels, props.annotations),
        data: { [`${name}.json`]: `${JSON.stringify(dashboard, undefined, 2)}\n` },
      }),
    );
  }
}
