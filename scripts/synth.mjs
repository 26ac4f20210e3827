// `cdk8s synth` empties dist/ before it starts, so that a failing app leaves nothing to deploy.
// Synthesizes beside dist/ and swaps only what is complete.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [dist, fresh, old] = ['dist', '.dist-new', '.dist-old'];
const cli = join(createRequire(import.meta.url).resolve('cdk8s-cli/package.json'), '../bin/cdk8s');

const remove = (folder) => rmSync(folder, { recursive: true, force: true });

function fail(code, reason) {
  remove(fresh);
  console.error(`${reason}: ${dist}/ is as it was.`);
  process.exit(code);
}

// A run that was killed between the two renames left the only complete output here.
if (existsSync(old) && !existsSync(dist)) renameSync(old, dist);
remove(old);

const { status } = spawnSync(process.execPath, [cli, 'synth', '--output', fresh, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
});
if (status !== 0) fail(status ?? 1, 'Synthesis failed');

// The CLI exits with 0 for an app that wrote nothing.
const files = readdirSync(fresh, { recursive: true }).filter((file) => file.endsWith('.yaml'));
if (files.length === 0) fail(1, 'Synthesis wrote no manifest');

if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
remove(old);
console.log(`${dist}/ holds ${files.length} manifests.`);
