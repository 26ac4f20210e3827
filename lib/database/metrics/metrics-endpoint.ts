/**
 * Where the pods of a database serve metrics for Prometheus.
 */
export interface MetricsEndpoint {
  /** Whose series they are, e.g. `postgres_exporter` or `cloudnative-pg`. */
  readonly exporter: string;

  /** TCP port, at the path `/metrics`. */
  readonly port: number;

  /** Name of the port in the pods. */
  readonly portName: string;

  /** Labels that the pods are found by. */
  readonly selector: { [key: string]: string };
}

/** Name of the port, here and in the pods of CloudNativePG. */
export const METRICS_PORT = 'metrics';
