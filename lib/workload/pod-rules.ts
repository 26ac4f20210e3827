import type { k8s } from 'cdk8s-plus-27';
import {
  checkAnnotations,
  checkDnsLabel,
  checkDnsSubdomain,
  checkInteger,
  checkLabels,
  checkMountPath,
  checkOneOf,
  checkSeconds,
  checkUnique,
} from '../private/names';
import type { Problems } from '../private/problems';
import { checkContainer } from './container-rules';
import { checkEmptyDirMount, emptyDirName } from './empty-dir-mount';
import { checkImages } from './image-rules';
import { checkTarget } from './mount-target';
import { runningContainers } from './native-sidecar';
import { checkNodeAffinity } from './node-affinity';
import { mountsOf, normalPath } from './pod-spec';
import type { ClaimedVolume, PodSource } from './pod-spec';
import type { WorkloadProps } from './workload-props';

/**
 * Those of the newest Kubernetes; `tcp_fin_timeout` and `tcp_keepalive_…` are safe from 1.29 on.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls
 */
const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_syncookies',
];

const ROOT = '; a container that must be root says so: securityContext: { runAsUser: 0 }';

/**
 * @param containerProps the containers to check, with the prop that each comes from
 */
export function checkPods(
  problems: Problems,
  pods: PodSource,
  claimed: ClaimedVolume[],
  containerProps = propsOfContainers(pods),
): void {
  checkWorkload(problems, pods, containerProps.size > 0 ? ROOT : '');
  if (pods.containers.length === 0) {
    problems.add(
      'containers',
      'must name a container',
      pods.containers,
      "write [{ name: 'server', image: 'postgres:17.11' }]",
    );
  }
  const running = runningContainers(pods);
  for (const [container, prop] of containerProps) {
    checkContainer(problems, prop, container, !running.includes(container));
  }
  pods.emptyDirs?.forEach((mount, index) => checkEmptyDirMount(problems, `emptyDirs[${index}]`, mount));
  checkNames(problems, pods, claimed);
  checkTargets(problems, pods, claimed);
  checkMounts(problems, pods, claimed);
  checkImages(problems, pods, claimed, containerProps);
}

export function propsOfContainers(pods: {
  readonly containers?: k8s.Container[];
  readonly initContainers?: k8s.Container[];
  readonly nativeSidecars?: k8s.Container[];
  readonly sidecars?: k8s.Container[];
}): Map<k8s.Container, string> {
  return new Map(
    Object.entries({
      containers: pods.containers,
      initContainers: pods.initContainers,
      nativeSidecars: pods.nativeSidecars,
      sidecars: pods.sidecars,
    }).flatMap(([prop, containers = []]) =>
      containers.map((container, index) => [container, `${prop}[${index}]`] as const),
    ),
  );
}

/** The part of `checkPods` that holds for whoever passes `WorkloadProps` on. */
function checkWorkload(problems: Problems, props: WorkloadProps, rootWayOut: string): void {
  if (props.namespace !== undefined) checkDnsLabel(problems, 'namespace', props.namespace);
  checkLabels(problems, 'labels', props.labels);
  checkLabels(problems, 'podLabels', props.podLabels);
  checkLabels(problems, 'nodeSelector', props.nodeSelector);
  checkTolerations(problems, props.tolerations);
  checkNodeAffinity(problems, props.nodeAffinity);
  checkAnnotations(problems, 'podAnnotations', props.podAnnotations);
  if (props.priorityClassName !== undefined) checkDnsSubdomain(problems, 'priorityClassName', props.priorityClassName);
  const pullSecrets = (props.imagePullSecrets ?? []).map(({ name }) => name);
  checkUnique(problems, 'imagePullSecrets', pullSecrets, 'Secrets of one name', 'the server warns of it; name it once');
  checkRunAs(problems, props, rootWayOut);
  for (const name of Object.keys(props.sysctls ?? {})) {
    if (SAFE_SYSCTLS.includes(name)) continue;
    const wayOut =
      'Pod Security and the kubelet refuse others, and a set that makes no pod says so only in its events; if your nodes allow it, ' +
      'set it by apiObject';
    problems.add('sysctls', 'must be safe ones', name, wayOut);
  }
  if (props.terminationGracePeriod) {
    checkSeconds(problems, 'terminationGracePeriod', props.terminationGracePeriod, 0, 'write Duration.seconds(30)');
  }
}

