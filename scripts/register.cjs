// Runs TypeScript without a look at its types, which `npm test` checks: `node --require ./scripts/register.cjs main.ts`. ts-node
// would load the compiler for that, which takes longer than all of main.ts.
const { transformFileSync } = require('@swc/core');

const options = {
  swcrc: false,
  sourceMaps: 'inline',
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
};

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
