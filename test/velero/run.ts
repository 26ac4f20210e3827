import { join } from 'node:path';
import { runSuite } from '../cluster/support/run-suite';
import { letRestoresGo } from './support/velero';

/** npm run test:velero [-- what jest takes] */
runSuite('test:velero', join(__dirname, 'jest.config.mjs'), letRestoresGo);
