import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { identities } from './support/manifests';
import type { Manifest } from './support/manifests';

describe('main.ts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'main-'));
  const read = (file: string) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest);

  beforeAll(async () => {
    const before = process.env.CDK8S_OUTDIR;
    process.env.CDK8S_OUTDIR = folder;
    try {
      await import('../main');
    } finally {
      if (before === undefined) delete process.env.CDK8S_OUTDIR;
      else process.env.CDK8S_OUTDIR = before;
    }
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('writes a file for each documented scenario, by its name', () => {
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['azure-disk.k8s.yaml', 'postgresql.k8s.yaml', 'statefulset-basics.k8s.yaml']),
    );
  });

  // `kubectl apply -f dist/` takes all files at once: of two objects of one identity only the last would stay.
  test('writes every object of the whole folder once', () => {
    const all = identities(readdirSync(folder).flatMap(read));
    expect(all).toEqual([...new Set(all)]);
  });
});
