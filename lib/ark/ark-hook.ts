import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { checkDnsLabel, checkSeconds } from '../private/names';
import type { Problems } from '../private/problems';

/**
 * What a failed hook does to its backup.
 */
export enum ArkHookErrorMode {
  /** The pod is not backed up, and the backup has failed in part. */
  FAIL = 'Fail',

  /** The pod is backed up as if nothing had been. **The backup then looks as if it were consistent.** */
  CONTINUE = 'Continue',
}

/**
 * A command that is run in a container before or after its pod is backed up. Each is a session of its own: what ends with a session, such as
 * a table lock, is over before the copy begins.
 *
 * @see https://velero.io/docs/v1.18/backup-hooks/
 */
export interface ArkExecHook {
  /** The command and its arguments; no shell reads them. */
  readonly command: string[];

  /**
   * The container.
   *
   * @default - the pod's first
   */
  readonly container?: string;

  /**
   * What a failure does.
   *
   * @default ArkHookErrorMode.FAIL
   */
  readonly onError?: ArkHookErrorMode;

  /**
   * How long the command may take. What takes longer has failed, and goes on running in the pod.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;
}

/**
 * Commands that are run in pods before and after they are backed up.
 */
export interface ArkBackupHook {
  /** Name of the hook, for logs. */
  readonly name: string;

  /**
   * Namespaces of the pods.
   *
   * @default - all of the backup
   */
  readonly includedNamespaces?: string[];

  /**
   * Namespaces without.
   *
   * @default - none
   */
  readonly excludedNamespaces?: string[];

  /**
   * Labels of the pods.
   *
   * @default - all pods
   */
  readonly labelSelector?: k8s.LabelSelector;

  /**
   * Before a pod is backed up, one after the other.
   *
   * @default - none
   */
  readonly pre?: ArkExecHook[];

  /**
   * After a pod is backed up.
   *
   * @default - none
   */
  readonly post?: ArkExecHook[];
}

/**
 * A command that is run in a container after its pod is restored. Velero only.
 *
 * @see https://velero.io/docs/v1.18/restore-hooks/
 */
export interface ArkRestoreExec {
  /** The command and its arguments; no shell reads them. */
  readonly command: string[];

  /**
   * The container.
   *
   * @default - the pod's first
   */
  readonly container?: string;

  /**
   * What a failure does.
   *
   * @default ArkHookErrorMode.FAIL
   */
  readonly onError?: ArkHookErrorMode;

  /**
   * How long the command may take.
   *
   * @default Duration.seconds(30)
   */
  readonly execTimeout?: Duration;

  /**
   * How long the container may take to be running, or ready.
   *
   * @default - no limit
   */
  readonly waitTimeout?: Duration;

  /**
   * Whether to wait until the container is ready rather than running. Velero 1.13 and later.
   *
   * @default false
   */
  readonly waitForReady?: boolean;
}

/**
 * Commands that are run in pods after they are restored. Velero only.
 */
export interface ArkRestoreHook {
  /** Name of the hook, for logs. */
  readonly name: string;

  /**
   * Namespaces of the pods, by their names in the backup; `namespaceMapping` is heeded.
   *
   * @default - all of the restore
   */
  readonly includedNamespaces?: string[];

  /**
   * Labels of the pods.
   *
   * @default - all pods
   */
  readonly labelSelector?: k8s.LabelSelector;

  /** The commands, one after the other. */
  readonly exec: ArkRestoreExec[];
}

/** The servers' own default is no less, but is not the same in all. */
export const EXEC_TIMEOUT = Duration.seconds(30);

export function checkBackupHooks(problems: Problems, prop: string, hooks: ArkBackupHook[] = []): void {
  hooks.forEach((hook, index) => {
    const { pre = [], post = [] } = hook;
    if (pre.length + post.length === 0) {
      problems.add(`${prop}[${index}]`, 'must have a command', hook.name, "write pre: [{ command: ['sync'] }]");
    }
    pre.forEach((exec, i) => checkExec(problems, `${prop}[${index}].pre[${i}]`, exec));
    post.forEach((exec, i) => checkExec(problems, `${prop}[${index}].post[${i}]`, exec));
  });
}

export function checkRestoreHooks(problems: Problems, prop: string, hooks: ArkRestoreHook[] = []): void {
  hooks.forEach(({ exec, name }, index) => {
    if (exec.length === 0) {
      problems.add(`${prop}[${index}].exec`, 'must have a command', name, "write [{ command: ['sync'] }]");
    }
    exec.forEach((one, i) => {
      const path = `${prop}[${index}].exec[${i}]`;
      checkExec(problems, path, { ...one, timeout: one.execTimeout }, 'execTimeout');
      if (one.waitTimeout)
        checkSeconds(problems, `${path}.waitTimeout`, one.waitTimeout, 1, 'write Duration.minutes(10)');
    });
  });
}

function checkExec(problems: Problems, prop: string, exec: ArkExecHook, timeoutProp = 'timeout'): void {
  if (exec.command.length === 0 || exec.command[0] === '') {
    problems.add(`${prop}.command`, 'must name a program', exec.command, "write ['sh', '-c', 'sync']");
  }
  if (exec.container !== undefined) checkDnsLabel(problems, `${prop}.container`, exec.container);
  if (exec.timeout) {
    const wayOut = 'the server takes none for 30 seconds; write Duration.minutes(5)';
    checkSeconds(problems, `${prop}.${timeoutProp}`, exec.timeout, 1, wayOut);
  }
}
