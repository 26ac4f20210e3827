// What jsii does not do: it copies nothing but what it compiles, and an index loads all that it names.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';

// Shell scripts are read at run time, from beside the compiled code.
cpSync('lib', 'build/lib', { recursive: true, filter: (source) => !source.endsWith('.ts') });

// A program that imports the package uses a few of its classes: each is loaded when it is first named. `name_1.Class` in the
// getters stays as it is, as Node finds the names for `import { Class }` by that text.
const index = 'build/lib/index.js';
const compiled = readFileSync(index, 'utf-8');
const lazy = compiled.replace(
  /^var (\w+) = (require\("\.[^"]*"\));$/gm,
  'const $1 = new Proxy({}, { get: (_, name) => $2[name] });',
);
assert.ok(!/^(var|const|let) .* = require\(/m.test(lazy) && lazy !== compiled, `${index} loads something at once`);
writeFileSync(index, lazy);
