import { Construct } from 'constructs';
import { Problems } from '../../lib/private/problems';
import { newChart } from '../support/manifests';

describe('problems', () => {
  test('throw nothing where there are none', () => {
    expect(() => new Problems().throwIfAny('Test')).not.toThrow();
  });

  test('are all thrown at once, each once', () => {
    const problems = new Problems();
    problems.add('size', 'must be more than 0', 0, 'a volume holds something');
    problems.add('name', 'must be short', 'long', 'shorten it');
    problems.add('size', 'must be more than 0', 0, 'a volume holds something');
    expect(() => problems.throwIfAny('Test')).toThrow(
      new Error(
        "Test:\n- 'size' must be more than 0, got 0: a volume holds something\n- 'name' must be short, got \"long\": shorten it",
      ),
    );
  });

  test.each([
    [undefined, 'nothing'],
    [NaN, 'NaN'],
    [-0.5, '-0.5'],
    ['', '""'],
    [['a'], '["a"]'],
    [{ a: 1 }, '{"a":1}'],
    ['x'.repeat(200), `"${'x'.repeat(119)}…`],
  ])('show the value %p', (value, shown) => {
    const problems = new Problems();
    problems.add('prop', 'must be else', value, 'why');
    expect(() => problems.throwIfAny('Test')).toThrow(new Error(`Test:\n- 'prop' must be else, got ${shown}: why`));
  });

  test('name the construct by class and path, and take it out of the tree with its children', () => {
    class Sick extends Construct {}
    const chart = newChart();
    const sick = new Sick(new Construct(chart, 'parent'), 'sick');
    new Construct(sick, 'child');
    const problems = new Problems(sick);
    problems.add('prop', 'must be else', 1, 'why');
    expect(() => problems.throwIfAny()).toThrow(
      new Error("Sick 'test/parent/sick':\n- 'prop' must be else, got 1: why"),
    );
    expect(chart.node.findAll().map(({ node }) => node.path)).toEqual(['test', 'test/parent']);
  });
});
