import { selects } from './label-selector';
import type { LabelSelector } from './label-selector';

const LABELS = { app: 'db', tier: 'back' };

describe('a label selector', () => {
  test.each<[string, LabelSelector, boolean]>([
    ['that is empty', {}, true],
    ['with labels that are all there', { matchLabels: { app: 'db', tier: 'back' } }, true],
    ['with one that is another', { matchLabels: { app: 'db', tier: 'front' } }, false],
    ['with one that is not there', { matchLabels: { env: 'prod' } }, false],
    ['In a list with its value', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] }, true],
    ['In a list without it', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, false],
    ['In, of a label that is not there', { matchExpressions: [{ key: 'env', operator: 'In', values: ['x'] }] }, false],
    ['NotIn a list with its value', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] }, false],
    ['NotIn a list without it', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, true],
    ['NotIn, of one not there', { matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['x'] }] }, true],
    ['Exists, of one that is there', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    ['Exists, of one that is not', { matchExpressions: [{ key: 'env', operator: 'Exists' }] }, false],
    ['DoesNotExist, of one that is there', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    ['DoesNotExist, of one that is not', { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] }, true],
    [
      'of which only the labels fit',
      { matchLabels: { app: 'db' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
      false,
    ],
    [
      'of which only the expressions fit',
      { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      false,
    ],
    [
      'of which one expression fits',
      {
        matchExpressions: [
          { key: 'app', operator: 'Exists' },
          { key: 'env', operator: 'Exists' },
        ],
      },
      false,
    ],
  ])('%s', (_, selector, expected) => {
    expect(selects(selector, LABELS)).toBe(expected);
  });

  test('has no other operator', () => {
    const selector = { matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] };
    expect(() => selects(selector, LABELS)).toThrow("no label selector has the operator 'Gt'");
  });
});
