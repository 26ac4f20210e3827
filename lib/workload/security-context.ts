import type { k8s } from 'cdk8s-plus-27';
import { checkInteger, checkOneOf } from '../private/names';
import type { Problems } from '../private/problems';

/**
 * All of Linux 6.
 *
 * @see https://man7.org/linux/man-pages/man7/capabilities.7.html
 */
const CAPABILITIES = [
  'AUDIT_CONTROL',
  'AUDIT_READ',
  'AUDIT_WRITE',
  'BLOCK_SUSPEND',
  'BPF',
  'CHECKPOINT_RESTORE',
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'IPC_LOCK',
  'IPC_OWNER',
  'KILL',
  'LEASE',
  'LINUX_IMMUTABLE',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'MKNOD',
  'NET_ADMIN',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_RAW',
  'PERFMON',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_CHROOT',
  'SYS_MODULE',
  'SYS_NICE',
  'SYS_PACCT',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'WAKE_ALARM',
];
const ALL = 'ALL';

const MOST_ID = 2147483647;

/**
 * A container's security context: hardened, but for what the container was given, and for what follows from that.
 */
export function hardened(given: k8s.SecurityContext = {}): k8s.SecurityContext {
  // An explicit `undefined` says nothing, and must not take a default away.
  const own = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as k8s.SecurityContext;
  const add = own.capabilities?.add ?? [];
  const hasAll = own.privileged === true || add.includes(ALL);
  // A runtime first adds ALL and then drops ALL: the container would have none. To a privileged one it gives all.
  const drop = own.capabilities?.drop ?? (hasAll ? undefined : [ALL]);
  const capabilities = { ...(add.length > 0 && { add }), ...(drop && { drop }) };
  return {
    // The server refuses false beside these.
    ...(!hasAll && !add.includes('SYS_ADMIN') && { allowPrivilegeEscalation: false }),
    readOnlyRootFilesystem: true,
    // The pod asks the kubelet to refuse root.
    ...(own.runAsUser === 0 && { runAsNonRoot: false }),
    ...own,
    ...(Object.keys(capabilities).length > 0 && { capabilities }),
  };
}

/** Refuses what the runtime passes over in silence, what contradicts itself, and what no server of a set refuses before 1.37. */
export function checkSecurityContext(problems: Problems, prop: string, given: k8s.SecurityContext = {}): void {
  checkCapabilities(problems, `${prop}.capabilities`, given);
  checkPrivileged(problems, prop, given);
  checkIds(problems, prop, given);
  checkSeccompProfile(problems, `${prop}.seccompProfile`, given.seccompProfile);
  if (given.procMount !== undefined && given.procMount !== 'Default') {
    const wayOut = 'any other needs a pod in a user namespace of its own; set both by apiObject';
    problems.add(`${prop}.procMount`, "must be 'Default'", given.procMount, wayOut);
  }
  if (given.windowsOptions) {
    const wayOut = 'the pods here are for Linux, where the kubelet ignores it; leave it out';
    problems.add(`${prop}.windowsOptions`, 'must be left out', given.windowsOptions, wayOut);
  }
}

function checkCapabilities(
  problems: Problems,
  prop: string,
  { capabilities = {}, privileged }: k8s.SecurityContext,
): void {
  const { add = [], drop = [] } = capabilities;
  for (const [list, names] of Object.entries({ add, drop })) {
    for (const name of names) {
      if (CAPABILITIES.includes(name) || name === ALL) continue;
      const meant = name.toUpperCase().replace(/^CAP_/, '');
      const known = CAPABILITIES.includes(meant) || meant === ALL;
      const wayOut = known ? `write '${meant}'` : "write it as in 'NET_BIND_SERVICE', without 'CAP_'";
      problems.add(
        `${prop}.${list}`,
        'must have names of Linux capabilities',
        name,
        `with another spelling a runtime may ignore it without a word; ${wayOut}`,
      );
    }
  }
  for (const name of add.filter((one) => drop.includes(one))) {
    problems.add(
      prop,
      'must not add and drop the same',
      name,
      'the runtime would drop it; leave it out of one of them',
    );
  }
  if (privileged && drop.length > 0) {
    const wayOut = 'the runtime gives all of them to a privileged container; leave one of the two out';
    problems.add(`${prop}.drop`, 'must be left out with privileged', drop, wayOut);
  }
}

function checkPrivileged(problems: Problems, prop: string, given: k8s.SecurityContext): void {
  if (!given.privileged) return;
  if (given.allowPrivilegeEscalation === false) {
    const wayOut = 'a privileged container has every privilege, and the server refuses it; leave one of the two out';
    problems.add(`${prop}.allowPrivilegeEscalation`, 'must not be false with privileged', false, wayOut);
  }
  const { type } = given.seccompProfile ?? {};
  if (type !== undefined && type !== 'Unconfined') {
    const wayOut = 'the runtime applies no profile to a privileged container; leave one of the two out';
    problems.add(`${prop}.seccompProfile`, 'must be left out with privileged', type, wayOut);
  }
}

function checkIds(
  problems: Problems,
  prop: string,
  { runAsUser, runAsGroup, runAsNonRoot }: k8s.SecurityContext,
): void {
  const wayOut = 'write the number of the id in the image';
  if (runAsUser !== undefined) checkInteger(problems, `${prop}.runAsUser`, runAsUser, 0, MOST_ID, wayOut);
  if (runAsGroup !== undefined) checkInteger(problems, `${prop}.runAsGroup`, runAsGroup, 0, MOST_ID, wayOut);
  if (runAsUser === 0 && runAsNonRoot) {
    const reason = 'the kubelet refuses to start a container that is root and must not be; leave it out';
    problems.add(`${prop}.runAsNonRoot`, 'must not be true with runAsUser 0', true, reason);
  }
}

function checkSeccompProfile(problems: Problems, prop: string, profile?: k8s.SeccompProfile): void {
  if (!profile) return;
  const { type, localhostProfile } = profile;
  checkOneOf(problems, `${prop}.type`, type, ['RuntimeDefault', 'Unconfined', 'Localhost'], "write 'RuntimeDefault'");
  if (
    type === 'Localhost' &&
    (localhostProfile === undefined || !/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/.test(localhostProfile))
  ) {
    const wayOut = "it is a file below the kubelet's folder of profiles on each node; write 'profiles/server.json'";
    problems.add(`${prop}.localhostProfile`, "must be a relative path with type 'Localhost'", localhostProfile, wayOut);
  }
  if (type !== 'Localhost' && localhostProfile !== undefined) {
    const wayOut = "it would not be used; write type: 'Localhost', or leave it out";
    problems.add(`${prop}.localhostProfile`, `must be left out with type '${type}'`, localhostProfile, wayOut);
  }
}
