import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { CloudNativePgDatabase } from '../../lib';
import type { CloudNativePgDatabaseProps } from '../../lib';
import { operatorObject } from '../support/cloudnative-pg';
import { clusterProps } from '../support/cloudnative-pg-arbitraries';
import { manifestsOf, newChart } from '../support/manifests';

const RUNS = { numRuns: 50, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true };

function manifestsAt(depth: number, props: CloudNativePgDatabaseProps) {
  const chart = newChart();
  let scope: Construct = chart;
  for (let level = 0; level < depth; level++) scope = new Construct(scope, `level-${level}`);
  new CloudNativePgDatabase(scope, 'orders', props);
  return manifestsOf(chart);
}

describe('a CloudNativePgDatabase, whatever its props', () => {
  // A construct that moves must change no object: a Cluster of another name is another, empty one.
  test('writes the same wherever it stands in the tree', () => {
    const same = fc.property(clusterProps(), (props) => {
      expect(Yaml.stringify(...manifestsAt(3, props))).toBe(Yaml.stringify(...manifestsAt(0, props)));
    });
    fc.assert(same, RUNS);
  });

  test('writes no value that only TypeScript knows, six fields of cron, and stores that are there', () => {
    const whole = fc.property(clusterProps(), (props) => {
      const manifests = manifestsAt(0, props);
      const text = JSON.stringify(manifests);
      expect(text).not.toMatch(/\{"value":|undefined|"_/);
      const { spec } = operatorObject(manifests, 'Cluster');
      const plugins = [
        ...(spec.plugins ?? []),
        // A server that is imported is reached without.
        ...(spec.externalClusters ?? []).flatMap((one: { plugin?: object }) => one.plugin ?? []),
      ];
      for (const { parameters } of plugins as { parameters: { barmanObjectName: string } }[]) {
        expect(() => operatorObject(manifests, 'ObjectStore', parameters.barmanObjectName)).not.toThrow();
      }
      const schedules = manifests.filter(({ kind }) => kind === 'ScheduledBackup');
      expect(schedules).toHaveLength(props.continuousBackup ? 1 : 0);
      for (const { metadata } of schedules) {
        expect(operatorObject(manifests, 'ScheduledBackup', metadata.name).spec.schedule).toMatch(/^0( \S+){5}$/);
      }
    });
    fc.assert(whole, RUNS);
  });
});
