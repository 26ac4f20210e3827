import { bytes } from '../units/quantity';

/**
 * A name as a word of a shell. Names come from YAML that anybody wrote: one that no server accepts is not printed, as it could
 * hold commands.
 */
export function word(name: string): string {
  return /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name) ? name : 'NOT-A-NAME';
}

export function quantityWord(size: string): string {
  return bytes(size) !== undefined ? size : 'NOT-A-SIZE';
}

/** One line that a shell passes over, whatever stands in it. */
export function comment(text: string): string {
  return `# ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`;
}

/** A command in the object's namespace, or without one in the context's. */
export function kubectl(namespace: string, command: string): string {
  return `kubectl${namespace === '' ? '' : ` --namespace=${word(namespace)}`} ${command}`;
}

/** A merge patch as one word of a shell, of values that are words. The variable `$member` counts in it. */
export function patch(value: unknown): string {
  const json = JSON.stringify(value).replaceAll("'", `'\\''`);
  return `--type=merge --patch='${json.replaceAll('$member', `'$member'`)}'`;
}
