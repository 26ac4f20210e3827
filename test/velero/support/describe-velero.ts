import { facts } from '../../cluster/support/cluster';
import { STORAGE_KEY } from '../../cluster/support/jobs';
import { describeReal } from '../../support/backup/programs';

/** For tests of a real Velero: they need pods that really run, and a blob store that these reach. */
export function describeVelero(name: string, tests: () => void): void {
  if (facts().simulated || STORAGE_KEY === '') describe.skip(name, tests);
  else describeReal(name, ['velero'], tests);
}
