import fc from 'fast-check';
import { whyEbsWaits, whyPersistentDiskWaits } from '../support/drivers';
import type { Claim } from '../support/drivers';
import { find, manifestsOf, newChart } from '../support/manifests';
import { awsCase, buildStorageClass, gcpCase, isTaken, storageClassCase } from '../support/storage-arbitraries';
import type { StorageClassCase } from '../support/storage-arbitraries';

const RUNS = { numRuns: 500, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true };

/** A claim of the least size that the class says it makes, or of more. */
function claimOf(given: StorageClassCase, more: number): Claim {
  const chart = newChart();
  const { minimumSize } = buildStorageClass(chart, given);
  const parameters = { ...find(manifestsOf(chart), 'StorageClass', 'class').parameters };
  const { zones } = given.props as { zones?: string[] };
  return { parameters, zones, gibibytes: (minimumSize?.toGibibytes() ?? 1) + more };
}

describe.each<[string, fc.Arbitrary<StorageClassCase>, (claim: Claim) => string | undefined]>([
  ['EBS', awsCase(), whyEbsWaits],
  ['persistent disks', gcpCase(), whyPersistentDiskWaits],
])('a class of %s that is taken', (_, given, whyItWaits) => {
  // The API server takes any class; its claims are what waits.
  test('is one whose claims get a volume, of its least size and of more', () => {
    fc.assert(
      fc.property(given.filter(isTaken), fc.nat({ max: 300 }), (props, more) => {
        expect(whyItWaits(claimOf(props, 0))).toBeUndefined();
        expect(whyItWaits(claimOf(props, more))).toBeUndefined();
      }),
      RUNS,
    );
  });
});

test('a class says what is wrong, or is made, whatever its props', () => {
  fc.assert(
    fc.property(storageClassCase(), (given) => {
      const chart = newChart();
      try {
        buildStorageClass(chart, given);
      } catch (error) {
        expect((error as Error).message).toMatch(/StorageClass 'test\/class':\n- '/);
        expect(chart.node.children).toEqual([]);
      }
    }),
    RUNS,
  );
});
