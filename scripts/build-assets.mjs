// What jsii does not do: it copies nothing but what it compiles, and an index loads all that it names.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';

// Shell scripts are read at run time, from beside the compiled code.
cpSync('lib', 'build/lib', { recursive: true, filter: (source) => !source.endsWith('.ts') });

// A program that imports the package uses a few of its classes: each is loaded when it is first named. `name_1.Class` in the
// getters stays as it is, as Node finds the names for `import { Class }` by that text.
const index = 'build/lib/index.js';
const lazy = makeLazy(index, /^(?:var|const) (\w+) = (require\("\.[^"]*"\));$/gm);
assert.ok(!/^(var|const|let) .* = require\(/m.test(lazy), `${index} loads something at once`);

// Only an app with a `dataLock` needs the guard, which loads a parser of YAML.
makeLazy('build/lib/linear-app.js', /^(?:var|const) (\w+) = (require\("\.\/guard\/[^"]*"\));$/gm);

function makeLazy(file, required) {
  const compiled = readFileSync(file, 'utf-8');
  const lazy = compiled.replace(required, 'const $1 = new Proxy({}, { get: (_, name) => $2[name] });');
  assert.ok(lazy !== compiled, `${file} has nothing to load later`);
  writeFileSync(file, lazy);
  return lazy;
}
