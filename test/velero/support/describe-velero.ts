import { facts } from '../../cluster/support/cluster';
import { STORAGE_KEY } from '../../cluster/support/jobs';
import { describeReal } from '../../support/backup/programs';
import { HOST } from './stores';

/** For tests of a real Velero: they need pods that really run, and a blob store that these reach. */
export function describeVelero(name: string, tests: () => void): void {
  if (facts().simulated || STORAGE_KEY === '') describe.skip(name, tests);
  else describeReal(name, ['velero'], tests);
}

/** For tests of clouds, whose stores run on this machine: pods must reach it. */
export function describeClouds(name: string, tests: () => void): void {
  if (facts().simulated || HOST === '') describe.skip(name, tests);
  else describeReal(name, ['velero', 'versitygw', 'rclone', 'fake-gcs-server'], tests);
}
