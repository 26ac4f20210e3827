import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal, program } from '../support/backup/programs';
import { ROOT } from '../support/dist';

const ENGINES = ['postgres', 'mariadb', 'mongo', 'valkey'];
/** What stands beside each other in a ConfigMap, and in any of them. */
const SHARED = ['database/scripts', 'backup/scripts', 'backup/copy'];
const STORES = ['azure', 's3', 'gcs'];

describeReal('the shell', ['shellcheck', 'shfmt'], () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'shell-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  // A variable of one file is used in another: only together they can be checked.
  test.each([
    ...ENGINES.map((engine) => [engine, 'azure'] as const),
    ...STORES.slice(1).map((store) => ['postgres', store] as const),
  ])('of %s and its jobs on %s is clean', (engine, store) => {
    const own = [
      `database/${engine}`,
      `database/${engine}/backup`,
      `database/${engine}/volume-backup`,
      `database/${engine}/copy`,
    ];
    for (const part of [...SHARED, ...own, `backup/stores/${store}`]) {
      const from = join(ROOT, 'lib', part);
      // MongoDB and Valkey have no hooks.
      if (!existsSync(from)) continue;
      for (const file of readdirSync(from))
        if (!file.endsWith('.ts')) cpSync(join(from, file), join(folder, file), { recursive: true });
    }
    // An engine may have none, and the drivers look for it.
    if (!existsSync(join(folder, 'copy.sh'))) writeFileSync(join(folder, 'copy.sh'), '');
    cpSync(join(ROOT, '.shellcheckrc'), join(folder, '.shellcheckrc'));
    // MongoDB has no hooks.
    const hooks = existsSync(join(folder, 'volume-login.sh'));
    const all = readdirSync(folder).filter((name) => name.endsWith('.sh') && (hooks || !name.startsWith('volume')));
    expect(all.length).toBeGreaterThan(10);
    // What works on no store is the same with every store.
    const scripts = store === 'azure' ? all : ['upload.sh', 'fetch.sh', 'report.sh'];
    const { stdout, status } = spawnSync(program('shellcheck'), ['--', ...scripts], { cwd: folder, encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  test.each(STORES)('of a drill on a physical archive on %s is clean', (store) => {
    const shared = ['database/scripts', 'backup/scripts', 'database/postgres/backup', `backup/stores/${store}`];
    for (const part of [...shared, 'cloudnative-pg/point-in-time-drill']) {
      const from = join(ROOT, 'lib', part);
      for (const file of readdirSync(from)) if (!file.endsWith('.ts')) cpSync(join(from, file), join(folder, file));
    }
    cpSync(join(ROOT, '.shellcheckrc'), join(folder, '.shellcheckrc'));
    const scripts = ['heartbeat.sh', 'fetch-archive.sh', 'recover.sh', 'restore-wal.sh'];
    const { stdout, status } = spawnSync(program('shellcheck'), ['--', ...scripts], { cwd: folder, encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  // `npm run format` has a build of it that could differ.
  test('is formatted as shfmt does', () => {
    const args = ['--diff', '--indent=2', '--case-indent', '--space-redirects', 'lib', 'images', 'test/support/images'];
    const { stdout, status } = spawnSync(program('shfmt'), args, { cwd: ROOT, encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });
});
