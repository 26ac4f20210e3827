import { join } from 'node:path';
import { runSuite } from './support/run-suite';

/** npm run test:cluster [-- what jest takes] */
runSuite('test:cluster', join(__dirname, 'jest.config.mjs'));
