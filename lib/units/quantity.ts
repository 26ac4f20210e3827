const UNITS: { [unit: string]: bigint } = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  P: 10n ** 15n,
  E: 10n ** 18n,
};

/**
 * The bytes of a quantity, rounded up as Kubernetes does: `2Gi`, `1.5Ti`, `1e9`. Nothing if it is no quantity.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function bytes(text: string): bigint | undefined {
  const match = /^\+?(\d*)(?:\.(\d*))?(?:([KMGTPE]i|[kMGTPE]|m|u|n)|[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = '', unit, exponent] = match;
  if (whole + fraction === '') return undefined;
  let amount = BigInt(whole + fraction) * (unit === undefined ? 1n : (UNITS[unit] ?? 1n));
  let scale = fraction.length - Number(exponent ?? 0);
  if (unit === 'm') scale += 3;
  if (unit === 'u') scale += 6;
  if (unit === 'n') scale += 9;
  if (scale <= 0) return amount * 10n ** BigInt(-scale);
  const divisor = 10n ** BigInt(scale);
  if (amount % divisor !== 0n) amount += divisor;
  return amount / divisor;
}

/** One spelling for each amount: `2048Mi` is `2Gi`. What is no quantity stays as it is. */
export function canonical(text: string): string {
  const amount = bytes(text);
  if (amount === undefined) return text;
  for (const unit of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki', 'E', 'P', 'T', 'G', 'M', 'k']) {
    const size = UNITS[unit] ?? 1n;
    if (amount >= size && amount % size === 0n) return `${amount / size}${unit}`;
  }
  return String(amount);
}

/** Below, at or above zero; zero as well for what is no quantity. */
export function compareSizes(one = '', other = ''): number {
  const [left, right] = [bytes(one), bytes(other)];
  if (left === undefined || right === undefined) return 0;
  return left < right ? -1 : left > right ? 1 : 0;
}
