import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../support/dist';
import type { Manifest } from '../support/manifests';
import { describeShell, Sandbox } from '../support/shell';

/*
 * What restarts a database must be decided, and not happen. So the pods of all that runs on, in all of dist/, are pinned in a file of their
 * own, beside the snapshots, which are renewed with each change. UPDATE_POD_TEMPLATES=1 renews it: whoever does restarts the pods of users,
 * and says so in the changelog.
 */
const FIXTURE = join(__dirname, 'pod-templates.json');

function read(folder: string): Manifest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as Manifest);
}

/** What may hold a pod template. */
interface Runs extends Manifest {
  readonly spec?: {
    readonly template?: unknown;
    readonly jobTemplate?: { readonly spec: { readonly template: unknown } };
  };
}

/** By kind, namespace and name; of what stands in several folders, the last. */
function templatesOf(manifests: Manifest[]): { [name: string]: unknown } {
  const entries = manifests.flatMap(({ kind, metadata, spec }: Runs) => {
    const template = kind === 'Pod' ? spec : (spec?.jobTemplate?.spec.template ?? spec?.template);
    const runs = ['Pod', 'StatefulSet', 'Deployment', 'DaemonSet', 'CronJob'].includes(kind);
    return runs ? [[`${kind} ${metadata.namespace ?? 'default'}/${metadata.name}`, template] as const] : [];
  });
  return Object.fromEntries(entries);
}

const isScript = (file: string): boolean => /\.(sh|sql|awk|js)$/.test(file);

describe('an upgrade of this library', () => {
  let copy: string;
  let scripts: string[];

  /** A copy of all that synthesizes, with a comment more at both ends of each script. */
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'upgrade-'));
    for (const part of ['lib', 'imports', 'scenarios', 'scripts', 'main.ts', 'package.json', 'tsconfig.json'])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    scripts = readdirSync(join(copy, 'lib'), { recursive: true, encoding: 'utf8' }).filter(isScript);
    for (const script of scripts) {
      const file = join(copy, 'lib', script);
      const mark = script.endsWith('.sql') ? '--' : script.endsWith('.js') ? '//' : '#';
      writeFileSync(file, `${mark} edited ${script}\n${readFileSync(file, 'utf8')}`);
      appendFileSync(file, `${mark} to its end\n`);
    }
    const { status, stderr } = spawnSync(process.execPath, ['--require', './scripts/register.cjs', 'main.ts'], {
      cwd: copy,
      env: { ...process.env, CDK8S_OUTDIR: join(copy, 'dist') },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 60_000);

  afterAll(() => rmSync(copy, { recursive: true }));

  test('restarts no pod, whatever it changes in its scripts', () => {
    if (process.env.UPDATE_POD_TEMPLATES !== undefined) {
      writeFileSync(FIXTURE, `${JSON.stringify(templatesOf(read(join(ROOT, 'dist'))), undefined, 1)}\n`);
    }
    const pinned = JSON.parse(readFileSync(FIXTURE, 'utf8')) as unknown;
    expect(Object.keys(pinned as object).length).toBeGreaterThan(20);
    expect(templatesOf(read(join(copy, 'dist')))).toEqual(pinned);
    expect(templatesOf(read(join(ROOT, 'dist')))).toEqual(pinned);
  });

  test('changes the ConfigMaps, and nothing else', () => {
    const others = (folder: string) => read(join(folder, 'dist')).filter(({ kind }) => kind !== 'ConfigMap');
    expect(others(copy)).toEqual(others(ROOT));
    const texts = JSON.stringify(read(join(copy, 'dist')).filter(({ kind }) => kind === 'ConfigMap'));
    // The scenarios have no checkpoint of PostgreSQL, say; but what runs in any of them is edited.
    const used = scripts.filter((script) => texts.includes(` edited ${script}\\n`));
    expect(used).toEqual(
      expect.arrayContaining([
        'backup/scripts/upload.sh',
        'database/mariadb/initialize.sh',
        'database/mariadb/volume-backup/volume-login.sh',
        'database/mongo/initiate.js',
        'database/postgres/backup/dump.sql',
        'database/postgres/initialize.sh',
        'database/scripts/lib.sh',
        'database/scripts/volume-load.sh',
      ]),
    );
  });

  // Pods of an older template (OnDelete, a partition, a rollback) run the scripts of today.
  describeShell('the pinned init container of', () => {
    const box = new Sandbox();
    afterAll(() => box.remove());

    test.each(['default/postgresql', 'wp/myblog-mariadb'])('%s makes a database with the scripts of now', (name) => {
      const pinned = JSON.parse(readFileSync(FIXTURE, 'utf8')) as { [set: string]: Template };
      const { env, command, args = [] } = pinned[`StatefulSet ${name}`]!.spec.initContainers[0]!;
      const [engine, server] = name.includes('mariadb') ? ['mariadb', 'mariadbd'] : ['postgres', 'postgres'];
      cpSync(join(ROOT, `lib/database/${engine}/initialize.sh`), box.path(`${engine}/scripts/initialize.sh`), {
        recursive: true,
      });
      // Which programs it comes to, with what arguments: the rest is for test/database and for real pods.
      box.program('docker-entrypoint.sh', 'echo "$@" > "$SANDBOX/got"; exit 3');
      box.program('mariadbd', 'exit 1');
      const volume = box.path(`${engine}/volume`);
      box.write(`${engine}/volume/lost+found/x`, '');
      const here = (text: string) => text.replaceAll('/scripts', box.path(`${engine}/scripts`));
      const known = Object.fromEntries(env.map((one) => [one.name, one.value ?? 'x']));
      const layout = { DATA_VOLUME: volume, PG_MAJOR: '17', PGDATA: `${volume}/pgdata` };
      const outcome = box.run([...command, ...args].map(here), { ...known, ...passwordsIn(box, known), ...layout });
      expect(outcome).toMatchObject({
        status: 3,
        stderr: 'initialize: failed with status 3; the next attempt begins anew\n',
      });
      expect(box.read('got')).toMatch(new RegExp(`^${server} `));
    });
  });
});

interface Template {
  readonly spec: {
    readonly initContainers: {
      readonly command: string[];
      readonly args?: string[];
      readonly env: { readonly name: string; readonly value?: string }[];
    }[];
  };
}

/** The files that the variables name, as the kubelet mounts them. */
function passwordsIn(box: Sandbox, env: { [name: string]: string }): { [name: string]: string } {
  const files = Object.keys(env).filter((name) => name.endsWith('_FILE'));
  for (const name of files) box.write(`passwords/${name}`, 'of a test');
  return Object.fromEntries(files.map((name) => [name, box.path(`passwords/${name}`)]));
}
