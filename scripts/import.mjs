// Writes the TypeScript of crds/ into imports/, or into the folder that is named, as `cdk8s import` generates it.
// cdk8s.yaml has no `imports:`: the CLI writes a file a group, so of ten files with one CRD each only the last would be left.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Of Velero the newest: objects for an older one are tested against its own CRDs.
const groups = { 'ark.heptio.com': 'crds/ark-0.10', 'velero.io': 'crds/velero-1.18' };

const [output = 'imports'] = process.argv.slice(2);
const cli = join(createRequire(import.meta.url).resolve('cdk8s-cli/package.json'), '../bin/cdk8s');

const staging = mkdtempSync(join(tmpdir(), 'cdk8s-stateful-import-'));
process.on('exit', () => rmSync(staging, { recursive: true }));

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

function generate(group, folder) {
  const source = join(staging, `${group}.yaml`);
  const fresh = join(staging, group);
  const files = readdirSync(folder).sort();
  writeFileSync(source, files.map((file) => `---\n${readFileSync(join(folder, file), 'utf-8')}`).join(''));
  const args = ['import', source, '--language', 'typescript', '--output', fresh, '--no-save', '--no-check-upgrade'];
  const { status } = spawnSync(process.execPath, [cli, ...args], { stdio: 'inherit' });
  if (status !== 0) fail(`cdk8s import of ${folder} failed`);
  // The CLI exits with 0 for a file that it understood nothing of.
  const written = existsSync(fresh) ? readdirSync(fresh) : [];
  if (written.join() !== `${group}.ts`) fail(`cdk8s import of ${folder} wrote ${written.join(', ') || 'nothing'}`);
  const code = readFileSync(join(fresh, `${group}.ts`), 'utf-8');
  const classes = code.match(/^export class \w+ extends ApiObject /gm) ?? [];
  if (classes.length !== files.length)
    fail(`${folder} has ${files.length} files, ${group}.ts ${classes.length} classes`);
  return [join(output, `${group}.ts`), code];
}

// Nothing is written before all is there.
const generated = Object.entries(groups).map(([group, folder]) => generate(group, folder));
for (const [file, code] of generated) writeFileSync(file, code);
