import type { Manifest } from './manifests';
import { podOf } from './manifests';

const VOLUME_TYPES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const SYSCTLS = [
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

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

/* Written as what may be missing: nothing here may be taken for granted. */
interface SecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: string[]; readonly drop?: string[] };
  readonly privileged?: boolean;
  readonly procMount?: string;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly seccompProfile?: { readonly type?: string };
  readonly sysctls?: { readonly name: string }[];
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

interface Container {
  readonly name: string;
  readonly ports?: { readonly hostPort?: number }[];
  readonly securityContext?: SecurityContext;
}

interface Pod {
  readonly containers: Container[];
  readonly ephemeralContainers?: Container[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly initContainers?: Container[];
  readonly securityContext?: SecurityContext;
  readonly volumes?: { [key: string]: unknown }[];
}

/**
 * Where the pods of an object break Pod Security "restricted", with the controls of "baseline" that it includes. Only pods are
 * judged by a server; of a set it says nothing until its pods fail to appear.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurityErrors(manifest: Manifest): string[] {
  const pod = podOf(manifest);
  if (!pod) return [];
  const spec = pod.spec as unknown as Pod;
  const containers = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  const annotations = Object.keys(manifest.metadata.annotations ?? {});
  return [
    ...podErrors(spec),
    ...contextErrors('pod', spec.securityContext ?? {}),
    ...containers.flatMap((container) => containerErrors(container, spec.securityContext ?? {})),
    ...annotations.filter((key) => key.startsWith('container.apparmor')).map((key) => `AppArmor annotation ${key}`),
  ];
}

function podErrors(spec: Pod): string[] {
  const errors = (['hostIPC', 'hostNetwork', 'hostPID'] as const).filter((field) => spec[field]).map(String);
  for (const volume of spec.volumes ?? []) {
    const type = Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
    if (!VOLUME_TYPES.includes(type)) errors.push(`volume ${String(volume.name)} is ${type}`);
  }
  for (const { name } of spec.securityContext?.sysctls ?? [])
    if (!SYSCTLS.includes(name)) errors.push(`sysctl ${name}`);
  return errors;
}

function containerErrors(container: Container, pod: SecurityContext): string[] {
  const context = container.securityContext ?? {};
  const errors = contextErrors(container.name, context);
  const rule = (holds: boolean, text: string) => (holds ? [] : [`${container.name}: ${text}`]);
  const added = context.capabilities?.add ?? [];
  errors.push(
    ...rule(context.privileged !== true, 'privileged'),
    ...rule(context.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation is not false'),
    ...rule(context.capabilities?.drop?.includes('ALL') ?? false, 'does not drop ALL capabilities'),
    ...rule(
      added.every((capability) => capability === 'NET_BIND_SERVICE'),
      `adds ${added.join(', ')}`,
    ),
    ...rule((context.runAsNonRoot ?? pod.runAsNonRoot) === true, 'runAsNonRoot is not true'),
    ...rule((context.seccompProfile ?? pod.seccompProfile) !== undefined, 'no seccomp profile'),
    ...rule((context.procMount ?? 'Default') === 'Default', `procMount ${context.procMount}`),
    ...rule(!(container.ports ?? []).some(({ hostPort }) => hostPort), 'hostPort'),
  );
  return errors;
}

/** What holds for a pod's context and a container's alike. */
function contextErrors(where: string, context: SecurityContext): string[] {
  const errors: string[] = [];
  const { seccompProfile, seLinuxOptions } = context;
  if (context.runAsUser === 0) errors.push(`${where}: runAsUser 0`);
  if (context.runAsNonRoot === false) errors.push(`${where}: runAsNonRoot false`);
  if (context.windowsOptions?.hostProcess) errors.push(`${where}: hostProcess`);
  if (seccompProfile && !['RuntimeDefault', 'Localhost'].includes(seccompProfile.type ?? '')) {
    errors.push(`${where}: seccomp profile ${seccompProfile.type}`);
  }
  if (seLinuxOptions && !SELINUX_TYPES.includes(seLinuxOptions.type ?? '')) errors.push(`${where}: SELinux type`);
  if (seLinuxOptions?.user !== undefined || seLinuxOptions?.role !== undefined)
    errors.push(`${where}: SELinux user or role`);
  return errors;
}
