import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/dist';

const script = join(ROOT, 'scripts/import.mjs');
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cdk8s-stateful-imports-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function generate(cwd: string, output: string): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [script, output], { cwd, encoding: 'utf-8' });
}

function contents(of: string): { [file: string]: string } {
  const files = readdirSync(of).filter((file) => file !== 'README.md');
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(of, file), 'utf8')]));
}

test('imports/ is what `npm run import` writes of crds/', () => {
  expect(generate(ROOT, folder).status).toBe(0);
  const fresh = contents(folder);
  const own = contents(join(ROOT, 'imports'));
  expect(Object.keys(own)).toEqual(Object.keys(fresh));
  // Whole files would be a message of thousands of lines.
  const stale = Object.keys(fresh).filter((file) => fresh[file] !== own[file]);
  expect(stale).toEqual([]);
}, 60_000);

test('nothing of it is exported', () => {
  expect(readFileSync(join(ROOT, 'lib/index.ts'), 'utf8')).not.toContain('imports/');
});

test.each([
  ['is no CRD', 'kind: ConfigMap\napiVersion: v1\nmetadata: { name: no-crd }\n'],
  ['is empty', ''],
  ['cannot be read', ': ['],
])(
  'a file that %s leaves imports/ as it was',
  (_, text) => {
    cpSync(join(ROOT, 'crds'), join(folder, 'crds'), { recursive: true });
    writeFileSync(join(folder, 'crds/velero-1.18/extra.yaml'), text);
    const imports = join(folder, 'imports');
    mkdirSync(imports);
    const { status, stderr } = generate(folder, 'imports');
    expect(status).toBe(1);
    expect(stderr).toContain('crds/velero-1.18');
    expect(readdirSync(imports)).toEqual([]);
    expect(existsSync(join(folder, 'cdk8s.yaml'))).toBe(false);
  },
  60_000,
);
