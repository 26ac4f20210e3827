// Proves that what `npm pack` makes is whole: in an app as `cdk8s init typescript-app` writes it, outside of this
// folder, the first program of the README type-checks and synthesizes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf-8'));
const template = 'node_modules/cdk8s-cli/templates/typescript-app';
const own = readJson('package.json');
const init = readJson(join(template, 'package.json'));

function run(cwd, command, stdout = 'inherit') {
  console.log(`$ ${command}`);
  const result = spawnSync(command, { cwd, shell: true, encoding: 'utf-8', stdio: ['ignore', stdout, 'inherit'] });
  assert.equal(result.status, 0, `'${command}' failed`);
  return result.stdout;
}

const snippet = [...readFileSync('README.md', 'utf-8').matchAll(/^```ts[^\n]*\n(.*?)^```/gms)]
  .map(([, code]) => code)
  .find((code) => code.includes('import { App'));
assert.ok(snippet, "README.md holds no ```ts block with 'import { App'");

const app = mkdtempSync(join(tmpdir(), 'cdk8s-stateful-app-'));
try {
  // Apart from `npm pack`, whose JSON the compiler's messages would spoil.
  run('.', 'npm run prepack');
  const pack = `npm pack --ignore-scripts --json --pack-destination "${app}"`;
  const [{ filename, files }] = JSON.parse(run('.', pack, 'pipe'));

  const packed = new Set(files.map(({ path }) => path));
  const filesOf = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'README.md')
      .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'));
  const built = ['lib', 'imports'].flatMap(filesOf).map((file) => `build/${file.replace(/\.ts$/, '.js')}`);
  for (const file of [...built, ...filesOf('crds')]) assert.ok(packed.has(file), `the package lacks ${file}`);

  const peers = Object.keys(own.peerDependencies);
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({
      private: true,
      // The lower bounds of the peers are what an exact version proves.
      dependencies: {
        ...Object.fromEntries(peers.map((name) => [name, own.devDependencies[name]])),
        [own.name]: `file:${filename}`,
      },
      devDependencies: Object.fromEntries(
        ['@types/node', 'ts-node', 'typescript'].map((name) => [name, init.devDependencies[name]]),
      ),
    }),
  );
  cpSync(join(template, 'tsconfig.json'), join(app, 'tsconfig.json'));
  writeFileSync(join(app, 'main.ts'), snippet);
  run(app, 'npm install --no-fund --no-audit --prefer-offline');
  run(app, 'npx ts-node main.ts');
  // What the build makes of the index must keep its names for ECMAScript modules.
  run(app, `node --input-type=module --eval "import { LinearApp } from '${own.name}'; new LinearApp()"`);

  // The guard as a command, and as a plugin of cdk8s, from the app's own node_modules.
  run(app, "npx cdk8s-stateful accept dist --baseline --because 'the first state'");
  run(app, 'npx cdk8s-stateful check dist');
  const plugin = { package: `./node_modules/${own.name}/plugin`, version: own.version, class: 'DataGuard' };
  writeFileSync(
    join(app, 'cdk8s.yaml'),
    JSON.stringify({ language: 'typescript', app: 'npx ts-node main.ts', validations: [plugin] }),
  );
  const cli = join(process.cwd(), 'node_modules/cdk8s-cli/bin/cdk8s');
  const synth = () =>
    spawnSync(process.execPath, [cli, 'synth', '--no-check-upgrade'], { cwd: app, encoding: 'utf-8', stdio: 'pipe' });
  const safe = synth();
  assert.equal(safe.status, 0, safe.stdout + safe.stderr);
  assert.ok(!readdirSync(join(app, 'dist')).includes('construct-metadata.json'), 'kubectl would fail on it');
  const lock = join(app, 'stateful.lock');
  writeFileSync(lock, readFileSync(lock, 'utf-8').replace(/size: \d+Gi/, 'size: 99Gi'));
  const refused = synth();
  assert.equal(refused.status, 2, refused.stdout + refused.stderr);
  assert.match(refused.stdout, /template-shrunk/);

  // What `kubectl apply -f node_modules/…/crds/<folder>/` reads.
  const crds = join(app, 'node_modules', own.name, 'crds');
  for (const folder of readdirSync(crds, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of readdirSync(join(crds, folder.name))) {
      const { kind, metadata } = parse(readFileSync(join(crds, folder.name, file), 'utf-8'));
      assert.equal(kind, 'CustomResourceDefinition', `${folder.name}/${file}`);
      console.log(`--- crds/${folder.name}: ${metadata.name}`);
    }
  }

  const manifests = readdirSync(join(app, 'dist')).filter((file) => file.endsWith('.yaml'));
  assert.ok(manifests.length > 0, 'the README program wrote no manifest');
  for (const file of manifests) {
    const yaml = readFileSync(join(app, 'dist', file), 'utf-8');
    assert.match(yaml, /^kind: /m, `${file} holds no object`);
    console.log(`--- ${file}\n${yaml}`);
  }
} finally {
  rmSync(app, { recursive: true, force: true });
}
