// Backups on real servers and a real rclone: `npm run test:backup`. One after the other, as each starts servers.
import { readFileSync } from 'node:fs';

const { jest } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

export default {
  rootDir: '../..',
  roots: ['<rootDir>/test/real-backup'],
  testMatch: ['**/*.test.ts'],
  moduleFileExtensions: jest.moduleFileExtensions,
  modulePathIgnorePatterns: jest.modulePathIgnorePatterns,
  transform: jest.transform,
  maxWorkers: 1,
  testTimeout: 300_000,
};
