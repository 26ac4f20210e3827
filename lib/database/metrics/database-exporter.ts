/**
 * What an engine knows of the exporter of its metrics. It runs in the pod of the server, at the same address.
 */
export interface DatabaseExporter {
  /** Name of the exporter, by which `DatabaseDashboard` knows its series: `postgres_exporter`, `mysqld_exporter` or `redis_exporter`. */
  readonly name: string;

  /** The image, with a tag or digest that does not move. It must have a shell. */
  readonly image: string;

  /** TCP port that it serves metrics on, at the path `/metrics`. */
  readonly port: number;

  /**
   * Text in sh that becomes the exporter (`exec`), with `"$@"` as further arguments. It gets METRICS_USER, and METRICS_PASSWORD_FILE with the
   * password. Part of the pod template: **a change restarts databases that have metrics**.
   */
  readonly script: string;

  /**
   * Fixed environment of the exporter.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };

  /**
   * Text in sh that makes METRICS_USER with the password in METRICS_PASSWORD_FILE, unless there is one. It runs beside the server in its image,
   * as often as it takes to succeed and every five minutes from then on, with the environment of `initializeScript`.
   */
  readonly userScript: string;
}
