import type { Chart } from 'cdk8s';
import { newChart } from './manifests';

/**
 * Expects an error with exactly this text, and that it leaves nothing half-made: no object, and no construct that would keep
 * the same id from being used again.
 */
export function expectRefused(chart: Chart, make: () => unknown, subject: string, ...problems: string[]): void {
  const constructs = () => chart.node.findAll().map(({ node }) => node.path);
  const before = { constructs: constructs(), objects: chart.toJson() as unknown[] };
  expect(make).toThrow(new Error(`${subject}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`));
  expect({ constructs: constructs(), objects: chart.toJson() as unknown[] }).toEqual(before);
}

/** The same for what needs nothing in the chart beforehand. */
export function expectRefusedAlone(make: (chart: Chart) => unknown, subject: string, ...problems: string[]): void {
  const chart = newChart();
  expectRefused(chart, () => make(chart), subject, ...problems);
  expect(chart.toJson()).toEqual([]);
}
