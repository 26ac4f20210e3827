import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import { ContainerResources } from '../../workload/container-resources';
import type { ContainerLimits } from '../../workload/container-resources';
import { renderSecretFiles } from '../../workload/secret-files';
import { SCRIPTS } from '../read-script';
import type { DatabaseExporter } from './database-exporter';
import type { DatabaseMetrics } from './database-metrics';
import { METRICS_PORT } from './metrics-endpoint';

/** The container that makes the exporter's user, in the server's image. */
export const METRICS_USER = 'metrics-user';

/** The container of the exporter. */
const METRICS = 'metrics';

/** The file of the ConfigMap that makes the user. */
export const USER_SCRIPT = 'metrics-user.sh';

const PASSWORD = { volume: 'metrics-password', path: '/metrics-password', file: 'password' };

const LIMITS: ContainerLimits = {
  cpu: Cpu.millis(20),
  memory: Size.mebibytes(128),
  ephemeralStorage: Size.mebibytes(128),
};

export function exporterUser({ user = 'exporter' }: DatabaseMetrics): string {
  return user;
}

/** The volume of the exporter's password. */
export function renderMetricsVolumes({ password }: DatabaseMetrics): k8s.Volume[] {
  return renderSecretFiles(PASSWORD.volume, { [PASSWORD.file]: password });
}

/** The exporter. It sees its own password and no other. */
export function renderExporter(exporter: DatabaseExporter, metrics: DatabaseMetrics): k8s.Container {
  return {
    name: METRICS,
    image: metrics.image ?? exporter.image,
    command: ['sh', '-c', keepRunning(`(${exporter.script.trim()})`, 10, 10), METRICS],
    ...(metrics.args?.length && { args: metrics.args }),
    env: [...Object.entries(exporter.env ?? {}).map(([name, value]) => ({ name, value })), ...renderLogin(metrics)],
    ports: [{ name: METRICS_PORT, containerPort: exporter.port }],
    resources: ContainerResources.of(metrics.resources ?? LIMITS),
    volumeMounts: [passwordMount()],
  };
}

/**
 * The container that makes its user. No init container: the server is asked as any client asks it, where a second server on the data before each
 * start would delay that start, and on a replica set write what no other member knows of.
 *
 * @param server the server's image and environment, and what it sees of the administrator's password and of the scripts
 */
export function renderMetricsUser(
  server: Pick<k8s.Container, 'image' | 'env' | 'volumeMounts'>,
  metrics: DatabaseMetrics,
): k8s.Container {
  return {
    name: METRICS_USER,
    ...(server.image !== undefined && { image: server.image }),
    command: ['sh', '-c', keepRunning(`sh ${SCRIPTS.path}/${USER_SCRIPT}`, 300, 10), METRICS_USER],
    env: [...(server.env ?? []), ...renderLogin(metrics)],
    resources: ContainerResources.of(LIMITS),
    volumeMounts: [...(server.volumeMounts ?? []), passwordMount()],
  };
}

function renderLogin(metrics: DatabaseMetrics): k8s.EnvVar[] {
  return [
    { name: 'METRICS_USER', value: exporterUser(metrics) },
    { name: 'METRICS_PASSWORD_FILE', value: `${PASSWORD.path}/${PASSWORD.file}` },
  ];
}

function passwordMount(): k8s.VolumeMount {
  return { name: PASSWORD.volume, mountPath: PASSWORD.path, readOnly: true };
}

/**
 * A container that ends makes its pod unready, and clients lose the database: so this one never does. It stops at once when its pod stops, as
 * the shell waits for what runs in the background.
 *
 * It is part of the pod template: whoever changes a letter of it restarts every database that has metrics.
 */
function keepRunning(command: string, afterSuccess: number, afterFailure: number): string {
  return [
    "trap 'exit 0' TERM",
    'while :; do',
    `  ${command} &`,
    `  wait $! && pause=${afterSuccess} || { echo "$0: ended with status $?, and begins anew in ${afterFailure} s" >&2; pause=${afterFailure}; }`,
    '  sleep $pause &',
    '  wait $!',
    'done',
    '',
  ].join('\n');
}
