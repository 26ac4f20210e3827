const { join, relative } = require('node:path');

const root = join(__dirname, '..');
const tests = join(root, 'test');
const snapshots = join(root, '__snapshots__');

module.exports = {
  resolveSnapshotPath: (test, extension) => join(snapshots, relative(tests, test) + extension),
  resolveTestPath: (snapshot, extension) => join(tests, relative(snapshots, snapshot).slice(0, -extension.length)),
  testPathForConsistencyCheck: join(tests, 'scenarios', 'example.test.ts'),
};
