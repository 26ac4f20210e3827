// The command cdk8s-stateful out of lib/, without a build: `npm run guard -- check dist`.
require('./register.cjs');
require('../lib/guard/process').main();
