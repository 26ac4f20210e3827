/** `90m`, `24h`, `7d`; several together, as Velero writes them: `720h0m0s`. */
export const DURATION = /^(?:\d+[smhdwy])+$/;

const HOURS: { readonly [unit: string]: number } = { s: 1 / 3600, m: 1 / 60, h: 1, d: 24, w: 168, y: 8760 };

/** The hours of a duration, also of one that stands in a longer text; nothing if there is none. */
export function hoursOf(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+)([smhdwy])/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (HOURS[unit] ?? 0), 0);
}

/** Hours as people say them: `5 min`, `1 h`, `14 days`. */
export function spoken(hours: number): string {
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  if (hours < 48) return `${trimmed(hours)} h`;
  return `${trimmed(hours / 24)} days`;
}

function trimmed(number: number): string {
  return String(Math.round(number * 10) / 10);
}