/** In a set, an old API server takes whatever it is; then no pod is ever made. */
function checkTolerations(problems: Problems, tolerations: k8s.Toleration[] = []): void {
  tolerations.forEach(({ key = '', operator = 'Equal', value = '', effect, tolerationSeconds }, index) => {
    const prop = `tolerations[${index}]`;
    checkOneOf(problems, `${prop}.operator`, operator, ['Equal', 'Exists'], "it is 'Equal' if left out");
    if (key !== '') checkLabels(problems, prop, { [key]: value });
    else if (operator === 'Equal') {
      problems.add(
        `${prop}.key`,
        'must be given',
        key,
        "name the taint, or write operator: 'Exists' to tolerate every one",
      );
    }
    if (operator === 'Exists' && value !== '') {
      problems.add(`${prop}.value`, "must be left out with operator 'Exists'", value, "or write operator: 'Equal'");
    }
    if (effect !== undefined) {
      const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
      checkOneOf(problems, `${prop}.effect`, effect, effects, 'leave it out to tolerate each');
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const wayOut = 'only a pod that is to be evicted stays for a time';
      problems.add(`${prop}.effect`, "must be 'NoExecute' with tolerationSeconds", effect, wayOut);
    }
  });
}

/**
 * @param rootWayOut what to write for one that must be root
 */
export function checkRunAs(
  problems: Problems,
  props: Pick<WorkloadProps, 'runAsUser' | 'runAsGroup' | 'fsGroup'>,
  rootWayOut = '',
): void {
  const wayOut = 'use the id of the image, or 1000';
  const most = 2147483647;
  if (props.runAsUser !== undefined)
    checkInteger(problems, 'runAsUser', props.runAsUser, 1, most, `${wayOut}${rootWayOut}`);
  // Group 0 is harmless, and what some images expect.
  if (props.runAsGroup !== undefined) checkInteger(problems, 'runAsGroup', props.runAsGroup, 0, most, wayOut);
  if (props.fsGroup !== undefined) checkInteger(problems, 'fsGroup', props.fsGroup, 0, most, wayOut);
}

function checkNames(problems: Problems, pods: PodSource, claimed: ClaimedVolume[]): void {
  const containers = [...(pods.initContainers ?? []), ...pods.containers];
  const names = containers.map(({ name }) => name);
  checkUnique(
    problems,
    'containers',
    names,
    'containers of one name',
    'give each, init containers too, a name of its own',
  );

  const ports = runningContainers(pods).flatMap((container) => container.ports ?? []);
  const wayOut = 'the containers of a pod share one address; give each port a number and a name of its own';
  const numbers = ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`);
  checkUnique(problems, 'containers', numbers, 'ports of one number', wayOut);
  checkUnique(
    problems,
    'containers',
    ports.flatMap(({ name }) => name ?? []),
    'ports of one name',
    wayOut,
  );

  const volumes = [...claimed, ...(pods.volumes ?? [])].map(({ name }) => name);
  volumes.push(...(pods.emptyDirs ?? []).map(emptyDirName));
  checkUnique(problems, 'volumes', volumes, 'volumes of one name', 'claims, emptyDirs and volumes share their names');

  const named = [
    ...claimed.flatMap(({ prop, mounts }) =>
      mounts.map(({ container }, index) => [`${prop}.mounts[${index}].container`, container]),
    ),
    ...(pods.emptyDirs ?? []).flatMap((mount, index) =>
      (mount.containers ?? []).map((container) => [`emptyDirs[${index}].containers`, container]),
    ),
  ] as [string, string | undefined][];
  for (const [prop, container] of named) {
    if (container === undefined || names.includes(container)) continue;
    problems.add(
      prop,
      'must be a container of the pod',
      container,
      `the pod has ${names.map((name) => `'${name}'`).join(', ')}`,
    );
  }
  const known = new Set(volumes);
  for (const container of containers) {
    for (const mount of container.volumeMounts ?? []) {
      checkMountPath(problems, `${container.name}.volumeMounts`, mount.mountPath);
      if (known.has(mount.name)) continue;
      problems.add(
        `${container.name}.volumeMounts`,
        'must name a volume of the pod',
        mount.name,
        'add it to volumes or claims',
      );
    }
  }
}

function checkTargets(problems: Problems, { containers, emptyDirs = [] }: PodSource, claimed: ClaimedVolume[]): void {
  for (const { prop, mounts } of claimed) {
    mounts.forEach((mount, index) => {
      const named = (name: string) => `container: '${name}'`;
      checkTarget(problems, `${prop}.mounts[${index}].container`, containers, mount, named);
    });
  }
  emptyDirs.forEach(({ path, containers: named }, index) => {
    if (named) return;
    checkTarget(problems, `emptyDirs[${index}].containers`, containers, { path }, (name) => `containers: ['${name}']`);
  });
}

function checkMounts(problems: Problems, pods: PodSource, claimed: ClaimedVolume[]): void {
  for (const container of [...(pods.initContainers ?? []), ...pods.containers]) {
    const paths = mountsOf(container, pods, claimed).map(({ mountPath }) => normalPath(mountPath));
    checkUnique(
      problems,
      `${container.name}.volumeMounts`,
      paths,
      'volumes at one path',
      'the one would hide the other',
    );
  }
}
