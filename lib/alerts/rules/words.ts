/** Seconds as people say them. */
export function inWords(seconds: number): string {
  const units: [number, string][] = [
    [86400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
  ];
  const [size, unit] = units.find(([one]) => seconds >= 2 * one) ?? [1, 'seconds'];
  return `${Math.round((seconds / size) * 10) / 10} ${unit}`;
}
