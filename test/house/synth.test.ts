import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '../../scripts/synth.mjs');
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'cdk8s-stateful-synth-'));
  mkdirSync(join(project, 'dist/ark'), { recursive: true });
  writeFileSync(join(project, 'dist/before.k8s.yaml'), 'kind: Before\n');
  writeFileSync(join(project, 'dist/ark/before.k8s.yaml'), 'kind: Before\n');
  writeFileSync(join(project, 'mine.txt'), 'mine\n');
});

afterEach(() => {
  rmSync(project, { recursive: true });
});

/** Runs the script, with the real CLI, on an app of these statements; `out` is the folder that the CLI asks for. */
function synth(...statements: string[]): { status: number | null; stderr: string } {
  const head = ["const fs = require('node:fs');", 'const out = process.env.CDK8S_OUTDIR;'];
  writeFileSync(join(project, 'app.cjs'), [...head, ...statements].join('\n'));
  writeFileSync(join(project, 'cdk8s.yaml'), 'language: typescript\napp: node app.cjs\noutput: dist\n');
  return spawnSync(process.execPath, [script], { cwd: project, encoding: 'utf-8' });
}

function files(): string[] {
  const apps = ['app.cjs', 'cdk8s.yaml'];
  return readdirSync(project, { recursive: true, encoding: 'utf-8' })
    .filter((file) => !apps.includes(file))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

const untouched = ['dist', 'dist/ark', 'dist/ark/before.k8s.yaml', 'dist/before.k8s.yaml', 'mine.txt'];
const write = (file: string): string => `fs.writeFileSync(out + '/${file}', 'kind: After\\n');`;

test('a complete synthesis replaces all of dist/ and nothing beside it', () => {
  expect(synth('fs.mkdirSync(out);', write('after.k8s.yaml')).status).toBe(0);
  expect(files()).toEqual(['dist', 'dist/after.k8s.yaml', 'mine.txt']);
  expect(readFileSync(join(project, 'dist/after.k8s.yaml'), 'utf-8')).toBe('kind: After\n');
});

test('a first synthesis needs no dist/', () => {
  rmSync(join(project, 'dist'), { recursive: true });
  expect(synth('fs.mkdirSync(out);', write('after.k8s.yaml')).status).toBe(0);
  expect(files()).toEqual(['dist', 'dist/after.k8s.yaml', 'mine.txt']);
});

test.each([
  ['throws before it writes', ["throw new Error('broken');"]],
  ['throws halfway', ['fs.mkdirSync(out);', write('after.k8s.yaml'), "throw new Error('broken');"]],
  ['writes no folder', []],
  ['writes no manifest', ['fs.mkdirSync(out);']],
])('an app that %s leaves dist/ as it was', (_, statements) => {
  const { status, stderr } = synth(...statements);
  expect(status).toBe(1);
  expect(stderr).toContain('dist/ is as it was.');
  expect(files()).toEqual(untouched);
  expect(readFileSync(join(project, 'dist/before.k8s.yaml'), 'utf-8')).toBe('kind: Before\n');
});

test('a run that was killed between its two renames loses nothing', () => {
  mkdirSync(join(project, '.dist-old'));
  writeFileSync(join(project, '.dist-old/before.k8s.yaml'), 'kind: Before\n');
  rmSync(join(project, 'dist'), { recursive: true });
  expect(synth("throw new Error('broken');").status).toBe(1);
  expect(files()).toEqual(['dist', 'dist/before.k8s.yaml', 'mine.txt']);
});
