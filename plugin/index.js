// What cdk8s.yaml names as a validation: `package: ./node_modules/cdk8s-stateful/plugin`, `class: DataGuard`.
const { DataGuard } = require('../build/lib/guard/data-guard');

module.exports = { DataGuard };
