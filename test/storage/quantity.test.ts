import { Size } from 'cdk8s';
import { Problems } from '../../lib/private/problems';
import { checkSize, quantity } from '../../lib/storage/quantity';

describe('a size', () => {
  test.each([
    [Size.kibibytes(1), '1Ki'],
    [Size.kibibytes(1023), '1023Ki'],
    [Size.mebibytes(1), '1Mi'],
    [Size.mebibytes(1536), '1536Mi'],
    [Size.gibibytes(0.5), '512Mi'],
    [Size.gibibytes(32), '32Gi'],
    [Size.gibibytes(1024), '1Ti'],
    [Size.tebibytes(3), '3Ti'],
    [Size.pebibyte(2048), '2048Pi'],
  ])('is written in the largest unit that divides it: %s', (size, text) => {
    expect(quantity(size).value).toBe(text);
  });

  test.each([
    [Size.gibibytes(0), '0Gi'],
    [Size.kibibytes(1.5), '1.5Ki'],
    [Size.kibibytes(NaN), 'NaNKi'],
    [Size.pebibyte(Infinity), 'InfinityPi'],
  ])('that no volume can have is refused: %s', (size, shown) => {
    const problems = new Problems();
    checkSize(problems, 'size', size);
    expect(() => problems.throwIfAny('Test')).toThrow(
      new Error(
        `Test:\n- 'size' must be a whole number of KiB above 0, got "${shown}": write it as Size.gibibytes(32)`,
      ),
    );
  });
});
