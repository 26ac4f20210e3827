import type { Duration } from 'cdk8s';

/**
 * A duration as Go itself writes it, `720h0m0s`: the servers write their objects back in this form, and with any other
 * `kubectl diff` would see a change for ever. It has no days.
 */
export function goDuration(duration: Duration): string {
  const seconds = duration.toMilliseconds() / 1000;
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}

/** The shortest form, for what is only read: `20m`. */
export function shortDuration(duration: Duration): string {
  return goDuration(duration)
    .replace(/(?<=\D)0s$/, '')
    .replace(/(?<=\D)0m$/, '');
}
