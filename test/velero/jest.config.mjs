import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const { jest } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

/** As the cluster's suite, with a Velero on it: see docs/testing.md. */
export default {
  ...jest,
  rootDir: root.pathname,
  testMatch: ['<rootDir>/test/velero/**/*.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
};
