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

  const topLevel = () => readdirSync(folder).filter((name) => name.endsWith('.yaml'));

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

  // `kubectl apply -f dist/` reads no folders: what needs CRDs first, belongs to a second cluster, or begins something.
  test('writes what is not for every cluster into folders of its own, and what is begun by hand into a file each', () => {
    const folders = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('/'));
    expect(folders.filter((file) => file.endsWith('.yaml')).sort()).toEqual([
      'ark-second-cluster/ark.k8s.yaml',
      'ark/ark.k8s.yaml',
      'ark/wordpress-schedule.k8s.yaml',
      ...['ark', 'velero'].flatMap((server) =>
        ['Backup.mybackup', 'Backup.resticbackup', 'Restore.myrestore', 'Restore.mytransfer', 'Restore.newrestore'].map(
          (name) => `on-demand/${server}/${name}.k8s.yaml`,
        ),
      ),
      'postgresql-ha-alerts/postgresql-ha-alerts.k8s.yaml',
      'postgresql-ha/postgresql-ha.k8s.yaml',
      'velero-second-cluster/velero.k8s.yaml',
      'velero/velero.k8s.yaml',
      'velero/wordpress-schedule.k8s.yaml',
      'velero/wordpress.k8s.yaml',
    ]);
    for (const file of folders.filter((name) => name.startsWith('on-demand/') && name.endsWith('.yaml'))) {
      expect(read(file)).toHaveLength(1);
    }
  });

  test('writes no custom resource where its CRD may not be there yet', () => {
    const groups = topLevel()
      .flatMap(read)
      .map(({ apiVersion }) => apiVersion);
    expect(groups.filter((group) => /heptio\.com|velero\.io/.test(group))).toEqual([]);
  });

  // `kubectl apply -f dist/` takes all files at once: of two objects of one identity only the last would stay.
  test('writes every object of the whole folder once', () => {
    const all = identities(topLevel().flatMap(read));
    expect(all).toEqual([...new Set(all)]);
  });
});
