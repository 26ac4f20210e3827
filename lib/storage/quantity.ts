import { SizeRoundingBehavior } from 'cdk8s';
import type { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';

const UNITS = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** A size as Kubernetes writes it, in the largest unit that divides it: `32Gi`, `1536Mi`. */
export function quantity(size: Size): k8s.Quantity {
  let amount = kibibytes(size);
  let unit = 0;
  while (unit < UNITS.length - 1 && amount >= 1024 && amount % 1024 === 0) {
    amount /= 1024;
    unit++;
  }
  return k8s.Quantity.fromString(`${amount}${UNITS[unit]}`);
}

export function kibibytes(size: Size): number {
  return size.toKibibytes({ rounding: SizeRoundingBehavior.NONE });
}

export function checkSize(problems: Problems, prop: string, size: Size): void {
  const amount = kibibytes(size);
  if (Number.isSafeInteger(amount) && amount > 0) return;
  problems.add(prop, 'must be a whole number of KiB above 0', size.asString(), 'write it as Size.gibibytes(32)');
}
