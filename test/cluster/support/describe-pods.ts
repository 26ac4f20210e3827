import { facts } from './cluster';

/** For tests that need containers which really run; skipped, and counted as such, where pods are only played. */
export const describePods = facts().simulated ? describe.skip : describe;

/** For tests that make many pods, which a real node could not run. */
export const describePlayed = facts().simulated ? describe : describe.skip;
