/**
 * What `DatabaseAlerts` writes its rules into.
 */
export class AlertsOutput {
  /**
   * A `PrometheusRule`, which the operator of Prometheus loads. Its CRD must be in the cluster. The operator loads only objects whose labels and
   * namespace its Prometheus selects: with kube-prometheus-stack mostly the label `release: <name of the release>`.
   *
   * @see https://prometheus-operator.dev/docs/developer/alerting/
   */
  public static prometheusRule(): AlertsOutput {
    return new AlertsOutput(true);
  }

  /**
   * A ConfigMap with a file of rules, `<name>.yaml`, for a Prometheus without the operator. It must mount the ConfigMap, so it must be in the
   * namespace of that Prometheus, and name the file in `rule_files`.
   *
   * @see https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
   */
  public static rulesFile(): AlertsOutput {
    return new AlertsOutput(false);
  }

  private constructor(
    /** @internal */
    public readonly _isPrometheusRule: boolean,
  ) {}
}
