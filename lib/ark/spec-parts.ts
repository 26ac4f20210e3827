import type { ArkBackupHook, ArkExecHook } from './ark-hook';
import { ArkHookErrorMode, EXEC_TIMEOUT } from './ark-hook';
import type { PluginConfig } from './cloud-parts';
import { goDuration } from './go-duration';

/** The generated types have an enum of their own at each place. */
interface OnError<E> {
  readonly CONTINUE: E;
  readonly FAIL: E;
}

interface ExecSpec<E> {
  readonly exec: { container?: string; command: string[]; onError: E; timeout: string };
}

interface HookSpec<Pre, Post> {
  readonly name: string;
  readonly includedNamespaces?: string[];
  readonly excludedNamespaces?: string[];
  readonly includedResources: string[];
  readonly labelSelector?: ArkBackupHook['labelSelector'];
  readonly pre?: ExecSpec<Pre>[];
  readonly post?: ExecSpec<Post>[];
}

/** The hooks of a backup, which are the same in both groups. */
export function hooksSpec<Pre, Post>(
  hooks: ArkBackupHook[] | undefined,
  pre: OnError<Pre>,
  post: OnError<Post>,
): { resources: HookSpec<Pre, Post>[] } | undefined {
  if (!hooks || hooks.length === 0) return undefined;
  return {
    resources: hooks.map((hook) => ({
      name: hook.name,
      includedNamespaces: hook.includedNamespaces,
      excludedNamespaces: hook.excludedNamespaces,
      // The servers run hooks in pods alone.
      includedResources: ['pods'],
      labelSelector: hook.labelSelector,
      pre: hook.pre?.map((exec) => execSpec(exec, pre)),
      post: hook.post?.map((exec) => execSpec(exec, post)),
    })),
  };
}

function execSpec<E>(exec: ArkExecHook, onError: OnError<E>): ExecSpec<E> {
  return {
    exec: {
      container: exec.container,
      command: exec.command,
      onError: onErrorOf(exec.onError, onError),
      timeout: goDuration(exec.timeout ?? EXEC_TIMEOUT),
    },
  };
}

export function onErrorOf<E>(mode: ArkHookErrorMode | undefined, onError: OnError<E>): E {
  return mode === ArkHookErrorMode.CONTINUE ? onError.CONTINUE : onError.FAIL;
}

/** What a plugin reads: strings, and none that says nothing. */
export function strings(config: PluginConfig): { [key: string]: string } | undefined {
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given.map(([key, value]) => [key, String(value)])) : undefined;
}

/** A part of a spec, unless it says nothing. */
export function given<T extends object>(config: T): T | undefined {
  return Object.values(config).some((value) => value !== undefined) ? config : undefined;
}
