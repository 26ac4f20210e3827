import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal, program } from '../support/backup/programs';
import { ROOT } from '../support/dist';

const ENGINES = ['postgres', 'mariadb', 'mongo', 'valkey'];
/** What stands beside each other in a ConfigMap, and in any of them. */
const SHARED = ['database/scripts', 'backup/scripts', 'backup/copy'];

describeReal('the shell', ['shellcheck', 'shfmt'], () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'shell-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  // A variable of one file is used in another: only together they can be checked.
  test.each(ENGINES)('of %s and its jobs is clean', (engine) => {
    const own = [
      `database/${engine}`,
      `database/${engine}/backup`,
      `database/${engine}/volume-backup`,
      `database/${engine}/copy`,
    ];
    for (const part of [...SHARED, ...own]) {
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
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.sh') && (hooks || !name.startsWith('volume')));
    expect(scripts.length).toBeGreaterThan(10);
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
