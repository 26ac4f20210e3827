import type { SecretValue } from 'cdk8s-plus-27';
import type { ContainerLimits } from '../../workload/container-resources';

/**
 * Metrics of a `StatefulDatabase` for Prometheus: an exporter beside the server in each pod, with a user of its own.
 *
 * The user can log in, read the server's statistics and nothing else: no table of an application, and it can write nothing. A second container,
 * `metrics-user`, makes it as the administrator once the server answers, **also on a database that exists**, and looks every five minutes
 * whether it is still there. A user of this name that exists keeps its password and gets the right to read statistics.
 *
 * An exporter that ends begins anew in its container: it neither restarts the server nor makes the pod unready. **An image that cannot be pulled
 * keeps the pod unready**, as that of any container does.
 *
 * @see docs/metrics.md
 */
export interface DatabaseMetrics {
  /** Password of the exporter's user. It is read when the user is made; a later change of the Secret changes no password. */
  readonly password: SecretValue;

  /**
   * Name of the exporter's user: letters, digits, `_` and `-`. Not that of the administrator, the application or backups.
   *
   * @default 'exporter'
   */
  readonly user?: string;

  /**
   * Image of the exporter, where it comes from a mirror: with a tag or digest that does not move, and a shell in it.
   *
   * @default - that of the engine's `exporter`, a version that was tried
   */
  readonly image?: string;

  /**
   * Further arguments of the exporter. What they make it collect may need rights that its user has not: docs/metrics.md.
   *
   * @default - none
   */
  readonly args?: string[];

  /**
   * What the exporter may use.
   *
   * @default - 20 thousandths of a processor, 128 MiB of memory, 128 MiB of the node's disk
   */
  readonly resources?: ContainerLimits;
}
